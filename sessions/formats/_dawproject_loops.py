"""What a DAWproject clip plays of its content: where it ends, its fades, its loop's turns."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from sessions.formats._daw_scope import EndlessError, Loop, Piece, Scope, Unit
from sessions.formats._dawproject_time import unit_of
from sessions.xml_values import Source

# What a Clip does not say (Clip.java, Project.xsd: all optional, no defaults named): it plays its
# content from the start, on to its end; without loopEnd nothing loops (7 of 15 here), without
# fadeTimeUnit fades count in the parent's unit, as time and duration do.


@dataclass(frozen=True)
class Window:
    """A clip in its timeline: `scope` is the timeline's time, `unit` the content's."""

    source: Source
    clip: etree._Element
    content: etree._Element
    scope: Scope

    @property
    def start(self) -> float:
        """Where the clip begins."""
        return self.source.number(self.clip, "time")

    @property
    def unit(self) -> Unit:
        """The unit of playStart, the loop and, unless it has its own, the content."""
        unit = unit_of(self.source, self.content, "timeUnit", self.scope.unit)
        return unit_of(self.source, self.clip, "contentTimeUnit", unit)

    @property
    def _play_start(self) -> float:
        return self.source.number(self.clip, "playStart", 0.0)

    @property
    def end(self) -> float:
        """Where the clip ends: by its duration, else by what it plays; infinite if unsaid."""
        number, clip = self.source.number, self.clip
        if clip.get("duration") is not None:
            return self.start + number(clip, "duration")
        inside = self.scope.within(self.unit, self.start, self._play_start)
        if clip.get("playStop") is not None:
            return inside.there(number(clip, "playStop"), self.scope)
        if self.content.get("duration") is not None:
            own = inside.as_unit(unit_of(self.source, self.content, "timeUnit", inside.unit))
            return own.there(number(self.content, "duration"), self.scope)
        return math.inf

    @property
    def begins_early(self) -> bool:
        """Whether a crossfade begins before the clip's time: a negative fade in (Clip.java)."""
        return self.source.number(self.clip, "fadeInTime", 0.0) < 0

    def fades_s(self) -> tuple[float, float]:
        """Lengths of the fade in and the fade out."""
        unit = unit_of(self.source, self.clip, "fadeTimeUnit", self.scope.unit)
        into = max(0.0, self.source.number(self.clip, "fadeInTime", 0.0))
        out = max(0.0, self.source.number(self.clip, "fadeOutTime", 0.0))
        opening = self.scope.within(unit, self.start, 0.0)
        fade_in_s = opening.seconds(into) - opening.seconds(0.0)
        end = self.end
        if not out or not math.isfinite(end):
            return fade_in_s, 0.0
        closing = self.scope.within(unit, end, 0.0)
        return fade_in_s, closing.seconds(0.0) - closing.seconds(-out)

    @property
    def loops(self) -> bool:
        """Whether the content starts again at the loop's end."""
        loop_end = self._loop_end
        loop_start = self.source.number(self.clip, "loopStart", 0.0)
        return math.isfinite(loop_end) and loop_end > max(self._play_start, loop_start)

    @property
    def _loop_end(self) -> float:
        return self.source.number(self.clip, "loopEnd", math.inf, infinite=True)

    def whole(self) -> Piece:
        """The clip as one piece, whether it loops or not."""
        inside = self.scope.within(self.unit, self.start, self._play_start)
        return Piece(inside, self.start, math.inf)

    def pieces(self, until: float) -> Iterator[Piece]:
        """The loop's turns up to `until`; the last may reach beyond."""
        loop_start = self.source.number(self.clip, "loopStart", 0.0)
        loop = Loop(self.unit, self._play_start, loop_start, self._loop_end)
        try:
            yield from loop.turns(self.scope, self.start, until)
        except EndlessError as error:
            raise self.source.fault(self.clip, "endless_loop", str(error)) from error
