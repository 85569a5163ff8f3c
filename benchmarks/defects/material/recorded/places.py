"""Places: rain on a roof, surf, a street, a wood at dawn, footsteps on gravel."""

from __future__ import annotations

import numpy as np

from benchmarks.defects.material.shaping import blow, cycled, hall, miked, modal, table
from benchmarks.defects.material.tools import (
    Mono,
    Rng,
    Score,
    Stage,
    decay,
    faded,
    passed,
    phase_of,
    resonated,
)
from bridge.audio import Block


def _slow(rng: Rng, frames: int, rate_hz: int, every_s: float) -> Mono:
    """Wandering between 0 and 1, a new aim every so often."""
    aims = rng.random(int(frames / rate_hz / every_s) + 3)
    at = np.arange(frames) / rate_hz / every_s
    whole = at.astype(int)
    turn = 0.5 - 0.5 * np.cos(np.pi * (at - whole))
    out: Mono = aims[whole] + turn * (aims[whole + 1] - aims[whole])
    return out


def _opened(block: Block, rate_hz: int) -> Block:
    """Faded in over 0.6 s: a place sounds before it is recorded."""
    return np.stack([faded(side, rate_hz, 0.6, 0.0) for side in block])


def rain(_score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Steady rain: a wide hiss that comes and goes, a patter of drops on wood near by."""
    frames = round(seconds * rate_hz)
    stage = Stage(seconds, rate_hz)
    hiss = passed(rng.standard_normal((2, frames)), "highpass", 900.0, rate_hz, 1)
    low = passed(rng.standard_normal((2, frames)), "bandpass", (120.0, 900.0), rate_hz, 1)
    stage.add((0.05 * hiss + 0.06 * low) * (0.6 + 0.4 * _slow(rng, frames, rate_hz, 2.5)), 0.0)
    for _ in range(int(14 * seconds)):
        length = int(0.06 * rate_hz)
        hz = float(rng.uniform(350, 1500))
        splash = passed(rng.standard_normal(length), "bandpass", (hz, 4 * hz), rate_hz)
        drop = modal(
            blow(length, rate_hz, 0.002), ((hz, 0.01, 1.0), (1.7 * hz, 0.006, 0.5)), rate_hz
        )
        splash = splash * decay(length, rate_hz, 0.009)
        size = float(rng.uniform(0.2, 1.0)) ** 2
        stage.add(
            faded(drop + 0.4 * splash, rate_hz, 0.0015, 0.02),
            float(rng.uniform(0, seconds - 0.1)),
            0.12 * size,
            float(rng.uniform(-1, 1)),
        )
    return miked(_opened(stage.block, rate_hz), rng, rate_hz, -75.0)


def surf(_score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Waves on a beach: a growl that rises, a break that spreads, foam that runs back."""
    stage, at = Stage(seconds, rate_hz), -0.0
    far = passed(rng.standard_normal(stage.block.shape), "lowpass", 300.0, rate_hz, 1)
    stage.add(0.05 * far, 0.0)
    while at < seconds - 4.0:
        frames = int(min(7.0, seconds - at) * rate_hz)
        t = np.arange(frames) / rate_hz
        top = float(rng.uniform(1.8, 2.6))
        for pan in (-0.7, 0.7):
            noise = rng.standard_normal(frames)
            moved = t - top - float(rng.uniform(-0.15, 0.15))
            grown = np.where(moved < 0, np.exp(moved / 0.7), np.exp(-moved / 1.1))
            foam = np.where(moved < 0, np.exp(moved / 0.25), np.exp(-moved / 1.6))
            wave = passed(noise, "bandpass", (60.0, 700.0), rate_hz, 1) * grown
            wave = wave + 0.5 * passed(noise, "highpass", 1500.0, rate_hz, 1) * foam
            stage.add(faded(wave, rate_hz, 0.3, 1.0), at, 0.2, pan)
        at += float(rng.uniform(3.5, 5.5))
    return miked(_opened(stage.block, rate_hz), rng, rate_hz, -72.0)


def street(_score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """A street: the town far off, cars that pass from side to side, an engine bent in pitch."""
    stage, at = Stage(seconds, rate_hz), 0.2
    town = passed(rng.standard_normal(stage.block.shape), "bandpass", (40.0, 500.0), rate_hz, 1)
    stage.add(0.05 * town * (0.7 + 0.3 * _slow(rng, town.shape[1], rate_hz, 3.0)), 0.0)
    while at < seconds - 4.5:
        frames = int(min(6.0, seconds - at - 0.3) * rate_hz)
        t = np.arange(frames) / rate_hz
        way = float(rng.uniform(9.0, 15.0)) * (t - t[-1] / 2)
        far = np.sqrt(25.0 + way**2)
        near = 5.0 / far
        tyres = passed(rng.standard_normal(frames), "bandpass", (300.0, 3000.0), rate_hz, 1)
        pitch = float(rng.uniform(70, 110)) * (1 - 0.04 * way / far)
        engine = cycled(phase_of(pitch, frames, rate_hz), table(1.0 / np.arange(1, 25)))
        engine = passed(engine + 0.3 * rng.standard_normal(frames), "lowpass", 700.0, rate_hz, 1)
        car = (tyres + 0.5 * engine) * near**1.5
        turn = np.pi / 4 * (1 + np.tanh(way / 8.0) * float(rng.choice([-1.0, 1.0])))
        car = faded(car, rate_hz, 1.0, 1.0)
        stage.add(np.stack([np.cos(turn) * car, np.sin(turn) * car]), at, 0.3)
        at += float(rng.uniform(1.5, 5.0))
    return miked(_opened(stage.block, rate_hz), rng, rate_hz, -70.0)


def dawn(_score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Birds in a wood: chirps in trills, each with a song and place of its own; leaves."""
    stage = Stage(seconds, rate_hz)
    leaves = passed(rng.standard_normal(stage.block.shape), "bandpass", (300.0, 4000.0), rate_hz, 1)
    stage.add(0.006 * leaves * (0.4 + 0.6 * _slow(rng, leaves.shape[1], rate_hz, 2.0)), 0.0)
    for _ in range(5):
        base, span = float(rng.uniform(2200, 5200)), float(rng.uniform(0.2, 0.7))
        each_s, pan = float(rng.uniform(0.06, 0.16)), float(rng.uniform(-0.9, 0.9))
        loud, at = float(rng.uniform(0.04, 0.15)), float(rng.uniform(0.2, 2.0))
        while at < seconds - 2.5:
            for _ in range(int(rng.integers(2, 9))):
                frames = int(each_s * float(rng.uniform(0.7, 1.1)) * rate_hz)
                t = np.linspace(0.0, 1.0, frames)
                hz = base * (1 + span * (np.sin(np.pi * t) - 0.8 * t))
                chirp = np.sin(2 * np.pi * phase_of(hz, frames, rate_hz))
                chirp = chirp * np.sin(np.pi * t) ** 1.5
                stage.add(chirp, at, loud, pan)
                at += 1.25 * each_s
            at += float(rng.uniform(0.6, 2.5))
    far = hall(_opened(stage.block, rate_hz), rng, rate_hz, 1.6, 0.35)
    return miked(far, rng, rate_hz, -66.0)


def footsteps(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Boots on gravel from one side to the other: a heel, a sole that rolls, stones that grind."""
    stage = Stage(seconds, rate_hz)
    steps = int((seconds - 2.0) / (0.9 * score.beat_s))
    for step in range(steps):
        frames = int(0.4 * rate_hz)
        t = np.arange(frames) / rate_hz
        heel = resonated(
            passed(rng.standard_normal(frames), "lowpass", 2500.0, rate_hz), 110.0, 90.0, rate_hz
        ) * np.exp(-t / 0.02)
        stones: Mono = np.zeros(frames)
        rubble = [
            passed(rng.standard_normal(frames), "bandpass", (low, 9000.0), rate_hz)
            for low in rng.uniform(1200, 3000, 3)
        ]
        for number, when in enumerate(rng.gamma(2.0, 0.05, 60)):
            at = round(min(float(when), 0.35) * rate_hz)
            length = min(int(0.012 * rate_hz), frames - at)
            grain = rubble[number % 3][at : at + length] * decay(length, rate_hz, 0.003)
            grain = faded(grain, rate_hz, 0.0008, 0.003)
            stones[at : at + length] += float(rng.uniform(0.2, 1.0)) * grain
        sound = faded(2.0 * heel + stones, rate_hz, 0.003, 0.08)
        when_s = 0.4 + step * 0.9 * score.beat_s + float(rng.normal(0.0, 0.02))
        stage.add(sound, when_s, float(rng.uniform(0.2, 0.35)), 1.4 * step / max(1, steps) - 0.7)
    return miked(hall(stage.block, rng, rate_hz, 0.3, 0.15), rng, rate_hz, -66.0)
