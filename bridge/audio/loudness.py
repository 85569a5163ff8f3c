"""Loudness (ITU-R BS.1770-5, Annex 1): K-weighting, channel weights and the two gates."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from bridge.audio.blocks import Block
from bridge.audio.sections import SectionsRun
from stemwright.decibels import linear, linear_power, power_db
from stemwright.exact import tan
from stemwright.values import dataclass

_ASSUMED: dict[int, tuple[float, ...]] = {
    1: (1.0,),
    2: (1.0, 1.0),
    3: (1.0, 1.0, 1.0),
    4: (1.0, 1.0, 1.41, 1.41),
    5: (1.0, 1.0, 1.0, 1.41, 1.41),
    6: (1.0, 1.0, 1.0, 0.0, 1.41, 1.41),
}
_ASSUMED_NAMES = {3: "L R C", 4: "L R Ls Rs", 5: "L R C Ls Rs", 6: "L R C LFE Ls Rs"}
_LFE, _BACK, _BACK_CENTRE, _SIDE, _LAST = 3, (4, 5), 8, (9, 10), 17
_SURROUND = 1.41

ABSOLUTE_GATE_LUFS = -70.0
RELATIVE_GATE_LU = -10.0
_RANGE_GATE_LU = -20.0
_RANGE_SHARES = (0.1, 0.95)

MOST_CHANNELS = 64
"""What libebur128 takes."""

_FORGOTTEN = 1e-100  # a filter state this small is silence, and denormals would be slow


@dataclass(frozen=True)
class Layout:
    """The weight of each channel; None, and no loudness, where the speakers are not known.

    `doubts` are (code, what was assumed or could not be), empty where the file names its speakers.
    """

    weights: tuple[float, ...] | None
    doubts: tuple[tuple[str, str], ...] = ()


def layout(channels: int, speakers: int | None = None) -> Layout:
    """Return the weights by speaker (BS.1770-5, Table 3), `speakers` a WAVE_FORMAT_EXTENSIBLE mask.

    1.41 from 60 to 120 degrees to the side, 1 elsewhere, the LFE left out. The back pair is the
    surround pair, at 110 degrees, where there is no side pair; a back centre alone is the single
    surround channel of BS.775, heard from there as well. Without a mask the order up to six
    channels is L R C LFE Ls Rs; 4 is L R Ls Rs. Mono is one channel.
    """
    if speakers is None and channels in _ASSUMED:
        name = _ASSUMED_NAMES.get(channels)
        assumed = (("speakers_assumed", f"names no speakers; measured as {name}"),)
        return Layout(_ASSUMED[channels], assumed if name else ())
    bits = [bit for bit in range(32) if (speakers or 0) >> bit & 1][:channels]
    if len(bits) < channels or (bits and bits[-1] > _LAST):
        said = f"does not say where its {channels} channels are heard; its loudness is left out"
        return Layout(None, (("speakers_unknown", said),))
    return Layout(tuple(_weight(bit, bits) for bit in bits))


def _weight(bit: int, bits: Sequence[int]) -> float:
    sides = any(side in bits for side in _SIDE)
    backs = sides or any(back in bits for back in _BACK)
    if bit == _LFE:
        return 0.0
    surround = bit in _SIDE or (bit in _BACK and not sides) or (bit == _BACK_CENTRE and not backs)
    return _SURROUND if surround else 1.0


_SHELF_HZ, _SHELF_Q, _SHELF_DB = 1681.9744509555319, 0.7071752369554193, 3.99984385397
_SHELF_BEND_DB = _SHELF_DB * 0.499666774155
_PASS_HZ, _PASS_Q = 38.13547087613982, 0.5003270373253953


def k_weighting(sample_rate_hz: int) -> npt.NDArray[np.float64]:
    """Return the (2, 6) second-order sections of the K-weighting at any sample rate.

    The bilinear re-design of the standard's 48 kHz coefficients by De Man (2018): a high shelf,
    then a high-pass. In arithmetic alone, from tangents and gains rounded correctly.
    """
    corner = tan(_SHELF_HZ, 2 * sample_rate_hz)
    high, bend = linear(_SHELF_DB), linear(_SHELF_BEND_DB)
    over, square = corner / _SHELF_Q, corner * corner
    zeros = (high + bend * over + square, 2.0 * (square - high), high - bend * over + square)
    poles = _poles(corner, _SHELF_Q)
    shelf = [*(zero / (1.0 + over + square) for zero in zeros), *poles]
    return np.array([shelf, [1.0, -2.0, 1.0, *_poles(tan(_PASS_HZ, 2 * sample_rate_hz), _PASS_Q)]])


def _poles(corner: float, q: float) -> tuple[float, float, float]:
    over, square = corner / q, corner * corner
    whole = 1.0 + over + square
    return 1.0, 2.0 * (square - 1.0) / whole, (1.0 - over + square) / whole


class KWeighting:
    """The K-weighted samples of a stream; blocks may be cut anywhere."""

    def __init__(self, sample_rate_hz: int, channels: int) -> None:
        self._run = SectionsRun(k_weighting(sample_rate_hz), channels)

    def filtered(self, block: Block) -> Block:
        """Return (channels, frames) K-weighted."""
        weighted = self._run.run(block)
        state = self._run.state
        state[np.abs(state) < _FORGOTTEN] = 0.0
        return weighted


def lufs(energy: float) -> float:
    """Return the loudness of a channel-weighted mean square; -inf for silence."""
    return -0.691 + power_db(energy)


def energy(loudness_lufs: float) -> float:
    """Return the channel-weighted mean square of a loudness."""
    return linear_power(loudness_lufs + 0.691)


def gated_lufs(energies: npt.NDArray[np.float64]) -> float:
    """Return the integrated loudness of (blocks,) 400 ms mean squares taken every 100 ms.

    -inf when no block passes the absolute gate.
    """
    heard = energies[energies >= energy(ABSOLUTE_GATE_LUFS)]
    if not heard.size:
        return -math.inf
    gate = energy(lufs(float(heard.mean())) + RELATIVE_GATE_LU)
    return lufs(float(heard[heard >= gate].mean()))


def loudness_range_lu(energies: npt.NDArray[np.float64]) -> float:
    """Return the loudness range (EBU Tech 3342) of (windows,) mean squares over 3 s.

    From the 10th to the 95th percentile of what lies within 20 LU of the mean, each the window
    nearest to it, as libebur128 picks them. 0 when none passes the absolute gate.
    """
    heard = np.sort(energies[energies >= energy(ABSOLUTE_GATE_LUFS)])
    if not heard.size:
        return 0.0
    kept = heard[heard >= energy(lufs(float(heard.mean())) + _RANGE_GATE_LU)]
    low, high = (kept[int((len(kept) - 1) * share + 0.5)] for share in _RANGE_SHARES)
    return lufs(float(high)) - lufs(float(low))
