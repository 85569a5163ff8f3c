"""What `stemwright bounce` keeps of the user's, refuses, and says of every clip and track."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from bridge.cli.app import app

_RATE_HZ = 48000
_ITEM = """    <ITEM
      POSITION {position_s}
      LENGTH {length_s}
      LOOP {loop}
      NAME {name}
      VOLPAN 1 0 1 -1
      <SOURCE {kind}
        FILE "{file}"
      >
    >
"""


@pytest.fixture
def run(command_line: Callable[..., Any]) -> Callable[..., Any]:
    return command_line(app)


class Song:
    """A REAPER session of tracks with one clip each, and its audio."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "song.rpp"
        self._tracks: list[str] = []

    def sound(self, name: str, seconds: float = 1.0, rate_hz: int = _RATE_HZ) -> np.ndarray:
        noise = np.random.default_rng(len(name)).standard_normal((int(seconds * rate_hz), 2))
        soundfile.write(self.folder / name, 0.1 * noise, rate_hz)
        return soundfile.read(self.folder / name)[0]

    def track(self, name: str, file: str, gain: float = 1.0, **more: Any) -> Song:
        kind = {".mp3": "MP3", ".ogg": "VORBIS"}.get(Path(file).suffix, "WAVE")
        told = {"position_s": 0, "length_s": 1, "loop": 0, "name": "x", "kind": kind, "file": file}
        item = _ITEM.format(**{**told, **more})
        self._tracks.append(f"  <TRACK\n    NAME {name}\n    VOLPAN {gain} 0 -1 -1 1\n{item}  >\n")
        text = f"<REAPER_PROJECT 0.1\n  SAMPLERATE {_RATE_HZ} 1 0\n{''.join(self._tracks)}>\n"
        self.path.write_text(text)
        return self


@pytest.fixture
def song(tmp_path: Path) -> Song:
    folder = tmp_path / "song"
    folder.mkdir()
    return Song(folder)


def test_nothing_of_the_users_is_replaced_by_a_second_bounce(song, run, tmp_path):
    song.sound("a.wav")
    song.track("a", "a.wav")
    out = tmp_path / "out"
    assert run("bounce", song.path, "-o", out).code == 0
    assert run("bounce", song.path, "-o", out).code == 0, "an earlier bounce is replaced"
    (out / "notes.txt").write_text("mine")
    os.utime(out / "a.wav", (time.time() + 60, time.time() + 60))
    said = run("bounce", song.path, "-o", out)
    assert said.code == 2
    assert "a.wav, notes.txt" in said.err
    assert (out / "notes.txt").read_text() == "mine"
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "bounce.json").write_text('{"game": 1}')
    assert run("bounce", song.path, "-o", foreign).code == 2
    assert (foreign / "bounce.json").read_text() == '{"game": 1}'


def test_what_a_plan_prints_beside_a_session_leaves_the_users_files(song, run, tmp_path):
    song.sound("a.wav")
    song.track("a", "a.wav")
    chain = tmp_path / "chain.toml"
    chain.write_text('schema = 1\n[[group]]\nid = "all"\nstems = ["*"]\n')
    assert run("plan", song.path, chain).code == 0
    beside = song.folder / "song-stems"
    (beside / "mine.txt").write_text("mine")
    song.path.write_text(song.path.read_text().replace("VOLPAN 1.0 0", "VOLPAN 0.5 0"))
    said = run("plan", song.path, chain)
    assert said.code == 2
    assert "mine.txt" in said.err
    assert (beside / "mine.txt").exists()


def test_whole_numbers_that_would_clip_are_refused(song, run, tmp_path):
    song.sound("a.wav")
    song.track("a", "a.wav", gain=16.0)
    said = run("bounce", song.path, "-o", tmp_path / "out", "--subtype", "pcm24", "--json")
    assert said.code == 4
    assert [each["kind"] for each in json.loads(said.out)["errors"]] == ["clipped"]
    assert not (tmp_path / "out").exists()
    assert run("bounce", song.path, "-o", tmp_path / "out").code == 0


@pytest.mark.parametrize("kind", ["mp3", "ogg"])
def test_lossy_files_are_decoded_and_told(song, run, tmp_path, kind):
    decoded = song.sound(f"a.{kind}", 2.0)
    song.track("a", f"a.{kind}")
    said = run("bounce", song.path, "-o", tmp_path / "out", "--json")
    (clip,) = json.loads(said.out)["clips"]
    assert clip["reasons"] == ["lossy"]
    assert clip["done"] == [f"decoded from {kind.upper()}"]
    printed, _ = soundfile.read(tmp_path / "out" / "a.wav")
    assert np.abs(printed - decoded[:_RATE_HZ]).max() < 1e-7


def test_two_files_in_two_media_folders_are_a_question(song, run, tmp_path):
    for name, seconds in (("one", 1.0), ("other", 1.5)):
        (tmp_path / name).mkdir()
        soundfile.write(tmp_path / name / "a.wav", np.ones((int(seconds * 48000), 2)), 48000)
    song.track("a", "C:\\\\gone\\\\a.wav")
    media = ("--media", tmp_path / "one", "--media", tmp_path / "other")
    said = run("bounce", song.path, *media, "-o", tmp_path / "out")
    assert said.code == 2
    assert "may be" in said.err
    soundfile.write(tmp_path / "other" / "a.wav", np.ones((48000, 2)), 48000)
    assert run("bounce", song.path, *media, "-o", tmp_path / "out").code == 0, "the same file twice"
    chain = tmp_path / "chain.toml"
    chain.write_text('schema = 1\n[[group]]\nid = "all"\nstems = ["*"]\n')
    said = run("plan", song.path, chain)
    assert "stemwright bounce" in said.err
    assert run("plan", song.path, chain, *media[:2]).code == 0


def test_a_song_of_many_hours_and_a_range_behind_its_end_are_asked_about(song, run, tmp_path):
    song.sound("a.wav")
    song.track("a", "a.wav", position_s=20_000)
    out = tmp_path / "out"
    said = run("bounce", song.path, "-o", out)
    assert said.code == 2
    assert "--long" in said.err
    assert run("bounce", song.path, "-o", out, "--range", "20000-20001").code == 0
    said = run("bounce", song.path, "-o", tmp_path / "other", "--range", "30000-30001")
    assert said.code == 2
    assert "the song ends at 20001.000 s" in said.err


def test_the_plan_has_a_row_a_track_and_the_record_every_clip_that_is_not_plain(
    song, run, tmp_path
):
    song.sound("a.wav")
    song.sound("b.wav", rate_hz=44100)
    song.track("a", "a.wav").track("b", "b.wav", length_s=1.5, loop=1).track("c", "gone.wav")
    told = json.loads(run("bounce", song.path, "--plan", "--json").out)
    rows = {each["track"]: each for each in told["by_track"]}
    assert [*rows] == ["a", "b", "c", "Master"]
    assert rows["a"]["clip_seconds"] == {"rendered": 1.0, "told": 0.0, "refused": 0.0}
    assert rows["c"]["missing_media"] == ["gone.wav"]
    said = run("bounce", song.path, "--plan")
    assert "a bounce stops for 1 clip" in said.out
    out = tmp_path / "out"
    assert run("bounce", song.path, "-o", out, "--skip-missing").code == 0
    record = json.loads((out / "bounce.json").read_text())
    assert {each["track"]: each["without"] for each in record["stems"]} == {"a": [], "b": []}
    done = {each["track"]: each["done"] for each in record["clips"]}
    assert done == {"b": ["resampled from 44100 to 48000 Hz", "looped"], "c": []}


def test_a_job_of_a_session_is_called_as_the_session(song, run, tmp_path):
    song.sound("a.wav")
    song.track("a", "a.wav")
    chain = tmp_path / "chain.toml"
    chain.write_text('schema = 1\n[[group]]\nid = "all"\nstems = ["*"]\n')
    said = run("job", "new", song.path, "--chain", chain, "-o", tmp_path / "job", "--json")
    assert json.loads(said.out)["title"] == "song"


def test_a_job_of_a_session_tells_when_that_has_changed(song, run, tmp_path):
    song.sound("a.wav")
    song.track("a", "a.wav")
    chain, job = tmp_path / "chain.toml", tmp_path / "job"
    chain.write_text('schema = 1\n[[group]]\nid = "all"\nstems = ["*"]\n')
    assert run("job", "new", song.path, "--chain", chain, "-o", job).code == 0
    words = ("plan", job, "--store", tmp_path / "store")
    assert "has changed since" not in run(*words).err
    song.sound("a.wav", 2.0)
    assert "has changed since: ../../song/a.wav; print them again" in run(*words).err
    song.path.unlink()
    assert "../../song/song.rpp" in run(*words).err


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_link_to_an_earlier_bounce_is_followed(song, run, tmp_path):
    song.sound("a.wav")
    song.track("a", "a.wav")
    out, link = tmp_path / "far" / "out", tmp_path / "link"
    assert run("bounce", song.path, "-o", out).code == 0
    link.symlink_to(out)
    before = (out / "a.wav").stat().st_ino
    assert run("bounce", song.path, "-o", link).code == 0
    assert link.is_symlink()
    assert (out / "a.wav").stat().st_ino != before


def test_a_folder_of_somebody_elses_beside_a_session_is_told_with_a_way_on(song, run, tmp_path):
    song.sound("a.wav")
    song.track("a", "a.wav")
    chain = tmp_path / "chain.toml"
    chain.write_text('schema = 1\n[[group]]\nid = "all"\nstems = ["*"]\n')
    (song.folder / "song-stems").mkdir()
    (song.folder / "song-stems" / "mine.wav").write_bytes(b"x")
    said = run("plan", song.path, chain)
    assert said.code == 2
    assert f"stemwright bounce {song.path} -o STEMS" in said.err
