"""A planned master as a folder: lock, sound, record and page, or nothing at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bridge.road.inputs import InMemory, Inputs, read_both, references_of
from bridge.road.planning import linked
from bridge.road.printed_sessions import with_stems
from bridge.road.stem_checking.quick_checks import with_findings
from stemwright.problems import Diagnostic, InputError, Problem
from stemwright.values import dataclass
from stemwright.words import nearest

if TYPE_CHECKING:
    from bridge.audio import Subtype
    from bridge.finished import Lock, OutputFolder, Pages, Record
    from bridge.gathering import Cancel, Events
    from bridge.planning import Excerpt, Plan
    from bridge.rendering import Context, HeldDrive, Rendering
    from bridge.storing import Store
    from chains import Chain
    from sessions import Session


_ALWAYS = ("chain.toml", "chain.lock", "report.html")


@dataclass(frozen=True)
class Work:
    """A master that is asked for: of what, into which folder, and how.

    `excerpt` is the part of the song that is wanted, `only` the versions of it. With `locked`,
    nothing is rendered but what the folder's lock says. `replace` lets go of another song's master
    in the folder. `title`, `revision` and `date` are told on the page; `short_page` leaves the
    whole songs out of it. `checked` tells what the quick part of the stem check finds. `residual`
    is a file for what versions that together are everything leave of the main master.
    """

    inputs: Inputs
    folder: Path
    subtype: Subtype = "pcm24"
    plugin_timeout_s: float | None = None
    locked: bool = False
    cross_check: bool = False
    excerpt: Excerpt | None = None
    only: Sequence[str] = ()
    replace: bool = False
    title: str | None = None
    revision: str | None = None
    date: str | None = None
    short_page: bool = False
    checked: bool = True
    cancel: Cancel | None = None
    residual: Path | None = None

    @property
    def target(self) -> Path:
        """The folder that is written: a range never takes the place of the full master."""
        return self.folder if self.excerpt is None else self.folder / "range"

    @property
    def is_draft(self) -> bool:
        """Whether it goes into its job's own draft, which is always this song's."""
        job = self.inputs.job
        return job is not None and self.folder.resolve() == job.draft.resolve()


@dataclass(frozen=True)
class Prepared:
    """A planned render with what it was planned from."""

    context: Context
    chain: Chain
    session: Session


class Mastered(NamedTuple):
    """render.json, whether the targets were met, and the residuals that were written."""

    record: Record
    reached: bool
    residuals: tuple[Path, ...] = ()


def render_master(work: Work, events: Events) -> Mastered:
    """Do it all.

    Without a plugin it needs, all it does is to leave the other lanes in the store. A lock is
    held in full or not at all: what it says of files is proved by reading them.
    """
    from bridge.finished import OutputFolder, read_lock
    from bridge.rendering import WORKER_MODULES, write_residuals
    from bridge.storing import file_digest, known_files_of
    from bridge.workers import working

    known = known_files_of(work.inputs.store_root)
    digest_of = file_digest if work.locked else known.digest
    with (
        OutputFolder(work.target, replace=work.replace, digest_of=digest_of) as out,
        ExitStack() as held,
    ):
        held.enter_context(working(work.inputs.jobs, WORKER_MODULES))
        lock = read_lock(work.folder) if work.locked else None
        held.callback(known.keep)
        prepared = _prepared(work, events, digest_of, partial=lock is None, out=out, held=held)
        _refuse_others(work, prepared.context, lock, out)
        residuals = _residuals(work, prepared.context.plan)
        rendering = _rendered(work, prepared.context)
        events.stage("writing")
        record = _written(work, prepared, rendering, out)
        write_residuals(rendering, residuals)
        return Mastered(record, rendering.reached, tuple(residuals.values()))


def _residuals(work: Work, plan: Plan) -> Mapping[tuple[str, ...], Path]:
    from bridge.rendering import residual_files

    return {} if work.residual is None else residual_files(work.residual, plan)


def write_lock(work: Work, events: Events) -> Lock:
    """Plan, and write the folder's chain.lock alone; return what it says."""
    from bridge.finished import OutputFolder, as_text, check_unlocked, lock_of

    check_unlocked(work.folder)
    made = lock_of(_prepared(work, events).context, work.subtype, work.folder)
    with OutputFolder(work.folder, beside=True) as out:
        out.add_text("chain.lock", as_text(made))
        out.place()
    return made


def planned_lock(work: Work, events: Events) -> Lock:
    """Plan, and return what the folder's lock would say; nothing is rendered or written.

    Stems that lie as they did when they were read last are not read again. Raises as `write_lock`.
    """
    from bridge.finished import lock_of
    from bridge.storing import known_files_of

    known = known_files_of(work.inputs.store_root)
    try:
        prepared = _prepared(work, events, known.digest)
    finally:
        known.keep()
    return lock_of(prepared.context, work.subtype, work.folder)


def _prepared(
    work: Work,
    events: Events,
    digest_of: Callable[[Path], str] | None = None,
    *,
    partial: bool = False,
    out: OutputFolder | None = None,
    held: ExitStack | None = None,
) -> Prepared:
    """Read, plan, and make the plugins ready. Raises before anything is written.

    With `partial`, plugins that are not here are the plan's `missing` instead. One that fails
    though nothing is wrong with the chain fails its lane, later. `out` is claimed before any
    work, and what the store gives stays in it until `held` is closed. `digest_of` hashes the
    stems; without it they are read.
    """
    from bridge.finished import check_output
    from bridge.gathering import failures, refuse_inputs, refuse_unplaced
    from bridge.rendering import context_of
    from bridge.storing import Store, file_digest

    if out is None:
        check_output(work.target)
    else:
        out.claim()
    given = with_stems(work.inputs, events)
    root = _outside(work.folder, given.store_root)
    store = Store(root, digest_of=digest_of or file_digest)
    if held is not None:
        held.enter_context(store.holding())
    chain, session = read_both(given, store)
    if out is not None:
        out.claim(_masters(chain))
    only = _wanted(work.only, chain)
    plan = linked(given, store, chain, session, excerpt=work.excerpt, partial=partial)
    if work.checked:
        plan = with_findings(plan, given.job)
    plan = replace(plan, only=only)
    if not plan.written:
        raise InputError(_nothing_of(only))
    context = context_of(
        plan,
        store,
        events=events,
        cancel=work.cancel,
        jobs=given.jobs,
        deadline_s=work.plugin_timeout_s,
        cross_checked=work.cross_check,
        sums_by_insert=work.residual is not None,
    )
    refuse_unplaced(context.bench, plan)
    failed = failures(context.bench, plan.hosted, given.jobs)
    refuse_inputs(failed, plan.missing)
    return Prepared(replace(context, failed=failed), chain, session)


def _refuse_others(work: Work, context: Context, lock: Lock | None, out: OutputFolder) -> None:
    """Raise for a folder of another song, for missing plugins and for what a lock does not say."""
    from bridge.finished import hold_to, lock_of, refuse_other_song
    from bridge.rendering import render_the_others

    if not (work.replace or work.is_draft):
        planned = lock_of(context, work.subtype, work.target)
        refuse_other_song(work.target, out.owned, planned, work.inputs.chain_path)
    if context.plan.missing:
        render_the_others(context)
    if lock is not None:
        hold_to(lock, lock_of(context, work.subtype, work.folder))


def _rendered(work: Work, context: Context) -> Rendering:
    """All versions in the store: with the job's drive, a part with the full master's."""
    from bridge.rendering import HeldDrive, render

    job = work.inputs.job
    if job is not None and job.held.drive_db is not None and context.plan.finish is not None:
        held: HeldDrive | None = HeldDrive(job.held.drive_db, job.held.trim_db)
    else:
        held = None if work.excerpt is None else _held(work, context)
    if held is None:
        return render(context, work.subtype)
    return render(context, work.subtype, held.drive_db, held.trim_db)


def _held(work: Work, context: Context) -> HeldDrive | None:
    """The full master's drive and trim, for a part of the same song."""
    from bridge.finished import held_drive, lock_of

    held, said = held_drive(work.folder, lock_of(context, work.subtype, work.folder))
    if said is not None:
        context.remarks.append(said)
    return held


def _written(work: Work, prepared: Prepared, rendering: Rendering, out: OutputFolder) -> Record:
    """The folder with everything in it; the store lets go of what is over its limit."""
    from bridge.finished import held_row, song_row, write_into

    context = prepared.context
    said = _over_limit(context.store)
    rendering = replace(rendering, diagnostics=(*rendering.diagnostics, *said))
    pages = _pages(prepared, rendering, work)
    song = song_row(work.target, work.inputs.chain_path)
    job = work.inputs.job
    return write_into(
        out,
        context,
        rendering,
        prepared.chain,
        work.subtype,
        pages=pages,
        song=song,
        held=None if job is None else held_row(rendering, context.plan),
    )


def _over_limit(store: Store) -> Iterator[Diagnostic]:
    """Let the store collect; say where this song alone is more than it shall hold."""
    from bridge.storing import size_in_words

    size = store.collect().own_bytes
    if size <= store.limit_bytes:
        return
    message = (
        f"what this song took of the store is {size_in_words(size)}, more than its limit of"
        f" {size_in_words(store.limit_bytes)}: it is kept until another song's render makes room,"
        f" and then renders anew; STEMWRIGHT_STORE_LIMIT=100GB raises the limit"
    )
    yield Diagnostic("note", "store_over_limit", str(store.root), message)


def _wanted(only: Sequence[str], chain: Chain) -> tuple[str, ...]:
    """The versions named, in the chain's order. Raises InputError for those it does not have."""
    versions = ["main", *(each.id for each in chain.versions)]
    problems = [
        Problem(
            "usage",
            f"--only {word}: this chain has no version of that name",
            expected=f"one of {', '.join(versions)}",
            nearest=nearest(word, versions),
        )
        for word in dict.fromkeys(only)
        if word not in versions
    ]
    if problems:
        raise InputError(problems)
    return tuple(each for each in versions if each in only)


def _nothing_of(only: Sequence[str]) -> Problem:
    """That none of the versions wanted is in the song."""
    said = f"--only {', '.join(only)}: nothing of it is in this song"
    return Problem("nothing_sounds", said, hint="stemwright plan names the stems of every version")


def _masters(chain: Chain) -> list[str]:
    """The files of a render that take the names of its versions."""
    from bridge.finished import sidecar_of

    names = [f"{version}.wav" for version in ("main", *(each.id for each in chain.versions))]
    return [*names, *(sidecar_of(Path(name)).name for name in names), *_ALWAYS]


def _outside(folder: Path, store: Path) -> Path:
    """The store's place. Raises InputError for one inside the output folder."""
    if store.resolve().is_relative_to(folder.resolve()):
        problem = Problem(
            "store_in_output",
            "the store would lie in the output folder",
            {"file": str(store)},
            hint="name another place with --store; the output holds the master alone",
        )
        raise InputError(problem)
    return store


def _pages(prepared: Prepared, rendering: Rendering, work: Work) -> Pages:
    """What adds report.html; references inside a zip or in two files are left out of it."""
    from bridge.pages.report import ReportPages, Song

    song = Song(_title(prepared.session, work), work.revision, work.date, work.subtype)
    return ReportPages(
        prepared.context,
        rendering,
        references_of(prepared.session),
        song,
        short=work.short_page,
    )


def _title(session: Session, work: Work) -> str | None:
    """What was given, else what the session calls its song, else the session's own name."""
    from sessions import Session

    own = work.title or dict(session.provenance).get("title")
    given = work.inputs.session
    if isinstance(given, Session | InMemory):
        return own
    from bridge.jobs import title_of

    return own or title_of(given[0]) or None
