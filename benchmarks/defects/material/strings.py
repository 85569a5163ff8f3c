"""Plucked, strummed, bowed and distorted strings."""

from __future__ import annotations

import numpy as np
from scipy import signal

from benchmarks.defects.material.tools import (
    Mono,
    Rng,
    Score,
    Stage,
    faded,
    hz_of,
    normed,
    passed,
    phase_of,
    room,
    saw,
    within,
)
from bridge.audio import Block


def string(rng: Rng, hz: float, frames: int, rate_hz: int, damping: float) -> Mono:
    """A plucked string: a noise burst round a delay with a low-pass in its loop."""
    period = rate_hz / hz
    whole = int(period - 0.5)
    part = period - 0.5 - whole
    feedback = np.zeros(whole + 3)
    feedback[0] = 1.0
    loop = np.convolve([0.5, 0.5], [1 - part, part]) * damping
    feedback[whole : whole + 3] -= loop
    pluck = np.zeros(frames)
    pluck[: int(period)] = passed(rng.uniform(-1, 1, int(period)), "lowpass", 6000.0, rate_hz)
    out: Mono = signal.lfilter([1.0], feedback, pluck)
    return normed(passed(out, "highpass", 60.0, rate_hz))


def strummed(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """An acoustic guitar in chords, with a pick, in a room."""
    stage = Stage(seconds, rate_hz)
    for stroke in range(int(2 * seconds / score.beat_s) - 2):
        if rng.random() < 0.3:
            continue
        notes = score.chord(stroke // 8)
        strings = (notes[0], notes[2], notes[0] + 12, notes[1] + 12, notes[2] + 12)
        late_s = 0.0
        for note in strings if stroke % 2 == 0 else reversed(strings):
            frames = int(0.9 * score.beat_s * rate_hz)
            tone = string(rng, hz_of(note), frames, rate_hz, 0.994)
            at = stroke * score.beat_s / 2 + late_s
            stage.add(faded(tone, rate_hz, 0.0004, 0.05), at, 0.25, float(rng.uniform(-0.3, 0.3)))
            late_s += float(rng.uniform(0.004, 0.015))
    high: Block = passed(stage.block, "highpass", 75.0, rate_hz)
    return within(room(high, rng, rate_hz, 0.4, 0.2), stage.block.shape[1])


def picked(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Single notes of a clean guitar, damped by hand, a chorus on one side."""
    stage = Stage(seconds, rate_hz)
    for step in range(int(4 * seconds / score.beat_s) - 8):
        if rng.random() < 0.5:
            note = score.chord(step // 16)[int(rng.integers(3))] + 12
            frames = int(rng.uniform(0.4, 1.6) * score.beat_s * rate_hz)
            tone = string(rng, hz_of(note), frames, rate_hz, float(rng.uniform(0.98, 0.996)))
            stage.add(faded(tone, rate_hz, 0.0003, 0.03), score.step_s(step), 0.4, -0.3)
    return stage.block


def distorted(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Power chords and palm mutes through a clipping amplifier, a gate and a loudspeaker."""
    stage = Stage(seconds, rate_hz)
    for step in range(int(2 * seconds / score.beat_s) - 1):
        muted = rng.random() < 0.6
        root = score.chord(step // 8)[0]
        for note in (root, root + 7, root + 12):
            frames = int((0.25 if muted else 0.5) * score.beat_s * rate_hz)
            tone = string(rng, hz_of(note), frames, rate_hz, 0.97 if muted else 0.997)
            stage.add(faded(tone, rate_hz, 0.0002, 0.004), step * score.beat_s / 2, 0.4)
    amplified = np.tanh(12 * passed(stage.block, "highpass", 120.0, rate_hz))
    amplified = np.clip(2 * amplified, -1.0, 1.0)
    speaker: Block = passed(
        passed(amplified, "lowpass", 5000.0, rate_hz, 4), "highpass", 80.0, rate_hz
    )
    return 0.5 * speaker


def bowed(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """A section of strings: many detuned saws with vibrato of their own, in a hall."""
    stage = Stage(seconds, rate_hz)
    bar_s = 4 * score.beat_s
    for bar in range(int(seconds / bar_s)):
        frames = int(1.02 * bar_s * rate_hz)
        t = np.arange(frames) / rate_hz
        for number, note in enumerate(score.chord(bar)):
            for _ in range(3):
                rate = float(rng.uniform(4.5, 6.0))
                bend = 0.005 * np.sin(2 * np.pi * rate * t + 6.28 * rng.random())
                hz = hz_of(note + 12 + float(rng.uniform(-0.06, 0.06))) * (1 + bend)
                tone = saw(phase_of(hz, frames, rate_hz, float(rng.random())))
                tone = passed(tone, "lowpass", 3800.0, rate_hz)
                stage.add(faded(tone, rate_hz, 0.12, 0.15), bar * bar_s, 0.1, number * 0.5 - 0.5)
    return within(room(stage.block, rng, rate_hz, 1.2, 0.35), stage.block.shape[1])
