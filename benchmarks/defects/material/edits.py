"""Cut, crushed and swept material: what sounds broken on purpose."""

from __future__ import annotations

import numpy as np

from benchmarks.defects.material import drums, synths
from benchmarks.defects.material.tools import (
    Rng,
    Score,
    Stage,
    decay,
    faded,
    passed,
    phase_of,
    swept,
    within,
)
from bridge.audio import Block


def glitch(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """A break and a lead cut hard on the grid: stutters, reversals, crushed bits, gates to zero."""
    source = 0.6 * drums.kit(score, rng, seconds, rate_hz)
    source += 0.5 * synths.saw_lead(score, rng, seconds, rate_hz)
    step = round(score.beat_s / 4 * rate_hz)
    out = np.zeros_like(source)
    for at in range(0, source.shape[1] - step, step):
        cut = source[:, at : at + step]
        kind = rng.random()
        if kind < 0.2:
            part = step // int(rng.choice([4, 8, 16]))
            cut = within(np.tile(cut[:, :part], 17), step)
        elif kind < 0.3:
            cut = cut[:, ::-1]
        elif kind < 0.4:
            cut = np.rint(cut * 12) / 12
        elif kind < 0.5:
            cut = np.repeat(cut[:, ::6], 6, axis=1)[:, :step]
        elif kind < 0.62:
            gate = (np.arange(step) // (step // 4)) % 2 == 0
            cut = cut * gate
        elif kind < 0.7:
            cut = np.zeros_like(cut)
        out[:, at : at + cut.shape[1]] = cut
    return out


def gated_pad(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """A pad through a gate in sixteenths that opens and shuts within 0.6 ms."""
    source = synths.pad(score, rng, seconds, rate_hz)
    frames = source.shape[1]
    pattern = rng.random(16) < 0.65
    step = np.arange(frames) / rate_hz / (score.beat_s / 4)
    opened = pattern[(step.astype(int)) % 16] & (step % 1.0 < 0.7)
    edge = round(0.0006 * rate_hz)
    soft = np.convolve(opened.astype(float), np.ones(edge) / edge, "same")
    return source * np.round(soft, 12)


def riser(_score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Noise sweeps up into an impact that rings out, twice."""
    stage = Stage(seconds, rate_hz)
    for at in (0.0, seconds / 2):
        frames = int(0.3 * seconds * rate_hz)
        place = np.linspace(0, 1, frames)
        for pan in (-0.6, 0.6):
            noise = swept(rng.standard_normal(frames), 200 * 60**place, rate_hz)
            stage.add(faded(noise * place**2, rate_hz, 0.1, 0.002), at, 0.2, pan)
        boom_frames = int(2.5 * rate_hz)
        turns = phase_of(34 + 50 * decay(boom_frames, rate_hz, 0.1), boom_frames, rate_hz)
        boom = np.sin(2 * np.pi * turns) * decay(boom_frames, rate_hz, 0.6)
        burst = passed(rng.standard_normal(boom_frames), "lowpass", 1500.0, rate_hz)
        boom += burst * decay(boom_frames, rate_hz, 0.2)
        stage.add(faded(boom, rate_hz, 0.001, 0.4), at + 0.3 * seconds, 0.5)
    return stage.block


def scratches(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """A sample moved to and fro under a needle, cut by a fader."""
    source = drums.kit(score, rng, 2.0, rate_hz).mean(axis=0)
    stage = Stage(seconds, rate_hz)
    for beat in range(int(seconds / score.beat_s) - 2):
        frames = int(0.8 * score.beat_s * rate_hz)
        turns = float(rng.integers(1, 4))
        hand = np.cumsum(np.sin(2 * np.pi * turns * np.arange(frames) / frames + 0.3)) * 1.2
        place = np.clip(hand - hand.min() + rng.integers(0, rate_hz), 0, len(source) - 2)
        sound = np.interp(place, np.arange(len(source)), source)
        stage.add(faded(sound, rate_hz, 0.001, 0.001), beat * score.beat_s, 0.7)
    out: Block = passed(stage.block, "highpass", 20.0, rate_hz)
    return out


def atmosphere(_score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Wind, rain and crackling twigs: wide noise that moves slowly."""
    frames = round(seconds * rate_hz)
    t = np.arange(frames) / rate_hz
    sides = []
    for _ in range(2):
        corners = 500 + 300 * np.sin(2 * np.pi * 0.13 * t + 6 * rng.random())
        wind = swept(rng.standard_normal(frames), corners, rate_hz)
        rain: Block = passed(rng.standard_normal(frames), "bandpass", (3000.0, 12000.0), rate_hz)
        swell = 1 + 0.5 * np.sin(2 * np.pi * 0.21 * t + 6 * rng.random())
        sides.append(faded(0.1 * swell * wind + 0.02 * rain, rate_hz, 1.0, 1.5))
    return np.stack(sides)
