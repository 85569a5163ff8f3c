"""Keys that hit, pluck or open: piano, harpsichord, celesta, pipes, tape choir, melodica."""

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
    pulse,
    room,
    within,
)
from bridge.audio import Block

_STIFFNESS = 0.0004
"""How far a piano's partials are apart: the k-th is k times (1 + this times k squared) ** 0.5."""


def _piano_note(rng: Rng, note: int, force: float, frames: int, rate_hz: int) -> Block:
    """Stiff strings of two slightly different lengths: a loud fast decay, a quiet slow one."""
    t = np.arange(frames) / rate_hz
    both = np.zeros((2, frames))
    for k in range(1, 28):
        hz = hz_of(note) * k * np.sqrt(1 + _STIFFNESS * k * k)
        if hz > 0.42 * rate_hz:
            break
        size = k ** -(2.2 - 1.2 * force) * abs(np.sin(np.pi * k / 7.6))
        fast = np.exp(-t * (1.5 + 0.5 * k)) + 0.15 * np.exp(-t * (0.4 + 0.06 * k))
        for side, apart in ((0, 0.9997), (1, 1.0003)):
            both[side] += size * fast * np.sin(2 * np.pi * hz * apart * t + float(rng.random()))
    thump = passed(rng.standard_normal(frames), "bandpass", (90.0, 900.0), rate_hz)
    both += 0.2 * force * normed(thump * decay(frames, rate_hz, 0.015))
    both *= 1.0 - np.exp(-t / 0.0012)
    return np.asarray([faded(side, rate_hz, 0.0, 0.09) for side in both])


def grand_piano(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Left-hand octaves and a right hand that plays what it likes, in a hall."""
    stage = Stage(seconds, rate_hz)
    for step in range(int(2 * (seconds - 2.0) / score.beat_s)):
        at = step * score.beat_s / 2 + float(rng.uniform(0.0, 0.012))
        force = float(rng.uniform(0.25, 0.9))
        frames = int(float(rng.choice([0.45, 0.9, 1.9])) * score.beat_s * rate_hz)
        if step % 4 == 0:
            stage.add(
                _piano_note(rng, score.chord(step // 8)[0] - 12, force, frames, rate_hz), at, 0.2
            )
        if rng.random() < 0.75:
            note = score.chord(step // 8)[int(rng.integers(3))] + 12 * int(rng.integers(1, 3))
            stage.add(_piano_note(rng, note, force, frames, rate_hz), at, 0.15 * force)
    return within(room(stage.block, rng, rate_hz, 1.6, 0.2), stage.block.shape[1])


def harpsichord(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Quills that pluck, all as loud as each other, and the jack that falls back."""
    stage = Stage(seconds, rate_hz)
    for step in range(int(4 * (seconds - 1.5) / score.beat_s)):
        if rng.random() < 0.25:
            continue
        note = score.chord(step // 16)[step % 3] + 12 * (step // 6 % 2) + 12
        held_s = 0.28 * score.beat_s
        frames = int((held_s + 0.06) * rate_hz)
        t = np.arange(frames) / rate_hz
        tone: Mono = np.zeros(frames)
        for k in range(1, 40):
            if k * hz_of(note) > 0.42 * rate_hz:
                break
            turn = 2 * np.pi * k * hz_of(note) * (1 + 2e-5 * k * k) * t
            tone = tone + abs(np.sin(0.14 * np.pi * k)) / k**0.7 * np.exp(
                -t * (2 + 0.35 * k)
            ) * np.sin(turn)
        fall = np.zeros(frames)
        jack = passed(rng.standard_normal(frames), "bandpass", (600.0, 3500.0), rate_hz)
        at_fall = int(held_s * rate_hz)
        fall[at_fall:] = (jack * decay(frames, rate_hz, 0.004))[: frames - at_fall]
        damped = normed(tone) * np.where(t < held_s, 1.0, np.exp(-(t - held_s) / 0.012))
        sound = faded(damped + 0.05 * normed(fall), rate_hz, 0.0003, 0.01)
        stage.add(sound, score.step_s(step), 0.22, 0.02 * (note - 64))
    return within(room(stage.block, rng, rate_hz, 0.8, 0.2), stage.block.shape[1])


def celesta(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Small steel plates over wood: a soft hammer, two or three partials."""
    stage = Stage(seconds, rate_hz)
    for step in range(int(2 * (seconds - 2.0) / score.beat_s)):
        if rng.random() < 0.35:
            continue
        hz = hz_of(score.note(int(rng.integers(7, 18))) + 12)
        frames = int(1.5 * rate_hz)
        t = np.arange(frames) / rate_hz
        plate = np.sin(2 * np.pi * hz * t) * np.exp(-t / 0.5)
        plate += 0.25 * np.sin(2 * np.pi * 4.1 * hz * t) * np.exp(-t / 0.08)
        plate += (
            0.06 * np.sin(2 * np.pi * 9.6 * hz * t) * np.exp(-t / 0.02) * (9.6 * hz < 0.4 * rate_hz)
        )
        stage.add(
            faded(plate, rate_hz, 0.002, 0.2),
            step * score.beat_s / 2,
            0.2,
            float(rng.uniform(-0.5, 0.5)),
        )
    return within(room(stage.block, rng, rate_hz, 1.0, 0.25), stage.block.shape[1])


def pipe_organ(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Flues with a mixture stop and chiff, chords of a bar each, in a church."""
    stage = Stage(seconds, rate_hz)
    bar_s = 4 * score.beat_s
    ranks = ((0.5, 0.6), (1.0, 1.0), (2.0, 0.6), (3.0, 0.25), (4.0, 0.3), (6.0, 0.12), (8.0, 0.12))
    for bar in range(int((seconds - 1.0) / bar_s)):
        frames = int(1.01 * bar_s * rate_hz)
        for note in (score.chord(bar)[0] - 12, *score.chord(bar)):
            pipes: Mono = np.zeros(frames)
            for foot, size in ranks:
                hz = hz_of(note + 12 + float(rng.normal(0.0, 0.015))) * foot
                turns = phase_of(hz, frames, rate_hz, float(rng.random()))
                pipes = pipes + size * (np.sin(2 * np.pi * turns) + 0.2 * np.sin(4 * np.pi * turns))
            chiff = passed(rng.standard_normal(frames), "bandpass", (1200.0, 5000.0), rate_hz)
            pipes = pipes + 0.05 * chiff * decay(frames, rate_hz, 0.04)
            stage.add(
                faded(pipes, rate_hz, 0.05, 0.08), bar * bar_s, 0.06, float(rng.uniform(-0.6, 0.6))
            )
    return within(room(stage.block, rng, rate_hz, 2.6, 0.6), stage.block.shape[1])


def tape_choir(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Taped voices a key: wow, flutter, little treble, hiss while a key is down."""
    stage = Stage(seconds, rate_hz)
    bar_s = 4 * score.beat_s
    for bar in range(int((seconds - 1.0) / bar_s)):
        frames = int(0.93 * bar_s * rate_hz)
        t = np.arange(frames) / rate_hz
        wow = 0.12 * np.sin(2 * np.pi * 0.9 * t + float(rng.random()) * 6)
        wow = wow + 0.03 * np.sin(2 * np.pi * 8.3 * t)
        for note in score.chord(bar):
            voices: Mono = np.zeros(frames)
            for _ in range(4):
                cents = float(rng.normal(0.0, 0.08))
                hz = hz_of(note + 12 + cents) * 2 ** (wow / 12)
                voices = voices + pulse(phase_of(hz, frames, rate_hz, float(rng.random())), 0.3)
            taped = passed(voices, "bandpass", (220.0, 2600.0), rate_hz)
            taped = np.tanh(0.8 * normed(taped)) + 0.004 * rng.standard_normal(frames)
            stage.add(
                faded(passed(taped, "lowpass", 7500.0, rate_hz, 3), rate_hz, 0.04, 0.05),
                bar * bar_s,
                0.15,
            )
    return stage.block


def melodica(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Free reeds blown by mouth: breath moves the level and a little of the pitch; mono."""
    stage, at, place = Stage(seconds, rate_hz), 0.3, 4
    while at < seconds - 2.0:
        length_s = float(rng.choice([0.5, 0.75, 1.0, 2.0])) * score.beat_s
        place = int(np.clip(place + rng.integers(-3, 4), 0, 12))
        frames = int(0.97 * length_s * rate_hz)
        t = np.arange(frames) / rate_hz
        breath = (
            1.0 - 0.25 * np.exp(-t / 0.15) + 0.12 * np.sin(2 * np.pi * 4.7 * t) * np.clip(t, 0, 1)
        )
        hz = hz_of(score.note(place) + 12) * 2 ** (-0.15 * (breath - 1) / 12)
        reed = pulse(phase_of(hz, frames, rate_hz, float(rng.random())), 0.22)
        blown = passed(reed, "lowpass", 5200.0, rate_hz, 1) * breath
        air = 0.02 * passed(rng.standard_normal(frames), "highpass", 2500.0, rate_hz)
        stage.add(faded(blown + air, rate_hz, 0.018, 0.03), at, 0.35)
        at += length_s * (1.0 if rng.random() < 0.85 else 2.0)
    return stage.block
