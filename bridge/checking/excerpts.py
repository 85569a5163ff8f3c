"""Excerpts of stems at one rate, by the song's time, from the places where they are heard."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import soxr
from scipy import fft

from bridge.audio import Block
from bridge.checking.hearing import Heard
from bridge.checking.sketch import STEP_S
from bridge.checking.stem_audio import StemAudio

_EDGE_FRAMES = 512
"""Read beyond both ends of what is resampled: the filter's length at its longest."""

_HEARD = 1e-5
"""Power, of the loudest row's, from which on something sounds."""


def excerpt(audio: StemAudio, start: float, frames: int, rate_hz: int) -> Block:
    """(channels, frames) float64 at `rate_hz` from frame `start` of the song at that rate on.

    Zeros where the stem has none; the middle alone, (1, frames), where its sides have no gain.
    Raises InputError as `StemAudio.read` does.
    """
    found = _as_wide_as_it_came(audio, start, frames, rate_hz)
    if audio.side_gain == 1.0 or len(found) != 2:
        return found
    middle = found.mean(axis=0, keepdims=True)
    return np.asarray(middle + audio.side_gain * (found - middle) if audio.side_gain else middle)


def _as_wide_as_it_came(audio: StemAudio, start: float, frames: int, rate_hz: int) -> Block:
    own_hz, whole = audio.facts.sample_rate_hz, round(start)
    if audio.slower_ppm or start != whole:
        return _between_frames(audio, start, frames, rate_hz)
    if own_hz == rate_hz:
        return audio.read(whole - audio.position, frames)
    step = own_hz // np.gcd(own_hz, rate_hz)
    grid = rate_hz // np.gcd(own_hz, rate_hz)
    first = (whole - _EDGE_FRAMES) // grid
    last = -(-(whole + frames + _EDGE_FRAMES) // grid)
    samples = audio.read(int(first * step) - audio.position, int((last - first) * step))
    there = _resampled(samples, own_hz, rate_hz)
    begin = whole - int(first) * int(grid)
    return np.asarray(there[:, begin : begin + frames], np.float64)


def _between_frames(audio: StemAudio, start: float, frames: int, rate_hz: int) -> Block:
    """As `excerpt`, where the song's frames fall between the file's."""
    step = audio.facts.sample_rate_hz / rate_hz * (1.0 + 1e-6 * audio.slower_ppm)
    before = math.ceil(_EDGE_FRAMES / step)
    first = (start - before) * step - audio.position
    whole = math.floor(first)
    count = math.ceil((before + frames) * step) + _EDGE_FRAMES
    samples = _sooner(audio.read(whole, count), first - whole)
    there = samples if step == 1.0 else _resampled(samples, step, 1.0)
    return np.asarray(there[:, before : before + frames], np.float64)


def _sooner(samples: Block, fraction: float) -> Block:
    """Each sample as it is a fraction of a frame later; both edges are faded."""
    if not fraction:
        return samples
    count = samples.shape[1]
    faded, fall = samples.copy(), np.hanning(_EDGE_FRAMES + 1)[: _EDGE_FRAMES // 2]
    faded[:, : len(fall)] *= fall
    faded[:, -len(fall) :] *= fall[::-1]
    size = fft.next_fast_len(count, real=True)
    turns = np.arange(size // 2 + 1) * (2j * np.pi * fraction / size)
    return np.asarray(fft.irfft(fft.rfft(faded, size) * np.exp(turns), size)[:, :count])


def _resampled(samples: Block, from_hz: float, to_hz: float) -> Block:
    return np.ascontiguousarray(soxr.resample(samples.T, from_hz, to_hz, quality="HQ").T)


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
