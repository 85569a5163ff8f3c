"""Clipped peaks: what was cut off, predicted from both sides, and never under the plateau.

An autoregressive model of each window, its cut samples unknown but for their sign and what they
reach at least (after Janssen et al., see `autoregression`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from bridge.audio import Block
from bridge.checking.autoregressive.autoregression import Mask, filled
from bridge.checking.repairing.methods.stretches import Local, Patch, Stretch, runs_of, stretch_of
from bridge.checking.repairing.steps import RepairStep
from bridge.checking.stem_audio import StemAudio
from stemwright.decibels import amplitude_db
from stemwright.words import counted

_CORE = 2048
"""Frames made anew at once, on a grid of the file's frames."""
_AROUND = 1024
_BESIDE = 256
"""Frames beyond the core whose plateaus are unknown as well."""
_ORDER = 320
_MOST = 1 / 3
"""Of a core's samples: of what is cut more, nothing sure is left."""
_ROUNDS = 2
"""A third one gains nothing."""
_TOLERANCES = (2.0**-22, 1.6 * 2.0**-15)
"""As the check has them: cut in 24 bits; dithered to 16 bits after it was cut."""
_LOWEST = 0.7
"""Of the level told: a side whose peaks stay below was not cut there."""
_FEWEST = 3
_PART = 1 << 17
_LONGEST_S = 0.005
_HIGHEST = 2.0
"""Of the plateau: no prediction is believed further."""


def mended_peaks(audio: StemAudio, step: RepairStep, _others: Sequence[RepairStep]) -> Local | str:
    """What was cut off within a step's range, put back; or why not."""
    level = 10.0 ** (step.parameters["level_dbfs"] / 20.0)
    longest = max(1, round(_LONGEST_S * audio.facts.sample_rate_hz))
    levels = _levels(audio, step, level)
    patches: list[Patch] = []
    count, left = 0, 0
    for first in range(step.first - step.first % _CORE, step.stop, _CORE):
        stretch = stretch_of(audio, first, first + _CORE, _AROUND)
        for channel, bounds in enumerate(levels):
            mask, too_long = _cut(stretch, channel, bounds, step, longest)
            core = np.zeros_like(mask)
            core[_AROUND : _AROUND + _CORE] = mask[_AROUND : _AROUND + _CORE]
            left += too_long
            if np.count_nonzero(core) > _MOST * _CORE:
                left += len(runs_of(core))
                continue
            count += len(runs_of(core))
            if core.any():
                mask[: _AROUND - _BESIDE] = mask[_AROUND + _CORE + _BESIDE :] = False
                patches += stretch.patches(channel, core, _peaks(stretch.samples[channel], mask))
    if not patches:
        return _TOO_MUCH if left else _NONE
    top_dbfs = amplitude_db(max(float(np.abs(patch.after).max()) for patch in patches))
    words = f"{counted(count, 'peak')} put back, up to {top_dbfs:+.1f} dBFS"
    return Local(tuple(patches), f"{words}; {left} left, too much is cut" if left else words)


_TOO_MUCH = "too much is cut to predict it: ask for a new export"
_NONE = "no plateau is found there"
_Levels = dict[int, tuple[float, float]]
"""By sign: the level at which a side was cut, and its tolerance."""


def _levels(audio: StemAudio, step: RepairStep, level: float) -> list[_Levels]:
    """The level of each side and sign; none where it was not cut."""
    levels: list[_Levels] = [{} for _ in range(audio.facts.channels)]
    tops = np.zeros((2, audio.facts.channels))
    for part in _parts(audio, step):
        tops = np.maximum(tops, [part.max(axis=1), -part.min(axis=1)])
    for part in _parts(audio, step):
        for channel, side in enumerate(part):
            for sign, top in zip((1, -1), tops[:, channel].tolist(), strict=True):
                if top >= _LOWEST * level:
                    _note(levels[channel], sign * side, sign, top)
    return levels


def _parts(audio: StemAudio, step: RepairStep) -> Iterator[Block]:
    """The step's range in parts that overlap by the shortest plateau."""
    for first in range(step.first, step.stop, _PART):
        yield audio.read(first, min(_PART + _FEWEST, step.stop - first))


def _note(levels: _Levels, side: Block, sign: int, top: float) -> None:
    """Note the level at which a side has a plateau, with the smallest tolerance that shows one."""
    for tolerance in _TOLERANCES:
        if sign in levels and levels[sign][1] <= tolerance:
            return
        at_top = side >= top - 4 * tolerance
        if max((stop - start for start, stop in runs_of(at_top)), default=0) >= _FEWEST:
            levels[sign] = (top, tolerance)
            return


def _cut(
    stretch: Stretch, channel: int, levels: _Levels, step: RepairStep, longest: int
) -> tuple[Mask, int]:
    """(frames,) the samples of plateaus, and how many plateaus are too long to be among them."""
    samples, found, left = stretch.samples[channel], np.zeros(stretch.samples.shape[1], bool), 0
    for sign, (top, tolerance) in levels.items():
        at_top = sign * samples >= top - 5 * tolerance
        at_top[: max(0, step.first - stretch.first)] = False
        at_top[max(0, step.stop - stretch.first) :] = False
        for start, stop in runs_of(at_top):
            if stop - start > longest:
                left += _AROUND <= start < _AROUND + _CORE
            else:
                found[start:stop] = True
    return found, left


def _peaks(samples: Block, mask: Mask) -> Block:
    made = filled(samples, mask, _ORDER, _ROUNDS, samples, tapered=True)
    most = _HIGHEST * np.abs(samples)
    clipped: Block = np.where(mask, np.clip(made, -most, most), made)
    return clipped
