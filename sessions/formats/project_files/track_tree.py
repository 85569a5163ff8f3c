"""Tracks as a tree, each parent before its children, as every project file lists them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sessions.model.session import Session, Track

MASTER = "master"


@dataclass(frozen=True)
class Node:
    """A track, how deep it lies, and the tracks in it."""

    track: Track
    depth: int
    children: tuple[Node, ...]

    def walk(self) -> Iterator[Node]:
        """This node and all below it, parents first."""
        yield self
        for child in self.children:
            yield from child.walk()


def forest(session: Session) -> tuple[Node, ...]:
    """The tracks without the master, nested by `parent`, in the session's order.

    A parent that does not exist, or that is the track's own child, leaves it at the top.
    """
    tracks = [track for track in session.tracks if not is_master(track)]
    known = {track.id for track in tracks}
    above = {track.id: track.parent for track in tracks if track.parent in known}
    tops = {track.id for track in tracks if track.id not in above or _in_ring(track.id, above)}
    return tuple(_node(track, 0, tracks, tops) for track in tracks if track.id in tops)


def master_of(session: Session) -> Track:
    """The session's master track, or one at rest."""
    found = next((track for track in session.tracks if is_master(track)), None)
    return found or Track(MASTER, "Master", kind="master", output=None)


def is_master(track: Track) -> bool:
    """Tell whether this is the session's last bus."""
    return track.kind == "master" or track.id == MASTER


def _in_ring(track_id: str, above: Mapping[str, str | None]) -> bool:
    at = above.get(track_id)
    for _ in above:
        if at is None or at == track_id:
            break
        at = above.get(at)
    return at == track_id


def _node(track: Track, depth: int, tracks: Sequence[Track], tops: set[str]) -> Node:
    inside = [child for child in tracks if child.parent == track.id and child.id not in tops]
    return Node(track, depth, tuple(_node(child, depth + 1, tracks, tops) for child in inside))
