"""Writing report.html, and making it again from a finished folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bridge.finished import FinishedFolder, OutputFolder, found_again, open_finished, recall
from bridge.gathering import Signal, cut
from bridge.pages import saved
from bridge.pages.report.contents import gathered
from bridge.pages.report.heard_signal import Heard
from bridge.pages.report.page import page
from bridge.pages.report.song import Song
from bridge.pages.report.sources import listen, remembered, with_stems
from bridge.pages.report.step_signals import StepSignals
from bridge.rendering import Context, Rendering, lane_source
from bridge.storing import Store

PAGE = "report.html"


def write_report(
    path: Path, signals: StepSignals, heard: Sequence[Heard], jobs: int = 1, *, short: bool = False
) -> None:
    """Write the page of one render to `path`, replacing what is there in one move.

    What the store knows by content is not computed again; `short` leaves out the whole songs.
    Raises MachineError when the disk refuses.
    """
    book = gathered(heard, signals, jobs, short=short)
    folder = signals.folder
    saved(path, page(book, folder.record, folder.chain, folder.lock.engine))


def rewrite_report(
    folder: Path, store: Store, jobs: int = 1, stems: Path | None = None, *, short: bool = False
) -> Path:
    """Make the page of a finished folder again from what folder and store hold; return its path.

    `stems`, where the song's stems lie now, lets their plain sum be heard that the store forgot.
    Raises InputError `not_a_render` for a folder without render.json, chain.toml and chain.lock of
    ours, bad_record, bad_lock, and as `OutputFolder` does.
    """
    found = opened(folder, store, stems)
    heard = remembered(found.folder.record, folder, store)
    if stems is not None:
        lock = found.folder.lock
        heard = with_stems(heard, lock, recall(lock, folder, store), store)
    with OutputFolder(folder, beside=True) as out:
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


class ReportPages:
    """report.html of one rendering; `references` are (kind, name, path) of what it is held to.

    `short` leaves out the whole songs, for a small file.
    """

    def __init__(
        self,
        context: Context,
        rendering: Rendering,
        references: Sequence[tuple[str, str, Path]],
        song: Song = Song(),  # noqa: B008 - frozen
        *,
        short: bool = False,
    ) -> None:
        self._context = context
        self._frames = rendering.frames
        self._song = song
        self._short = short
        self._heard = listen(context, rendering, references)

    def rows(self) -> Mapping[str, Any]:
        """What the page says and compares, named by content, for making it again."""
        return {
            "heading": self._song.as_json(),
            "heard": [heard.as_json() for heard in self._heard],
        }

    def write(self, path: Path, folder: FinishedFolder) -> None:
        """Write the page."""
        signals = StepSignals(folder, self._context.store, self._stems)
        write_report(path, signals, self._heard, self._context.jobs, short=self._short)

    def _stems(self, group: str) -> Signal:
        """The trimmed sum of a group's stems, as long as the master; a range's pre-roll is out."""
        plan, frames = self._context.plan, self._frames
        lane = next(lane for lane in plan.lanes if lane.id == group)
        signal = lane_source(self._context, lane)
        return replace(
            signal, frames=frames, blocks=lambda: cut(signal.blocks(), frames, plan.unheard_frames)
        )
