"""The stem check as it is asked for: a song that the store has the report of is not heard again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bridge.checking.findings import CheckReport
from stemwright.problems import Problem

if TYPE_CHECKING:
    from bridge.storing import Store
    from sessions import Session

Progress = Callable[[str, int, int], None]
"""Told of each stem that was heard: its name, how many are done, of how many."""


def unwatched(_name: str, _done: int, _of: int) -> None:
    """The progress that nobody looks at."""


def check(
    session: Session,
    unreadable: Sequence[Problem] = (),
    *,
    jobs: int = 1,
    progress: Progress = unwatched,
    mix: Path | None = None,
    store: Store | None = None,
) -> CheckReport:
    """Check the stems of a session, against `mix` or else the rough mix that lies among them.

    A stem that cannot be decoded is a finding of its own, as are files among the stems whose
    headers were `unreadable`; the others are checked. What is found is kept in the `store`, by
    song and by stem. Raises InputError `not_stems` for a session that is not a bundle of stems,
    and `no_stems` for one without any; MachineError for a store that cannot be written.
    """
    from bridge.checking.remembering.songs import KnownSong

    known = KnownSong(session, mix, store) if store is not None and not unreadable else None
    report = known.report() if known is not None else None
    if report is not None:
        return report
    from bridge.checking.checking import check_anew  # with numpy and scipy

    report = check_anew(session, unreadable, jobs, progress, mix, store)
    if known is not None:
        known.keep(report)
    return report
