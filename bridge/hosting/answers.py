"""What an adapter says from inside the worker child: its stage, problems, diagnostics."""

from __future__ import annotations

from collections.abc import Callable

Tell = Callable[[str], None]
"""Told what is being done, in words that follow "while"."""


class Refused(Exception):  # noqa: N818 - a verdict, not a fault of the program
    """Problems an adapter found, as the dicts of the answer's `problems`."""

    def __init__(self, *problems: dict[str, str | None]) -> None:
        super().__init__(*problems)
        self.problems = problems


def problem(
    kind: str,
    message: str,
    *,
    hint: str | None = None,
    expected: str | None = None,
    nearest: str | None = None,
) -> dict[str, str | None]:
    """One problem; the parent adds where it is."""
    return {
        "kind": kind,
        "message": message,
        "hint": hint,
        "expected": expected,
        "nearest": nearest,
    }


def warning(code: str, message: str) -> dict[str, str]:
    """One diagnostic of severity warning; the parent adds where it is."""
    return {"severity": "warning", "code": code, "message": message}


def note(code: str, message: str) -> dict[str, str]:
    """One diagnostic of severity note."""
    return {"severity": "note", "code": code, "message": message}
