"""How late one stretch of sound is against another: whole frames by cross-correlation, fractions
by the slope of the cross-spectrum's phase, weighted by coherence (Hannan and Thomson, Biometrika
58, 1971).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from bridge.audio import Block, reblocked
from bridge.comparing.aligning.overlap_add import filtered

HALF_TAPS = 256
"""Frames next to either end that a shift cannot give."""

_KAISER_BETA = 11.0
_CUTOFF = 0.9863
_GRID_FRAMES = 32768


def taps(advance: float) -> npt.NDArray[np.float64]:
    """Return the 513 weights that read a signal `advance` frames later, |advance| < 1."""
    distance = np.arange(-HALF_TAPS, HALF_TAPS + 1) + advance
    inside = np.clip(1.0 - (distance / (HALF_TAPS + 1)) ** 2, 0.0, None)
    kernel = np.sinc(_CUTOFF * distance) * np.i0(_KAISER_BETA * np.sqrt(inside))
    weights: npt.NDArray[np.float64] = kernel / kernel.sum()
    return weights


def advanced(block: Block, advance: float) -> Block:
    """Return (channels, frames - 512): `block` read `advance` frames later, from its frame 256."""
    return filtered(block, taps(advance))


def advanced_stream(blocks: Iterable[Block], advance: float) -> Iterator[Block]:
    """Yield the stream read `advance` frames later, from its frame 256 to its 256th last.

    Worked on a grid of its own, so the result does not depend on the blocks given.
    """
    held: Block | None = None
    for block in reblocked(blocks, _GRID_FRAMES):
        joined = block if held is None else np.concatenate([held, block], axis=1)
        if joined.shape[1] > 2 * HALF_TAPS:
            yield advanced(joined, advance)
        held = joined[:, -2 * HALF_TAPS :]


_WHITENING = 0.5
_EQUAL_PEAK = 0.995
_ROUNDS = 4
_SEGMENT = 4096
_CERTAIN = 1e-9
_CONVERGED = 1e-5

Spectrum = npt.NDArray[np.complex128]


@dataclass(frozen=True)
class Match:
    """Where two stretches agree best: the height of the peak, and the sign it has by channel."""

    lag_frames: int
    strength: float
    signs: tuple[int, ...]


def whole_lag(a: Block, b: Block) -> Match:
    """Return the lag of `b`, both (channels, frames), within half their length.

    Among peaks of equal height (steady tones, loops) the upright are taken before the inverted, and
    the one nearest to 0 before the rest.
    """
    frames = a.shape[1]
    window = np.hanning(frames + 2)[1:-1]
    size = 1 << (2 * frames - 1).bit_length()
    curves = np.zeros((a.shape[0], size))
    total = 0.0
    for curve, one, other in zip(curves, a, b, strict=True):
        spectra = [np.fft.rfft((each - each.mean()) * window, size) for each in (one, other)]
        product = np.conj(spectra[0]) * spectra[1]
        magnitude = np.abs(product)
        floor = 1e-12 * float(magnitude.max(initial=0.0))
        if floor > 0.0:
            curve[:] = np.fft.irfft(product * (magnitude + floor) ** -_WHITENING, size)
            total += float(2.0 * (magnitude ** (1.0 - _WHITENING)).sum() / size)
    if not total:
        return Match(0, 0.0, (1,) * len(a))
    return _peak(curves / total, frames // 2)


def _peak(curves: Block, reach: int) -> Match:
    lags = np.arange(-reach, reach + 1)
    near = curves[:, lags]
    heights = np.abs(near).sum(axis=0)
    before, after = np.roll(heights, 1), np.roll(heights, -1)
    high = (heights >= _EQUAL_PEAK * heights.max()) & (heights >= before) & (heights >= after)
    found = np.flatnonzero(high)
    upright = found[near[:, found].sum(axis=0) > 0.0]
    among = upright if upright.size else found
    best = int(among[np.abs(lags[among]).argmin()])
    signs = tuple(-1 if each < 0.0 else 1 for each in near[:, best].tolist())
    return Match(int(lags[best]), float(heights[best]), signs)


def overlapping(a: Block, b: Block, lag_frames: int) -> tuple[Block, Block]:
    """Cut both to what they share once `b` is taken `lag_frames` later."""
    frames = a.shape[1] - abs(lag_frames)
    start = max(0, -lag_frames)
    return a[:, start : start + frames], b[:, start + lag_frames : start + lag_frames + frames]


def brought_over(a: Block, b: Block, offset: float) -> tuple[Block, Block]:
    """Cut both to what they share and read `b` `offset` frames later.

    A fraction is split between the two, so that the interpolator colours both alike.
    """
    whole = round(offset)
    one, other = overlapping(a, b, whole)
    if offset == whole or one.shape[1] <= 2 * HALF_TAPS:
        return one, other
    half = (offset - whole) / 2
    return advanced(one, -half), advanced(other, half)


def exact_lag(a: Block, b: Block, whole: int) -> float:
    """Return the lag of `b` to a small fraction of a frame, starting from `whole`.

    Without enough sound in common the answer is `whole`.
    """
    offset = float(whole)
    for _ in range(_ROUNDS):
        one, other = brought_over(a, b, offset)
        step = _phase_slope(one, other)
        if abs(offset + step - whole) > 1.5 or abs(offset + step) > a.shape[1] / 2:
            return float(whole)
        offset += step
        if abs(step) < _CONVERGED:
            break
    return offset


def _phase_slope(a: Block, b: Block) -> float:
    """The delay of `b` in frames that fits the phase between the two best."""
    size = min(_SEGMENT, a.shape[1] // 8)
    if size < 64:
        return 0.0
    cross, one, other = _welch(a, b, size)
    omega = 2.0 * np.pi * np.arange(len(cross)) / size
    coherence = np.abs(cross) ** 2 / np.maximum(one * other, np.finfo(float).tiny)
    trust = coherence / np.maximum(1.0 - coherence, _CERTAIN)
    trust[: max(2, size // 1000)] = 0.0
    trust[-max(2, size // 50) :] = 0.0
    trust[one <= 1e-16 * one.max(initial=0.0)] = 0.0
    scale = float((trust * np.square(omega)).sum())
    if scale <= 0.0:
        return 0.0
    return float(-(trust * omega * np.angle(cross)).sum() / scale)


def _welch(a: Block, b: Block, size: int) -> tuple[Spectrum, Block, Block]:
    """Averaged cross-spectrum and both power spectra, over half-overlapped Hann segments."""
    window = np.hanning(size + 1)[:-1]
    first, second = (
        np.fft.rfft(sliding_window_view(each, size, axis=1)[:, :: size // 2] * window, axis=2)
        for each in (a, b)
    )
    cross = (np.conj(first) * second).sum(axis=(0, 1))
    one, other = (np.square(np.abs(each)).sum(axis=(0, 1)) for each in (first, second))
    return cross, one, other
