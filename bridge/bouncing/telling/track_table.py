"""What can be printed of a song, track by track: clips, instruments, media and plugins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bridge.bouncing.accounts import Fate, seconds
from bridge.bouncing.bounce import Bounce
from sessions import Track
from stemwright.problems import Problem
from stemwright.values import dataclass

_UNREADABLE = frozenset({"missing_media", "no_media"})


@dataclass(frozen=True)
class TrackRow:
    """A track of the session: clip-seconds by what becomes of them, and what is not at hand.

    `instrument` names what would play its notes, "" where it has none; a track that a mute or a
    solo silences is not `heard`.
    """

    track: Track
    heard: bool
    clips: int
    clip_seconds: Mapping[Fate, float]
    instrument: str
    missing_media: tuple[str, ...]
    plugins: tuple[str, ...]
    refused_plugins: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The object of the `by_track` list."""
        return {
            "track": self.track.name,
            "id": self.track.id,
            "kind": self.track.kind,
            "heard": self.heard,
            "clips": self.clips,
            "clip_seconds": {name: round(each, 6) for name, each in self.clip_seconds.items()},
            "instrument": self.instrument,
            "missing_media": list(self.missing_media),
            "plugins": list(self.plugins),
            "refused_plugins": list(self.refused_plugins),
        }


def track_rows(bounce: Bounce, lacking: Sequence[tuple[str, Problem]] = ()) -> list[TrackRow]:
    """A row a track, in the session's order; `lacking` are plugins' problems by track id."""
    hosted = {track.id for track in bounce.hosted}
    instruments = {
        each.track.id: each.of or "notes" for each in bounce.tracks if each.reason == "instrument"
    }
    rows = []
    for track in bounce.session.tracks:
        told = tuple(each for each in bounce.accounts if each.track.id == track.id)
        missing = (
            each.clip.media_path or each.clip.name for each in told if _UNREADABLE & {*each.reasons}
        )
        rows.append(
            TrackRow(
                track,
                track.id in bounce.network.heard,
                len(told),
                seconds(told),
                instruments.get(track.id, ""),
                tuple(dict.fromkeys(missing)),
                tuple(each.name for each in track.devices if each.enabled)
                if track.id in hosted
                else (),
                tuple(each.message for of, each in lacking if of == track.id),
            )
        )
    return rows
