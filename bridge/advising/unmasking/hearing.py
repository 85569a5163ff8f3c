"""A group as ears get it: power in the ear's bands, frame by frame, and its loudness as metered."""

from __future__ import annotations

from collections.abc import Iterable
from math import log2

import numpy as np
import numpy.typing as npt

from bridge.advising.unmasking.auditory_bands import edges_hz
from bridge.audio import Block, Framer
from bridge.metering import LoudnessCurve
from stemwright.values import dataclass

Frames = npt.NDArray[np.float32]
_WINDOW_S = 0.085
_BATCH = 32


@dataclass(frozen=True)
class HeardBands:
    """`powers` (frames, ears, bands) re full scale, every `hop_s`; `lufs` as BS.1770-5 has it.

    A full-scale sine has 0.5. The ears are the two channels, as on headphones.
    """

    powers: Frames
    hop_s: float
    lufs: float | None


def window_frames(rate_hz: int) -> int:
    """How long a frame is; they begin half as far apart."""
    return 1 << round(log2(rate_hz * _WINDOW_S))


def heard_bands(blocks: Iterable[Block], rate_hz: int) -> HeardBands:
    """Read a stereo stream through; however it is cut, what is found is the same."""
    size = window_frames(rate_hz)
    hop = size // 2
    curve, spectra = LoudnessCurve(rate_hz), _Spectra(size, rate_hz)
    framer, found = Framer(2, hop * _BATCH), []
    for block in blocks:
        curve.add(block)
        ready = framer.add(block)
        found += [
            spectra.of(ready[:, start : start + hop * _BATCH])
            for start in range(0, ready.shape[1], hop * _BATCH)
        ]
    rest = framer.rest()
    if rest.shape[1]:
        found.append(spectra.of(np.pad(rest, ((0, 0), (0, -rest.shape[1] % hop)))))
    curve.close()
    powers = np.concatenate([spectra.none, *found])
    return HeardBands(powers, hop / rate_hz, curve.integrated_lufs())


class _Spectra:
    """Periodograms under a Hann window, half overlapping; the first reaches before the song."""

    def __init__(self, size: int, rate_hz: int) -> None:
        self._window = np.hanning(size + 1)[:-1]
        self._scale = 2.0 / (size * float(np.square(self._window).sum()))
        self._before = np.zeros((2, size // 2))
        self.none = np.zeros((0, 2, len(edges_hz()) - 1), np.float32)
        places = np.clip(edges_hz() * size / rate_hz + 0.5, 0.0, size // 2 + 1)
        self._lines = np.minimum(places.astype(int), size // 2)
        self._shares = places - self._lines

    def of(self, samples: Block) -> Frames:
        """(frames, 2, bands) of (2, whole hops)."""
        hop = self._before.shape[1]
        joined = np.concatenate([self._before, samples], axis=1)
        self._before = samples[:, -hop:].copy()
        halves = joined.reshape(2, -1, hop)
        frames = np.concatenate([halves[:, :-1], halves[:, 1:]], axis=2) * self._window
        lines = np.fft.rfft(frames, axis=2)
        powers = np.square(lines.real) + np.square(lines.imag)
        below = np.cumsum(powers, axis=2) - powers
        edges = below[:, :, self._lines] + self._shares * powers[:, :, self._lines]
        banded = self._scale * np.maximum(np.diff(edges, axis=2), 0.0)
        return np.asarray(banded.transpose(1, 0, 2), np.float32)
