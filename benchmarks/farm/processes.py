"""A farm's processes, begun and ended by the benchmark that measures them."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

from benchmarks.farm.songs import Plugins, stemwright
from bridge.farming import STATUS, asked
from stemwright.problems import StemwrightError

_OVER = ("done", "missed", "failed", "cancelled")


def free_port() -> int:
    """A port of loopback that nobody has."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class Processes:
    """A scheduler and workers, each with a store of its own; ended together."""

    def __init__(
        self, place: Path, plugins: Plugins, held: ExitStack, *, songs: int = 2, threads: int = 1
    ) -> None:
        self.place, self._plugins, self._held = place, plugins, held
        self._songs, self._threads = songs, threads
        self.address = f"tcp://127.0.0.1:{free_port()}"
        self.workers: dict[str, subprocess.Popen[bytes]] = {}
        self._seats: dict[str, Path | None] = {}
        place.mkdir(exist_ok=True)
        self.scheduler = self.begin_scheduler()

    def begin_scheduler(self) -> subprocess.Popen[bytes]:
        """A scheduler on the same queue."""
        port = self.address.rpartition(":")[2]
        words = ("--dashboard-port", "0", "--songs", self._songs, "--queue", self.place / "queue")
        store = ("--store", self.place / "songs' store")
        return self._begun("scheduler", "--port", port, *words, *store)

    def begin_worker(self, name: str, seats: Path | None = None) -> None:
        """A worker of this name, in the place of one that died."""
        self._seats[name] = seats
        words: list[object] = ["--name", name, "--threads", self._threads]
        words += ["--plugins", self._plugins.folder, "--store", self.place / name]
        words += [] if seats is None else ["--seats", seats]
        self.workers[name] = self._begun("worker", self.address, *words)

    def kill_worker(self, name: str) -> None:
        """End one without a word, and begin it anew, as a service manager would."""
        self.workers[name].kill()
        self.workers[name].wait()
        self.begin_worker(name, self._seats[name])

    def kill_scheduler(self) -> None:
        """The same for the scheduler."""
        self.scheduler.kill()
        self.scheduler.wait()
        self.scheduler = self.begin_scheduler()

    def _begun(self, *words: object) -> subprocess.Popen[bytes]:
        log = self._held.enter_context((self.place / "log").open("ab"))
        process = subprocess.Popen(stemwright("farm", *words), stdout=log, stderr=log)
        self._held.callback(_end, process)
        return process

    def status(self) -> Mapping[str, Any]:
        """What the scheduler tells; nothing while there is none."""
        with suppress(StemwrightError):
            return asked(self.address, None, STATUS)
        return {"songs": (), "machines": (), "seats": ()}

    def submit(self, jobs: Sequence[Path]) -> None:
        """Hand jobs in."""
        words = stemwright("farm", "submit", self.address, *jobs)
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL)

    def wait(self, condition: Callable[[Mapping[str, Any]], bool], most_s: float) -> bool:
        """Wait until the status is as wanted; tell whether it came to that."""
        until_s = time.monotonic() + most_s
        while time.monotonic() < until_s:
            if condition(self.status()):
                return True
            time.sleep(0.2)
        return False

    def ready(self, workers: int) -> None:
        """Wait until so many workers are at work."""
        if not self.wait(lambda told: len(told["machines"]) >= workers, 60.0):
            raise RuntimeError((self.place / "log").read_text()[-2000:])


def over(told: Mapping[str, Any], count: int) -> bool:
    """Whether so many songs are over."""
    return sum(each["state"] in _OVER for each in told["songs"]) >= count


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
