"""What is asked of finished files and folders: figures, what differs, whether it is still so."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias, overload

from bridge.comparing import Diff, DigestChecks, Limits, Policy, Verified, load_policy
from bridge.gathering import Cancel
from bridge.road import (
    checked_digests,
    compared,
    measured,
    report_again,
    verified,
    without_insert,
)
from stemwright.face.arguments import Arguments, checking, told
from stemwright.face.progress import Progress, listening
from stemwright.face.results import AudioFile, Master
from stemwright.face.temporary import Arrays, PathLike, moved
from stemwright.problems import InputError, Problem

if TYPE_CHECKING:
    from bridge.pages.bypass import Bypassed

Finished: TypeAlias = "PathLike | AudioFile | Master"
"""A file, a folder that a master was written to, or the value of either."""


def measure(file: PathLike | AudioFile) -> AudioFile:
    """Loudness (ITU-R BS.1770, EBU R 128), true peak and more of a file. As `stemwright measure`.

    Raises InputError for what is no audio file.
    """
    with told():
        with checking() as given:
            path = _place_of(given, "file", file)
        return AudioFile(path, measured(path))


def diff(
    a: Finished,
    b: Finished,
    *,
    limits: Limits | Policy | PathLike | None = None,
    floor: Finished | None = None,
    page: PathLike | None = None,
    short_page: bool = False,
    junit: PathLike | None = None,
) -> Diff:
    """Compare two files or two folders of masters, B with A. As `stemwright diff`.

    `limits` may be a policy's file. `floor` is A rendered again: what those two differ by is
    allowed. `page` is where a page to look at and listen to is written, and `junit` a report for
    CI.
    """
    with told():
        with checking() as given:
            one, other = _place_of(given, "a", a), _place_of(given, "b", b)
            again = None if floor is None else _place_of(given, "floor", floor)
            page_path, junit_path = given.place("page", page), given.place("junit", junit)
            short = given.flag("short_page", short_page)
            judged, policy = _limits(given, limits)
        return compared(
            one,
            other,
            judged if policy is None else load_policy(policy),
            floor=again,
            read=() if policy is None else (policy,),
            page=page_path,
            short_page=short,
            junit=junit_path,
        )


@overload
def verify(
    master: Finished,
    *,
    quick: Literal[True],
    folder: PathLike | None = None,
    stems: PathLike | Arrays | None = None,
    jobs: int | None = None,
) -> DigestChecks: ...


@overload
def verify(
    master: Finished,
    *,
    quick: Literal[False] = False,
    folder: PathLike | None = None,
    stems: PathLike | Arrays | None = None,
    plugins: Sequence[PathLike] | None = None,
    trust: Sequence[PathLike] = (),
    limits: Limits | None = None,
    plugin_timeout_s: float | None = None,
    jobs: int | None = None,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> Verified: ...


def verify(
    master: Finished,
    *,
    quick: bool = False,
    folder: PathLike | None = None,
    stems: PathLike | Arrays | None = None,
    plugins: Sequence[PathLike] | None = None,
    trust: Sequence[PathLike] = (),
    limits: Limits | None = None,
    plugin_timeout_s: float | None = None,
    jobs: int | None = None,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> Verified | DigestChecks:
    """Check a master's digests and render it anew from an empty store. As `stemwright verify`.

    `same` says whether it is what it was; by default every sample has to be. `quick` checks the
    digests alone. `stems` is where the song's stems lie now; those that were arrays have to be
    given again. `plugins`: host what lies there and nothing else.
    """
    with told(), ExitStack() as stack, listening(progress, cancel) as (events, flag):
        with checking() as given:
            path, home = _place_of(given, "master", master), given.place("folder", folder)
            only_digests, at_once = given.flag("quick", quick), given.jobs(jobs)
            hosted = None if plugins is None else given.paths("plugins", plugins)
            trusted = given.paths("trust", trust)
            timeout_s = given.timeout_s("plugin_timeout_s", plugin_timeout_s)
            if limits is not None:
                given.kind("limits", limits, Limits, "Limits, or None for every sample")
            place = moved(given, stems, stack)
        if only_digests:
            return checked_digests(path, folder=home, stems=place, jobs=at_once)
        return verified(
            path,
            events=events,
            folder=home,
            stems=place,
            plugin_folders=hosted,
            trusted=trusted,
            limits=limits,
            jobs=at_once,
            plugin_timeout_s=timeout_s,
            cancel=flag,
        )


def report(
    folder: PathLike | Master,
    *,
    stems: PathLike | Arrays | None = None,
    short: bool = False,
    store: PathLike | None = None,
    jobs: int | None = None,
) -> Path:
    """Write a finished folder's report.html again, and return its path. As `stemwright report`.

    Nothing is rendered: it is made of what folder and store hold.
    """
    with told(), ExitStack() as stack:
        with checking() as given:
            path, root = _place_of(given, "folder", folder), given.place("store", store)
            is_short, at_once = given.flag("short", short), given.jobs(jobs)
            place = moved(given, stems, stack)
        return report_again(path, stems=place, store=root, jobs=at_once, short=is_short)


def bypass(
    folder: PathLike | Master,
    insert: str,
    *,
    stems: PathLike | Arrays | None = None,
    store: PathLike | None = None,
    plugin_path: Sequence[PathLike] = (),
    jobs: int | None = None,
) -> Bypassed:
    """Write what one insert does: with it, without it at the same loudness, the difference.

    `insert` is GROUP/INSERT. As `stemwright report --bypass`.
    """
    with told(), ExitStack() as stack:
        with checking() as given:
            path, root = _place_of(given, "folder", folder), given.place("store", store)
            step_id = given.kind("insert", insert, str, "a str: GROUP/INSERT")
            plugins, at_once = given.paths("plugin_path", plugin_path), given.jobs(jobs)
            place = moved(given, stems, stack)
        return without_insert(
            path, step_id, stems=place, store=root, plugin_folders=plugins, jobs=at_once
        )


def _limits(given: Arguments, limits: object) -> tuple[Limits | Policy | None, Path | None]:
    """Limits as they are, or the file they lie in."""
    if limits is None or isinstance(limits, Limits | Policy):
        return limits, None
    return None, given.path("limits", limits, "Limits, a Policy, a policy's file, or None")


def _place_of(given: Arguments, name: str, value: Finished) -> Path:
    """The file or folder of a result, or what was named. Raises InputError for one in the store."""
    if isinstance(value, AudioFile):
        return value.path
    if not isinstance(value, Master):
        return given.path(name, value, "a path, as str or Path, or a result that has one")
    if value.folder is None:
        message = "this master lies in the store, not in a folder"
        raise InputError(Problem("not_a_folder", message, hint="use one that master() made"))
    return value.folder
