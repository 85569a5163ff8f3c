"""Voices by formants: sung phrases with consonants and breath, fast speech, a choir."""

from __future__ import annotations

import numpy as np

from benchmarks.defects.material.tools import (
    Mono,
    Rng,
    Score,
    Stage,
    decay,
    faded,
    hz_of,
    normed,
    passed,
    phase_of,
    resonated,
    room,
    within,
)
from bridge.audio import Block

_VOWELS = (
    (800, 1150, 2900, 3900),
    (400, 2000, 2800, 3600),
    (300, 2200, 3000, 3700),
    (450, 800, 2830, 3800),
    (325, 700, 2530, 3500),
)
_WIDTHS_HZ = (80, 100, 130, 180)
_GAINS = (1.0, 0.8, 0.5, 0.35)


def _spoken(source: Mono, vowel: int, rate_hz: int) -> Mono:
    sound = 0.03 * source
    for hz, width, gain in zip(_VOWELS[vowel], _WIDTHS_HZ, _GAINS, strict=True):
        sound += gain * resonated(source, hz, width, rate_hz)
    return normed(sound)


def _glottis(rng: Rng, hz: Mono, rate_hz: int, breath: float) -> Mono:
    """Pulses of a throat: lopsided, a little uneven, with air."""
    wobble = 1 + 0.004 * passed(rng.standard_normal(len(hz)), "lowpass", 40.0, rate_hz) * 8
    place = phase_of(hz * wobble, len(hz), rate_hz) % 1.0
    opened = np.where(place < 0.6, 3 * (place / 0.6) ** 2 - 2 * (place / 0.6) ** 3, 0.0)
    flow = np.diff(opened, prepend=0.0) * rate_hz / hz.mean() / 4
    air = breath * rng.standard_normal(len(hz)) * (0.3 + opened)
    out: Mono = passed(flow, "lowpass", 6500.0, rate_hz) + air
    return out


def syllable(rng: Rng, midi: float, seconds: float, rate_hz: int) -> Mono:
    """A consonant (plosive, sibilant, nasal or none) and a vowel with vibrato."""
    frames = int(seconds * rate_hz)
    t = np.arange(frames) / rate_hz
    vibrato = 0.25 * np.sin(2 * np.pi * 5.3 * t) * np.clip((t - 0.15) / 0.3, 0, 1)
    hz = hz_of(midi) * 2 ** ((vibrato - 1.5 * decay(frames, rate_hz, 0.04)) / 12)
    vowel = _spoken(_glottis(rng, hz, rate_hz, 0.03), int(rng.integers(5)), rate_hz)
    vowel = faded(vowel, rate_hz, 0.02, 0.06)
    kind = rng.random()
    if kind < 0.35:  # t, k, p: closure, burst
        burst = rng.standard_normal(int(0.03 * rate_hz))
        band = (float(rng.uniform(400, 2500)), float(rng.uniform(4000, 9000)))
        burst = passed(burst * decay(len(burst), rate_hz, 0.006), "bandpass", band, rate_hz)
        gap = np.zeros(int(0.02 * rate_hz))
        return np.concatenate([0.5 * normed(burst), gap, vowel])
    if kind < 0.6:  # s, sh, f
        hiss = rng.standard_normal(int(rng.uniform(0.06, 0.13) * rate_hz))
        hiss = passed(hiss, "bandpass", (float(rng.uniform(2500, 5500)), 11000.0), rate_hz)
        return np.concatenate([0.3 * faded(normed(hiss), rate_hz, 0.02, 0.03), vowel])
    return vowel


def breath(rng: Rng, rate_hz: int) -> Mono:
    """Air drawn in before a phrase."""
    air = rng.standard_normal(int(rng.uniform(0.25, 0.5) * rate_hz))
    air = passed(air, "bandpass", (900.0, 7000.0), rate_hz)
    return 0.06 * faded(normed(air), rate_hz, 0.15, 0.08)


def sung(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Phrases of two bars with a breath before and digital silence between: edited takes."""
    stage, at, step = Stage(seconds, rate_hz), 0.5, 0
    while at < seconds - 3.0:
        stage.add(breath(rng, rate_hz), at)
        at += 0.5
        for _ in range(int(rng.integers(4, 9))):
            length_s = float(rng.choice([0.5, 0.5, 1.0, 1.5])) * score.beat_s
            note = score.chord(step // 8)[int(rng.integers(3))] + 12
            stage.add(syllable(rng, note, 0.95 * length_s, rate_hz), at, 0.4)
            at, step = at + length_s, step + 1
            if at > seconds - 2.0:
                break
        at += float(rng.uniform(0.7, 2.0))
    return within(stage.block, round(seconds * rate_hz))


def roomy_voice(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """The same through a close room, with the microphone's own noise at -92 dBFS throughout."""
    dry = sung(score, rng, seconds, rate_hz)
    wet = within(room(dry, rng, rate_hz, 0.4, 0.12), dry.shape[1])
    return wet + 2.5e-5 * rng.standard_normal(wet.shape[1])


def rapped(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Fast speech, many plosives, compressed by a soft curve; mono."""
    stage, at = Stage(seconds, rate_hz), 0.3
    while at < seconds - 1.5:
        length_s = score.beat_s / 4 * float(rng.uniform(0.7, 1.1))
        word = syllable(rng, 45 + float(rng.uniform(-3, 4)), length_s, rate_hz)
        stage.add(word, at, float(rng.uniform(0.4, 0.9)))
        at += score.beat_s / 4 if rng.random() < 0.85 else score.beat_s
    return 0.6 * np.tanh(1.8 * stage.block)


def choir(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Doubled backing voices, each with its own time and place, in a hall."""
    stage = Stage(seconds, rate_hz)
    bar_s = 4 * score.beat_s
    for bar in range(int((seconds - 1.0) / bar_s)):
        for note in score.chord(bar):
            for _ in range(2):
                at = bar * bar_s + float(rng.uniform(0.0, 0.03))
                voice = syllable(
                    rng, note + 12 + float(rng.uniform(-0.08, 0.08)), 0.9 * bar_s, rate_hz
                )
                stage.add(voice, at, 0.15, float(rng.uniform(-0.9, 0.9)))
    return within(room(stage.block, rng, rate_hz, 1.4, 0.35), stage.block.shape[1])


def mouth_drums(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Beatboxing: thumps, clicks of the tongue, hisses, close to the microphone."""
    stage = Stage(seconds, rate_hz)
    for step in range(int(seconds / score.beat_s * 4) - 2):
        frames = int(0.12 * rate_hz)
        which = step % 4
        if which == 0:
            turns = phase_of(70 + 200 * decay(frames, rate_hz, 0.01), frames, rate_hz)
            sound = np.sin(2 * np.pi * turns) * decay(frames, rate_hz, 0.05)
            sound += 0.2 * rng.standard_normal(frames) * decay(frames, rate_hz, 0.003)
        elif which == 2:
            sound = rng.standard_normal(frames) * decay(frames, rate_hz, 0.0015)
            sound = resonated(sound, float(rng.uniform(1200, 2400)), 250.0, rate_hz)
        else:
            sound = rng.standard_normal(frames) * decay(frames, rate_hz, 0.02)
            sound = passed(sound, "bandpass", (4000.0, 12000.0), rate_hz)
        if rng.random() < 0.8:
            stage.add(faded(normed(sound), rate_hz, 0.0005, 0.01), score.step_s(step), 0.5)
    return stage.block
