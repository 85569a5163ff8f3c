"""What differs between two tracks that are one: mixer, routing, plugins, automation, clips."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bridge.comparing.documents.change import Change, Path
from bridge.comparing.documents.of_sessions.automation_changes import (
    Line,
    automation_changes,
    target_words,
)
from bridge.comparing.documents.of_sessions.comparison import Comparison
from bridge.comparing.documents.of_sessions.device_changes import (
    called,
    device_changes,
    device_pairs,
)
from bridge.comparing.documents.of_sessions.fields import (
    Field,
    field_changes,
    level,
    pan,
    switch,
    value,
)
from bridge.comparing.documents.pairing import pairs_of
from bridge.comparing.documents.values_in_words import gain_words
from sessions import Send, Session, Track


class Tracks:
    """The tracks of both sessions: A's ids as B has them, and what tracks are called."""

    def __init__(self, a: Session, b: Session, ids: Mapping[str, str]) -> None:
        self._ids = ids
        names = {**{ids.get(t.id, f"a:{t.id}"): t for t in a.tracks}, **{t.id: t for t in b.tracks}}
        self._names = {name: track.name or track.id for name, track in names.items()}

    def in_b(self, track: str) -> str:
        """The id in B of A's track; one that no track of B has where there is none."""
        return track if track == "master" else self._ids.get(track, f"a:{track}")

    def key_in_b(self, key: str) -> str:
        """What feeds a key: a track's id in B, or what the session says in words."""
        return self._ids.get(key, key)

    def called(self, track: str) -> str:
        """The name of a track, by its id in B."""
        return self._names.get(track, track.removeprefix("a:"))


_BUSES = frozenset({"audio", "group", "return", "folder", "unknown"})
"""Kinds that a track has by what it holds and who feeds it, which is told by itself."""


def _is_bus(kind: str) -> bool:
    return kind in _BUSES


_MIXER = (
    Field(
        "kind",
        lambda a, b: f"kind from {a} to {b}",
        lambda a, b: (_is_bus(a) and _is_bus(b)) or a == b,
    ),
    value("channels", "channels"),
    level("trim_db", "trim"),
    switch("inverted", "polarity inverted", "polarity no longer inverted"),
    level("gain_db", "fader"),
    pan(),
    value("width", "width"),
    value("pan_law", "pan law"),
    switch("muted", "muted", "no longer muted"),
    switch("soloed", "soloed", "no longer soloed"),
    switch("solo_safe", "heard beside solos", "no longer heard beside solos"),
)
_SEND = (
    level("gain_db", "level"),
    switch("pre_fader", "pre-fader", "post-fader"),
    switch("muted", "muted", "no longer muted"),
    switch("enabled", "on", "off"),
    pan(),
    value("to_channels", "channels"),
    switch("own_pan", "panned by itself", "panned with its track"),
    switch("before_mute", "before the mute", "behind the mute"),
    switch("inverted", "polarity inverted", "polarity no longer inverted"),
)


def track_changes(
    a: Track, b: Track, path: Path, tracks: Tracks, with_: Comparison
) -> Iterator[Change]:
    """Yield what differs of one track but its clips; names and ids in it are B's."""
    who = b.name or b.id
    if a.name != b.name:
        yield Change(
            (*path, "name"), "renamed", a.name, b.name, f'track "{a.name}" is called "{b.name}" now'
        )
    yield from field_changes(_MIXER, path, who, a, b, across=with_.across)
    yield from _routing(a, b, path, who, tracks)
    yield from _sends(a, b, path, who, tracks, with_.across)
    yield from device_changes(a.devices, b.devices, path, who, tracks.key_in_b, with_)
    yield from automation_changes(*_lines(a, b, tracks), path, who, with_.times)


def _routing(a: Track, b: Track, path: Path, who: str, tracks: Tracks) -> Iterator[Change]:
    for name, said, none in (("parent", "in group", "none"), ("output", "output", "none")):
        was, now = getattr(a, name), getattr(b, name)
        before = None if was is None else tracks.in_b(was)
        if before != now:
            ends = [none if each is None else tracks.called(each) for each in (before, now)]
            words = f"{who} {said} from {ends[0]} to {ends[1]}"
            yield Change((*path, name), "changed", was, now, words)


def _sends(
    a: Track, b: Track, path: Path, who: str, tracks: Tracks, across: bool
) -> Iterator[Change]:
    def of_a(send: Send) -> Any:
        return tracks.in_b(send.target), send.to_channels

    def of_b(send: Send) -> Any:
        return send.target, send.to_channels

    keys = [(of_a, of_b), (lambda send: of_a(send)[0], lambda send: send.target)]
    found = pairs_of(a.sends, b.sends, keys)
    row = (*path, "sends")
    for place in found.gone:
        send = a.sends[place]
        to = tracks.called(tracks.in_b(send.target))
        said = f"{who} send to {to} removed, it was at {gain_words(round(send.gain_db, 2))}"
        yield Change((*row, send.target), "removed", send.as_json(), None, said)
    for was, now in found.both:
        send = b.sends[now]
        name = f"{who} send to {tracks.called(send.target)}"
        yield from field_changes(
            _SEND, (*row, send.target), name, a.sends[was], send, across=across
        )
    for place in found.new:
        send, gain = b.sends[place], gain_words(round(b.sends[place].gain_db, 2))
        said = f"{who} send to {tracks.called(send.target)} added at {gain}"
        yield Change((*row, send.target), "added", None, send.as_json(), said, place)


def _lines(a: Track, b: Track, tracks: Tracks) -> tuple[list[Line], list[Line]]:
    """Both tracks' lines, their targets as B has them: plugins by B's places, sends by B's ids.

    Lines of a plugin or a send that went or came do so with it, and are left out.
    """
    found = device_pairs(a.devices, b.devices)
    places = dict(found.both)
    feeds = {f"send:{tracks.in_b(send.target)}" for send in a.sends}
    feeds_now = {f"send:{send.target}" for send in b.sends}

    def in_b(target: str) -> str:
        kind, _, rest = target.partition(":")
        if kind == "send":
            return f"send:{tracks.in_b(rest)}"
        place = _device_of(target)
        if place is None:
            return target
        return f"device:{places.get(place)}:{rest.partition(':')[2]}"

    def words(target: str) -> str:
        kind, _, rest = target.partition(":")
        if kind == "send":
            return f"send to {tracks.called(rest)}"
        place = _device_of(target)
        if place is not None and place < len(b.devices):
            return f'"{called(b.devices[place])}" {rest.partition(":")[2]}'
        return target_words(target)

    was = [(line, in_b(line.target)) for line in a.automation]
    was = [
        (line, target)
        for line, target in was
        if target not in feeds - feeds_now and _device_of(line.target) not in found.gone
    ]
    now = [
        (line, line.target)
        for line in b.automation
        if line.target not in feeds_now - feeds and _device_of(line.target) not in found.new
    ]
    one, other = ([(line, target, words(target)) for line, target in side] for side in (was, now))
    return one, other


def _device_of(target: str) -> int | None:
    """The place of the plugin that a line moves; None where it moves none."""
    kind, _, rest = target.partition(":")
    place = rest.partition(":")[0]
    return int(place) if kind == "device" and place.isdecimal() else None
