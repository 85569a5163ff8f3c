"""The stem check of what a command was given: stems, or a song's job."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bridge.checking import CheckReport, check, name_of, undecodable, unwatched
from stemwright.problems import InputError, Problem
from stemwright.values import dataclass
from stemwright.words import nearest

if TYPE_CHECKING:
    from bridge.checking import Progress
    from bridge.jobs import Job
    from bridge.storing import Store
    from sessions import Session


@dataclass(frozen=True)
class ToCheck:
    """Stems to check: `session` are their files, folder or zip, `job` is a song's job instead.

    `mix` is a rough mix beside or instead of the one that is there. `store` is where what was found
    is kept, None for the user's own. `read` is a session that was read already, instead of both.
    """

    session: Sequence[Path] = ()
    job: Path | None = None
    mix: Path | None = None
    skip: Sequence[str] = ()
    long: bool = False
    jobs: int = 1
    store: Path | None = None
    read: Session | None = None


def checked_stems(given: ToCheck, *, progress: Progress = unwatched) -> CheckReport:
    """Read the session, and check it; stems that cannot be read are told beside the others.

    Raises InputError as `sessions.read`, `bridge.jobs.load_job` and `bridge.checking.check` do,
    and as `bridge.audio.probe` does for a rough mix that is not there.
    """
    job, session, unreadable = song_to_check(given)
    if unreadable and not session.tracks:
        return CheckReport(tuple(undecodable(name_of(each), [each]) for each in unreadable))
    with store_of(given.store) as store:
        report = check(
            session, unreadable, jobs=given.jobs, progress=progress, mix=given.mix, store=store
        )
    if job is None:
        return report
    from bridge.jobs import why_accepted

    mixes = {name_of(each) for each in _broken_rough(job)}
    stems = (replace(each, is_mix=each.is_mix or each.id in mixes) for each in report.stems)
    report = replace(report, stems=tuple(stems))
    return report.accepting(why_accepted(job, report))


@contextmanager
def store_of(root: Path | None) -> Iterator[Store]:
    """The store of a folder, or the user's own; files that lie still are not read for it.

    What it gives stays in it until this ends. Raises MachineError where it cannot be written.
    """
    from bridge.storing import Store, default_root, known_files_of

    place = root or default_root()
    known = known_files_of(place)
    store = Store(place, digest_of=known.digest)
    with store.holding():
        yield store
    known.keep()


def check_page_place(given: ToCheck, page: Path) -> None:
    """Refuse a place for the page that is none, before any work is done.

    Raises InputError as `bridge.comparing.check_outputs` and `bridge.finished.refuse_kept` do, and
    `page_over_input` for a file that is no page of ours.
    """
    from bridge.comparing import check_outputs
    from bridge.finished import refuse_kept
    from bridge.pages import refuse_foreign_page

    read = [*given.session, *([given.mix] if given.mix else [])]
    check_outputs({"page": page}, read, such_as="check")
    refuse_kept(page)
    refuse_foreign_page(page)


def write_page_of_check(given: ToCheck, report: CheckReport, page: Path) -> dict[str, Any] | None:
    """Write the page of a report, from the audio that it is of.

    Return what it says of the stems' plain sum beside other music, None where there is nothing.
    Raises InputError as `checked_stems` does; MachineError where the disk refuses.
    """
    from bridge.checking import SongAudio, opened_song
    from bridge.pages.check import beside_sum, write_check_page

    _, session, _ = song_to_check(given)
    title = title_of_song(given)
    if not session.tracks:
        write_check_page(page, report, SongAudio({}), title)
        return None
    with (
        opened_song(session, given.mix) as audio,
        store_of(given.store) as store,
        ThreadPoolExecutor(max_workers=1) as pool,
    ):
        heard = pool.submit(beside_sum, audio, store, given.jobs)  # while pictures are drawn
        write_check_page(page, report, audio, title, heard.result)
    beside = heard.result()
    return None if beside is None else beside.as_json()


def song_to_check(given: ToCheck) -> tuple[Job | None, Session, tuple[Problem, ...]]:
    """The job, if it is one, what is checked, and what is wrong with files that are left out.

    Raises InputError as `checked_stems` does.
    """
    from bridge.jobs import load_job, song_session, summed_tracks

    job = None if given.job is None else load_job(given.job)
    paths = given.session if job is None else job.stems
    session, unreadable = _read(paths, given) if given.read is None else (given.read, ())
    if job is not None and session.tracks:
        broken = _broken_rough(job)
        heard = replace(job, rough=None) if broken else job
        session = song_session(heard, session)
        if broken and job.rough is not None:
            session = replace(session, tracks=summed_tracks(session, [job.rough.resolve()]))
        told = {str(each.where.get("file")) for each in unreadable}
        unreadable += tuple(each for each in broken if str(each.where.get("file")) not in told)
    if given.mix is not None:
        session = _without(session, given.mix)
        unreadable = tuple(each for each in unreadable if not _is_of(each, given.mix))
    return job, session, unreadable


def _broken_rough(job: Job) -> Sequence[Problem]:
    """What is wrong with a job's rough mix that is there and cannot be opened."""
    from bridge.audio import probe

    if job.rough is None or not job.rough.is_file():
        return ()
    try:
        probe(job.rough)
    except InputError as error:
        return error.problems
    return ()


def title_of_song(given: ToCheck) -> str:
    """What the song is called: by its job, else by the place of its stems."""
    from bridge.jobs import load_job, title_of

    job = None if given.job is None else load_job(given.job)
    if job is not None and job.title:
        return job.title
    if given.read is not None:
        return dict(given.read.provenance).get("title", "")
    return title_of(given.session[0] if job is None else job.stems[0])


def accept_findings(job: Path, report: CheckReport, ids: Sequence[str], why: str) -> CheckReport:
    """Write into a job that findings are meant, and return the report as it is then.

    Raises InputError: `unknown_finding` for ids that the report has not, and as
    `bridge.jobs.accept` does.
    """
    from bridge.jobs import Acceptance, accept, why_accepted

    found = {each.id: each for each in report.findings()}
    problems = [_unknown(each, tuple(found)) for each in ids if each not in found]
    if problems:
        raise InputError(problems)
    meant = [
        Acceptance(
            each.id, each.code, each.stems, each.start_s, each.end_s, report.content_of(each)
        )
        for each in map(found.__getitem__, ids)
    ]
    return report.accepting(why_accepted(accept(job, meant, why), report))


def _without(session: Session, mix: Path) -> Session:
    """The session without the rough mix, where that lies among the stems.

    One that is there and cannot be decoded is told where the stems are held to it.
    """
    from bridge.audio import probe
    from bridge.jobs import summed_tracks

    if not mix.is_file():
        probe(mix)
    return replace(session, tracks=summed_tracks(session, [mix.resolve()]))


def _is_of(problem: Problem, file: Path) -> bool:
    return Path(str(problem.where.get("file", ""))).resolve() == file.resolve()


def _unknown(finding: str, known: Sequence[str]) -> Problem:
    return Problem(
        "unknown_finding",
        f'nothing is found here that is called "{finding}"',
        expected="the id of a finding, as `check` prints it",
        nearest=nearest(finding, known),
    )


def _read(paths: Sequence[Path] | Path, given: ToCheck) -> tuple[Session, tuple[Problem, ...]]:
    from sessions import Session, SessionError, read

    try:
        return read(paths, skip=given.skip, long=given.long), ()
    except SessionError as error:
        names = [_file_of(problem) for problem in error.problems]
        if not all(names):
            raise
        skip = (*given.skip, *(escape(name) for name in names))
        try:
            return read(paths, skip=skip, long=given.long), tuple(error.problems)
        except SessionError as left:
            if any(each.kind != "no_audio" for each in left.problems):
                raise error from None
            return Session("stems", None, 0, ()), tuple(error.problems)


def _file_of(problem: Problem) -> str:
    """The name of the one file that is unreadable; none for what is wrong with all of them."""
    from sessions import A_STEM

    if problem.expected != A_STEM:
        return ""
    return Path(str(problem.where.get("member") or problem.where.get("file", ""))).name
