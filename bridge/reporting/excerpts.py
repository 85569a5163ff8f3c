"""Short excerpts to listen to: the same place in everything that came from this song."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from bridge.audio import Block
from bridge.audio.resample import resampled
from bridge.listening.excerpts import Excerpt
from bridge.listening.excerpts import excerpt as encoded
from bridge.listening.outlines import Outline
from bridge.reporting.sources import Heard
from bridge.storing import Store, digest

LONGEST_S = 12
SHORTEST_S = 5
_TOGETHER_S = 22
"""Seconds all excerpts share: at 16 bit they then take about 4 MB of page."""
_VERSION = 2


def length_s(count: int) -> int:
    """How long each of `count` excerpts is."""
    return max(SHORTEST_S, min(LONGEST_S, _TOGETHER_S // max(1, count)))


def place_s(loudest_end_s: float | None, total_s: float, seconds: int) -> int:
    """Where an excerpt of `seconds` starts: around the loudest 3 s, on a whole second."""
    centre = 1.5 if loudest_end_s is None else loudest_end_s - 1.5
    latest = max(0, math.floor(total_s) - seconds)
    return min(max(0, round(centre - seconds / 2)), latest)


def excerpt(heard: Heard, store: Store, start_s: int, seconds: int, rate_hz: int) -> Excerpt | None:
    """Return `seconds` of a signal from `start_s` on, at `rate_hz`; None when it is gone.

    A browser's own resampling would take treble off (0.7 LU of white noise from 44.1 kHz).
    """
    key = digest(
        "report.excerpt",
        version=_VERSION,
        source=heard.digest,
        rate_hz=heard.rate_hz,
        start_s=start_s,
        seconds=seconds,
        played_hz=rate_hz,
    )
    entry = store.get(key)
    if entry is not None:
        return _from_json(entry.meta["excerpt"])
    if heard.blocks is None:
        return None
    own_hz = heard.rate_hz
    samples = between(heard.blocks(), start_s * own_hz, (start_s + seconds) * own_hz)
    played = np.concatenate([*resampled([samples], 2, own_hz, rate_hz)], axis=1)
    made = encoded(played, rate_hz)
    store.put(key, {"pcm": None, "excerpt": asdict(made)})
    return made


def _from_json(stored: Mapping[str, Any]) -> Excerpt:
    drawn = {side: tuple(values) for side, values in stored["outline"].items()}
    return Excerpt(**{**stored, "outline": Outline(**drawn)})


def between(blocks: Iterable[Block], start: int, end: int) -> Block:
    """Return frames `start` to `end` of a stereo stream, fewer where it ends before."""
    taken: list[Block] = [np.zeros((2, 0))]
    at = 0
    for block in blocks:
        taken.append(block[:, max(0, start - at) : max(0, end - at)].copy())
        at += block.shape[1]
        if at >= end:
            break
    return np.concatenate(taken, axis=1)
