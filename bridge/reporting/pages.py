"""The report as what `render` adds to its folder; implements bridge.rendering.Pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bridge.finished import Record
from bridge.rendering import Context, Rendering
from bridge.rendering.lanes import lane_source
from bridge.rendering.signals import cut
from bridge.reporting.report import write_report
from bridge.reporting.song import Song
from bridge.reporting.sources import listen
from bridge.reporting.taps import Blocks, Folder
from chains import Chain


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
