"""report.html of a rendering: drawn, unless the one that is there would come out the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from blake3 import blake3

import chains
from bridge.finished import FinishedFolder
from bridge.gathering import Signal, cut
from bridge.pages.report.beside import beside_of_render, playback_rows
from bridge.pages.report.song import Song
from bridge.pages.report.sources import listen
from bridge.rendering import Context, Rendering, lane_source
from bridge.storing import digest, file_digest

_OF_ONE_RUN = frozenset({"cached", "seconds"})
"""What render.json says of a step that no page shows."""
_CODE = frozenset({".py", ".js", ".css"})


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
        mains = [each.measures for each in rendering.outputs if each.version == "main"]
        self._main = mains[0] if mains else None

    def rows(self) -> Mapping[str, Any]:
        """What the page says and compares, named by content, for making it again."""
        return {
            "heading": self._song.as_json(),
            "heard": [heard.as_json() for heard in self._heard],
            **self._of_main(),
        }

    def _of_main(self) -> Mapping[str, Any]:
        """The main master beside other music, and how services play it; nothing without one."""
        if self._main is None:
            return {}
        beside = beside_of_render(self._heard, self._main, self._context.store)
        return {"beside": beside, "playback": playback_rows(self._main)}

    def stands(self, folder: FinishedFolder, page: str) -> bool:
        """Whether a page of the digest `page` is the one that would be drawn."""
        drawn = self._context.store.get(_page_key(folder, short=self._short))
        return drawn is not None and drawn.meta["page"] == page

    def write(self, path: Path, folder: FinishedFolder) -> None:
        """Draw the page."""
        from bridge.pages.report.report import write_report
        from bridge.pages.report.step_signals import StepSignals

        store = self._context.store
        signals = StepSignals(folder, store, self._stems)
        if write_report(path, signals, self._heard, self._context.jobs, short=self._short):
            key = _page_key(folder, short=self._short)
            store.put(key, {"pcm": None, "page": file_digest(path)})

    def _stems(self, group: str) -> Signal:
        """The trimmed sum of a group's stems, as long as the master; a range's pre-roll is out."""
        plan, frames = self._context.plan, self._frames
        lane = next(lane for lane in plan.lanes if lane.id == group)
        signal = lane_source(self._context, lane)
        return replace(
            signal, frames=frames, blocks=lambda: cut(signal.blocks(), frames, plan.unheard_frames)
        )


def _page_key(folder: FinishedFolder, *, short: bool) -> str:
    """Names all that a page is made of: what it speaks of, and the code that draws it."""
    record = folder.record.model_dump(exclude={"digests": True})
    steps = [{name: row[name] for name in row.keys() - _OF_ONE_RUN} for row in record["steps"]]
    return digest(
        "report.page",
        record={**record, "steps": steps},
        lock=folder.lock.as_json(),
        chain=(folder.path / "chain.toml").read_text(encoding="utf-8"),
        short=short,
        code=_code(),
    )


def _code() -> str:
    """The digest of what draws pages, and of the words that it takes from chains."""
    hasher = blake3()
    for room in (Path(__file__).parents[1], Path(chains.__file__).parent):
        for path in sorted(each for each in room.rglob("*") if each.suffix in _CODE):
            text = path.read_bytes()
            hasher.update(f"{path.relative_to(room)} {len(text)}\n".encode() + text)
    return hasher.hexdigest()
