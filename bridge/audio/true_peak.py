"""True peak (ITU-R BS.1770-5, Annex 2): what the samples hide between them.

A 4x reading finds the frames whose neighbourhood could hold the maximum, since a band-limited
signal cannot fall below cos(pi / 8) of its maximum within 1/8 frame (Bernstein), and less than
0.8 of the largest reading was not seen where the sound goes beyond the band of that filter. Only
those frames are read again at 16x, by a filter five times as long, whose error stays under 0.05 dB
up to 0.48 of the sample rate.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache, cached_property

import numpy as np
import numpy.typing as npt

from bridge.audio.blocks import Block, Framer
from bridge.audio.interpolation import (
    BAND_BOUND,
    FINE_HALF_TAPS,
    HALF_TAPS,
    NARROW_SLACK,
    PAIRS,
    Narrow,
    Peaks,
    fine_peaks,
    frame_peaks,
    frame_peaks_at,
    frames_over,
    narrow_peaks,
    narrowed,
    pairs_of,
)
from stemwright.exact import sin_cos

_TAPS = 49
_CENTRE = _TAPS // 2
_LEAST_TAP = 1e-6
_QUADRUPLED_BELOW_HZ = 96000
_DOUBLED_BELOW_HZ = 192000

Phase = tuple[tuple[int, float], ...]
"""(column, weight) of every tap, in the library's order; its frame is column 12."""


class LibraryPeak:
    """The largest reading of libebur128 over a stream that arrives in padded pieces."""

    def __init__(self, sample_rate_hz: int) -> None:
        factor = 4 if sample_rate_hz < _QUADRUPLED_BELOW_HZ else 2
        self._phases = library_phases(sample_rate_hz)
        self._delay_frames = _CENTRE // factor
        self._pairs = pairs_of(*_quarter_and_half(self._phases)) if self._phases else ()
        self._begun = False
        self.largest = 0.0
        """Linear, over all channels; what the samples themselves read may be left out."""

    def read(
        self, padded: Callable[[], Block], scaled: Narrow, known: float, *, ended: bool
    ) -> None:
        """Take (channels, 12 + frames + 12), the same `narrowed`, and a peak known otherwise.

        The frames that the library still holds back when the stream has ended are not read, nor
        what its 32 bits cannot hold. `padded` is called only where something is near the largest.
        """
        if not self._phases:
            return
        peaks, largest = narrow_peaks(scaled, self._pairs)
        if not math.isfinite(largest):
            return
        frames = max(-HALF_TAPS, len(peaks) - (self._delay_frames if ended else 0))
        if not self._begun:
            self._begun = True
            early = np.pad(padded()[:, : 2 * HALF_TAPS], ((0, 0), (HALF_TAPS, 0)))
            self._note(early, np.arange(HALF_TAPS + min(0, frames)))
        if ended:
            peaks = peaks[: max(0, frames)]
            largest = float(peaks.max(initial=0.0))
        least = max(known, self.largest, largest * (1.0 - NARROW_SLACK))
        near = frames_over(peaks, least * (1.0 - 2.0 * NARROW_SLACK))
        if near.size:
            self._note(padded(), near)

    def _note(self, padded: Block, at: npt.NDArray[np.intp]) -> None:
        """Read the frames `at`, counted from the 13th column, as the library does."""
        if at.size:
            around = padded[:, at[:, None] + np.arange(2 * HALF_TAPS + 1)]
            self.largest = max(self.largest, float(library_readings(around, self._phases).max()))


def library_phases(sample_rate_hz: int) -> tuple[Phase, ...]:
    """Return what libebur128 reads between samples with; nothing where it reads the samples."""
    if sample_rate_hz >= _DOUBLED_BELOW_HZ:
        return ()
    return _phases(4 if sample_rate_hz < _QUADRUPLED_BELOW_HZ else 2)


def library_readings(
    around: npt.NDArray[np.float64], phases: tuple[Phase, ...]
) -> npt.NDArray[np.float64]:
    """Return its largest reading over all channels, linear, at n frames.

    `around` is (channels, n, 25): twelve samples before each of the frames, it, twelve after it.
    """
    samples, largest = around.astype(np.float32).astype(np.float64), np.zeros(around.shape[1])
    for phase in phases:
        reading = np.zeros(samples.shape[:2])
        for column, weight in phase:
            reading += samples[:, :, column] * weight
        np.maximum(largest, np.abs(reading).astype(np.float32).max(axis=0), out=largest)
    return largest


@cache
def _phases(factor: int) -> tuple[Phase, ...]:
    """Return the library's filter, one phase for each reading of a frame."""
    return tuple(
        tuple(
            (HALF_TAPS + _CENTRE // factor - tap // factor, _weight(tap, factor))
            for tap in range(phase, _TAPS, factor)
            if abs(_weight(tap, factor)) > _LEAST_TAP
        )
        for phase in range(factor)
    )


def _weight(tap: int, factor: int) -> float:
    angle = (tap - _CENTRE) * math.pi / factor
    sinc = sin_cos(tap - _CENTRE, 2 * factor)[0] / angle if tap != _CENTRE else 1.0
    return sinc * (0.5 * (1.0 - sin_cos(tap, _TAPS - 1)[1]))


def _quarter_and_half(
    phases: tuple[Phase, ...],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return the taps of the readings at n+1/4 (zeros at 2x) and n+1/2, earliest frame first."""
    half = np.array([weight for _, weight in phases[len(phases) // 2][::-1]])
    quarter = np.array([weight for _, weight in phases[1][::-1]])
    return (quarter if len(phases) == 4 else np.zeros_like(half)), half


_GRID_FRAMES = 16384
_INNER = FINE_HALF_TAPS - HALF_TAPS
_NONE: Narrow = np.empty(0, np.float32)
_FINE_READINGS = 1024  # a grid's worth at most: a steady tone would otherwise be read whole


class FramePeaks:
    """The 4x peak of every frame of a stream; silence is assumed before and after it.

    `read` is `frame_peaks` or `narrow_frame_peaks`.
    """

    def __init__(self, channels: int, read: Callable[[Block], Peaks] = frame_peaks) -> None:
        self._read = read
        self._padded: Block = np.zeros((channels, HALF_TAPS))

    def add(self, block: Block) -> Peaks:
        """Take (channels, frames); return the peaks that are known, 12 frames behind the input."""
        padded = np.concatenate([self._padded, block], axis=1)
        keep = min(2 * HALF_TAPS, padded.shape[1])
        self._padded = padded[:, padded.shape[1] - keep :]
        return self._read(padded) if padded.shape[1] > 2 * HALF_TAPS else np.empty(0)

    def rest(self) -> Peaks:
        """Return the peaks of the last frames."""
        return self.add(np.zeros((self._padded.shape[0], HALF_TAPS)))


class _Joined:
    """Samples kept and the next ones in a row, joined in one array only for who asks."""

    def __init__(self, kept: Block, block: Block) -> None:
        self._kept = kept
        self._block = block
        self.frames = kept.shape[1] + block.shape[1]

    @cached_property
    def whole(self) -> Block:
        """(channels, frames)."""
        return np.concatenate([self._kept, self._block], axis=1)

    def near(self) -> Block:
        """Without what only a 16x reading reaches, at either end."""
        return self.whole[:, _INNER : self.frames - _INNER]

    def narrowed(self) -> Narrow:
        """`near`, narrowed."""
        if self._block.shape[1] < _INNER:
            return narrowed(self.near())
        return narrowed(self._kept[:, _INNER:], self._block[:, : self._block.shape[1] - _INNER])

    def last(self, frames: int) -> Block:
        """A copy of the last ones."""
        if self._block.shape[1] < frames:
            return self.whole[:, -frames:].copy()
        return self._block[:, -frames:].copy()


class TruePeak:
    """The 16x true peak of a stream of blocks, linear, and libebur128's where that is larger.

    The 4x peaks it gives out are read in 32 bits; every frame that could hold the maximum is read
    again in 64.
    """

    def __init__(self, channels: int, library: LibraryPeak | None = None) -> None:
        self._framer = Framer(channels, _GRID_FRAMES)
        self._kept: Block = np.zeros((channels, FINE_HALF_TAPS))
        self._library = library
        self._largest_coarse = 0.0
        self._largest = 0.0

    def add(self, block: Block) -> Peaks | Narrow:
        """Take (channels, frames); return the 4x peaks of the frames that became known.

        They are float32 where 32 bits hold them all, else float64.
        """
        ready = self._framer.add(block)
        starts = range(0, ready.shape[1], _GRID_FRAMES)
        known = [self._read(ready[:, start : start + _GRID_FRAMES]) for start in starts]
        return known[0] if len(known) == 1 else np.concatenate([_NONE, *known])

    def rest(self) -> Peaks | Narrow:
        """Read the end of the stream; return the 4x peaks still owed."""
        silence = np.zeros((self._kept.shape[0], FINE_HALF_TAPS))
        return self._read(np.concatenate([self._framer.rest(), silence], axis=1), ended=True)

    @property
    def largest(self) -> float:
        """The true peak of all frames read so far."""
        return self._largest if self._library is None else max(self._largest, self._library.largest)

    def _read(self, block: Block, *, ended: bool = False) -> Peaks | Narrow:
        joined = _Joined(self._kept, block)
        self._kept = joined.last(min(joined.frames, 2 * FINE_HALF_TAPS))
        if joined.frames <= 2 * FINE_HALF_TAPS:
            return _NONE
        scaled = joined.narrowed()
        coarse: Peaks | Narrow
        coarse, largest = narrow_peaks(scaled, PAIRS)
        if not math.isfinite(largest):
            coarse = frame_peaks(joined.near())
            largest = float(coarse.max())
        self._read_nearest(joined, coarse, largest)
        if self._library is not None:
            self._library.read(joined.near, scaled, self._largest, ended=ended)
        return coarse

    def _read_nearest(self, joined: _Joined, coarse: Peaks | Narrow, largest: float) -> None:
        surely = max(self._largest_coarse, largest * (1.0 - NARROW_SLACK))
        near = frames_over(coarse, surely * BAND_BOUND * (1.0 - 2.0 * NARROW_SLACK))
        if not near.size:
            return
        near = near[np.argsort(-coarse[near], kind="stable")][:_FINE_READINGS]
        exact = frame_peaks_at(joined.near(), near)
        self._largest_coarse = max(self._largest_coarse, float(exact.max()))
        self._largest = max(self._largest, self._largest_coarse)
        near = near[exact > self._largest_coarse * BAND_BOUND]
        fine = fine_peaks(joined.whole, near, self._largest)
        self._largest = max(self._largest, float(fine.max(initial=0.0)))
