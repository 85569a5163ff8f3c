"""What plays when on one track of an AAF: its segments walked down to clips.

AAF Object Specification 1.1, section 5: sequences, transitions, operation groups, selectors.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from sessions.formats.aaf import effects as effects
from sessions.formats.aaf.sources import Source, Sources, kind, value
from sessions.model.session import Automation, Clip, Written
from stemwright.decibels import amplitude_db

_DEEPEST = 64


@dataclass(frozen=True)
class _Around:
    """What the operations around a clip do to it; `start` and `length` in edit units.

    `scale` is how many of them one unit inside is, where a source counts another frame rate.
    """

    start: Fraction
    length: Fraction
    gain_db: float = 0.0
    automation: tuple[Automation, ...] = ()
    muted: bool = False
    play_rate: float = 1.0
    warped: bool = False
    scale: Fraction = Fraction(1)
    fade_in: Fraction = Fraction(0)
    fade_out: Fraction = Fraction(0)
    fade_in_shape: str = "linear"
    fade_out_shape: str = "linear"


@dataclass(frozen=True)
class _Piece:
    """A clip still in one channel, with the source it plays."""

    around: _Around
    source: Source | None
    channel_mode: str | None = None
    right: Source | None = None


@dataclass
class Timeline:
    """Walks the slots of one composition; collects what it could not carry."""

    sources: Sources
    rate: Fraction
    unknown_effects: Counter[str] = field(default_factory=Counter)
    sources_seen: list[Source] = field(default_factory=list)

    def clips(self, segment: Any, session_rate_hz: int) -> list[Clip]:
        """The clips of a slot's segment, in order of time."""
        around = _Around(Fraction(0), Fraction(value(segment, "Length", 0)))
        pieces = list(self._walk(segment, around, 0))
        clips = [_clip(each, self.rate, session_rate_hz) for each in pieces]
        return sorted(clips, key=lambda clip: clip.position_s)

    def _walk(self, segment: Any, around: _Around, depth: int) -> Iterator[_Piece]:
        if segment is None or depth > _DEEPEST:
            return
        match kind(segment):
            case "SourceClip":
                yield from self._source_clip(segment, around)
            case "Sequence":
                yield from self._sequence(segment, around, depth)
            case "OperationGroup":
                yield from self._operation(segment, around, depth)
            case "Selector":
                yield from self._selector(segment, around, depth)
            case "NestedScope" | "EssenceGroup" | "Pulldown":
                yield from self._walk(_inner(segment), around, depth + 1)

    def _source_clip(self, clip: Any, around: _Around) -> Iterator[_Piece]:
        source = self.sources.of(clip, self.rate)
        if source is not None and around.scale != 1:
            # Media Composer counts whole frames of the composition (LibAAF's MC_Audio_Warp).
            start = Fraction(value(clip, "StartTime", 0))
            whole = Fraction(math.floor(start * around.scale))
            source = replace(source, offset_s=source.offset_s + (whole - start) / self.rate)
        if source is not None:
            self.sources_seen.append(source)
        # A clip that names no mob at all is silence.
        if source is not None or clip.mob_id.int:
            yield _Piece(around, source)

    def _sequence(self, segment: Any, around: _Around, depth: int) -> Iterator[_Piece]:
        """Components end to end; a transition overlaps its neighbours by its length."""
        places = [replace(around, fade_in=Fraction(0), fade_out=Fraction(0), length=Fraction(0))]
        parts: list[Any] = [None]
        at, fade, shape = around.start, around.fade_in, around.fade_in_shape
        for component in value(segment, "Components", ()):
            length = Fraction(value(component, "Length", 0)) * around.scale
            if around.scale != 1:
                length = max(Fraction(0), min(length, around.start + around.length - at))
            if kind(component) == "Transition":
                at, fade, shape = at - length, length, effects.fade_shape(component)
                places[-1] = replace(places[-1], fade_out=fade, fade_out_shape=shape)
                continue
            place = replace(around, start=at, length=length, fade_out=Fraction(0))
            places.append(replace(place, fade_in=fade, fade_in_shape=shape))
            parts.append(component)
            at, fade, shape = at + length, Fraction(0), "linear"
        if not fade:
            shape = around.fade_out_shape
            places[-1] = replace(places[-1], fade_out=around.fade_out, fade_out_shape=shape)
        for component, place in zip(parts, places, strict=True):
            yield from self._walk(component, place, depth + 1)

    def _selector(self, segment: Any, around: _Around, depth: int) -> Iterator[_Piece]:
        """The chosen segment; the others too, muted, when silence was chosen."""
        selected = value(segment, "Selected")
        pieces = list(self._walk(selected, around, depth + 1))
        yield from pieces
        if not pieces:
            silenced = replace(around, muted=True)
            for alternate in value(segment, "Alternates", ()):
                yield from self._walk(alternate, silenced, depth + 1)

    def _operation(self, group: Any, around: _Around, depth: int) -> Iterator[_Piece]:
        effect = effects.operation_id(group)
        inputs = list(value(group, "InputSegments", ()))
        if effect == effects.COMBINER:
            yield from _combined([list(self._walk(each, around, depth + 1)) for each in inputs])
            return
        if effect == effects.GAIN:
            around = self._with_gain(group, around)
        elif effect == effects.PAN:
            around = self._with_pan(group, around)
        elif effect == effects.AUDIO_WARP and (scale := _speed(group)):
            around = replace(around, scale=scale)
        elif effect in effects.RETIMES:
            speed = effects.curve(group, effects.SPEED)
            constant = speed.constant if speed else None
            around = replace(around, warped=True, play_rate=constant or 1.0)
        else:
            self.unknown_effects[effects.operation_name(group)] += 1
        yield from self._walk(inputs[0] if inputs else None, around, depth + 1)

    def _with_gain(self, group: Any, around: _Around) -> _Around:
        for curve in effects.gains(group):
            if curve.constant is not None:
                around = replace(around, gain_db=around.gain_db + amplitude_db(curve.constant))
            else:
                line = self.gain_line(curve, around.start, around.length)
                around = replace(around, automation=(*around.automation, line))
        return around

    def _with_pan(self, group: Any, around: _Around) -> _Around:
        curve = effects.curve(group, effects.PAN_VALUE)
        if curve is None or not curve.points:
            return around
        line = self.pan_line(curve, around.start, around.length)
        return replace(around, automation=(*around.automation, line))

    def gain_line(self, curve: effects.Curve, start: Fraction, length: Fraction) -> Automation:
        """A gain curve as automation in factors, between which AAF interpolates."""
        points = curve.automation(start / self.rate, length / self.rate, float)
        return Automation("gain_db", "linear", points)

    def pan_line(self, curve: effects.Curve, start: Fraction, length: Fraction) -> Automation:
        """A pan curve as automation from -1 to +1; AAF counts from 0 to 1."""
        points = curve.automation(start / self.rate, length / self.rate, lambda at: 2 * at - 1)
        return Automation("pan", "pan", points)


def _speed(group: Any) -> Fraction | None:
    """The constant SPEED of a group as it is written, an exact ratio."""
    for parameter in value(group, "Parameters", ()):
        if (
            str(value(parameter, "Definition")) == effects.SPEED
            and kind(parameter) == "ConstantValue"
        ):
            ratio = Fraction(value(parameter, "Value", 0))
            return ratio if Fraction(1, 100) <= ratio <= 100 else None
    return None


def _inner(segment: Any) -> Any:
    """What a scope, a group of alternatives or a pulldown plays."""
    match kind(segment):
        case "NestedScope":
            slots = list(value(segment, "Slots", ()))
            return slots[-1] if slots else None
        case "EssenceGroup":
            return next(iter(value(segment, "Choices", ())), None)
    return value(segment, "InputSegment")


def _combined(inputs: Sequence[list[_Piece]]) -> Iterator[_Piece]:
    """Mono inputs as one piece when they are a pair or one file's channels; else side by side."""
    firsts = [pieces[0] for pieces in inputs if len(pieces) == 1]
    sources = [piece.source for piece in firsts if piece.source is not None]
    if len(firsts) != len(inputs) or len(sources) != len(inputs):
        for pieces in inputs:
            yield from pieces
    elif len({source.key for source in sources}) == 1:
        yield replace(firsts[0], source=replace(sources[0], channel=0))
    elif len(sources) == 2:
        yield replace(firsts[0], right=sources[1])
    else:
        for number, piece in enumerate(firsts, 1):
            yield replace(piece, channel_mode=f"channel {number} of {len(firsts)}")


def _clip(piece: _Piece, rate: Fraction, session_rate_hz: int) -> Clip:
    around, source = piece.around, piece.source
    media = source.media if source else None
    start_s = around.start / rate
    frames_rate = media.sample_rate_hz if media else session_rate_hz
    right = piece.right.media if piece.right else None
    return Clip(
        media=media,
        right=right,
        position_s=float(start_s),
        position_frames=round(start_s * frames_rate),
        length_s=float(around.length / rate),
        source_offset_s=float(source.offset_s) if source else 0.0,
        gain_db=around.gain_db,
        fade_in_s=float(around.fade_in / rate),
        fade_out_s=float(around.fade_out / rate),
        muted=around.muted,
        media_path=source.media_path if source else None,
        missing=media is None or (piece.right is not None and right is None),
        name=source.name if source else "",
        written=_written(around.start, rate),
        fade_in_shape=around.fade_in_shape,
        fade_out_shape=around.fade_out_shape,
        play_rate=around.play_rate,
        warped=around.warped,
        channel_mode=piece.channel_mode or _channel_mode(source, piece.right),
        automation=around.automation,
    )


def _written(start: Fraction, rate: Fraction) -> Written:
    """Edit units: samples on a track that counts in them, else frames of picture as timecode."""
    if rate >= 1000:
        return Written("samples", float(start))
    return Written("timecode", f"{start} frames at {rate}")


def _channel_mode(source: Source | None, right: Source | None) -> str | None:
    """Which channel of a file with several a mono clip plays."""
    if source is None or right is not None or source.media is None or not source.channel:
        return None
    if source.media.channels < 2 or source.channel > source.media.channels:
        return None
    return f"channel {source.channel} of {source.media.channels}"
