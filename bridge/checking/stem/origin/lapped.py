"""The lapped transforms that lossy codecs code sound in, wherever their frames may begin.

AAC and Vorbis take frames of 1024, of other windows (ISO/IEC 14496-3, 4.6.11; Vorbis I, 4.3.6),
Opus of 960 that overlap by 120, of sound whose treble was raised (RFC 6716, 4.3.7); MP3's are of
576, of 32 bands that were split before (ISO/IEC 11172-3, 2.4.3.4; `hybrid_filterbank`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from bridge.audio import Block
from bridge.checking.stem.origin import hybrid_filterbank
from bridge.checking.stem.origin.folding import folded_lines

Lines = npt.NDArray[np.float32]
Starts = npt.NDArray[np.intp]
_OPUS_HZ = 48000
_RAISED = 0.8500061035
"""What Opus takes of a sample from the next one."""
_OPUS_OVERLAP = 120
_KAISER_ALPHA = 4.0
_AT_ONCE = 128
"""Frames that are transformed together: what they take stays in a processor's cache."""


@dataclass(frozen=True)
class Transform:
    """Of a codec: frames begin every `frame` samples, and one of them is heard from `reach`.

    `lines(samples, starts)` gives (starts, frame), those of frames that begin there; of white
    noise they are as loud as its samples. `rate_hz` where the codec knows no other.
    """

    codec: str
    frame: int
    reach: int
    lines: Callable[[Block, Starts], Lines]
    rate_hz: int | None = None


@cache
def _window(shape: str, size: int) -> npt.NDArray[np.float32]:
    """The rising half and the falling one, whose squares add up to 1 where frames overlap."""
    middles = (np.arange(size) + 0.5) / size
    if shape == "kaiser":
        summed = np.cumsum(np.kaiser(size + 1, np.pi * _KAISER_ALPHA))
        rising = np.sqrt(summed[:size] / summed[-1])
    elif shape == "sine":
        rising = np.sin(np.pi / 2 * middles)
    else:
        overlap = _OPUS_OVERLAP if shape == "opus" else size
        flat = (size - overlap) // 2
        inside = np.clip((np.arange(size) - flat + 0.5) / overlap, 0.0, 1.0)
        rising = np.sin(np.pi / 2 * np.square(np.sin(np.pi / 2 * inside)))
    return np.concatenate([rising, rising[::-1]]).astype(np.float32)


def _lines(samples: Block, starts: Starts, shape: str, size: int) -> Lines:
    heard = np.asarray(samples, np.float32)
    if shape == "opus":
        heard = np.append(np.float32(0.0), heard[1:] - np.float32(_RAISED) * heard[:-1])
    every, window = sliding_window_view(heard, 2 * size), _window(shape, size)
    lines: Lines = np.empty((len(starts), size), np.float32)
    for at in range(0, len(starts), _AT_ONCE):
        part = slice(at, at + _AT_ONCE)
        lines[part] = folded_lines(every[starts[part]] * window)
    return lines


def _lapped(codec: str, shape: str, size: int, rate_hz: int | None = None) -> Transform:
    lines = partial(_lines, shape=shape, size=size)
    return Transform(codec, size, 2 * size, lines, rate_hz)


TRANSFORMS = (
    Transform("MP3", hybrid_filterbank.FRAME, hybrid_filterbank.REACH, hybrid_filterbank.lines),
    _lapped("AAC", "kaiser", 1024),
    _lapped("AAC", "sine", 1024),
    _lapped("Vorbis", "vorbis", 1024),
    _lapped("Opus", "opus", 960, _OPUS_HZ),
)
LONGEST_REACH = max(each.reach + each.frame - 1 for each in TRANSFORMS)
"""Holds a transform of every codec at each place where its frames may begin."""
