"""The gain that all stems share by moments of a millisecond, and what a stem's gain changes then.

At each moment it is what explains most of the mix by the stems' sum. As it follows that sum, what
it takes of a change of a stem's gain is taken off, so that what is left can be solved for (variable
projection, Golub and Pereyra 1973).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
from scipy.ndimage import uniform_filter1d

from bridge.audio import Block
from bridge.checking.mix.holding import Held
from bridge.checking.mix.products import Placed, of_width

MOMENT_S = 0.001
LOOSE = (1.0, *np.geomspace(0.2, 1e-5, 7))
"""Residual, of a cell's power, from which on it counts less: round by round, as in `fitting`."""
LEAST = 1e-12
_SLOW_S, _SLOW = 0.05, 1e-3
"""How much of what is around a moment counts, where next to nothing sounds in it."""
_READ_BYTES = 16e6
_RIDGE = 1e-6

Array = npt.NDArray[np.float64]


def read_pieces(held: Held, places: Sequence[Placed]) -> Iterator[tuple[int, int, Block]]:
    """The first window, how many, and the stems and the mix there: (rows, channels, frames).

    A window more lies before them and behind. Raises InputError as `StemAudio.read` does.
    """
    given, channels = held.given, held.mix.width
    size, total = round(given.window_s * given.rate_hz), given.cells.shape[0]
    step = max(1, int(_READ_BYTES / (8 * channels * size * (len(places) + 1))))
    for at in range(0, total, step):
        windows = min(step, total - at)
        begin, frames = (at - 1) * size, (windows + 2) * size
        rows = (
            of_width(each.excerpt(begin, frames, given.rate_hz), channels)
            for each in (*places, Placed(held.mix, 0))
        )
        yield at, windows, np.stack(list(rows))


def moved_rows(
    stems: Block, mix: Block, gains: Array, rate_hz: float, moment_s: float = MOMENT_S
) -> Block:
    """(stems + 3, channels, frames): what each stem's gain changes, their sum, the mix, the rest.

    The sum is at the gain that all share, which both sides have together.
    """

    def smoothed(samples: Block) -> Array:
        total = samples.sum(axis=0)
        near = total
        for _ in range(2):
            near = uniform_filter1d(near, max(1, round(moment_s * rate_hz)), mode="constant")
        slow = uniform_filter1d(total, max(1, round(_SLOW_S * rate_hz)), mode="constant")
        return np.asarray(near + _SLOW * slow)

    summed = np.asarray(sum(gain * stem for gain, stem in zip(gains, stems, strict=True)))
    size = np.maximum(smoothed(summed * summed), 0.0) + LEAST
    shared = smoothed(mix * summed) / size
    rows = np.empty((len(stems) + 3, *mix.shape))
    for row, stem in zip(rows, stems, strict=False):
        moved = smoothed(mix * stem) - 2.0 * shared * smoothed(summed * stem)
        row[:] = shared * stem + moved / size * summed
    rows[-3], rows[-2] = shared * summed, mix
    rows[-1] = mix - rows[-3]
    return rows


def weighed(left: Array, there: Array, loose: float) -> Array:
    """What each cell (windows, bands) counts: the less the less it fits, as in `fitting`."""
    floor = LEAST + 1e-7 * float(there.mean())
    return np.asarray((there > floor) / (left + loose * (there + there.mean(axis=0)) + floor))


def solved(matrix: Array, right: Array) -> Array:
    """What the gains change by least squares; not along what all of them share."""
    sizes = np.sqrt(np.maximum(np.diag(matrix), 0.0)) + 1e-30
    normal = matrix / np.outer(sizes, sizes) + _RIDGE * np.eye(len(right))
    return np.asarray(np.linalg.solve(normal, right / sizes) / sizes)


def as_large(gains: Array, before: Array) -> Array:
    """How large they are together is the shared gain's matter."""
    return np.asarray(gains * np.linalg.norm(before) / np.linalg.norm(gains))
