"""Writing report.html, and making it again from a finished folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bridge.finished import (
    LOCK,
    OutputFolder,
    Record,
    check_whole,
    found_again,
    read_lock,
    read_record,
    recall,
)
from bridge.gathering import cut
from bridge.pages import saved
from bridge.pages.report.contents import gathered
from bridge.pages.report.heard_signal import Heard
from bridge.pages.report.page import page
from bridge.pages.report.song import Song
from bridge.pages.report.sources import listen, remembered, with_stems
from bridge.pages.report.step_signals import Blocks, Folder
from bridge.planning import Engine
from bridge.rendering import Context, Rendering, lane_source
from bridge.storing import Store
from chains import Chain, load
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


class ReportPages:
    """report.html of one rendering; `references` are (kind, name, path) of what it is held to.

    `short` leaves out the whole songs, for a small file.
    """

    def __init__(
        self,
        context: Context,
        rendering: Rendering,
        chain: Chain,
        references: Sequence[tuple[str, str, Path]],
        song: Song = Song(),  # noqa: B008 - frozen
        *,
        short: bool = False,
    ) -> None:
        self._context = context
        self._frames = rendering.frames
        self._chain = chain
        self._song = song
        self._short = short
        self._heard = listen(context, rendering, references)

    def rows(self) -> Mapping[str, Any]:
        """What the page says and compares, named by content, for making it again."""
        return {
            "heading": self._song.as_json(),
            "heard": [heard.as_json() for heard in self._heard],
        }

    def write(self, path: Path, record: Record) -> None:
        """Write the page."""
        context = self._context
        folder = Folder(
            path.parent,
            record,
            self._chain,
            context.plan.engine,
            (),
            context.store,
            self._stems,
        )
        write_report(path, folder, self._heard, context.jobs, short=self._short)

    def _stems(self, group: str) -> Blocks:
        """The trimmed sum of a group's stems, as long as the master; a range's pre-roll is out."""
        plan = self._context.plan
        lane = next(lane for lane in plan.lanes if lane.id == group)
        start = 0 if plan.window is None else plan.window.start - plan.window.skip
        signal = lane_source(self._context, lane)
        return lambda: cut(signal.blocks(), self._frames, start)
