"""Clips, automation, markers and tempo of a project.xml."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from lxml import etree

from sessions.formats.dawproject import vocabulary as tables
from sessions.formats.dawproject.time import beat_points
from sessions.formats.dawproject.write_channels import Channels, key_of, trim_shift_db, unit_of
from sessions.formats.dawproject.write_xml import flag, number, sub
from sessions.formats.project_files.automation_lines import (
    Line,
    line_of,
    moving,
    shifted,
    standing_gain_db,
)
from sessions.formats.project_files.media import written_path
from sessions.formats.shared.pan_positions import place_of
from sessions.formats.shared.remarks import Losses
from sessions.model.session import Automation, AutomationPoint, Clip, Media, Session, Track
from sessions.model.tempo import TempoMap
from stemwright.decibels import linear

Reference = Callable[[Media], tuple[str, bool]]

_LEFT_OUT = (
    ("reversed", "clip_reversed", "a DAWproject cannot play a clip backwards: these play forwards"),
    ("inverted", "polarity_lost", "a DAWproject has no polarity switch: turn these by hand"),
    ("warped", "warps_lost", "their warp markers are unknown: these clips play unstretched"),
    ("channel_mode", "channel_mode_lost", "a DAWproject has no channel mode of a clip"),
    ("devices", "clip_devices_lost", "a DAWproject has no plugins on a clip"),
    ("pan", "clip_pan_lost", "a DAWproject has no pan of a clip"),
)


def arrangement(
    project: etree._Element,
    session: Session,
    tracks: Sequence[Track],
    channels: Channels,
    reference: Reference,
    tempo_id: str,
    losses: Losses,
) -> None:
    """Write the Arrangement of `session`; `reference` says where a file lies."""
    timeline = Timeline(session, channels, reference, losses)
    element = sub(project, "Arrangement", id=channels.ids.new())
    lanes = sub(element, "Lanes", timeUnit=tables.BEATS, id=channels.ids.new())
    for track in tracks:
        timeline.track(lanes, track)
    timeline.markers(element)
    timeline.tempo(element, tempo_id)
    timeline.meters(element)


class Timeline:
    """Writes times: beats on the timeline, seconds inside clips."""

    def __init__(
        self, session: Session, channels: Channels, reference: Reference, losses: Losses
    ) -> None:
        self._session = session
        self._channels = channels
        self._new_id = channels.ids.new
        self._reference = reference
        self._losses = losses
        self._points = beat_points(session)
        self._clock = TempoMap(self._points)

    def _beat(self, seconds: float) -> str:
        return number(self._clock.beats(seconds))

    def track(self, parent: etree._Element, track: Track) -> None:
        """Write a track's clips and automation."""
        name = self._channels.track_ids[track.id]
        lanes = sub(parent, "Lanes", track=name, id=self._new_id())
        clips = sub(lanes, "Clips", id=self._new_id())
        for clip in track.clips:
            if clip.kind == "audio":
                self._clip(clips, track, clip)
            else:
                self._losses.add("midi_lost", "warning", "notes are not written", track.name)
        for automation in track.automation:
            self._automation(lanes, track, automation)

    def _clip(self, parent: etree._Element, track: Track, clip: Clip) -> None:
        end_s = clip.position_s + clip.length_s
        length = self._clock.beats(end_s) - self._clock.beats(clip.position_s)
        rate = clip.play_rate if clip.play_rate > 0 else 1.0
        start_s, stop_s = _part(clip)
        loops = clip.looped and stop_s is not None
        ends = clip.part_length_s is not None and not clip.looped
        element = sub(
            parent,
            "Clip",
            time=self._beat(clip.position_s),
            duration=number(length),
            contentTimeUnit=tables.SECONDS,
            playStart=number(clip.source_offset_s / rate),
            playStop=number(stop_s / rate) if ends and stop_s is not None else None,
            loopStart=number(start_s / rate) if loops else None,
            loopEnd=number(stop_s / rate) if loops and stop_s is not None else None,
            fadeTimeUnit=tables.SECONDS,
            fadeInTime=number(clip.fade_in_s),
            fadeOutTime=number(clip.fade_out_s),
            enable=flag(not clip.muted),
            name=clip.name or None,
        )
        self._content(element, clip, rate)
        self._tell(track, clip)

    def _content(self, parent: etree._Element, clip: Clip, rate: float) -> None:
        gain_db = standing_gain_db(clip)
        if gain_db:
            parent = sub(parent, "Lanes", timeUnit=tables.SECONDS, id=self._new_id())
            gain = number(linear(gain_db))
            points = sub(parent, "Points", unit=tables.LINEAR, id=self._new_id())
            sub(points, "Target", expression=tables.GAIN)
            sub(points, "RealPoint", value=gain, interpolation=tables.HOLD, time="0.0")
        length_s = clip.source_offset_s + clip.length_s * rate
        if clip.media is not None:
            length_s = clip.media.length_s
        if rate == 1.0:
            self._audio(parent, clip, length_s, None)
            return
        warps = sub(
            parent,
            "Warps",
            contentTimeUnit=tables.SECONDS,
            timeUnit=tables.SECONDS,
            id=self._new_id(),
        )
        self._audio(warps, clip, length_s, tables.REPITCH)
        sub(warps, "Warp", time="0.0", contentTime="0.0")
        sub(warps, "Warp", time=number(length_s / rate), contentTime=number(length_s))

    def _audio(
        self, parent: etree._Element, clip: Clip, length_s: float, algorithm: str | None
    ) -> None:
        media = clip.media
        path, external = (written_path(clip), True) if media is None else self._reference(media)
        rate_hz = self._session.sample_rate_hz if media is None else media.sample_rate_hz
        audio = sub(
            parent,
            "Audio",
            algorithm=algorithm,
            channels=str(2 if media is None else media.channels),
            sampleRate=str(rate_hz),
            duration=number(length_s),
            timeUnit=tables.SECONDS,
            id=self._new_id(),
        )
        sub(audio, "File", path=path, external=flag(external) if external else None)

    def _tell(self, track: Track, clip: Clip) -> None:
        for name, code, why in _LEFT_OUT:
            if getattr(clip, name):
                self._losses.add(code, "warning", why, track.name)
        if moving(clip):
            why = "automation inside clips is not written"
            self._losses.add("clip_automation_lost", "warning", why, track.name)
        shapes = (
            (clip.fade_in_s, clip.fade_in_shape),
            (clip.fade_out_s, clip.fade_out_shape),
        )
        if any(length > 0 and shape != "linear" for length, shape in shapes):
            why = "a DAWproject has no fade shapes: these keep their length alone"
            self._losses.add("fade_shape_lost", "note", why, track.name)
        if clip.missing:
            why = "these files were not found: the project points at where they were"
            self._losses.add("missing_media", "warning", why, written_path(clip))
        if clip.length_s <= 0.0:
            why = "how long these clips play is unknown: they are there without a length"
            self._losses.add("no_length", "warning", why, track.name)
        if clip.lane is not None:
            why = "a DAWproject has no take lanes: these lie side by side on their track"
            self._losses.add("lanes_lost", "note", why, track.name)

    def _automation(self, parent: etree._Element, track: Track, automation: Automation) -> None:
        target = self._channels.parameters.get((track.id, key_of(automation)))
        if target is None or not automation.points:
            why = "a DAWproject has nothing that these lines could move"
            self._losses.add("automation_lost", "warning", why, f"{track.name} {automation.target}")
            return
        shift_db = trim_shift_db(track, automation.target)
        line = shifted(line_of(automation), shift_db)
        if line.bent:
            why = "a DAWproject joins points by steps or straight lines: these are straight now"
            self._losses.add("curve_lost", "note", why, f"{track.name} {automation.target}")
        unit = unit_of(automation) if line.kind == "value" else _unit(line)
        points = sub(parent, "Points", unit=unit, id=self._new_id())
        sub(points, "Target", parameter=target)
        for point in line.points:
            self._point(points, line, point)

    def _point(self, parent: etree._Element, line: Line, point: AutomationPoint) -> None:
        time, value = self._beat(point.position_s), point.value
        if line.kind == "switch":
            sub(parent, "BoolPoint", value=flag(value >= 0.5), time=time)
            return
        if line.kind == "pan":
            value = place_of(value)
        joined = tables.joined(point.shape)
        sub(parent, "RealPoint", value=number(value), interpolation=joined, time=time)

    def markers(self, parent: etree._Element) -> None:
        """Write the markers; of a region only where it begins."""
        found = sorted(self._session.markers, key=lambda marker: marker.position_s)
        if not found:
            return
        element = sub(parent, "Markers", id=self._new_id())
        for marker in found:
            sub(element, "Marker", time=self._beat(marker.position_s), name=marker.name)
            if marker.length_s is not None:
                why = "a DAWproject has no regions: only where they begin is marked"
                self._losses.add("region_end_lost", "note", why, marker.name)

    def tempo(self, parent: etree._Element, tempo_id: str) -> None:
        """Write the tempo's course when it has one."""
        if len(self._points) < 2 and self._points[0][0] == 0.0:
            return
        element = sub(
            parent, "TempoAutomation", timeUnit=tables.BEATS, unit="bpm", id=self._new_id()
        )
        sub(element, "Target", parameter=tempo_id)
        for beat, bpm, curve in self._points:
            joined = tables.joined(curve)
            sub(element, "RealPoint", value=number(bpm), interpolation=joined, time=number(beat))
        ramps = any(curve == "linear" for _, _, curve in self._points[:-1])
        if ramps and self._session.format == "reaper":
            why = "its tempo ramps run over time, here over beats: every clip and tempo stays at"
            why += " its second, while bars behind a ramp may number otherwise"
            self._losses.add("tempo_ramp", "note", why, "tempo")

    def meters(self, parent: etree._Element) -> None:
        """Write the time signatures when they change."""
        found = sorted(self._session.meters, key=lambda meter: meter.position_s)
        if len(found) < 2 and (not found or found[0].position_s <= 0.0):
            return
        element = sub(parent, "TimeSignatureAutomation", timeUnit=tables.BEATS, id=self._new_id())
        sub(element, "Target")
        for meter in found:
            sub(
                element,
                "TimeSignaturePoint",
                numerator=str(meter.numerator),
                denominator=str(meter.denominator),
                time=self._beat(max(0.0, meter.position_s)),
            )


def _unit(line: Line) -> str | None:
    if line.kind == "level":
        return tables.DECIBEL if line.in_db else tables.LINEAR
    return tables.NORMALIZED if line.kind == "pan" else None


def _part(clip: Clip) -> tuple[float, float | None]:
    """From where to where in its file it plays, in seconds; the end may be unknown."""
    if clip.part_length_s is not None:
        return clip.part_start_s, clip.part_start_s + clip.part_length_s
    return 0.0, None if clip.media is None else clip.media.length_s
