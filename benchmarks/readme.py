"""The README's table of speed, written from the figures of one run."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Sequence
from pathlib import Path

from benchmarks.apart import ROOT
from benchmarks.blocks import write_block
from benchmarks.figures import Shown

_BLOCK = "benchmarks"


def _table(shown: Sequence[Shown]) -> str:
    rows = [f"| {each.name} | {each.found} | {each.goal} |" for each in shown]
    return "\n".join(["| figure | found | goal |", "|---|---|---|", *rows])


def machine(load: float, seconds: int, runs: int) -> str:
    """Say what was run where: the commit, the machine's cores and load, which path."""
    changed = _git("status", "--porcelain", "--untracked-files=no", "--", ":!README.md")
    commit = _git("rev-parse", "--short", "HEAD") or "no commit"
    if changed:
        commit += " with changes"
    cores = f"{os.cpu_count()} cores ({platform.machine()}), load before it {load:.1f}"
    python = f"Python {platform.python_version()}, {path_in_words()}"
    what = f"8 stems of {seconds} s at 48 kHz and 24 bit, median of {runs} in one run"
    return f"Commit {commit}; {cores}; {python}; {what}."


def write(shown: Sequence[Shown], told: str, page: Path = ROOT / "README.md") -> None:
    """Rewrite the table of `page`."""
    write_block(page, _BLOCK, f"{told}\n\n{_table(shown)}")


def path_in_words() -> str:
    """Say which path runs here, and why where it is numpy."""
    from bridge.native import running

    found = running()
    return "compiled kernels" if found.path == "compiled" else f"numpy alone: {found.why}"


def _git(*words: str) -> str:
    run = ["git", "-C", str(ROOT), *words]
    return subprocess.run(run, check=False, capture_output=True, text=True).stdout.strip()
