"""How loud a stretch is."""

from __future__ import annotations

import numpy as np

from bridge.audio import Block


def rms(samples: Block) -> float:
    """Root of the mean square of all samples, channels together; 0 of none."""
    return float(np.sqrt(np.square(samples).mean())) if samples.size else 0.0
