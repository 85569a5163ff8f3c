"""What differs between two sessions beside their tracks: rate, tempo, meter, markers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from bridge.comparing.documents.change import Change
from bridge.comparing.documents.of_sessions.comparison import Comparison
from bridge.comparing.documents.of_sessions.song_times import SongTimes, rounded, same_value
from bridge.comparing.documents.pairing import Keys, by, pairs_of
from bridge.comparing.documents.times_in_words import length_words, moved_words
from bridge.comparing.documents.values_in_words import number
from sessions import Marker, Meter, Reference, Session, Tempo
from stemwright.words import clock


def song_changes(a: Session, b: Session, with_: Comparison) -> Iterator[Change]:
    """Yield what differs of two sessions as wholes."""
    times = with_.times
    if a.sample_rate_hz != b.sample_rate_hz:
        rates = a.sample_rate_hz, b.sample_rate_hz
        said = f"sample rate from {rates[0]} Hz to {rates[1]} Hz"
        yield Change(("sample_rate_hz",), "changed", *rates, said)
    yield from _points("tempo", a.tempo, b.tempo, times, _tempo, _same_tempo)
    yield from _points("meter", a.meters, b.meters, times, _meter, _same_meter)
    yield from _markers(a.markers, b.markers, with_)
    yield from _references(a.references, b.references)
    is_told = any(each.kind == "session" for each in (*a.markers, *b.markers))
    lengths = a.length_s, b.length_s
    if not is_told and None not in lengths and not times.same_length((0.0, 0.0), lengths):  # type: ignore[arg-type]
        said = f"length {length_words(*lengths)}"  # type: ignore[arg-type]
        yield Change(("length_s",), "changed", *lengths, said)


def _tempo(point: Tempo) -> str:
    return f"{number(point.bpm)} bpm" + (", ramping" if point.curve == "linear" else "")


def _same_tempo(a: Tempo, b: Tempo) -> bool:
    return same_value(a.bpm, b.bpm) and a.curve == b.curve


def _meter(point: Meter) -> str:
    return f"{point.numerator}/{point.denominator}"


def _same_meter(a: Meter, b: Meter) -> bool:
    return _meter(a) == _meter(b)


def _points(
    what: str,
    a: Sequence[Any],
    b: Sequence[Any],
    times: SongTimes,
    said: Callable[[Any], str],
    same: Callable[[Any, Any], bool],
) -> Iterator[Change]:
    """Points in the song that are other, came or went."""
    found = pairs_of(a, b, _moments(times))
    key = "meters" if what == "meter" else what
    for place in found.gone:
        point = a[place]
        words = f"{what} {said(point)} at {clock(point.position_s)} removed"
        yield Change((key, place), "removed", point.as_json(), None, words)
    for was, now in found.both:
        if not same(a[was], b[now]):
            at = f" at {clock(b[now].position_s)}" if b[now].position_s else ""
            words = f"{what}{at} from {said(a[was])} to {said(b[now])}"
            yield Change((key, now), "changed", a[was].as_json(), b[now].as_json(), words)
    for place in found.new:
        point = b[place]
        words = f"{what} {said(point)} at {clock(point.position_s)} added"
        yield Change((key, place), "added", None, point.as_json(), words, place)


def _moments(
    times: SongTimes, also: Callable[[Any], tuple[Any, ...]] = lambda _: ()
) -> list[Keys[Any]]:
    """Keys that match what stands at one second, then at one beat."""
    keys: list[Keys[Any]] = [by(lambda each: (*also(each), rounded(each.position_s)))]
    if times.tempo_differs:
        beat = [
            lambda each, of_b=of_b: (*also(each), times.beats(each.position_s, of_b=of_b))
            for of_b in (False, True)
        ]
        keys.append((beat[0], beat[1]))
    return keys


def _markers(a: Sequence[Marker], b: Sequence[Marker], with_: Comparison) -> Iterator[Change]:
    def kind(marker: Marker) -> str:
        return "" if with_.across else marker.kind

    times = with_.times
    keys = [
        *_moments(times, lambda marker: (kind(marker), marker.name)),
        by(lambda marker: (kind(marker), marker.name)),
        *_moments(times, lambda marker: (kind(marker),)),
    ]
    found = pairs_of(a, b, keys)
    for place in found.gone:
        words = f"{_called(a[place])} removed"
        yield Change(("markers", place), "removed", a[place].as_json(), None, words)
    for was, now in found.both:
        yield from _marker(a[was], b[now], now, times)
    for place in found.new:
        words = f"{_called(b[place])} added"
        yield Change(("markers", place), "added", None, b[place].as_json(), words, place)


def _called(marker: Marker) -> str:
    name = f' "{marker.name}"' if marker.name else ""
    return f"{marker.kind}{name} at {clock(marker.position_s)}"


def _marker(a: Marker, b: Marker, place: int, times: SongTimes) -> Iterator[Change]:
    who, path = _called(a), ("markers", place)
    at = a.position_s, b.position_s
    if a.name != b.name:
        words = f'{who} is called "{b.name}" now'
        yield Change((*path, "name"), "renamed", a.name, b.name, words)
    if not times.same_moment(*at):
        yield Change((*path, "position_s"), "changed", *at, f"{who} moved {moved_words(*at)}")
    long = a.length_s or 0.0, b.length_s or 0.0
    if not times.same_length(at, long):
        words = f"{who} {length_words(*long)}"
        yield Change((*path, "length_s"), "changed", a.length_s, b.length_s, words)


def _references(a: Sequence[Reference], b: Sequence[Reference]) -> Iterator[Change]:
    """Mixes and references among the stems, by their names."""
    found = pairs_of(a, b, [by(lambda each: (each.kind, each.name)), by(lambda each: each.name)])
    for place in found.gone:
        words = f'{a[place].kind} "{a[place].name}" removed'
        yield Change(("references", place), "removed", a[place].as_json(), None, words)
    for was, now in found.both:
        if a[was].kind != b[now].kind:
            words = f'"{b[now].name}" from {a[was].kind} to {b[now].kind}'
            yield Change(("references", now), "changed", a[was].kind, b[now].kind, words)
    for place in found.new:
        words = f'{b[place].kind} "{b[place].name}" added'
        yield Change(("references", place), "added", None, b[place].as_json(), words, place)
