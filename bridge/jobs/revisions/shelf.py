"""The revisions of a job as they lie there: whole, edited since, or with parts gone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from bridge.finished import LOCK, RECORD as MASTER_RECORD
from bridge.jobs.revisions.counting import numbered_anyhow, sent_agreements
from bridge.jobs.revisions.record import (
    DRAFTS,
    KEPT_JOB,
    REVISIONS,
    Agreement,
    RevisionRecord,
    read_revision_record,
    revision_number,
)
from bridge.storing import file_digest
from stemwright.problems import InputError, Problem
from stemwright.words import listed, nearest, quoted

COMPARED = ("chain.toml", LOCK, KEPT_JOB, MASTER_RECORD)
"""What is read of two revisions to tell what changed between them."""


@dataclass(frozen=True)
class Revision:
    """A revision; `record` is None where it cannot be read, and `fault` says why.

    `edited` and `gone` are the files that are not as they were sent. `agreement` is what it counts
    as since it was sent, None where nothing says so any more.
    """

    number: int
    folder: Path
    record: RevisionRecord | None
    fault: Problem | None = None
    edited: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    agreement: Agreement | None = None

    @property
    def name(self) -> str:
        """What it is called: "r2"."""
        return self.folder.name

    @property
    def is_whole(self) -> bool:
        """Whether every byte is as it was sent."""
        return self.record is not None and not (self.edited or self.gone)

    @property
    def is_gone(self) -> bool:
        """Whether its folder is not there any more."""
        return self.fault is not None and self.fault.kind == "revision_gone"

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is not as it was sent, one problem a file, with what still can be done."""
        if self.record is None:
            return () if self.fault is None else (self.fault,)
        told = [(name, "was edited since it was sent") for name in self.edited]
        told += [(name, "is gone") for name in self.gone]
        return tuple(
            Problem(
                "revision_changed",
                f"{self.name}: {name} {said}",
                {"file": str(self.folder / name)},
                hint=f"put it back from a copy; {self._still(self.record)}",
            )
            for name, said in told
        )

    def _still(self, record: RevisionRecord) -> str:
        lost = {*self.edited, *self.gone}
        whole = [name for name in record.files if name.endswith(".wav") and name not in lost]
        said = [f"{listed(whole)} {'is' if len(whole) == 1 else 'are'} whole"] if whole else []
        if not (self.edited or lost & {*COMPARED}):
            said.append("`changes` still compares it")
        return ", and ".join(said) or "no master of it is whole"


def revisions_of(job_folder: Path) -> tuple[Revision, ...]:
    """Every revision of a job in order, each file of it read and held to its digest.

    One that was sent and is not there has a fault that says so, as long as what was sent is noted.
    """
    place = job_folder / REVISIONS
    return tuple(
        replace(
            _revision(place / name) if (place / name).is_dir() else _gone(place / name),
            agreement=agreement,
        )
        for name, agreement in numbered_anyhow(place).agreements.items()
    )


def revision_names(job_folder: Path) -> tuple[str, ...]:
    """What the revisions of a job are called, in order, gone ones too; no sound of them is read."""
    return tuple(numbered_anyhow(job_folder / REVISIONS).agreements)


def shelf_problems(job_folder: Path) -> tuple[Problem, ...]:
    """What is wrong with the note of what was sent, and the folders that only look like one."""
    place = job_folder / REVISIONS
    strangers = tuple(_stranger(place / name) for name in numbered_anyhow(place).strangers)
    try:
        sent_agreements(place)
    except InputError as error:
        return (*error.problems, *strangers)
    return strangers


def _stranger(folder: Path) -> Problem:
    try:
        read_revision_record(folder)
    except InputError as error:
        why = error.problems[0].message
    else:
        why = "it was sent elsewhere"
    return Problem(
        "not_sent",
        f"{folder.name} was never sent from this job, and counts as nothing: {why}",
        {"file": str(folder)},
        hint="move it out of revisions",
    )


def gone_revisions(job_folder: Path) -> tuple[Problem, ...]:
    """What was sent and is not there any more; no file of the others is read."""
    place = job_folder / REVISIONS
    try:
        sent = sent_agreements(place)
    except InputError:
        return ()
    found = (_gone(place / name).fault for name in sent if not (place / name).is_dir())
    return tuple(each for each in found if each is not None)


def revision_folders(job_folder: Path) -> list[Path]:
    """Where the revisions of a job lie that are there, in order, whatever is in them."""
    return [job_folder / REVISIONS / name for name in _names(job_folder)]


def _gone(folder: Path) -> Revision:
    fault = Problem(
        "revision_gone",
        f"{folder.name} was sent, and its folder is gone",
        {"file": str(folder)},
        hint="put it back from a copy; the others are as they are",
    )
    return Revision(int(folder.name[1:]), folder, None, fault)


def find_revision(job_folder: Path, name: str) -> Revision:
    """One revision, or a kept draft.

    Raises InputError `no_revision` with those that are there; `revision_gone` for one that was.
    """
    kept = job_folder / DRAFTS / name
    if name.startswith("d") and revision_number(name) is not None and kept.is_dir():
        return _revision(kept)
    names = _names(job_folder)
    if name not in names:
        gone = {Path(str(each.where["file"])).name: each for each in gone_revisions(job_folder)}
        if name in gone:
            raise InputError(gone[name])
        raise InputError(
            Problem(
                "no_revision",
                f'there is no revision "{name}"',
                {"file": str(job_folder / REVISIONS)},
                expected=f"one of {listed(names)}" if names else "a revision: none was sent yet",
                nearest=nearest(name, names),
                hint=None if names else f'stemwright send {quoted(job_folder)} --words "..."',
            )
        )
    return _revision(job_folder / REVISIONS / name)


def need_files(revision: Revision, names: tuple[str, ...] | None = None) -> RevisionRecord:
    """The record of a revision whose files `names`, or all, are as they were sent.

    Raises InputError `revision_changed` or `bad_revision`: what was edited is never used.
    """
    wanted = [
        each
        for each in revision.problems
        if names is None
        or revision.record is None
        or str(Path(str(each.where["file"])).relative_to(revision.folder).as_posix()) in names
    ]
    if wanted or revision.record is None:
        raise InputError(wanted)
    return revision.record


def _names(job_folder: Path) -> list[str]:
    """Those that are there."""
    place = job_folder / REVISIONS
    return [name for name in revision_names(job_folder) if (place / name).is_dir()]


def _revision(folder: Path) -> Revision:
    number = int(folder.name[1:])
    try:
        record = read_revision_record(folder)
    except InputError as error:
        return Revision(number, folder, None, error.problems[0])
    edited, gone = [], []
    for name, digest in record.files.items():
        path = folder / name
        if not path.is_file() or path.is_symlink():
            gone.append(name)
        elif file_digest(path) != digest:
            edited.append(name)
    return Revision(number, folder, record, None, tuple(edited), tuple(gone))
