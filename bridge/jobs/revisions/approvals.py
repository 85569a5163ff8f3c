"""Who approved which masters of which revision; parts may be approved apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from bridge.finished import Many, Shape, Text, need_record
from bridge.jobs.reading import job_path
from bridge.jobs.revisions.keeping import user_name
from bridge.jobs.revisions.record import REVISIONS, Digest
from bridge.jobs.revisions.shelf import Revision, find_revision, need_files
from bridge.jobs.revisions.working import working_on
from bridge.jobs.seals import read_sealed, sealed
from stemwright.files import placed
from stemwright.problems import InputError, Problem
from stemwright.words import listed, nearest

APPROVALS = "approvals.json"
"""Lies among the revisions."""
SCHEMA = 1
_HINT = "put it back from a copy, or move it away and approve again what was approved"


class _Row(Shape):
    revision: Text
    digest: Digest
    versions: Annotated[Many[Text], Field(min_length=1)]
    who: Text
    when: Text


class _Approvals(Shape):
    schema_: Annotated[Literal[1], Field(alias="schema")]
    approvals: Many[_Row]


@dataclass(frozen=True)
class Approval:
    """Masters of a revision that were approved; `digest` is of the record they were sent with."""

    revision: str
    digest: str
    versions: tuple[str, ...]
    who: str
    when: str

    def as_json(self) -> dict[str, Any]:
        """A row of the file, and of `approve --json`."""
        return {**asdict(self), "versions": list(self.versions)}


def approve(
    path: Path,
    name: str,
    versions: Sequence[str] = (),
    *,
    who: str | None = None,
    when: datetime | None = None,
) -> Approval:
    """Note in the job that masters of a revision are approved: `versions`, or all it has.

    Raises InputError for a revision that is not there or not as it was sent, and for versions that
    it lacks; MachineError.
    """
    folder = job_path(path).parent
    with working_on(folder):
        revision = find_revision(folder, name)
        digest = need_files(revision).digest
        made = [each.version for each in need_record(revision.folder).outputs]
        _refuse_unknown(revision, versions, made)
        wanted = tuple(each for each in made if not versions or each in versions)
        time = (when or datetime.now().astimezone()).isoformat(timespec="seconds")
        approval = Approval(name, digest, wanted, who or user_name(), time)
        rows = [each.as_json() for each in (*approvals_of(folder), approval)]
        placed(_place(folder), sealed({"schema": SCHEMA, "approvals": rows}), lasting=True)
    return approval


def approvals_of(job_folder: Path) -> tuple[Approval, ...]:
    """All approvals of a job, the earliest first.

    Raises InputError `bad_approvals` where they are not as they were noted.
    """
    place = _place(job_folder)
    try:
        told = read_sealed(place, "bad_approvals", _HINT)
    except FileNotFoundError:
        return ()
    found = _Approvals.read(told, place, "bad_approvals")
    return tuple(
        Approval(row.revision, row.digest, row.versions, row.who, row.when)
        for row in found.approvals
    )


def approved_versions(revision: Revision, approvals: Sequence[Approval]) -> tuple[str, ...]:
    """What is approved of a revision as it was sent; an approval of other bytes counts nothing."""
    found = [
        version for each in approvals_as_sent(revision, approvals) for version in each.versions
    ]
    return tuple(dict.fromkeys(found))


def approvals_as_sent(revision: Revision, approvals: Sequence[Approval]) -> tuple[Approval, ...]:
    """Those of the revision as it was sent, in the order they came."""
    if revision.record is None:
        return ()
    wanted = revision.name, revision.record.digest
    return tuple(each for each in approvals if (each.revision, each.digest) == wanted)


def _place(job_folder: Path) -> Path:
    return job_folder / REVISIONS / APPROVALS


def _refuse_unknown(revision: Revision, versions: Sequence[str], made: Sequence[str]) -> None:
    problems = [
        Problem(
            "usage",
            f"--version {word}: {revision.name} has no version of that name",
            expected=f"one of {listed(made)}",
            nearest=nearest(word, made),
        )
        for word in dict.fromkeys(versions)
        if word not in made
    ]
    if problems:
        raise InputError(problems)
