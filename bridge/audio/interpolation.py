"""Interpolation: what a band-limited signal reads between its frames.

4x readings use a Kaiser-windowed sinc of 24 taps, flat within 0.05 dB up to 0.42 of the sample rate
(18.5 kHz at 44.1 kHz, 20.2 kHz at 48 kHz); 16x readings one of 128, flat up to 0.48 of it, which
covers 20 kHz at every rate.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from bridge.audio.blocks import Block
from bridge.audio.kaiser import Taps, as_taps, kaiser
from bridge.native import Library, library, rows
from stemwright.exact import sin_cos

HALF_TAPS = 12
"""Frames of context a 4x reading needs on either side."""

FINE_HALF_TAPS = 64
"""Frames of context a 16x reading needs on either side."""

COARSE_BOUND = sin_cos(1.0, 16.0)[1]
"""Least share of a maximum that the nearest 4x point shows, within the band of the 4x reading."""

BAND_BOUND = 0.8
"""The same where the sound goes on to half the sample rate; limited white noise showed no less."""

_KAISER_BETA = 5.65
_FINE_KAISER_BETA = 5.65
_TILE_FRAMES = 4096  # working arrays stay in the processor's cache
_NARROW_TILE_FRAMES = 8192
_NARROW_SCALE = 2.0**32
NARROW_SLACK = 2.0**-16
"""How far a reading in 32 bits may be from the one in 64, as a share of the loudest sample near."""

_GATHER = 512

Peaks = npt.NDArray[np.float64]
"""(frames,) largest magnitude within [n, n + 1), over all channels."""

Narrow = npt.NDArray[np.float32]
Samples = TypeVar("Samples", npt.NDArray[np.float64], npt.NDArray[np.float32])
Pair = tuple[float, float, float]


def _taps(offset: float, half: int = HALF_TAPS, beta: float = _KAISER_BETA) -> Taps:
    """Return the weights of frames n-`half` to n+`half` that read the signal at n + `offset`."""
    frames = np.arange(-half, half + 1)
    distance = offset - frames
    waves = np.where(frames % 2 == 0, 1.0, -1.0) * sin_cos(offset, 2.0)[0]  # sin(pi * distance)
    waves[distance == 0.0] = math.pi
    sinc = waves / (math.pi * np.where(distance == 0.0, 1.0, distance))
    return as_taps(sinc * kaiser(distance / half, beta) * (np.abs(distance) < half))


_QUARTERS, _BETWEEN = (
    np.stack([_taps(step / 16, FINE_HALF_TAPS, _FINE_KAISER_BETA) for step in steps])
    for steps in ((0, 4, 8, 12), [step for step in range(-2, 16) if step % 4])
)


_PHASES = (
    np.ascontiguousarray(_QUARTERS.T),
    np.ascontiguousarray(np.concatenate([_BETWEEN, _BETWEEN[-2:]]).T),
)
"""(129, 4) and (129, 16) for the kernel, which reads sixteen phases at a time."""


def pairs_of(quarter: Taps, half: Taps) -> tuple[Pair, ...]:
    """Return (half, even, odd) weights of pairs of frames from (2k,) taps, nearest pair first.

    `quarter` and `half` weigh the frames n-k+1 to n+k for the readings at n+1/4 and n+1/2.
    """
    middle = len(half) // 2
    sides = ((quarter[middle - 1 - step], quarter[middle + step]) for step in range(middle))
    return tuple(
        (float(half[middle - 1 - step]), float((near + far) / 2), float((near - far) / 2))
        for step, (near, far) in enumerate(sides)
    )


PAIRS = pairs_of(_taps(0.25)[1:], _taps(0.5)[1:])
"""The weights of the 4x readings."""


@cache
def _weights(pairs: tuple[Pair, ...], dtype: str) -> npt.NDArray[np.generic]:
    """Return (pairs, 3) of one type, as numpy takes the numbers to it."""
    return np.array(pairs, dtype=dtype)


def frame_peaks(padded: Block) -> Peaks:
    """Return the 4x peak of each frame: the larger magnitude at n, n+1/4, n+1/2, n+3/4.

    `padded` is (channels, 12 + frames + 12).
    """
    frames = padded.shape[1] - 2 * HALF_TAPS
    peaks = np.empty(frames)
    if (compiled := library()) is not None:
        fed, stride = rows(padded)
        compiled.wide_peaks(fed, stride, len(fed), peaks, frames, _weights(PAIRS, "float64"))
        return peaks
    for start in range(0, frames, _TILE_FRAMES):
        stop = min(start + _TILE_FRAMES, frames)
        peaks[start:stop] = quarter_peaks(padded[:, start : stop + 2 * HALF_TAPS], PAIRS)
    return peaks


def frame_peaks_at(padded: Block, at: npt.NDArray[np.intp]) -> Peaks:
    """Return the 4x peaks of the frames `at` alone, to the bit those of `frame_peaks`."""
    if (compiled := library()) is not None:
        fed, stride = rows(padded)
        peaks, weights = np.empty(len(at)), _weights(PAIRS, "float64")
        compiled.wide_peaks_at(fed, stride, len(fed), at, peaks, len(at), weights)
        return peaks
    reach = at + np.arange(2 * HALF_TAPS + 1)[:, None]
    return _largest_reading([padded[:, columns] for columns in reach], PAIRS)


def narrow_frame_peaks(padded: Block) -> Peaks:
    """Return the 4x peaks in half the time, within NARROW_SLACK of the loudest sample near.

    Beyond the range of 32 bits the peaks are those of `frame_peaks`.
    """
    narrow, largest = narrow_peaks(narrowed(padded), PAIRS)
    return narrow.astype(np.float64) if math.isfinite(largest) else frame_peaks(padded)


def narrowed(*parts: Block) -> Narrow:
    """Return samples that come in a row in 32 bits, scaled so that none that counts is a denormal.

    Denormals are slow.
    """
    narrow = np.empty((len(parts[0]), sum(part.shape[1] for part in parts)), np.float32)
    compiled, at = library(), 0
    for part in parts:
        out = narrow[:, at : at + part.shape[1]]
        at += part.shape[1]
        if compiled is None:
            with np.errstate(over="ignore"):
                np.multiply(part, _NARROW_SCALE, out=out, dtype=np.float32, casting="same_kind")
            continue
        for row, narrow_row in zip(rows(part)[0], out, strict=True):
            compiled.narrowed(row, narrow_row, len(row), _NARROW_SCALE)
    return narrow


def narrow_peaks(scaled: Narrow, pairs: tuple[Pair, ...]) -> tuple[Narrow, float]:
    """Return the (frames,) 4x peaks by `pairs` of what `narrowed` gave, and the largest of them.

    That is not finite where a reading overflowed.
    """
    frames = scaled.shape[1] - 2 * HALF_TAPS
    peaks = np.empty(frames, np.float32)
    if (compiled := library()) is not None:
        fed, stride = rows(scaled)
        weights = _weights(pairs, "float32")
        largest: float = compiled.narrow_peaks(
            fed, stride, len(fed), peaks, frames, weights, len(weights), 1 / _NARROW_SCALE
        )
        return peaks, largest
    with np.errstate(over="ignore", invalid="ignore"):
        for start in range(0, frames, _NARROW_TILE_FRAMES):
            stop = min(start + _NARROW_TILE_FRAMES, frames)
            tile = scaled[:, start : stop + 2 * HALF_TAPS]
            peaks[start:stop] = quarter_peaks(tile, pairs)
        peaks *= np.float32(1 / _NARROW_SCALE)
    return peaks, float(peaks.max(initial=0.0))


def frames_over(peaks: Peaks | Narrow, level: float) -> npt.NDArray[np.intp]:
    """Return the frames whose peak is over a level, itself taken to the peaks' type."""
    compiled = library()
    if compiled is None or peaks.dtype != np.float32:
        return np.flatnonzero(peaks > level)
    found = np.empty(len(peaks), np.int64)
    return found[: compiled.places_over(peaks, len(peaks), level, found)]


def quarter_peaks(padded: Samples, pairs: Sequence[Pair]) -> Samples:
    """Return (frames,) the larger magnitude at n, n+1/4, n+1/2, n+3/4, in the samples' own type.

    `pairs` weigh the two frames equally far from n+1/2, nearest first, as `pairs_of` gives them.
    """
    frames = padded.shape[1] - 2 * HALF_TAPS
    views = [padded[:, column : column + frames] for column in range(2 * HALF_TAPS + 1)]
    return _largest_reading(views, pairs)


def _largest_reading(reach: Sequence[Samples], pairs: Sequence[Pair]) -> Samples:
    # The 1/4 and 3/4 readings mirror each other: their even and odd parts are computed once.
    here = reach[HALF_TAPS]
    even, odd, middle = (np.zeros_like(here) for _ in range(3))
    both, scaled = np.empty_like(here), np.empty_like(here)
    for step, (half, even_weight, odd_weight) in enumerate(pairs):
        left, right = reach[HALF_TAPS - step], reach[HALF_TAPS + 1 + step]
        np.add(left, right, out=both)
        middle += np.multiply(both, half, out=scaled)
        even += np.multiply(both, even_weight, out=scaled)
        np.subtract(left, right, out=both)
        odd += np.multiply(both, odd_weight, out=scaled)
    largest = np.abs(here, out=both)
    for reading in (middle, np.add(even, odd, out=scaled), np.subtract(even, odd, out=even)):
        np.maximum(largest, np.abs(reading, out=reading), out=largest)
    peaks: Samples = largest.max(axis=0)
    return peaks


def fine_peaks(padded: Block, at: npt.NDArray[np.intp], least: float = 0.0) -> Peaks:
    """Return the 16x peak around each frame of `at`, over [n - 1/8, n + 15/16], over all channels.

    Where the 4x reading of the same filter shows that it stays under `least`, that is returned.
    `padded` is (channels, 64 + frames + 64); `at` counts from its 65th column.
    """
    if (compiled := library()) is not None:
        return _fine_peaks(compiled, padded, at, least * COARSE_BOUND)
    peaks = np.zeros(len(at))
    for start in range(0, len(at), _GATHER):
        some = at[start : start + _GATHER]
        here = _read_finely(padded, some, _QUARTERS)
        loud = np.flatnonzero(here >= least * COARSE_BOUND)
        here[loud] = np.maximum(here[loud], _read_finely(padded, some[loud], _BETWEEN))
        peaks[start : start + _GATHER] = here
    return peaks


def _fine_peaks(compiled: Library, padded: Block, at: npt.NDArray[np.intp], enough: float) -> Peaks:
    fed, stride = rows(padded)
    peaks = np.empty(len(at))
    quarters, between = _PHASES
    compiled.fine_peaks(fed, stride, len(fed), at, peaks, len(at), quarters, between, enough)
    return peaks


def _read_finely(padded: Block, at: npt.NDArray[np.intp], taps: Taps) -> Peaks:
    peaks = np.zeros(len(at))
    for row in padded:
        reading = np.zeros((len(taps), len(at)))
        for tap in range(2 * FINE_HALF_TAPS + 1):
            reading += taps[:, tap, None] * row[at + tap]
        np.maximum(peaks, np.abs(reading).max(axis=0), out=peaks)
    return peaks
