"""The process of a command: what interrupts, full disks and little memory make of it."""

from __future__ import annotations

import json
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

COMMAND = [sys.executable, "-c", "from bridge.cli import main; main()"]
GIVE_UP_S = 60.0

FIRST_IMPORT = """
import os, signal, sys
class Interrupts:
    def find_spec(self, name, *_):
        os.kill(os.getpid(), signal.SIGINT)
from bridge.cli import main
sys.meta_path.insert(0, Interrupts())
main()
"""
EARLY = """
import os, signal
from bridge.cli import process
process.watch_signals()
os.kill(os.getpid(), signal.SIGINT)
import numpy
"""
SWALLOWED = """
import signal, sys, time
from bridge.cli import process
process.watch_signals()
process.begin()
class Ends:
    def __del__(self):
        signal.raise_signal(signal.SIGINT)
try:
    Ends()
    time.sleep(30)
except KeyboardInterrupt:
    sys.exit(130)
"""
TWICE = """
import signal, sys
from bridge.cli import process
process.watch_signals()
process.begin()
try:
    signal.raise_signal(signal.SIGINT)
except KeyboardInterrupt:
    signal.raise_signal(signal.SIGINT)
    signal.raise_signal(signal.SIGTERM)
    process.over()
    signal.raise_signal(signal.SIGINT)
    sys.exit(130)
"""


def ran(code: str, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code, *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=GIVE_UP_S, check=False)
    assert "Traceback" not in done.stderr
    assert done.returncode == 130
    return done


@pytest.mark.parametrize("as_json", [False, True])
def test_an_interrupt_during_the_imports_ends_with_a_word(as_json: bool) -> None:
    for code in (FIRST_IMPORT, EARLY):
        done = ran(code, *(["--json"] if as_json else []))
        if as_json:
            (error,) = json.loads(done.stdout)["errors"]
            assert error["kind"] == "stopped"
        else:
            assert done.stderr == "error: stopped before anything was begun\n"


def test_until_an_interrupt_is_watched_for_nothing_else_is_imported() -> None:
    code = (
        "import sys\nknown = set(sys.modules)\nfrom bridge.cli import main\n"
        "print(*sorted(set(sys.modules) - known))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["bridge", "bridge.cli"]


def test_an_interrupt_that_a_finaliser_swallows_comes_again() -> None:
    assert ran(SWALLOWED).stderr == ""


def test_several_interrupts_are_one_and_do_not_break_the_end() -> None:
    assert ran(TWICE).stderr == ""


def test_three_interrupts_of_a_render_end_it_and_its_children(
    stems: Path,
    chain: Callable[[str], Path],
    fixture_plugins: Callable[[str], Path],
    tmp_path: Path,
) -> None:
    bundle = fixture_plugins("hang-open")
    text = '[[group]]\nid = "one"\nstems = ["*"]\n[[group.insert]]\nuse = "plugin"\nplugin = "{}"\n'
    words = ["render", stems, chain(text.format(bundle)), "-o", tmp_path / "out"]
    words += ["--store", tmp_path / "store", "--trust", bundle.parent]
    with subprocess.Popen([*COMMAND, *map(str, words)], stderr=subprocess.PIPE, text=True) as run:
        me, end = psutil.Process(run.pid), time.monotonic() + GIVE_UP_S
        while not (family := me.children(recursive=True)) and time.monotonic() < end:
            time.sleep(0.02)
        for _ in range(3):
            run.send_signal(signal.SIGINT)
        _, said = run.communicate(timeout=GIVE_UP_S)
    assert (run.returncode, said.count("error: ")) == (130, 1), said
    assert "Traceback" not in said
    assert not any(each.is_running() and each.status() != "zombie" for each in family)
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has /dev/full")
@pytest.mark.parametrize("words", [["--help"], ["schema"], ["plugins", "trust", "--json"]])
def test_a_full_disk_under_stdout_is_this_machines(words: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*COMMAND, *words], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 3
    assert done.stderr == "error: the output cannot be written: No space left on device\n"


@pytest.mark.skipif(sys.platform != "linux", reason="limits of other systems are untested")
@pytest.mark.parametrize("megabytes", [200, 300])
def test_too_little_memory_is_told_and_never_waited_for(megabytes: int, stems: Path) -> None:
    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))

    done = subprocess.run(
        [*COMMAND, "measure", str(stems / "kick.wav"), "--json"],
        capture_output=True,
        text=True,
        preexec_fn=limited,
        timeout=GIVE_UP_S,
        check=False,
    )
    assert done.returncode == 3, done.stderr
    (error,) = json.loads(done.stdout)["errors"]
    assert error["kind"] == "out_of_memory"


@pytest.mark.parametrize(
    ("error", "memory"),
    [
        (MemoryError(), True),
        (OSError(12, "Cannot allocate memory"), True),
        (ImportError("libscipy_openblas.so: failed to map segment from shared object"), True),
        (RuntimeError("can't start new thread"), True),
        (ImportError("No module named numpy"), False),
        (ValueError("memory"), False),
    ],
)
def test_memory_that_ran_out_is_known_by_every_librarys_words(
    error: Exception, memory: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    from bridge.cli.telling import outcome

    def fails() -> None:
        try:
            raise error
        except Exception as cause:
            raise ImportError("the original one is behind this") from cause

    code = outcome(fails, as_json=True)
    (told,) = json.loads(capsys.readouterr().out)["errors"]
    assert (code, told["kind"]) == ((3, "out_of_memory") if memory else (70, "bug"))
