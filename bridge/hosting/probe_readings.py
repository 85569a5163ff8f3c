"""What a probe reads off a plugin's output; audio is (2, frames) float32."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from bridge.hosting.cards import NOISE_DBFS
from bridge.hosting.handover import Audio
from bridge.hosting.probe_signals import IMPULSE_FRAME, RATE_HZ, TAIL_FRAMES, TONE_FRAMES
from stemwright.decibels import amplitude_db, linear

_WINDOW_FRAMES = RATE_HZ // 100
_SETTLED_DB = 0.1
_MUTE_WINDOW_FRAMES = RATE_HZ // 10
_MUTE_DB = -20.0
_LEAST_CORRELATION = 0.1
_FARTHEST_FRAMES = RATE_HZ // 2


def difference_dbfs(one: Audio, other: Audio) -> float:
    """The peak of one minus the other; -inf when they are the same to the bit."""
    return amplitude_db(float(np.abs(one.astype(np.float64) - other).max(initial=0.0)))


def lag_frames(fed: Audio, came: Audio) -> int | None:
    """By how much `came` lies behind `fed`; None when they do not correlate."""
    one, other = (np.asarray(audio, np.float64)[:, TONE_FRAMES:] for audio in (fed, came))
    size = 1 << (one.shape[1] + _FARTHEST_FRAMES - 1).bit_length()
    spectra = np.conj(np.fft.rfft(one, size)) * np.fft.rfft(other, size)
    found = np.fft.irfft(spectra.sum(axis=0), size)
    lags = np.concatenate((found[-_FARTHEST_FRAMES:], found[:_FARTHEST_FRAMES]))
    at = int(np.argmax(np.abs(lags)))
    energy = math.sqrt(float((one**2).sum()) * float((other**2).sum()))
    if energy == 0 or abs(lags[at]) < _LEAST_CORRELATION * energy:
        return None
    return at - _FARTHEST_FRAMES


def tail_s(came: Audio) -> float | None:
    """How long the impulse of `ring` rings on over -96 dBFS; None for more than 10 s."""
    over = np.flatnonzero(np.abs(came).max(axis=0) > linear(NOISE_DBFS))
    last = int(over[-1]) - IMPULSE_FRAME if len(over) else 0
    return None if last > TAIL_FRAMES else max(0, last) / RATE_HZ


def peak_dbfs(came: Audio) -> float:
    """The peak of what came; -inf for nothing at all."""
    return amplitude_db(float(np.abs(came).max(initial=0.0)))


def settle_s(came: Audio) -> float | None:
    """When the level of the tone of `programme` comes to stay within 0.1 dB; None for never."""
    levels = _levels_db(came[:, :TONE_FRAMES], _WINDOW_FRAMES)
    end = float(np.median(levels[-20:]))
    if end == -math.inf:
        return 0.0
    off = np.flatnonzero(np.abs(levels - end) > _SETTLED_DB)
    first = int(off[-1]) + 1 if len(off) else 0
    return None if first >= len(levels) - 1 else first * _WINDOW_FRAMES / RATE_HZ


def muted_at_s(came: Audio) -> tuple[float, ...]:
    """Where the even noise of `steady` drops by 20 dB: the starts of the drops."""
    levels = _levels_db(came, _MUTE_WINDOW_FRAMES)
    low = levels < float(np.median(levels)) + _MUTE_DB
    starts = np.flatnonzero(low & ~np.concatenate(([False], low[:-1])))
    return tuple(float(start) * _MUTE_WINDOW_FRAMES / RATE_HZ for start in starts)


def _levels_db(audio: Audio, window: int) -> npt.NDArray[np.float64]:
    count = audio.shape[1] // window
    parts = np.asarray(audio[:, : count * window], np.float64).reshape(2, count, window)
    powers = (parts**2).mean(axis=(0, 2))
    with np.errstate(divide="ignore"):
        return np.asarray(10 * np.log10(powers))
