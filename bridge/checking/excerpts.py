"""Excerpts of stems at one rate, by the song's time, from the places where they are heard."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import soxr

from bridge.audio import Block
from bridge.checking.hearing import Heard
from bridge.checking.sketch import STEP_S
from bridge.checking.stem_audio import StemAudio

_EDGE_FRAMES = 512
"""Read beyond both ends of what is resampled: the filter's length at its longest."""

_HEARD = 1e-5
"""Power, of the loudest row's, from which on something sounds."""


def excerpt(audio: StemAudio, start: int, frames: int, rate_hz: int) -> Block:
    """(channels, frames) float64 at `rate_hz` from frame `start` of the song at that rate on.

    Zeros where the stem has none. Raises InputError as `StemAudio.read` does.
    """
    own_hz = audio.facts.sample_rate_hz
    if own_hz == rate_hz:
        return audio.read(start - audio.position, frames)
    step = own_hz // np.gcd(own_hz, rate_hz)
    grid = rate_hz // np.gcd(own_hz, rate_hz)
    first = (start - _EDGE_FRAMES) // grid
    last = -(-(start + frames + _EDGE_FRAMES) // grid)
    samples = audio.read(int(first * step) - audio.position, int((last - first) * step))
    there = np.ascontiguousarray(soxr.resample(samples.T, own_hz, rate_hz, quality="HQ").T)
    begin = start - int(first) * int(grid)
    return np.asarray(there[:, begin : begin + frames], np.float64)


def rows_in_song(heard: Heard) -> npt.NDArray[np.float32]:
    """(rows, bands) of the stem's sketch from the song's start on."""
    facts = heard.audio.facts
    late = round(heard.audio.position / facts.sample_rate_hz / STEP_S)
    powers = heard.sketch.powers
    return np.pad(powers, ((late, 0), (0, 0))) if late >= 0 else powers[-late:]


def loudness_by_row(heard: Heard) -> npt.NDArray[np.float64]:
    """The power of each row of the song's time, from its start on."""
    return np.asarray(rows_in_song(heard).sum(axis=1, dtype=np.float64))


def loud_places(powers: npt.NDArray[np.float64], span_s: float, count: int) -> Sequence[float]:
    """Where the most of `powers` (by row) lies: up to `count` stretches' first seconds, in order.

    They lie in different parts of what sounds, so that what changes with time is seen: each is
    the loudest of its part, if it sounds there.
    """
    rows = round(span_s / STEP_S)
    top = float(powers.max(initial=0.0))
    heard = np.flatnonzero(powers > _HEARD * top)
    if not len(heard):
        return ()
    begin, end = int(heard[0]), int(heard[-1]) + 1
    parts = max(1, min(count, (end - begin) // rows))
    added = np.concatenate([[0.0], np.cumsum(powers)])
    places: list[float] = []
    for part in range(parts):
        first = begin + part * (end - begin) // parts
        last = max(first + 1, begin + (part + 1) * (end - begin) // parts - rows + 1)
        starts = np.arange(first, last)
        stops = np.minimum(starts + rows, len(powers))
        loudest = int((added[stops] - added[starts]).argmax())
        if float(powers[starts[loudest] : stops[loudest]].max()) > _HEARD * top:
            places.append(float(starts[loudest]) * STEP_S)
    return tuple(places)
