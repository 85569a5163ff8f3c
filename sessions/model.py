"""A session as frozen values, in DAWproject's vocabulary (github.com/bitwig/dawproject).

Times are seconds from the session's start, `_frames` counts at the media's own sample rate, gains
are decibels, pans run from -1 (left) to +1 (right).
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

Severity = Literal["note", "warning", "error"]
ReferenceKind = Literal["mix", "reference", "master"]


@dataclass(frozen=True)
class Diagnostic:
    """Something the user should know that did not stop the reading."""

    severity: Severity
    code: str
    where: str
    message: str

    def as_json(self) -> dict[str, str]:
        """The object of a `diagnostics` list."""
        return {
            "severity": self.severity,
            "code": self.code,
            "where": self.where,
            "message": self.message,
        }


@dataclass(frozen=True)
class Media:
    """An audio file as its header tells; `path` is absolute and resolved.

    `member` is the entry's name when `path` is a zip. `format` and `subtype` are libsndfile's
    words, such as "WAV" and "PCM_24".
    """

    path: Path
    member: str | None
    sample_rate_hz: int
    channels: int
    frames: int
    format: str
    subtype: str

    @property
    def length_s(self) -> float:
        """Playing time in seconds."""
        return self.frames / self.sample_rate_hz

    def as_json(self) -> str:
        """The file's path; for a zip's member the zip's path, `!/` and the member's name."""
        return str(self.path) if self.member is None else f"{self.path}!/{self.member}"


@dataclass(frozen=True)
class Clip:
    """A stretch of audio on a track.

    `right` is the second file of a .L/.R pair: two mono files that make one stereo signal.
    `position_frames` is `position_s` to the sample, at the media's rate.
    """

    media: Media
    right: Media | None = None
    position_s: float = 0.0
    position_frames: int = 0
    length_s: float = 0.0
    source_offset_s: float = 0.0
    gain_db: float = 0.0
    fade_in_s: float = 0.0
    fade_out_s: float = 0.0
    muted: bool = False

    def as_json(self) -> dict[str, Any]:
        """The object of a track's `clips` list; `right` stands there only for a pair."""
        pair = {} if self.right is None else {"right": self.right.as_json()}
        return {
            "media": self.media.as_json(),
            **pair,
            "position_s": self.position_s,
            "length_s": self.length_s,
            "source_offset_s": self.source_offset_s,
            "gain_db": self.gain_db,
            "fade_in_s": self.fade_in_s,
            "fade_out_s": self.fade_out_s,
            "muted": self.muted,
        }


@dataclass(frozen=True)
class Send:
    """A track's feed into another track; `target` is that track's id."""

    target: str
    gain_db: float = 0.0
    pre_fader: bool = False
    muted: bool = False

    def as_json(self) -> dict[str, Any]:
        """The object of a track's `sends` list."""
        return {
            "target": self.target,
            "gain_db": self.gain_db,
            "pre_fader": self.pre_fader,
            "muted": self.muted,
        }


@dataclass(frozen=True)
class DeviceState:
    """A plugin's state as the session held it; `kind` is vst3, fxp_chunk, au_plist, opaque, ..."""

    kind: str
    data: bytes

    def as_json(self) -> dict[str, Any]:
        """Kind, size in bytes and hash; the bytes themselves stay here."""
        return {
            "kind": self.kind,
            "bytes": len(self.data),
            "sha256": hashlib.sha256(self.data).hexdigest(),
        }


@dataclass(frozen=True)
class Device:
    """A plugin or built-in effect on a track."""

    name: str
    vendor: str
    format: str
    id: str
    enabled: bool = True
    state: DeviceState | None = None

    def as_json(self) -> dict[str, Any]:
        """The object of a track's `devices` list."""
        return {
            "name": self.name,
            "vendor": self.vendor,
            "format": self.format,
            "id": self.id,
            "enabled": self.enabled,
            "state": None if self.state is None else self.state.as_json(),
        }


@dataclass(frozen=True)
class Automation:
    """A parameter's points over time: `target` such as "gain" or "pan", in `unit`."""

    target: str
    unit: str
    points: tuple[tuple[float, float], ...]

    def as_json(self) -> dict[str, Any]:
        """The object of a track's `automation` list; points are [seconds, value]."""
        return {
            "target": self.target,
            "unit": self.unit,
            "points": [list(point) for point in self.points],
        }


@dataclass(frozen=True)
class Track:
    """A track of the session; `id` is unique, `name` is what people call it.

    `role` is a path such as "drums/kick", "vocals", "other". `parent` and `output` are track ids,
    `output` "master" at the end of the road.
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

    def as_json(self) -> dict[str, Any]:
        """The object of the `tracks` list."""
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
        }


@dataclass(frozen=True)
class Tempo:
    """A tempo from `position_s` on, in quarter notes a minute."""

    position_s: float
    bpm: float

    def as_json(self) -> dict[str, float]:
        """The object of the `tempo` list."""
        return {"position_s": self.position_s, "bpm": self.bpm}


@dataclass(frozen=True)
class Marker:
    """A named place, or a region when it has a length."""

    position_s: float
    name: str
    length_s: float | None = None

    def as_json(self) -> dict[str, Any]:
        """The object of the `markers` list."""
        return {"position_s": self.position_s, "name": self.name, "length_s": self.length_s}


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
class Session:
    """What the DAW exported."""

    format: str
    daw: str | None
    sample_rate_hz: int
    tracks: tuple[Track, ...]
    tempo: tuple[Tempo, ...] = ()
    markers: tuple[Marker, ...] = ()
    references: tuple[Reference, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """What `stemwright read --json` prints; infinite and undefined numbers are null."""
        told: dict[str, Any] = _finite(
            {
                "format": self.format,
                "daw": self.daw,
                "sample_rate_hz": self.sample_rate_hz,
                "tempo": [tempo.as_json() for tempo in self.tempo],
                "tracks": [track.as_json() for track in self.tracks],
                "markers": [marker.as_json() for marker in self.markers],
                "references": [reference.as_json() for reference in self.references],
                "diagnostics": [diagnostic.as_json() for diagnostic in self.diagnostics],
            }
        )
        return told


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_finite(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
