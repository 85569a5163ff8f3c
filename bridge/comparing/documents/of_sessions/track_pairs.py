"""Which track became which."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence

from bridge.comparing.documents.of_sessions.clip_changes import source_of
from bridge.comparing.documents.of_sessions.device_changes import same_plugin
from bridge.comparing.documents.pairing import Keys, Pairs, by, pairs_of
from sessions import Session, Track

_KEEPS_IDS = frozenset({"ableton", "ardour", "cubase_xml", "reaper", "tracktion"})
"""Formats whose DAW gives a track an id for life; in others ids are places, or made anew."""


def track_pairs(a: Session, b: Session) -> Pairs[Track]:
    """Match tracks by id where the format keeps one, then by name, by what is on them, by place."""
    one_format = a.format == b.format
    keys: list[Keys[Track]] = [by(lambda track: _master(track))]
    if one_format:
        keys.append(by(lambda track: (track.id, track.name)))
    if one_format and a.format in _KEEPS_IDS:
        keys.append(by(lambda track: track.id))
    names = Counter(track.name for track in a.tracks), Counter(track.name for track in b.tracks)
    keys += [
        (_single_name(names[0]), _single_name(names[1])),
        by(lambda track: (track.name, _sound_on(track), _plugins_on(track))),
        by(lambda track: track.name or None),
        by(lambda track: (track.kind, _sound_on(track)) if track.clips else None),
        by(lambda track: (track.kind, _plugins_on(track)) if track.devices else None),
    ]
    if one_format:
        keys.append(by(lambda track: (track.id, track.kind)))
    return pairs_of(a.tracks, b.tracks, keys)


def _master(track: Track) -> str | None:
    return "master" if track.kind == "master" else None


def _single_name(names: Counter[str]) -> Callable[[Track], Hashable]:
    return lambda track: track.name if track.name and names[track.name] == 1 else None


def _sound_on(track: Track) -> tuple[Hashable, ...]:
    return tuple(source_of(clip) for clip in track.clips)


def _plugins_on(track: Track) -> tuple[Hashable, ...]:
    return tuple(same_plugin(device) for device in track.devices)


def order_of(tracks: Sequence[Track], places: Sequence[int]) -> list[int]:
    """Places without those of the master, which has none of its own."""
    return [place for place in places if tracks[place].kind != "master"]
