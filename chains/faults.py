"""What is wrong with a chain or a job file, all of it at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from typing import TYPE_CHECKING, Any

from chains.lines import NOWHERE, Where
from stemwright.problems import InputError, Problem
from stemwright.values import dataclass

if TYPE_CHECKING:
    from chains.model import Chain

KINDS = (
    "bad_id",
    "bad_selector",
    "bad_text",
    "crossovers",
    "duplicate_id",
    "file_empty",
    "file_is_folder",
    "file_missing",
    "file_not_plain",
    "file_not_utf8",
    "file_too_large",
    "file_unreadable",
    "key_cycle",
    "key_self",
    "missing_key",
    "mute_and_only",
    "more_faults",
    "one_direction",
    "out_of_range",
    "plugin_reference",
    "reserved_id",
    "schema_newer",
    "schema_unknown",
    "several_rests",
    "star_not_alone",
    "state_missing",
    "toml_syntax",
    "unknown_group",
    "unknown_insert",
    "unknown_key",
    "unknown_return",
    "unknown_use",
    "unknown_value",
    "wrong_length",
    "wrong_type",
)
"""Every kind a fault can have; scripts may rely on them."""


@dataclass(frozen=True)
class Fault:
    """One thing wrong with a chain or a job file.

    `kind` is one of KINDS; `message` says what is wrong, `expected` what would be right,
    `nearest` the closest valid word and `hint` what to do next.
    """

    kind: str
    message: str
    where: Where = NOWHERE
    expected: str | None = None
    nearest: str | None = None
    hint: str | None = None

    def as_problem(self) -> Problem:
        """The fault as every other error tells it: its place as {file, line, path}."""
        where = self.where.as_json()
        return Problem(self.kind, self.message, where, self.expected, self.nearest, self.hint)

    def as_json(self) -> dict[str, Any]:
        """The fault as an object of the `errors` list."""
        return self.as_problem().as_json()

    def __str__(self) -> str:
        return f"{self.where}: {self.message}".removeprefix(": ")


class FileError(InputError):
    """A file that cannot be used; `faults` holds everything wrong with it, in file order.

    `problems` are the same, in the same order.
    """

    def __init__(self, faults: Sequence[Fault]) -> None:
        told = sorted(set(faults), key=_reading_order)
        self.faults = (*told[:_MOST_FAULTS], *_left_out(told[_MOST_FAULTS:]))
        super().__init__([fault.as_problem() for fault in self.faults])

    def __str__(self) -> str:
        return "\n".join(str(fault) for fault in self.faults)


class ChainError(FileError):
    """A chain that cannot be used.

    `readable` is a chain of the plugins that can be read in it, for whoever can ask them; None
    where the file as such cannot be read.
    """

    def __init__(self, faults: Sequence[Fault], readable: Chain | None = None) -> None:
        self.readable = readable
        super().__init__(faults)


def _left_out(faults: Sequence[Fault]) -> list[Fault]:
    if not faults:
        return []
    message = f"{len(faults)} more faults at least, from here on"
    return [Fault("more_faults", message, faults[0].where, expected="fewer of them")]


_MOST_FAULTS = 200
"""So many are told; whoever mends these sees the next."""


def _reading_order(fault: Fault) -> tuple[str, int, str, str, str]:
    where = fault.where
    return (where.file or "", where.line or 0, where.path, fault.kind, fault.message)


@dataclass(frozen=True)
class Note:
    """Something about a chain its user should know, though it is no fault."""

    code: str
    message: str
    where: Where = field(default=NOWHERE, compare=False)
