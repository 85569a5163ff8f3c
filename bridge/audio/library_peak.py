"""libebur128's true peak, read only where it could exceed what is known already.

The library interpolates every frame by a Hann-windowed sinc of 49 taps: at 4x below 96 kHz, at 2x
below 192 kHz, not at all from there on. That costs more than all else a meter does. Here a reading
in 32 bits finds the frames that could hold the maximum, and the library's own arithmetic reads
them: its samples and readings are rounded to 32 bits, its sums are in 64, in its order.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from bridge.audio.framing import Block
from bridge.audio.interpolation import (
    HALF_TAPS,
    NARROW_SLACK,
    Narrow,
    narrow_peaks,
    pairs_of,
)

_TAPS = 49
_CENTRE = _TAPS // 2
_LEAST_TAP = 1e-6
_QUADRUPLED_BELOW_HZ = 96000
_DOUBLED_BELOW_HZ = 192000

Phase = tuple[tuple[int, float], ...]
"""(column, weight) of every tap, in the library's order; frame n is column n + 12."""


class LibraryPeak:
    """The largest reading of libebur128 over a stream that arrives in padded pieces."""

    def __init__(self, sample_rate_hz: int) -> None:
        factor = 4 if sample_rate_hz < _QUADRUPLED_BELOW_HZ else 2
        self._phases = () if sample_rate_hz >= _DOUBLED_BELOW_HZ else _phases(factor)
        self._delay_frames = _CENTRE // factor
        self._pairs = pairs_of(*_quarter_and_half(self._phases)) if self._phases else ()
        self._begun = False
        self.largest = 0.0
        """Linear, over all channels; what the samples themselves read may be left out."""

    def read(self, padded: Block, scaled: Narrow, known: float, *, ended: bool) -> None:
        """Take (channels, 12 + frames + 12), the same `narrowed`, and a peak known otherwise.

        The frames that the library still holds back when the stream has ended are not read, nor
        what its 32 bits cannot hold.
        """
        if not self._phases:
            return
        peaks = narrow_peaks(scaled, self._pairs)
        if not np.isfinite(peaks).all():
            return
        frames = max(-HALF_TAPS, len(peaks) - (self._delay_frames if ended else 0))
        if not self._begun:
            self._begun = True
            early = np.pad(padded[:, : 2 * HALF_TAPS], ((0, 0), (HALF_TAPS, 0)))
            self._note(early, np.arange(HALF_TAPS + min(0, frames)))
        peaks = peaks[: max(0, frames)]
        least = max(known, self.largest, float(peaks.max(initial=0.0)) * (1.0 - NARROW_SLACK))
        self._note(padded, np.flatnonzero(peaks >= least * (1.0 - NARROW_SLACK)))

    def _note(self, padded: Block, at: npt.NDArray[np.intp]) -> None:
        """Read the frames `at`, counted from the 13th column, as the library does."""
        if not at.size:
            return
        for row in padded.astype(np.float32).astype(np.float64):
            for phase in self._phases:
                reading = np.zeros(len(at))
                for column, weight in phase:
                    reading += row[at + column] * weight
                self.largest = max(self.largest, float(np.abs(reading).astype(np.float32).max()))


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
    sinc = math.sin(angle) / angle if tap != _CENTRE else 1.0
    return sinc * (0.5 * (1.0 - math.cos(2.0 * math.pi * tap / (_TAPS - 1))))


def _quarter_and_half(
    phases: tuple[Phase, ...],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return the taps of the readings at n+1/4 (zeros at 2x) and n+1/2, earliest frame first."""
    half = np.array([weight for _, weight in phases[len(phases) // 2][::-1]])
    quarter = np.array([weight for _, weight in phases[1][::-1]])
    return (quarter if len(phases) == 4 else np.zeros_like(half)), half
