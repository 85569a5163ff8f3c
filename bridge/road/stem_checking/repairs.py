"""Repaired stems of what a command was given, and such a folder held to its record."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bridge.checking import unwatched
from bridge.road.stem_checking.stem_checks import ToCheck, song_to_check
from stemwright.problems import InputError, Problem

if TYPE_CHECKING:
    from bridge.checking import CheckReport, Progress
    from bridge.checking.repairing import Repairs, VerifiedRepairs
    from sessions import Session


def check_repairs_folder(given: ToCheck, folder: Path) -> None:
    """Raise InputError for a folder that no repaired stems may go to, before any work is done."""
    from bridge.checking.repairing import refuse_folder

    session, _ = _to_mend(given)
    media = (clip.media for track in session.tracks for clip in track.clips)
    refuse_folder(folder, [each.path for each in media if each and each.member is None])


def repaired_stems(
    given: ToCheck,
    report: CheckReport,
    folder: Path | None,
    only: Collection[str] = (),
    *,
    progress: Progress = unwatched,
) -> Repairs:
    """Mend what a report has found, into `folder`, or into none: then it is only looked at.

    Raises InputError and MachineError as `bridge.checking.repairing.repaired` does.
    """
    from bridge.checking.repairing import planned, refused_unread, repaired
    from bridge.pages.check import repairs_page

    session, unreadable = _to_mend(given)
    if folder is None:
        made = planned(session, report, only, progress)
    else:
        made = repaired(session, report, only, folder, progress, repairs_page)
    names = [
        Path(str(each.where.get("member") or each.where.get("file", ""))).name
        for each in unreadable
    ]
    return replace(made, refused=(*made.refused, *refused_unread(names)))


def _to_mend(given: ToCheck) -> tuple[Session, tuple[Problem, ...]]:
    """The session, and its unreadable files: their problems where none is left to be mended."""
    _, session, unreadable = song_to_check(given)
    if unreadable and not session.tracks:
        raise InputError(unreadable)
    return session, unreadable


def are_repairs(path: Path) -> bool:
    """Whether a path is a folder of repaired stems, and none of a render."""
    from bridge.checking.repairing import has_repairs
    from bridge.finished import RECORD

    return has_repairs(path) and not (path / RECORD).exists()


def checked_repairs(folder: Path, *, quick: bool = False) -> VerifiedRepairs:
    """Do the repairs of a folder again, and hold them to its record; `quick`: its files alone.

    Raises InputError as `bridge.checking.repairing.verified_repairs` does.
    """
    from bridge.checking.repairing import verified_repairs

    return verified_repairs(folder, quick=quick)
