"""A chain heard while it is made: rendered through the store, so that nothing is rendered twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bridge.audio import Block, read_blocks
from bridge.gathering import Events, link
from bridge.rendering import Rendering, context_of, render
from bridge.storing import Store
from chains import loads
from sessions import Session
from stemwright.values import dataclass


@dataclass(frozen=True)
class Trial:
    """One render of a chain's text: the main master, and how far it was limited."""

    path: Path
    rate_hz: int
    rendering: Rendering

    @property
    def measures(self) -> Mapping[str, Any]:
        """What the main master measures."""
        return self.rendering.outputs[0].measures

    @property
    def limited_db(self) -> float:
        """The deepest that the finish took off."""
        gains = [
            gain
            for step in self.rendering.steps
            if step.id == "finish/main"
            for gain in step.lowest_gain_db
            if gain is not None
        ]
        return max(0.0, -min(gains, default=0.0))

    def makeup_db(self, group: str) -> float:
        """What a group lost of its level in its inserts; 0 where it has none or is silent."""
        rows = [step for step in self.rendering.steps if step.id.partition("/")[0] == group]
        ends = (rows[0].level_in, rows[-1].level_out) if rows else (None, None)
        before, after = (None if end is None else end.get("rms_dbfs") for end in ends)
        return 0.0 if before is None or after is None else float(before) - float(after)


@dataclass(frozen=True)
class Trials:
    """Where the stems of one song are rendered by one chain after another."""

    session: Session
    store: Store
    jobs: int
    events: Events

    def of(self, text: str, *, bare: bool = False, drive_db: float | None = None) -> Trial:
        """Render a chain. Raises what `bridge.gathering.link` and `bridge.rendering.render` do.

        A `bare` one has no target: it is kept in floats, which hold what is over full scale.
        With a `drive_db` the loudness is what that makes of it.
        """
        plan = link(self.session, loads(text), self.store, jobs=self.jobs)
        context = context_of(plan, self.store, events=self.events, jobs=self.jobs)
        made = render(context, "float64" if bare else "pcm24", drive_db)
        return Trial(made.outputs[0].path, plan.engine.sample_rate_hz, made)


def heard_blocks(trial: Trial) -> Iterator[Block]:
    """The samples of what was rendered."""
    return read_blocks(trial.path)
