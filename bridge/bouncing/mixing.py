"""The mixer at work, stretch by stretch: what every track is by the time it meets the master."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from bridge.audio import Block
from bridge.bouncing.dialect import Dialect
from bridge.bouncing.media_files import MediaFiles
from bridge.bouncing.network import MASTER, Network
from bridge.bouncing.playlist import Playlist
from bridge.bouncing.strip import Strip, StripNow, placed, times

Parts = dict[str, Block]
"""What a track's input is made of, by the track that it is told as: (channels, n) each."""


class Mixer:
    """Works the song from its start on, one stretch behind the other.

    What comes out of tracks in `apart` stays apart by what went in; the others sum it up.
    """

    def __init__(
        self,
        network: Network,
        rate_hz: int,
        dialect: Dialect,
        files: MediaFiles,
        apart: frozenset[str] = frozenset(),
    ) -> None:
        self._network, self._files, self._apart = network, files, apart
        tracks = network.tracks
        self._strips = {each: Strip(tracks[each], rate_hz, dialect) for each in network.order}
        self._playlists = {each: Playlist(tracks[each], rate_hz, dialect) for each in network.order}

    def run(self, first: int, stop: int) -> tuple[Parts, Block]:
        """(2, stop - first) of what feeds the master, by track, and what leaves the master."""
        parts: dict[str, Parts] = {each: {} for each in self._network.order}
        out = np.zeros((2, stop - first))
        fed: Parts = {}
        for each in self._network.order:
            now = self._strips[each].along(first, stop)
            if each not in self._network.heard:
                continue
            if self._playlists[each]:
                _add(parts[each], each, self._playlists[each].read(self._files, first, stop))
            if each == MASTER:
                fed = dict(parts[each])
                summed = _summed({"": out, **fed})
                out = times(times(summed, now.before), now.level)
            else:
                self._through(each, now, parts)
        return fed, out

    def _through(self, each: str, now: StripNow, parts: Mapping[str, Parts]) -> None:
        given = parts[each]
        if each not in self._apart and given:
            given = {each: _summed(given)}
        output = self._network.tracks[each].output
        for told, block in given.items():
            self._part(told, block, each, now, parts, output)

    def _part(
        self,
        told: str,
        block: Block,
        each: str,
        now: StripNow,
        parts: Mapping[str, Parts],
        output: str | None,
    ) -> None:
        before = times(block, now.before)
        behind = times(before, now.level)
        for send in now.sends:
            if send.target in parts:
                sent = send.of(before if send.pre_fader else behind)
                self._feed(parts, send.target, each, sent)
        if output is not None and output in parts:
            self._feed(parts, output, told, placed(behind, now.places))

    def _feed(self, parts: Mapping[str, Parts], target: str, told: str, block: Block) -> None:
        """Add to a track's input; one of a single channel hears both sides as one."""
        if self._network.tracks[target].channels == 1:
            block = block.sum(axis=0, keepdims=True)
        _add(parts[target], told, block)


def _add(parts: Parts, told: str, block: Block) -> None:
    parts[told] = parts[told] + block if told in parts else block


def _summed(parts: Parts) -> Block:
    total, *others = parts.values()
    for block in others:
        total = total + block
    return total
