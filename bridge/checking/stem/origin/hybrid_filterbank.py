"""MP3's transform: 32 bands of a polyphase filterbank, each split into 18 lines.

ISO/IEC 11172-3, 2.4.3.4.10 and annex C.1.3; the table is that of its annex B.3 as whole numbers,
the first half of a filter that is symmetric.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view
from scipy import fft

from bridge.audio import Block
from bridge.checking.stem.origin.folding import folded_lines

BANDS, SPLIT = 32, 18
FRAME = BANDS * SPLIT
_TAPS = 512
_SLOTS = 2 * SPLIT
REACH = _TAPS + (_SLOTS - 1) * BANDS
_ALIASES = (-0.6, -0.535, -0.33, -0.185, -0.095, -0.041, -0.0142, -0.0037)
"""How lines next to the edge between two bands are mixed: annex B.9."""


def lines(samples: Block, starts: npt.NDArray[np.intp]) -> npt.NDArray[np.float32]:
    """(starts, 576) of the frames that begin at these samples; each is heard from REACH."""
    bands = _bands(np.asarray(samples, np.float32))
    slots = sliding_window_view(bands, (_SLOTS - 1) * BANDS + 1, axis=0)[starts, :, ::BANDS]
    split = folded_lines(slots * _turned())
    return _without_aliases(split).reshape(len(starts), FRAME)


def _bands(samples: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """(places, 32): each band at each sample that has the filter's length from there on."""
    heard = sliding_window_view(samples, _TAPS) * _prototype()
    added = heard.reshape(len(heard), -1, 2 * BANDS).sum(axis=1)
    before, after = _turns()
    bands = fft.fft(added[:, ::-1] * before, axis=1)[:, :BANDS] * after
    real: npt.NDArray[np.float32] = bands.real
    return real


@cache
def _prototype() -> npt.NDArray[np.float32]:
    """(512,) as it lies over the samples, every other 64 turned over, white noise as loud."""
    taps = np.array([*_HALF, *_HALF[-2:0:-1]], dtype=np.float64)
    taps /= np.sqrt(np.square(taps).sum() / 2)
    turned = taps * np.where(np.arange(_TAPS) // (2 * BANDS) % 2, -1.0, 1.0)
    return turned[::-1].astype(np.float32)


@cache
def _turns() -> tuple[npt.NDArray[np.complex64], npt.NDArray[np.complex64]]:
    """What makes an FFT of 64 the sum over cos((2 band + 1) (at - 16) pi / 64)."""
    at, odd = np.arange(2 * BANDS), 2 * np.arange(BANDS) + 1
    before = np.exp(-1j * np.pi / (2 * BANDS) * at)
    after = np.exp(1j * np.pi / (2 * BANDS) * BANDS / 2 * odd)
    return before.astype(np.complex64), after.astype(np.complex64)


@cache
def _turned() -> npt.NDArray[np.float32]:
    """(32, 36): the sine window; of odd bands, which lie upside down, every other slot turned."""
    slots = np.arange(_SLOTS)
    upside_down = (np.arange(BANDS)[:, None] % 2) * (slots % 2)
    window = np.sin(np.pi / _SLOTS * (slots + 0.5))
    return np.asarray(np.where(upside_down, -window, window), np.float32)


def _without_aliases(split: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    aliases = np.asarray(_ALIASES, np.float32)
    kept = np.float32(1.0) / np.sqrt(1 + np.square(aliases))
    mixed = aliases * kept
    count = len(aliases)
    below = split[:, :-1, : -count - 1 : -1].copy()
    above = split[:, 1:, :count].copy()
    split[:, :-1, : -count - 1 : -1] = below * kept + above * mixed
    split[:, 1:, :count] = above * kept - below * mixed
    return split


# fmt: off
_HALF = (
    0, -1, -1, -1, -1, -1, -1, -2, -2, -2, -2, -3, -3, -4, -4, -5, -5, -6, -7, -7, -8, -9, -10,
    -11, -13, -14, -16, -17, -19, -21, -24, -26, -29, -31, -35, -38, -41, -45, -49, -53, -58, -63,
    -68, -73, -79, -85, -91, -97, -104, -111, -117, -125, -132, -139, -147, -154, -161, -169,
    -176, -183, -190, -196, -202, -208, -213, -218, -222, -225, -227, -228, -228, -227, -224,
    -221, -215, -208, -200, -189, -177, -163, -146, -127, -106, -83, -57, -29, 2, 36, 72, 111,
    153, 197, 244, 294, 347, 401, 459, 519, 581, 645, 711, 779, 848, 919, 991, 1064, 1137, 1210,
    1283, 1356, 1428, 1498, 1567, 1634, 1698, 1759, 1817, 1870, 1919, 1962, 2001, 2032, 2057,
    2075, 2085, 2087, 2080, 2063, 2037, 2000, 1952, 1893, 1822, 1739, 1644, 1535, 1414, 1280,
    1131, 970, 794, 605, 402, 185, -45, -288, -545, -814, -1095, -1388, -1692, -2006, -2330,
    -2663, -3004, -3351, -3705, -4063, -4425, -4788, -5153, -5517, -5879, -6237, -6589, -6935,
    -7271, -7597, -7910, -8209, -8491, -8755, -8998, -9219, -9416, -9585, -9727, -9838, -9916,
    -9959, -9966, -9935, -9863, -9750, -9592, -9389, -9139, -8840, -8492, -8092, -7640, -7134,
    -6574, -5959, -5288, -4561, -3776, -2935, -2037, -1082, -70, 998, 2122, 3300, 4533, 5818,
    7154, 8540, 9975, 11455, 12980, 14548, 16155, 17799, 19478, 21189, 22929, 24694, 26482, 28289,
    30112, 31947, 33791, 35640, 37489, 39336, 41176, 43006, 44821, 46617, 48390, 50137, 51853,
    53534, 55178, 56778, 58333, 59838, 61289, 62684, 64019, 65290, 66494, 67629, 68692, 69679,
    70590, 71420, 72169, 72835, 73415, 73908, 74313, 74630, 74856, 74992, 75038,
)
# fmt: on
