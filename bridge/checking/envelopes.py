"""Which stems go up and down together, and how far apart: from their sketches alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
from scipy import fft

from bridge.checking.hearing import Heard
from bridge.checking.sketch import STEP_S

_CUTS = (0, 3, 5, 7)
"""The sketch's bands are taken together from these on: below 250 Hz, 1 kHz, 4 kHz, and above."""
_LEAST = 1e-9
"""Mean square (-90 dBFS) under which nothing is heard: dither of 16 bits."""


class Envelopes:
    """The envelopes of a song's stems, transformed once, compared by pairs.

    The fourth root of the power by band: a quiet tail counts beside a loud hit, dither does not.
    """

    def __init__(self, stems: Sequence[Heard]) -> None:
        self._shapes = [_shape(each) for each in stems]
        rows = max((len(shape[0]) for shape in self._shapes), default=1)
        self._rows = max(1, rows)
        self._size = fft.next_fast_len(2 * self._rows, real=True)
        self._starts_s = [each.audio.position / each.audio.facts.sample_rate_hz for each in stems]
        self._spectra = [fft.rfft(shape, self._size, axis=1) for shape in self._shapes]

    def offsets_s(
        self, one: int, other: int, count: int, most_s: float
    ) -> Iterator[tuple[float, float]]:
        """Up to `count` (offset, likeness): how late `one` may be, the likeliest first.

        Likeness is the correlation of all of both, 1 for envelopes of one shape; offsets are of
        the song's time, to a hundredth of a second, up to `most_s` either way.
        """
        crossed = (np.conj(self._spectra[other]) * self._spectra[one]).sum(axis=0)
        likeness = fft.irfft(crossed, self._size)
        shift_s = self._starts_s[one] - self._starts_s[other]
        most = min(self._rows - 1, round(most_s / STEP_S))
        middle = round(-shift_s / STEP_S)
        rows = np.arange(max(middle - most, 1 - self._rows), min(middle + most, self._rows - 1) + 1)
        if not len(rows):
            return
        values = likeness[rows]
        padded = np.pad(values, 1, constant_values=-1.0)
        tops = np.flatnonzero((values >= padded[:-2]) & (values > padded[2:]))
        order = tops[np.lexsort((np.abs(rows[tops] - middle), -values[tops]))]
        for at in order[:count]:
            yield float(rows[at]) * STEP_S + shift_s, float(values[at])


def _shape(heard: Heard) -> npt.NDArray[np.float32]:
    """(bands, rows) of mean 0 where it sounds and 0 elsewhere; its squares add up to 1."""
    powers = np.add.reduceat(heard.sketch.powers, _CUTS, axis=1).T
    powers = np.where(powers > _LEAST, powers, 0.0).astype(np.float32)
    shape = np.sqrt(np.sqrt(powers))
    shape -= shape.mean(axis=1, keepdims=True)
    size = np.sqrt(np.square(shape).sum())
    return np.asarray(shape / size if size else shape, np.float32)
