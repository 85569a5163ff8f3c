"""Digital synthesisers: frequency modulation, wavetables, rings, resonances, bits taken away."""

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
    passed,
    phase_of,
    resonated,
    saw,
    swept,
)
from bridge.audio import Block


def _fm(hz: float, ratio: float, depth: Mono, rate_hz: int) -> Mono:
    turns = phase_of(hz, len(depth), rate_hz)
    out: Mono = np.sin(2 * np.pi * turns + depth * np.sin(2 * np.pi * ratio * turns))
    return out


def fm_bass(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """A bass of two operators, slapped: its depth falls within a tenth of a second."""
    stage = Stage(seconds, rate_hz)
    for step in range(int(4 * (seconds - 1.0) / score.beat_s)):
        if rng.random() < 0.45:
            frames = int(float(rng.choice([0.2, 0.4, 0.8])) * score.beat_s * rate_hz)
            depth = 0.4 + float(rng.uniform(2.0, 6.0)) * decay(frames, rate_hz, 0.06)
            tone = _fm(hz_of(score.chord(step // 16)[0] - 12), 1.0, depth, rate_hz)
            tone = tone * decay(frames, rate_hz, 0.5)
            stage.add(faded(tone, rate_hz, 0.0015, 0.006), score.step_s(step), 0.5)
    return stage.block


def fm_glass(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Glassy chords whose operators stand in odd ratios and breathe slowly."""
    stage = Stage(seconds, rate_hz)
    for bar in range(int(seconds / score.beat_s / 4)):
        frames = int(4.2 * score.beat_s * rate_hz)
        t = np.arange(frames) / rate_hz
        for number, note in enumerate(score.chord(bar)):
            depth = 1.2 + 0.9 * np.sin(2 * np.pi * float(rng.uniform(0.2, 0.6)) * t + number)
            tone = _fm(hz_of(note + 24), float(rng.choice([1.414, 3.53, 2.76])), depth, rate_hz)
            stage.add(faded(tone, rate_hz, 0.08, 0.5), 4 * bar * score.beat_s, 0.1, number - 1.0)
    return stage.block


def clav(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Short keys in sixteenths, plucked by a hammer that lets go at once, with a wah."""
    stage = Stage(seconds, rate_hz)
    for step in range(int(4 * (seconds - 1.0) / score.beat_s)):
        if rng.random() < 0.55:
            frames = int(float(rng.uniform(0.12, 0.3)) * score.beat_s * rate_hz)
            hz = hz_of(score.chord(step // 16)[int(rng.integers(3))] + 12)
            turns = phase_of(hz, frames, rate_hz, 0.25)
            tone = sum(np.cos(2 * np.pi * k * turns) * np.sin(0.37 * k) / k for k in range(1, 16))
            tone = tone * decay(frames, rate_hz, 0.25)
            stage.add(faded(tone, rate_hz, 0.0004, 0.003), score.step_s(step), 0.4)
    t = np.arange(stage.block.shape[1]) / rate_hz
    opened = 900.0 + 1600.0 * (0.5 + 0.5 * np.sin(np.pi * t / score.beat_s))
    return np.stack([swept(side, opened, rate_hz) for side in stage.block])


def wavetable_lead(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """One voice that glides from note to note while its wave moves between three tables."""
    frames = round(seconds * rate_hz)
    steps = int(2 * seconds / score.beat_s) + 2
    notes = [score.chord(at // 8)[int(rng.integers(3))] + 12 for at in range(steps)]
    where = np.minimum((np.arange(frames) / rate_hz / score.beat_s * 2).astype(int), steps - 1)
    gliding = passed(np.array(notes, float)[where] - notes[0], "lowpass", 9.0, rate_hz, 1)
    turns = phase_of(440.0 * 2 ** ((gliding + notes[0] - 69) / 12), frames, rate_hz)
    place = 0.5 + 0.5 * np.sin(2 * np.pi * 0.31 * np.arange(frames) / rate_hz)
    wave = np.zeros(frames)
    for k in range(1, 13):
        odd = (k % 2) / k
        wave += (place * odd + (1 - place) * np.cos(1.3 * k) / k**0.8) * np.sin(
            2 * np.pi * k * turns
        )
    rests = rng.random(steps)[where] < 0.8
    opened = passed(rests.astype(float), "lowpass", 25.0, rate_hz, 1)
    return np.stack([0.3 * wave * opened] * 2)


def reese(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Three saws a little apart under a low filter: a bass that beats."""
    stage = Stage(seconds, rate_hz)
    for step in range(int((seconds - 1.0) / score.beat_s)):
        frames = int(0.97 * score.beat_s * rate_hz)
        hz = hz_of(score.chord(step // 4)[0] - 12)
        wave = np.zeros(frames)
        for apart in (0.993, 1.0, 1.008):
            wave += saw(phase_of(hz * apart, frames, rate_hz, float(rng.random())))
        corners = 250 + 500 * (0.5 + 0.5 * np.sin(2 * np.pi * 1.7 * np.arange(frames) / rate_hz))
        stage.add(
            faded(swept(wave, corners, rate_hz), rate_hz, 0.006, 0.02), step * score.beat_s, 0.2
        )
    return stage.block


def pure_sub(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """A plain sine under the kick, from 35 to 70 Hz, gated in eighths with soft edges."""
    stage = Stage(seconds, rate_hz)
    for step in range(int(2 * (seconds - 1.0) / score.beat_s)):
        if rng.random() < 0.7:
            frames = int(float(rng.choice([0.45, 0.9])) * score.beat_s * rate_hz)
            hz = hz_of(score.chord(step // 8)[0] - 17)
            tone = np.sin(2 * np.pi * phase_of(hz, frames, rate_hz, float(rng.random())))
            stage.add(faded(tone, rate_hz, 0.008, 0.015), step * score.beat_s / 2, 0.6)
    return stage.block


def acid(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """A saw through a filter that sings, in sixteenths with slides and accents, driven."""
    stage = Stage(seconds, rate_hz)
    pattern = [int(each) for each in rng.integers(0, 3, 16)]
    for step in range(int(4 * (seconds - 1.0) / score.beat_s)):
        if step % 16 in (3, 9):
            continue
        frames = int((1.02 if rng.random() < 0.25 else 0.55) * score.beat_s / 4 * rate_hz)
        hz = hz_of(score.chord(step // 32)[pattern[step % 16]] - 12)
        wave = saw(phase_of(hz, frames, rate_hz, float(rng.random())))
        loud = 1.0 if rng.random() < 0.3 else 0.6
        opens = 300 + 2600 * loud * decay(frames, rate_hz, 0.07)
        tone = swept(wave, opens, rate_hz)
        tone = tone + 0.8 * resonated(wave, float(opens.mean()), 90.0, rate_hz)
        stage.add(faded(np.tanh(2 * tone), rate_hz, 0.0009, 0.003), score.step_s(step), 0.4 * loud)
    return stage.block


def bit_crushed(score: Score, _rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Chords held at 9 kHz and 6 bits, through a loudspeaker: steps in time and in height."""
    stage = Stage(seconds, rate_hz)
    for step in range(int((seconds - 1.0) / score.beat_s)):
        frames = int(0.8 * score.beat_s * rate_hz)
        for note in score.chord(step // 4):
            tone = _fm(hz_of(note + 12), 2.0, 1.5 * decay(frames, rate_hz, 0.2), rate_hz)
            stage.add(faded(tone, rate_hz, 0.002, 0.02), step * score.beat_s, 0.2)
    every = max(1, round(rate_hz / 9000.0))
    held = np.repeat(stage.block[:, ::every], every, axis=1)[:, : stage.block.shape[1]]
    crushed: Block = passed(np.rint(held * 32) / 32, "lowpass", 7000.0, rate_hz)
    return crushed


def ring_modulated(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """A chord times a sine that sweeps: metal voices going up and down."""
    frames = round(seconds * rate_hz)
    t = np.arange(frames) / rate_hz
    sides = []
    for side in (0.0, 1.1):
        carrier = phase_of(300 * 2 ** (2 * np.sin(2 * np.pi * t / 6.1 + side)), frames, rate_hz)
        chord = sum(np.sin(2 * np.pi * hz_of(note + 12) * t) for note in score.chord(0))
        pulsing = 0.5 + 0.5 * np.sin(2 * np.pi * t / score.beat_s + float(rng.random())) ** 3
        sides.append(faded(0.2 * chord * np.sin(2 * np.pi * carrier) * pulsing, rate_hz, 0.3, 1.0))
    return np.stack(sides)
