"""Struck bodies by their modes, and what hands do: mallets, gongs, claps, brushes, shakers."""

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
    room,
    within,
)
from bridge.audio import Block

_Mode = tuple[float, float, float]
"""(times the lowest, gain, seconds it rings)"""
_MARIMBA: tuple[_Mode, ...] = ((1.0, 1.0, 0.45), (3.93, 0.25, 0.09), (9.6, 0.1, 0.03))
_VIBES: tuple[_Mode, ...] = ((1.0, 1.0, 1.6), (3.98, 0.2, 0.5), (10.4, 0.08, 0.12))
_KETTLE: tuple[_Mode, ...] = (
    (1.0, 1.0, 0.9), (1.504, 0.7, 0.7), (1.742, 0.5, 0.35), (2.0, 0.35, 0.5), (2.245, 0.3, 0.2),
)  # fmt: skip


def struck(
    hz: float, modes: tuple[_Mode, ...], seconds: float, soft_s: float, rate_hz: int
) -> Mono:
    """A body that rings in its modes, hit by a mallet that touches it for `soft_s`."""
    frames = int(seconds * rate_hz)
    t, sound = np.arange(frames) / rate_hz, np.zeros(frames)
    for number, (ratio, gain, rings_s) in enumerate(modes):
        if ratio * hz < 0.4 * rate_hz:
            sound += gain * np.sin(2 * np.pi * ratio * hz * t + number) * np.exp(-t / rings_s)
    return normed(faded(sound, rate_hz, soft_s, 0.2 * seconds))


def marimba(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Wooden bars in sixteenths under soft mallets, some of them rolled."""
    stage = Stage(seconds, rate_hz)
    for step in range(int(4 * (seconds - 1.5) / score.beat_s)):
        if rng.random() < 0.5:
            continue
        hz = hz_of(score.chord(step // 16)[int(rng.integers(3))] + 12 * int(rng.integers(3)))
        rolls = 4 if rng.random() < 0.1 else 1
        for roll in range(rolls):
            tone = struck(hz, _MARIMBA, 1.0, 0.0012, rate_hz) * float(rng.uniform(0.4, 1.0))
            at = score.step_s(step) + roll * score.beat_s / 16 + float(rng.uniform(0.0, 0.006))
            stage.add(tone, at, 0.4, float(rng.uniform(-0.5, 0.5)))
    return within(room(stage.block, rng, rate_hz, 0.5, 0.15), stage.block.shape[1])


def vibraphone(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Metal bars whose resonators open and shut five times a second, pedalled."""
    stage = Stage(seconds, rate_hz)
    for step in range(int(2 * (seconds - 2.0) / score.beat_s)):
        if rng.random() < 0.6:
            hz = hz_of(score.chord(step // 8)[int(rng.integers(3))] + 24)
            tone = struck(hz, _VIBES, 3.0, 0.0008, rate_hz)
            stage.add(tone, step * score.beat_s / 2, float(rng.uniform(0.1, 0.3)))
    t = np.arange(stage.block.shape[1]) / rate_hz
    return stage.block * (1.0 + 0.4 * np.sin(2 * np.pi * 5.1 * t))


def timpani(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Kettledrums: single strokes, and rolls that swell, in a hall."""
    stage = Stage(seconds, rate_hz)
    for bar in range(int((seconds - 2.0) / score.beat_s / 4) + 1):
        hz, at = hz_of(score.chord(bar)[0] - 2), 4 * bar * score.beat_s
        strokes = 22 if rng.random() < 0.4 else int(rng.integers(1, 4))
        for stroke in range(strokes):
            late = stroke * (0.06 if strokes == 22 else score.beat_s)
            swell = (stroke + 4) / 26 if strokes == 22 else 1.0
            tone = struck(hz * float(rng.uniform(0.998, 1.002)), _KETTLE, 2.0, 0.002, rate_hz)
            stage.add(tone, at + late + float(rng.uniform(0, 0.008)), 0.4 * swell, -0.2)
    return within(room(stage.block, rng, rate_hz, 1.6, 0.3), stage.block.shape[1])


def gongs(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Gongs and singing bowls: many modes, of which the high ones bloom late."""
    stage = Stage(seconds, rate_hz)
    for bar in range(0, int((seconds - 3.0) / score.beat_s / 4) + 1, 2):
        frames, low_hz = int(5.0 * rate_hz), float(rng.uniform(70, 260))
        t, tone = np.arange(frames) / rate_hz, np.zeros(frames)
        for _ in range(28):
            ratio = float(rng.uniform(1.0, 14.0))
            blooms_s, rings_s = 0.03 * ratio**0.8, 2.2 / ratio**0.5
            shape = (1.0 - np.exp(-t / blooms_s)) * np.exp(-t / rings_s)
            tone += (
                shape * np.sin(2 * np.pi * ratio * low_hz * t + 6.28 * rng.random()) / ratio**0.4
            )
        stage.add(faded(tone, rate_hz, 0.003, 1.0), 4 * bar * score.beat_s, 0.08, 0.3)
    return stage.block


def claps(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Hand claps of a few people: each a bouncing burst of noise, in a small room."""
    stage = Stage(seconds, rate_hz)
    for beat in range(1, int((seconds - 0.5) / score.beat_s), 2):
        for person in range(int(rng.integers(3, 7))):
            hz, frames = float(rng.uniform(800, 1800)), int(0.12 * rate_hz)
            noise = passed(rng.standard_normal(frames), "bandpass", (hz, 2.2 * hz), rate_hz)
            shape = decay(frames, rate_hz, float(rng.uniform(0.006, 0.016)))
            sound = normed(faded(noise * shape, rate_hz, 0.0006, 0.03))
            at = beat * score.beat_s + float(rng.uniform(0.0, 0.022))
            stage.add(sound, at, float(rng.uniform(0.3, 0.9)), 0.25 * person - 0.7)
    return within(room(stage.block, rng, rate_hz, 0.35, 0.3), stage.block.shape[1])


def brushes(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Brushes that stir a snare in circles and tap it, and a cymbal they stroke."""
    frames = round(seconds * rate_hz)
    t = np.arange(frames) / rate_hz
    circle = 0.5 + 0.5 * np.sin(2 * np.pi * t / score.beat_s + 0.7)
    stir = passed(rng.standard_normal(frames), "bandpass", (1200.0, 7000.0), rate_hz)
    stage = Stage(seconds, rate_hz)
    stage.add(faded(0.07 * stir * circle**2, rate_hz, 0.3, 1.0), 0.0)
    for step in range(int(2 * (seconds - 1.5) / score.beat_s)):
        length = int(0.25 * rate_hz)
        tap = passed(rng.standard_normal(length), "bandpass", (300.0, 5000.0), rate_hz)
        tap = tap * decay(length, rate_hz, 0.02)
        if step % 4 == 2 or rng.random() < 0.3:
            stage.add(faded(normed(tap), rate_hz, 0.002, 0.05), score.step_s(2 * step), 0.35, 0.1)
        if step % 2 == 0:
            metal = passed(rng.standard_normal(int(1.2 * rate_hz)), "highpass", 4500.0, rate_hz, 3)
            metal = metal * decay(len(metal), rate_hz, 0.3)
            stage.add(faded(normed(metal), rate_hz, 0.012, 0.3), score.step_s(2 * step), 0.12, -0.4)
    return stage.block


def shakers(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """A shaker of single seeds and a tambourine's jingles, in sixteenths."""
    stage = Stage(seconds, rate_hz)
    for step in range(int(4 * (seconds - 0.5) / score.beat_s)):
        touch = (1.0, 0.4, 0.7, 0.4)[step % 4] * float(rng.uniform(0.8, 1.1))
        frames = int(0.07 * rate_hz)
        seeds = np.zeros(frames)
        places = np.abs(rng.normal(0.02, 0.012, 60)) * rate_hz
        np.add.at(seeds, places.astype(int).clip(0, frames - 1), rng.standard_normal(60))
        sound = passed(seeds, "bandpass", (3500.0, 9000.0), rate_hz, 2)
        stage.add(0.8 * faded(normed(sound), rate_hz, 0.001, 0.01), score.step_s(step), touch, -0.3)
        if step % 8 == 4:
            jingle = np.zeros(int(0.3 * rate_hz))
            t = np.arange(len(jingle)) / rate_hz
            for hz in rng.uniform(5200, 12500, 9):
                late = np.maximum(t - float(rng.uniform(0, 0.02)), 0.0)
                jingle += np.sin(2 * np.pi * hz * late) * np.exp(-late / 0.06) * (late > 0)
            stage.add(faded(normed(jingle), rate_hz, 0.001, 0.1), score.step_s(step), 0.4, 0.4)
    return stage.block
