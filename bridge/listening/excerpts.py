"""Excerpts to play: lossless at 16 bit, with what is needed to match and to draw them."""

from __future__ import annotations

import base64
import io
import math
from dataclasses import dataclass

import numpy as np
import soundfile

from bridge.audio import Block
from bridge.audio.quantise import Quantiser
from bridge.listening.outlines import Outline, outline
from bridge.metering import Meter

_FULL = 0.999
_MOST_DB = 120.0
_CODES = 32768.0
_DIGITS = 5


@dataclass(frozen=True)
class Excerpt:
    """FLAC, 16 bit, as base64, of samples from which `lowered_db` was taken first.

    `peak_dbfs`, `lufs` (integrated, BS.1770) and `outline` are of the samples as they came; None
    where they are silent or too short to measure.
    """

    flac_base64: str
    seconds: float
    lowered_db: float
    peak_dbfs: float | None
    lufs: float | None
    outline: Outline


def excerpt(samples: Block, rate_hz: int, fill: bool = False) -> Excerpt:
    """Encode (1 or 2, frames); a peak over full scale is lowered by whole decibels first.

    `fill` raises a quiet one in the same way, so that 16 bit do it justice.
    """
    peak = float(np.abs(samples).max(initial=0.0))
    wanted_db = float(math.ceil(_db(peak / _FULL))) if peak else 0.0
    lowered_db = max(-_MOST_DB, wanted_db) if fill or wanted_db > 0.0 else 0.0
    drawn = outline(samples)
    return Excerpt(
        flac_base64=_flac(samples * 10.0 ** (-lowered_db / 20.0), rate_hz),
        seconds=round(samples.shape[1] / rate_hz, 2),
        lowered_db=lowered_db,
        peak_dbfs=_db(peak) if peak else None,
        lufs=_lufs(samples, rate_hz),
        outline=Outline(_short(drawn.lows), _short(drawn.highs)),
    )


def _db(level: float) -> float:
    return 20.0 * math.log10(level)


def _short(values: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(float(f"{value:.{_DIGITS}g}") for value in values)


def _lufs(samples: Block, rate_hz: int) -> float | None:
    meter = Meter(rate_hz, samples.shape[0])
    meter.add(samples)
    found = meter.result().integrated_lufs
    return found if math.isfinite(found) else None


def _flac(samples: Block, rate_hz: int) -> str:
    """16-bit samples stay as they are; others are dithered, all alike."""
    held = bool((samples * _CODES == np.rint(samples * _CODES)).all())
    quantiser = Quantiser("pcm16", samples.shape[0], "excerpt", dither=not held)
    codes = quantiser.process(samples).astype(np.int16)
    file = io.BytesIO()
    soundfile.write(file, codes.T, rate_hz, "PCM_16", format="FLAC")
    return base64.b64encode(file.getvalue()).decode("ascii")
