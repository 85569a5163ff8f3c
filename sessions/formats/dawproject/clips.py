"""The arrangement of a DAWproject, made flat.

A clip holds a timeline, which may hold clips again, may be looped, may be warped. What leaves
here are clips of one stretch of one file each, in song time.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

from lxml import etree

from sessions.formats.dawproject.automation import Lines, standing_db
from sessions.formats.dawproject.mixer import Mixer
from sessions.formats.dawproject.time import unit_of
from sessions.formats.shared.clip_time import (
    AS_IT_IS,
    EDGE,
    Effort,
    EndlessError,
    Loop,
    Piece,
    Scope,
    Unit,
    Warping,
    WarpMap,
    warping,
)
from sessions.formats.shared.container import Container
from sessions.formats.shared.remarks import Tally
from sessions.formats.shared.xml import DEEPEST, Source, children
from sessions.model.session import Automation, Clip, Media, Written
from stemwright.problems import Diagnostic, Severity

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
    def stop(self) -> float:
        """Where it falls silent, before its end or there: content that does not loop stops."""
        if self.loops or self.clip.get("playStop") is None:
            return self.end
        inside = self.scope.within(self.unit, self.start, self._play_start)
        return min(self.end, inside.there(self.source.number(self.clip, "playStop"), self.scope))

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


_TEXTS: dict[str, tuple[Severity, str]] = {
    "warped_clips": ("warning", "{count} clips are stretched by warp markers"),
    "midi_clips": ("note", "{count} clips hold notes, which are carried but not rendered"),
    "launcher_clips": ("note", "{count} clip launcher clips are left out"),
    "video": ("note", "{count} videos are left out"),
    "empty_clips": ("note", "{count} clips without content are left out"),
    "unread_warps": ("warning", "{count} warp maps cannot be read"),
    "early_fades": (
        "warning",
        "{count} clips are faded in from before their time, which is not read",
    ),
    "lost_clips": ("warning", "{count} clips lie on no track that is there; left out"),
    "unknown_automation": ("note", "{count} automation lines move nothing known; left out"),
}
_ASIDE = {"ClipSlot": "launcher_clips", "Video": "video"}


@dataclass(frozen=True)
class _Heard:
    """A stretch of a timeline that is heard: its content from `low` to `high`.

    Fades are those of the clips around it, at its two ends.
    """

    track: str
    scope: Scope
    low: float = -math.inf
    high: float = math.inf
    fade_in_s: float = 0.0
    fade_out_s: float = 0.0
    gain_db: float = 0.0
    muted: bool = False
    looped: bool = False
    name: str = ""
    written: Written | None = None
    automation: tuple[Automation, ...] = ()
    unread: tuple[str, ...] = ()
    depth: int = 0

    @property
    def bounded(self) -> bool:
        """Whether it is known where it begins and ends."""
        return math.isfinite(self.low) and math.isfinite(self.high)

    def seen_in(self, scope: Scope) -> _Heard:
        """The same stretch, its times counted in `scope`."""
        low, high = (
            self.scope.there(at, scope) if math.isfinite(at) else at for at in (self.low, self.high)
        )
        return replace(self, scope=scope, low=low, high=high)


class Arrangement:
    """Walks the timelines of all tracks; raises SessionError."""

    def __init__(self, source: Source, mixer: Mixer, container: Container, rate_hz: int) -> None:
        self._source = source
        self._mixer = mixer
        self._container = container
        self._rate_hz = rate_hz
        self._tally = Tally(_TEXTS, source.name)
        self._ids: dict[str, etree._Element] = {}
        self._effort = Effort(0)
        self.clips: dict[str, list[Clip]] = defaultdict(list)
        self.lines = Lines(source, mixer.parameters, self._tally)

    def read(self, arrangement: etree._Element, scope: Scope) -> None:
        """Read everything below `arrangement`, whose time is `scope`."""
        root = arrangement.getroottree().getroot()
        self._ids = {key: each for each in root.iter() if (key := each.get("id"))}
        self._effort = Effort(sum(1 for _ in arrangement.iter("Clip")))
        for lanes in arrangement.iterfind("Lanes"):
            self._timeline(lanes, _Heard("", scope))

    def _take(self, element: etree._Element, points: int = 0) -> None:
        try:
            self._effort.take(points)
        except EndlessError as error:
            raise self._source.fault(element, "endless_loop", str(error)) from error

    def _timeline(self, element: etree._Element, heard: _Heard) -> None:
        if heard.depth > DEEPEST:
            raise self._source.fault(element, "nested_too_deep", "timelines nest too deep")
        readers = {
            "Lanes": self._lanes,
            "Clips": self._clips,
            "Audio": self._audio,
            "Warps": self._warps,
            "Points": self._points,
        }
        if element.tag == "Notes":
            self._notes(self._entered(element, heard))
        elif element.tag in readers:
            readers[element.tag](element, self._entered(element, heard))
        elif element.tag in _ASIDE:
            self._tally.add(
                _ASIDE[element.tag], count=int(element.tag == "Video" or len(element) > 0)
            )

    def _entered(self, element: etree._Element, heard: _Heard) -> _Heard:
        """`heard` inside `element`: its own unit and track, else the inherited ones."""
        unit = unit_of(self._source, element, "timeUnit", heard.scope.unit)
        reference = element.get("track")
        track = heard.track if reference is None else self._mixer.track_id(reference) or ""
        return replace(heard.seen_in(heard.scope.as_unit(unit)), track=track, depth=heard.depth + 1)

    def _lanes(self, element: etree._Element, heard: _Heard) -> None:
        inside_clip = heard.written is not None
        if inside_clip:
            self._take(element, sum(len(each) for each in element.iterfind("Points")))
            lines = [
                self.lines.expression(each, heard.scope) for each in element.iterfind("Points")
            ]
            unread = any(self.lines.is_unread(each) for each in element.iterfind("Points"))
            own = [line for line in lines if line is not None]
            stand = [standing_db(line) for line in own]
            heard = replace(
                heard,
                automation=(
                    *heard.automation,
                    *(line for line, gain_db in zip(own, stand, strict=True) if gain_db is None),
                ),
                unread=("clip_line",) if unread else heard.unread,
                gain_db=heard.gain_db + sum(gain_db for gain_db in stand if gain_db is not None),
            )
        for child in children(element):
            if not (inside_clip and child.tag == "Points"):
                self._timeline(child, heard)

    def _points(self, element: etree._Element, heard: _Heard) -> None:
        self.lines.add(element, heard.scope)

    def _clips(self, element: etree._Element, heard: _Heard) -> None:
        for clip in element.iterfind("Clip"):
            content = next(children(clip), None)
            if content is None:
                content = self._ids.get(clip.get("reference") or "")
            if content is None:
                self._tally.add("empty_clips")
            else:
                self._clip(Window(self._source, clip, content, heard.scope), heard)

    def _clip(self, window: Window, heard: _Heard) -> None:
        low, high = max(window.start, heard.low), min(window.stop, heard.high)
        if high - low <= EDGE:
            return
        notes = window.content.tag == "Notes"
        unrolled = window.loops and math.isfinite(high) and not notes
        inside = replace(
            heard,
            muted=heard.muted or not self._source.flag(window.clip, "enable", True),
            looped=heard.looped or (notes and window.loops),
            name=window.clip.get("name") or heard.name,
            written=heard.written or Written(window.scope.unit, window.start),
        )
        self._tally.add("early_fades", count=int(window.begins_early))
        for piece in window.pieces(high) if unrolled else [window.whole()]:
            self._take(window.clip)
            if piece.end - low > EDGE:
                self._piece(window, piece, inside, low, high)

    def _piece(self, window: Window, piece: Piece, heard: _Heard, low: float, high: float) -> None:
        first, last = max(piece.start, low), min(piece.end, high)
        fade_in_s, fade_out_s = window.fades_s()
        into = [fade_in_s] if abs(first - window.start) <= EDGE else [0.0]
        out = [fade_out_s] if abs(last - window.end) <= EDGE else [0.0]
        into += [heard.fade_in_s] if abs(first - heard.low) <= EDGE else []
        out += [heard.fade_out_s] if abs(last - heard.high) <= EDGE else []
        stretch = replace(heard, low=first, high=last, fade_in_s=max(into), fade_out_s=max(out))
        self._timeline(window.content, stretch.seen_in(piece.scope))

    def _notes(self, heard: _Heard) -> None:
        if heard.bounded:
            self._tally.add("midi_clips")
            self._emit(None, heard, AS_IT_IS)

    def _audio(self, audio: etree._Element, heard: _Heard) -> None:
        duration = self._source.number(audio, "duration", 0.0)
        low = heard.low if math.isfinite(heard.low) else 0.0
        high = heard.high if math.isfinite(heard.high) else max(low, duration)
        offset_s = heard.scope.seconds(low) - heard.scope.seconds(0.0)
        if heard.scope.unit == "seconds":
            offset_s = low
        self._emit(audio, replace(heard, low=low, high=high), replace(AS_IT_IS, offset_s=offset_s))

    def _warps(self, element: etree._Element, heard: _Heard) -> None:
        audio = next(element.iter("Audio"), None)
        if audio is None:
            self._tally.add("unread_warps")
            return
        number, scope = self._source.number, heard.scope
        self._take(element, len(element))
        markers = [
            (number(warp, "time"), number(warp, "contentTime")) for warp in element.iterfind("Warp")
        ]
        if markers and not heard.bounded:
            heard = replace(heard, low=markers[0][0], high=markers[-1][0])
        warps = WarpMap(markers)
        unit = unit_of(self._source, element, "contentTimeUnit", "seconds")
        if not warps or unit != "seconds":
            self._tally.add("unread_warps")
            self._audio(audio, heard)
            return
        rate_hz = number(audio, "sampleRate", 0.0)
        knots = scope.knots(heard.low, heard.high)
        judged = warping(warps, scope.seconds, heard.low, heard.high, knots=knots, rate_hz=rate_hz)
        self._emit(audio, heard, judged.by_algorithm(audio.get("algorithm")))

    def _media(self, audio: etree._Element) -> tuple[str | None, Media | None]:
        file = audio.find("File")
        path = None if file is None else file.get("path")
        if not path:
            return None, None
        external = self._source.flag(file, "external", False)
        return path, self._container.media(path, external=external)

    def _emit(self, audio: etree._Element | None, heard: _Heard, how: Warping) -> None:
        path, media = (None, None) if audio is None else self._media(audio)
        rate_hz = media.sample_rate_hz if media is not None else self._rate_hz
        position_s = heard.scope.seconds(heard.low)
        self._tally.add("warped_clips", count=int(how.warped))
        self._tally.add("lost_clips", count=int(not heard.track))
        self.clips[heard.track].append(
            Clip(
                media=media,
                position_s=position_s,
                position_frames=round(position_s * rate_hz),
                length_s=heard.scope.seconds(heard.high) - position_s,
                source_offset_s=how.offset_s,
                gain_db=heard.gain_db,
                fade_in_s=heard.fade_in_s,
                fade_out_s=heard.fade_out_s,
                muted=heard.muted,
                media_path=path,
                missing=audio is not None and media is None,
                name=heard.name,
                kind="midi" if audio is None else "audio",
                written=heard.written,
                play_rate=how.play_rate,
                looped=heard.looped,
                warped=how.warped,
                automation=heard.automation,
                unread=heard.unread,
            )
        )

    def diagnostics(self) -> Iterator[Diagnostic]:
        """What is carried but not heard as it is, and what is left out; one line a kind."""
        yield from self._tally.diagnostics()
