"""The demo song's instruments: one note, stroke or breath at a time, as (frames,) float64.

Plain subtractive, FM, plucked-string and formant synthesis; every sound peaks near 1.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from bridge.demo.shaping import (
    Mono,
    band_passed,
    decay,
    fall,
    high_passed,
    low_passed,
    powers_of_two,
    resonance,
    rise,
)
from bridge.processing import sines
from stemwright.exact import log10, power_of_ten, power_of_two

Rng = np.random.Generator

_TABLE_FRAMES = 8192

_FORMANTS_HZ: dict[str, tuple[int, int, int, int]] = {
    "a": (800, 1150, 2900, 3900),
    "e": (400, 2000, 2800, 3600),
    "i": (300, 2200, 3000, 3700),
    "o": (450, 800, 2830, 3800),
    "u": (325, 700, 2530, 3500),
}
_FORMANT_WIDTHS_HZ = (80, 100, 130, 150)
_FORMANT_GAINS = (1.0, 0.9, 0.7, 0.5)


def hz_of(midi: float) -> float:
    """Return a MIDI note's frequency, A4 being 440 Hz."""
    return 440.0 * power_of_two(midi - 69.0, 12.0)


def shaped(sound: Mono, rate: int, rise_s: float, fall_s: float) -> Mono:
    """Return a sound faded in and out along half cosines."""
    out = sound.copy()
    start, end = min(len(out), int(rise_s * rate)), min(len(out), int(fall_s * rate))
    out[:start] *= rise(start)
    out[len(out) - end :] *= fall(end)
    return out


@lru_cache(maxsize=64)
def _table(harmonics: int, slope: float) -> Mono:
    place = np.arange(_TABLE_FRAMES)
    table = np.zeros(_TABLE_FRAMES)
    for number in range(1, harmonics + 1):
        table += sines(number * place / _TABLE_FRAMES) / power_of_ten(slope * log10(number))
    return np.asarray(table / np.abs(table).max())


def harmonic(hz: Mono | float, frames: int, rate: int, slope: float, top_hz: float) -> Mono:
    """Return a tone of harmonics k falling as 1/k**slope up to `top_hz`, along a pitch curve."""
    curve = np.broadcast_to(np.asarray(hz, dtype=np.float64), frames)
    harmonics = max(1, int(min(top_hz, 0.45 * rate) / curve.max()))
    phase = np.add.accumulate(curve / rate)
    place = (phase * _TABLE_FRAMES).astype(np.int64) & (_TABLE_FRAMES - 1)
    tone: Mono = _table(harmonics, slope)[place]
    return tone


def kick(rate: int) -> Mono:
    """A bass drum: a sine falling from 160 to 48 Hz, and the beater's click."""
    frames = int(0.35 * rate)
    hz = 48 + 112 * decay(frames, rate, 0.03)
    body = sines(np.add.accumulate(hz / rate)) * decay(frames, rate, 0.11)
    click = sines(2800 * np.arange(frames) / rate) * decay(frames, rate, 0.003)
    return shaped(body + 0.25 * click, rate, 0.0005, 0.03)


def snare(rate: int, rng: Rng) -> Mono:
    """A snare drum: two modes of the head under a band of noise."""
    frames = int(0.28 * rate)
    t = np.arange(frames) / rate
    head = sines(187 * t) + 0.5 * sines(331 * t)
    wires = band_passed(rng.uniform(-1, 1, frames), 1200.0, 8500.0, rate)
    sound = 0.55 * head * decay(frames, rate, 0.05) + wires * decay(frames, rate, 0.075)
    return shaped(sound / np.abs(sound).max(), rate, 0.0005, 0.03)


def cymbal(rate: int, rng: Rng, seconds: float) -> Mono:
    """A hi-hat (40 ms) or crash (1 s): noise above 6.5 kHz and a few inharmonic partials."""
    frames = int(5 * seconds * rate)
    sound = rng.uniform(-1, 1, frames)
    for hz in (2463, 3107, 4219, 5417):
        sound += 0.2 * np.sign(sines(hz * np.arange(frames) / rate))
    sound = high_passed(sound, 6500.0, rate)
    sound *= decay(frames, rate, seconds)
    return shaped(sound / np.abs(sound).max(), rate, 0.001, 0.02)


def bass(midi: float, frames: int, rate: int) -> Mono:
    """A fingered bass: harmonics under 900 Hz whose upper ones fade sooner."""
    hz = hz_of(midi)
    warm = harmonic(hz, frames, rate, 1.1, 200.0)
    bright = harmonic(hz, frames, rate, 0.8, 900.0)
    mixed = warm + 0.5 * bright * decay(frames, rate, 0.15)
    mixed *= decay(frames, rate, 0.7) + 0.7 * decay(frames, rate, 0.06)
    return shaped(mixed, rate, 0.004, 0.04)


def electric_piano(midi: float, frames: int, rate: int, touch: float) -> Mono:
    """A tine piano by FM: the harder the touch, the brighter its start."""
    turns = hz_of(midi) * np.arange(frames) / rate
    bell = 0.25 * touch * sines(14 * turns) * decay(frames, rate, 0.05)
    depth = (0.4 + 1.3 * touch) * decay(frames, rate, 0.35)
    tone = sines(turns + (depth * sines(turns) + bell) / (2 * math.pi))
    return shaped(tone * decay(frames, rate, 0.7), rate, 0.003, 0.08)


def string(midi: float, frames: int, rate: int, rng: Rng) -> Mono:
    """A plucked string (Karplus and Strong, 1983): a delay line fed back through a low-pass.

    The loop's filter is (1, 2, 1)/4 joined with a linear fraction, which tunes it.
    """
    period = rate / hz_of(midi)
    whole = int(period) - 1
    fraction = period - 1 - whole
    rest = 1 - fraction
    quarters = (rest, 2 * rest + fraction, rest + 2 * fraction, fraction)
    pluck = np.zeros(frames)
    burst = min(frames, int(period))
    pluck[:burst] = rng.uniform(-1, 1, burst)
    sound = _looped(low_passed(pluck, 3500.0, rate), whole, [0.996 / 4 * each for each in quarters])
    sound = high_passed(sound, 70.0, rate)
    return shaped(sound / np.abs(sound).max(), rate, 0.001, 0.03)


def _looped(sound: Mono, delay: int, taps: list[float]) -> Mono:
    """y[n] = x[n] + the taps times y[n - delay], y[n - delay - 1] and on, a delay at a time."""
    before = len(taps) - 1
    out = np.concatenate([np.zeros(delay + before), sound])
    for at in range(delay + before, len(out), delay):
        end = min(len(out), at + delay)
        for number, tap in enumerate(taps):
            out[at:end] += tap * out[at - delay - number : end - delay - number]
    return out[delay + before :]


def pad(midi: float, frames: int, rate: int, rng: Rng) -> Mono:
    """Two detuned saws, slow to come and go."""
    detuned = [midi + cents / 100 for cents in (-7, 6)]
    start = rng.integers(1, 400, 2)
    tones = [
        harmonic(hz_of(note), frames + ahead, rate, 1.0, 5000.0)[ahead:]
        for note, ahead in zip(detuned, start.tolist(), strict=True)
    ]
    return shaped(0.5 * (tones[0] + tones[1]), rate, 0.35, 0.35)


def sung(midi: float, before: float, frames: int, rate: int, vowel: str, rng: Rng) -> Mono:
    """One sung note: gliding in from `before`, vibrato once it stands, four formants, breath."""
    t = np.arange(frames) / rate
    glide = (before - midi) * decay(frames, rate, 0.035)
    drift = 0.08 * sines(0.9 * t + rng.random())
    vibrato = 0.32 * sines(5.4 * t) * np.clip((t - 0.18) / 0.35, 0, 1)
    hz = hz_of(midi) * powers_of_two((glide + drift + vibrato) / 12)
    source = harmonic(hz, frames, rate, 0.8, 9000.0) + 0.03 * rng.uniform(-1, 1, frames)
    sound = 0.08 * source
    for formant, width, gain in zip(
        _FORMANTS_HZ[vowel], _FORMANT_WIDTHS_HZ, _FORMANT_GAINS, strict=True
    ):
        sound += gain * resonance(source, formant, width, rate)
    return shaped(sound / np.abs(sound).max(), rate, 0.05, 0.09)


def consonant(rate: int, rng: Rng) -> Mono:
    """A short s: noise between 5 and 10 kHz."""
    sound = band_passed(rng.uniform(-1, 1, int(0.09 * rate)), 5000.0, 10000.0, rate)
    return shaped(sound / np.abs(sound).max(), rate, 0.03, 0.03)


def riser(frames: int, rate: int, rng: Rng) -> Mono:
    """Noise whose band climbs from 300 Hz to 9 kHz while it swells, over a rising tone."""
    place = np.linspace(0, 1, frames)
    noise = rng.uniform(-1, 1, frames)
    corners = [300 * power_of_ten(number * log10(30.0), 5.0) for number in range(6)]
    sound = np.zeros(frames)
    for number, hz in enumerate(corners):
        weight = np.clip(1 - np.abs(5 * place - number), 0, 1)
        sound += weight * band_passed(noise, 0.7 * hz, 1.4 * hz, rate)
    tone = sines(np.add.accumulate(110 * powers_of_two(3 * place) / rate))
    swell = (sound / np.abs(sound).max() + 0.2 * tone) * place * place
    return shaped(swell, rate, 0.01, 0.01)


def impact(rate: int, rng: Rng) -> Mono:
    """A low boom under a burst of dull noise."""
    frames = int(2.2 * rate)
    hz = 32 + 40 * decay(frames, rate, 0.12)
    boom = sines(np.add.accumulate(hz / rate)) * decay(frames, rate, 0.6)
    burst = low_passed(rng.uniform(-1, 1, frames), 900.0, rate)
    sound = boom + 1.5 * burst * decay(frames, rate, 0.25)
    return shaped(sound / np.abs(sound).max(), rate, 0.002, 0.2)
