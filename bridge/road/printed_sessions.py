"""A DAW's session where stems are wanted: printed beside it, once for as long as it stays."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bridge.road.inputs import InMemory, Inputs
from stemwright.problems import InputError, MachineError, Problem
from stemwright.values import dataclass
from stemwright.words import quoted

if TYPE_CHECKING:
    from bridge.bouncing import Bounced
    from bridge.gathering import Events

_STEMS = "stems"
_OF_THE_PLACE = frozenset({"not_writable", "would_overwrite"})
_LEAVES_OUT = re.compile("--skip-missing|--dry")


@dataclass(frozen=True)
class PrintedStems:
    """Where the stems lie; `bounced` is None for what is stems already, or was printed before."""

    paths: Sequence[Path]
    bounced: Bounced | None = None


def stems_of(
    paths: Sequence[Path],
    given: Inputs,
    folder: Path | None = None,
    events: Events | None = None,
) -> PrintedStems:
    """What `paths` name as stems: a DAW's session is printed into `folder`, other things stay.

    By default SESSION-stems beside it. `given` says where plugins are and results are kept.
    Raises SessionError, and what `bridge.bouncing.print_stems` raises.
    """
    if not may_be_session(paths):
        return PrintedStems(paths)
    from bridge.bouncing import Hosting, dialect_of, is_printed, planned, print_stems, source_of
    from bridge.storing import Store
    from sessions import read

    session = read(list(paths), media=given.media)
    if session.format == _STEMS:
        return PrintedStems(paths)
    folder = folder or paths[0].resolve().parent / f"{paths[0].stem}-stems"
    store = Store(given.store_root)
    dialect = dialect_of(session)
    made = planned(session, dialect, through_master=given.through_master, long=given.long)
    source = "" if made.hosted else source_of(made, store.digest_of)
    if is_printed(folder, source):
        return PrintedStems([folder])
    hosting = Hosting(store, given.plugin_folders, given.trusted, given.jobs)
    try:
        done = print_stems(
            made,
            folder,
            hosting=hosting,
            events=events,
            source=source,
            session_path=paths[0],
            digest_of=store.digest_of,
        )
    except (InputError, MachineError) as error:
        raise type(error)([_by_hand(paths[0], each) for each in error.problems]) from error
    return PrintedStems([folder], done)


def _by_hand(session: Path, problem: Problem) -> Problem:
    """What stops a bounce, with what to do about it where `bounce` is not the command."""
    if problem.kind in _OF_THE_PLACE:
        hint = (
            f"{session.name} is printed beside it; where that cannot be, print it elsewhere,"
            f" stemwright bounce {quoted(session)} -o STEMS, and go on with STEMS"
        )
        return replace(problem, hint=hint)
    if problem.hint is None or not _LEAVES_OUT.search(problem.hint):
        return problem
    hint = (
        f"print what can be printed, stemwright bounce {quoted(session)} -o STEMS --skip-missing"
        " (or --dry, without plugins), and go on with STEMS"
    )
    return replace(problem, hint=hint)


def may_be_session(paths: Sequence[Path]) -> bool:
    """Whether a path may be a DAW's session: one file that is neither audio nor a zip of stems."""
    from sessions import AUDIO_EXTENSIONS, file_extension

    if len(paths) != 1 or not paths[0].is_file():
        return False
    return file_extension(paths[0].name) not in {*AUDIO_EXTENSIONS, "zip"}


def with_stems(given: Inputs, events: Events | None = None) -> Inputs:
    """The same with stems where a DAW's session was named. Raises as `stems_of` does."""
    from sessions import Session

    if isinstance(given.session, Session | InMemory):
        return given
    folder = None
    if given.job is not None and may_be_session(given.session):
        folder = given.job.folder / f"{given.session[0].stem}-stems"
    found = stems_of(given.session, given, folder, events)
    return given if found.paths is given.session else replace(given, session=found.paths)
