"""Findings of the stem check that are meant: kept in the job, until the stem is another one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bridge.jobs.editing import edited
from bridge.jobs.model import Job
from stemwright.problems import InputError, Problem

if TYPE_CHECKING:
    import tomlkit

    from bridge.checking import CheckReport


@dataclass(frozen=True)
class Acceptance:
    """A finding by its id: of which stems, from when to when, and what tells their samples."""

    id: str
    code: str
    stems: tuple[str, ...]
    start_s: float
    end_s: float
    content: str


def accept(path: Path | str, meant: Sequence[Acceptance], why: str) -> Job:
    """Write into a job file that findings are meant, in place of what it said of the same ids.

    Raises InputError `no_reason` for an empty `why`, and as `edited` does.
    """
    if not why.strip():
        said = "a finding is accepted with a reason"
        raise InputError(Problem("no_reason", said, hint='say it: --why "the hum is the amp"'))

    def change(document: tomlkit.TOMLDocument) -> None:
        import tomlkit

        ids = {each.id for each in meant}
        kept = [row for row in document.get("accepted", ()) if row.get("id") not in ids]
        rows = tomlkit.aot()
        for row in kept:
            rows.append(row)
        for each in meant:
            rows.append(_table(each, why))
        document.pop("accepted", None)
        document["accepted"] = rows

    return edited(path, change)


def why_accepted(job: Job, report: CheckReport) -> dict[str, str]:
    """Why a report's findings are meant, by their ids: of those whose stems are still the same."""
    meant = {(each.id, each.content): each.why for each in job.accepted}
    found = ((each.id, report.content_of(each)) for each in report.findings())
    return {key[0]: meant[key] for key in found if key in meant}


def _table(meant: Acceptance, why: str) -> tomlkit.items.Table:
    import tomlkit

    table = tomlkit.table()
    table["id"] = meant.id
    table["code"] = meant.code
    table["stems"] = list(meant.stems)
    table["from"] = round(meant.start_s, 3)
    table["to"] = round(meant.end_s, 3)
    table["why"] = why
    table["content"] = meant.content
    return table
