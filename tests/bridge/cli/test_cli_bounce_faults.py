"""Bounces that are killed, run out of disk or lose a plugin: nothing is half-written."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from bridge.bouncing import Hosting, dialect_of, planned, print_stems
from bridge.cli.app import app
from bridge.gathering import Silent
from bridge.hosting import PrepareJob, host, scan
from bridge.plugins import Wanted
from bridge.storing import Store
from sessions import Clip, Device, Media, Session, Track, vstpreset_file, write_rpp
from sessions.states.device_states import vst3
from stemwright.problems import MachineError, RenderError

RATE_HZ, FRAMES = 48_000, 48_000
KILLS = int(os.environ.get("STEMWRIGHT_KILLS", "1"))
_LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]),) * 2)
from bridge.cli.app import app
from bridge.cli.telling import run_told
sys.exit(run_told(app, sys.argv[2:]))
"""


@dataclass(frozen=True)
class Song:
    """Two tracks, each with a plugin that is well; the other plugin crashes at its first sound."""

    session: Session
    project: Path
    plugins: Path
    crashing: Device

    def words(self, out: Path, store: Path) -> list[str]:
        given = ["bounce", self.project, "-o", out, "--store", store, "--plugin-path", self.plugins]
        return list(map(str, given))


@pytest.fixture(scope="module")
def song(fixture_plugins: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Song:
    place = tmp_path_factory.mktemp("bounced")
    devices = {}
    for kind in ("gain", "crash-process"):
        whole = fixture_plugins(kind)
        bundle = place / "plugins" / whole.name
        shutil.copytree(whole, bundle)
        plugin = scan([Wanted(path=bundle)], [], trusted=[bundle]).plugins[0]
        saved = host("dawdreamer").prepare(PrepareJob(plugin)).preset
        nothing = vst3(plugin.class_id, b"")
        state = nothing if saved is None else vstpreset_file(saved)
        devices[kind] = Device(plugin.name, "", "VST3", plugin.class_id, state=state)
    noise = np.random.default_rng(1).uniform(-0.5, 0.5, (FRAMES, 2))
    soundfile.write(place / "noise.wav", noise, RATE_HZ, "PCM_24")
    media = Media(place / "noise.wav", None, RATE_HZ, 2, FRAMES, "WAV", "PCM_24")
    clip = Clip(media=media, length_s=FRAMES / RATE_HZ)
    tracks = tuple(
        Track(name, name, clips=(replace(clip, gain_db=gain_db),), devices=(devices["gain"],))
        for name, gain_db in (("lead", 0.0), ("bass", -3.0))
    )
    session = Session("reaper", None, RATE_HZ, tracks)
    write_rpp(session, place / "song.rpp")
    return Song(session, place / "song.rpp", place / "plugins", devices["crash-process"])


@pytest.fixture(scope="module")
def calm(song: Song, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bytes], float]:
    """The files of an undisturbed bounce, and how long it takes."""
    place = tmp_path_factory.mktemp("calm")
    started = time.monotonic()
    assert _start(song.words(place / "out", place / "store"), place).wait(timeout=120) == 0
    return _files(place / "out"), time.monotonic() - started


def _start(words: list[str], temporary: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # this interpreter, on arguments made here
        [sys.executable, "-c", "from bridge.cli import main; main()", *words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "TMPDIR": str(temporary)},
    )


def _files(folder: Path) -> dict[str, object]:
    """Every file; of the record all but where the session lies seen from there."""
    found: dict[str, object] = {path.name: path.read_bytes() for path in folder.iterdir()}
    record = json.loads((folder / "bounce.json").read_bytes())
    return {**found, "bounce.json": {**record, "made_from": sorted(record["made_from"].values())}}


def test_the_next_bounce_after_a_kill_is_equal_and_sweeps_up(
    song: Song,
    calm: tuple[dict[str, object], float],
    command_line: Callable[..., Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole, whole_s = calm
    chance = np.random.default_rng(KILLS)
    for moment in range(KILLS):
        place = tmp_path / str(moment)
        out, store, temporary = place / "out", place / "store", place / "temporary"
        temporary.mkdir(parents=True)
        bounce = _start(song.words(out, store), temporary)
        time.sleep(chance.uniform(0.3, 1.0) * whole_s)
        bounce.kill()
        bounce.wait(timeout=120)
        assert not out.exists() or _files(out) == whole
        monkeypatch.setenv("TMPDIR", str(temporary))
        monkeypatch.setattr(tempfile, "tempdir", str(temporary))
        assert command_line(app)(*song.words(out, store)).code == 0
        assert _files(out) == whole
        assert {path.name for path in place.iterdir()} == {"out", "store", "temporary"}
        staged = [each for each in (store / "staging").iterdir() if each.name != "collecting"]
        assert [*staged, *temporary.iterdir()] == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no RLIMIT_FSIZE")
@pytest.mark.parametrize("ways", [["--dry"], []], ids=["at the stems", "before a plugin"])
def test_a_full_disk_is_told_and_leaves_the_earlier_stems(
    song: Song, tmp_path: Path, ways: list[str]
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "bounce.json").write_text(_EARLIER)
    done = subprocess.run(  # as above
        [
            *(sys.executable, "-c", _LIMITED, str(100_000)),
            *song.words(out, tmp_path / "store"),
            *(*ways, "--json"),
        ],
        env={**os.environ, "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    (problem,) = json.loads(done.stdout)["errors"]
    assert (done.returncode, problem["kind"]) == (3, "disk_full")
    assert (out / "bounce.json").read_text() == _EARLIER
    assert [path.name for path in out.iterdir()] == ["bounce.json"]
    assert {path.name for path in tmp_path.iterdir()} <= {"out", "store"}


_EARLIER = '{"stems": [], "printed_like": "", "stems_are": "", "clips": []}'


class _Heard(Silent):
    """Which steps were rendered, not taken from the store."""

    def __init__(self) -> None:
        self.rendered: list[str] = []

    def busy(self, step_id: str) -> None:
        """One more."""
        self.rendered.append(step_id)


def test_a_plugin_that_crashes_is_named_and_the_others_work_is_kept(
    song: Song, tmp_path: Path
) -> None:
    hosting = Hosting(Store(tmp_path / "store"), plugin_folders=[song.plugins])
    lead, bass = song.session.tracks
    broken = replace(song.session, tracks=(replace(lead, devices=(song.crashing,)), bass))
    out, heard = tmp_path / "out", _Heard()
    with pytest.raises(RenderError) as failed:
        print_stems(planned(broken, dialect_of(broken)), out, hosting=hosting, events=heard)
    (problem,) = failed.value.problems
    assert problem.kind == "plugin_crashed"
    assert (problem.where["group"], problem.where["plugin"]) == ("lead", song.crashing.name)
    assert [path.name for path in tmp_path.iterdir()] == ["store"]
    assert set(heard.rendered) == {"lead/Fixture-Crash-Process", "bass/Fixture-Gain"}
    mended, heard = song.session, _Heard()
    print_stems(planned(mended, dialect_of(mended)), out, hosting=hosting, events=heard)
    assert heard.rendered == ["lead/Fixture-Gain"]


def test_a_rate_at_which_nothing_is_hosted_is_told_before_anything_sounds(
    song: Song, tmp_path: Path
) -> None:
    """A video's 32 kHz."""
    hosting = Hosting(Store(tmp_path / "store"), plugin_folders=[song.plugins])
    slow = replace(song.session, sample_rate_hz=32_000)
    bounce = planned(slow, dialect_of(slow))
    with pytest.raises(MachineError) as failed:
        print_stems(bounce, tmp_path / "out", hosting=hosting)
    assert [each.kind for each in failed.value.problems] == ["session_rate"] * 2
    done = print_stems(bounce, tmp_path / "out", hosting=hosting, skip_missing=True)
    assert [each.code for each in done.diagnostics] == ["plugin_left_out"] * 2
