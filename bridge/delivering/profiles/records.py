"""Records by size and speed, and how long a side of each may be."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from stemwright.problems import InputError, Problem
from stemwright.words import nearest


@dataclass(frozen=True)
class RecordSize:
    """A record, `id` being inches@rpm: a side is cut at full level up to `best_s`, never longer
    than `most_s`."""

    id: str
    best_s: float
    most_s: float
    source: str
    read: str

    @property
    def words(self) -> str:
        """What people call it: 12 inches at 33 rpm."""
        inches, _, rpm = self.id.partition("@")
        return f"{inches} inches at {rpm} rpm"


@cache
def record_sizes() -> tuple[RecordSize, ...]:
    """The sizes, in the order of their file."""
    text = files(__package__).joinpath("records.toml").read_text("utf-8")
    return tuple(RecordSize(**table) for table in tomllib.loads(text)["record"])


def record_size(said: str) -> RecordSize:
    """The size of this id. Raises InputError `no_record`."""
    for each in record_sizes():
        if each.id == said:
            return each
    known = [each.id for each in record_sizes()]
    raise InputError(
        Problem(
            "no_record",
            f'there is no record "{said}"',
            expected=f"inches@rpm, one of {', '.join(known)}",
            nearest=nearest(said, known),
        )
    )
