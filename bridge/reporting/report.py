"""Writing report.html, and making it again from a finished folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bridge.finished import LOCK, read_lock, read_record
from bridge.listening.document import saved
from bridge.planning import Engine
from bridge.rendering import OutputFolder, check_whole, found_again, recall
from bridge.reporting.heard import Heard
from bridge.reporting.page import page
from bridge.reporting.songbook import gathered
from bridge.reporting.sources import remembered, with_stems
from bridge.reporting.taps import Folder
from bridge.storing import Store
from chains import load
from stemwright.problems import InputError, Problem

PAGE = "report.html"


def write_report(
    path: Path, folder: Folder, heard: Sequence[Heard], jobs: int = 1, *, short: bool = False
) -> None:
    """Write the page of one render to `path`, replacing what is there in one move.

    What the store knows by content is not computed again; `short` leaves out the whole songs.
    Raises MachineError when the disk refuses.
    """
    book = gathered(heard, folder, jobs, short=short)
    saved(path, page(book, folder.record, folder.chain, folder.engine))


def rewrite_report(
    folder: Path, store: Store, jobs: int = 1, stems: Path | None = None, *, short: bool = False
) -> Path:
    """Make the page of a finished folder again from what folder and store hold; return its path.

    `stems`, where the song's stems lie now, lets their plain sum be heard that the store forgot.
    Raises InputError `not_a_render` for a folder without render.json, chain.toml and chain.lock of
    ours, bad_record, bad_lock, and as `OutputFolder` does.
    """
    found = opened(folder, store, stems)
    heard = remembered(found.record, folder, store)
    if stems is not None:
        lock = found_again(read_lock(folder), stems, store)
        heard = with_stems(heard, lock, recall(lock, folder, store), store)
    with OutputFolder(folder, beside=True) as out:
        out.amend(PAGE, lambda path: write_report(path, found, heard, jobs, short=short))
    return folder / PAGE


def opened(folder: Path, store: Store, stems: Path | None = None) -> Folder:
    """Read a finished folder: render.json, the chain, engine and sources out of chain.lock.

    `stems` is where its stems lie now, if that is not where the lock says. Raises InputError
    `not_a_render`, and as `read_record` and `read_lock` do.
    """
    check_whole(folder)
    record = read_record(folder)
    if record is None or not (folder / LOCK).exists():
        raise InputError(
            Problem(
                "not_a_render",
                "this is not a folder that render wrote",
                {"file": str(folder)},
                expected="render.json, chain.toml and chain.lock in it",
                hint="name the folder that was given to render with -o",
            )
        )
    lock = read_lock(folder)
    said = lock.engine
    engine = Engine(said.host, said.buffer_size, said.sample_rate_hz, said.tempo_bpm)
    chain = load(folder / "chain.toml")
    if stems is not None:
        lock = found_again(lock, stems, store)
    return Folder(folder, record, chain, engine, lock.sources, store)
