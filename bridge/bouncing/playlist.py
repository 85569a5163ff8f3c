"""A track's clips, laid over each other: what its input is at any place of the song."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np

from bridge.audio import Block
from bridge.bouncing.clips import PlacedClip
from bridge.bouncing.curves import Array
from bridge.bouncing.dialect import Dialect, Side
from bridge.bouncing.media_files import MediaFiles
from sessions import Track


class _Stretch(NamedTuple):
    """What is read of a clip, where nothing opaque lies over it."""

    placed: PlacedClip
    start: int
    stop: int


class Playlist:
    """The clips of a track, lowest first."""

    def __init__(self, track: Track, rate_hz: int, dialect: Dialect) -> None:
        channels = min(2, track.channels)
        placed = [
            PlacedClip(clip, clip.media, channels, rate_hz, dialect)
            for clip in track.clips
            if clip.media is not None and not clip.muted
        ]
        self._channels, self._dialect = channels, dialect
        self._stretches = _stretches(placed)

    def __bool__(self) -> bool:
        """Whether it has a clip that is heard."""
        return bool(self._stretches)

    def read(self, files: MediaFiles, first: int, stop: int) -> Block:
        """(channels, stop - first) of the song's frames."""
        heard = [
            each
            for each in self._stretches
            if each.start < stop and first < each.stop and self._is_heard(each.placed, files)
        ]
        if len(heard) == 1 and _fills(heard[0], first, stop):
            return self._alone(heard[0], files, first, stop)
        block = np.zeros((self._channels, stop - first))
        for each in heard:
            start, end = max(first, each.start), min(stop, each.stop)
            self._lay(each, files, start, end, block[:, start - first : end - first])
        return block

    def _alone(self, each: _Stretch, files: MediaFiles, first: int, stop: int) -> Block:
        """What laying a clip over silence gives, without the silence."""
        block = each.placed.read(files, first, stop, partial(self._places, each.start, each.stop))
        if not each.placed.clip.opaque:
            for _shape, _side, here, gains, _under in self._fades(each, first, stop):
                block[:, here] *= gains
            block += 0.0  # as adding to silence does, so that no zero has a sign
        return block

    def _is_heard(self, placed: PlacedClip, files: MediaFiles) -> bool:
        return not (self._dialect.cut_short_is_silent and placed.runs_out(files))

    def _lay(self, each: _Stretch, files: MediaFiles, first: int, stop: int, under: Block) -> None:
        placed = each.placed
        over = placed.read(files, first, stop, partial(self._places, each.start, each.stop))
        if not placed.clip.opaque:
            for _shape, _side, here, gains, _under in self._fades(each, first, stop):
                over[:, here] *= gains
            under += over
            return
        body_start, body_stop = placed.body
        body = slice(max(first, body_start) - first, max(0, min(stop, body_stop) - first))
        under[:, body] = over[:, body]
        for shape, side, here, gains, at in self._fades(each, first, stop):
            if self._dialect.under_fade is not None:
                frames = placed.fade_in if side == "in" else placed.fade_out
                under[:, here] *= self._dialect.under_fade(shape, side, frames, at)
            under[:, here] += over[:, here] * gains

    def _fades(
        self, each: _Stretch, first: int, stop: int
    ) -> Iterator[tuple[str, Side, slice, Array, Array]]:
        """Shape and side of a clip's fades, where they are in a block, their gains and places."""
        placed = each.placed
        body_start, body_stop = placed.body
        fades: tuple[tuple[Side, int, int, int, str], ...] = (
            ("in", placed.start, body_start, placed.fade_in, placed.fade_in_shape),
            ("out", body_stop, placed.stop, placed.fade_out, placed.fade_out_shape),
        )
        for side, fade_start, fade_stop, frames, shape in fades:
            read_start, read_stop = max(each.start, fade_start), min(each.stop, fade_stop)
            start, end = max(first, read_start), min(stop, read_stop)
            if start < end:
                at = self._places(read_start, read_stop, start, end) - fade_start
                here = slice(start - first, end - first)
                yield shape, side, here, self._dialect.fade(shape, side, frames, at), at

    def _places(self, read_start: int, read_stop: int, first: int, stop: int) -> Array:
        frames = np.arange(first, stop, dtype=np.float64)
        return self._dialect.clip_places(read_start, read_stop, frames)


def _fills(each: _Stretch, first: int, stop: int) -> bool:
    """Whether a block is a clip's alone; of an opaque one's, whether no fade is in it."""
    start, end = each.start, each.stop
    if each.placed.clip.opaque:
        body_start, body_stop = each.placed.body
        start, end = max(start, body_start), min(end, body_stop)
    return start <= first and stop <= end


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
