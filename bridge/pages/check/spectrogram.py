"""The spectrogram of a short stretch, pitch upwards by octaves."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy import fft

from bridge.audio import Block
from bridge.pages.check.png import SHADES, Levels

_COLUMNS = 320
_ROWS = 64
_WINDOW_S = 0.023
_LOWEST_HZ = 40.0
_HIGHEST_HZ = 20000.0
_RANGE_DB = 84.0
_SILENCE = 1e-14


def spectrogram(samples: Block, rate_hz: int) -> Levels:
    """(rows, columns) of (channels, frames): how loud what is where, the highest pitch on top.

    The louder of all channels is seen; the brightest shade is the loudest of the picture.
    """
    size = 1 << max(5, round(np.log2(_WINDOW_S * rate_hz)))
    centres = np.linspace(0, max(0, samples.shape[1] - 1), _COLUMNS).astype(np.int64)
    padded = np.pad(samples, ((0, 0), (size // 2, size)))
    window = np.hanning(size + 1)[:-1] * 2.0 / size
    found = fft.rfft(padded[:, centres[:, None] + np.arange(size)] * window, axis=2)
    power = (np.square(found.real) + np.square(found.imag)).max(axis=0)
    rows = _by_octaves(power, rate_hz, size)
    level_db = 10.0 * np.log10(np.maximum(rows, _SILENCE))
    top_db = float(level_db.max())
    share = np.clip((level_db - top_db) / _RANGE_DB + 1.0, 0.0, 1.0)
    if top_db <= 10.0 * np.log10(_SILENCE):
        share[:] = 0.0
    return np.rint(share.T[::-1] * (SHADES - 1)).astype(np.uint8)


def edges_hz(rate_hz: int) -> npt.NDArray[np.float64]:
    """Between each two of them lies a row of a spectrogram."""
    return np.geomspace(_LOWEST_HZ, min(_HIGHEST_HZ, rate_hz / 2), _ROWS + 1)


def _by_octaves(power: npt.NDArray[np.float64], rate_hz: int, size: int) -> npt.NDArray[np.float64]:
    """(columns, rows) of (columns, bins): the loudest bin of a row, or between two where none."""
    edges = edges_hz(rate_hz) * size / rate_hz
    bins = power.shape[1]
    found = np.empty((len(power), _ROWS))
    for row, (low, high) in enumerate(pairwise(edges)):
        first, last = int(np.ceil(low)), min(int(np.ceil(high)), bins)
        if first < last:
            found[:, row] = power[:, first:last].max(axis=1)
            continue
        middle = min(0.5 * (low + high), bins - 1.0)
        below = int(middle)
        share = middle - below
        above = min(below + 1, bins - 1)
        found[:, row] = (1.0 - share) * power[:, below] + share * power[:, above]
    return found
