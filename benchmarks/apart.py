"""Work in a process of its own: its start-up told apart, its children counted, its memory its own.

`python -m benchmarks.apart MODULE:FUNCTION ARGUMENTS` is the other side: it prints what the
function tells, as JSON.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from benchmarks.usage import Memory, Told, Usage

ROOT = Path(__file__).resolve().parent.parent
PEERS_PYTHON = ROOT / ".venv" / "benchmark" / "bin" / "python"


class LeftOutError(Exception):
    """What cannot be measured here, and why."""


@dataclass(frozen=True)
class Apart:
    """One process that ended: what its work used and told, and what the whole process used.

    `peak_bytes` is 0 unless memory was sampled.
    """

    work: Usage
    whole: Usage
    told: Told
    peak_bytes: int

    @property
    def start_up(self) -> Usage:
        """Interpreter, imports and whatever the work did before its clock ran."""
        return self.whole.since(self.work)


def apart(
    work: Callable[..., Told], *arguments: object, python: Path | None = None, sampled: bool = False
) -> Apart:
    """Run `work` on `arguments`, as JSON takes them or paths, in a process of its own.

    `python` is another environment's. Memory is looked at only where `sampled`.
    Raises LeftOutError with the last line of what the process said.
    """
    given = json.dumps(arguments, default=str)
    named = f"{work.__module__}:{work.__qualname__}"
    command = [str(python or sys.executable), "-m", "benchmarks.apart", named, given]
    start = Usage.now()
    process = subprocess.Popen(
        command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        with Memory(process.pid) if sampled else contextlib.nullcontext() as memory:
            said, faults = process.communicate()
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    whole = Usage.now().since(start)
    if process.returncode:
        lines = faults.strip().splitlines() or [f"exit code {process.returncode}"]
        raise LeftOutError(f"{named}: {lines[-1]}")
    told = json.loads(said)
    used = Usage(told["wall_s"], told["cpu_s"])
    return Apart(used, whole, told, memory.peak_bytes if memory else 0)


def with_ffmpeg(work: Callable[..., Told], words: list[str], *, sampled: bool = False) -> Apart:
    """Run `work` on the system's ffmpeg; LeftOutError where there is none."""
    if shutil.which("ffmpeg") is None:
        raise LeftOutError("no ffmpeg on this system")
    return apart(work, *words, sampled=sampled)


def in_peers_environment(
    work: Callable[..., Told], *arguments: object, sampled: bool = False
) -> Apart:
    """Run `work` where the peers are installed; LeftOutError where they are not."""
    if not PEERS_PYTHON.is_file():
        raise LeftOutError("make benchmark installs it")
    return apart(work, *arguments, python=PEERS_PYTHON, sampled=sampled)


def main() -> None:
    """Do what the command line names."""
    answer = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # libraries and plugins print
    module, _, name = sys.argv[1].partition(":")
    answer.write(json.dumps(getattr(import_module(module), name)(*json.loads(sys.argv[2]))))
    answer.flush()
    os._exit(0)  # a plugin host may die in its own clearing up, with everything done


if __name__ == "__main__":
    main()
