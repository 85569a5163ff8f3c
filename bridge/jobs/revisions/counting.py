"""Which revisions a job has, and what each counts as: as it was sent, whatever came since."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from bridge.finished import Many, Shape, Text
from bridge.jobs.revisions.record import (
    Agreement,
    agreement_on,
    read_revision_record,
    revision_number,
)
from bridge.jobs.seals import read_sealed, sealed
from stemwright.files import placed
from stemwright.problems import InputError, Problem

SENT = "sent.json"
"""Lies among the revisions: all that were sent and what they count as, those that are gone too."""
SCHEMA = 1
_HINT = (
    "put it back from a copy, or move it away: numbers then go on from the folders that are there"
)


class _Row(Shape):
    revision: Text
    revisions_included: Annotated[int, Field(ge=0)] | None
    counts_as: Literal["first", "included", "extra"]


class _Sent(Shape):
    schema_: Annotated[Literal[1], Field(alias="schema")]
    sent: Many[_Row]


@dataclass(frozen=True)
class Numbered:
    """The revisions of a folder: those that count, by name in order, and folders that do not.

    A revision's agreement is None where neither the note nor its own record says it any more.
    """

    agreements: Mapping[str, Agreement | None]
    strangers: tuple[str, ...]

    @property
    def next_name(self) -> str:
        """The name of the one that is sent next."""
        numbers = [revision_number(name) for name in self.agreements]
        return f"r{max((each for each in numbers if each is not None), default=-1) + 1}"


def numbered(place: Path) -> Numbered:
    """What of a folder of revisions counts.

    That is what was noted as sent, and the one after it where the note was cut off. Without a note
    it is every folder up to the last one that has its own record. Raises InputError `bad_sent`.
    """
    return _numbered(place, sent_agreements(place))


def numbered_anyhow(place: Path) -> Numbered:
    """As `numbered`; a note that is not as it was written counts as none."""
    try:
        return numbered(place)
    except InputError:
        return _numbered(place, {})


def _numbered(place: Path, noted: Mapping[str, Agreement]) -> Numbered:
    folders = _folders(place)
    own = {
        number: agreement
        for number, name in folders.items()
        for agreement in _agreement_in(place / name)
    }
    last = max((int(name[1:]) for name in noted), default=None)
    if last is None:
        last = max(own, default=-1)
    elif last + 1 in own:
        last += 1
    numbers = {int(name[1:]) for name in noted} | {each for each in folders if each <= last}
    counted = {f"r{each}": noted.get(f"r{each}", own.get(each)) for each in sorted(numbers)}
    return Numbered(counted, tuple(name for each, name in folders.items() if each not in numbers))


def _folders(place: Path) -> dict[int, str]:
    try:
        names = [each.name for each in place.iterdir() if each.is_dir()]
    except (FileNotFoundError, NotADirectoryError):
        return {}
    found = {revision_number(name): name for name in names if name.startswith("r")}
    return {each: found[each] for each in sorted(each for each in found if each is not None)}


def _agreement_in(folder: Path) -> Iterator[Agreement | None]:
    """What a revision's own record says, nothing where it has none of its own."""
    try:
        yield read_revision_record(folder).agreement
    except InputError:
        return


def free_name(place: Path) -> str:
    """The name of the revision that is sent next. Raises InputError `bad_sent`, `not_sent`."""
    name = numbered(place).next_name
    if not os.path.lexists(place / name):
        return name
    said = f"{name} is to be sent next, and its name is taken by what was never sent"
    where = {"file": str(place / name)}
    raise InputError(Problem("not_sent", said, where, hint="move that away, and send again"))


def sent_agreements(place: Path) -> dict[str, Agreement]:
    """What was ever sent, as it is noted among the revisions; none where nobody noted any.

    Raises InputError `bad_sent` for a note that is not as it was written.
    """
    path = place / SENT
    try:
        told = read_sealed(path, "bad_sent", _HINT)
    except FileNotFoundError:
        return {}
    rows = _Sent.read(told, path, "bad_sent").sent
    return {
        row.revision: Agreement(row.counts_as, row.revisions_included)
        for row in rows
        if row.revision.startswith("r") and revision_number(row.revision) is not None
    }


def note_sent(place: Path, revisions_included: int | None) -> None:
    """Note all that count, so that their numbers are never given again.

    Where nothing says any more what one counts as, it is settled by what the job includes now.
    Raises InputError `bad_sent`, MachineError.
    """
    rows: list[dict[str, Any]] = [
        {
            "revision": name,
            **(agreement or agreement_on(int(name[1:]), revisions_included)).as_json(),
        }
        for name, agreement in numbered(place).agreements.items()
    ]
    placed(place / SENT, sealed({"schema": SCHEMA, "sent": rows}), lasting=True)
