"""A track's clips, laid over each other: what its input is at any place of the song."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bridge.audio import Block
from bridge.bouncing.clips import PlacedClip
from bridge.bouncing.curves import Array
from bridge.bouncing.dialect import Dialect, Side
from bridge.bouncing.media_files import MediaFiles
from sessions import Track
from stemwright.values import dataclass


@dataclass(frozen=True)
class _Stretch:
    """What is read of a clip, where nothing opaque lies over it."""

    placed: PlacedClip
    start: int
    stop: int


class Playlist:
    """The clips of a track, lowest first."""

    def __init__(self, track: Track, rate_hz: int, dialect: Dialect) -> None:
        placed = [
            PlacedClip(clip, clip.media, track.channels, rate_hz, dialect)
            for clip in track.clips
            if clip.media is not None and not clip.muted
        ]
        self._channels, self._dialect = track.channels, dialect
        self._stretches = _stretches(placed)

    def __bool__(self) -> bool:
        """Whether it has a clip that is heard."""
        return bool(self._stretches)

    def read(self, files: MediaFiles, first: int, stop: int) -> Block:
        """(channels, stop - first) of the song's frames."""
        block = np.zeros((self._channels, stop - first))
        for each in self._stretches:
            start, end = max(first, each.start), min(stop, each.stop)
            if start < end and not self._is_cut_short(each.placed, files):
                self._lay(each, files, start, end, block[:, start - first : end - first])
        return block

    def _is_cut_short(self, placed: PlacedClip, files: MediaFiles) -> bool:
        return self._dialect.cut_short_is_silent and placed.runs_out(files)

    def _lay(self, each: _Stretch, files: MediaFiles, first: int, stop: int, under: Block) -> None:
        placed, opaque = each.placed, each.placed.clip.opaque
        places = self._dialect.clip_places(each.start, each.stop, _frames(first, stop))
        over = placed.read(files, first, stop, places)
        body_start, body_stop = placed.body
        fades: tuple[tuple[Side, int, int, int, str], ...] = (
            ("in", placed.start, body_start, placed.fade_in, placed.fade_in_shape),
            ("out", body_stop, placed.stop, placed.fade_out, placed.fade_out_shape),
        )
        if opaque:
            inside = slice(max(first, body_start) - first, max(0, min(stop, body_stop) - first))
            under[:, inside] = 0.0
        for side, fade_start, fade_stop, frames, shape in fades:
            read_start, read_stop = max(each.start, fade_start), min(each.stop, fade_stop)
            start, end = max(first, read_start), min(stop, read_stop)
            if start >= end:
                continue
            at = self._dialect.clip_places(read_start, read_stop, _frames(start, end)) - fade_start
            here = slice(start - first, end - first)
            if opaque and self._dialect.under_fade is not None:
                under[:, here] *= self._dialect.under_fade(shape, side, frames, at)
            over[:, here] *= self._dialect.fade(shape, side, frames, at)
        under += over


def _frames(first: int, stop: int) -> Array:
    return np.arange(first, stop, dtype=np.float64)


def _stretches(placed: Sequence[PlacedClip]) -> list[_Stretch]:
    """All clips less what opaque ones of higher layers hide, lowest first."""
    hidden: list[tuple[int, int]] = []
    found: list[_Stretch] = []
    for each in sorted(placed, key=lambda one: (-one.clip.layer, one.start)):
        found += [_Stretch(each, *part) for part in _less((each.start, each.stop), hidden)]
        if each.clip.opaque and each.body[0] < each.body[1]:
            hidden.append(each.body)
    return found[::-1]


def _less(whole: tuple[int, int], hidden: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    parts = [whole]
    for start, stop in hidden:
        parts = [
            piece
            for left, right in parts
            for piece in ((left, min(right, start)), (max(left, stop), right))
            if piece[0] < piece[1]
        ]
    return parts
