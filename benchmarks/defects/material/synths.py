"""Synthesisers: basses, leads with hard starts, chip sounds, pads, organs, bells."""

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
    pulse,
    room,
    saw,
    swept,
    within,
)
from bridge.audio import Block


def sub_bass(score: Score, _rng: Rng, seconds: float, rate_hz: int) -> Block:
    """An 808: a sine that glides down and rings through its bar, mildly driven, mono."""
    stage = Stage(seconds, rate_hz)
    for bar in range(int(seconds / score.beat_s / 2) + 1):
        frames = int(1.9 * score.beat_s * rate_hz)
        hz = hz_of(score.chord(bar)[0] - 12)
        turns = phase_of(hz * (1 + 1.5 * decay(frames, rate_hz, 0.015)), frames, rate_hz)
        tone = np.tanh(1.6 * np.sin(2 * np.pi * turns)) * decay(frames, rate_hz, 0.5)
        stage.add(faded(tone, rate_hz, 0.001, 0.03), 2 * bar * score.beat_s, 0.7)
    return stage.block


def driven_bass(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Saw bass in eighths through a moving filter and a hard drive whose edges are filtered off."""
    stage = Stage(seconds, rate_hz)
    duty = float(rng.uniform(0.15, 0.5))
    for step in range(int(2 * seconds / score.beat_s)):
        frames = int(0.48 * score.beat_s * rate_hz)
        hz = hz_of(score.chord(step // 8)[0] - 12 + (12 if rng.random() < 0.2 else 0))
        wave = pulse(phase_of(hz, frames, rate_hz, float(rng.random())), duty)
        wave = swept(wave, 200 + 2800 * decay(frames, rate_hz, 0.08), rate_hz)
        stage.add(faded(wave, rate_hz, 0.0008, 0.004), step * score.beat_s / 2, 1.5)
    driven = np.clip(2.5 * stage.block, -0.8, 0.8)
    out: Block = passed(passed(driven, "lowpass", 4500.0, rate_hz, 4), "highpass", 30.0, rate_hz)
    return out


def plucked_bass(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Fingered bass: harmonics that fade the sooner the higher, with a noise of the finger."""
    stage = Stage(seconds, rate_hz)
    for step in range(int(2 * seconds / score.beat_s)):
        if rng.random() < 0.25:
            continue
        frames = int(rng.uniform(0.3, 0.9) * score.beat_s * rate_hz)
        hz, t = (
            hz_of(score.chord(step // 8)[int(rng.integers(3))] - 12),
            np.arange(frames) / rate_hz,
        )
        tone = np.zeros(frames)
        for k in range(1, 14):
            gain = float(rng.uniform(0.6, 1.2)) / k**1.2
            ringing = decay(frames, rate_hz, 0.7 / k**0.8)
            tone += gain * np.sin(2 * np.pi * k * hz * t * (1 + 1e-4 * k) + k) * ringing
        finger = passed(rng.standard_normal(frames), "bandpass", (700.0, 4000.0), rate_hz)
        tone += 0.3 * finger * decay(frames, rate_hz, 0.004)
        stage.add(faded(tone, rate_hz, 0.003, 0.03), step * score.beat_s / 2, 0.5)
    return stage.block


def _line(score: Score, rng: Rng, seconds: float) -> list[tuple[float, float, float]]:
    """(start_s, length_s, hz) of a melody with rests."""
    notes, step = [], 0
    while score.step_s(step) < seconds - 1.0:
        steps = int(rng.choice([1, 2, 2, 3, 4]))
        if rng.random() < 0.75:
            pitch = score.chord(step // 16)[int(rng.integers(3))] + 12 * int(rng.integers(1, 3))
            notes.append((score.step_s(step), steps * score.beat_s / 4, hz_of(pitch)))
        step += steps
    return notes


def saw_lead(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """A saw whose notes start and stop within a sample, anywhere in their wave."""
    stage = Stage(seconds, rate_hz)
    for at, length_s, hz in _line(score, rng, seconds):
        frames = int(0.92 * length_s * rate_hz)
        wave = saw(phase_of(hz, frames, rate_hz, float(rng.random())))
        wave += saw(phase_of(1.007 * hz, frames, rate_hz, float(rng.random())))
        open_hz = 900 + 7000 * decay(frames, rate_hz, 0.2)
        stage.add(swept(wave, open_hz, rate_hz), at, 0.3, float(rng.uniform(-0.2, 0.2)))
    return stage.block


def chip(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """A games console: plain rectangles with exact plateaus at one level, cut hard; some noise."""
    stage = Stage(seconds, rate_hz)
    duty = float(rng.choice([0.125, 0.25, 0.5]))
    for at, length_s, hz in _line(score, rng, seconds):
        frames = int(0.9 * length_s * rate_hz)
        turns = phase_of(hz, frames, rate_hz)
        stage.add(np.where(turns % 1.0 < duty, 0.8 - 0.8 * duty, -0.8 * duty), at)
    for beat in range(int(seconds / score.beat_s)):
        burst = np.sign(rng.standard_normal(int(0.03 * rate_hz)))
        stage.add(
            np.repeat(burst, 2) * decay(2 * len(burst), rate_hz, 0.02), beat * score.beat_s, 0.2
        )
    return stage.block


def pad(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Detuned saws, slow, each side its own: wide but not out of phase."""
    stage = Stage(seconds, rate_hz)
    bar_s = 4 * score.beat_s
    for bar in range(int(seconds / bar_s) + 1):
        frames = int(1.1 * bar_s * rate_hz)
        for note in score.chord(bar):
            for pan in (-0.7, 0.7, 0.0):
                hz = hz_of(note + 12 + float(rng.uniform(-0.09, 0.09)))
                wave = saw(phase_of(hz, frames, rate_hz, float(rng.random())))
                soft: Mono = passed(wave, "lowpass", 2600.0, rate_hz)
                stage.add(faded(soft, rate_hz, 0.3, 0.4), bar * bar_s, 0.12, pan)
    return stage.block


def drone(_score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """One low note near the mains, G1 or B1, and its harmonics, slowly beating."""
    frames = round(seconds * rate_hz)
    hz = hz_of(float(rng.choice([31.0, 35.0, 34.6])))
    t = np.arange(frames) / rate_hz
    tone = np.zeros((2, frames))
    for side in (0, 1):
        for k in range(1, 12):
            beat = 1 + 0.4 * np.sin(2 * np.pi * rng.uniform(0.05, 0.3) * t + 6.28 * rng.random())
            wander = 0.02 * np.sin(2 * np.pi * rng.uniform(0.1, 0.5) * t + 6.28 * rng.random())
            tone[side] += beat * np.sin(2 * np.pi * (k * hz * t) + k * wander) / k
    swell = 0.55 + 0.45 * np.sin(2 * np.pi * t / 7.3 - 1.5)
    return np.stack([faded(0.3 * swell * row, rate_hz, 0.5, 1.0) for row in tone])


def electric_piano(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """A tine piano by frequency modulation, tremolo between the sides."""
    stage = Stage(seconds, rate_hz)
    for bar in range(int(seconds / score.beat_s / 2)):
        for note in score.chord(bar // 2):
            touch, frames = float(rng.uniform(0.3, 1.0)), int(2.2 * score.beat_s * rate_hz)
            turns = phase_of(hz_of(note + 12), frames, rate_hz)
            depth = (0.4 + 1.5 * touch) * decay(frames, rate_hz, 0.3)
            bell = 0.2 * touch * np.sin(2 * np.pi * 14 * turns) * decay(frames, rate_hz, 0.05)
            tone = np.sin(2 * np.pi * turns + depth * np.sin(2 * np.pi * turns) + bell)
            at = 2 * bar * score.beat_s + float(rng.uniform(0, 0.015))
            tone = faded(tone * decay(frames, rate_hz, 0.8), rate_hz, 0.002, 0.08)
            stage.add(tone, at, 0.3 * touch)
    t = np.arange(stage.block.shape[1]) / rate_hz
    sway = 0.2 * np.sin(2 * np.pi * 4.7 * t)
    return stage.block * np.stack([1 + sway, 1 - sway])


def organ(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Drawbars with key click: partials that start at once, through a slow rotor."""
    stage = Stage(seconds, rate_hz)
    bar_s = 4 * score.beat_s
    for bar in range(int(seconds / bar_s)):
        frames = int(0.95 * bar_s * rate_hz)
        t = np.arange(frames) / rate_hz
        for note in score.chord(bar):
            tone = np.zeros(frames)
            for ratio, gain in ((0.5, 0.8), (1, 1), (1.5, 0.6), (2, 0.7), (3, 0.4), (4, 0.3)):
                turn = 6.28 * rng.random()
                tone += gain * np.sin(2 * np.pi * ratio * hz_of(note + 12) * t + turn)
            stage.add(faded(tone, rate_hz, 0.0003, 0.002), bar * bar_s, 0.09)
    t = np.arange(stage.block.shape[1]) / rate_hz
    rotor = 0.25 * np.sin(2 * np.pi * 6.1 * t)
    return stage.block * np.stack([1 + rotor, 1 - rotor])


def bells(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Struck bars and bells: inharmonic partials, sparse, in a hall."""
    stage = Stage(seconds, rate_hz)
    for at, _, hz in _line(score, rng, seconds - 2.0)[::2]:
        frames = int(1.5 * rate_hz)
        t, tone = np.arange(frames) / rate_hz, np.zeros(int(1.5 * rate_hz))
        for number, ratio in enumerate((1.0, 2.76, 5.4, 8.93)):
            ringing = decay(frames, rate_hz, 0.5 / (1 + number))
            tone += np.sin(2 * np.pi * hz * ratio * t) * ringing / (1 + number)
        stage.add(faded(tone, rate_hz, 0.0002, 0.1), at, 0.3, float(rng.uniform(-0.6, 0.6)))
    return within(room(stage.block, rng, rate_hz, 1.5, 0.4), stage.block.shape[1])


def pings(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """A modular patch: filters pinged by impulses of one sample, stepped at random."""
    stage = Stage(seconds, rate_hz)
    for step in range(int(seconds / score.beat_s * 4) - 4):
        if rng.random() < 0.55:
            frames = int(0.25 * rate_hz)
            hz = hz_of(score.chord(step // 16)[int(rng.integers(3))] + 12 * int(rng.integers(0, 4)))
            t = np.arange(frames) / rate_hz
            tone = np.sin(2 * np.pi * hz * t + 1.2) * decay(
                frames, rate_hz, rng.uniform(0.005, 0.08)
            )
            stage.add(tone, score.step_s(step), 0.5, float(rng.uniform(-0.8, 0.8)))
    return stage.block


def brass(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Lopsided waves of brass and reed, swelling, with vibrato: their peaks stand on one side."""
    stage = Stage(seconds, rate_hz)
    for at, length_s, hz in _line(score, rng, seconds):
        frames = int(length_s * rate_hz)
        t = np.arange(frames) / rate_hz
        turns = phase_of(hz / 2 * (1 + 0.004 * np.sin(2 * np.pi * 5.2 * t)), frames, rate_hz)
        tone = np.zeros(frames)
        for k in range(1, 20):
            tone += np.cos(2 * np.pi * k * turns) * np.minimum(1.0, (t / 0.05)) ** (0.3 * k) / k
        stage.add(faded(tone, rate_hz, 0.02, 0.03), at, 0.25)
    return within(room(stage.block, rng, rate_hz, 0.6, 0.2), stage.block.shape[1])
