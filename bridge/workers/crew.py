"""The crew: as many processes as jobs, begun when there is work for them and ended with it."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

Result = TypeVar("Result")

SUPPORTED = sys.platform != "win32"
"""Where a process can fork, all begin from one that has imported what they need."""

_ENDING_GRACE_S = 5.0


class WorkerLostError(Exception):
    """A worker ended before its answer came, or none could be started."""


class Crew:
    """Workers that begin with the first call; any thread may call, each call takes one of them."""

    def __init__(self, count: int, preload: Sequence[str] = ()) -> None:
        """`preload` names the modules that they have from their beginning."""
        self._count = count
        self._preload = preload
        self._guard = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._all: list[Connection] = []
        self._free: queue.SimpleQueue[Connection] = queue.SimpleQueue()
        self._beginning: set[Connection] = set()
        self._lost = False

    def call(self, function: Callable[..., Result], *given: object) -> Result:
        """Return what `function`, found by its name, gives in a worker, or raise what it raises.

        Raises WorkerLostError.
        """
        with self.worker() as worker:
            self.send(worker, (function, given, False))
            found: Result = self.answer(worker)
        return found

    def ready(self) -> bool:
        """Say whether one is there to be called; the first question begins them."""
        with suppress(WorkerLostError):
            self._begin()
        with self._guard, suppress(OSError):
            begun = any(each not in self._beginning or each.poll() for each in self._all)
            return begun and not self._lost
        return False

    @contextmanager
    def worker(self) -> Iterator[Connection]:
        """One of them, for the time inside. Raises WorkerLostError where none could be started."""
        self._begin()
        if self._lost:  # maybe before there was one to wait for
            raise WorkerLostError
        worker = self._free.get()
        try:
            if worker in self._beginning:
                self.answer(worker)
                self._beginning.discard(worker)
            yield worker
        finally:
            self._free.put(worker)

    def send(self, worker: Connection, message: object) -> None:
        """Send to one of them. Raises WorkerLostError."""
        if self._lost:  # all of them, as they share one beginning
            raise WorkerLostError
        try:
            worker.send(message)
        except OSError as lost:
            self._lost = True
            raise WorkerLostError from lost

    def answer(self, worker: Connection) -> Any:
        """Return what the function gave or raise what it raised. Raises WorkerLostError."""
        try:
            done, result = worker.recv()
        except (EOFError, OSError) as lost:
            self._lost = True
            raise WorkerLostError from lost
        if not done:
            raise result
        return result

    def _begin(self) -> None:
        with self._guard:
            if self._process is not None or self._lost:
                return
            from multiprocessing import Pipe

            pairs = [Pipe() for _ in range(self._count)]
            handles = [theirs.fileno() for _, theirs in pairs]
            words = [sys.executable, "-P", "-X", "utf8", "-m", "bridge.workers.worker"]
            try:
                self._process = subprocess.Popen(
                    [*words, ",".join(self._preload), *map(str, handles)],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    pass_fds=handles,
                    start_new_session=True,  # an interrupt in the terminal is the parent's to tell
                    env=_environment(),
                )
            except OSError as failed:
                self._lost = True
                raise WorkerLostError from failed
            for ours, theirs in pairs:
                theirs.close()
                self._all.append(ours)
                self._beginning.add(ours)
                self._free.put(ours)

    def dismiss(self) -> None:
        """Let the workers end; nobody may be waiting for one. A later call begins others."""
        with self._guard:
            process, self._process = self._process, None
            connections, self._all = self._all, []
            self._free = queue.SimpleQueue()
            self._beginning = set()
        for each in connections:
            each.close()
        if process is None:
            return
        try:
            process.wait(_ENDING_GRACE_S)
        except subprocess.TimeoutExpired:
            _kill(process)
            process.wait()

    def kill(self) -> None:
        """Kill the workers now, from any thread; none begins any more."""
        with self._guard:
            self._lost = True
            if self._process is not None:
                _kill(self._process)


class Accompanied(Generic[Result]):
    """A call that is told things while a worker is at it; only `result` says that it is lost."""

    def __init__(self, crew: Crew | None, worker: Connection | None) -> None:
        self._crew, self._worker = crew, worker

    def tell(self, value: object) -> None:
        """Tell the next thing, which can travel."""
        self._send((True, value))

    def result(self) -> Result:
        """Say that nothing more comes; return what the function gave or raise what it raised.

        Once. Raises WorkerLostError.
        """
        self._send((False, None))
        crew, worker = self._crew, self._worker
        self._crew = self._worker = None
        if crew is None or worker is None:
            raise WorkerLostError
        found: Result = crew.answer(worker)
        return found

    def _send(self, message: object) -> None:
        if self._crew is None or self._worker is None:
            return
        try:
            self._crew.send(self._worker, message)
        except WorkerLostError:
            self._crew = self._worker = None


def _kill(process: subprocess.Popen[bytes]) -> None:
    with suppress(OSError):
        os.killpg(process.pid, signal.SIGKILL)


def _environment() -> dict[str, str]:
    """Without threads for linear algebra: a process is to fork, and one thread is what it does."""
    single = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return {**os.environ, **single}


class _Active:
    crews: ClassVar[list[Crew]] = []


@contextmanager
def working(jobs: int, preload: Sequence[str] = ()) -> Iterator[None]:
    """Have `jobs` workers ready inside, in every thread; inside each other, the outermost's."""
    if jobs < 2 or not SUPPORTED or _Active.crews:
        yield
        return
    crew = Crew(jobs, preload)
    _Active.crews.append(crew)
    try:
        yield
    except BaseException:
        crew.kill()
        raise
    finally:
        _Active.crews.remove(crew)
        crew.dismiss()


def workers() -> bool:
    """Say whether `apart` has workers to call."""
    if not _Active.crews:
        return False
    from bridge.native import ASKED_FOR_HERE, running  # with numpy

    return running().why != ASKED_FOR_HERE


def ready() -> bool:
    """Say whether a worker is there to be called; the first question begins them."""
    return workers() and _Active.crews[-1].ready()


def apart(function: Callable[..., Result], *given: object) -> Result:
    """Call a module's `function` in a worker. What it is given and gives travels between processes.

    Raises what it raises; WorkerLostError where there is no worker, or none any more.
    """
    if not workers():
        raise WorkerLostError
    return _Active.crews[-1].call(function, *given)


@contextmanager
def accompanied(function: Callable[..., Result], *given: object) -> Iterator[Accompanied[Result]]:
    """Call a module's `function` in a worker with an iterator of what it is told here, and `given`.

    What it is told, given and gives travels between processes. Without a worker the call is lost.
    """
    crew, worker = None, None
    with ExitStack() as held:
        with suppress(WorkerLostError):
            if workers():
                crew = _Active.crews[-1]
                worker = held.enter_context(crew.worker())
                crew.send(worker, (function, given, True))
        call = Accompanied[Result](crew, worker)
        try:
            yield call
        finally:
            with suppress(Exception):  # the next to call this worker waits for its own answer
                call.result()


def end_workers() -> None:
    """Kill all workers; the calls that wait for them raise WorkerLostError, as all later ones."""
    for crew in tuple(_Active.crews):
        crew.kill()


def dismiss_workers() -> None:
    """Let the workers end, whose memory others can use; a later call begins others."""
    for crew in tuple(_Active.crews):
        crew.dismiss()
