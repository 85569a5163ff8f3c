"""The stem check of what a command was given: stems, or a song's job."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING

from bridge.checking import check, unwatched

if TYPE_CHECKING:
    from bridge.checking import CheckReport, Progress
    from sessions import Session
    from stemwright.problems import Problem


@dataclass(frozen=True)
class ToCheck:
    """Stems to check: `session` are their files, folder or zip, `job` is a song's job instead.

    `mix` is a rough mix beside or instead of the one that is there.
    """

    session: Sequence[Path] = ()
    job: Path | None = None
    mix: Path | None = None
    skip: Sequence[str] = ()
    long: bool = False
    jobs: int = 1


def checked_stems(
    given: ToCheck, *, quick: bool = False, progress: Progress = unwatched
) -> CheckReport:
    """Read the session, and check it; stems that cannot be read are told beside the others.

    Raises InputError as `sessions.read`, `bridge.jobs.load_job` and `bridge.checking.check` do.
    """
    from bridge.jobs import load_job, song_session

    job = None if given.job is None else load_job(given.job)
    session, unreadable = _read(given.session if job is None else job.stems, given)
    if job is not None:
        session = song_session(job, session)
    return check(session, unreadable, jobs=given.jobs, quick=quick, progress=progress)


def _read(paths: Sequence[Path] | Path, given: ToCheck) -> tuple[Session, tuple[Problem, ...]]:
    from sessions import SessionError, read

    try:
        return read(paths, skip=given.skip, long=given.long), ()
    except SessionError as error:
        names = [_file_of(problem) for problem in error.problems]
        if not all(names):
            raise
        skip = (*given.skip, *(escape(name) for name in names))
        try:
            return read(paths, skip=skip, long=given.long), tuple(error.problems)
        except SessionError:
            raise error from None


def _file_of(problem: Problem) -> str:
    """The name of the one file that is unreadable; none for what is wrong with all of them."""
    from sessions import A_STEM

    if problem.expected != A_STEM:
        return ""
    return Path(str(problem.where.get("member") or problem.where.get("file", ""))).name
