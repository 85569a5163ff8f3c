"""The mixer at work, stretch by stretch: what every track is by the time it meets the master."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from bridge.audio import Block, Cursor
from bridge.bouncing.bounce import Bounce
from bridge.bouncing.inserts import Inserted
from bridge.bouncing.media_files import MediaFiles
from bridge.bouncing.network import MASTER, Network
from bridge.bouncing.playlist import Playlist
from bridge.bouncing.strip import Gain, Strip, StripNow, placed, times

Parts = dict[str, Block]
"""What a track's input is made of, by the track that it is told as: (channels, n) each."""


class Worked(NamedTuple):
    """What feeds the master, what leaves each bus that is printed, and each track worked to."""

    fed: Parts
    buses: Parts
    given: Parts


class Mixer:
    """Works the song from its start on, one stretch behind the other.

    What comes out of tracks in `apart` stays apart by what went in; the others sum it up. In place
    of the inputs of `inserted` tracks stands what came out of their plugins. It is worked to the
    master's end, or to where the plugins of the tracks `before_inserts` begin.
    """

    def __init__(
        self,
        bounce: Bounce,
        files: MediaFiles,
        inserted: Mapping[str, Inserted] = MappingProxyType({}),
        before_inserts: frozenset[str] | None = None,
    ) -> None:
        network, rate_hz, dialect = bounce.network, bounce.session.sample_rate_hz, bounce.dialect
        self._network, self._files, self._apart = network, files, bounce.apart
        self._targets = frozenset({MASTER}) if before_inserts is None else before_inserts
        self._to_the_end = before_inserts is None
        self._sums_master = bounce.kind == "master" or not self._to_the_end
        self._worked = _leading(self._targets, network, inserted)
        self._buses = {each for each in self._worked if each in bounce.buses}
        self._strips: dict[str, Strip] = {}
        self._playlists: dict[str, Playlist] = {}
        self._inserted = {each: Cursor(found.blocks()) for each, found in inserted.items()}
        for each in self._worked:
            track = network.tracks[each]
            channels = min(2, track.channels)
            if each in inserted:
                channels = inserted[each].channels
            else:
                self._playlists[each] = Playlist(track, rate_hz, dialect)
            late_frames = bounce.late_frames.get(each, 0)
            self._strips[each] = Strip(
                track,
                channels,
                late_frames,
                rate_hz,
                dialect,
                bounce.session.tempo,
                bounce.origin_frame,
            )

    def run(self, first: int, stop: int) -> Worked:
        """(2, stop - first) of each."""
        parts: dict[str, Parts] = {each: {} for each in self._network.order}
        given: Parts = {}
        fed: Parts = {}
        buses: Parts = {}
        for each in self._worked:
            now = self._strips[each].along(first, stop)
            self._enter(each, parts[each], first, stop)
            if each == MASTER:
                fed = dict(parts[each])
                if not self._sums_master:
                    continue
            if each not in self._targets:
                out = self._through(each, now, parts)
                if each in self._buses and out is not None:
                    buses[each] = out
                continue
            channels = min(2, self._network.tracks[each].channels)
            silence = np.zeros((channels, stop - first))
            block = _summed({"": silence, **parts[each]})
            if each not in self._inserted:
                block = times(block, now.before)
            if self._to_the_end:
                block = times(times(block, now.sounding), now.level)
                block = placed(block, now.places) if channels == 2 else block
            given[each] = block
        return Worked(fed, buses, given)

    def _enter(self, each: str, parts: Parts, first: int, stop: int) -> None:
        """Put what a track brings itself to what others gave it."""
        if each in self._inserted:
            parts[each] = np.concatenate(self._inserted[each].take(stop - first), axis=1)
        elif self._playlists[each]:
            _add(parts, each, self._playlists[each].read(self._files, first, stop))

    def _through(self, each: str, now: StripNow, parts: Mapping[str, Parts]) -> Block | None:
        """Give on what a track makes of its input; return what leaves it where that is one."""
        given = parts[each]
        if each not in self._apart and given:
            given = {each: _summed(given)}
        before = 1.0 if each in self._inserted else now.before
        out = None
        for told, block in given.items():
            self._give(told, block, before, each, now, parts)
            if each in self._buses:
                gain = before * now.sounding * now.level
                out = placed(block, now.places * gain)
        return out

    def _give(
        self,
        told: str,
        block: Block,
        before: Gain,
        each: str,
        now: StripNow,
        parts: Mapping[str, Parts],
    ) -> None:
        """Give a signal on, `before` its gain in front of the mute."""
        output, closed = self._network.tracks[each].output, each in self._network.closed
        sounding = before * now.sounding
        for send in now.sends:
            if send.target in parts and (send.before_mute or not closed):
                early = before if send.before_mute else sounding
                taken = times(block, early if send.pre_fader else sounding * now.level)
                if send.behind_panner:
                    taken = placed(taken, now.places)
                self._feed(parts, send.target, each, send.of(taken))
        if output is not None and output in parts and not closed:
            places = now.places * (sounding * now.level)
            self._feed(parts, output, told, placed(block, places, spent=each not in self._buses))

    def _feed(self, parts: Mapping[str, Parts], target: str, told: str, block: Block) -> None:
        """Add to a track's input; one of a single channel hears both sides as one.

        What comes out of plugins is there already, whatever else their feeders are worked for.
        """
        if target in self._inserted:
            return
        if self._network.tracks[target].channels == 1:
            block = block.sum(axis=0, keepdims=True)
        _add(parts[target], told, block)


def _leading(
    targets: frozenset[str], network: Network, inserted: Mapping[str, Inserted]
) -> tuple[str, ...]:
    """The heard tracks that lead to targets, in order, but what leads to inserted ones alone."""
    found, left = set(targets), list(targets)
    while left:
        each = left.pop()
        new = set() if each in inserted else set(network.fed[each]) - found
        found |= new
        left += new
    return tuple(each for each in network.order if each in found & network.heard)


def _add(parts: Parts, told: str, block: Block) -> None:
    """Add to what is there, or begin with a block that is nobody else's."""
    if told in parts:
        parts[told] += block
    else:
        parts[told] = block


def _summed(parts: Parts) -> Block:
    """The sum, in the first one's place."""
    total, *others = parts.values()
    for block in others:
        total += block
    return total
