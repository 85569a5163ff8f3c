"""Whether a stem is the return of a reverb that another stem is sent to, by their power alone.

A room answers: what it sounds like at a time follows from what was played before, dying away. Of
clean stems only returns go so; two parts played together go together without the dying away.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from bridge.checking.excerpts import loudness_by_row
from bridge.checking.hearing import Heard
from bridge.checking.levels import smoothed
from bridge.checking.sketch import STEP_S

_DECAYS_S = (0.1, 0.2, 0.4, 0.8, 1.6)
_LIKE = 0.7
"""Correlation of a return with what was played, dying away; other stems reach 0.6."""
_RATHER = 0.1
"""How much more it must be like that than like what is played."""


def is_return_of(part: Heard, holder: Heard, gain: float) -> bool:
    """Whether `part` answers to what the holder holds beside `gain` times the part."""
    wet, whole = loudness_by_row(part), loudness_by_row(holder)
    rows = max(len(wet), len(whole))
    wet, whole = (np.pad(each, (0, rows - len(each))) for each in (wet, whole))
    dry = np.maximum(whole - gain**2 * wet, 0.0)
    at_once = _alike(wet, dry)
    answers = max(_alike(wet, _dying_away(dry, decay_s)) for decay_s in _DECAYS_S)
    return answers >= _LIKE and answers >= at_once + _RATHER


def _dying_away(powers: npt.NDArray[np.float64], decay_s: float) -> npt.NDArray[np.float64]:
    left = float(np.exp(-STEP_S / decay_s))
    return smoothed(powers, left)


def _alike(one: npt.NDArray[np.float64], other: npt.NDArray[np.float64]) -> float:
    """Correlation of the amplitudes."""
    shapes = [np.sqrt(each) - np.sqrt(each).mean() for each in (one, other)]
    size = float(np.sqrt(np.square(shapes[0]).sum() * np.square(shapes[1]).sum()))
    return float((shapes[0] * shapes[1]).sum()) / size if size else 0.0
