"""The clips of a Live track's arrangement, loops made flat, warps judged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from lxml import etree

from sessions.formats.ableton.document import Values
from sessions.formats.shared.clip_time import (
    AS_IT_IS,
    EDGE,
    Effort,
    EndlessError,
    Loop,
    Piece,
    Scope,
    Warping,
    WarpMap,
    warping,
)
from sessions.formats.shared.remarks import Tally
from sessions.formats.shared.xml import children
from sessions.media.search import MediaFinder
from sessions.model.session import Clip, Media, Written
from stemwright.decibels import amplitude_db


def written_paths(values: Values, sample: etree._Element | None) -> tuple[str, ...]:
    """Every path that a SampleRef holds for its file, the most certain first.

    Live 11 and later write it in one piece; before, as folders, and on Windows as UTF-16 in hex.
    """
    file = None if sample is None else sample.find("FileRef")
    if file is None:
        return ()
    paths = [path for path in _paths(values, file) if path]
    return tuple(dict.fromkeys(paths))


def _paths(values: Values, file: etree._Element) -> Iterator[str]:
    name = values.text(file, "Name")
    yield values.text(file, "Path")
    relative = file.find("RelativePath")
    if relative is not None and relative.get("Value"):
        yield relative.get("Value", "")
    yield _windows_path(file.findtext("Data") or "")
    if name and relative is not None:
        yield "/".join([*_folders(relative), name])
    hint = file.find("SearchHint/PathHint")
    if name and hint is not None and len(hint):
        yield "/" + "/".join([*_folders(hint), name])
    yield name


def _folders(path: etree._Element) -> list[str]:
    """Folders of a path; Live writes the way upwards as an empty one."""
    return [element.get("Dir") or ".." for element in path.iterfind("RelativePathElement")]


def _windows_path(hexadecimal: str) -> str:
    try:
        raw = bytes.fromhex("".join(hexadecimal.split()))
        text = raw.decode("utf-16-le").split("\0")[0]
    except ValueError:
        return ""
    return text if text[1:3] == ":\\" or text.startswith("\\\\") else ""


_REPITCH = "3"
_SEQUENCER = "DeviceChain/MainSequencer"
_FROZEN = "DeviceChain/FreezeSequencer"
_ARRANGED = ("Sample", "ClipTimeable")


@dataclass(frozen=True)
class Times:
    """Where a clip lies, in beats of the song, and what it plays, in its content's time."""

    start: float
    end: float
    loop: Loop
    looping: bool


class Clips:
    """Reads clips; remarks go to `tally`, faults are SessionErrors."""

    def __init__(
        self,
        values: Values,
        scope: Scope,
        finder: MediaFinder,
        tally: Tally,
        rate_hz: int,
        effort: Effort,
    ) -> None:
        self._values = values
        self._scope = scope
        self._finder = finder
        self._tally = tally
        self._rate_hz = rate_hz
        self._effort = effort
        self._warped: tuple[etree._Element | None, WarpMap] = (None, WarpMap(()))

    def read(self, track: etree._Element, name: str) -> tuple[Clip, ...]:
        """The arrangement's clips in order of time, then those of take lanes, which are mute."""
        clips = self._arranged(track, name, _SEQUENCER)
        slots = track.iterfind(f"{_SEQUENCER}/ClipSlotList/ClipSlot/ClipSlot/Value")
        launched = sum(len(slot) for slot in slots)
        if launched:
            self._tally.add("session_clips", name, launched)
        return (*clips, *self._takes(track, name))

    def frozen(self, track: etree._Element, name: str) -> tuple[Clip, ...]:
        """What a frozen track plays for its clips and devices; nothing of one changed since."""
        if not self._values.whether(track, "Freeze", False):
            return ()
        if self._values.whether(track, "NeedArrangerRefreeze", False):
            return ()
        return self._arranged(track, name, _FROZEN)

    def _arranged(self, track: etree._Element, name: str, sequencer: str) -> tuple[Clip, ...]:
        clips: list[Clip] = []
        for place in _ARRANGED:
            for element in children(track.find(f"{sequencer}/{place}/ArrangerAutomation/Events")):
                clips += self._clip(element, name)
        return tuple(sorted(clips, key=lambda clip: clip.position_s))

    def _takes(self, track: etree._Element, name: str) -> Iterator[Clip]:
        for number, lane in enumerate(track.iterfind("TakeLanes/TakeLanes/TakeLane"), 1):
            label = self._values.text(lane, "Name") or f"take {number}"
            for element in children(lane.find("ClipAutomation/Events")):
                for clip in self._clip(element, name):
                    yield replace(clip, lane=label, muted=True)

    def _clip(self, element: etree._Element, track: str) -> Iterator[Clip]:
        if element.tag == "MidiClip":
            yield self._midi(element, track)
        elif element.tag == "AudioClip":
            yield from self._audio(element, track)

    def _midi(self, element: etree._Element, track: str) -> Clip:
        self._tally.add("midi_clips", track)
        start, end = self._span(element)
        position_s = self._scope.seconds(start)
        return Clip(
            position_s=position_s,
            position_frames=round(position_s * self._rate_hz),
            length_s=self._scope.seconds(end) - position_s,
            muted=self._values.whether(element, "Disabled", False),
            name=self._values.text(element, "Name"),
            kind="midi",
            written=Written("beats", start),
            looped=self._values.whether(element, "Loop/LoopOn", False),
        )

    def _span(self, element: etree._Element) -> tuple[float, float]:
        start = self._values.at(element, "CurrentStart", self._values.number(element, "Time", 0.0))
        return start, self._values.at(element, "CurrentEnd", start)

    def _audio(self, element: etree._Element, track: str) -> Iterator[Clip]:
        values = self._values
        warped = values.whether(element, "IsWarped", True)
        times = self._times(element, track, warped=warped)
        if times.end - times.start <= EDGE:
            self._tally.add("empty_clips", track)
            return
        if _has_envelopes(element):
            self._tally.add("clip_envelopes", track)
        whole = self._whole(element, times, warped=warped, track=track)
        try:
            for piece in self._pieces(times):
                yield self._piece(element, whole, times, piece, track)
        except EndlessError as error:
            raise values.fault(element, "endless_loop", str(error)) from error

    def _pieces(self, times: Times) -> Iterator[Piece]:
        scope, loop = self._scope, times.loop
        if times.looping:
            return loop.turns(scope, times.start, times.end)
        inside = scope.within(loop.unit, times.start, loop.play)
        return iter((Piece(inside, times.start, times.end),))

    def _times(self, element: etree._Element, track: str, *, warped: bool) -> Times:
        at = self._values.at
        start, end = self._span(element)
        loop_start, loop_end = (
            at(element, f"Loop/{name}", default)
            for name, default in (("LoopStart", 0.0), ("LoopEnd", 0.0))
        )
        play = loop_start + at(element, "Loop/StartRelative", 0.0)
        looping = self._values.whether(element, "Loop/LoopOn", False)
        if looping and loop_end <= max(play, loop_start):
            self._tally.add("unusable_loop", track)
            looping = False
        loop = Loop("beats" if warped else "seconds", play, loop_start, loop_end)
        if not warped and not looping and loop_end > play:
            region = self._scope.within("seconds", start, play)
            end = min(end, region.there(loop_end, self._scope))
        return Times(start, end, loop, looping)

    def _whole(self, element: etree._Element, times: Times, *, warped: bool, track: str) -> Clip:
        """The clip before its loop is unrolled: all that its pieces have in common."""
        values = self._values
        paths = written_paths(values, element.find("SampleRef"))
        media = self._finder.media(*paths) if paths else None
        fades = values.whether(element, "Fade", False)
        semitones = values.at(element, "PitchCoarse", 0) + values.at(element, "PitchFine", 0) / 100
        if semitones:
            self._tally.add("transposed_clips", track)
        return Clip(
            media=media,
            gain_db=amplitude_db(values.at(element, "SampleVolume", 1.0)),
            fade_in_s=self._fade(element, times, "In") if fades else 0.0,
            fade_out_s=self._fade(element, times, "Out") if fades else 0.0,
            fade_in_shape=_curve(values, element, "In"),
            fade_out_shape=_curve(values, element, "Out"),
            muted=values.whether(element, "Disabled", False),
            media_path=paths[0] if paths else None,
            missing=media is None,
            name=values.text(element, "Name"),
            written=Written("beats", times.start),
            play_rate=1.0 if warped else 2.0 ** (max(-96.0, min(96.0, semitones)) / 12.0),
            warped=warped and bool(semitones),
            unread=("clip_line",) if _has_envelopes(element) else (),
        )

    def _fade(self, element: etree._Element, times: Times, side: str) -> float:
        """A fade's length, which Live counts in beats of the song."""
        length = max(0.0, self._values.at(element, f"Fades/Fade{side}Length", 0.0))
        if side == "In":
            return self._scope.seconds(times.start + length) - self._scope.seconds(times.start)
        return self._scope.seconds(times.end) - self._scope.seconds(times.end - length)

    def _piece(
        self, element: etree._Element, whole: Clip, times: Times, piece: Piece, track: str
    ) -> Clip:
        scope, last = self._scope, min(piece.end, times.end)
        position_s = scope.seconds(piece.start)
        low, high = scope.there(piece.start, piece.scope), scope.there(last, piece.scope)
        how = self._heard(element, piece.scope, low, high, whole.media)
        warped = whole.warped or how.warped
        if warped:
            self._tally.add("warped_clips", track)
        rate_hz = self._rate_hz if whole.media is None else whole.media.sample_rate_hz
        return replace(
            whole,
            position_s=position_s,
            position_frames=round(position_s * rate_hz),
            length_s=scope.seconds(last) - position_s,
            source_offset_s=how.offset_s,
            fade_in_s=whole.fade_in_s if piece.start == times.start else 0.0,
            fade_out_s=whole.fade_out_s if last == times.end else 0.0,
            play_rate=whole.play_rate * how.play_rate,
            warped=warped,
        )

    def _warps(self, element: etree._Element) -> WarpMap:
        """A clip's warp markers, read once for all turns of its loop."""
        if self._warped[0] is not element:
            number, markers = self._values.number, element.find("WarpMarkers")
            placed = (
                (number(each, "BeatTime"), number(each, "SecTime")) for each in children(markers)
            )
            self._warped = (element, WarpMap(placed))
        return self._warped[1]

    def _heard(
        self, element: etree._Element, scope: Scope, low: float, high: float, media: Media | None
    ) -> Warping:
        if scope.unit == "seconds":
            self._effort.take()
            return replace(AS_IT_IS, offset_s=low)
        warps = self._warps(element)
        knots = scope.knots(low, high)
        self._effort.take(warps.count(low, high) + len(knots))
        if not warps:
            return replace(AS_IT_IS, warped=True)
        rate_hz = self._values.at(element, "SampleRef/DefaultSampleRate", 0.0)
        rate_hz = media.sample_rate_hz if media is not None else rate_hz
        judged = warping(warps, scope.seconds, low, high, knots=knots, rate_hz=rate_hz)
        repitch = self._values.text(element, "WarpMode") == _REPITCH
        return judged.by_algorithm("repitch" if repitch else None)


def _curve(values: Values, element: etree._Element, side: str) -> str:
    bends = ("Skew", "Slope")
    bent = any(values.at(element, f"Fades/Fade{side}Curve{bend}", 0.0) for bend in bends)
    return "curve" if bent else "linear"


def _has_envelopes(element: etree._Element) -> bool:
    """Whether envelopes of the clip itself move anything (Live 8 calls them modulations)."""
    old, new = element.find("ModulationList/Modulations"), element.find("Envelopes/Envelopes")
    return any(each is not None and len(each) > 0 for each in (old, new))
