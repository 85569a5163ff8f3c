"""The outcome of one check of one file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from bridge.metering import json_value

Outcome = Literal["pass", "warn", "fail"]


def outcome_of(right: bool, wrong: Outcome = "fail") -> Outcome:
    """`pass` where a check is right."""
    return "pass" if right else wrong


@dataclass(frozen=True)
class Checked:
    """A check of a file: what was found and what was wanted, in `unit`; `words` say it."""

    file: str
    check: str
    outcome: Outcome
    found: float | str | None
    wanted: float | str | None
    unit: str = ""
    words: str = ""

    def as_json(self) -> dict[str, Any]:
        """A row of `checks` in the manifest and in `deliver --json`."""
        found: dict[str, Any] = json_value(dict(vars(self)))
        return found
