"""What of a song can be printed: every clip that is to be heard, and what becomes of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from bridge.bouncing.dialect import Dialect
from bridge.bouncing.network import Network
from sessions import Clip, Session, Track
from stemwright.values import dataclass

Fate = Literal["rendered", "told", "refused"]

REASONS: dict[str, tuple[Fate, str]] = {
    "missing_media": ("refused", "its file is not there"),
    "no_media": ("refused", "it names no file"),
    "notes": ("refused", "it holds notes; print or freeze its instrument in the DAW"),
    "stretched": ("refused", "it is stretched or warped; print it in the DAW"),
    "other_speed": ("refused", "it plays at another speed; print it in the DAW"),
    "clip_effects": ("refused", "it has effects of its own; print it in the DAW"),
    "clip_line": ("refused", "a line of its own moves what is not moved here"),
    "fade_shape": ("told", "its fade's shape is not known here, so the fade is straight"),
    "past_its_file": ("told", "it runs past its file's end"),
}
"""Why a clip is not printed as the DAW plays it: what becomes of it, and the words."""

_LINES = frozenset({"gain_db"})


@dataclass(frozen=True)
class ClipAccount:
    """A clip that is to be heard, and why it is not printed as it is, in codes of REASONS."""

    track: Track
    clip: Clip
    reasons: tuple[str, ...]

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
        }


def account(session: Session, network: Network, dialect: Dialect) -> tuple[ClipAccount, ...]:
    """Every clip that no mute and no solo silences, in the session's order."""
    return tuple(
        ClipAccount(track, clip, tuple(_reasons(clip, session.sample_rate_hz, dialect)))
        for track in session.tracks
        if track.id in network.heard
        for clip in track.clips
        if not clip.muted and clip.length_s > 0.0
    )


def seconds(accounts: tuple[ClipAccount, ...]) -> dict[Fate, float]:
    """Clip-seconds by what becomes of them; their sum is all that is to be heard."""
    fates: tuple[Fate, ...] = ("rendered", "told", "refused")
    return {
        fate: sum((each.clip.length_s for each in accounts if each.fate == fate), 0.0)
        for fate in fates
    }


def _reasons(clip: Clip, rate_hz: int, dialect: Dialect) -> Iterator[str]:
    if clip.kind == "midi":
        yield "notes"
    elif clip.missing:
        yield "missing_media"
    elif clip.media is None:
        yield "no_media"
    else:
        if clip.warped:
            yield "stretched"
        elif clip.play_rate != 1.0:
            yield "other_speed"
        if any(device.enabled for device in clip.devices):
            yield "clip_effects"
        if any(line.target not in _LINES for line in clip.automation):
            yield "clip_line"
        if not {clip.fade_in_shape, clip.fade_out_shape} <= dialect.fade_shapes:
            yield "fade_shape"
        if _runs_out(clip, rate_hz):
            yield "past_its_file"


def _runs_out(clip: Clip, rate_hz: int) -> bool:
    """By more than a frame, which rounding may make."""
    end_s = clip.source_offset_s + clip.length_s
    held_s = 0.0 if clip.media is None else clip.media.length_s
    return not clip.looped and end_s > held_s + 1.0 / rate_hz
