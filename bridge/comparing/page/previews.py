"""What the page plays: A, B at A's loudness, and what remains, as lossless excerpts."""

from __future__ import annotations

import base64
import io
import math
from dataclasses import dataclass

import numpy as np
import soundfile

from bridge.audio import Block
from bridge.audio.quantise import Quantiser
from bridge.comparing.levels import amplitude_db
from bridge.comparing.page.signals import Signals
from bridge.metering import Meter

_FULL = 0.999
_MOST_DB = 120.0
_CODES = 32768.0


@dataclass(frozen=True)
class Preview:
    """FLAC, 16 bit, as base64; `gain_db` is what it has to be played at."""

    id: str
    gain_db: float
    flac_base64: str


@dataclass(frozen=True)
class Previews:
    """Three excerpts of one length. `b_gain_db` is how much louder B plays than its file is.

    `below_db` is taken off all, so that none clips; `headroom_db` is how far the null can be raised
    beyond its own level.
    """

    signals: tuple[Preview, Preview, Preview]
    b_gain_db: float
    below_db: float
    headroom_db: float


def previews(found: Signals) -> Previews:
    """Encode the excerpts; more channels than two are played by the first two."""
    a, b = found.a[:2], found.b[:2]
    left = b - a
    gain_db = _louder_db(a, b, found.rate_hz)
    below_db = max(0.0, amplitude_db(_peak(a)), amplitude_db(_peak(b)) + gain_db)
    headroom_db = below_db - amplitude_db(_peak(left)) if _peak(left) else 0.0
    return Previews(
        (
            _preview("a", a, -below_db, found.rate_hz),
            _preview("b", b, gain_db - below_db, found.rate_hz),
            _preview("n", left, -below_db, found.rate_hz, fill=True),
        ),
        gain_db + found.undone_db,
        below_db,
        headroom_db,
    )


def _louder_db(a: Block, b: Block, rate_hz: int) -> float:
    """What makes B's excerpt as loud as A's, 0 where either is too quiet or short to measure."""
    one, other = (_loudness_lufs(each, rate_hz) for each in (a, b))
    return one - other if math.isfinite(one) and math.isfinite(other) else 0.0


def _loudness_lufs(block: Block, rate_hz: int) -> float:
    meter = Meter(rate_hz, block.shape[0])
    meter.add(block)
    return meter.result().integrated_lufs


def _peak(block: Block) -> float:
    return float(np.abs(block).max(initial=0.0))


def _preview(name: str, block: Block, gain_db: float, rate_hz: int, fill: bool = False) -> Preview:
    """Encode; a peak over full scale is lowered by whole decibels, `fill` raises a quiet one."""
    peak_db = amplitude_db(_peak(block) / _FULL)
    wanted_db = float(math.floor(-peak_db)) if math.isfinite(peak_db) else 0.0
    scale_db = min(_MOST_DB, wanted_db) if fill or wanted_db < 0.0 else 0.0
    return Preview(name, round(gain_db - scale_db, 4), _flac(block, scale_db, rate_hz))


def _flac(block: Block, scale_db: float, rate_hz: int) -> str:
    """16-bit samples stay as they are; others are dithered, A and B alike."""
    scaled = block * 10.0 ** (scale_db / 20.0)
    held = bool((scaled * _CODES == np.rint(scaled * _CODES)).all())
    quantiser = Quantiser("pcm16", scaled.shape[0], "diff/excerpt", dither=not held)
    file = io.BytesIO()
    codes = quantiser.process(scaled).astype(np.int16)
    soundfile.write(file, codes.T, rate_hz, "PCM_16", format="FLAC")
    return base64.b64encode(file.getvalue()).decode("ascii")
