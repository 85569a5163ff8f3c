"""The ear's bands: half-ERB steps, what comes through to the cochlea, and excitation.

Moore, Glasberg and Baer, J. Audio Eng. Soc. 45 (1997), 224-240, with the figures of ANSI S3.4-2007
(free field); filters are rounded exponentials whose lower skirts get shallower with level.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from stemwright.decibels import linear_power
from stemwright.values import dataclass

Powers = npt.NDArray[np.float64]
_Single = npt.NDArray[np.float32]

STEP_CAMS = 0.5
_LOWEST_CAM, _BANDS = 1.75, 75
_LEVELS_DB = np.arange(30.0, 101.0, 10.0)
_LEAST = 1e-12
_ROWS = 32
"""What is multiplied at once: so little that OpenBLAS leaves it to one thread."""

_TRANSFER_HZ = (
    20, 25, 31.5, 40, 50, 63, 80, 100, 125, 160, 200, 250, 315, 400, 500, 630, 750, 1000, 1250,
    1500, 2000, 2500, 3000, 4000, 5000, 6000, 8000, 9000, 10000, 11200, 12500, 14000, 16000,
)  # fmt: skip
_TO_EARDRUM_DB = (
    0, 0, 0, 0, 0, 0, 0, 0, 0.1, 0.3, 0.5, 0.9, 1.4, 1.6, 1.7, 2.5, 2.7, 2.6, 3.2,
    5.2, 12.0, 16.8, 15.3, 14.2, 10.7, 7.1, 1.8, -0.9, -1.6, 1.9, 4.9, 2.0, 2.5,
)  # fmt: skip
_MIDDLE_EAR_DB = (
    -39.6, -32.0, -25.85, -21.4, -18.5, -15.9, -14.1, -12.4, -11.0, -9.6, -8.3, -7.4, -6.2, -4.8,
    -3.8, -3.3, -2.9, -2.6, -4.5, -5.4, -8.5, -10.4, -7.3, -6.6, -7.0, -9.2, -12.2, -10.8, -10.1,
    -12.7, -15.0, -18.2, -32.3,
)  # fmt: skip


def cams_of(hz: float | Powers) -> Powers:
    """Frequencies as ERB numbers."""
    return np.asarray(21.4 * np.log10(0.00437 * np.asarray(hz) + 1.0))


def hz_of(cams: float | Powers) -> Powers:
    """ERB numbers as frequencies."""
    return np.asarray((10.0 ** (np.asarray(cams) / 21.4) - 1.0) / 0.00437)


def erb_hz(hz: float | Powers) -> Powers:
    """How wide the auditory filter at a frequency is."""
    return np.asarray(24.7 * (0.00437 * np.asarray(hz) + 1.0))


CENTRES_CAMS: Powers = _LOWEST_CAM + STEP_CAMS * np.arange(_BANDS, dtype=np.float64)
CENTRES_HZ = hz_of(CENTRES_CAMS)
"""(bands,): 50 Hz to 15 kHz."""


def edges_hz() -> Powers:
    """(bands + 1,): where each band begins, and the last one ends."""
    return hz_of(_LOWEST_CAM + STEP_CAMS * (np.arange(_BANDS + 1, dtype=np.float64) - 0.5))


@cache
def through_ear() -> Powers:
    """(bands,): the power that comes from the free field to the cochlea."""
    total_db = np.array(_TO_EARDRUM_DB) + np.array(_MIDDLE_EAR_DB)
    at_db = np.interp(np.log(CENTRES_HZ), np.log(np.array(_TRANSFER_HZ)), total_db)
    return np.asarray(10.0 ** (at_db / 10.0))


@dataclass(frozen=True)
class Excitations:
    """What (groups, n, bands) of power at the cochlea excites; what groups excite adds up.

    `places` are as `powers`, in units of the reference intensity.
    """

    powers: Powers
    places: Powers
    slopes: npt.NDArray[np.int_]

    def of_content(self, group: int, specific: Powers) -> Powers:
        """(n, bands): what is heard at every place, given to what the group has that excites it.

        The sum over the bands stays: the skirts of a loud band are loudness of that band.
        """
        whole = self.places[group]
        shares = np.divide(specific, whole, out=np.zeros_like(whole), where=whole > 0.0)
        single, found = shares.astype(np.float32), np.zeros(whole.shape, np.float32)
        for number in _used(self.slopes):
            found += _times(single, _spreading()[number].T) * (self.slopes == number)
        return np.asarray(self.powers[group] * found)


def excitations(powers: Powers) -> Excitations:
    """Of groups that sound together: the level of all shapes the filters."""
    total = powers.sum(axis=0)
    per_erb = total.copy()
    per_erb[:, 1:] += 0.5 * total[:, :-1]
    per_erb[:, :-1] += 0.5 * total[:, 1:]
    levels_db = 10.0 * np.log10(np.maximum(per_erb, _LEAST))
    slopes = np.clip(np.rint((levels_db - _LEVELS_DB[0]) / 10.0), 0, len(_LEVELS_DB) - 1)
    single = powers.astype(np.float32)
    found = np.zeros_like(single)
    slopes = slopes.astype(int)
    for number in _used(slopes):
        found += _times(single * (slopes == number), _spreading()[number])
    return Excitations(powers, found.astype(np.float64), slopes)


def _used(slopes: npt.NDArray[np.int_]) -> list[int]:
    return np.flatnonzero(np.bincount(slopes.ravel())).tolist()


def _times(rows: _Single, matrix: _Single) -> _Single:
    """(..., bands) by (bands, bands); however many threads there are, in the same order."""
    flat = rows.reshape(-1, len(matrix))
    whole = len(flat) // _ROWS * _ROWS
    parts = flat[:whole].reshape(-1, _ROWS, len(matrix)) @ matrix
    found = np.concatenate([parts.reshape(-1, len(matrix)), flat[whole:] @ matrix])
    return found.reshape(rows.shape)


@cache
def _spreading() -> _Single:
    """(levels, in, out): the weight of every band in every filter."""
    component, centre = CENTRES_HZ[:, None], CENTRES_HZ[None, :]
    away = (component - centre) / centre
    p51 = 4.0 * centre / erb_hz(centre)
    at_1k = 4.0 * 1000.0 / float(erb_hz(1000.0))
    rows = []
    for level_db in _LEVELS_DB:
        lower = np.maximum(p51 - 0.35 * (p51 / at_1k) * (level_db - 51.0), 0.1)
        slope = np.where(away < 0.0, lower, p51) * np.abs(away)
        rows.append((1.0 + slope) * np.exp(-slope))
    return np.array(rows, np.float32)


_THRESHOLD_HZ = (50, 63, 80, 100, 125, 160, 200, 250, 315, 400, 500)
_THRESHOLD_DB = (28.18, 23.9, 19.2, 15.68, 12.67, 10.09, 8.08, 6.3, 5.3, 4.5, 3.73)
_K_HZ, _K_DB = (50, 100, 200, 500, 1000), (13.5, 4.9, 0.4, -2.3, -3.0)


@cache
def threshold() -> Powers:
    """(bands,): the excitation that is just heard in quiet."""
    return _over_hz(_THRESHOLD_HZ, _THRESHOLD_DB)


@cache
def noise_factor() -> Powers:
    """(bands,): K, the excitation over that of a masker which is just heard in it."""
    return _over_hz(_K_HZ, _K_DB)


def _over_hz(known_hz: tuple[float, ...], known_db: tuple[float, ...]) -> Powers:
    at_db = np.interp(np.log(CENTRES_HZ), np.log(np.array(known_hz)), np.array(known_db))
    return np.array([linear_power(float(each)) for each in at_db])
