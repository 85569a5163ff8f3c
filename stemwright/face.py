"""The whole of stemwright for Python: one function a step, and `master` for all of them.

What lies in files is given as str or Path. Nothing is printed; what goes wrong is a StemwrightError
with all problems found.
"""

from __future__ import annotations

import datetime
import os
import weakref
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from bridge.audio import Subtype
from bridge.comparing import Diff, Limits, Policy, Verified
from bridge.gathering import Cancel
from bridge.planning import Excerpt, Plan
from bridge.plugins import Catalogue
from bridge.road import (
    Inputs,
    Work,
    compared,
    cores,
    installed_plugins,
    measured,
    plan_master,
    render_master,
    verified,
)
from chains import Chain
from sessions import Session
from stemwright.faults import told
from stemwright.problems import InputError, Problem
from stemwright.progress import Progress, listening
from stemwright.results import AudioFile, Master, from_output, from_record

if TYPE_CHECKING:
    import numpy.typing as npt

PathLike: TypeAlias = "str | os.PathLike[str]"
Arrays: TypeAlias = "Mapping[str, tuple[npt.ArrayLike, float]]"
Stems: TypeAlias = "PathLike | Sequence[PathLike] | Session | Arrays"
"""A session's file, a folder or zip of stems, files, a session that was read, or arrays by name."""


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
        return read_session(_paths(source), _paths(media), skip=skip, long=long)


def load(path: PathLike) -> Chain:
    """Read a chain file. Raises InputError with all its faults, each with its line."""
    from chains import load as load_chain

    with told():
        return load_chain(Path(path))


def plan(
    stems: Stems,
    chain: PathLike | Chain,
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

    Arrays are kept on disk as long as the plan is.
    """
    with told(), ExitStack() as stack:
        inputs = Inputs(
            _stems(stems, stack),
            _chain(chain),
            store=_place(store),
            plugin_folders=_paths(plugin_path),
            trusted=_paths(trust),
            skip=skip,
            long=long,
            jobs=jobs or cores(),
            strict=strict,
        )
        made = plan_master(inputs)
        weakref.finalize(made, stack.pop_all().close)
        return made


def render(
    plan: Plan,
    *,
    subtype: Subtype = "pcm24",
    store: PathLike | None = None,
    jobs: int | None = None,
    plugin_timeout_s: float | None = None,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> Master:
    """Render a plan into the store; `master` puts the files into a folder as well.

    The store may drop them once later renders need the room.
    """
    from bridge.rendering import context_of, render as render_plan
    from bridge.storing import Store, default_root

    with told(), listening(progress, cancel) as (events, flag):
        context = context_of(
            plan,
            Store(_place(store) or default_root()),
            events=events,
            cancel=flag,
            jobs=jobs or cores(),
            deadline_s=plugin_timeout_s,
        )
        found = render_plan(context, subtype)
    files = tuple(from_output(output, plan) for output in found.outputs)
    return Master(files, found.drive_db, found.diagnostics)


def master(
    stems: Stems,
    chain: PathLike | Chain,
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
    the value. A finished master of other stems or another chain is not replaced unless `replace`.
    `range_s` renders a part, with the drive of the master in `out`, into `out`/range; `only` names
    the versions of it that are wanted. `progress` is called as (stage, steps done, steps in all)
    and stops the render with False; so does `cancel.set()` from another thread: StoppedError.
    A missed target is no error: see `reached`.
    """
    if only and range_s is None:
        raise InputError(_ONLY_A_RANGE)
    with told(), ExitStack() as stack, listening(progress, cancel) as (events, flag):
        folder, kept = _output(out)
        inputs = Inputs(
            _stems(stems, stack),
            _chain(chain),
            store=_place(store),
            plugin_folders=_paths(plugin_path),
            trusted=_paths(trust),
            skip=skip,
            long=long,
            jobs=jobs or cores(),
            strict=strict,
        )
        work = Work(
            inputs,
            folder,
            subtype=subtype,
            plugin_timeout_s=plugin_timeout_s,
            locked=locked,
            cross_check=cross_check,
            excerpt=None if range_s is None else Excerpt(*range_s, preroll_s),
            only=only,
            replace=replace,
            title=title,
            revision=revision,
            date=None if date is None else str(date),
            short_page=short_page,
            cancel=flag,
        )
        record, _ = render_master(work, events)
        return from_record(record, work.target, kept)


_ONLY_A_RANGE = Problem(
    "usage",
    "only goes with range_s: a master's folder holds all of its versions",
    hint="range_s=(0, None) and only=[VERSION] render the whole song, into out/range",
)


def measure(file: PathLike | AudioFile) -> AudioFile:
    """Loudness (ITU-R BS.1770, EBU R 128), true peak and more of a file. As `stemwright measure`.

    Raises InputError for what is no audio file.
    """
    path = _path_of(file)
    with told():
        return AudioFile(path, measured(path))


def diff(
    a: PathLike | AudioFile | Master,
    b: PathLike | AudioFile | Master,
    *,
    limits: Limits | Policy | None = None,
    floor: PathLike | Master | None = None,
) -> Diff:
    """Compare two files or two folders of masters, B with A. As `stemwright diff`.

    `floor` is A rendered again: what those two differ by is allowed.
    """
    with told():
        return compared(
            _path_of(a),
            _path_of(b),
            limits,
            floor=None if floor is None else _path_of(floor),
        )


def verify(
    master: PathLike | AudioFile | Master,
    *,
    folder: PathLike | None = None,
    stems: PathLike | None = None,
    plugins: Sequence[PathLike] | None = None,
    trust: Sequence[PathLike] = (),
    limits: Limits | None = None,
    plugin_timeout_s: float | None = None,
    jobs: int | None = None,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> Verified:
    """Check a master's digests and render it anew from an empty store. As `stemwright verify`.

    `same` says whether it is what it was; by default every sample has to be. `stems` is where the
    song's stems lie now; `plugins`: host what lies there and nothing else.
    """
    with told(), listening(progress, cancel) as (events, flag):
        return verified(
            _path_of(master),
            events=events,
            folder=_place(folder),
            jobs=jobs or cores(),
            plugin_folders=None if plugins is None else _paths(plugins),
            trusted=_paths(trust),
            limits=limits,
            plugin_timeout_s=plugin_timeout_s,
            stems=_place(stems),
            cancel=flag,
        )


def plugins(
    *, plugin_path: Sequence[PathLike] = (), store: PathLike | None = None, again: bool = False
) -> Catalogue:
    """The plugins of this machine. As `stemwright plugins list`.

    Only files that are new are asked what they hold; with `again`, those that failed before too.
    """
    from bridge.storing import Store, default_root

    with told():
        return installed_plugins(
            Store(_place(store) or default_root()), _paths(plugin_path), again=again
        )


class _Kept:
    """A temporary folder that is there as long as this is."""

    def __init__(self) -> None:
        from bridge.hosting import scratch

        stack = ExitStack()
        self.folder = stack.enter_context(scratch())
        self.drop = weakref.finalize(self, stack.close)


def _output(out: PathLike | None) -> tuple[Path, _Kept | None]:
    """The folder of a master, and what keeps it there if it is a temporary one."""
    if out is not None:
        return Path(out), None
    kept = _Kept()
    return kept.folder / "master", kept


def _stems(stems: Stems, stack: ExitStack) -> tuple[Path, ...] | Session:
    """Where the stems lie: arrays are written to a folder that goes with `stack`."""
    from bridge.hosting import scratch

    if isinstance(stems, Session):
        return stems
    if not isinstance(stems, Mapping):
        return _paths(stems)
    from stemwright.arrays import write_stems

    folder = stack.enter_context(scratch()) / "stems"
    folder.mkdir()
    write_stems(stems, folder)
    return (folder,)


def _chain(chain: PathLike | Chain) -> Path | Chain:
    return chain if isinstance(chain, Chain) else Path(chain)


def _place(path: PathLike | None) -> Path | None:
    return None if path is None else Path(path)


def _paths(given: PathLike | Sequence[PathLike]) -> tuple[Path, ...]:
    """One path or several."""
    if isinstance(given, str | os.PathLike):
        return (Path(given),)
    return tuple(Path(each) for each in given)


def _path_of(given: PathLike | AudioFile | Master) -> Path:
    """The file or folder of a result, or what was named. Raises InputError for one in the store."""
    if isinstance(given, AudioFile):
        return given.path
    if not isinstance(given, Master):
        return Path(given)
    if given.folder is None:
        message = "this master lies in the store, not in a folder"
        raise InputError(Problem("not_a_folder", message, hint="use one that master() made"))
    return given.folder
