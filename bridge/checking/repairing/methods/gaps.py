"""Dropouts of up to 5 ms and samples that are no sound: predicted from both sides."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bridge.checking.autoregressive.autoregression import Mask
from bridge.checking.repairing.methods.clicks import mended_burst
from bridge.checking.repairing.methods.prediction import AROUND, predicted
from bridge.checking.repairing.methods.stretches import Local, Patch, Stretch, runs_of, stretch_of
from bridge.checking.repairing.steps import RepairStep
from bridge.checking.stem_audio import StemAudio
from stemwright.decibels import power_db
from stemwright.words import counted

_LONGEST_GAP_S = 0.0051
_LONGEST_CORRUPT_S = 0.0201
_ZERO = 2.0**-20
_BESIDE = 4
_FEWEST = 8
_BEYOND = 8.0
_NOISE_GUARD = 96
_LEAST_GAIN_DB = 1.0


def mended_dropout(audio: StemAudio, step: RepairStep, others: Sequence[RepairStep]) -> Local | str:
    """What was lost in a short gap, made anew; or why not."""
    if step.stop - step.first > _LONGEST_GAP_S * audio.facts.sample_rate_hz:
        return _too_long(step, audio)
    stretch = stretch_of(audio, step.first, step.stop, AROUND + _BESIDE, others)
    sides = [_zeros(stretch, side, step) for side in np.abs(stretch.samples)]
    if not any(side.any() for side in sides):  # nothing is silent: all of the range is what it is
        sides = [_range(stretch, step) for _ in sides]
    return _filled(stretch, sides, needs_gain=True)


def mended_corrupt(audio: StemAudio, step: RepairStep, others: Sequence[RepairStep]) -> Local | str:
    """Samples that are no sound, made anew; or why not."""
    if step.stop - step.first > _LONGEST_CORRUPT_S * audio.facts.sample_rate_hz:
        return _too_long(step, audio)
    stretch = stretch_of(audio, step.first, step.stop, AROUND + _NOISE_GUARD, others)
    within = _range(stretch, step)
    sides = [
        within & (broken | (np.abs(samples) > _BEYOND))
        for broken, samples in zip(stretch.broken, stretch.samples, strict=True)
    ]
    if any(side.any() for side in sides):
        return _filled(stretch, sides, needs_gain=False)
    return mended_burst(stretch, step, _NOISE_GUARD, _LONGEST_CORRUPT_S)


def _too_long(step: RepairStep, audio: StemAudio) -> str:
    length_ms = 1000.0 * (step.stop - step.first) / audio.facts.sample_rate_hz
    return f"it is {length_ms:.1f} ms long: too long to predict, ask for a new export"


def _range(stretch: Stretch, step: RepairStep) -> Mask:
    found = np.zeros(stretch.samples.shape[1], bool)
    found[step.first - stretch.first : step.stop - stretch.first] = True
    return found


def _zeros(stretch: Stretch, magnitudes: np.ndarray, step: RepairStep) -> Mask:
    """The step's range where the side is silent in it, to the ends of the silence at least."""
    start, stop = step.first - _BESIDE - stretch.first, step.stop + _BESIDE - stretch.first
    silent = np.zeros(len(magnitudes), bool)
    silent[start:stop] = magnitudes[start:stop] <= _ZERO
    longest = max(runs_of(silent), key=lambda run: run[1] - run[0], default=(0, 0))
    found = np.zeros(len(magnitudes), bool)
    if longest[1] - longest[0] >= _FEWEST:
        found[longest[0] : longest[1]] = True
        found[start + _BESIDE : stop - _BESIDE] = True  # with the fades at both ends
    return found


def _filled(stretch: Stretch, sides: list[Mask], *, needs_gain: bool) -> Local | str:
    patches: list[Patch] = []
    sound, error = 0.0, 0.0
    for channel, mask in enumerate(sides):
        if not mask.any():
            continue
        other_is_whole = len(sides) == 2 and not sides[1 - channel].any()
        made = predicted(stretch, channel, mask, other_is_whole)
        if np.isfinite(made.error):
            sound, error = sound + made.sound, error + made.error
        patches += stretch.patches(channel, mask, made.samples)
    gain_db = power_db(sound / max(error, 1e-30)) if sound > 0.0 else None
    if needs_gain and (gain_db is None or gain_db < _LEAST_GAIN_DB):
        return "what is played there cannot be predicted: it would gain nothing"
    frames = sum(each.stop - each.first for each in patches)
    words = f"{counted(frames, 'sample')} predicted from both sides"
    if gain_db is not None and gain_db < _LEAST_GAIN_DB:
        words += ": it gains nothing, but they could not stay"
    return Local(tuple(patches), words, gain_db)
