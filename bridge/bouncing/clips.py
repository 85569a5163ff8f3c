"""One clip, read anywhere in the song: its source, channels, gains; not yet its fades."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np

from bridge.audio import Block
from bridge.bouncing.curves import Array, curve
from bridge.bouncing.dialect import Dialect
from bridge.bouncing.media_files import MediaFiles
from bridge.bouncing.strip import placed
from sessions import Clip, Media
from stemwright.decibels import linear

Places = Callable[[int, int], Array]
"""Where a clip's curves are read, for the song's frames from one to another."""


class PlacedClip:
    """A clip at the session's rate: `start` and `stop` are frames of the song."""

    def __init__(
        self, clip: Clip, media: Media, channels: int, rate_hz: int, dialect: Dialect
    ) -> None:
        self.clip = clip
        self._media, self._speed = media, clip.play_rate
        self.start = round(clip.position_s * rate_hz)
        self.stop = self.start + round(clip.length_s * rate_hz)
        self.fade_in = round(clip.fade_in_s * rate_hz)
        self.fade_out = round(clip.fade_out_s * rate_hz)
        self.fade_in_shape = _known(clip.fade_in_shape, dialect)
        self.fade_out_shape = _known(clip.fade_out_shape, dialect)
        self._offset = round(clip.source_offset_s / clip.play_rate * rate_hz)
        self._part = _part(clip, rate_hz)
        self._channels = channels
        self._gain = linear(clip.gain_db) * (-1.0 if clip.inverted else 1.0)
        lines = [line for line in clip.automation if line.target == "gain_db"]
        self._envelopes = [curve(line.points, rate_hz, dialect.joins) for line in lines]
        self._runs_out: bool | None = None
        self._places = _placing(clip, channels, dialect)

    @property
    def body(self) -> tuple[int, int]:
        """From where to where it is heard whole."""
        return self.start + self.fade_in, self.stop - self.fade_out

    def runs_out(self, files: MediaFiles) -> bool:
        """Whether it is longer than what its file holds."""
        if self._runs_out is None:
            length = files.frames(self._media, self._speed)
            end = self._offset + self.stop - self.start
            self._runs_out = self._offset < 0 or end > length
        return self._runs_out

    def read(self, files: MediaFiles, first: int, stop: int, places: Places) -> Block:
        """New (channels, stop - first) of song frames; `places` says where its curves are read."""
        clip = self.clip
        at = self._offset + first - self.start
        block = self._played(files, self._media, at, stop - first)
        if clip.right is not None:
            right = self._played(files, clip.right, at, stop - first)
            block = np.concatenate([block[:1], right[:1]])
        block = channels_of(block, clip.channel_mode, self._channels)
        for envelope in self._envelopes:
            block *= envelope.at(places(first, stop))
        if self._places is not None:
            block = placed(block, self._places)
        if self._gain != 1.0:
            block *= self._gain
        return block

    def _played(self, files: MediaFiles, media: Media, at: int, count: int) -> Block:
        """What the file gives from frame `at` of its playing on: forwards, or from its end."""
        if not self.clip.looped:
            return self._inside(self._once(files, media, at, count), at)
        start, stop = self._part or (0, files.frames(media, self._speed))
        turns = []
        while count > 0:
            inside = start + (at - start) % (stop - start)
            some = min(count, stop - inside)
            turns.append(self._once(files, media, inside, some))
            at, count = at + some, count - some
        return turns[0] if len(turns) == 1 else np.concatenate(turns, axis=1)

    def _inside(self, block: Block, at: int) -> Block:
        """What is read from frame `at` on, silent outside the part that is played."""
        if self._part is None:
            return block
        start, stop = self._part
        frames = np.arange(at, at + block.shape[1])
        return np.where((start <= frames) & (frames < stop), block, 0.0)

    def _once(self, files: MediaFiles, media: Media, at: int, count: int) -> Block:
        if not self.clip.reversed:
            return files.read(media, at, count, self._speed)
        end = files.frames(media, self._speed) - at
        return files.read(media, end - count, count, self._speed)[:, ::-1]


def _part(clip: Clip, rate_hz: int) -> tuple[int, int] | None:
    """The frames of its file's playing that a clip plays alone; at least one."""
    if clip.part_length_s is None:
        return None
    a_second = rate_hz / clip.play_rate
    start = round(clip.part_start_s * a_second)
    stop = round((clip.part_start_s + clip.part_length_s) * a_second)
    return start, max(start + 1, stop)


def _placing(clip: Clip, channels: int, dialect: Dialect) -> Array | None:
    """(2, channels, 1) of a clip's own pan on a stereo track; None in the middle."""
    if not clip.pan or channels < 2:
        return None
    return dialect.pan(None, 2, np.array([clip.pan]), np.ones(1))


def _known(shape: str, dialect: Dialect) -> str:
    return shape if shape in dialect.fade_shapes else "linear"


_CHANNEL_OF = re.compile(r"(?:mono|channel) (\d+)(?: of (\d+))?")
_PAIR = re.compile(r"stereo (\d+)")


def knows_channels(mode: str | None) -> bool:
    """Whether a clip's channel mode is one that can be printed."""
    named = mode in (None, "swapped", "mono", "left", "right")
    return named or bool(_CHANNEL_OF.fullmatch(mode or "") or _PAIR.fullmatch(mode or ""))


def takes_channels(clip: Clip) -> int:
    """How many channels a clip takes of its file or is one of; 0 where that is not known."""
    one = _CHANNEL_OF.fullmatch(clip.channel_mode or "")
    if one is not None and one[2]:
        return int(one[2])
    return clip.media.channels if clip.media is not None and clip.channel_mode is None else 0


def channels_of(block: Block, mode: str | None, channels: int) -> Block:
    """A file's channels as the clip's mode takes them, as many as its track has; mono on all."""
    block = _taken(block, mode or "")
    if block.shape[0] < channels:
        return np.repeat(block[:1], channels, axis=0)
    return block[:channels]


def _taken(block: Block, mode: str) -> Block:
    if mode == "swapped":
        return block[1::-1] if block.shape[0] > 1 else block
    if mode == "mono":
        return np.asarray(block[:2].mean(axis=0, keepdims=True))
    named = {"left": 0, "right": 1}.get(mode)
    if (one := _CHANNEL_OF.fullmatch(mode)) is not None:
        named = int(one[1]) - 1
    if named is not None:
        return block[named : named + 1] if named < block.shape[0] else block[:1]
    if (pair := _PAIR.fullmatch(mode)) is not None:
        first = int(pair[1]) - 1
        return block[first : first + 2] if first < block.shape[0] else block
    return block
