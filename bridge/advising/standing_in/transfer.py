"""What something linear makes of each frequency, told from what went in and what came out of it.

Cross-spectra over spectra (Welch 1967), in bands of a 24th of an octave.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.fft import rfft

from stemwright.values import dataclass

Sound = npt.NDArray[np.float64]
"""(2, frames)."""
Vector: TypeAlias = npt.NDArray[np.float64]
Gains = npt.NDArray[np.complex128]
"""Level and phase at each frequency."""

FRAMES = 32768
_HOP = FRAMES // 4
_HANN = np.hanning(FRAMES + 1)[:-1]
_EDGES = np.unique(np.round(np.geomspace(8, FRAMES // 2, 270)).astype(int))
"""Bands of a 24th of an octave, or of one bin, from 12 Hz to 24 kHz at 48 kHz."""
_LEAST = 1e-30


@dataclass(frozen=True)
class Transfer:
    """Gains at some frequencies, each with how much of what went in was there.

    `trust` is how much of what came out there they explain, from 0 to 1 (coherence); `fed` is the
    amplitude that went in, so that what a gain is off by, times this, is a residual's. `out` is
    the amplitude of all that came out.
    """

    hz: Vector
    gains: Gains
    trust: Vector
    fed: Vector
    out: float

    def under_db(self, gains: Gains) -> float:
        """How far what other gains leave lies under what came out."""
        off = float(np.linalg.norm((gains - self.gains) * self.fed))
        return float(20.0 * np.log10(self.out / max(off, _LEAST)))


def transfer_of(source: Sound, out: Sound, rate_hz: int) -> Transfer:
    """The gains from one sound to the other, both channels taken together.

    Both have at least FRAMES frames.
    """
    entering, coming = _spectra(source), _spectra(out)
    fed, heard = _banded(_power(entering)), _banded(_power(coming))
    cross = _banded(np.sum(coming * entering.conj(), axis=(0, 1)))
    bins = np.arange(FRAMES // 2 + 1) * (rate_hz / FRAMES)
    fed = np.maximum(fed, _LEAST)
    return Transfer(
        hz=_banded(bins * _power(entering)) / fed,
        gains=cross / fed,
        trust=np.square(np.abs(cross)) / np.maximum(fed * heard, _LEAST),
        fed=np.sqrt(fed),
        out=float(np.sqrt(max(float(heard.sum()), _LEAST))),
    )


def _spectra(sound: Sound) -> Gains:
    frames = np.lib.stride_tricks.sliding_window_view(sound, FRAMES, axis=1)
    found: Gains = rfft(frames[:, ::_HOP] * _HANN)
    return found


def _power(spectra: Gains) -> Vector:
    found: Vector = np.sum(np.square(spectra.real) + np.square(spectra.imag), axis=(0, 1))
    return found


def _banded(values: npt.NDArray[np.generic]) -> npt.NDArray[np.generic]:
    return np.add.reduceat(values, _EDGES[:-1])
