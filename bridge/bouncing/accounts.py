"""What of a song can be printed: every clip that is to be heard, and what becomes of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Literal

from bridge.bouncing.clips import knows_channels, takes_channels
from bridge.bouncing.dialect import Dialect
from bridge.bouncing.network import MASTER, Network, ways
from bridge.bouncing.telling.treatments import treatments
from sessions import LOSSY_FORMATS, Automation, Clip, Device, Media, Session, Track
from stemwright.values import dataclass

Fate = Literal["rendered", "told", "refused"]

REASONS: dict[str, tuple[Fate, str]] = {
    "missing_media": ("refused", "its file is not there, or cannot be read"),
    "no_media": ("refused", "it names no file"),
    "notes": ("refused", "it holds notes; print or freeze its instrument in the DAW"),
    "stretched": ("refused", "it is stretched or warped; print it in the DAW"),
    "other_speed": ("told", "it plays at another speed, and is resampled for that (libsoxr, VHQ)"),
    "loop": ("refused", "it plays a loop inside its file; print it in the DAW"),
    "loop_seam": (
        "told",
        "what of its file it repeats may be faded where it begins anew, which it is not here",
    ),
    "channels": ("refused", "it plays channels of its file that are not known here"),
    "surround": (
        "refused",
        "it has more than two channels, as its track has; fold it down in the DAW",
    ),
    "more_channels": ("told", "its file has more channels than its track; the first are played"),
    "clip_effects": ("refused", "it has effects of its own; print it in the DAW"),
    "clip_line": ("refused", "a line of its own moves what is not moved here"),
    "speed_fade": ("refused", "it fades by slowing down and speeding up; print it in the DAW"),
    "auto_crossfade": (
        "told",
        "the DAW fades it where it overlaps another; here both are added as they are",
    ),
    "no_length": ("refused", "its length is no usable number; set it in the DAW and save again"),
    "no_number": ("refused", "a value of it is no usable number; set it in the DAW and save again"),
    "unread": ("refused", "not all of it that makes its sound is read; print it in the DAW"),
    "fade_shape": ("told", "its fade's shape is not known here, so the fade is straight"),
    "offset_unknown": (
        "refused",
        "where in its file it begins stands nowhere; consolidate it in the DAW, or export an AAF",
    ),
    "automation_items": (
        "refused",
        "automation items move its track, or what that feeds; render that in the DAW",
    ),
    "its_track": (
        "told",
        "its track, or what that feeds, is not known in all that moves its sound, which is told",
    ),
    "lossy": ("told", "its file is of a lossy codec: what that left out is not there any more"),
    "unknown_output": (
        "refused",
        "its track goes to a track that is not there; choose its output in the DAW",
    ),
    "past_its_file": ("told", "it runs past its file's end"),
    "other_rate": (
        "told",
        "its file has another sample rate than the session, and the DAW plays it unconverted, too "
        "fast or too slow, as it is printed",
    ),
}
"""Why a clip is not printed as the DAW plays it: what becomes of it, and the words."""

_LINES = frozenset({"gain_db"})
_NO_LENGTH, _UNKNOWN_OUTPUT = "no_length", "unknown_output"


@dataclass(frozen=True)
class ClipAccount:
    """A clip that is to be heard, and why it is not printed as it is, in codes of REASONS.

    `done` is what is done to it when it is printed, in words.
    """

    track: Track
    clip: Clip
    reasons: tuple[str, ...]
    done: tuple[str, ...] = ()

    @property
    def fate(self) -> Fate:
        """Refused if one reason says so, told if there is one."""
        fates = {REASONS[each][0] for each in self.reasons}
        return "refused" if "refused" in fates else "told" if fates else "rendered"

    def as_json(self) -> dict[str, Any]:
        """The object of the `clips` list: what was not plain."""
        return {
            "track": self.track.name,
            "clip": self.clip.name,
            "media": self.clip.media_path,
            "position_s": self.clip.position_s,
            "length_s": self.clip.length_s,
            "fate": self.fate,
            "reasons": list(self.reasons),
            "done": list(self.done),
        }


TRACK_REASONS: dict[str, tuple[Fate, str]] = {
    "pan_law": (
        "told",
        "how its panner moves sound stands nowhere; it is moved as DAWs usually do",
    ),
    "send_pan": (
        "told",
        "whether its panner moves its sends too stands nowhere; they are sent from before it",
    ),
    "line_shape": (
        "told",
        "a line between two of its points is of a shape not known here, and is straight",
    ),
    "unread": ("told", "not all of it that moves its sound is read"),
    "self_send": ("told", "it sends to itself, which no mixer does; that send is left out"),
    "unmoved_line": ("told", "a line moves what a bounce does not move"),
    "device_line": ("told", "a line moves a setting of a plugin; it moves where a buffer begins"),
    "device_switch": (
        "refused",
        "a line switches a plugin on and off, which stays on here; freeze the track in the DAW",
    ),
    "instrument": ("told", "its notes are not played; print or freeze its instrument in the DAW"),
    "frozen": ("told", "it is frozen; what was frozen is printed for its clips and plugins"),
    "stays_whole": (
        "told",
        "its plugins hear all its tracks at once, so it is one stem and not its tracks",
    ),
    "leads_nowhere": (
        "told",
        "it leads to no master, by no output and no send, and is not printed",
    ),
}
"""Why a track is not printed as the DAW plays it: what becomes of that, and the words."""

_OTHERWISE = frozenset({"pan_law", "send_pan", "line_shape", "unmoved_line", "unread"})
"""The reasons for which all that a track gives on sounds otherwise."""

_ITEMS = "automation_items"
_MOVED = ("send:", "vca_gain_db:")
_TRACK_LINES = frozenset({"gain_db", "trim_db", "pan", "width", "mute"})


@dataclass(frozen=True)
class TrackAccount:
    """A track of which something is told, in codes of TRACK_REASONS; `of` names what."""

    track: Track
    reason: str
    of: str = ""

    @property
    def fate(self) -> Fate:
        """Whether it is told, or refused wherever the track's plugins are asked for."""
        return TRACK_REASONS[self.reason][0]

    def as_json(self) -> dict[str, Any]:
        """The object of the `tracks` list."""
        told = {"track": self.track.name, "reason": self.reason, "of": self.of}
        return {**told, "fate": self.fate}


def as_frozen(session: Session) -> tuple[Session, tuple[TrackAccount, ...]]:
    """The session as it plays: frozen tracks with what was frozen, which is told by its files.

    What a DAW freezes lies behind a track's devices and before its fader.
    """
    told: list[TrackAccount] = []
    tracks: list[Track] = []
    for track in session.tracks:
        if track.frozen:
            files = (clip.media_path or clip.name for clip in track.frozen)
            told.append(TrackAccount(track, "frozen", ", ".join(dict.fromkeys(files))))
            lines = (each for each in track.automation if not each.target.startswith("device:"))
            track = replace(track, clips=track.frozen, devices=(), automation=tuple(lines))
        tracks.append(track)
    return replace(session, tracks=tuple(tracks)), tuple(told)


def instruments(session: Session, network: Network) -> tuple[TrackAccount, ...]:
    """The heard tracks that hold notes, with the names of what would play them."""
    return tuple(
        TrackAccount(track, "instrument", ", ".join(each.name for each in _on(track)))
        for track in session.tracks
        if track.id in network.heard
        and any(clip.kind == "midi" and not clip.muted for clip in track.clips)
    )


def _on(track: Track) -> tuple[Device, ...]:
    return tuple(device for device in track.devices if device.enabled)


def track_accounts(network: Network, dialect: Dialect) -> tuple[TrackAccount, ...]:
    """What is to be told of the heard tracks beside their clips."""
    tracks = (network.tracks[each] for each in network.order if each in network.heard)
    told = (each for track in tracks for each in _told(track, dialect))
    lost = (network.tracks[each] for each in network.order if each in network.lost)
    return (*told, *(TrackAccount(track, "leads_nowhere") for track in lost if track.clips))


def _told(track: Track, dialect: Dialect) -> Iterator[TrackAccount]:
    lines = {line.target: line for line in track.automation}
    pans = [
        track.pan,
        *(point.value for line in (lines.get("pan"),) if line for point in line.points),
    ]
    widths = [1.0 if track.width is None else track.width]
    widths += [point.value for line in (lines.get("width"),) if line for point in line.points]
    places = [*((pan, widths[0]) for pan in pans), *((pans[0], width) for width in widths)]
    if not all(dialect.knows_pan(track.pan_law, pan, width) for pan, width in places):
        yield TrackAccount(track, "pan_law", track.pan_law or "")
    late = any(send.enabled and not send.pre_fader for send in track.sends)
    if late and any(pans) and dialect.sends_are_panned == "unknown":
        yield TrackAccount(track, "send_pan")
    if unread := [code.replace("_", " ") for code in track.unread if code != _ITEMS]:
        yield TrackAccount(track, "unread", ", ".join(unread))
    if any(send.enabled and send.target == track.id for send in track.sends):
        yield TrackAccount(track, "self_send")
    for line in track.automation:
        if line.target.startswith("device:"):
            yield from _of_device(track, line, dialect)
        elif line.target not in _TRACK_LINES and not line.target.startswith(_MOVED):
            yield TrackAccount(track, "unmoved_line", line.target)
        elif any(point.shape not in dialect.joins for point in line.points):
            yield TrackAccount(track, "line_shape", line.target)


def _of_device(track: Track, line: Automation, dialect: Dialect) -> Iterator[TrackAccount]:
    """A line of a plugin that is on, by the plugin's name and the setting's."""
    _, index, setting = line.target.split(":", 2)
    device = track.devices[int(index)]
    if not device.enabled or device.kind == "builtin":
        return
    named = f"{device.name}: {setting}"
    if setting == "enabled":
        yield TrackAccount(track, "device_switch", named)
        return
    yield TrackAccount(track, "device_line", f"{named}, once in {dialect.block_frames} frames")
    if any(point.shape not in dialect.joins for point in line.points):
        yield TrackAccount(track, "line_shape", named)


def account(
    session: Session, network: Network, dialect: Dialect, *, with_master: bool = False
) -> tuple[ClipAccount, ...]:
    """Every clip that no mute and no solo silences, in the session's order.

    What moves the master counts where the bounce goes through it.
    """
    otherwise = _otherwise(network, dialect, frozenset() if with_master else frozenset({MASTER}))
    return tuple(
        ClipAccount(
            track,
            clip,
            (
                *_reasons(track, clip, session.sample_rate_hz, dialect),
                *(otherwise[track.id] if clip.kind != "midi" else ()),
                *((_UNKNOWN_OUTPUT,) if track.id in network.lost else ()),
            ),
            treatments(clip, session.sample_rate_hz, frame_by_frame=dialect.plays_frame_by_frame),
        )
        for track in session.tracks
        if track.id in network.heard or _is_cut_off(track, network)
        for clip in track.clips
        if not clip.muted and (clip.length_s > 0.0 or _NO_LENGTH in clip.unread)
    )


def _is_cut_off(track: Track, network: Network) -> bool:
    """Whether a track would be heard, if what it goes to were there."""
    return track.id in network.lost and _UNKNOWN_OUTPUT in track.unread


def _otherwise(
    network: Network, dialect: Dialect, beyond: frozenset[str]
) -> dict[str, tuple[str, ...]]:
    """By track what is said of its clips for what moves it or what it feeds and is not `beyond`."""
    told = track_accounts(network, dialect)
    odd = {each.track.id for each in told if each.reason in _OTHERWISE} - beyond
    moved = {each for each, track in network.tracks.items() if _ITEMS in track.unread} - beyond
    return {
        each: (_ITEMS,) if way & moved else ("its_track",) if way & odd else ()
        for each, way in ways(network).items()
    }


def seconds(accounts: tuple[ClipAccount, ...]) -> dict[Fate, float]:
    """Clip-seconds by what becomes of them; their sum is all that is to be heard."""
    fates: tuple[Fate, ...] = ("rendered", "told", "refused")
    return {
        fate: sum((each.clip.length_s for each in accounts if each.fate == fate), 0.0)
        for fate in fates
    }


def _reasons(track: Track, clip: Clip, rate_hz: int, dialect: Dialect) -> Iterator[str]:
    """Why a clip is not printed as it is; of a missing file all that its length does not decide."""
    if clip.kind == "midi":
        yield "notes"
        return
    if clip.missing:
        yield "missing_media"
    elif clip.media is None:
        yield "no_media"
    found = {
        "stretched": clip.warped,
        "other_speed": clip.play_rate != 1.0 and not clip.warped,
        "channels": not knows_channels(clip.channel_mode),
        "surround": track.channels > 2 and takes_channels(clip) > 2,
        "more_channels": track.channels <= 2 < takes_channels(clip),
        "clip_effects": any(device.enabled for device in clip.devices),
        "clip_line": any(line.target not in _LINES for line in clip.automation),
        "fade_shape": not {clip.fade_in_shape, clip.fade_out_shape} <= dialect.fade_shapes,
        "offset_unknown": not dialect.states_offsets and not _is_whole(clip),
    }
    found |= {code if code in REASONS else "unread": True for code in clip.unread}
    if clip.media is not None:
        runs_out = _runs_out(clip, clip.media, rate_hz, dialect)
        found |= {
            "loop": clip.looped and not _knows_loop(clip, dialect) and runs_out,
            "loop_seam": dialect.may_fade_seams and clip.looped and clip.part_length_s is not None,
            "lossy": clip.media.format in LOSSY_FORMATS,
            "past_its_file": not clip.looped and runs_out,
            "other_rate": dialect.plays_frame_by_frame and clip.media.sample_rate_hz != rate_hz,
        }
    yield from (code for code, so in found.items() if so)


def _knows_loop(clip: Clip, dialect: Dialect) -> bool:
    return dialect.loops_whole_files or clip.part_length_s is not None


def _is_whole(clip: Clip) -> bool:
    """Whether a clip is as long as its file, to within a frame, and so begins where that does."""
    media = clip.media
    return media is not None and abs(clip.length_s * media.sample_rate_hz - media.frames) < 1.0


def _runs_out(clip: Clip, media: Media, rate_hz: int, dialect: Dialect) -> bool:
    """By more than a frame, which rounding may make."""
    end_s = clip.source_offset_s + clip.length_s * clip.play_rate
    held_s = media.frames / rate_hz if dialect.plays_frame_by_frame else media.length_s
    if clip.part_length_s is not None:
        held_s = min(held_s, clip.part_start_s + clip.part_length_s)
    return end_s > held_s + clip.play_rate / rate_hz
