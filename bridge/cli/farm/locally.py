"""A whole farm on this machine: its processes are begun, begun anew when they die, and ended."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

from bridge.cli.farm.handing_in import hand_in, read_jobs, status_lines
from bridge.cli.farm.running import port_taken
from bridge.cli.printing import print_json, say
from stemwright.problems import EXIT_NO, MachineError, Problem, StemwrightError

_LOOK_S = 0.25
_BEGIN_S = 30.0
_ENDING_S = 15.0
_OVER = ("done", "missed", "failed", "cancelled")


def run_locally(
    jobs: Sequence[Path],
    *,
    workers: int,
    threads: int,
    port: int,
    dashboard_port: int,
    seats: Path | None,
    plugin_folders: Sequence[Path],
    plugins_alone: bool,
    queue: Path | None,
    store: Path | None,
    as_json: bool,
) -> int:
    """Run until the songs are over, or without any until interrupted; return the exit code."""
    from bridge.farming import STATUS, asked

    read_jobs(jobs)
    _refuse_taken(port)
    address = f"tcp://127.0.0.1:{port}"
    stored = [] if store is None else ["--store", str(store)]
    scheduler = ["scheduler", "--port", str(port), "--dashboard-port", str(dashboard_port), *stored]
    scheduler += [] if queue is None else ["--queue", str(queue)]
    commands = [scheduler]
    for number in range(workers):
        words = ["worker", address, "--name", f"worker-{number + 1}", "--threads", str(threads)]
        option = "--plugins" if plugins_alone else "--plugin-path"
        words += [word for folder in plugin_folders for word in (option, str(folder))]
        words += [] if seats is None else ["--seats", str(seats)]
        commands.append([*words, *stored])
    with ExitStack() as held:
        kept = [held.enter_context(_Kept(words)) for words in commands]
        _wait_for(address, workers, kept)
        if jobs:
            hand_in(address, None, jobs, None, as_json=as_json, told=not as_json)
        mine = {str((job if job.is_dir() else job.parent).resolve()) for job in jobs}
        while True:
            for each in kept:
                each.look()
            with suppress(StemwrightError):
                told = asked(address, None, STATUS)
                songs = [each for each in told["songs"] if each["job"] in mine]
                if mine and all(each["state"] in _OVER for each in songs):
                    return _shown({**told, "songs": songs}, as_json=as_json)
            time.sleep(_LOOK_S)


def _refuse_taken(port: int) -> None:
    """Raise MachineError for a port that somebody has: workers would find another's scheduler."""
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(("127.0.0.1", port))
        except OSError as taken:
            raise port_taken("127.0.0.1", port, taken) from taken


def _wait_for(address: str, workers: int, kept: Sequence[_Kept]) -> None:
    from bridge.farming import STATUS, asked

    until_s = time.monotonic() + _BEGIN_S
    while time.monotonic() < until_s:
        if kept[0].has_ended:
            break
        with suppress(StemwrightError):
            if len(asked(address, None, STATUS)["machines"]) >= workers:
                return
        time.sleep(_LOOK_S)
    raise MachineError(
        Problem(
            "farm_unreachable",
            f"no farm came to work at {address}",
            hint="what its scheduler said stands above; another farm may have the port: --port",
        )
    )


def _shown(told: Mapping[str, Any], *, as_json: bool) -> int:
    if as_json:
        print_json(told)
    else:
        say(*status_lines(told))
    return EXIT_NO if any(each["state"] != "done" for each in told["songs"]) else 0


class _Kept:
    """A process of the farm that is begun anew whenever it dies, and ends with this one."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = [sys.executable, "-P", "-m", "stemwright", "farm", *words]
        self._process = self._begun()

    def _begun(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self._words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
            env={**os.environ, "STEMWRIGHT_ENDS_WITH": str(os.getpid())},
        )

    @property
    def has_ended(self) -> bool:
        return self._process.poll() is not None

    def look(self) -> None:
        """Begin it anew where it died."""
        if self.has_ended:
            say(f"{' '.join(self._words[5:7])} ended with {self._process.returncode}", err=True)
            self._process = self._begun()

    def __enter__(self) -> _Kept:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(ProcessLookupError):
            self._process.terminate()
        try:
            self._process.wait(_ENDING_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
