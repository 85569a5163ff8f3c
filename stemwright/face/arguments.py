"""The arguments of a call, checked, and what goes wrong in it as one of stemwright's errors."""

from __future__ import annotations

import datetime
import math
import numbers
import os
import reprlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from stemwright.problems import InputError, MachineError, Problem

_A_PATH = "a path, as str or Path"
_Kind = TypeVar("_Kind")


@contextmanager
def checking() -> Iterator[Arguments]:
    """Take arguments; raises InputError `usage` at the end with all that are wrong."""
    given = Arguments()
    yield given
    if given.problems:
        raise InputError(given.problems)


class Arguments:
    """Takes arguments one by one: what is wrong is kept, and something harmless returned for it."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def wrong(self, name: str, value: object, expected: str, hint: str | None = None) -> None:
        """Keep that an argument is not what was expected."""
        shown = " ".join(reprlib.repr(value).split())
        self.problems.append(Problem("usage", f"{name} is {shown}", expected=expected, hint=hint))

    def path(self, name: str, value: object, expected: str = _A_PATH) -> Path:
        """A path that the system can have."""
        try:
            found = Path(value)  # type: ignore[arg-type] # refused below
            if value == "" or b"\0" in os.fsencode(found):
                raise ValueError(value)
        except (TypeError, ValueError):
            self.wrong(name, value, expected)
            return Path()
        return found

    def place(self, name: str, value: object) -> Path | None:
        """A path, or None."""
        return None if value is None else self.path(name, value, f"{_A_PATH}, or None")

    def paths(self, name: str, value: object) -> tuple[Path, ...]:
        """One path or several."""
        expected = f"{_A_PATH}, or several"
        if isinstance(value, str | os.PathLike):
            return (self.path(name, value, expected),)
        return tuple(self.path(name, each, expected) for each in self._several(name, value))

    def words(self, name: str, value: object) -> tuple[str, ...]:
        """One word or several."""
        each = (value,) if isinstance(value, str) else self._several(name, value)
        return tuple(self._word(name, word, "a str, or several") for word in each)

    def text(self, name: str, value: object) -> str | None:
        """A text that a file can hold, or None."""
        return None if value is None else self._word(name, value, "a str, or None")

    def name(self, name: str, value: object) -> str:
        """A word that says which one is meant."""
        return self._word(name, value, "a str")

    def _several(self, name: str, value: object) -> tuple[object, ...]:
        if isinstance(value, Sequence | set | frozenset) and not isinstance(value, bytes):
            return tuple(value)
        self.wrong(name, value, "one of them, or a list")
        return ()

    def _word(self, name: str, value: object, expected: str) -> str:
        if not isinstance(value, str) or "\0" in value or not _is_writable(value):
            self.wrong(name, value, expected)
            return ""
        return value

    def flag(self, name: str, value: object) -> bool:
        """True or False."""
        if not isinstance(value, bool):
            self.wrong(name, value, "True or False")
        return bool(value is True)

    def jobs(self, value: object) -> int:
        """How much is done at once; by default as much as there are cores."""
        from bridge.road import cores

        if value is None:
            return cores()
        whole = isinstance(value, numbers.Integral) and not isinstance(value, bool)
        if not whole or not 1 <= int(value) <= _MOST_JOBS:  # type: ignore[call-overload] # whole
            self.wrong("jobs", value, f"a whole number, 1 to {_MOST_JOBS}, or None for all cores")
            return 1
        return int(value)  # type: ignore[call-overload,no-any-return] # whole

    def seconds(self, name: str, value: object, least_s: float = 0.0) -> float:
        """A time that is finite and not below `least_s`."""
        found = _number(value)
        if math.isfinite(found) and least_s <= found <= _LONGEST_S:
            return found
        self.wrong(name, value, f"seconds, from {least_s:g} on")
        return least_s

    def timeout_s(self, name: str, value: object) -> float | None:
        """Seconds before something counts as hung, or None."""
        return None if value is None else self.seconds(name, value, _SHORTEST_S)

    def range_s(self, name: str, value: object) -> tuple[float, float | None]:
        """Where a part starts and ends; without an end, at the song's."""
        if not isinstance(value, tuple | list) or len(value) != 2:
            self.wrong(name, value, "a pair: (start_s, end_s), where end_s may be None")
            return 0.0, None
        start, end = value
        found = self.seconds(f"{name}[0]", start)
        return found, None if end is None else self.seconds(f"{name}[1]", end)

    def day(self, name: str, value: object) -> str | None:
        """A day as YYYY-MM-DD, or None."""
        if value is None:
            return None
        if isinstance(value, datetime.date):
            return value.isoformat()[:10]
        try:
            return datetime.date.fromisoformat(value).isoformat()  # type: ignore[arg-type]
        except (TypeError, ValueError):
            self.wrong(name, value, "a datetime.date, or a str: YYYY-MM-DD")
            return None

    def one_of(self, name: str, value: _Kind, words: Sequence[str]) -> _Kind:
        """One of some words."""
        if not isinstance(value, str) or value not in words:
            self.wrong(name, value, f"one of {', '.join(words)}")
        return value

    def function(self, name: str, value: object, expected: str) -> None:
        """What can be called, or None."""
        if value is not None and not callable(value):
            self.wrong(name, value, f"{expected}, or None")

    def kind(self, name: str, value: _Kind, kinds: type | tuple[type, ...], expected: str) -> _Kind:
        """A value of some classes."""
        if not isinstance(value, kinds):
            self.wrong(name, value, expected)
        return value


_MOST_JOBS = 1024
_SHORTEST_S = 0.1
"""Below that no plugin could be told from one that hangs."""


_LONGEST_S = 1e7
"""Longer than any song; the samples of a longer time could not be counted."""


def _number(value: object) -> float:
    """A real number; nan for what is none, or no float can be."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        return math.nan
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _is_writable(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


@contextmanager
def told() -> Iterator[None]:
    """Turn what the system and its memory refuse into StemwrightError."""
    try:
        yield
    except MemoryError as error:
        hint = "close other programs, or pass jobs=1"
        message = "the memory for this is not there"
        raise MachineError(Problem("out_of_memory", message, hint=hint)) from error
    except OSError as error:
        where = {} if error.filename is None else {"file": os.fsdecode(error.filename)}
        raise MachineError(Problem("system", str(error.strerror or error), where)) from error
