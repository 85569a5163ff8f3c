"""The stem check: what is wrong with stems, between them, and against a rough mix."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from bridge.checking import CheckReport
from bridge.gathering import Cancel
from bridge.jobs import Job, is_job
from bridge.road import (
    InMemory,
    ToCheck,
    accept_findings,
    check_page_place,
    checked_stems,
    write_page_of_check,
)
from sessions import Session
from stemwright.face.arguments import Arguments, checking, told
from stemwright.face.progress import Progress, Reporting, listening
from stemwright.face.temporary import PathLike, Stems, song
from stemwright.problems import InputError, Problem


def check(
    stems: Stems | Job,
    mix: PathLike | None = None,
    *,
    accept: Sequence[str] = (),
    why: str = "",
    page: PathLike | None = None,
    skip: Sequence[str] = (),
    long: bool = False,
    store: PathLike | None = None,
    jobs: int | None = None,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> CheckReport:
    """Check stems for damage, against each other and against a rough mix. As `stemwright check`.

    `stems` may be a Job or a job's folder, whose rough mix is taken unless `mix` is another.
    Findings are no error: `report.open("major")` are those that nobody has accepted. `accept` notes
    in the job that findings of these ids are meant, and `why`. `page` is where a page to look at
    and listen to is written.
    """
    with told(), ExitStack() as stack, listening(progress, cancel) as (events, _):
        with checking() as given:
            job, paths, session = _song(given, stems, stack)
            asked = ToCheck(
                paths,
                job,
                given.place("mix", mix),
                given.words("skip", skip),
                given.flag("long", long),
                given.jobs(jobs),
                given.place("store", store),
                session,
            )
            meant, reason = given.words("accept", accept), given.text("why", why) or ""
            place = given.place("page", page)
        if meant and job is None:
            raise InputError(_NO_JOB)
        if place is not None:
            check_page_place(asked, place)
        report = checked_stems(asked, progress=_Heard(events))
        if meant and job is not None:
            report = accept_findings(job, report, meant, reason)
        if place is not None:
            write_page_of_check(asked, report, place)
        return report


_NO_JOB = Problem(
    "usage", "accept writes into a job, and this is none", hint="make one: stemwright job new"
)


def _song(
    given: Arguments, stems: object, stack: ExitStack
) -> tuple[Path | None, tuple[Path, ...], Session | None]:
    """A job, or files, or what was read already."""
    if isinstance(stems, Job):
        return stems.path, (), None
    found = song(given, stems, stack)
    if isinstance(found, Session):
        return None, (), found
    if isinstance(found, InMemory):
        return None, (found.folder,), None
    if len(found) == 1 and is_job(found[0]):
        return found[0], (), None
    return None, found, None


class _Heard:
    """Passes on which stems were heard, as a render's steps."""

    def __init__(self, events: Reporting) -> None:
        self._events = events
        events.stage("stem check")

    def __call__(self, name: str, done: int, of: int) -> None:
        """A stem was heard."""
        if done == 1:
            self._events.steps(of)
        self._events.done(name)
