"""A stem in small: its power by ten milliseconds and band, from which pairs are chosen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import fft

from bridge.checking.port import Passage, StemFacts

STEP_S = 0.01
"""A row of a sketch."""
EDGES_HZ = (0.0, 60.0, 125.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0, 16000.0, np.inf)
"""Between each two of them lies a band."""
BANDS = len(EDGES_HZ) - 1


@dataclass(frozen=True)
class Sketch:
    """`powers` (rows, BANDS) float32: mean square of a row in a band, all channels added.

    Row r begins r * STEP_S after the stem's first frame; its window, Hann's, is 20 ms long.
    """

    powers: npt.NDArray[np.float32]


class Sketcher:
    """Makes the sketch of a stem from its passages."""

    def __init__(self, facts: StemFacts) -> None:
        self._rate_hz = facts.sample_rate_hz
        self._frames = facts.frames
        self._size = 2 * round(STEP_S * self._rate_hz)
        self._window = np.hanning(self._size + 1)[:-1]
        self._window /= np.sqrt(np.square(self._window).sum())
        self._window = self._window.astype(np.float32)
        hz = fft.rfftfreq(self._size, 1.0 / self._rate_hz)
        starts = np.searchsorted(hz, EDGES_HZ[:-1])
        self._starts = np.minimum(starts, len(hz) - 1)
        self._empty = np.diff(np.append(starts, len(hz))) == 0
        self._rows: list[npt.NDArray[np.float32]] = []
        self._next = 0

    def hear(self, passage: Passage) -> None:
        """Take the rows that begin in the passage's core."""
        stop = passage.first + passage.core_stop
        rows = max(0, -(-(stop - self._at(self._next)) * 2 // self._size))
        while rows and self._at(self._next + rows - 1) >= stop:
            rows -= 1
        if passage.is_silent:
            self._rows.append(np.zeros((rows, BANDS), np.float32))
        elif rows:
            starts = np.array([self._at(self._next + each) for each in range(rows)])
            self._rows.append(self._powers(passage, starts - passage.first))
        self._next += rows

    def result(self) -> Sketch:
        """The sketch of what was heard."""
        return Sketch(np.concatenate(self._rows) if self._rows else np.zeros((0, BANDS), "f4"))

    def _at(self, row: int) -> int:
        """The frame a row begins with: rounded anew each, so that nothing adds up."""
        return round(row * STEP_S * self._rate_hz)

    def _powers(self, passage: Passage, starts: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
        added = np.zeros((len(starts), BANDS), np.float32)
        first = int(starts[0])
        samples = passage.samples[:, first : int(starts[-1]) + self._size].astype(np.float32)
        missing = int(starts[-1]) + self._size - first - samples.shape[1]
        samples = np.pad(samples, ((0, 0), (0, missing)))
        for some in _pieces(len(starts)):
            windows = samples[:, starts[some, None] - first + np.arange(self._size)]
            spectrum = fft.rfft(windows * self._window, axis=2)
            power = np.square(spectrum.real) + np.square(spectrum.imag)
            power[:, :, 1:] *= 2.0
            bands = np.add.reduceat(power.sum(axis=0), self._starts, axis=1) / self._size
            bands[:, self._empty] = 0.0
            added[some] = bands
        return added


def _pieces(rows: int, size: int = 256) -> Iterator[slice]:
    return (slice(start, min(start + size, rows)) for start in range(0, rows, size))
