"""One worker child: a job in, an answer out, whatever a plugin does to the process in between.

The child is always spawned (fork after a plugin is loaded hangs), in a session of its own, and is
ended with everything it started. Its answer travels as JSON lines on a pipe that plugins
do not know of; what they print is drained, and the last lines are kept.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from typing import IO, Any

from bridge.hosting.answers import Refusal, checked
from bridge.hosting.child.family import Family
from bridge.hosting.child.scratch import inside, scratch
from bridge.hosting.elsewhere import elsewhere
from bridge.hosting.jobs import Answer, Job, as_wire
from stemwright.problems import Problem, StoppedError

_INTERRUPTS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Hold interrupts back until the end of the block; they come to effect there.

    Only the main thread is ever interrupted, so elsewhere there is nothing to do.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    pending: list[int] = []
    kept = {number: signal.getsignal(number) for number in _INTERRUPTS}
    for number in _INTERRUPTS:
        signal.signal(number, lambda come, _: pending.append(come))
    try:
        yield
    finally:
        for each, handler in kept.items():
            signal.signal(each, signal.SIG_DFL if handler is None else handler)
        for came in pending:
            signal.raise_signal(came)


LAST_LINES = 5
MOST_ANSWER_BYTES = 64 << 20
"""A plugin with 10,000 parameters is described in 2 MB; more was not said by us."""
MOST_FOREIGN_BYTES = 16 << 10
"""A plugin's lines among ours are passed over; one that floods the pipe is refused, whether or not
our answer came through, as that hangs on who was faster."""
LONGEST_LINE = 300
_ENDING_GRACE_S = 5.0
_INTERRUPTIBLE_S = 0.2
"""An interrupt is noticed between waits; not every system breaks one off."""
_WINDOWS_CRASHES = {
    0xC0000005: "access violation",
    0xC00000FD: "stack overflow",
    0xC0000409: "abort",
}


class Ending(Enum):
    """How a child ended that gave no answer."""

    SIGNAL = "signal"
    EXIT = "exit"
    DEADLINE = "deadline"
    GARBLED = "garbled"
    UNSTARTED = "unstarted"

    def told(self, detail: str) -> str:
        """The ending as words that follow a plugin's name."""
        return {
            Ending.SIGNAL: f"crashed ({detail})",
            Ending.EXIT: f"ended its process ({detail})",
            Ending.DEADLINE: f"did not come back within {detail}",
            Ending.GARBLED: f"gave an unreadable answer ({detail})",
            Ending.UNSTARTED: f"could not be started ({detail})",
        }[self]


@dataclass
class ChildFailed(Exception):  # noqa: N818 - it is caught and mapped, never told by this name
    """A child that gave no answer: how it ended, what it was doing, and its last stderr lines."""

    ending: Ending
    detail: str
    stage: str = ""
    last_lines: tuple[str, ...] = ()


class Live:
    """A running child, its drained pipes, and whether it was told to stop.

    One that is `asked_again` is read on after its answer; `heard` tells that it said something.
    """

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        family: Family,
        token: str,
        *,
        asked_again: bool = False,
    ) -> None:
        self.process = process
        self.family = family
        self.token = token
        self.asked_again = asked_again
        self.stopped = False
        self.heard = threading.Condition()
        self.answer = bytearray()
        self.last: deque[bytes] = deque(maxlen=LAST_LINES)
        self.readers = (
            threading.Thread(target=self._read_answer, daemon=True),
            threading.Thread(target=self._read_talk, daemon=True),
        )
        for reader in self.readers:
            reader.start()

    def _read_answer(self) -> None:
        for part in _parts(self.process.stdout):
            with self.heard:
                self.answer += part
                self.heard.notify()
            if len(self.answer) > MOST_ANSWER_BYTES:
                return
            if self.has_answered(len(part)) and not self.asked_again:
                return  # a process the plugin left behind may hold the pipe open

    def has_answered(self, last_bytes: int) -> bool:
        """Whether the last bytes it said, or some before, end an answer."""
        ending = self.answer[-last_bytes - len(self.token) - 4 :]
        return self.token.encode() in ending and ending.endswith(b"\n")

    def _read_talk(self) -> None:
        rest = b""
        for part in _parts(self.process.stderr):
            *lines, rest = (rest + part).split(b"\n")
            self.last.extend(line for line in lines if line.strip())
            rest = rest[-LONGEST_LINE:]
        if rest.strip():
            self.last.append(rest)

    def end(self) -> None:
        """Kill the child with everything it started, and wait for it."""
        self.family.end(_ENDING_GRACE_S)
        for reader in self.readers:
            reader.join(_ENDING_GRACE_S)
        if self.process.stdin is not None:  # open still when an interrupt came before the job
            with contextlib.suppress(OSError):
                self.process.stdin.close()

    def talk(self) -> tuple[str, ...]:
        """The last lines it printed, as text."""
        return tuple(
            line.decode("utf-8", "replace").strip()[:LONGEST_LINE] for line in list(self.last)
        )


class _Registry:
    """Every running child, and how often all were stopped."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.live: set[Live] = set()
        self.stops = 0


_registry = _Registry()


def stop_all() -> None:
    """End every running child, elsewhere too; the calls that wait for them raise StoppedError."""
    if (place := elsewhere()) is not None:
        place.stop()
    with _registry.lock:
        _registry.stops += 1
        running = tuple(_registry.live)
        for child in running:
            child.stopped = True
    for child in running:
        child.family.stop()


def stops() -> int:
    """How often all children were stopped: what `call` takes as `since`."""
    return _registry.stops


def call(job: Job[Answer], deadline_s: float, since: int | None = None) -> Answer | Refusal:
    """Run `job` in a child of its own and return its answer.

    Any thread may call. Raises ChildFailed when no answer came, StoppedError when all children
    were stopped since the count `since` (absent: since now).
    """
    since = stops() if since is None else since
    with running(since) as child:
        hand_in(child, {**as_wire(job), "token": child.token})
        in_time = _wait(child, deadline_s)
    if child.stopped:
        raise StoppedError(Problem(kind="interrupted", message="stopped while hosting"))
    try:
        return checked(job.answer, answer_of(child, in_time, deadline_s))
    except (ValueError, RecursionError):
        stage, _, garbled = _parsed(bytes(child.answer), child.token)
        said = garbled or "it is not what was asked for"
        raise ChildFailed(Ending.GARBLED, said, stage, child.talk()) from None


@contextlib.contextmanager
def running(since: int, *, asked_again: bool = False) -> Iterator[Live]:
    """A child without a job, ended with the block; `asked_again`, it may be given several.

    Raises ChildFailed where none can be started.
    """
    child: Live | None = None
    held = contextlib.ExitStack()
    try:
        with uninterrupted():  # or a child could be there that nobody knows of
            child = _started(held, since, asked_again)
        if child.stopped:
            child.family.stop()
        yield child
    finally:
        if child is not None:
            child.end()
            with _registry.lock:
                _registry.live.discard(child)
        held.close()


def _started(held: contextlib.ExitStack, since: int, asked_again: bool) -> Live:
    try:
        # The child's working directory: what a plugin drops there goes with it.
        folder = held.enter_context(scratch())
        process = subprocess.Popen(
            [
                sys.executable,
                "-P",
                "-X",
                "utf8",
                "-m",
                "bridge.hosting.child.worker",
                str(os.getpid()),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,
            env=inside(folder),
            **_own_group(),
        )
    except OSError as error:
        raise ChildFailed(Ending.UNSTARTED, error.strerror or str(error)) from error
    family, token = Family(process, str(folder)), secrets.token_hex(16)
    child = Live(process, family, token, asked_again=asked_again)
    with _registry.lock:
        _registry.live.add(child)
        child.stopped = _registry.stops != since
    return child


def _own_group() -> dict[str, Any]:
    if sys.platform == "win32":  # pragma: no cover - untested
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


def hand_in(child: Live, told: Mapping[str, Any]) -> None:
    """Give a child a job, the last one unless it is asked again."""
    stdin = child.process.stdin
    if stdin is None:
        return
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        stdin.write(json.dumps(told).encode() + b"\n")
        stdin.flush() if child.asked_again else stdin.close()


def _wait(child: Live, deadline_s: float) -> bool:
    """Wait until the child closes its answer; tell whether it ended before the deadline.

    A process that a plugin left behind may hold the pipe open: the child's own end counts.
    """
    until = time.monotonic() + deadline_s
    while child.readers[0].is_alive() and (left_s := until - time.monotonic()) > 0:
        child.readers[0].join(min(left_s, _INTERRUPTIBLE_S))
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.process.wait(max(0.0, until - time.monotonic()))
    return child.process.returncode is not None


def answer_of(child: Live, in_time: bool, deadline_s: float) -> object:
    """What a child said to its last job. Raises ChildFailed where it is no answer."""
    stage, answer, garbled = _parsed(bytes(child.answer), child.token)
    if answer is not None:
        return answer
    if len(child.answer) > MOST_ANSWER_BYTES:
        said = f"more than {MOST_ANSWER_BYTES >> 20} MB"
        raise ChildFailed(Ending.GARBLED, said, stage, child.talk())
    if not in_time:
        raise ChildFailed(Ending.DEADLINE, f"{deadline_s:g} s", stage, child.talk())
    if garbled:
        raise ChildFailed(Ending.GARBLED, garbled, stage, child.talk())
    ending, detail = _ending(child.process.returncode)
    raise ChildFailed(ending, detail, stage, child.talk())


def _parsed(said: bytes, token: str) -> tuple[str, object, str]:
    """The last stage, the answer if there is one, and the first line that was neither.

    An answer without the job's token is not the worker's: a plugin found the pipe.
    """
    stage, garbled, foreign_bytes = "", "", 0
    for line in said.splitlines():
        try:
            message = json.loads(line)
            if "stage" in message:
                stage = str(message["stage"])
            elif message["token"] == token:
                return stage, message["answer"], ""
            else:
                raise ValueError
        except (ValueError, TypeError, KeyError, RecursionError):
            garbled = garbled or repr(line[:60])
            foreign_bytes += len(line)
            if foreign_bytes > MOST_FOREIGN_BYTES:
                break
    return stage, None, garbled


def _ending(code: int) -> tuple[Ending, str]:
    if code < 0:
        try:
            return Ending.SIGNAL, signal.Signals(-code).name
        except ValueError:
            return Ending.SIGNAL, f"signal {-code}"
    if code & 0xFFFFFFFF in _WINDOWS_CRASHES:
        return Ending.SIGNAL, _WINDOWS_CRASHES[code & 0xFFFFFFFF]
    return Ending.EXIT, f"exit code {code}"


def _parts(stream: IO[bytes] | None) -> Iterator[bytes]:
    if stream is None:
        return
    with stream:
        while part := os.read(stream.fileno(), 65536):
            yield part
