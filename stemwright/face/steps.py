"""The whole of stemwright for Python: one function a step, and `master` for all of them.

What lies in files is given as str or Path. Nothing is printed; what goes wrong is a StemwrightError
with all problems found.
"""

from __future__ import annotations

import datetime
import weakref
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import get_args

from bridge.audio import Subtype
from bridge.gathering import Cancel
from bridge.jobs import Job
from bridge.planning import Excerpt, Plan
from bridge.plugins import Catalogue
from bridge.road import InMemory, Inputs, Work, installed_plugins, plan_master, render_master
from chains import Chain
from sessions import Session
from stemwright.face.arguments import Arguments, checking, told
from stemwright.face.progress import Progress, listening
from stemwright.face.results import Master, from_output, from_record
from stemwright.face.temporary import PathLike, Stems, output, song
from stemwright.problems import InputError, Problem


def read(
    source: PathLike | Sequence[PathLike],
    *,
    media: Sequence[PathLike] = (),
    skip: Sequence[str] = (),
    long: bool = False,
) -> Session:
    """Read what a DAW saved or exported: names and headers, no audio. As `stemwright read`."""
    from sessions import read as read_session

    with told():
        with checking() as given:
            paths, folders = given.paths("source", source), given.paths("media", media)
            if not paths:
                given.wrong("source", source, "a path, as str or Path, or several")
            left_out, allowed = given.words("skip", skip), given.flag("long", long)
        return read_session(paths, folders, skip=left_out, long=allowed)


def load(path: PathLike) -> Chain:
    """Read a chain file. Raises InputError with all its faults, each with its line."""
    from chains import load as load_chain

    with told():
        with checking() as given:
            place = given.path("path", path)
        return load_chain(place)


def load_job(path: PathLike) -> Job:
    """Read a song's job: its job.toml, or its folder.

    Raises InputError with all faults of the job and of its chain, each with its line.
    """
    from bridge.jobs import load_job as read_job

    with told():
        with checking() as given:
            place = given.path("path", path)
        return read_job(place)


def plan(
    stems: Stems | Job,
    chain: PathLike | Chain | None = None,
    *,
    store: PathLike | None = None,
    plugin_path: Sequence[PathLike] = (),
    trust: Sequence[PathLike] = (),
    skip: Sequence[str] = (),
    long: bool = False,
    jobs: int | None = None,
    strict: bool = False,
) -> Plan:
    """Resolve a chain for a song's stems, and set every plugin up once. As `stemwright plan`.

    A Job stands for both. Arrays are kept on disk as long as the plan is.
    """
    with told(), ExitStack() as stack:
        with checking() as given:
            inputs = Inputs(
                *_song(given, stems, chain, stack),
                store=given.place("store", store),
                plugin_folders=given.paths("plugin_path", plugin_path),
                trusted=given.paths("trust", trust),
                skip=given.words("skip", skip),
                long=given.flag("long", long),
                jobs=given.jobs(jobs),
                strict=given.flag("strict", strict),
            )
            inputs = inputs.of_job(stems) if isinstance(stems, Job) else inputs
        made = plan_master(inputs)
        weakref.finalize(made, stack.pop_all().close)
        return made


def render(
    plan: Plan | Job,
    *,
    subtype: Subtype = "pcm24",
    store: PathLike | None = None,
    jobs: int | None = None,
    plugin_timeout_s: float | None = None,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> Master:
    """Render a plan into the store; `master` puts the files into a folder as well.

    The store may drop them once later renders need the room. A Job is rendered into its draft, as
    `stemwright render JOB` does; `master` takes more options for one.
    """
    if isinstance(plan, Job):
        return master(
            plan,
            subtype=subtype,
            store=store,
            jobs=jobs,
            plugin_timeout_s=plugin_timeout_s,
            progress=progress,
            cancel=cancel,
        )
    from bridge.rendering import context_of, render as render_plan
    from bridge.storing import Store, default_root

    with told(), listening(progress, cancel) as (events, flag):
        with checking() as given:
            given.kind("plan", plan, Plan, _A_PLAN)
            samples = given.one_of("subtype", subtype, get_args(Subtype))
            root, at_once = given.place("store", store), given.jobs(jobs)
            timeout_s = given.timeout_s("plugin_timeout_s", plugin_timeout_s)
        context = context_of(
            plan,
            Store(root or default_root()),
            events=events,
            cancel=flag,
            jobs=at_once,
            deadline_s=timeout_s,
        )
        found = render_plan(context, samples)
    files = tuple(from_output(output, plan) for output in found.outputs)
    return Master(files, found.drive_db, found.diagnostics)


def master(
    stems: Stems | Job,
    chain: PathLike | Chain | None = None,
    out: PathLike | None = None,
    *,
    subtype: Subtype = "pcm24",
    replace: bool = False,
    range_s: tuple[float, float | None] | None = None,
    preroll_s: float = 5.0,
    only: Sequence[str] = (),
    locked: bool = False,
    cross_check: bool = False,
    strict: bool = False,
    skip: Sequence[str] = (),
    long: bool = False,
    title: str | None = None,
    revision: str | None = None,
    date: datetime.date | str | None = None,
    short_page: bool = False,
    check: bool = True,
    store: PathLike | None = None,
    plugin_path: Sequence[PathLike] = (),
    trust: Sequence[PathLike] = (),
    plugin_timeout_s: float | None = None,
    jobs: int | None = None,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> Master:
    """Stems and a chain in, a finished master out: the whole job. As `stemwright render`.

    `out` is the folder that is written; without it the files lie in a temporary one that goes with
    the value, and those of a Job, which stands for stems and chain, in its draft. A finished master
    of other stems or another chain is not replaced unless `replace`.
    `range_s` renders a part, with the drive of the master in `out`, into `out`/range; `only` names
    the versions of it that are wanted. `progress` is called as (stage, steps done, steps in all)
    and stops the render with False; so does `cancel.set()` from another thread: StoppedError.
    A missed target is no error: see `reached`. What the quick part of the stem check finds is among
    the `diagnostics` unless `check` is False.
    """
    with told(), ExitStack() as stack, listening(progress, cancel) as (events, flag):
        with checking() as given:
            drafted = stems.draft if isinstance(stems, Job) and out is None else out
            folder, kept = output(given, drafted)
            inputs = Inputs(
                *_song(given, stems, chain, stack),
                store=given.place("store", store),
                plugin_folders=given.paths("plugin_path", plugin_path),
                trusted=given.paths("trust", trust),
                skip=given.words("skip", skip),
                long=given.flag("long", long),
                jobs=given.jobs(jobs),
                strict=given.flag("strict", strict),
            )
            work = Work(
                inputs.of_job(stems) if isinstance(stems, Job) else inputs,
                folder,
                subtype=given.one_of("subtype", subtype, get_args(Subtype)),
                plugin_timeout_s=given.timeout_s("plugin_timeout_s", plugin_timeout_s),
                locked=given.flag("locked", locked),
                cross_check=given.flag("cross_check", cross_check),
                excerpt=_excerpt(given, range_s, preroll_s),
                only=given.words("only", only),
                replace=given.flag("replace", replace),
                title=given.text("title", title),
                revision=given.text("revision", revision),
                date=given.day("date", date),
                short_page=given.flag("short_page", short_page),
                checked=given.flag("check", check),
                cancel=flag,
            )
        if work.only and work.excerpt is None:
            raise InputError(_ONLY_A_RANGE)
        made = render_master(work, events)
        return from_record(made.record, work.target.absolute(), kept)  # a notebook may move on


_ONLY_A_RANGE = Problem(
    "usage",
    "only goes with range_s: a master's folder holds all of its versions",
    hint="range_s=(0, None) and only=[VERSION] render the whole song, into out/range",
)


def plugins(
    *, plugin_path: Sequence[PathLike] = (), store: PathLike | None = None, again: bool = False
) -> Catalogue:
    """The plugins of this machine. As `stemwright plugins list`.

    Only files that are new are asked what they hold; with `again`, those that failed before too.
    """
    from bridge.storing import Store, default_root

    with told():
        with checking() as given:
            root, folders = given.place("store", store), given.paths("plugin_path", plugin_path)
            once_more = given.flag("again", again)
        return installed_plugins(Store(root or default_root()), folders, again=once_more)


def _song(
    given: Arguments, stems: object, chain: object, stack: ExitStack
) -> tuple[Sequence[Path] | Session | InMemory, Path | Chain]:
    """Stems and chain, which a job has in it."""
    if not isinstance(stems, Job):
        return song(given, stems, stack), _chain(given, chain)
    if chain is not None:
        given.wrong("chain", chain, "None: the job names its own")
    return stems.stems, stems.held_chain


_A_PLAN = "a Plan, as plan() returns it, or a Job"


def _chain(given: Arguments, chain: object) -> Path | Chain:
    return chain if isinstance(chain, Chain) else given.path("chain", chain, _A_CHAIN)


_A_CHAIN = "a path, as str or Path, or a Chain"


def _excerpt(given: Arguments, range_s: object, preroll_s: object) -> Excerpt | None:
    unheard_s = given.seconds("preroll_s", preroll_s)
    return None if range_s is None else Excerpt(*given.range_s("range_s", range_s), unheard_s)
