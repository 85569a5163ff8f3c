"""What feeds what: the order in which a mixer is worked, and which tracks are heard."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter

from sessions import Session, Track
from stemwright.problems import InputError, Problem
from stemwright.values import dataclass

MASTER = "master"

Feeds = dict[str, list[str]]
"""Track ids by track id, in the session's order, on which the order of sums depends."""


@dataclass(frozen=True)
class Network:
    """The tracks by id, in an order in which every one comes behind all that feed it.

    `fed` says of each which feed it. `heard` are those that neither a mute nor another's solo
    silences; of these the `closed` are heard through sends alone that are taken before the mute.
    `lost` would be heard, but lead to no master.
    """

    tracks: Mapping[str, Track]
    order: tuple[str, ...]
    fed: Feeds
    heard: frozenset[str]
    closed: frozenset[str]
    lost: frozenset[str] = frozenset()


def network(session: Session) -> Network:
    """Sort out a session's routing; one without a master, as an AAF is, gets one that does nothing.

    Raises InputError `feedback`, naming the tracks that feed themselves.
    """
    tracks = {track.id: track for track in session.tracks if track.kind != "vca"}
    tracks.setdefault(MASTER, Track(MASTER, "Master", MASTER, output=None))
    fed: Feeds = {each: [] for each in tracks}
    for track in tracks.values():
        for target in _targets(track):
            if target in fed:
                fed[target].append(track.id)
    try:
        order = tuple(TopologicalSorter(fed).static_order())
    except CycleError as cause:
        raise _feedback([tracks[each].name for each in cause.args[1]]) from cause
    opened = _heard(tracks, fed)
    closed = frozenset(each for each in tracks if each not in opened and _sends_early(tracks[each]))
    sounding, audible = closed | opened, _reached({MASTER}, fed)
    return Network(tracks, order, fed, sounding & audible, closed & audible, sounding - audible)


def alone_in(network: Network, track_id: str) -> Network:
    """The network with what a track is made of and all that this feeds; the rest is silent.

    Of what else a return is fed by nothing is heard.
    """
    fed: Feeds = {
        each: [] if network.tracks[each].kind == "return" and each != track_id else feeders
        for each, feeders in network.fed.items()
    }
    kept = _reached(_reached({track_id}, fed), _feeding(network))
    return replace(network, heard=network.heard & kept, closed=network.closed & kept)


def ways(network: Network) -> Mapping[str, frozenset[str]]:
    """By track, itself and all that it leads to, by outputs and sends."""
    found: dict[str, frozenset[str]] = {}
    onward = _feeding(network)
    for each in reversed(network.order):
        found[each] = frozenset({each}).union(*(found[target] for target in onward[each]))
    return found


def _feeding(network: Network) -> Feeds:
    feeding: Feeds = {each: [] for each in network.tracks}
    for each, feeders in network.fed.items():
        for feeder in feeders:
            feeding[feeder].append(each)
    return feeding


def _sends_early(track: Track) -> bool:
    return any(send.enabled and send.before_mute for send in track.sends)


def _targets(track: Track) -> Iterator[str]:
    """What a track feeds; a send to itself, as openDAW's files have it, is none."""
    if track.output is not None:
        yield track.output
    yield from (send.target for send in track.sends if send.enabled and send.target != track.id)


def _heard(tracks: Mapping[str, Track], fed: Feeds) -> set[str]:
    heard = {each for each, track in tracks.items() if not track.muted}
    safe = {each for each, track in tracks.items() if track.solo_safe}
    soloed = {each for each, track in tracks.items() if track.soloed}
    if not soloed:
        return heard
    feeding = {
        each: [target for target in _targets(track) if target in tracks]
        for each, track in tracks.items()
    }
    return heard & (_reached(soloed | safe, feeding) | _reached(soloed, fed) | {MASTER})


def _reached(start: set[str], onward: Feeds) -> set[str]:
    found, left = set(start), list(start)
    while left:
        new = set(onward[left.pop()]) - found
        found |= new
        left += new
    return found


def _feedback(names: Sequence[str]) -> InputError:
    return InputError(
        Problem(
            "feedback",
            f"these tracks feed each other in a circle: {' -> '.join(names)}",
            hint="take one send or output out of the circle in the DAW and save again",
        )
    )
