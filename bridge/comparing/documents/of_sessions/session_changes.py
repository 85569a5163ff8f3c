"""What differs between two DAW sessions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bridge.comparing.documents.change import Change, Path
from bridge.comparing.documents.of_sessions.clip_changes import (
    clip_changes,
    clip_pairs,
    said_of,
    source_of,
)
from bridge.comparing.documents.of_sessions.comparison import Comparison, ReadStates, SameAudio
from bridge.comparing.documents.of_sessions.media_files import same_audio as same_files
from bridge.comparing.documents.of_sessions.song_changes import song_changes
from bridge.comparing.documents.of_sessions.song_times import SongTimes, rounded
from bridge.comparing.documents.of_sessions.track_changes import Tracks, track_changes
from bridge.comparing.documents.of_sessions.track_pairs import track_pairs
from bridge.comparing.documents.pairing import Pairs, by, pairs_of
from bridge.comparing.documents.rows import moved
from sessions import Clip, Session, Track
from stemwright.words import counted


def session_changes(
    a: Session,
    b: Session,
    *,
    read_states: ReadStates | None = None,
    same_audio: SameAudio = same_files,
) -> tuple[Change, ...]:
    """Everything audible or structural in which B is another session than A, track by track.

    Empty for a session and itself, and for a copy of it in another folder. `read_states` reads what
    two states of a plugin are in its own words; without it, states count by their bytes. Times
    within a microsecond, levels within 0.0001 dB and other values within a millionth are the same.
    Of sessions of two formats, what one leaves unsaid or says in its DAW's own words is no change.
    """
    with_ = Comparison(SongTimes(a, b), same_audio, read_states, a.format != b.format)
    found = track_pairs(a, b)
    ids = {a.tracks[one].id: b.tracks[other].id for one, other in found.both}
    tracks = Tracks(a, b, ids)
    return (
        *song_changes(a, b, with_),
        *_rows(a, b, found),
        *_each(a, b, found, tracks, with_),
    )


def _rows(a: Session, b: Session, found: Pairs[Track]) -> Iterator[Change]:
    """Tracks that went, came, or stand in another place among the others."""
    for place in found.gone:
        track = a.tracks[place]
        said = f'track "{track.name}" removed{_holding(track)}'
        yield Change(("tracks", track.id), "removed", track.as_json(), None, said)
    both = [pair for pair in found.both if b.tracks[pair[1]].kind != "master"]
    for member in sorted(moved([other for _, other in both])):
        was, now = both[member]
        track = b.tracks[now]
        said = f'track "{track.name}" moved from place {was + 1} to place {now + 1}'
        yield Change(("tracks", track.id), "moved", was, now, said)
    for place in found.new:
        track = b.tracks[place]
        said = f'track "{track.name}" added in place {place + 1}{_holding(track)}'
        yield Change(("tracks", track.id), "added", None, track.as_json(), said, place)


def _holding(track: Track) -> str:
    held = [("clip", track.clips), ("plugin", track.devices), ("send", track.sends)]
    told = [counted(len(row), what) for what, row in held if row]
    return f", with {', '.join(told)}" if told else ""


def _each(
    a: Session, b: Session, found: Pairs[Track], tracks: Tracks, with_: Comparison
) -> Iterator[Change]:
    gone: list[_Placed] = []
    new: list[_Placed] = []
    told: list[tuple[Change, ...]] = []
    for one, other in found.both:
        was, now = a.tracks[one], b.tracks[other]
        path, who = ("tracks", now.id), now.name or now.id
        changes = [*track_changes(was, now, path, tracks, with_)]
        clips = clip_pairs(was.clips, now.clips, with_.times)
        for before, after in clips.both:
            where = (*path, "clips", after)
            changes += clip_changes(was.clips[before], now.clips[after], where, who, with_)
        gone += [(now, place, was.clips[place]) for place in clips.gone]
        new += [(now, place, now.clips[place]) for place in clips.new]
        told.append(tuple(changes))
    for changes_of_one in told:
        yield from changes_of_one
    yield from _across(gone, new, with_)


_Placed = tuple[Track, int, Clip]


def _across(gone: Sequence[_Placed], new: Sequence[_Placed], with_: Comparison) -> Iterator[Change]:
    """Clips that went from their track; one that came on another with the same sound has moved."""

    def body(placed: _Placed) -> tuple[object, ...]:
        clip = placed[2]
        return source_of(clip), rounded(clip.source_offset_s), rounded(clip.length_s)

    found = pairs_of(
        gone, new, [by(lambda placed: (*body(placed), rounded(placed[2].position_s))), by(body)]
    )
    for was, now in found.both:
        (old, _, before), (track, place, after) = gone[was], new[now]
        path: Path = ("tracks", track.id, "clips", place)
        said = f"{old.name} {said_of(before)} moved to {track.name}"
        yield Change(path, "moved", old.id, track.id, said)
        yield from clip_changes(before, after, path, track.name, with_)
    for place in found.gone:
        track, at, clip = gone[place]
        path = ("tracks", track.id, "clips", at)
        yield Change(path, "removed", clip.as_json(), None, f"{track.name} {said_of(clip)} removed")
    for place in found.new:
        track, at, clip = new[place]
        path = ("tracks", track.id, "clips", at)
        yield Change(path, "added", None, clip.as_json(), f"{track.name} {said_of(clip)} added", at)
