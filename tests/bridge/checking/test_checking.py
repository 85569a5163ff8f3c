"""The frame of the stem check: passages, findings, what is told of what cannot be decoded."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import soundfile
from scipy.signal import lfilter

from bridge.checking import CODES, CheckReport, check, code_of
from bridge.checking.between.every import BETWEEN_CHECKS
from bridge.checking.levels import smoothed
from bridge.checking.port import CORE_FRAMES
from bridge.checking.sketch import Sketcher
from bridge.checking.stem.every import STEM_CHECKS
from bridge.checking.stem_audio import stem_audio
from bridge.road import ToCheck, checked_stems, write_page_of_check
from sessions import read

RATE_HZ = 48000
DICE = np.random.default_rng(5)


def _write(path: Path, samples: npt.NDArray[Any], rate_hz: int = RATE_HZ, **how: Any) -> Path:
    soundfile.write(path, samples, rate_hz, **{"subtype": "FLOAT", **how})
    return path


def _checked(*paths: Path, **how: Any) -> CheckReport:
    return check(read(list(paths)), **how)


def _noise(frames: int, channels: int = 2) -> npt.NDArray[np.float64]:
    """Faded in and out, so that it is whole."""
    return 0.1 * DICE.standard_normal((frames, channels)) * np.hanning(frames)[:, None]


def test_passages_lie_end_to_end_with_what_is_around_them(tmp_path: Path) -> None:
    frames = 2 * CORE_FRAMES + 777
    samples = _noise(frames).astype(np.float32)
    audio = stem_audio("a", "a", "other", (_write(tmp_path / "a.wav", samples),))
    passages = list(audio.passages())
    assert [each.core.shape[1] for each in passages] == [CORE_FRAMES, CORE_FRAMES, 777]
    assert np.array_equal(np.concatenate([each.core for each in passages], axis=1), samples.T)
    for each in passages:
        stop = each.first + each.samples.shape[1]
        assert np.array_equal(each.samples, samples.T[:, each.first : stop])
        assert each.core_start == min(each.first + each.core_start, round(0.4 * RATE_HZ))


def test_a_stretch_reaches_beyond_both_ends(tmp_path: Path) -> None:
    samples = _noise(1000).astype(np.float32)
    audio = stem_audio("a", "a", "other", (_write(tmp_path / "a.wav", samples),))
    found = audio.read(-10, 1020)
    assert np.array_equal(found, np.pad(samples.T, ((0, 0), (10, 10))))


def test_what_is_not_finite_reads_as_zero_and_is_marked(tmp_path: Path) -> None:
    samples = _noise(5000).astype(np.float32)
    samples[[7, 4999], 1] = np.nan, np.inf
    audio = stem_audio("a", "a", "other", (_write(tmp_path / "a.wav", samples),))
    (passage,) = audio.passages()
    assert passage.broken is not None
    assert np.argwhere(passage.broken).tolist() == [[1, 7], [1, 4999]]
    assert np.isfinite(passage.samples).all()
    assert np.isfinite(audio.read(0, 5000)).all()


@pytest.mark.parametrize("rate_hz", [44100, 48000, 96000])
def test_a_sketch_has_the_power_of_a_tone_in_its_band(tmp_path: Path, rate_hz: int) -> None:
    seconds = 5.0
    time = np.arange(round(seconds * rate_hz)) / rate_hz
    tone = 0.5 * np.sin(2 * np.pi * 3000 * time)
    path = _write(tmp_path / "a.wav", tone, rate_hz)
    audio = stem_audio("a", "a", "other", (path,))
    sketcher = Sketcher(audio.facts)
    for passage in audio.passages():
        sketcher.hear(passage)
    powers = sketcher.result().powers
    assert len(powers) == round(seconds * 100)
    middle = powers[5:-5]
    assert middle[:, 6].mean() == pytest.approx(0.125, rel=0.01)
    assert np.delete(middle, 6, axis=1).sum(axis=1).max() < 1e-3


def test_findings_are_the_same_with_workers_and_alone(tmp_path: Path) -> None:
    one, other = _noise(30000), _noise(60000)
    whole = other.copy()
    whole[:30000] += 0.5 * one
    stems = {"a": one, "b": np.zeros((30000, 2)), "c": other, "d": whole}
    paths = [_write(tmp_path / f"{name}.wav", samples) for name, samples in stems.items()]
    alone, together = _checked(*paths), _checked(*paths, jobs=3)
    assert alone == together
    told = [(each.code, each.stems) for each in alone.findings()]
    assert ("silent", ("b",)) in told
    assert ("double_return", ("d", "c")) in told
    assert alone.stems[0].pcm != alone.stems[2].pcm


def test_a_stem_that_cannot_be_decoded_is_a_finding_and_the_others_are_checked(
    tmp_path: Path,
) -> None:
    _write(tmp_path / "silent.wav", np.zeros(30000))
    whole = _write(tmp_path / "kick.flac", _noise(40000), format="FLAC", subtype="PCM_24")
    octets = whole.read_bytes()
    whole.write_bytes(octets[: len(octets) // 2])
    found = {each.id: each for each in checked_stems(ToCheck([tmp_path])).stems}
    assert [each.code for each in found["silent"].findings] == ["silent"]
    (told,) = found["kick"].findings
    assert (told.code, told.severity) == ("undecodable", "major")
    assert "kick.flac" in told.words
    assert (told.start_s, told.end_s, told.value) == (0.0, 0.625, 1.0)


def test_stems_of_which_none_can_be_opened_are_findings_and_a_page(tmp_path: Path) -> None:
    for name in ("kick", "snare"):
        (tmp_path / f"{name}.wav").write_bytes(b"RIFF but no sound")
    given, page = ToCheck([tmp_path]), tmp_path / "check.html"
    report = checked_stems(given)
    assert [each.id for each in report.stems] == ["kick", "snare"]
    assert [each.code for each in report.open("major")] == ["undecodable"] * 2
    write_page_of_check(given, report, page)
    assert "snare.wav" in page.read_text(encoding="utf-8")


def test_what_has_no_header_is_missed_over_the_whole_song(tmp_path: Path) -> None:
    _write(tmp_path / "kick.wav", _noise(48000))
    (tmp_path / "snare.wav").write_bytes(b"RIFF but no sound")
    (told,) = checked_stems(ToCheck([tmp_path])).stems[-1].findings
    assert (told.code, told.stems) == ("undecodable", ("snare",))
    assert (told.start_s, told.end_s, told.value) == (0.0, 1.0, 1.0)


def test_every_check_tells_of_codes_on_the_list_and_none_twice() -> None:
    told = [code for each in (*STEM_CHECKS, *BETWEEN_CHECKS) for code in each.codes]
    assert len(told) == len(set(told))
    for code in told:
        assert code_of(code).says
    assert len({each.name for each in CODES}) == len(CODES)


def test_the_page_lists_every_code_as_it_is() -> None:
    page = (Path(__file__).resolve().parents[3] / "docs" / "checks.md").read_text("utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (stem|between|mix) \| (.*) \|$", page, re.MULTILINE)
    listed = [
        f"{each.worst} | {each.says} | {', '.join(filter(None, (each.value, each.unit)))}"
        for each in CODES
    ]
    scopes = [(each.name, each.scope) for each in CODES]
    assert [(name, scope) for name, scope, _ in rows] == scopes
    assert [rest for _, _, rest in rows] == listed


def test_what_is_accepted_is_no_longer_open(tmp_path: Path) -> None:
    report = _checked(_write(tmp_path / "a.wav", np.zeros(30000)))
    (finding,) = report.open("major")
    accepted = report.accepting({finding.id: "as meant"})
    assert accepted.open("info") == ()
    assert accepted.as_json()["stems"][0]["findings"][0]["accepted"] == "as meant"


def test_a_stem_at_another_rate_is_told(tmp_path: Path) -> None:
    for name, rate_hz in (("a", 48000), ("b", 48000), ("c", 44100)):
        _write(tmp_path / f"{name}.wav", _noise(rate_hz), rate_hz)
    (told,) = _checked(tmp_path).between
    assert (told.code, told.stems, told.value) == ("rate", ("c",), 44100.0)


def test_what_is_smoothed_is_so_to_the_bit_by_scipy() -> None:
    values = DICE.standard_normal(3000)
    assert np.array_equal(smoothed(values, 0.97), lfilter([1.0 - 0.97], [1.0, -0.97], values))


def test_a_worker_is_not_twice_as_large_for_a_package_of_statistics() -> None:
    code = "import sys, bridge.checking.checking; print('scipy.signal' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
