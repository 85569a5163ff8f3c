"""Percussion: kits in a room, drum machines that repeat exactly, chopped breaks, hand drums."""

from __future__ import annotations

import numpy as np

from benchmarks.defects.material.tools import (
    Mono,
    Rng,
    Score,
    Stage,
    decay,
    faded,
    normed,
    passed,
    phase_of,
    resonated,
    room,
    within,
)
from bridge.audio import Block

_GROOVES = (
    ("x.....x.x.......", "....x.......x..x"),
    ("x...x...x...x...", "....x.......x..."),
    ("x.x.......x..x..", "....x..x.x..x..."),
    ("x.........x.....", "........x......."),
)


def kick(rng: Rng, rate_hz: int) -> Mono:
    """A bass drum with its own tuning, length and beater."""
    frames = int(rng.uniform(0.25, 0.6) * rate_hz)
    low_hz, high_hz = rng.uniform(42, 62), rng.uniform(110, 420)
    turns = phase_of(
        low_hz + high_hz * decay(frames, rate_hz, rng.uniform(0.008, 0.04)), frames, rate_hz
    )
    body = np.sin(2 * np.pi * turns) * decay(frames, rate_hz, rng.uniform(0.08, 0.2))
    beater = passed(rng.standard_normal(frames), "bandpass", (1500.0, 6000.0), rate_hz)
    beater *= decay(frames, rate_hz, rng.uniform(0.001, 0.004))
    driven = np.tanh(rng.uniform(0.8, 3.0) * (body + rng.uniform(0.05, 0.5) * beater))
    return normed(faded(driven, rate_hz, rng.choice([0.0, 0.0004]), 0.03))


def snare(rng: Rng, rate_hz: int) -> Mono:
    """A snare: two modes of its head, its wires, the stick."""
    frames = int(rng.uniform(0.15, 0.4) * rate_hz)
    t = np.arange(frames) / rate_hz
    hz = rng.uniform(165, 260)
    head = np.sin(2 * np.pi * hz * t) + 0.6 * np.sin(2 * np.pi * 1.62 * hz * t + 1.0)
    wires = passed(rng.standard_normal(frames), "bandpass", (900.0, 9500.0), rate_hz)
    stick = rng.standard_normal(frames) * decay(frames, rate_hz, 0.0006)
    sound = head * decay(frames, rate_hz, 0.04) + stick
    sound += rng.uniform(0.8, 1.8) * wires * decay(frames, rate_hz, rng.uniform(0.04, 0.1))
    return normed(faded(sound, rate_hz, 0.0001, 0.03))


def hat(rng: Rng, rate_hz: int, seconds: float) -> Mono:
    """A hi-hat: inharmonic rectangles and noise, far up."""
    frames = int(6 * seconds * rate_hz)
    t = np.arange(frames) / rate_hz
    metal = np.zeros(frames)
    for hz in (2050, 3090, 4120, 5430, 6470, 8210):
        metal += np.sign(np.sin(2 * np.pi * hz * rng.uniform(0.97, 1.03) * t))
    sound = passed(metal / 6 + rng.standard_normal(frames), "highpass", 6800.0, rate_hz, 3)
    return normed(faded(sound * decay(frames, rate_hz, seconds), rate_hz, 0.0003, 0.01))


def hand_drum(rng: Rng, rate_hz: int) -> Mono:
    """A conga, clave, block or shaker stroke: noise burst through a few resonances."""
    frames = int(rng.uniform(0.08, 0.4) * rate_hz)
    burst = rng.standard_normal(frames) * decay(frames, rate_hz, rng.uniform(0.0008, 0.01))
    hz = rng.uniform(180, 2600)
    sound = 0.05 * burst
    for ratio, gain in ((1.0, 1.0), (1.52, 0.5), (2.31, 0.3)):
        sound += gain * resonated(burst, hz * ratio, hz * ratio / rng.uniform(12, 60), rate_hz)
    return normed(faded(sound, rate_hz, 0.0, 0.02))


def kit(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """A played kit: every stroke another, in a room."""
    stage = Stage(seconds, rate_hz)
    kicks, snares = _GROOVES[int(rng.integers(len(_GROOVES)))]
    for step in range(int(seconds / score.step_s(2) * 2)):
        at = score.step_s(step) + float(rng.uniform(0, 0.006))
        touch = float(rng.uniform(0.6, 1.0))
        if kicks[step % 16] == "x":
            stage.add(kick(rng, rate_hz), at, 0.8 * touch)
        if snares[step % 16] == "x":
            stage.add(snare(rng, rate_hz), at, 0.6 * touch, 0.1)
        if step % 2 == 0:
            length_s = 0.12 if step % 16 == 14 else 0.03
            stage.add(hat(rng, rate_hz, length_s), at, 0.25 * touch, -0.4)
    return within(room(stage.block, rng, rate_hz, 0.5, 0.25), stage.block.shape[1])


def machine(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """A drum machine: the same three samples on a grid, dry, every bar the same."""
    stage = Stage(seconds, rate_hz)
    sounds = kick(rng, rate_hz), snare(rng, rate_hz), hat(rng, rate_hz, 0.025)
    kicks, snares = _GROOVES[int(rng.integers(len(_GROOVES)))]
    for step in range(int(seconds / score.step_s(2) * 2)):
        at = score.step_s(step)
        for sound, line, gain in zip(
            sounds, (kicks, snares, "x.x.x.x."), (0.9, 0.6, 0.3), strict=True
        ):
            if line[step % len(line)] == "x":
                stage.add(sound, at, gain)
    return stage.block


def chopped_break(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Two bars of a kit cut hard at eighths, put in another order and repeated."""
    slice_frames = round(score.beat_s / 2 * rate_hz)
    bars = kit(score, rng, 16 * slice_frames / rate_hz, rate_hz)
    air = 0.002 * rng.standard_normal(bars.shape)  # of the record it was sampled from
    crushed = passed(np.tanh(2.5 * (bars + air)), "highpass", 18.0, rate_hz)
    slices = [crushed[:, at * slice_frames : (at + 1) * slice_frames] for at in range(15)]
    order = [int(rng.integers(len(slices))) if rng.random() < 0.4 else at % 15 for at in range(16)]
    loop = np.concatenate([slices[each] for each in order], axis=1)
    times = int(np.ceil(seconds * rate_hz / loop.shape[1]))
    return within(np.tile(loop, times), round(seconds * rate_hz))


def hats(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Sixteenths of a hat with rolls."""
    stage = Stage(seconds, rate_hz)
    for step in range(int(seconds / score.step_s(2) * 2)):
        touch = float(rng.uniform(0.4, 1.0))
        rolls = 3 if rng.random() < 0.1 else 1
        for roll in range(rolls):
            at = score.step_s(step) + roll * score.beat_s / 4 / rolls
            stage.add(hat(rng, rate_hz, float(rng.choice([0.015, 0.03, 0.1]))), at, touch, 0.2)
    return stage.block


def hands(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Hand drums: a few drums struck again and again, in a small room."""
    stage = Stage(seconds, rate_hz)
    drums = [hand_drum(rng, rate_hz) for _ in range(5)]
    for step in range(int(seconds / score.step_s(2) * 2)):
        if rng.random() < 0.6:
            which = int(rng.integers(5))
            struck = drums[which] * (1 + 0.03 * rng.standard_normal())
            at = score.step_s(step) + float(rng.uniform(0, 0.01))
            stage.add(struck, at, float(rng.uniform(0.3, 1.0)), which / 4 - 0.5)
    return within(room(stage.block, rng, rate_hz, 0.25, 0.2), stage.block.shape[1])


def kicks(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """One kick drum on every beat, mono on both sides."""
    stage = Stage(seconds, rate_hz)
    sound = kick(rng, rate_hz)
    for beat in range(int(seconds / score.beat_s)):
        stage.add(sound, beat * score.beat_s, float(rng.choice([1.0, 1.0, 0.9])))
    return stage.block


def toms_and_crashes(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Fills with long silence between them: toms, and a crash that rings out."""
    stage = Stage(seconds, rate_hz)
    bar_s = 4 * score.beat_s
    for bar in range(0, int(seconds / bar_s), 2):
        for stroke in range(int(rng.integers(3, 9))):
            drum = hand_drum(rng, rate_hz)
            stage.add(drum, bar * bar_s + stroke * score.beat_s / 4, 0.7, 0.6 - stroke / 6)
        stage.add(hat(rng, rate_hz, 0.5), (bar + 0.5) * bar_s, 0.6, -0.3)
    return within(room(stage.block, rng, rate_hz, 0.8, 0.3), stage.block.shape[1])
