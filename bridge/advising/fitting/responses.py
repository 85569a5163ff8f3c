"""Inserts that are linear and the same at all times: two impulses tell what they make of anything.

What comes out is what goes in, convolved with the response to an impulse in each channel. The
levels of narrow bands follow from cross-spectra of the excerpt (Welch 1967) and the response alone,
so that a setting is heard in a fraction of the time that the excerpt takes.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from scipy.fft import irfft, next_fast_len, rfft

from bridge.advising.fitting.rows import Row
from bridge.advising.fitting.scoring import SamePerformance, Sound, Vector
from bridge.advising.fitting.search import View
from bridge.advising.fitting.stages import Positions

Responses = npt.NDArray[np.float64]
"""(2 out, 2 in, frames)."""
Bands = npt.NDArray[np.float64]
"""A level in dB or a power of each band: (2, bands), mid and side."""

FRAMES = 16384
"""How long a response is: at 48 kHz a bell at 30 Hz with a Q of 3 has died away by 90 dB."""
_LEVEL = 0.5
_ALIKE = 1e-3
_FAINT, _LEAST = 1e-9, 1e-20


class ResponseRow:
    """A row heard through its responses, held to what the row itself is held to."""

    def __init__(self, row: Row, score: SamePerformance) -> None:
        self._row = row
        self._score = score
        source = row.source
        self._source = source
        self._size = next_fast_len(source.shape[1] + FRAMES, real=True)
        self._spectra = rfft(source, self._size)
        fed, wanted = score.own(source), score.target
        self._entering = _cross(fed)
        powers = _band_powers(wanted)
        self._faint = _FAINT * max(float(powers.max()), _LEAST)
        self._levels = self._as_levels(powers)

    @property
    def share(self) -> float:
        """How much of what the row's excerpt takes a response does."""
        whole: int = self._source.shape[1]
        return min(1.0, 2 * FRAMES / whole)

    def judged(self, positions: Positions, view: View) -> Iterator[tuple[float, Vector]]:
        """As Row.judged; what is seen broadly has no distance."""
        for response in self.responses(positions):
            if view == "broad":
                yield np.inf, self._broadly(response)
            else:
                sound = self.heard(response)
                yield self._score.distance(sound), self._score.differences(sound)

    def responses(self, positions: Positions) -> Iterator[Responses]:
        """What comes out of an impulse in the left channel, and of one in the right."""
        impulses = np.zeros((2, 2 * FRAMES))
        impulses[0, 0] = impulses[1, FRAMES] = _LEVEL
        for sound in self._row.heard(positions, impulses):
            yield np.stack([sound[:, :FRAMES], sound[:, FRAMES:]], axis=1) / _LEVEL

    def heard(self, response: Responses) -> Sound:
        """The excerpt behind such a response: (2, frames)."""
        spectra = rfft(response, self._size)
        out = np.einsum("oif,if->of", spectra, self._spectra)
        found: Sound = irfft(out, self._size)[:, : self._source.shape[1]]
        return found

    def tells(self, positions: Positions) -> bool:
        """Whether that is what comes out of the row itself, at each row of positions."""
        sounds = self._row.heard(positions)
        for sound, response in zip(sounds, self.responses(positions), strict=True):
            off = np.linalg.norm(self.heard(response) - sound)
            if off > _ALIKE * np.linalg.norm(sound):
                return False
        return True

    def missing(self, heard: Sound) -> Bands:
        """By how many dB a band of the target is louder than that of a sound heard whole."""
        return self._levels - self._as_levels(_band_powers(self._score.own(heard)))

    def off_by(self, positions: Positions, wanted: Bands) -> Iterator[Vector]:
        """How far each row of positions is from levels that are wanted, but for one gain."""
        for response in self.responses(positions):
            found: Vector = (self.levels(response) - wanted).reshape(-1)
            yield found - np.mean(found)

    def levels(self, response: Responses) -> Bands:
        """The levels in dB of what comes out behind such a response."""
        spectra = np.einsum("so,oif->sif", _MID_SIDE, rfft(response, FRAMES))
        return self._as_levels(_banded(_powers(spectra, self._entering)))

    def _as_levels(self, powers: Bands) -> Bands:
        found: Bands = 10.0 * np.log10(powers + self._faint)
        return found

    def _broadly(self, response: Responses) -> Vector:
        found: Vector = (self.levels(response) - self._levels).reshape(-1)
        return found - np.mean(found) if self._score.any_level else found


_MID_SIDE = np.array([[0.5, 0.5], [0.5, -0.5]])
_HANN = np.hanning(FRAMES + 1)[:-1]
_EDGES = np.unique(np.round(np.geomspace(4, 0.9 * FRAMES / 2, 240)).astype(int))
"""Bands of a 24th of an octave, or of one bin; what lies under 12 Hz at 48 kHz is left out."""


def _cross(sound: Sound) -> npt.NDArray[np.complex128]:
    """Cross-spectra of two channels: (2, 2, bins)."""
    frames = np.lib.stride_tricks.sliding_window_view(sound, FRAMES, axis=1)
    spectra = rfft(frames[:, :: FRAMES // 2] * _HANN)
    found: npt.NDArray[np.complex128] = np.einsum("imf,jmf->ijf", spectra, spectra.conj())
    return found


def _band_powers(sound: Sound) -> Bands:
    return _banded(_powers(_MID_SIDE[:, :, np.newaxis], _cross(sound)))


def _powers(
    response: npt.NDArray[np.complex128] | npt.NDArray[np.float64],
    spectra: npt.NDArray[np.complex128],
) -> npt.NDArray[np.float64]:
    """The powers behind a response of what has such cross-spectra: (2, bins)."""
    found: npt.NDArray[np.float64] = np.sum(
        np.einsum("oif,ijf->ojf", response, spectra) * response.conj(), axis=1
    ).real
    return found


def _banded(powers: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.add.reduceat(np.maximum(powers, 0.0), _EDGES, axis=1)
