"""Bands of a fraction of an octave, base ten (IEC 61260-1, 5.4), over the lines of a spectrum."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bridge.audio import Block

Powers = npt.NDArray[np.float64]
"""(lines,) or (bands,) of power."""


@dataclass(frozen=True)
class Bands:
    """Mid-band frequencies `decades` apart, `lowest` to `highest` steps from 1 kHz."""

    decades: float
    lowest: int
    highest: int

    def centres_hz(self, rate_hz: int) -> list[float]:
        """Exact mid-band frequencies whose band lies below half of `rate_hz`."""
        steps = range(self.lowest, self.highest + 1)
        exact = [1000.0 * 10.0 ** (self.decades * n) for n in steps]
        return [hz for hz in exact if hz * self._to_edge < rate_hz / 2]

    def widths_hz(self, rate_hz: int) -> Powers:
        """How far each band of `centres_hz` reaches, from edge to edge."""
        widths: Powers = np.array(self.centres_hz(rate_hz)) * (self._to_edge - 1 / self._to_edge)
        return widths

    def powers(self, lines: Powers, rate_hz: int) -> Powers:
        """Add up the lines of a one-sided spectrum, a line on an edge by its share.

        Rounding may leave a band without power a little under 0.
        """
        size = 2 * (len(lines) - 1)
        below = np.concatenate([[0.0], np.cumsum(lines)])
        edges = (np.arange(len(below)) - 0.5) * rate_hz / size
        centres = np.array(self.centres_hz(rate_hz))
        low = np.interp(centres / self._to_edge, edges, below)
        high = np.interp(centres * self._to_edge, edges, below)
        added: Powers = high - low
        return added

    @property
    def _to_edge(self) -> float:
        return math.sqrt(10.0**self.decades)


THIRDS = Bands(0.1, -16, 13)
"""Thirds of an octave from 25 Hz to 20 kHz."""

SIXTHS = Bands(0.05, -34, 26)
"""Sixths of an octave from 20 Hz to 20 kHz."""


def line_powers(frame: Block, window: Powers) -> Powers:
    """Return the (size / 2 + 1,) squared magnitudes of (channels, size), all channels added."""
    spectrum = np.fft.rfft(frame * window, axis=1)
    powers: Powers = (np.square(spectrum.real) + np.square(spectrum.imag)).sum(axis=0)
    return powers
