"""A short kernel over a long signal by overlap-add, in scipy's steps and with its bits.

`scipy.signal.oaconvolve` does the same; its package loads statistics, interpolation and sparse
matrices with it, which is most of the time that a command takes to compare two short files.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import fft

from bridge.audio import Block

KERNEL_FRAMES = 513
_OVERLAP = KERNEL_FRAMES - 1
_SIZE = 5280
"""The transform that costs least a frame for such a kernel, as scipy reckons it."""
_STEP = _SIZE - _OVERLAP


def filtered(block: Block, kernel: npt.NDArray[np.float64]) -> Block:
    """Return (channels, frames - 512): (channels, frames) with 513 weights, where both are whole.

    `block` has 513 frames or more.
    """
    frames = block.shape[1]
    made = _at_once(block, kernel) if frames <= _SIZE else _in_parts(block, kernel)
    return made[:, _OVERLAP:frames].copy()


def _at_once(block: Block, kernel: npt.NDArray[np.float64]) -> Block:
    size = fft.next_fast_len(block.shape[1] + _OVERLAP, True)
    made: Block = _multiplied(block, kernel[None], size, 1)
    return made


def _in_parts(block: Block, kernel: npt.NDArray[np.float64]) -> Block:
    channels, frames = block.shape
    parts = -(-(frames + _OVERLAP) // _STEP)
    padded = np.pad(block, ((0, 0), (0, parts * _STEP - frames)))
    made = _multiplied(padded.reshape(channels, parts, _STEP), kernel[None, None], _SIZE, 2)
    made[:, 1:, :_OVERLAP] += made[:, :-1, _STEP:]
    return made[:, :, :_STEP].reshape(channels, parts * _STEP)


def _multiplied(
    signal: Block, kernel: npt.NDArray[np.float64], size: int, axis: int
) -> npt.NDArray[np.float64]:
    spectra = [fft.rfftn(each, [size], axes=[axis]) for each in (signal, kernel)]
    made: npt.NDArray[np.float64] = fft.irfftn(spectra[0] * spectra[1], [size], axes=[axis])
    return made
