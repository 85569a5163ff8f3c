"""Samples as blocks: decoding, summing, resampling, quantising, writing."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Block = npt.NDArray[np.float64]
"""(channels, frames) float64."""

BLOCK_FRAMES = 16384
"""Frames a block usually has, few enough for a processor's cache; no result depends on it."""
