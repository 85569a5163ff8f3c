"""Writing report.html, and making it again from a finished folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bridge.finished import OutputFolder, Record, found_again, open_finished, recall
from bridge.pages import saved
from bridge.pages.report.contents import Songbook, gathered
from bridge.pages.report.heard_signal import Heard
from bridge.pages.report.page import page
from bridge.pages.report.sources import remembered, with_stems
from bridge.pages.report.step_signals import StepSignals
from bridge.storing import Store

PAGE = "report.html"


def write_report(
    path: Path, signals: StepSignals, heard: Sequence[Heard], jobs: int = 1, *, short: bool = False
) -> bool:
    """Write the page of one render to `path`, replacing what is there in one move.

    What the store knows by content is not computed again; `short` leaves out the whole songs.
    Return whether all that it speaks of could be read. Raises MachineError when the disk refuses.
    """
    book = gathered(heard, signals, jobs, short=short)
    folder = signals.folder
    songs = (row.whole.coded_file for row in book.rows if row.whole is not None)
    carried = [song for song in songs if song is not None]
    saved(path, page(book, folder.record, folder.chain, folder.lock.engine), carried)
    return _complete(book, folder.record)


def _complete(book: Songbook, record: Record) -> bool:
    rows = (row for row in record.steps if row.inserts and row.version == "main")
    inserts = {f"{row.owner}/{name}" for row in rows for name in row.inserts}
    read = (row.found is not None and row.fault is None for row in (*book.rows, *book.groups))
    return inserts == {*book.inserts} and all(read)


def rewrite_report(
    folder: Path, store: Store, jobs: int = 1, stems: Path | None = None, *, short: bool = False
) -> Path:
    """Make the page of a finished folder again from what folder and store hold; return its path.

    `stems`, where the song's stems lie now, lets their plain sum be heard that the store forgot.
    Raises InputError `not_a_render` for a folder without render.json, chain.toml and chain.lock of
    ours, bad_record, bad_lock, and as `OutputFolder` does.
    """
    with store.holding(), OutputFolder(folder, beside=True) as out:
        found = opened(folder, store, stems)
        heard = remembered(found.folder.record, folder, store)
        if stems is not None:
            lock = found.folder.lock
            heard = with_stems(heard, lock, recall(lock, folder, store), store)
        out.amend(PAGE, lambda path: write_report(path, found, heard, jobs, short=short))
    return folder / PAGE


def opened(folder: Path, store: Store, stems: Path | None = None) -> StepSignals:
    """Read a finished folder.

    `stems` is where its stems lie now, if that is not where the lock says. Raises as
    `open_finished` and `found_again` do.
    """
    found = open_finished(folder)
    if stems is not None:
        found = replace(found, lock=found_again(found.lock, stems, store))
    return StepSignals(found, store)
