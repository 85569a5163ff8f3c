"""The benchmarks' own laws: the yardstick is not ours, and what a process used is counted whole."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from benchmarks.apart import LeftOutError, apart
from benchmarks.figures import Shown
from benchmarks.processors import Material, costs, paths, stages
from benchmarks.readme import write
from benchmarks.song import write_stems
from benchmarks.usage import Rounds, Usage
from bridge.processing import SUPPORTED
from tests.benchmark_work import (
    BURNT_S,
    burning,
    burning_in_a_child,
    failing,
    summed_and_imported,
)

ROOT = Path(__file__).resolve().parent.parent


def test_the_base_writes_the_sum_of_the_stems_and_loads_nothing_of_ours(tmp_path: Path) -> None:
    paths = write_stems(tmp_path / "stems", 1, 48000, ("drums", "bass", "keys"))
    done = apart(summed_and_imported, paths, tmp_path / "sum.wav")
    wanted = sum(soundfile.read(path, dtype="int32")[0].astype(np.int64) for path in paths)
    found, rate_hz = soundfile.read(tmp_path / "sum.wav", dtype="int32")
    assert (rate_hz, found.shape) == (48000, (48000, 2))
    assert np.array_equal(found, wanted)
    assert not {"bridge", "chains", "sessions", "stemwright"} & set(done.told["imported"])


def test_what_the_children_of_a_process_use_is_counted() -> None:
    done = apart(burning_in_a_child)
    assert done.work.cpu_s >= done.told["child_s"] >= BURNT_S
    assert done.whole.cpu_s >= done.work.cpu_s
    assert done.start_up.cpu_s > 0.0


def test_memory_is_that_of_the_process_and_only_looked_at_where_asked() -> None:
    assert apart(burning).peak_bytes == 0
    assert 5e6 < apart(burning, sampled=True).peak_bytes < 300e6


def test_a_peer_that_fails_is_left_out_with_its_reason() -> None:
    with pytest.raises(LeftOutError, match="failing: ValueError: no such thing here"):
        apart(failing)


def test_a_ratio_is_the_median_of_what_each_round_found() -> None:
    rounds = Rounds()
    for base_s, ours_s in ((1.0, 2.0), (10.0, 30.0), (2.0, 8.0)):
        rounds.note("base", Usage(base_s, base_s))
        rounds.note("ours", Usage(2 * ours_s, ours_s))
    assert rounds.ratio("ours", "base") == 3.0
    assert rounds.median("ours") == Usage(16.0, 8.0)
    assert rounds.spread_s("ours") == 28.0


def test_what_is_timed_as_writing_writes_the_material(tmp_path: Path) -> None:
    material = Material.written(tmp_path / "material", 4)
    stages()["write PCM 24: dither, its hash"](material)
    found, _ = soundfile.read(tmp_path / "material" / "written.wav")
    wanted = np.concatenate(material.blocks, axis=1).T
    assert found.shape == (4 * 48000, 2)
    assert np.abs(found - wanted).max() < 2.0**-22  # a step and its dither


def test_a_frame_costs_something_on_every_path() -> None:
    told = costs(4, 1)
    assert {*told["ns_a_frame"], *told["unset"]} == {*SUPPORTED, *stages()}
    for by_path in told["ns_a_frame"].values():
        assert set(by_path) == set(paths())
        assert all(0.1 < ns < 1e5 for ns in by_path.values())


def test_the_table_stands_between_its_markers_and_nothing_else_moves(tmp_path: Path) -> None:
    begin, end = "<!-- benchmarks: begin -->", "<!-- benchmarks: end -->"
    before, page = (ROOT / "README.md").read_text(encoding="utf-8"), tmp_path / "README.md"
    page.write_text(before, encoding="utf-8")
    shown = [Shown("lanes and sum over (a)", "2.40 x", "<= 3"), Shown("ffmpeg", "not measured", "")]
    for _ in range(2):
        write(shown, "Commit abc.", page)
    once = page.read_text(encoding="utf-8")
    assert once.count("\nCommit abc.\n\n| figure | found | goal |\n|---|---|---|\n") == 1
    assert "| lanes and sum over (a) | 2.40 x | <= 3 |\n| ffmpeg | not measured |  |\n" in once
    outside = [text.partition(begin)[0] + text.partition(end)[2] for text in (before, once)]
    assert outside[0] == outside[1]
    for wrong in (before.replace(end, ""), before + begin):
        page.write_text(wrong, encoding="utf-8")
        with pytest.raises(ValueError, match="once each, in this order"):
            write(shown, "", page)


def test_stems_longer_than_their_loop_go_round(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("benchmarks.song.LOOP_S", 8)
    (path,) = write_stems(tmp_path, 21, 8000, ("drums",))
    frames, _ = soundfile.read(path, dtype="int32")
    assert len(frames) == 21 * 8000
    assert np.array_equal(frames[:64000], frames[64000:128000])
    assert np.array_equal(frames[:40000], frames[128000:])
    assert not np.array_equal(frames[:32000], frames[32000:64000])
