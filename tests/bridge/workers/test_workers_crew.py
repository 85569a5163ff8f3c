"""Workers do what they are called for, and end with what they were begun for, whatever happens."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from bridge.native import numpy_path
from bridge.workers import (
    WorkerLostError,
    accompanied,
    apart,
    dismiss_workers,
    end_workers,
    ready,
    workers,
    working,
)
from stemwright.problems import InputError, Problem

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
JOBS = 3
TOLD = InputError([Problem("odd", "it is odd", {"file": "a.wav", "line": 3})])


def _children() -> list[psutil.Process]:
    found = psutil.Process().children(recursive=True)
    return [each for each in found if "bridge.workers.worker" in " ".join(each.cmdline())]


@pytest.fixture(autouse=True)
def nobody_left() -> Iterator[None]:
    yield
    assert not _children()


def _wait_for(path: Path) -> int:
    until = time.monotonic() + 30
    while not path.exists() or not path.read_text():
        assert time.monotonic() < until
        time.sleep(0.01)
    return int(path.read_text())


def test_calls_side_by_side_run_in_processes_of_their_own() -> None:
    found: list[int] = []

    def call() -> None:
        assert apart(time.sleep, 0.3) is None
        found.append(apart(os.getpid))

    with working(JOBS):
        threads = [threading.Thread(target=call) for _ in range(JOBS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(_children()) == JOBS
    assert len(found) == JOBS
    assert os.getpid() not in found


def test_none_begins_before_the_first_call() -> None:
    with working(JOBS):
        assert workers()
        assert not _children()


def test_the_first_to_ask_whether_they_are_ready_begins_them() -> None:
    with working(JOBS):
        _wait_until_ready()
        assert [apart(abs, -each) for each in range(2 * JOBS)] == [*range(2 * JOBS)]
        assert len(_children()) == JOBS
        assert ready()
        dismiss_workers()
        assert not _children()
        _wait_until_ready()
        end_workers()
        assert not ready()
    with working(1):
        assert not ready()


def _wait_until_ready() -> None:
    until = time.monotonic() + 30
    while not ready():
        assert time.monotonic() < until
        time.sleep(0.01)


def test_what_is_raised_there_is_raised_here() -> None:
    with working(JOBS):
        with pytest.raises(InputError) as told:
            apart(_raise)
        assert told.value.problems == TOLD.problems
        assert apart(abs, -3) == 3
        with pytest.raises(RuntimeError, match="cannot travel"):
            apart(threading.Lock)
        assert apart(abs, -4) == 4


def _raise() -> None:
    raise TOLD


def test_there_is_none_for_one_job_nor_where_another_build_was_asked_for() -> None:
    with working(1), pytest.raises(WorkerLostError):
        apart(abs, -1)
    with working(JOBS), numpy_path():
        assert not workers()


def test_a_killed_worker_is_told_and_none_is_called_again(tmp_path: Path) -> None:
    with working(JOBS):
        killed = threading.Thread(
            target=lambda: os.kill(_wait_for(tmp_path / "pid"), signal.SIGKILL)
        )
        killed.start()
        with pytest.raises(WorkerLostError):
            apart(_tell_and_sleep, tmp_path / "pid", 60.0)
        killed.join()
        with pytest.raises(WorkerLostError):
            apart(abs, -1)


def _tell_and_sleep(path: Path, seconds: float) -> None:
    path.write_text(str(os.getpid()))
    time.sleep(seconds)


def test_ended_before_they_began_none_is_waited_for() -> None:
    with working(JOBS):
        end_workers()
        for _ in range(2):
            with pytest.raises(WorkerLostError):
                apart(abs, -1)
        assert not ready()
        assert not _children()


def test_where_none_can_be_started_none_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with working(JOBS):
        for _ in range(2):
            with pytest.raises(WorkerLostError):
                apart(abs, -1)
        with accompanied(_sum_of, 1) as call, pytest.raises(WorkerLostError):
            call.result()


def test_who_waits_for_an_answer_is_told_when_all_are_ended(tmp_path: Path) -> None:
    begun = time.monotonic()
    with working(JOBS):
        ender = threading.Thread(target=lambda: _wait_for(tmp_path / "pid") and end_workers())
        ender.start()
        with pytest.raises(WorkerLostError):
            apart(_tell_and_sleep, tmp_path / "pid", 60.0)
        ender.join()
    assert time.monotonic() - begun < 30


def test_an_error_outside_kills_those_at_work(tmp_path: Path) -> None:
    lost: list[type[Exception]] = []

    def call() -> None:
        try:
            apart(_tell_and_sleep, tmp_path / "pid", 60.0)
        except WorkerLostError as error:
            lost.append(type(error))

    caller = threading.Thread(target=call)

    def work() -> None:
        with working(JOBS):
            caller.start()
            _wait_for(tmp_path / "pid")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        work()
    caller.join()
    assert lost == [WorkerLostError]


def test_after_they_were_dismissed_others_begin() -> None:
    with working(JOBS):
        first = apart(os.getpid)
        dismiss_workers()
        assert not _children()
        assert apart(os.getpid) != first


def test_they_end_with_a_parent_that_was_killed(tmp_path: Path) -> None:
    words = (
        "import os, pathlib, sys, time\n"
        "from bridge.workers import apart, working\n"
        "with working(2):\n"
        "    pid = apart(os.getpid)\n"
        "    pathlib.Path(sys.argv[1]).write_text(str(pid))\n"
        "    time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", words, str(tmp_path / "pid")])
    worker = psutil.Process(_wait_for(tmp_path / "pid"))
    parent.kill()
    parent.wait()
    assert psutil.wait_procs([worker], timeout=20)[0]


def _sum_of(told: Iterator[int], first: int) -> int:
    total = first
    for each in told:
        if each < 0:
            raise TOLD
        total += each
    return total


def test_a_call_is_told_things_while_it_is_at_work() -> None:
    with working(JOBS):
        with accompanied(_sum_of, 1) as call:
            for each in (2, 3, 4):
                call.tell(each)
            assert call.result() == 10
        with accompanied(_sum_of, 5) as other, accompanied(_sum_of, 50) as call:
            call.tell(1)
            other.tell(2)
            assert (call.result(), other.result()) == (51, 7)


def test_what_it_raises_is_raised_where_it_is_asked_for_and_its_worker_goes_on() -> None:
    with working(2):
        for _ in range(3):
            with accompanied(_sum_of, 1) as call:
                for each in (2, -1, 4, 5):
                    call.tell(each)
                with pytest.raises(InputError) as told:
                    call.result()
            assert told.value.problems == TOLD.problems
        assert apart(abs, -3) == 3


def test_a_call_that_nobody_asks_for_its_answer_leaves_none_for_the_next() -> None:
    with working(2):
        for _ in range(3):
            with pytest.raises(ZeroDivisionError):
                _fail_beside_a_call()
        assert {apart(abs, -3) for _ in range(4)} == {3}


def _fail_beside_a_call() -> None:
    with accompanied(_sum_of, 1) as call:
        call.tell(1)
        raise ZeroDivisionError


def test_a_call_whose_worker_is_killed_is_lost_when_it_is_asked_for(tmp_path: Path) -> None:
    with working(2), accompanied(_told_and_sleep, tmp_path / "pid") as call:
        os.kill(_wait_for(tmp_path / "pid"), signal.SIGKILL)
        for each in range(1000):
            call.tell(each)
        with pytest.raises(WorkerLostError):
            call.result()
        with accompanied(_sum_of, 1) as later, pytest.raises(WorkerLostError):
            later.result()


def _told_and_sleep(_told: Iterator[int], path: Path) -> None:
    _tell_and_sleep(path, 60.0)


def test_without_workers_a_call_is_lost() -> None:
    with accompanied(_sum_of, 1) as call:
        call.tell(1)
        with pytest.raises(WorkerLostError):
            call.result()
