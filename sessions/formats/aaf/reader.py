"""AAF: compositions from Pro Tools, Logic, Nuendo, Resolve, Premiere and Media Composer.

AAF Object Specification 1.1 and Edit Protocol (AMWA AS-01), read with pyaaf2.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from sessions.bundle.roles import role_of
from sessions.errors import SessionError
from sessions.formats.aaf import effects as effects
from sessions.formats.aaf.container import damaged, is_aaf, missing_bytes, opened
from sessions.formats.aaf.sources import Source, Sources, kind, rate_of, value
from sessions.formats.aaf.timeline import Timeline
from sessions.formats.shared.pan_positions import pan_of
from sessions.formats.shared.single_file import head, one_path
from sessions.media.search import MediaFinder
from sessions.model.session import Clip, Marker, Session, Track
from stemwright.decibels import amplitude_db
from stemwright.problems import Diagnostic, Severity
from stemwright.words import printable

_SOUND = frozenset({"Sound", "LegacySound", "DataDef_Sound", "DataDef_LegacySound"})
_PICTURE = frozenset({"Picture", "LegacyPicture", "DataDef_Picture"})
# Missing lengths, starts and origins are 0: of all read here one marker alone lacks its length. A
# missing PhysicalTrackNumber (160 of 337 slots) means all channels; a missing rate is told.
_FALLBACK_RATE_HZ = 48_000  # picture's usual rate, where no source or track counts in samples
_CHANNELS = {1: 1, 2: 2, 3: 6, 4: 8}


class Aaf:
    """The Format for AAF."""

    name = "aaf"
    describe = "an AAF (.aaf)"

    def score(self, path: Path) -> float:
        """1 for a compound file that says it holds an AAF."""
        return 1.0 if is_aaf(head(path, 64)) else 0.0

    def read(self, paths: Sequence[Path], media: Sequence[Path] = ()) -> Session:
        """Read one AAF: clips, fades, gain and pan; no plugin has its state in an AAF.

        Raises SessionError for several files, and for one that cannot be read.
        """
        path = one_path(paths)
        finder = MediaFinder(path, media)
        with opened(path) as aaf:
            composition, others = _composition(aaf, path)
            sources = Sources(path, aaf.content, finder)
            session = _session(aaf, composition, others, sources, finder)
        lacking = missing_bytes(path)
        if not lacking:
            return session
        message = f"{lacking} bytes are missing at the file's end: it is cut short"
        told = Diagnostic("warning", "cut_short", printable(path.name), message)
        return replace(session, diagnostics=(told, *session.diagnostics))


FORMAT = Aaf()


def _composition(aaf: Any, path: Path) -> tuple[Any, list[str]]:
    """The composition to read, and the names of others that stand beside it."""
    compositions = list(aaf.content.compositionmobs())
    top = [mob for mob in compositions if str(value(mob, "UsageCode")) == "Usage_TopLevel"]
    candidates = top or compositions
    if not candidates:
        raise SessionError(damaged(path, "it holds no composition"))
    return candidates[0], [str(mob.name) for mob in candidates[1:]]


def _session(
    aaf: Any, composition: Any, others: Sequence[str], sources: Sources, finder: MediaFinder
) -> Session:
    sound = [slot for slot in composition.slots if slot.media_kind in _SOUND]
    timelines = {slot.slot_id: Timeline(sources, rate_of(slot)) for slot in sound}
    # Clips are walked once for their sources: where a place has no file's rate, the session's
    # counts, which is the commonest rate of those.
    drafts = {slot.slot_id: _clips(slot, timelines, _FALLBACK_RATE_HZ) for slot in sound}
    seen = [source for each in timelines.values() for source in each.sources_seen]
    rate_hz = _session_rate_hz(seen, timelines.values())
    tracks = tuple(
        _track(slot, number, _at_rate(drafts[slot.slot_id], rate_hz), timelines[slot.slot_id])
        for number, slot in enumerate(sound, 1)
    )
    unknown = sum((each.unknown_effects for each in timelines.values()), Counter[str]())
    daw, provenance = _origin(aaf, composition)
    return Session(
        format=FORMAT.name,
        daw=daw,
        sample_rate_hz=rate_hz,
        tracks=tracks,
        markers=tuple(_markers(composition)),
        diagnostics=(
            *_told(composition, others, tracks, unknown, seen),
            *_told_rate(seen, timelines.values(), composition),
            *finder.diagnostics(),
        ),
        provenance=provenance,
        length_s=_length_s(sound),
    )


def _clips(slot: Any, timelines: dict[int, Timeline], rate_hz: int) -> list[Clip]:
    return timelines[slot.slot_id].clips(_without_mixer(slot.segment)[0], rate_hz)


def _at_rate(clips: Iterable[Clip], rate_hz: int) -> tuple[Clip, ...]:
    return tuple(
        clip if clip.media else replace(clip, position_frames=round(clip.position_s * rate_hz))
        for clip in clips
    )


def _without_mixer(segment: Any) -> tuple[Any, list[Any]]:
    """A track's own segment, and the gain and pan operations laid around all of it."""
    mixer: list[Any] = []
    while kind(segment) == "OperationGroup" and len(mixer) < 8:
        inner = next(iter(value(segment, "InputSegments", ())), None)
        if inner is None or effects.operation_id(segment) not in (effects.GAIN, effects.PAN):
            break
        if kind(inner) not in ("Sequence", "OperationGroup"):
            break
        mixer.append(segment)
        segment = inner
    if kind(segment) == "Sequence" or not mixer:
        return segment, mixer
    return mixer[0], []


def _track(slot: Any, number: int, clips: tuple[Clip, ...], timeline: Timeline) -> Track:
    name = str(slot.name or "") or f"Track {number}"
    track = Track(
        id=str(slot.slot_id),
        name=name,
        channels=_channels(slot, clips),
        clips=clips,
        muted=bool(_attribute(slot, "AudioMixerCompMute")),
        soloed=bool(_attribute(slot, "AudioMixerCompSolo")),
        role=role_of(name),
    )
    for operation in _without_mixer(slot.segment)[1]:
        track = _mixed(track, operation, timeline)
    return track


def _mixed(track: Track, operation: Any, timeline: Timeline) -> Track:
    """A track with one gain or pan operation that lies around all of it."""
    length = Fraction(value(operation, "Length", 0))
    if effects.operation_id(operation) != effects.PAN:
        for curve in effects.gains(operation):
            if curve.constant is not None:
                track = replace(track, gain_db=track.gain_db + amplitude_db(curve.constant))
            else:
                line = timeline.gain_line(curve, Fraction(0), length)
                track = replace(track, automation=(*track.automation, line))
        return track
    panned = effects.curve(operation, effects.PAN_VALUE)
    if panned is None or not panned.points:
        return track
    if panned.constant is not None:
        return replace(track, pan=pan_of(panned.constant))
    line = timeline.pan_line(panned, Fraction(0), length)
    return replace(track, automation=(*track.automation, line))


def _channels(slot: Any, clips: Sequence[Clip]) -> int:
    """The track's width: as its format attribute tells, else as wide as its clips."""
    stated = _CHANNELS.get(int(_attribute(slot, "_TRACK_FORMAT") or 0))
    if stated:
        return stated
    stereo = any(clip.right or (clip.media and clip.media.channels > 1) for clip in clips)
    return 2 if stereo else 1


def _attribute(slot: Any, name: str) -> Any:
    for holder in ("TimelineMobAttributeList", "TimelineMobSlotAttributes"):
        for tag in value(slot, holder, ()):
            if tag.name == name:
                return value(tag, "Value")
    return None


def _session_rate_hz(seen: Iterable[Source], timelines: Iterable[Timeline]) -> int:
    rates = Counter(source.rate_hz for source in seen if source.rate_hz)
    if not rates:
        rates = Counter(round(each.rate) for each in timelines if each.rate >= 4000)
    if not rates:
        return _FALLBACK_RATE_HZ
    return max(rates, key=lambda rate: (rates[rate], rate))


def _told_rate(
    seen: Sequence[Source], timelines: Iterable[Timeline], composition: Any
) -> Iterator[Diagnostic]:
    stated = any(source.rate_hz for source in seen) or any(each.rate >= 4000 for each in timelines)
    if seen and not stated:
        message = f"no source or track states a rate; {_FALLBACK_RATE_HZ} Hz is assumed"
        where = str(composition.name or "composition")
        yield Diagnostic("note", "sample_rate_assumed", where, message)


def _length_s(slots: Iterable[Any]) -> float | None:
    lengths = [Fraction(value(slot.segment, "Length", 0)) / rate_of(slot) for slot in slots]
    return float(max(lengths)) if lengths else None


def _markers(composition: Any) -> Iterator[Marker]:
    """Comment markers of event slots, which count in their slot's edit units."""
    for slot in composition.slots:
        if kind(slot) != "EventMobSlot" or kind(slot.segment) != "Sequence":
            continue
        rate = rate_of(slot)
        for event in value(slot.segment, "Components", ()):
            name = value(event, "CommentMarkerUser") or value(event, "Comment") or ""
            length = Fraction(value(event, "Length", 0))
            at_s = float(Fraction(value(event, "Position", 0)) / rate)
            yield Marker(at_s, str(name), float(length / rate) if length > 1 else None)


def _origin(aaf: Any, composition: Any) -> tuple[str | None, tuple[tuple[str, str], ...]]:
    """The DAW and its version, and what else the file says of its making."""
    facts = [("composition", str(composition.name or ""))]
    found = list(value(aaf.header, "IdentificationList", ()))
    daw = None
    if found:
        daw = _product(found[-1])
        facts.append(("company", str(value(found[-1], "CompanyName", ""))))
    for slot in composition.slots:
        if kind(slot.segment) == "Timecode":
            timecode = slot.segment
            facts.append(("start_timecode_frames", str(int(timecode.start))))
            facts.append(("timecode_fps", str(int(timecode.fps))))
            facts.append(("timecode_edit_rate", str(rate_of(slot))))
            break
    return daw, tuple((name, said) for name, said in facts if said)


def _product(identification: Any) -> str | None:
    name = str(value(identification, "ProductName", ""))
    version = str(value(identification, "ProductVersionString", ""))
    numbers = value(identification, "ProductVersion", {})
    if version == "Unknown version" and numbers:
        version = ".".join(str(numbers.get(part, 0)) for part in ("major", "minor", "tertiary"))
        version = "" if version.removesuffix(".0") in name else version
    return f"{name} {version}".strip() or None


def _told(
    composition: Any,
    others: Sequence[str],
    tracks: Sequence[Track],
    unknown: Counter[str],
    seen: Sequence[Source],
) -> Iterator[Diagnostic]:
    where = str(composition.name or "composition")
    pictures = sum(slot.media_kind in _PICTURE for slot in composition.slots)
    clips = [clip for track in tracks for clip in track.clips]
    beyond = sum(map(_beyond_media, clips))
    warped = sum(clip.warped for clip in clips)
    embedded = len({source.key for source in seen if source.embedded})
    lacking = sum(source.embedded and source.media is None for source in seen)
    effects_named = ", ".join(sorted(unknown))
    told: tuple[tuple[int, Severity, str, str], ...] = (
        (pictures, "note", "picture_ignored", f"{pictures} picture tracks are left out"),
        (len(others), "warning", "other_compositions", f"only {where} is read, not {others}"),
        (beyond, "warning", "clip_beyond_media", f"{beyond} clips run past the end of their file"),
        (warped, "warning", "warped_clips", f"{warped} clips are stretched; told, not rendered"),
        (len(unknown), "warning", "effects_not_read", f"effects left out: {effects_named}"),
        (embedded, "note", "embedded_media", f"{embedded} audio files lie inside the AAF"),
        (lacking, "warning", "embedded_unknown", f"{lacking} embedded files are of unknown form"),
    )
    for count, severity, code, message in told:
        if count:
            yield Diagnostic(severity, code, where, message)


def _beyond_media(clip: Clip) -> bool:
    if clip.media is None or clip.warped:
        return False
    end_s = Fraction(clip.source_offset_s) + Fraction(clip.length_s)
    # A picture frame's rounding in times counted as floats is not a fault.
    return end_s * clip.media.sample_rate_hz > clip.media.frames + Fraction(1, 2)
