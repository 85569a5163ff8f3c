"""The child's life: stopped from outside, orphaned, and leaving nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from bridge.hosting import PrepareJob, stop_all
from bridge.hosting.answers import (
    Described,
    FactoryAnswer,
    PrepareAnswer,
    Refusal,
    RunAnswer,
    SaveAnswer,
    checked,
)
from bridge.hosting.child.process import _parsed, call, uninterrupted
from bridge.hosting.jobs import Factory
from stemwright.problems import RenderError, StoppedError

GIVE_UP_S = 20.0

PARENT = """
import sys
from pathlib import Path
from bridge.hosting import PrepareJob, host
from bridge.plugins import Plugin

path = Path(sys.argv[1])
host("dawdreamer").prepare(PrepareJob(Plugin(path.stem, "", "", "VST3", "", path)))
"""


def until(true: Callable[[], bool]) -> bool:
    """Wait for something another process does; False when it never came."""
    end = time.monotonic() + GIVE_UP_S
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def workers(parent: psutil.Process) -> list[psutil.Process]:
    return [each for each in parent.children() if "bridge.hosting.child.worker" in each.cmdline()]


@pytest.fixture
def orphaned(fixture_plugins: Callable[[str], Path]) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-c", PARENT, str(fixture_plugins("hang-open"))]
    with subprocess.Popen(command) as parent:
        yield parent
        parent.kill()


def test_a_child_dies_with_a_parent_that_is_killed(orphaned: subprocess.Popen[bytes]) -> None:
    parent = psutil.Process(orphaned.pid)
    assert until(lambda: bool(workers(parent)))
    (child,) = workers(parent)
    assert until(lambda: any(hosts(each) for each in child.children(recursive=True)))
    family = [child, *child.children(recursive=True)]
    orphaned.kill()
    orphaned.wait()
    assert until(lambda: not any(map(runs, family)))


def hosts(process: psutil.Process) -> bool:
    maps = " ".join(each.path for each in process.memory_maps())
    return "dawdreamer" in maps or "pedalboard" in maps


def runs(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def left(parent: int) -> list[psutil.Process]:
    """Every process that is, or was forked from, a worker of process `parent`, whoever has it."""
    return [
        each
        for each in psutil.process_iter(["cmdline"])
        if (each.info["cmdline"] or [""])[-2:] == ["bridge.hosting.child.worker", str(parent)]
        and each.status() != psutil.STATUS_ZOMBIE
    ]


@pytest.mark.parametrize("kind", ["crash-close", "forging"])
def test_what_a_plugin_does_at_its_end_or_to_our_answer_is_no_harm(
    bench: Any, music: Any, kind: str
) -> None:
    out, _ = bench.run(bench.insert(kind), music)
    assert np.array_equal(out, music)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (RunAnswer, {"latency_frames": 0}),
        (PrepareAnswer, []),
        (FactoryAnswer, {"classes": [{"name": 1}]}),
        (SaveAnswer, {"held": "yes"}),
        (Described, {"inputs": "2", "outputs": 2, "key_inputs": 0, "parameters": []}),
        (SaveAnswer, {"problems": []}),
        (SaveAnswer, {"problems": [{"kind": "file_failed"}]}),
        (SaveAnswer, {"problems": [{"kind": "a", "message": "b", "where": {"parameter": []}}]}),
    ],
)
def test_an_answer_of_another_shape_is_none(kind: type[Any], said: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        checked(kind, said)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have other ways, untested")
def test_what_a_plugin_starts_ends_with_it(bench: Any) -> None:
    plugin = bench.plugin("leaving")
    bench.prepare(plugin)
    assert left(os.getpid()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have other ways, untested")
def test_what_a_plugin_started_ends_when_the_parent_is_killed(
    fixture_plugins: Callable[[str], Path],
) -> None:
    command = [sys.executable, "-c", PARENT, str(fixture_plugins("hang-leaving"))]
    with subprocess.Popen(command) as parent:
        assert until(lambda: len(left(parent.pid)) >= 4)  # keeper, worker, and the two
        parent.kill()
        parent.wait()
        assert until(lambda: left(parent.pid) == [])


def test_a_child_whose_parent_is_not_who_it_says_leaves_at_once() -> None:
    command = [sys.executable, "-m", "bridge.hosting.child.worker", "1"]
    ran = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    assert (ran.returncode, ran.stdout) == (86, b"")


def test_stopping_ends_every_child_and_the_calls_that_wait(bench: Any) -> None:
    plugin = bench.plugin("hang-open")
    told: list[BaseException] = []

    def prepare() -> None:
        try:
            bench.host.prepare(PrepareJob(plugin))
        except StoppedError as stopped:
            told.append(stopped)

    threads = [threading.Thread(target=prepare) for _ in range(2)]
    for thread in threads:
        thread.start()
    me = psutil.Process()
    assert until(lambda: len(workers(me)) == 2)
    stop_all()
    for thread in threads:
        thread.join(GIVE_UP_S)
    assert [type(each) for each in told] == [StoppedError, StoppedError]
    assert workers(me) == []


def test_a_call_from_before_a_stop_starts_nothing_after_it() -> None:
    stop_all()
    with pytest.raises(StoppedError):
        call(Factory("none", "", ""), 30, since=-1)


def test_an_interrupt_ends_the_child(bench: Any) -> None:
    plugin = bench.plugin("hang-open")
    me = psutil.Process()

    def interrupt() -> None:
        if until(lambda: bool(workers(me))):
            signal.raise_signal(signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        bench.host.prepare(PrepareJob(plugin))
    thread.join()
    assert workers(me) == []


def test_an_interrupt_while_a_child_is_started_waits_until_it_can_be_ended() -> None:
    done = []

    def start() -> None:
        with uninterrupted():
            signal.raise_signal(signal.SIGINT)
            done.append("started")

    with pytest.raises(KeyboardInterrupt):
        start()
    assert done == ["started"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_no_folder_is_left_behind(
    bench: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plugin = bench.plugin("crash-open")
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    with pytest.raises(RenderError):
        bench.host.prepare(PrepareJob(plugin))
    assert list((tmp_path / "temporary").iterdir()) == []


def test_an_operation_no_adapter_knows_is_a_host_failure() -> None:
    answer = call(Factory("none", "", ""), 30)
    assert isinstance(answer, Refusal)
    assert [each.kind for each in answer.problems] == ["host_failed"]


def test_lines_that_are_no_answer_are_told_as_garbled() -> None:
    said = b'{"stage": "loading"}\nLICENCE\n'
    assert _parsed(said, "t") == ("loading", None, "b'LICENCE'")
    assert _parsed(b'LICENCE\n{"answer": {"a": 1}, "token": "t"}\n', "t") == ("", {"a": 1}, "")
    assert _parsed(b'{"stage": "loading"}\n{"ans', "t") == ("loading", None, "b'{\"ans'")
    forged = b'{"answer": {"a": 1}, "token": "u"}'
    assert _parsed(forged, "t") == ("", None, repr(forged))


def test_memory_stays_within_a_few_copies_of_the_audio(bench: Any) -> None:
    frames = 48000 * 60
    audio = np.zeros((2, frames), np.float32)
    audio[:, ::1000] = 0.25
    insert = bench.insert("gain", ("Gain", "-6 dB"))
    small = bench.run(insert, audio[:, :48000])[1].peak_memory_bytes
    large = bench.run(insert, audio)[1].peak_memory_bytes
    assert large - small < 4.2 * audio.nbytes
