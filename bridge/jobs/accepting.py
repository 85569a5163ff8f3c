"""Findings of the stem check that are meant: kept in the job, until the stem is another one."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bridge.jobs.editing import edited
from bridge.jobs.model import Job
from chains import with_row, with_value
from stemwright.problems import InputError, Problem

if TYPE_CHECKING:
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

    def change(text: str) -> str:
        for each in meant:
            known = [row.get("id") for row in tomllib.loads(text).get("accepted", ())]
            row = _table(each, why)
            if each.id in known:
                text = with_value(text, ("accepted", known.index(each.id)), row)
            else:
                text = with_row(text, ("accepted",), row)
        return text

    return edited(path, change)


def why_accepted(job: Job, report: CheckReport) -> dict[str, str]:
    """Why a report's findings are meant, by their ids: of those whose stems are still the same."""
    meant = {(each.id, each.content): each.why for each in job.accepted}
    found = ((each.id, report.content_of(each)) for each in report.findings())
    return {key[0]: meant[key] for key in found if key in meant}


def _table(meant: Acceptance, why: str) -> dict[str, Any]:
    return {
        "id": meant.id,
        "code": meant.code,
        "stems": list(meant.stems),
        "from": round(meant.start_s, 3),
        "to": round(meant.end_s, 3),
        "why": why,
        "content": meant.content,
    }
