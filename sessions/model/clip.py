"""Clips: stretches of audio, or of notes, on a track."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from sessions.model.device import Device
from sessions.model.values import Automation, Media, Written, beyond_default

ClipKind = Literal["audio", "midi"]

_CLIP_SPARSE = (
    *("media_path", "missing", "name", "kind", "fade_in_shape", "fade_out_shape", "play_rate"),
    *("looped", "reversed", "warped", "inverted", "channel_mode", "lane", "layer", "opaque", "pan"),
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
    polarity. `lane` names the take or comp lane. Of clips that overlap, an `opaque` one hides
    those of a lower `layer`; others are added. Times in `automation` count from the session's
    start, `devices` are effects on the clip alone.
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
