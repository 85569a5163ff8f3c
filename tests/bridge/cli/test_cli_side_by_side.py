"""Several songs at once: each as it would be alone, whatever becomes of the others."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
import soundfile

STEMS_RATE_HZ = 24000
TEXT = """
[[group]]
id = "all"
stems = ["*"]
  [[group.insert]]
  use = "compressor"
[target]
integrated_lufs = {lufs}
"""


@pytest.fixture
def songs(stems, chain, run, tmp_path) -> Callable[..., list[Path]]:
    def made(*lufs: float) -> list[Path]:
        found = []
        for number, each in enumerate(lufs):
            text = chain(TEXT.format(lufs=each), f"chain {number}.toml")
            folder = tmp_path / f"song {number}"
            assert run("job", "new", stems, "--chain", text, "-o", folder).code == 0
            found.append(folder)
        return found

    return made


def test_songs_side_by_side_are_what_each_is_alone(songs, run, tmp_path):
    one, two = songs(-20.0, -18.0)
    alone = json.loads(run("render", two, "--store", tmp_path / "a", "--json").out)
    words = ("--store", tmp_path / "b", "--subtype", "pcm24", "--jobs", 2, "--no-check", "--json")
    said = run("render", one, two, *words)
    assert said.code == 0, said.err
    rows = json.loads(said.out)["jobs"]
    assert [row["job"] for row in rows] == [str(one), str(two)]
    assert [row["exit_code"] for row in rows] == [0, 0]
    assert rows[1]["render"]["outputs"] == alone["outputs"]
    assert rows[0]["render"]["outputs"] != alone["outputs"]


def test_a_song_that_misses_its_target_speaks_for_all_and_stops_none(songs, run, tmp_path):
    missed, met = songs(-5.0, -20.0)
    (missed / "job.toml").write_text(
        (missed / "job.toml").read_text() + "\n[target]\ntrue_peak_dbtp = -20.0\n"
    )
    said = run("render", missed, met, "--store", tmp_path / "store", "--subtype", "pcm16")
    assert said.code == 1, said.err
    assert f"{missed}  done, TARGET MISSED" in said.out
    assert "2 songs: 1 done, TARGET MISSED, 1 done" in said.out or (
        "2 songs: 1 done, 1 done, TARGET MISSED" in said.out
    )
    assert soundfile.info(met / "draft" / "main.wav").subtype == "PCM_16"


def test_what_cannot_be_rendered_is_said_before_any_song_begins(songs, run, stems):
    one, two, broken = songs(-20.0, -18.0, -16.0)
    (broken / "job.toml").write_text("schema = 1\nchian = 3\n")
    said = run("render", one, two, one / "job.toml", stems, broken, "-o", "x", "--title", "y")
    assert said.code == 2
    for word in ("--out", "--title", f"{one} is named 2 times", f"{stems} is no job", "chian"):
        assert word in said.err
    assert not (one / "draft").exists()


def _started(jobs: list[Path], store: Path, out: Path) -> subprocess.Popen[bytes]:
    words = ["render", *map(str, jobs), "--store", str(store), "--jobs", "2", "--json"]
    command = [sys.executable, "-m", "stemwright", *words]
    with out.open("wb") as said:
        return subprocess.Popen(command, stdout=said, stderr=subprocess.DEVNULL)


def _children(process: subprocess.Popen[bytes], count: int) -> list[psutil.Process]:
    deadline_s = time.monotonic() + 30.0
    while time.monotonic() < deadline_s:
        found = psutil.Process(process.pid).children()
        if len(found) >= count:
            return found
        time.sleep(0.01)
    raise AssertionError("no songs were begun")


def _of(process: subprocess.Popen[bytes], job: Path, jobs: list[Path]) -> psutil.Process:
    """The process of one song, once it is: a child just forked still says what its parent does."""
    deadline_s = time.monotonic() + 30.0
    while time.monotonic() < deadline_s:
        for child in psutil.Process(process.pid).children():
            said = child.cmdline()
            if [each for each in jobs if str(each) in said] == [job]:
                return child
        time.sleep(0.01)
    raise AssertionError(f"{job} was not begun")


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_song_whose_process_is_killed_leaves_the_others(songs, tmp_path):
    jobs, out = songs(-20.0, -18.0, -16.0), tmp_path / "said.json"
    process = _started(jobs, tmp_path / "store", out)
    _of(process, jobs[0], jobs).send_signal(signal.SIGKILL)
    assert process.wait(timeout=60) == 4
    rows = json.loads(out.read_text())["jobs"]
    assert [row["exit_code"] for row in rows] == [4, 0, 0]
    assert rows[0]["errors"][0]["where"] == {"file": str(jobs[0])}
    assert not (jobs[0] / "draft").exists()
    assert (jobs[2] / "draft" / "main.wav").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="asks the kernel of Linux")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_no_song_goes_on_when_their_command_is_ended(songs, tmp_path, number):
    jobs, out = songs(-20.0, -18.0), tmp_path / "said.json"
    process = _started(jobs, tmp_path / "store", out)
    children = _children(process, 2)
    process.send_signal(number)
    assert process.wait(timeout=60) == (130 if number == signal.SIGTERM else -signal.SIGKILL)
    _, alive = psutil.wait_procs(children, timeout=30)
    assert alive == []
    assert not any((job / "draft").exists() for job in jobs)
