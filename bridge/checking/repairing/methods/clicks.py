"""Clicks: the samples that a burst covers, predicted from both sides.

A first prediction over more than the burst gives a model of what is played; of the samples, those
count as the burst's that neither what is before nor what is behind them explains by it, and worse
than any of those next to it: what is sudden in the sound itself is left as it is.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bridge.checking.autoregressive.autoregression import Mask, filled
from bridge.checking.autoregressive.predictors import prediction_error, predictors
from bridge.checking.autoregressive.what_goes_on import GOES_ON, left_over
from bridge.checking.repairing.methods.prediction import AROUND, Predicted, predicted
from bridge.checking.repairing.methods.stretches import Local, Patch, Stretch, stretch_of
from bridge.checking.repairing.steps import RepairStep
from bridge.checking.stem_audio import StemAudio
from stemwright.decibels import power_db
from stemwright.words import counted

GUARD = 24
"""Frames around what was found in which the burst may begin and end."""
_AROUND = 1024
_ORDER = 64
_STANDS_OUT = 6.0
"""Of the median error around it."""
_LEAST = 1e-5
_NEXT_S = 0.005
"""How far around it no sample may be explained worse than those of a burst."""
_LONGEST_S = 0.005
_BESIDE_S = 0.01
LEAST_GAIN_DB = 9.0
"""By the trials beside it: they err by some dB, and of what promised less some came out worse."""
_FINEST = 2.0**-46 / 12.0
"""Power of the rounding to 24 bits: no sample is known better."""


def mended_click(audio: StemAudio, step: RepairStep, others: Sequence[RepairStep]) -> Local | str:
    """The sides of a click that were damaged, made anew; or why not."""
    stretch = stretch_of(audio, step.first, step.stop, AROUND + GUARD, others)
    return mended_burst(stretch, step, GUARD, _LONGEST_S)


def mended_burst(stretch: Stretch, step: RepairStep, guard: int, longest_s: float) -> Local | str:
    """What covers the sound within a step's range and `guard` frames around it, made anew."""
    start, stop = step.first - guard - stretch.first, step.stop + guard - stretch.first
    sides = [_burst(stretch, channel, start, stop) for channel in range(len(stretch.samples))]
    if not any(side.any() for side in sides):
        return "nothing there stands out of what surrounds it"
    longest = max(
        int(np.flatnonzero(side)[-1] - np.flatnonzero(side)[0]) + 1 for side in sides if side.any()
    )
    if longest > longest_s * stretch.sample_rate_hz:
        return f"it is {1000 * longest / stretch.sample_rate_hz:.1f} ms long: too long to predict"
    return _mended(stretch, sides)


def _mended(stretch: Stretch, sides: list[Mask]) -> Local | str:
    patches: list[Patch] = []
    damage, error = 0.0, 0.0
    for channel, mask in enumerate(sides):
        if not mask.any():
            continue
        if not _goes_on(stretch, channel, mask):
            continue
        other_is_whole = len(sides) == 2 and not sides[1 - channel].any()
        made = predicted(stretch, channel, mask, other_is_whole)
        if _is_louder(stretch, channel, made, mask):
            continue
        changed = _energy(stretch, channel, made, mask)
        expected = max(made.error, _FINEST) * np.count_nonzero(mask)
        if np.isfinite(expected) and power_db(changed / expected) < LEAST_GAIN_DB:
            continue
        damage, error = damage + changed, error + expected
        patches += stretch.patches(channel, mask, made.samples)
    if not patches:
        return "what is played there cannot be predicted well enough: it would gain nothing"
    gain_db = power_db(damage / error) if np.isfinite(error) else None
    frames = sum(each.stop - each.first for each in patches)
    words = f"{counted(frames, 'sample')} predicted from both sides"
    return Local(tuple(patches), words, gain_db)


def _goes_on(stretch: Stretch, channel: int, mask: Mask) -> bool:
    """Whether the sound behind a burst is that before it: else nothing leads from one to the other.

    A note that sets in within the burst is predicted from neither side, and would come out worse.
    """
    places = np.flatnonzero(mask)
    begin, stop = int(places[0]), int(places[-1]) + 1
    left = left_over(stretch.samples[channel], begin, stop, stretch.sample_rate_hz)
    return left < GOES_ON


def _is_louder(stretch: Stretch, channel: int, made: Predicted, mask: Mask) -> bool:
    """Whether what was predicted peaks over all that lies about it, the burst itself with it."""
    places, near = np.flatnonzero(mask), round(_BESIDE_S * stretch.sample_rate_hz)
    about = stretch.samples[channel, max(0, int(places[0]) - near) : int(places[-1]) + near]
    return float(np.abs(made.samples[mask]).max()) > float(np.abs(about).max())


def _energy(stretch: Stretch, channel: int, made: Predicted, mask: Mask) -> float:
    return float(np.square(made.samples[mask] - stretch.samples[channel][mask]).sum())


def _burst(stretch: Stretch, channel: int, start: int, stop: int) -> Mask:
    """(frames,) the samples from the first to the last that nothing around them explains."""
    found = np.zeros(stretch.samples.shape[1], bool)
    near = slice(max(0, start - _AROUND), stop + _AROUND)
    samples = stretch.samples[channel, near]
    unknown = stretch.blind[near] | stretch.broken[channel, near]
    begin, end = start - near.start, stop - near.start
    unknown[begin:end] = True
    taps = predictors(filled(samples, unknown, _ORDER, 2), _ORDER)
    if taps is None:
        error = np.abs(samples)
    else:
        behind = prediction_error(samples[::-1], taps)[::-1]
        error = np.minimum(np.abs(prediction_error(samples, taps)), np.abs(behind))
    usual = float(np.median(error[~unknown])) if not unknown.all() else 0.0
    beside = round(_NEXT_S * stretch.sample_rate_hz)
    most = float(np.where(unknown, 0.0, error)[max(0, begin - beside) : end + beside].max())
    outside = error > max(_STANDS_OUT * usual, most, _LEAST)
    outside[: max(0, begin)] = False
    outside[end:] = False
    places = np.flatnonzero(outside)
    if len(places):
        found[near.start + places[0] : near.start + places[-1] + 1] = True
    return found
