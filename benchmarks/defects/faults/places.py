"""Where defects are put: in sound, in silence, apart from each other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from benchmarks.defects.material.tools import Mono, Rng
from benchmarks.defects.sound import Sound
from bridge.audio import Block

SOUNDING_DBFS = -45.0
SILENT_DBFS = -80.0
_TRIES = 400
_CRITICAL_HZ = (0.0, 100.0, 200.0, 300.0, 400.0, 510.0)
"""Edges of the first five critical bands: Zwicker, J. Acoust. Soc. Am. 33 (1961), 248."""
_MOMENT_S = 0.1
_AFTER_S = 0.2
"""A sound masks what follows it for so long: Fastl and Zwicker, Psychoacoustics (2007), 4.4.3."""


def local_rms(sound: Sound, seconds: float = 0.05) -> Mono:
    """(frames,) of the RMS around each frame, of the louder channel."""
    half = max(1, round(seconds * sound.rate_hz / 2))
    power = np.square(np.nan_to_num(sound.samples)).cumsum(axis=1)
    power = np.pad(power, ((0, 0), (1, 0)))
    at = np.arange(sound.frames)
    before, after = np.maximum(at - half, 0), np.minimum(at + half, sound.frames)
    mean = (power[:, after] - power[:, before]) / (after - before)
    out: Mono = np.sqrt(np.maximum(mean, 0.0)).max(axis=0)
    return out


def spots(
    rng: Rng, allowed: npt.NDArray[np.bool_], count: int, sound: Sound, apart_s: float = 0.5
) -> list[int]:
    """Frames where it is allowed, a distance from each other and from both ends."""
    edge = sound.rate_hz // 4
    places = np.flatnonzero(allowed[: sound.frames - edge])
    places = places[places > edge]
    found: list[int] = []
    for _ in range(_TRIES if len(places) else 0):
        at = int(rng.choice(places))
        if all(abs(at - other) > apart_s * sound.rate_hz for other in found):
            found.append(at)
        if len(found) == count:
            break
    return sorted(found)


def sounding(sound: Sound) -> npt.NDArray[np.bool_]:
    """Where something is to be heard."""
    found: npt.NDArray[np.bool_] = local_rms(sound) > 10 ** (SOUNDING_DBFS / 20)
    return found


def silent(sound: Sound) -> npt.NDArray[np.bool_]:
    """Where nothing is, for a tenth of a second."""
    found: npt.NDArray[np.bool_] = local_rms(sound, 0.1) < 10 ** (SILENT_DBFS / 20)
    return found


def seconds_unmasked(sound: Sound, lines: Sequence[tuple[float, float]], least: int) -> float:
    """How long `least` of the sines (Hz, dBFS of amplitude) stand over the stem about them.

    A sine does where it has more power than all that the stem has in its critical band, and has had
    for so long that what was louder masks it no more.
    """
    size = round(_MOMENT_S * sound.rate_hz)
    window = np.hanning(size + 1)[:-1]
    middle = sound.samples.mean(axis=0)
    rows = np.lib.stride_tricks.sliding_window_view(middle, size)[:: size // 2]
    powers = np.square(np.abs(np.fft.rfft(rows * window, axis=1)))
    powers *= 2.0 / (size * np.square(window).sum())
    edges = np.searchsorted(np.fft.rfftfreq(size, 1 / sound.rate_hz), _CRITICAL_HZ)
    bands = np.add.reduceat(powers, edges, axis=1)[:, :-1]
    over = np.zeros(len(rows), int)
    for hz, level_dbfs in lines:
        band = int(np.searchsorted(_CRITICAL_HZ, hz, "right")) - 1
        over += 0.5 * 10 ** (level_dbfs / 10) > bands[:, band]
    stands = over >= least
    for _ in range(round(2 * _AFTER_S / _MOMENT_S)):
        stands[1:] &= stands[:-1]
    return float(np.count_nonzero(stands)) * _MOMENT_S / 2


def touched(rng: Rng, sound: Sound) -> list[int]:
    """The channels a defect is on: all, or one of them."""
    channels = sound.samples.shape[0]
    return list(range(channels)) if rng.random() < 0.6 else [int(rng.integers(channels))]


def level_db(samples: Block) -> float:
    """RMS of the loudest channel in dBFS; -200 for silence."""
    if not samples.size:
        return -200.0
    return float(20 * np.log10(np.sqrt(np.square(samples).mean(axis=1)).max() + 1e-10))


def has_treble(sound: Sound, low_hz: float, high_hz: float, least_dbfs: float = -80.0) -> bool:
    """Whether a band sounds in the tenth of a second that has most of it."""
    size = 4096
    blocks = sound.samples[0, : sound.frames // size * size].reshape(-1, size) * np.hanning(size)
    power = np.square(np.abs(np.fft.rfft(blocks, axis=1)))
    hz = np.fft.rfftfreq(size, 1 / sound.rate_hz)
    band = power[:, (hz >= low_hz) & (hz < high_hz)].sum(axis=1) * 2 / np.square(size) / 0.375
    loudest = np.sort(band)[-max(1, len(band) // 20) :].mean() if len(band) else 0.0
    return float(10 * np.log10(loudest + 1e-20)) > least_dbfs
