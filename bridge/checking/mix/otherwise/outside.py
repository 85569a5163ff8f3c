"""Stems that sound only before the rough mix begins or after it ends: it says nothing of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from bridge.checking.excerpts import loudness_by_row
from bridge.checking.findings import MixFit, StemInMix
from bridge.checking.hearing import Heard
from bridge.checking.sketch import STEP_S
from bridge.checking.stem_audio import StemAudio

_HEARD = 1e-5
"""Power, of the stem's loudest moment, from which on it sounds."""


def sounds_in(stem: Heard, mix: StemAudio, late_s: float) -> bool:
    """Whether a stem sounds while the mix lasts, in which the stems lie `late_s` later.

    One that is silent throughout is no matter of where the mix lies.
    """
    powers = loudness_by_row(stem)
    length_s = mix.facts.frames / mix.facts.sample_rate_hz
    first, stop = (max(0, round((at_s - late_s) / STEP_S)) for at_s in (0.0, length_s))
    top = float(powers.max(initial=0.0))
    return not top or float(powers[first:stop].max(initial=0.0)) > _HEARD * top


def with_outside(fit: MixFit, stems: Sequence[str], late: int) -> MixFit:
    """With all `stems` in their order, those that the fit lacks without a gain, and named."""
    known = {each.id: each for each in fit.stems}
    lacking = [stem for stem in stems if stem not in known]
    everyone = tuple(known.get(stem, StemInMix(stem, math.nan, late, 1)) for stem in stems)
    names = " and ".join(lacking) if len(lacking) < 3 else f"{len(lacking)} stems"
    verb = "sounds" if len(lacking) == 1 else "sound"
    words = f"{fit.words}; {names} {verb} only outside it"
    return replace(fit, stems=everyone, words=words)
