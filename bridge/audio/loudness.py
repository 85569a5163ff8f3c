"""Loudness (ITU-R BS.1770-5, Annex 1): K-weighting, channel weights and the two gates."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from bridge.audio import Block

CHANNEL_WEIGHTS: dict[int, tuple[float, ...]] = {
    1: (1.0,),
    2: (1.0, 1.0),
    3: (1.0, 1.0, 1.0),
    4: (1.0, 1.0, 1.41, 1.41),
    5: (1.0, 1.0, 1.0, 1.41, 1.41),
    6: (1.0, 1.0, 1.0, 0.0, 1.41, 1.41),
}
"""Weights by channel count, in the order L R C (LFE) Ls Rs; 4 is L R Ls Rs. Mono is one channel."""

ABSOLUTE_GATE_LUFS = -70.0
RELATIVE_GATE_LU = -10.0

_FORGOTTEN = 1e-100  # a filter state this small is silence, and denormals would be slow


def k_weighting(sample_rate_hz: int) -> npt.NDArray[np.float64]:
    """Return the (2, 6) second-order sections of the K-weighting at any sample rate.

    The bilinear re-design of the standard's 48 kHz coefficients by De Man (2018).
    """
    from pyloudnorm import IIRfilter  # loads scipy: a second that a stored render does not need

    stages = (
        IIRfilter(
            3.99984385397,
            0.7071752369554193,
            1681.9744509555319,
            sample_rate_hz,
            "high_shelf_DeMan",
        ),
        IIRfilter(0.0, 0.5003270373253953, 38.13547087613982, sample_rate_hz, "high_pass_DeMan"),
    )
    return np.array([[*stage.b, *stage.a] for stage in stages])


class KWeighting:
    """The K-weighted samples of a stream; blocks may be cut anywhere."""

    def __init__(self, sample_rate_hz: int, channels: int) -> None:
        from scipy.signal import sosfilt

        self._filter = sosfilt
        self._sections = k_weighting(sample_rate_hz)
        self._state = np.zeros((2, channels, 2))

    def filtered(self, block: Block) -> Block:
        """Return (channels, frames) K-weighted."""
        weighted, self._state = self._filter(self._sections, block, axis=1, zi=self._state)
        self._state[np.abs(self._state) < _FORGOTTEN] = 0.0
        out: Block = weighted
        return out


def lufs(energy: float) -> float:
    """Return the loudness of a channel-weighted mean square; -inf for silence."""
    return -0.691 + 10.0 * math.log10(energy) if energy > 0.0 else -math.inf


def energy(loudness_lufs: float) -> float:
    """Return the channel-weighted mean square of a loudness."""
    return float(10.0 ** ((loudness_lufs + 0.691) / 10.0))


def gated_lufs(energies: npt.NDArray[np.float64]) -> float:
    """Return the integrated loudness of (blocks,) 400 ms mean squares taken every 100 ms.

    -inf when no block passes the absolute gate.
    """
    heard = energies[energies >= energy(ABSOLUTE_GATE_LUFS)]
    if not heard.size:
        return -math.inf
    gate = energy(lufs(float(heard.mean())) + RELATIVE_GATE_LU)
    return lufs(float(heard[heard >= gate].mean()))
