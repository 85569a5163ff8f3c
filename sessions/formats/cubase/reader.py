"""Cubase and Nuendo track archives: File > Export > Selected Tracks, as XML.

Tracks, audio events, tempo, markers and insert states; faders are kept out, whose scale Steinberg
does not tell.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from lxml import etree

from sessions.bundle.roles import role_of
from sessions.errors import SessionError
from sessions.formats.cubase.elements import Archive
from sessions.formats.shared.remarks import Tally
from sessions.formats.shared.single_file import content, head, one_path
from sessions.formats.shared.xml import parse_xml
from sessions.media.search import MediaFinder
from sessions.model.session import Clip, Marker, Meter, Session, TempoCurve, Track, Written
from sessions.model.tempo import TempoMap
from stemwright.decibels import amplitude_db
from stemwright.problems import Problem, Severity
from stemwright.words import printable

_ROOT = re.compile(rb"<tracklist2?[\s>]")
_TICKS_A_BEAT = 480.0
# Archives here state all but RehearsalMode (off: the tempo track counts) and a tempo's Func (a
# step; 9 of 10 have none): all 9 Domains have a Type, 0 or 1, and the 6 of Type 1 a Period. The
# rate stands in where an archive has no project setup (older exports) and no media are there, and
# is told.
_FALLBACK_RATE_HZ = 48_000
_UNITY = 25_856.0
_DEEPEST = 16
_KINDS = {
    "MAudioTrackEvent": "audio",
    "MMidiTrackEvent": "midi",
    "MInstrumentTrackEvent": "midi",
    "MDeviceTrackEvent": "group",
    "MFolderTrack": "folder",
}
_MARKERS = "MMarkerTrackEvent"
_TEXTS: Mapping[str, tuple[Severity, str]] = {
    "sample_rate_assumed": (
        "note",
        "neither project nor media state a rate; {places} Hz is assumed",
    ),
    "no_tempo": (
        "warning",
        "the archive states no tempo, and {count} places are in beats: 120 BPM is assumed;"
        " select a track that follows the tempo too, and export again: {places}",
    ),
    "levels_not_read": ("warning", "the faders of {count} tracks are moved and not read: {places}"),
    "clip_beyond_media": ("warning", "{count} clips run past the end of their file: {places}"),
    "fades_not_read": ("warning", "the fades of {count} audio events are not read: {places}"),
    "midi_clips": ("note", "{count} parts of notes are placed, not rendered: {places}"),
    "audio_parts_not_read": (
        "warning",
        "{count} audio parts are left out, dissolve them in Cubase: {places}",
    ),
    "repeated_tracks": (
        "warning",
        "{count} tracks, or parts of them, stand at a second place too and are left out there:"
        " {places}",
    ),
    "tracks_not_read": ("note", "{count} tracks of other kinds are left out: {places}"),
}


class CubaseXml:
    """The Format for track archives."""

    name = "cubase_xml"
    describe = "a Cubase or Nuendo track archive (.xml)"

    def score(self, path: Path) -> float:
        """1 for XML whose root is a track list."""
        return 1.0 if _ROOT.search(head(path, 512)) else 0.0

    def read(self, paths: Sequence[Path], media: Sequence[Path] = ()) -> Session:
        """Read one archive; raises SessionError that says where it cannot be read."""
        path = one_path(paths)
        root = parse_xml(content(path), where=printable(path))
        if root.tag not in ("tracklist", "tracklist2"):
            raise SessionError(_foreign(path, root))
        return _Reading(path, Archive(root), MediaFinder(path, media)).session()


FORMAT = CubaseXml()


def _foreign(path: Path, root: etree._Element) -> Problem:
    return Problem(
        "malformed_session",
        f"{printable(path.name)} holds a {printable(root.tag)}, no track archive",
        {"file": printable(path), "line": getattr(root, "sourceline", None) or 1},
        expected="what File > Export > Selected Tracks writes",
        hint="export the tracks again",
    )


class _Reading:
    """One archive while it is read."""

    def __init__(self, path: Path, archive: Archive, finder: MediaFinder) -> None:
        self.path, self.archive, self.finder = path, archive, finder
        self.tally = Tally(_TEXTS)
        self.setup = next(archive.root.iterfind("obj[@class='PArrangeSetup']"), None)
        rate = archive.number(self.setup, "SampleRate", _FALLBACK_RATE_HZ)
        self.rate_stated = self.setup is not None and 4_000 <= rate <= 768_000
        self.rate_hz = round(rate) if self.rate_stated else _FALLBACK_RATE_HZ
        points = self._tempo_points()
        self.tempo, self.tempo_known = TempoMap(points), bool(points)
        self.markers: list[Marker] = []
        self.seen: set[etree._Element] = set()
        self.file_rates: dict[etree._Element, int] = {}

    def _tempo_points(self) -> list[tuple[float, float, TempoCurve]]:
        """Beats, tempo and curve. An event says whether the way TO it is a ramp, over beats.

        With RehearsalMode the tempo track is switched off and the fixed tempo counts (Cubase
        manual, "Setting a fixed tempo"; seen in an export).
        """
        track = next(self.archive.root.iterfind(".//obj[@class='MTempoTrackEvent']"), None)
        if self.archive.number(track, "RehearsalMode"):
            fixed = self.archive.number(track, "RehearsalTempo")
            return [(0.0, fixed, "step")] if fixed > 0 else []
        events = list(self.archive.objects(track, "TempoEvent"))
        ramps = [self.archive.number(event, "Func") != 0 for event in events]
        after = [*ramps[1:], False]
        return [
            (
                self.archive.number(event, "PPQ") / _TICKS_A_BEAT,
                self.archive.number(event, "BPM"),
                "linear" if after[at] else "step",
            )
            for at, event in enumerate(events)
            if self.archive.number(event, "BPM") > 0
        ]

    def _meters(self) -> Iterator[Meter]:
        """Meters, which stand at bars; each bar is as long as the meter before it makes it."""
        track = next(self.archive.root.iterfind(".//obj[@class='MSignatureTrackEvent']"), None)
        beats, bar, quarters = 0.0, 0.0, 4.0
        for event in self.archive.objects(track, "SignatureEvent"):
            here = self.archive.number(event, "Bar")
            beats, bar = beats + max(0.0, here - bar) * quarters, here
            numerator = max(1, int(self.archive.number(event, "Numerator", 4)))
            denominator = max(1, int(self.archive.number(event, "Denominator", 4)))
            quarters = 4.0 * numerator / denominator
            yield Meter(self.tempo.seconds(beats), numerator, denominator)

    def session(self) -> Session:
        listed = self.archive.objects(self.archive.root, "track")
        tracks = tuple(self._tracks(listed, None, 0))
        rates = Counter(
            clip.media.sample_rate_hz for track in tracks for clip in track.clips if clip.media
        )
        stated = self.setup is not None or not rates
        if not self.rate_stated and not rates:
            self.tally.add("sample_rate_assumed", str(_FALLBACK_RATE_HZ))
        start = self.archive.member(self.setup, "Start")
        law = self.archive.text(self.setup, "PanLaw")
        facts = (
            (
                "project_start_s",
                str(self.archive.number(start, "Time")) if start is not None else "",
            ),
            ("frame_type", self.archive.text(self.setup, "FrameType")),
            ("pan_law", law),
        )
        return Session(
            format=FORMAT.name,
            daw="Cubase or Nuendo",
            sample_rate_hz=self.rate_hz if stated else rates.most_common(1)[0][0],
            tracks=tracks,
            tempo=self.tempo.tempos(),
            meters=tuple(self._meters()),
            markers=tuple(sorted(self.markers, key=lambda marker: marker.position_s)),
            diagnostics=(*self.tally.diagnostics(), *self.finder.diagnostics()),
            provenance=tuple((name, said) for name, said in facts if said),
        )

    def _tracks(
        self, listed: Iterable[etree._Element], parent: str | None, depth: int
    ) -> Iterator[Track]:
        for at, element in enumerate(listed, 1):
            if self._again(element, element):
                continue
            node = self.archive.member(element, "Node")
            name = self.archive.text(node, "Name") or f"Track {at}"
            kind = _KINDS.get(element.get("class", ""))
            if element.get("class") == _MARKERS:
                self.markers.extend(self._marker_events(node))
            elif kind is None:
                self.tally.add("tracks_not_read", f"{name} ({element.get('class')})")
            else:
                track_id = f"{parent}.{at}" if parent else str(at)
                yield self._track(element, node, kind, name, track_id, parent)
                if depth < _DEEPEST:
                    inner = self._listed(node, "Tracks")
                    yield from self._tracks(inner, track_id, depth + 1)

    def _again(self, part: etree._Element | None, of: etree._Element | None) -> bool:
        """Whether a part was read before: it is told then, by the ID of what it is a part `of`."""
        if part is None:
            return False
        if part in self.seen:
            self.tally.add("repeated_tracks", "" if of is None else f"ID {of.get('ID')}")
            return True
        self.seen.add(part)
        return False

    def _listed(self, node: etree._Element | None, name: str) -> Iterator[etree._Element]:
        """The objects of a node's list, which are its own: no second node has them too."""
        if not self._again(self.archive.member(node, name), node):
            yield from self.archive.objects(node, name)

    def _track(
        self,
        element: etree._Element,
        node: etree._Element | None,
        kind: str,
        name: str,
        track_id: str,
        parent: str | None,
    ) -> Track:
        strip = self.archive.member(
            self.archive.member(element, "Track Device"), "DeviceAttributes"
        )
        if self._again(strip, element):
            strip = None
        volume = self.archive.member(strip, "Volume")
        if volume is not None and self.archive.number(volume, "Value", _UNITY) != _UNITY:
            self.tally.add("levels_not_read", name)
        return Track(
            id=track_id,
            name=name,
            kind=kind,
            parent=parent,
            pan=self.archive.pan(strip),
            clips=tuple(self._clips(node, name)),
            devices=tuple(self.archive.inserts(strip)),
            role=role_of(name),
        )

    def _place_s(self, node: etree._Element | None, start: float) -> tuple[float, Written]:
        """A place in a node's own domain: ticks, or a period's seconds."""
        domain = self.archive.member(node, "Domain")
        # A domain is in ticks (Type 0) unless it says seconds.
        if self.archive.number(domain, "Type") == 0:
            if start and not self.tempo_known:
                self.tally.add("no_tempo", self.archive.text(node, "Name"))
            return self.tempo.seconds(start / _TICKS_A_BEAT), Written("ticks", start)
        period = self.archive.number(domain, "Period", 1.0)
        return start * (period if period > 0 else 1.0), Written("seconds", start)

    def _marker_events(self, node: etree._Element | None) -> Iterator[Marker]:
        for event in self._listed(node, "Events"):
            start = self.archive.number(event, "Start")
            start_s = self._place_s(node, start)[0]
            end_s = self._place_s(node, start + self.archive.number(event, "Length"))[0]
            ranged = event.get("class") == "MRangeMarkerEvent"
            name = self.archive.text(event, "Name")
            yield Marker(
                start_s,
                name,
                end_s - start_s if ranged else None,
                "region" if ranged else "marker",
            )

    def _clips(self, node: etree._Element | None, name: str) -> Iterator[Clip]:
        for event in self._listed(node, "Events"):
            if self._again(event, event):
                continue
            match event.get("class"):
                case "MAudioEvent":
                    yield self._clip(node, event, name)
                case "MMidiPartEvent":
                    self.tally.add("midi_clips", name)
                    yield self._notes(node, event)
                case "MAudioPartEvent":
                    self.tally.add("audio_parts_not_read", name)

    def _notes(self, node: etree._Element | None, event: etree._Element) -> Clip:
        start = self.archive.number(event, "Start")
        start_s, written = self._place_s(node, start)
        end_s = self._place_s(node, start + self.archive.number(event, "Length"))[0]
        return Clip(
            position_s=start_s,
            position_frames=round(start_s * self.rate_hz),
            length_s=max(0.0, end_s - start_s),
            name=self.archive.text(event, "Description"),
            kind="midi",
            written=written,
        )

    def _clip(self, node: etree._Element | None, event: etree._Element, track: str) -> Clip:
        """An audio event: placed in the track's domain, its length and offset in file samples."""
        audio = self.archive.member(event, "AudioClip")
        path = self._file(audio)
        media = self.finder.media(path) if path else None
        rate = media.sample_rate_hz if media else self._file_rate_hz(audio)
        start_s, written = self._place_s(node, self.archive.number(event, "Start"))
        offset, length = (self.archive.number(event, name) for name in ("Offset", "Length"))
        gain = self.archive.number(event, "Volume", 1.0)
        if media and offset + length > media.frames + 0.5:
            self.tally.add("clip_beyond_media", track)
        if any(str(each.get("name", "")).startswith("Fade") for each in event):
            self.tally.add("fades_not_read", track)
        return Clip(
            media=media,
            position_s=start_s,
            position_frames=round(start_s * rate),
            length_s=max(0.0, length) / rate,
            source_offset_s=max(0.0, offset) / rate,
            gain_db=amplitude_db(gain),
            media_path=path or None,
            missing=media is None,
            name=self.archive.text(event, "Description") or self.archive.text(audio, "Name"),
            written=written,
        )

    def _file(self, audio: etree._Element | None) -> str:
        """The path of an audio clip's file, folder and name together."""
        path = self.archive.member(audio, "Path")
        name = self.archive.text(path, "Name")
        folder = self.archive.text(path, "Path") or self.archive.text(path, "Directory")
        if not folder or not name or folder[-1:] in "/\\:":
            return folder + name
        return folder + ("\\" if "\\" in folder else "/") + name

    def _file_rate_hz(self, audio: etree._Element | None) -> int:
        """The rate that the archive states for a file that is not here."""
        if audio is None:
            return self.rate_hz
        if audio not in self.file_rates:
            stated = (
                self.archive.number(each, "Rate")
                for each in audio.iterfind(".//obj[@class='AudioFile']")
            )
            usable = (round(rate) for rate in stated if 4_000 <= rate <= 768_000)
            self.file_rates[audio] = next(usable, self.rate_hz)
        return self.file_rates[audio]
