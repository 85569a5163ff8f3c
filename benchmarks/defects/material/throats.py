"""Voices of other schools: a soprano, a shout, a talk box, beat-boxed scat, speech read aloud."""

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
    saw,
    swept,
    within,
)
from bridge.audio import Block

_FORMANTS_HZ = ((660, 1720, 2410), (490, 1350, 1690), (570, 840, 2410), (440, 1020, 2240))
"""Of a man's ae, er, aw and u: Peterson and Barney, J. Acoust. Soc. Am. 24 (1952), 175."""


def _mouth(source: Mono, vowel: int, scale: float, rate_hz: int) -> Mono:
    out: Mono = 0.02 * source
    for number, hz in enumerate(_FORMANTS_HZ[vowel]):
        out = out + resonated(source, scale * hz, 70.0 + 0.05 * hz, rate_hz) / (1 + 0.7 * number)
    return normed(out)


def soprano(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Long vowels with a wide vibrato, legato, in a hall; loud and soft."""
    stage, at, place = Stage(seconds, rate_hz), 0.4, 9
    while at < seconds - 4.0:
        length_s = float(rng.choice([1.0, 2.0, 3.0])) * score.beat_s
        place = int(np.clip(place + rng.integers(-3, 4), 6, 14))
        frames = int(1.05 * length_s * rate_hz)
        t = np.arange(frames) / rate_hz
        sway = 0.55 * np.sin(2 * np.pi * 5.8 * t + float(rng.random())) * np.clip(t / 0.5, 0, 1)
        drift = 0.6 * passed(rng.standard_normal(frames), "lowpass", 8.0, rate_hz)
        hz = hz_of(score.note(place) + 12) * 2 ** ((sway + drift) / 12)
        source = passed(saw(phase_of(hz, frames, rate_hz)), "lowpass", 3500.0, rate_hz)
        sung = _mouth(source, int(rng.integers(4)), 1.18, rate_hz)
        air = 0.01 * passed(rng.standard_normal(frames), "highpass", 4000.0, rate_hz)
        swell = 0.5 + 0.5 * np.sin(np.pi * np.clip(t / t[-1], 0, 1)) ** 2
        stage.add(
            faded((sung + air) * swell, rate_hz, 0.07, 0.12), at, float(rng.uniform(0.15, 0.4))
        )
        at += length_s + (0.7 if rng.random() < 0.25 else 0.0)
    return within(room(stage.block, rng, rate_hz, 1.9, 0.35), stage.block.shape[1])


def shouted(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Rough phrases from the chest: uneven pulses, half noise; mono."""
    stage, at = Stage(seconds, rate_hz), 0.3
    while at < seconds - 2.5:
        frames = int(float(rng.uniform(0.25, 0.9)) * rate_hz)
        t = np.arange(frames) / rate_hz
        rough = 1 + 0.12 * passed(rng.standard_normal(frames), "lowpass", 90.0, rate_hz) * 6
        hz = hz_of(score.root + 10) * rough * (1 - 0.2 * t)
        place = phase_of(hz, frames, rate_hz) % 1.0
        source = np.exp(-5.0 * place) - 0.2 + 0.5 * rng.standard_normal(frames) * (0.3 + place)
        said = np.tanh(2.0 * _mouth(source, int(rng.integers(4)), 1.0, rate_hz))
        stage.add(faded(passed(said, "highpass", 120.0, rate_hz), rate_hz, 0.02, 0.07), at, 0.35)
        at += frames / rate_hz + float(rng.choice([0.05, 0.2, 0.6]))
    return stage.block


def talk_box(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """A saw played through a tube into a mouth whose vowels glide; mono."""
    stage = Stage(seconds, rate_hz)
    for beat in range(int((seconds - 1.0) / score.beat_s)):
        if rng.random() < 0.2:
            continue
        frames = int(0.96 * score.beat_s * rate_hz)
        t = np.arange(frames) / rate_hz
        glide = -1.0 * np.exp(-t / 0.05)
        source = saw(
            phase_of(
                hz_of(score.note(int(rng.integers(0, 6)))) * 2 ** (glide / 12), frames, rate_hz
            )
        )
        one, two = (int(each) for each in rng.integers(0, 4, 2))
        turn = np.clip(1.6 * t / t[-1] - 0.3, 0.0, 1.0)
        said = (1 - turn) * _mouth(source, one, 1.0, rate_hz) + turn * _mouth(
            source, two, 1.0, rate_hz
        )
        stage.add(faded(said, rate_hz, 0.01, 0.03), beat * score.beat_s, 0.35)
    return stage.block


def read_aloud(_score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Speech: stops, hisses and vowels in a stream, pitch that falls, a dead quiet booth; mono."""
    stage, at = Stage(seconds, rate_hz), 0.3
    while at < seconds - 3.0:
        pitch_hz = float(rng.uniform(95.0, 135.0))
        for _ in range(int(rng.integers(6, 14))):
            kind = rng.random()
            if kind < 0.3:
                burst = rng.standard_normal(int(0.025 * rate_hz))
                stop = swept(
                    burst * decay(len(burst), rate_hz, 0.005), np.full(len(burst), 4200.0), rate_hz
                )
                at += float(rng.uniform(0.02, 0.05))
                stage.add(normed(stop), at, 0.1)
                at += 0.02
            elif kind < 0.55:
                hiss = rng.standard_normal(int(float(rng.uniform(0.05, 0.12)) * rate_hz))
                hiss = passed(hiss, "bandpass", (float(rng.uniform(2200, 4500)), 9500.0), rate_hz)
                stage.add(faded(normed(hiss), rate_hz, 0.015, 0.02), at, 0.08)
                at += 0.8 * len(hiss) / rate_hz
            frames = int(float(rng.uniform(0.06, 0.2)) * rate_hz)
            pitch_hz *= float(rng.uniform(0.95, 1.02))
            place = phase_of(pitch_hz, frames, rate_hz) % 1.0
            throat = np.exp(-6.0 * place) - 0.15 + 0.03 * rng.standard_normal(frames)
            vowel = _mouth(throat, int(rng.integers(4)), 1.05, rate_hz)
            stage.add(faded(vowel, rate_hz, 0.012, 0.03), at, 0.3)
            at += 0.9 * frames / rate_hz
        at += float(rng.uniform(0.3, 0.9))
    return stage.block
