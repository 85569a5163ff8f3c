"""The balance of the stems' plain sum beside the rough mix's."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bridge.audio import BLOCK_FRAMES, Block
from bridge.checking import SongAudio, StemAudio, plain_sum
from bridge.comparing import tone_distance, tone_of
from bridge.pages import figure, tag, text
from bridge.pages.report import balance_chart
from stemwright.problems import InputError

_SHOWN_DB = 0.1
_SUM, _MIX = "the stems' sum", "the rough mix"


def beside_mix(audio: SongAudio) -> str:
    """How far the sum is from the mix, and where; nothing where either cannot be read."""
    if audio.mix is None or audio.mix.facts.channels > 2 or not audio.stems:
        return ""
    try:
        mix_hz = audio.mix.facts.sample_rate_hz
        summed, mix = tone_of(plain_sum(audio), audio.rate_hz), tone_of(_stereo(audio.mix), mix_hz)
    except InputError:  # told as a finding
        return ""
    found = tone_distance(summed, mix)
    shares = (found.mid_db, found.side_db)
    mid, side = (figure(each, 2, "dB") for each in shares)
    said = (
        f"The balance of {_SUM}, as they lie, is {mid} from {_MIX}'s in the mid and {side} in the "
        "side: thirds of an octave from 50 Hz to 16 kHz, after one gain that matches both."
    )
    differs = max(each or 0.0 for each in shares) >= _SHOWN_DB
    drawn = balance_chart([(_MIX, found.bands)], _SUM) if differs else ""
    return tag("p", text(said)) + drawn


def _stereo(audio: StemAudio) -> Iterator[Block]:
    """Mono sounds on both sides."""
    for block in audio.blocks(BLOCK_FRAMES):
        yield block if len(block) == 2 else np.concatenate([block, block])
