"""A job's revisions in rows: what each was sent as, counts as, holds, and who approved it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bridge.finished import Lock, Record, need_record, read_lock
from bridge.jobs.freezing.frozen_revisions import (
    FrozenRevision,
    FrozenRevisions,
    frozen_revisions,
)
from bridge.jobs.job_file import JobError
from bridge.jobs.model import Job
from bridge.jobs.reading import job_path
from bridge.jobs.replacing.kept_sets import replaced_problems
from bridge.jobs.revisions.approvals import (
    Approval,
    approvals_as_sent,
    approvals_of,
    approved_versions,
)
from bridge.jobs.revisions.kept_jobs import load_kept_job
from bridge.jobs.revisions.record import Agreement, Counted, agreement_on
from bridge.jobs.revisions.shelf import Revision, revisions_of, shelf_problems
from stemwright.problems import InputError, Problem
from stemwright.words import quoted

CSV_HEAD = (
    "revision",
    "when",
    "who",
    "words",
    "counts_as",
    "replaced_stems",
    "approved",
    "integrated_lufs",
    "true_peak_dbtp",
    "whole",
    "frozen",
)


@dataclass(frozen=True)
class HistoryRow:
    """One revision; figures are of main.wav, None where what was sent cannot be read any more.

    What was approved is None where the job's approvals are not as they were noted.
    """

    revision: Revision
    agreement: Agreement
    replaced_stems: tuple[str, ...] | None
    approved: tuple[str, ...] | None
    approvals: tuple[Approval, ...] | None
    integrated_lufs: float | None
    true_peak_dbtp: float | None
    frozen: FrozenRevision | None

    @property
    def counts_as(self) -> Counted:
        """What it counts as since it was sent."""
        return self.agreement.counts_as

    def as_json(self) -> dict[str, Any]:
        """A row of `history --json`."""
        record = self.revision.record
        return {
            "revision": self.revision.name,
            "when": None if record is None else record.when,
            "who": None if record is None else record.who,
            "words": None if record is None else record.words,
            **self.agreement.as_json(),
            "replaced_stems": None if self.replaced_stems is None else [*self.replaced_stems],
            "approved": None if self.approved is None else [*self.approved],
            "approvals": None
            if self.approvals is None
            else [
                {"versions": [*each.versions], "who": each.who, "when": each.when}
                for each in self.approvals
            ],
            "integrated_lufs": self.integrated_lufs,
            "true_peak_dbtp": self.true_peak_dbtp,
            "whole": self.revision.is_whole,
            "edited": [*self.revision.edited],
            "gone": [*self.revision.gone],
            "frozen": None if self.frozen is None else self.frozen.as_json(),
        }


@dataclass(frozen=True)
class History:
    """All revisions of a job; `included` is how many it may have after the first, None: unsaid.

    That is what the job says now: what was sent counts as it did then. `is_job_read` is whether
    the job could be read at all. `problems` say what of the revisions is not as it was sent, and
    what of the job cannot be read.
    """

    rows: tuple[HistoryRow, ...]
    included: int | None
    problems: tuple[Problem, ...]
    is_job_read: bool = True

    @property
    def agreed_otherwise(self) -> tuple[HistoryRow, ...]:
        """Revisions after the first that were sent when the job said another number than now."""
        return tuple(
            each
            for each in self.rows
            if self.is_job_read
            and each.revision.number
            and each.agreement.revisions_included != self.included
        )

    @property
    def extra(self) -> int:
        """How many are over what is included."""
        return sum(each.counts_as == "extra" for each in self.rows)

    def as_json(self) -> dict[str, Any]:
        """What `history --json` prints."""
        return {
            "revisions": [each.as_json() for each in self.rows],
            "revisions_included": self.included,
            "extra": self.extra,
            "problems": [each.as_json() for each in self.problems],
        }

    def as_csv(self) -> str:
        """A table for billing: one line a revision, lists with "; " between."""
        written = io.StringIO()
        table = csv.writer(written, lineterminator="\n")
        table.writerow(CSV_HEAD)
        for each in self.rows:
            told = each.as_json()
            replaced, approved = told["replaced_stems"], told["approved"]
            told |= {"replaced_stems": None if replaced is None else len(replaced)}
            told |= {"approved": None if approved is None else "; ".join(approved)}
            told |= {name: "yes" if told[name] else "no" for name in ("whole", "frozen")}
            table.writerow([_cell(told[name]) for name in CSV_HEAD])
        return written.getvalue()


def _cell(value: Any) -> Any:
    """A value in one line that a spreadsheet takes for what it is: no words are a formula."""
    if not isinstance(value, str):
        return value
    line = " ".join(value.split())
    return f"'{line}" if line.startswith(("=", "+", "-", "@")) else line


def history_of(path: Path) -> History:
    """Look through what a job keeps; what cannot be read or was edited of it is a problem told.

    Raises JobError for what is no job at all.
    """
    place = job_path(path)
    folder = place.parent
    revisions = revisions_of(folder)
    kept, problems = _job(place, needed=not revisions and not place.is_file())
    included = None if kept is None else kept.revisions_included
    approvals, damaged = _approvals(folder)
    frozen = frozen_revisions(folder)
    rows = tuple(_rows(revisions, included, approvals, frozen))
    problems += [said for each in revisions for said in each.problems]
    problems += [*shelf_problems(folder), *damaged, *replaced_problems(folder)]
    problems += [*frozen.problems, *_unfrozen(rows, folder)]
    return History(rows, included, tuple(problems), kept is not None)


def _approvals(job_folder: Path) -> tuple[tuple[Approval, ...] | None, tuple[Problem, ...]]:
    try:
        return approvals_of(job_folder), ()
    except InputError as error:
        return None, error.problems


def _unfrozen(rows: Sequence[HistoryRow], job_folder: Path) -> Iterator[Problem]:
    """Revisions that were sent to be frozen, and are not."""
    for row in rows:
        record = row.revision.record
        if record is not None and record.freeze and row.frozen is None:
            said = f"{row.revision.name} was sent to be frozen, and is not, or not any more"
            hint = f"stemwright freeze {quoted(job_folder)} {row.revision.name}"
            yield Problem("not_frozen", said, {"file": str(row.revision.folder)}, hint=hint)


def _job(place: Path, *, needed: bool) -> tuple[Job | None, list[Problem]]:
    try:
        kept = load_kept_job(place)
    except JobError as error:
        if needed:
            raise
        return None, [*error.problems]
    return kept.job, [*kept.gone]


def _rows(
    revisions: Sequence[Revision],
    included: int | None,
    approvals: Sequence[Approval] | None,
    frozen: FrozenRevisions,
) -> Iterator[HistoryRow]:
    before: Lock | None = None
    for revision in revisions:
        master, lock = _read(revision)
        main = [] if master is None else [o for o in master.outputs if o.version == "main"]
        yield HistoryRow(
            revision,
            revision.agreement or agreement_on(revision.number, included),
            () if revision.number == 0 else _replaced(before, lock),
            None if approvals is None else approved_versions(revision, approvals),
            None if approvals is None else approvals_as_sent(revision, approvals),
            main[0].measures.integrated_lufs if main else None,
            main[0].measures.true_peak_dbtp if main else None,
            frozen.whole.get(revision.name),
        )
        before = lock


def _read(revision: Revision) -> tuple[Record | None, Lock | None]:
    """The master's record and lock, where they are as they were sent."""
    lost = {*revision.edited, *revision.gone}
    if revision.record is None or lost & {"render.json", "chain.lock"}:
        return None, None
    try:
        return need_record(revision.folder), read_lock(revision.folder)
    except InputError:
        return None, None


def _replaced(before: Lock | None, now: Lock | None) -> tuple[str, ...] | None:
    """The stems that have other samples than in the revision before, that came or that went."""
    if before is None or now is None:
        return None
    was, is_now = (
        {row.stem: [file.pcm for file in row.files] for row in lock.sources}
        for lock in (before, now)
    )
    return tuple(stem for stem in {**was, **is_now} if was.get(stem) != is_now.get(stem))
