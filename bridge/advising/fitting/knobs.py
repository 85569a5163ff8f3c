"""What can be turned: one setting of an insert, with its range and its scale.

The search knows every setting as a position from 0 to 1, so that all are alike to it.
"""

from __future__ import annotations

import math
from dataclasses import field

from stemwright.values import dataclass

_DIGITS = 6
"""Significant digits of a setting: as many as a float32, in which plugins keep theirs, has."""


@dataclass(frozen=True)
class Knob:
    """One setting: `low` to `high`, by equal steps or, `is_log`, by equal factors.

    With `choices` it is one of these instead, and low and high do not matter.
    """

    name: str
    low: float = 0.0
    high: float = 1.0
    is_log: bool = False
    choices: tuple[object, ...] = field(default=())

    @property
    def is_choice(self) -> bool:
        """Whether there is nothing between its values."""
        return bool(self.choices)

    def number(self, position: float) -> float:
        """The setting at a position, to the digits that count."""
        return min(max(significant(self.exact_number(position), _DIGITS), self.low), self.high)

    def exact_number(self, position: float) -> float:
        """The same with all digits, so that slopes can be told from the least of steps."""
        if self.is_log:
            return self.low * float((self.high / self.low) ** position)
        return self.low + (self.high - self.low) * position

    def chosen(self, position: float) -> int:
        """Which of its choices a position means."""
        return min(max(int(position * len(self.choices)), 0), len(self.choices) - 1)

    def position(self, number: float) -> float:
        """Where a setting is; of a choice, its place in the list means its middle."""
        if self.choices:
            return (number + 0.5) / len(self.choices)
        number = min(max(number, self.low), self.high)
        if self.is_log:
            return math.log(number / self.low) / math.log(self.high / self.low)
        return (number - self.low) / (self.high - self.low) if self.high > self.low else 0.0


def significant(number: float, digits: int) -> float:
    """A number rounded to so many significant digits."""
    return float(f"{number:.{digits}g}")
