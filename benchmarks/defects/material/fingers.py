"""Strings under fingers and a bow: nylon guitar, slap and fretless bass, banjo, cello, mandolin."""

from __future__ import annotations

import numpy as np

from benchmarks.defects.material.strings import string
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
    within,
)
from bridge.audio import Block


def nylon(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Finger-picked patterns, close by; now and then a finger slides along a wound string."""
    stage = Stage(seconds, rate_hz)
    pattern = (0, 2, 1, 2, 0, 2, 1, 2)
    for step in range(int(2 * (seconds - 1.5) / score.beat_s)):
        chord = score.chord(step // 8)
        note = chord[pattern[step % 8]] + (0 if step % 4 == 0 else 12)
        tone = passed(
            string(rng, hz_of(note), int(1.1 * rate_hz), rate_hz, 0.9955),
            "lowpass",
            3200.0,
            rate_hz,
        )
        body = resonated(tone, 105.0, 30.0, rate_hz) + 0.6 * resonated(tone, 215.0, 60.0, rate_hz)
        touch = float(rng.uniform(0.15, 0.32))
        at = step * score.beat_s / 2 + float(rng.uniform(0.0, 0.01))
        stage.add(
            faded(tone + 0.5 * body, rate_hz, 0.0015, 0.25),
            at,
            touch,
            float(rng.uniform(-0.1, 0.1)),
        )
        if step % 8 == 7 and rng.random() < 0.6:
            frames = int(0.16 * rate_hz)
            scrape = rng.standard_normal(frames) * (0.5 + 0.5 * np.sin(np.linspace(0, 260, frames)))
            squeak = resonated(scrape, float(rng.uniform(1800, 3600)), 500.0, rate_hz)
            stage.add(faded(normed(squeak), rate_hz, 0.03, 0.06), at, 0.025)
    return within(room(stage.block, rng, rate_hz, 0.35, 0.12), stage.block.shape[1])


def slap_bass(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """A thumb that knocks strings on frets, pops an octave up, ghost notes between; mono."""
    stage = Stage(seconds, rate_hz)
    for step in range(int(4 * (seconds - 1.0) / score.beat_s)):
        kind = rng.random()
        root = score.chord(step // 16)[0] - 12
        if kind < 0.45:
            continue
        popped = kind > 0.8
        frames = int((0.12 if kind < 0.6 else 0.35) * rate_hz)
        tone = string(rng, hz_of(root + (12 if popped else 0)), frames, rate_hz, 0.99)
        if kind < 0.6:
            tone = passed(tone, "highpass", 150.0, rate_hz) * decay(frames, rate_hz, 0.02)
        fret = passed(rng.standard_normal(frames), "bandpass", (1500.0, 5500.0), rate_hz)
        struck = tone + (0.5 if popped else 0.25) * normed(fret * decay(frames, rate_hz, 0.003))
        level = float(rng.uniform(0.25, 0.4)) * (0.5 if kind < 0.6 else 1.0)
        stage.add(faded(np.tanh(1.4 * struck), rate_hz, 0.0005, 0.03), score.step_s(step), level)
    return stage.block


def fretless(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Long notes that slide into place and growl a little; mono."""
    stage, at, step = Stage(seconds, rate_hz), 0.2, 0
    while at < seconds - 2.5:
        length_s = float(rng.choice([1.0, 1.5, 2.0])) * score.beat_s
        frames = int(length_s * rate_hz)
        t = np.arange(frames) / rate_hz
        slide = -float(rng.choice([0.0, 0.0, 2.0])) * np.exp(-t / 0.06)
        sway = 0.18 * np.sin(2 * np.pi * 4.6 * t) * np.clip((t - 0.4) / 0.5, 0, 1)
        turns = phase_of(
            hz_of(score.chord(step // 2)[step % 3] - 12) * 2 ** ((slide + sway) / 12),
            frames,
            rate_hz,
        )
        growl = 0.5 + 0.5 * np.exp(-t / 0.3)
        tone: Mono = np.zeros(frames)
        for k in range(1, 14):
            tone = tone + np.sin(2 * np.pi * k * turns + 0.7 * k) / k**1.4 * growl ** (0.4 * k)
        stage.add(faded(tone * np.exp(-t / 2.2), rate_hz, 0.012, 0.05), at, 0.35)
        at, step = at + length_s, step + 1
    return stage.block


def banjo(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Rolls of three fingers with picks on a drum head: short, bright, never resting."""
    stage = Stage(seconds, rate_hz)
    for step in range(int(4 * (seconds - 1.0) / score.beat_s)):
        chord = score.chord(step // 16)
        note = (chord[0], chord[1], chord[2], score.note(7))[step * 3 % 4] + 12
        frames = int(0.3 * rate_hz)
        tone = string(rng, hz_of(note), frames, rate_hz, 0.985)
        head = resonated(tone, 720.0, 160.0, rate_hz) + 0.8 * resonated(
            tone, 1350.0, 300.0, rate_hz
        )
        level = float(rng.uniform(0.14, 0.26))
        stage.add(faded(0.5 * tone + head, rate_hz, 0.0004, 0.06), score.step_s(step), level, 0.15)
    return within(room(stage.block, rng, rate_hz, 0.3, 0.1), stage.block.shape[1])


def cello(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Stick and slip through a wooden body, a bow that scratches where it turns."""
    stage, at, step = Stage(seconds, rate_hz), 0.2, 0
    while at < seconds - 3.0:
        length_s = float(rng.choice([1.0, 2.0, 2.0, 3.0])) * score.beat_s
        frames = int(1.02 * length_s * rate_hz)
        t = np.arange(frames) / rate_hz
        sway = 0.22 * np.sin(2 * np.pi * 5.6 * t) * np.clip((t - 0.2) / 0.3, 0, 1)
        jitter = passed(rng.standard_normal(frames), "lowpass", 60.0, rate_hz) * 0.15
        slip = saw(
            phase_of(
                hz_of(score.chord(step // 2)[step % 3]) * 2 ** ((sway + jitter) / 12),
                frames,
                rate_hz,
            )
        )
        wood = ((210.0, 60.0), (400.0, 90.0), (900.0, 250.0), (2400.0, 900.0))
        bowed = np.sum([resonated(slip, hz, width, rate_hz) for hz, width in wood], axis=0)
        scratch = passed(rng.standard_normal(frames), "bandpass", (1500.0, 6500.0), rate_hz)
        scratch = scratch * (0.004 + 0.03 * np.exp(-t / 0.05))
        swell = 0.6 + 0.4 * np.sin(np.pi * t / t[-1])
        stage.add(
            faded((bowed + 0.1 * slip) * swell + scratch, rate_hz, 0.06, 0.12), at, 0.25, -0.2
        )
        at, step = at + length_s, step + 1
    return within(room(stage.block, rng, rate_hz, 1.4, 0.25), stage.block.shape[1])


def mandolin(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Double courses, tremolo on long notes, single picked ones between."""
    stage, at, place = Stage(seconds, rate_hz), 0.2, 5
    while at < seconds - 2.0:
        beats = float(rng.choice([0.5, 0.5, 1.0, 2.0]))
        place = int(np.clip(place + rng.integers(-2, 3), 2, 12))
        strokes = 1 if beats < 2 else round(beats * 6)
        for stroke in range(strokes):
            late = at + stroke * beats * score.beat_s / strokes + float(rng.normal(0.004, 0.001))
            for apart in (-0.03, 0.03):
                tone = string(
                    rng, hz_of(score.note(place) + 12 + apart), int(0.35 * rate_hz), rate_hz, 0.99
                )
                stage.add(
                    faded(tone, rate_hz, 0.0006, 0.08),
                    late,
                    float(rng.uniform(0.1, 0.18)),
                    3 * apart,
                )
        at += beats * score.beat_s
    return within(room(stage.block, rng, rate_hz, 0.5, 0.15), stage.block.shape[1])
