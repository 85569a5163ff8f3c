"""The whole road, from stems and a chain to a plan, a lock or a folder with the master."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from stemwright.problems import InputError, Problem
from stemwright.words import nearest

if TYPE_CHECKING:
    from bridge.audio import Subtype
    from bridge.finished import Lock, OutputFolder, Pages, Record
    from bridge.gathering import Cancel, Events
    from bridge.planning import Excerpt, Plan
    from bridge.plugins import Catalogue
    from bridge.rendering import Context, Held, Rendering
    from bridge.storing import Store
    from chains import Chain
    from sessions import Session


_ALWAYS = ("chain.toml", "chain.lock", "report.html")


@dataclass(frozen=True)
class Prepared:
    """A planned render with what it was planned from."""

    context: Context
    chain: Chain
    session: Session


@dataclass(frozen=True)
class Work:
    """A master that is asked for: of which stems, through which chain, into which folder.

    `session` and `chain` are where they lie, or what was read already.
    """

    session: Sequence[Path] | Session
    chain: Path | Chain
    folder: Path
    subtype: Subtype = "pcm24"
    jobs: int = 1
    store: Path | None = None
    plugin_folders: Sequence[Path] = ()
    trusted: Sequence[Path] = ()
    skip: Sequence[str] = ()
    long: bool = False
    plugin_timeout_s: float | None = None
    strict: bool = False
    locked: bool = False
    cross_check: bool = False
    excerpt: Excerpt | None = None
    only: Sequence[str] = ()
    replace: bool = False
    title: str | None = None
    revision: str | None = None
    date: str | None = None
    short_page: bool = False
    cancel: Cancel | None = None

    @property
    def target(self) -> Path:
        """The folder that is written: a range never takes the place of the full master."""
        return self.folder if self.excerpt is None else self.folder / "range"

    @property
    def _chain_path(self) -> Path | None:
        return self.chain if isinstance(self.chain, Path) else self.chain.path

    def prepare(
        self, events: Events, *, partial: bool = False, out: OutputFolder | None = None
    ) -> Prepared:
        """Read, plan, and make the plugins ready. Raises before anything is written.

        With `partial`, plugins that are not here are the plan's `missing` instead. One that fails
        though nothing is wrong with the chain fails its lane, later. `out` is claimed before any
        work.
        """
        from bridge.finished import check_output
        from bridge.gathering import failures, link, refuse_inputs
        from bridge.rendering import context_of
        from bridge.storing import Store, default_root

        if out is None:
            check_output(self.target)
        else:
            out.claim()
        store = Store(_outside(self.folder, self.store or default_root()))
        chain, session = read_both(
            self.chain,
            self.session,
            store,
            self.jobs,
            self.plugin_folders,
            self.trusted,
            skip=self.skip,
            long=self.long,
        )
        if out is not None:
            out.claim(_masters(chain))
        only = _wanted(self.only, chain)
        plan = link(
            session,
            chain,
            store,
            plugin_folders=self.plugin_folders,
            trusted=self.trusted,
            jobs=self.jobs,
            strict=self.strict,
            excerpt=self.excerpt,
            partial=partial,
        )
        plan = replace(plan, only=only)
        context = context_of(
            plan,
            store,
            events=events,
            cancel=self.cancel,
            jobs=self.jobs,
            deadline_s=self.plugin_timeout_s,
            cross_checked=self.cross_check,
        )
        failed = failures(context.bench, plan.hosted, self.jobs)
        refuse_inputs(failed, plan.missing)
        return Prepared(replace(context, failed=failed), chain, session)

    def lock(self, events: Events) -> Lock:
        """Plan, and write the folder's chain.lock alone; return what it says."""
        from bridge.finished import OutputFolder, as_text, check_unlocked, lock_of

        check_unlocked(self.folder)
        made = lock_of(self.prepare(events).context, self.subtype, self.folder)
        with OutputFolder(self.folder, beside=True) as out:
            out.add_text("chain.lock", as_text(made))
            out.place()
        return made

    def render(self, events: Events) -> tuple[Record, bool]:
        """Do it all; return render.json and whether the targets were met.

        Without a plugin it needs, all it does is to leave the other lanes in the store. A lock is
        held in full or not at all.
        """
        from bridge.finished import OutputFolder

        with OutputFolder(self.target, replace=self.replace) as out:
            return self._render_into(out, events)

    def _render_into(self, out: OutputFolder, events: Events) -> tuple[Record, bool]:
        from bridge.finished import (
            hold_to,
            lock_of,
            read_lock,
            refuse_other_song,
            song_row,
            write_into,
        )
        from bridge.rendering import render, render_the_others

        lock = read_lock(self.folder) if self.locked else None
        prepared = self.prepare(events, partial=lock is None, out=out)
        context = prepared.context
        if not self.replace:
            planned = lock_of(context, self.subtype, self.target)
            refuse_other_song(self.target, out.owned, planned, self._chain_path)
        if context.plan.missing:
            render_the_others(context)
        if lock is not None:
            hold_to(lock, lock_of(context, self.subtype, self.folder))
        held = None if self.excerpt is None else self._held(context)
        if held is None:
            rendering = render(context, self.subtype)
        else:
            rendering = render(context, self.subtype, held.drive_db, held.trim_db)
        events.stage("writing")
        pages = _pages(prepared, rendering, self)
        song = song_row(self.target, self._chain_path)
        record = write_into(
            out, context, rendering, prepared.chain, self.subtype, pages=pages, song=song
        )
        context.store.collect()
        return record, rendering.reached

    def _held(self, context: Context) -> Held | None:
        """The full master's drive and trim, for a part of the same song."""
        from bridge.finished import held_drive, lock_of

        held, said = held_drive(self.folder, lock_of(context, self.subtype, self.folder))
        if said is not None:
            context.remarks.append(said)
        return held


def plan_master(
    session: Sequence[Path] | Session,
    chain: Path | Chain,
    *,
    store: Path | None = None,
    plugin_folders: Sequence[Path] = (),
    trusted: Sequence[Path] = (),
    skip: Sequence[str] = (),
    long: bool = False,
    jobs: int = 1,
    strict: bool = False,
) -> Plan:
    """Read and plan, and set every plugin up once; render nothing.

    Raises InputError for what files, chain and plugins have wrong, MachineError for what is not
    here, RenderError for a plugin that fails.
    """
    from bridge.gathering import link
    from bridge.storing import Store, default_root

    kept = Store(store or default_root())
    parsed, found = read_both(
        chain, session, kept, jobs, plugin_folders, trusted, skip=skip, long=long
    )
    made = link(
        found,
        parsed,
        kept,
        plugin_folders=plugin_folders,
        trusted=trusted,
        jobs=jobs,
        strict=strict,
    )
    _check_plugins(made, kept, jobs)
    return made


def installed_plugins(
    store: Store,
    plugin_folders: Sequence[Path] = (),
    *,
    again: bool = False,
    progress: Callable[[int, int, str], None] | None = None,
) -> Catalogue:
    """Every plugin of this machine; `again` asks those once more that failed before."""
    from bridge.hosting import scan, search_folders

    folders = search_folders(plugin_folders)
    return scan([], folders, store.scan_cache, again=again, progress=progress)


def _check_plugins(made: Plan, store: Store, jobs: int) -> None:
    """Raise InputError for what plugins refuse, else RenderError for those that fail."""
    from bridge.gathering import Bench, failures, refuse_inputs, unreadable
    from bridge.hosting import host

    failed = failures(Bench(store, host(made.engine.host), made.engine), made.hosted, jobs)
    refuse_inputs(failed)
    failed |= {step.id: unreadable(step) for step in made.unreadable}
    if failed:
        worst = min(failed.values(), key=lambda error: error.exit_code)
        raise type(worst)([problem for error in failed.values() for problem in error.problems])


def read_both(
    chain: Path | Chain,
    session: Sequence[Path] | Session,
    store: Store,
    jobs: int,
    plugin_folders: Sequence[Path],
    trusted: Sequence[Path],
    *,
    skip: Sequence[str] = (),
    long: bool = False,
) -> tuple[Chain, Session]:
    """Read a chain and a session, without the files that `skip` names; take what was read already.

    Raises InputError with what is wrong with either, with the stems' files, and with the chain's
    plugins: all of it at once, as far as it can be told.
    """
    from bridge.gathering import chain_problems, gather, skippable
    from chains import ChainError, check, load
    from sessions import A_STEM, Session, SessionError, read

    problems: list[Problem] = []
    plugins: tuple[Problem, ...] = ()
    parsed: Chain | None = None
    found: Session | None = None
    try:
        parsed = load(chain) if isinstance(chain, Path) else check(chain)
    except ChainError as error:
        problems += error.problems
        if error.readable is not None:
            plugins = chain_problems(error.readable, store, plugin_folders, trusted)
    try:
        found = session if isinstance(session, Session) else read(session, skip=skip, long=long)
        if parsed is None:
            gather(found, store, jobs)
    except SessionError as error:
        problems += [
            skippable(problem) if problem.expected == A_STEM else problem
            for problem in error.problems
        ]
        if parsed is not None:
            plugins = chain_problems(parsed, store, plugin_folders, trusted)
    except InputError as error:
        problems += error.problems
    if parsed is None or found is None:
        raise InputError([*problems, *plugins])
    return parsed, found


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


def _masters(chain: Chain) -> list[str]:
    """The files of a render that take the names of its versions."""
    from bridge.finished import sidecar_of

    names = [f"{version}.wav" for version in ("main", *(each.id for each in chain.versions))]
    return [*names, *(sidecar_of(Path(name)).name for name in names), *_ALWAYS]


_NO_TITLES = frozenset(
    {"audio", "bounce", "bounces", "export", "exports", "stem", "stems", "tracks", "wav", "wavs"}
)
"""What folders of stems are called, and no song is: then the folder around them is asked."""


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

    references = [
        (each.kind, each.name, each.media.path)
        for each in prepared.session.references
        if each.media.member is None and each.right is None
    ]
    song = Song(_title(prepared.session, work), work.revision, work.date, work.subtype)
    return ReportPages(
        prepared.context, rendering, prepared.chain, references, song, short=work.short_page
    )


def _title(session: Session, work: Work) -> str | None:
    """What was given, else what the session calls its song, else the session's own name."""
    from sessions import Session

    own = work.title or dict(session.provenance).get("title")
    if isinstance(work.session, Session):
        return own
    first = work.session[0].resolve()
    name = first.name if first.is_dir() else first.stem
    return own or (first.parent.name if name.casefold() in _NO_TITLES else name) or None
