"""A constant offset, taken out: the median over means of whole seconds, as the check has it.

Where it moves, it is followed: the median of nine seconds around each, lines in between.
"""

from __future__ import annotations

import numpy as np

from bridge.audio import Block
from bridge.checking.stem_audio import StemAudio

_AROUND = 4
_MOVES = 0.5
"""Of the offset: what it moves by more is followed."""
_FEWEST_S = 30
_LEAST = 1e-5


class SteadyOffset:
    """The offset of each side of a stem."""

    def __init__(self, audio: StemAudio) -> None:
        """Hear the stem. Raises InputError as `StemAudio.passages` does."""
        self._second = audio.facts.sample_rate_hz
        means = _means(audio)
        if means.shape[1] == 0:
            means = audio.read(0, audio.facts.frames).mean(axis=1, keepdims=True)
        self.offsets: Block = np.median(means, axis=1)
        self._points = _followed(means)
        moves = np.ptp(self._points, axis=1) > _MOVES * np.abs(self.offsets)
        self.moves = means.shape[1] >= _FEWEST_S and bool(moves.any())

    @property
    def is_there(self) -> bool:
        """Whether there is anything to take out."""
        return bool((np.abs(self.offsets) > _LEAST).any())

    def at(self, first: int, frames: int) -> Block:
        """(channels, frames) the offset from frame `first` of the file on."""
        if not self.moves:
            return np.repeat(self.offsets[:, None], frames, axis=1)
        middles = (np.arange(self._points.shape[1]) + 0.5) * self._second
        places = np.arange(first, first + frames)
        return np.stack([np.interp(places, middles, points) for points in self._points])


def _means(audio: StemAudio) -> Block:
    """(channels, whole seconds) under a Hann window."""
    second = audio.facts.sample_rate_hz
    window = np.hanning(second + 1)[:-1]
    window /= window.sum()
    rest: Block = np.zeros((audio.facts.channels, 0))
    found: list[Block] = [rest]
    for passage in audio.passages():
        joined = np.concatenate([rest, passage.core], axis=1)
        whole = joined.shape[1] // second
        pieces = joined[:, : whole * second].reshape(len(joined), whole, second)
        found.append((pieces * window).sum(axis=2))
        rest = joined[:, whole * second :].copy()
    return np.concatenate(found, axis=1)


def _followed(means: Block) -> Block:
    """(channels, seconds) the median of what is around each."""
    around = np.pad(means, ((0, 0), (_AROUND, _AROUND)), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(around, 2 * _AROUND + 1, axis=1)
    found: Block = np.median(windows, axis=2)
    return found
