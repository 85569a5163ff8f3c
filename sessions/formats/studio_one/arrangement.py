"""The arrangement of a Studio One song: tempo, tracks, events, markers, and the media pool.

An event's position is in seconds on tracks that do not follow the tempo, else in beats; its
length and offset are in the unit of its own timeFormat (0 seconds, 2 beats).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from lxml import etree

from sessions.formats.shared.clip_time import Scope, Unit
from sessions.formats.shared.container import Container
from sessions.formats.shared.remarks import Tally
from sessions.formats.shared.xml import Source, attribute, children
from sessions.formats.studio_one.elements import descendant, part
from sessions.model.session import Clip, Marker, Meter, TempoCurve, Written
from sessions.model.tempo import TempoMap

_SECONDS_FORMAT = "0"
_MARKER = "MarkerEvent"


def tempo_map(
    source: Source, song: etree._Element, stated_bpm: float, usual_bpm: float, tally: Tally
) -> TempoMap:
    """The tempo map, whose segments hold seconds a quarter note; else the stated tempo.

    A `stated_bpm` of 0 is none: the usual one stands in, which is told.
    """
    bpm = stated_bpm or usual_bpm
    points: list[tuple[float, float, TempoCurve]] = []
    for segment in children(descendant(song, "tempoMap")):
        if segment.get("tempo") is None:
            tally.add("tempo_assumed", f"{bpm:g}")
        seconds = source.number(segment, "tempo", 60.0 / bpm)
        if seconds <= 0:
            raise source.fault(segment, "malformed_number", f"{seconds:g} s a beat is no tempo")
        if attribute(segment, "curveType") not in ("", "0"):
            tally.add("tempo_curves", source.path.name)
        points.append((source.number(segment, "start", 0.0), 60.0 / seconds, "step"))
    if not points and not stated_bpm:
        tally.add("tempo_assumed", f"{bpm:g}")
    return TempoMap(points or [(0.0, bpm, "step")])


def meters(source: Source, song: etree._Element, clock: TempoMap) -> Iterator[Meter]:
    """The time signatures."""
    for segment in children(descendant(song, "timeSignatureMap")):
        yield Meter(
            clock.seconds(source.number(segment, "start", 0.0)),
            int(source.number(segment, "numerator", 4)),
            int(source.number(segment, "denominator", 4)),
        )


def markers(source: Source, song: etree._Element, clock: TempoMap) -> Iterator[Marker]:
    """The markers of the marker track."""
    for event in song.iter(_MARKER):
        at = source.number(event, "start", 0.0)
        seconds = attribute(event, "timeFormat") == _SECONDS_FORMAT
        yield Marker(at if seconds else clock.seconds(at), attribute(event, "name"))


@dataclass(frozen=True)
class Pool:
    """The media pool: files by id, and the parts that hold events of their own."""

    source: Source
    files: Mapping[str, str] = field(default_factory=dict)
    parts: Mapping[str, etree._Element] = field(default_factory=dict)

    @classmethod
    def read(cls, source: Source, root: etree._Element | None) -> Pool:
        """Gather the pool; a song without one has no media."""
        files: dict[str, str] = {}
        parts: dict[str, etree._Element] = {}
        for element in [] if root is None else root.iter("AudioClip", "AudioPartClip"):
            media_id = element.get("mediaID") or ""
            url = attribute(part(element, "path"), "url")
            if element.tag == "AudioPartClip":
                parts[media_id] = element
            elif url:
                files[media_id] = url
        return cls(source, files, parts)


class Events:
    """Reads the events of tracks; remarks go to `tally`, faults are SessionErrors."""

    def __init__(
        self, source: Source, pool: Pool, container: Container, scope: Scope, tally: Tally
    ) -> None:
        self._source = source
        self._pool = pool
        self._container = container
        self._scope = scope
        self._tally = tally

    def read(self, track: etree._Element, name: str, rate_hz: int) -> tuple[Clip, ...]:
        """The heard clips in order of time, then those of other layers, which are mute."""
        layers = list(children(part(track, "Layers")))
        active = attribute(track, "activeLayer") or "0"
        heard = list(self._list(part(track, "Events"), track, name, rate_hz))
        others: list[Clip] = []
        for number, layer in enumerate(layers):
            clips = self._list(part(layer, "Events"), track, name, rate_hz)
            label = attribute(layer, "layerName") or f"layer {number + 1}"
            shown = attribute(layer, "id") or str(number)
            if active in (shown, str(number)) or len(layers) == 1:
                heard += clips
            else:
                others += [replace(clip, lane=label, muted=True) for clip in clips]
        heard.sort(key=lambda clip: clip.position_s)
        return (*heard, *others)

    def _list(
        self, events: etree._Element | None, track: etree._Element, name: str, rate_hz: int
    ) -> Iterator[Clip]:
        unit: Unit = "seconds" if attribute(track, "tempoFollow") == _SECONDS_FORMAT else "beats"
        for event in children(events):
            if event.tag == "AudioPartEvent":
                yield from self._part(event, unit, name, rate_hz)
            elif event.tag in ("AudioEvent", "MusicPart"):
                yield self._event(event, self._scope.as_unit(unit), name, rate_hz)

    def _part(self, event: etree._Element, unit: Unit, name: str, rate_hz: int) -> Iterator[Clip]:
        held = self._pool.parts.get(attribute(event, "clipID"))
        start = self._source.number(event, "start", 0.0)
        inside = self._scope.as_unit(unit).within("beats", start, 0.0)
        muted = self._source.flag(event, "mute", False)
        for each in children(part(held, "Events")):
            if each.tag == "AudioEvent":
                clip = self._event(each, inside, name, rate_hz)
                yield replace(clip, muted=clip.muted or muted)

    def _event(self, event: etree._Element, scope: Scope, name: str, rate_hz: int) -> Clip:
        number = self._source.number
        start = number(event, "start", 0.0)
        own: Unit = "seconds" if attribute(event, "timeFormat") == _SECONDS_FORMAT else "beats"
        position_s = scope.seconds(start)
        inside = scope.within(own, start, 0.0)
        offset = number(event, "offset", 0.0)
        notes = event.tag == "MusicPart"
        url = None if notes else self._pool.files.get(attribute(event, "clipID"))
        media = self._container.media(url) if url else None
        transposed = number(event, "transpose", 0.0) or number(event, "tune", 0.0)
        self._remark(name, notes=notes, offset=offset, warped=bool(transposed) and not notes)
        rate_hz = rate_hz if media is None else media.sample_rate_hz
        return Clip(
            media=media,
            position_s=position_s,
            position_frames=round(position_s * rate_hz),
            length_s=inside.seconds(number(event, "length", 0.0)) - position_s,
            source_offset_s=inside.seconds(offset) - position_s,
            muted=self._source.flag(event, "mute", False),
            media_path=url,
            missing=not notes and media is None,
            name=attribute(event, "name"),
            kind="midi" if notes else "audio",
            written=Written(scope.unit, start),
            play_rate=number(event, "speed", 1.0) if not notes else 1.0,
            warped=bool(transposed) and not notes,
        )

    def _remark(self, name: str, *, notes: bool, offset: float, warped: bool) -> None:
        if notes:
            self._tally.add("midi_clips", name)
        elif offset:
            self._tally.add("clip_offsets", name)
        if warped:
            self._tally.add("transposed_clips", name)
