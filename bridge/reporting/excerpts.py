"""Short excerpts to listen to: the same place in everything that came from this song."""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import soundfile

from bridge.audio import Block
from bridge.audio.quantise import Quantiser
from bridge.reporting.sources import Heard
from bridge.storing import Store, digest

LONGEST_S = 12
SHORTEST_S = 5
_TOGETHER_S = 22
"""Seconds all excerpts share: at 16 bit they then take about 4 MB of page."""
_VERSION = 1


@dataclass(frozen=True)
class Excerpt:
    """FLAC, 16 bit, as base64. `scale_db` was taken off so that the peak fits; `peak` is after it.

    `start_s` is its place in the signal, `seconds` its length as far as the signal goes on.
    """

    flac_base64: str
    start_s: int
    seconds: float
    scale_db: float
    peak: float


def length_s(count: int) -> int:
    """How long each of `count` excerpts is."""
    return max(SHORTEST_S, min(LONGEST_S, _TOGETHER_S // max(1, count)))


def place_s(loudest_end_s: float | None, total_s: float, seconds: int) -> int:
    """Where an excerpt of `seconds` starts: around the loudest 3 s, on a whole second."""
    centre = 1.5 if loudest_end_s is None else loudest_end_s - 1.5
    latest = max(0, math.floor(total_s) - seconds)
    return min(max(0, round(centre - seconds / 2)), latest)


def excerpt(heard: Heard, store: Store, start_s: int, seconds: int) -> Excerpt | None:
    """Return `seconds` of a signal from `start_s` on; None when its samples are gone."""
    key = digest(
        "report.excerpt",
        version=_VERSION,
        source=heard.digest,
        rate_hz=heard.rate_hz,
        start_s=start_s,
        seconds=seconds,
    )
    entry = store.get(key)
    if entry is not None:
        return Excerpt(**entry.meta["excerpt"])
    if heard.blocks is None:
        return None
    rate_hz = heard.rate_hz
    samples = _between(heard.blocks(), start_s * rate_hz, (start_s + seconds) * rate_hz)
    made = _encoded(samples, rate_hz, start_s)
    store.put(key, {"pcm": None, "excerpt": vars(made)})
    return made


def _between(blocks: Iterable[Block], start: int, end: int) -> Block:
    taken: list[Block] = [np.zeros((2, 0))]
    at = 0
    for block in blocks:
        taken.append(block[:, max(0, start - at) : max(0, end - at)])
        at += block.shape[1]
        if at >= end:
            break
    return np.concatenate(taken, axis=1)


def _encoded(samples: Block, rate_hz: int, start_s: int) -> Excerpt:
    """Quantise with dither; a peak over full scale is lowered by whole decibels first."""
    peak = float(np.abs(samples).max(initial=0.0))
    scale_db = float(math.ceil(20.0 * math.log10(peak / 0.999))) if peak > 0.999 else 0.0
    scaled = samples * 10.0 ** (-scale_db / 20.0)
    codes = Quantiser("pcm16", 2, "report/excerpt").process(scaled).astype(np.int16)
    file = io.BytesIO()
    soundfile.write(file, codes.T, rate_hz, "PCM_16", format="FLAC")
    coded = base64.b64encode(file.getvalue()).decode("ascii")
    seconds = round(samples.shape[1] / rate_hz, 2)
    return Excerpt(coded, start_s, seconds, scale_db, float(np.abs(scaled).max(initial=0.0)))
