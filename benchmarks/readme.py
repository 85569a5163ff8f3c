"""The README's table of speed, written from the figures of one run."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Sequence
from pathlib import Path

from benchmarks.apart import ROOT
from benchmarks.figures import Shown

BEGIN = "<!-- benchmarks: begin -->"
END = "<!-- benchmarks: end -->"


def with_table(text: str, shown: Sequence[Shown], told: str) -> str:
    """Return `text` with what stood between the two markers replaced by `told` and a table.

    ValueError where the markers are not there once each, in this order.
    """
    before, begun, rest = text.partition(BEGIN)
    _, ended, after = rest.partition(END)
    if not begun or not ended or BEGIN in rest or END in before + after:
        raise ValueError(f"{BEGIN} and {END} are wanted once each, in this order")
    return f"{before}{BEGIN}\n{told}\n\n{_table(shown)}\n{END}{after}"


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
    text = with_table(page.read_text(encoding="utf-8"), shown, told)
    page.write_text(text, encoding="utf-8")


def path_in_words() -> str:
    """Say which path runs here, and why where it is numpy."""
    from bridge.native import running

    found = running()
    return "compiled kernels" if found.path == "compiled" else f"numpy alone: {found.why}"


def _git(*words: str) -> str:
    run = ["git", "-C", str(ROOT), *words]
    return subprocess.run(run, check=False, capture_output=True, text=True).stdout.strip()
