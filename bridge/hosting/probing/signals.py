"""What a probe feeds a plugin: tone and noise, an impulse, even noise, nothing."""

from __future__ import annotations

import numpy as np

from bridge.hosting.engines.audio_files import Audio

RATE_HZ = 48000
TONE_FRAMES = RATE_HZ
"""A steady tone comes first, so that settling shows."""
NOISE_FRAMES = 2 * RATE_HZ
IMPULSE_FRAME = RATE_HZ // 10
TAIL_FRAMES = 10 * RATE_HZ
LONG_FRAMES = 95 * RATE_HZ
SHORT_FRAMES = 5 * RATE_HZ
_TONE_HZ, _TONE, _NOISE, _IMPULSE, _STEADY = 1000, 0.125, 0.2, 0.5, 0.1
_BURSTS_S = 0.25
_SEED = 20


def programme() -> Audio:
    """A second of a 1 kHz tone at -18 dBFS, then two seconds of bursts of noise, sides apart."""
    frames = np.arange(TONE_FRAMES)
    tone = _TONE * np.sin(2 * np.pi * _TONE_HZ / RATE_HZ * frames)
    along_s = np.arange(NOISE_FRAMES) / RATE_HZ
    bursts = np.maximum(0.0, 1.0 - (along_s % _BURSTS_S) / _BURSTS_S)
    noise = _NOISE * np.random.default_rng(_SEED).standard_normal((2, NOISE_FRAMES)) * bursts
    return np.asarray(np.concatenate((np.stack([tone, tone]), noise), axis=1), np.float32)


def ring() -> Audio:
    """A tenth of a second of silence, one sample at -6 dBFS, then silence for over ten seconds."""
    audio = np.zeros((2, IMPULSE_FRAME + TAIL_FRAMES + RATE_HZ), np.float32)
    audio[:, IMPULSE_FRAME] = _IMPULSE
    return audio


def steady() -> Audio:
    """Noise as even as can be, for 95 s."""
    noise = np.random.default_rng(_SEED).uniform(-_STEADY, _STEADY, (2, LONG_FRAMES))
    return np.asarray(noise, np.float32)


def silence(*, long: bool) -> Audio:
    """Nothing, for 95 s or for 5."""
    return np.zeros((2, LONG_FRAMES if long else SHORT_FRAMES), np.float32)
