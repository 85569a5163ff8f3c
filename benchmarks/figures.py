"""What is printed: rows and figures beside their goals, and those of them that the README shows."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.usage import Rounds, Usage


@dataclass(frozen=True)
class Shown:
    """A line of the README's table; `goal` is empty where there is none."""

    name: str
    found: str
    goal: str


class Figures:
    """Prints as figures come, and keeps those with words for the README."""

    def __init__(self) -> None:
        self.shown: list[Shown] = []

    def title(self, text: str) -> None:
        """Begin a part."""
        _say(f"\n{text}")

    def row(self, name: str, used: Usage) -> None:
        """One usage."""
        _say(f"  {name:<48}{used.wall_s:8.2f} s wall {used.cpu_s:8.2f} s CPU")

    def rounds(self, name: str, rounds: Rounds, key: str, base: str | None = None) -> None:
        """The medians of what `rounds` has under `key`, as a multiple of `base` too."""
        used = rounds.median(key)
        ratio = "" if base is None else f"{rounds.ratio(key, base):8.2f} x ({base})"
        _say(
            f"  {name:<48}{used.wall_s:8.2f} s wall {used.cpu_s:8.2f} s CPU"
            f" +-{rounds.spread_s(key) / 2:5.2f}{ratio}"
        )

    def figure(
        self, name: str, found: float, unit: str, goal: str = "", readme: str | None = None
    ) -> None:
        """One number beside its goal; with `readme`, a line of the README's table by that name."""
        digits = 0 if abs(found) >= 100 else 2
        said = f"   goal: {goal}" if goal else ""
        _say(f"  {name:<48}{found:8.{digits}f} {unit}{said}")
        if readme is not None:
            self.shown.append(Shown(readme, f"{found:.{digits}f} {unit}", goal))

    def columns(self, name: str, cells: Sequence[str]) -> None:
        """A line of a table."""
        _say(f"  {name:<40}{'  '.join(cells)}")

    def left_out(self, name: str, why: str, readme: str | None = None) -> None:
        """What could not be measured."""
        _say(f"  {name:<48} left out: {why}")
        if readme is not None:
            self.shown.append(Shown(readme, "not measured", ""))


def progress(text: str) -> None:
    """Say on stderr what runs now."""
    sys.stderr.write(f"... {text}\n")
    sys.stderr.flush()


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
