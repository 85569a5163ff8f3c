"""One clip, read anywhere in the song: its source, channels, gains; not yet its fades."""

from __future__ import annotations

import numpy as np

from bridge.audio import Block
from bridge.bouncing.curves import Array, curve
from bridge.bouncing.dialect import Dialect
from bridge.bouncing.media_files import MediaFiles
from sessions import Clip, Media
from stemwright.decibels import linear


class PlacedClip:
    """A clip at the session's rate: `start` and `stop` are frames of the song."""

    def __init__(
        self, clip: Clip, media: Media, channels: int, rate_hz: int, dialect: Dialect
    ) -> None:
        self.clip = clip
        self._media = media
        self.start = round(clip.position_s * rate_hz)
        self.stop = self.start + round(clip.length_s * rate_hz)
        self.fade_in = round(clip.fade_in_s * rate_hz)
        self.fade_out = round(clip.fade_out_s * rate_hz)
        self.fade_in_shape = _known(clip.fade_in_shape, dialect)
        self.fade_out_shape = _known(clip.fade_out_shape, dialect)
        self._offset = round(clip.source_offset_s * rate_hz)
        self._channels = channels
        self._gain = linear(clip.gain_db) * (-1.0 if clip.inverted else 1.0)
        lines = [line for line in clip.automation if line.target == "gain_db"]
        self._envelopes = [curve(line.points, rate_hz, dialect.joins) for line in lines]

    @property
    def body(self) -> tuple[int, int]:
        """From where to where it is heard whole."""
        return self.start + self.fade_in, self.stop - self.fade_out

    def runs_out(self, files: MediaFiles) -> bool:
        """Whether it is longer than what its file holds."""
        length = files.frames(self._media)
        return self._offset < 0 or self._offset + self.stop - self.start > length

    def read(self, files: MediaFiles, first: int, stop: int, places: Array) -> Block:
        """(channels, stop - first) of song frames; `places` is where its envelope is read."""
        clip = self.clip
        at = self._offset + first - self.start
        block = files.read(self._media, at, stop - first)
        if clip.right is not None:
            block = np.concatenate([block, files.read(clip.right, at, stop - first)])
        block = _channels_of(block, clip.channel_mode, self._channels)
        for envelope in self._envelopes:
            block = block * envelope.at(places)
        return block if self._gain == 1.0 else block * self._gain


def _known(shape: str, dialect: Dialect) -> str:
    return shape if shape in dialect.fade_shapes else "linear"


def _channels_of(block: Block, mode: str | None, channels: int) -> Block:
    if mode == "left":
        block = block[:1]
    elif mode == "right":
        block = block[1:2]
    if block.shape[0] < channels:
        return np.repeat(block[:1], channels, axis=0)
    return block[:channels]
