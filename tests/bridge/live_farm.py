"""A scheduler and workers in processes of their own, as a studio begins them."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

from bridge.farming import STATUS, asked
from stemwright.problems import StemwrightError

SEATS = """
schema = 1
[[seat]]
plugin = "Fixture Gain"
kind = "floating"
licence = "gain, studio wide"
count = 1
"""


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class LiveFarm:
    """A scheduler and two workers of its own, each with a store that no other sees."""

    def __init__(self, place: Path, plugins: Path, held: ExitStack) -> None:
        self.place, self._plugins, self._held = place, plugins, held
        self.address = f"tcp://127.0.0.1:{free_port()}"
        (place / "seats.toml").write_text(SEATS)
        self.scheduler = self.begin_scheduler()
        self.workers = {name: self.begin_worker(name) for name in ("one", "two")}
        self.wait(lambda: len(self.status()["machines"]) == 2)

    def begin_scheduler(self) -> subprocess.Popen[bytes]:
        port = self.address.rpartition(":")[2]
        words = ["scheduler", "--port", port, "--dashboard-port", "0", "--songs", "2"]
        store = ["--queue", str(self.place / "queue"), "--store", str(self.place / "songs")]
        return self._begin(*words, *store)

    def begin_worker(self, name: str, file_bytes: int | None = None) -> subprocess.Popen[bytes]:
        """Its files are at most so long: a longer one is a full disk to it."""
        words = ["worker", self.address, "--name", name, "--threads", "2"]
        words += ["--plugins", str(self._plugins), "--seats", str(self.place / "seats.toml")]
        return self._begin(*words, "--store", str(self.place / name), file_bytes=file_bytes)

    def _begin(self, *words: str, file_bytes: int | None = None) -> subprocess.Popen[bytes]:
        log = self._held.enter_context((self.place / "log").open("ab"))
        command = [sys.executable, "-m", "stemwright", "farm", *words]
        if file_bytes is not None:
            command = ["prlimit", f"--fsize={file_bytes}", *command]
        process = subprocess.Popen(command, stdout=log, stderr=log)
        self._held.callback(end, process)
        return process

    def status(self) -> Mapping[str, Any]:
        with suppress(StemwrightError):
            return asked(self.address, None, STATUS)
        return {"songs": [], "machines": []}

    def wait(self, condition: Callable[[], bool], seconds: float = 60.0) -> None:
        until_s = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < until_s, (self.place / "log").read_text()[-3000:]
            time.sleep(0.1)

    def song(self, job: Path) -> Mapping[str, Any]:
        rows = [each for each in self.status()["songs"] if each["job"] == str(job)]
        return rows[-1] if rows else {"state": "unknown"}

    def over(self, *jobs: Path) -> list[Mapping[str, Any]]:
        self.wait(
            lambda: all(self.song(job)["state"] in ("done", "missed", "failed") for job in jobs)
        )
        return [self.song(job) for job in jobs]


def end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
