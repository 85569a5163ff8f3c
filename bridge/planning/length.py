"""How long a master is, and which part of it is rendered."""

from __future__ import annotations

from bridge.planning.model import Plan, Window
from stemwright.problems import Diagnostic, InputError, Problem
from stemwright.values import dataclass

TAIL_S = 10.0
"""How long hosted steps may ring on after the longest stem."""


@dataclass(frozen=True)
class Excerpt:
    """A part of the song to render, in seconds; `preroll_s` runs before it, unheard.

    Without an end it goes to the master's own.
    """

    start_s: float
    end_s: float | None
    preroll_s: float = 0.0


@dataclass(frozen=True)
class Length:
    """The song's length before it is heard: `stem_frames` is where the longest stem ends.

    `tail_s` is the chain's; `rings` whether anything in the chain could sound on by itself.
    """

    stem_frames: int
    rate_hz: int
    tail_s: float | None
    rings: bool

    @property
    def fixed(self) -> int | None:
        """The frame the chain ends the master at; None where that is left to its sound."""
        if self.tail_s is None:
            return None if self.rings else self.stem_frames
        return self.stem_frames + round(self.tail_s * self.rate_hz)

    @property
    def rendered(self) -> int:
        """The frame every step renders to. A tail that is set shorter renders no step anew."""
        ringing = round(TAIL_S * self.rate_hz) if self.rings else 0
        return max(self.stem_frames + ringing, self.fixed or 0)

    def of(self, window: Window | None) -> tuple[int, int, int | None]:
        """`frames`, `render_frames` and `fixed_frames` of a plan."""
        skip = 0 if window is None else window.skip
        if window is not None and window.end is not None:
            frames = window.end - skip
            return frames, frames, frames
        fixed = None if self.fixed is None else self.fixed - skip
        return max(0, self.stem_frames - skip), self.rendered - skip, fixed

    def window(self, excerpt: Excerpt | None) -> tuple[Window | None, tuple[Diagnostic, ...]]:
        """The part in frames, and what is to be told of it. Raises InputError for an empty one."""
        if excerpt is None:
            return None, ()
        last = self.stem_frames if self.fixed is None else self.fixed
        most = self.rendered if self.fixed is None else self.fixed
        start = round(excerpt.start_s * self.rate_hz)
        end = None if excerpt.end_s is None else round(excerpt.end_s * self.rate_hz)
        if not 0 <= start < (most if end is None else min(end, most)):
            raise InputError(self._empty(excerpt, last, most))
        sounding = min(start, self.stem_frames - 1)  # silence before a tail would not make it ring
        window = Window(max(0, sounding - round(excerpt.preroll_s * self.rate_hz)), start, end)
        if end is None or end <= last:
            return window, ()
        return Window(window.skip, start, None), (self._past(excerpt, last),)

    def _past(self, excerpt: Excerpt, last: int) -> Diagnostic:
        return Diagnostic(
            "warning",
            "range_past_end",
            "range",
            f"the range should end at {excerpt.end_s:g} s, but the song ends at "
            f"{last / self.rate_hz:.2f} s; it goes to the end of the master",
        )

    def _empty(self, excerpt: Excerpt, last: int, most: int) -> Problem:
        end = "the end" if excerpt.end_s is None else f"{excerpt.end_s:g} s"
        tail = f" and up to {(most - last) / self.rate_hz:g} s of tail" if most > last else ""
        return Problem(
            "range_empty",
            f"{excerpt.start_s:g} s to {end} holds nothing of this song",
            expected=f"a start before its end, within 0 and {last / self.rate_hz:.2f} s{tail}",
        )


def length_words(plan: Plan) -> str:
    """What is known of the master's length before it is heard."""
    rate_hz = plan.engine.sample_rate_hz
    stems = f"{plan.frames / rate_hz:.2f} s"
    if plan.window is not None and plan.window.end is not None:
        return stems
    if plan.engine.tail_s is not None:
        return f"{stems} and {plan.engine.tail_s:g} s of tail, as [engine] tail_s says"
    if plan.fixed_frames is not None:
        return f"{stems}; nothing in the chain rings on"
    most = (plan.render_frames - plan.frames) / rate_hz
    return (
        f"{stems}, and as many whole seconds, {most:g} at most, as it takes to fall under -96 dBFS "
        "before the target"
    )
