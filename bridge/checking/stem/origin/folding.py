"""The fold and the cosine transform that make lines of windowed frames which overlap by half.

Princen, Johnson and Bradley, "Subband/Transform Coding Using Filter Bank Designs Based on Time
Domain Aliasing Cancellation", ICASSP 1987.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import fft


def folded_lines(frames: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """(..., n) lines of (..., 2 n) windowed samples, as loud as these."""
    half = frames.shape[-1] // 4
    a, b, c, d = (frames[..., at : at + half] for at in range(0, 4 * half, half))
    folded = np.empty((*frames.shape[:-1], 2 * half), np.float32)
    np.negative(c[..., ::-1], out=folded[..., :half])
    folded[..., :half] -= d
    np.subtract(a, b[..., ::-1], out=folded[..., half:])
    lines = fft.dct(folded, 4, axis=-1, norm="ortho", overwrite_x=True)
    return np.asarray(lines, np.float32)
