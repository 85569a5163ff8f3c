"""A session as frozen values, in DAWproject's vocabulary (github.com/bitwig/dawproject)."""

from __future__ import annotations

import math
from typing import Any, Literal

from sessions.model.device import Device, DeviceKind, DeviceState
from sessions.model.values import (
    Automation,
    AutomationPoint,
    Media,
    PluginParameter,
    TimeUnit,
    Written,
    beyond_default,
)
from stemwright.problems import Diagnostic
from stemwright.shown import Shown
from stemwright.values import dataclass

ClipKind = Literal["audio", "midi"]

_CLIP_SPARSE = (
    *("media_path", "missing", "name", "kind", "fade_in_shape", "fade_out_shape", "play_rate"),
    *(
        "part_start_s",
        "part_length_s",
        "looped",
        "reversed",
        "warped",
        "inverted",
        "channel_mode",
        "lane",
        "layer",
        "opaque",
        "pan",
        "unread",
    ),
)


@dataclass(frozen=True)
class Clip:
    """A stretch of audio, or of notes, on a track.

    `media` is None when the file is `missing`, for notes, and for what is not audio; `media_path`
    is the file as the session writes it. `right` is the second file of a .L/.R pair: two mono
    files that make one stereo signal. `position_frames` is `position_s` to the sample, at the
    media's rate where it is known, else the session's. `written` is the position as written.

    Fade shapes are linear, equal_power, fast, slow, s_curve, bezier and the DAW's own words.
    `play_rate` 2 plays twice as fast; `warped` clips are stretched otherwise. `inverted` is the
    polarity. Of a `reversed` clip's file all places count from its end. Where `part_length_s` is
    given the clip hears nothing of its file but that much from `part_start_s` on, `looped` over and
    over, else once. `lane` names the take or comp lane. Of clips that overlap, an `opaque` one
    hides those of a lower `layer`; others are added. Times in `automation` count from the session's
    start, `devices` are effects on the clip alone. `unread` names what of it sounds otherwise in
    the DAW than what is read here: clip_effects, clip_line, speed_fade, auto_crossfade, no_length,
    no_number.
    """

    media: Media | None = None
    right: Media | None = None
    position_s: float = 0.0
    position_frames: int = 0
    length_s: float = 0.0
    source_offset_s: float = 0.0
    gain_db: float = 0.0
    fade_in_s: float = 0.0
    fade_out_s: float = 0.0
    muted: bool = False
    media_path: str | None = None
    missing: bool = False
    name: str = ""
    kind: ClipKind = "audio"
    written: Written | None = None
    fade_in_shape: str = "linear"
    fade_out_shape: str = "linear"
    play_rate: float = 1.0
    part_start_s: float = 0.0
    part_length_s: float | None = None
    looped: bool = False
    reversed: bool = False
    warped: bool = False
    inverted: bool = False
    channel_mode: str | None = None
    lane: str | None = None
    layer: int = 0
    opaque: bool = False
    pan: float = 0.0
    automation: tuple[Automation, ...] = ()
    devices: tuple[Device, ...] = ()
    unread: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The object of a track's `clips` list; `right` stands there only for a pair."""
        told: dict[str, Any] = {
            "media": None if self.media is None else self.media.as_json(),
            "position_s": self.position_s,
            "position_frames": self.position_frames,
            "length_s": self.length_s,
            "source_offset_s": self.source_offset_s,
            "gain_db": self.gain_db,
            "fade_in_s": self.fade_in_s,
            "fade_out_s": self.fade_out_s,
            "muted": self.muted,
            **beyond_default(self, _CLIP_SPARSE),
        }
        if self.right is not None:
            told["right"] = self.right.as_json()
        if self.written is not None:
            told["written"] = self.written.as_json()
        if self.automation:
            told["automation"] = [line.as_json() for line in self.automation]
        if self.devices:
            told["devices"] = [device.as_json() for device in self.devices]
        return told


__all__ = [
    "Automation",
    "AutomationPoint",
    "Clip",
    "ClipKind",
    "Device",
    "DeviceKind",
    "DeviceState",
    "Marker",
    "Media",
    "Meter",
    "PluginParameter",
    "Reference",
    "Send",
    "Session",
    "Tempo",
    "TimeUnit",
    "Track",
    "Written",
]

ReferenceKind = Literal["mix", "reference", "master"]
TempoCurve = Literal["step", "linear"]

_SEND_SPARSE = (
    *("pan", "enabled", "to_channels", "pan_law", "own_pan", "before_mute", "inverted"),
)
_TRACK_SPARSE = ("soloed", "solo_safe", "inverted", "width", "pan_law", "trim_db", "unread")


@dataclass(frozen=True)
class Send:
    """A track's feed into another track; `target` is that track's id.

    `to_channels` names the target's channels when they are others than 1/2, such as "3/4": a key
    for its devices, not heard by itself. `pan_law` names the law of the send's own panner, which
    `own_pan` keeps where it is when the track's moves. One taken `before_mute` is heard though its
    track is muted. `inverted` is the polarity.
    """

    target: str
    gain_db: float = 0.0
    pre_fader: bool = False
    muted: bool = False
    pan: float = 0.0
    enabled: bool = True
    to_channels: str | None = None
    pan_law: str | None = None
    own_pan: bool = False
    before_mute: bool = False
    inverted: bool = False

    def as_json(self) -> dict[str, Any]:
        """The object of a track's `sends` list."""
        return {
            "target": self.target,
            "gain_db": self.gain_db,
            "pre_fader": self.pre_fader,
            "muted": self.muted,
            **beyond_default(self, _SEND_SPARSE),
        }


@dataclass(frozen=True)
class Track:
    """A track of the session; `id` is unique, `name` is what people call it.

    `kind` is audio, group, return, master, midi, vca, folder or unknown; the master's id is
    "master". `role` is a path such as "drums/kick", "vocals", "other". `parent` and `output` are
    track ids, `output` "master" at the end of the road, None for a track that is heard only
    through its sends. A `solo_safe` track is heard beside others' solos. `trim_db` comes before
    the devices, `gain_db` is the fader after them. `width` is the stereo panner's, -1 to 1;
    `pan_law` names the DAW's law. `frozen` are the clips that a frozen track plays in place of its
    clips and devices, where the session has both. `unread` names what of it sounds otherwise in
    the DAW than what is read of it here, in codes of the session's diagnostics.
    """

    id: str
    name: str
    kind: str = "audio"
    parent: str | None = None
    channels: int = 2
    gain_db: float = 0.0
    pan: float = 0.0
    muted: bool = False
    output: str | None = "master"
    clips: tuple[Clip, ...] = ()
    sends: tuple[Send, ...] = ()
    devices: tuple[Device, ...] = ()
    automation: tuple[Automation, ...] = ()
    role: str = "other"
    soloed: bool = False
    inverted: bool = False
    width: float | None = None
    pan_law: str | None = None
    trim_db: float = 0.0
    frozen: tuple[Clip, ...] = ()
    solo_safe: bool = False
    unread: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The object of the `tracks` list."""
        frozen = {"frozen": [clip.as_json() for clip in self.frozen]} if self.frozen else {}
        return {
            "id": self.id,
            "name": self.name,
            "kind": self.kind,
            "parent": self.parent,
            "channels": self.channels,
            "gain_db": self.gain_db,
            "pan": self.pan,
            "muted": self.muted,
            "output": self.output,
            "role": self.role,
            "clips": [clip.as_json() for clip in self.clips],
            "sends": [send.as_json() for send in self.sends],
            "devices": [device.as_json() for device in self.devices],
            "automation": [line.as_json() for line in self.automation],
            **beyond_default(self, _TRACK_SPARSE),
            **frozen,
        }


@dataclass(frozen=True)
class Tempo:
    """A tempo from `position_s` on, in quarter notes a minute; a linear `curve` ramps on."""

    position_s: float
    bpm: float
    curve: TempoCurve = "step"

    def as_json(self) -> dict[str, Any]:
        """The object of the `tempo` list."""
        usual = {"position_s": self.position_s, "bpm": self.bpm}
        return {**usual, **beyond_default(self, ("curve",))}


@dataclass(frozen=True)
class Meter:
    """A time signature from `position_s` on."""

    position_s: float
    numerator: int
    denominator: int

    def as_json(self) -> dict[str, Any]:
        """The object of the `meters` list."""
        return {
            "position_s": self.position_s,
            "numerator": self.numerator,
            "denominator": self.denominator,
        }


@dataclass(frozen=True)
class Marker:
    """A named place, or a stretch when it has a length.

    `kind` is marker, region, loop, punch, session (from the song's start to its end), cd.
    """

    position_s: float
    name: str
    length_s: float | None = None
    kind: str = "marker"

    def as_json(self) -> dict[str, Any]:
        """The object of the `markers` list."""
        return {
            "position_s": self.position_s,
            "name": self.name,
            "length_s": self.length_s,
            **beyond_default(self, ("kind",)),
        }


@dataclass(frozen=True)
class Reference:
    """A finished or rough mix that lay among the stems: compared with, never summed."""

    kind: ReferenceKind
    name: str
    media: Media
    right: Media | None = None

    def as_json(self) -> dict[str, Any]:
        """The object of the `references` list; `right` stands there only for a pair."""
        pair = {} if self.right is None else {"right": self.right.as_json()}
        return {"kind": self.kind, "name": self.name, "media": self.media.as_json(), **pair}


@dataclass(frozen=True)
class Session(Shown):
    """What the DAW exported or saved.

    `provenance` is what the file says about itself, by name: title, artist, saved, ... `length_s`
    is the song's length where the session states one.
    """

    format: str
    daw: str | None
    sample_rate_hz: int
    tracks: tuple[Track, ...]
    tempo: tuple[Tempo, ...] = ()
    markers: tuple[Marker, ...] = ()
    references: tuple[Reference, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    meters: tuple[Meter, ...] = ()
    provenance: tuple[tuple[str, str], ...] = ()
    length_s: float | None = None

    def as_json(self) -> dict[str, Any]:
        """What `stemwright read --json` prints; infinite and undefined numbers are null."""
        told: dict[str, Any] = {
            "format": self.format,
            "daw": self.daw,
            "sample_rate_hz": self.sample_rate_hz,
            "tempo": [tempo.as_json() for tempo in self.tempo],
            "tracks": [track.as_json() for track in self.tracks],
            "markers": [marker.as_json() for marker in self.markers],
            "references": [reference.as_json() for reference in self.references],
            "diagnostics": [diagnostic.as_json() for diagnostic in self.diagnostics],
            **beyond_default(self, ("length_s",)),
        }
        if self.meters:
            told["meters"] = [meter.as_json() for meter in self.meters]
        if self.provenance:
            told["provenance"] = dict(self.provenance)
        finite: dict[str, Any] = _finite(told)
        return finite


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_finite(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
