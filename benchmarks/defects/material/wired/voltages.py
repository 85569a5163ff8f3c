"""Voltages: theremin, hard sync, hoover, ladder bass, sample and hold, zaps."""

from __future__ import annotations

import numpy as np
from scipy import signal

from benchmarks.defects.material.shaping import cycled, glided, hall, table
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
    saw,
    swept,
)
from bridge.audio import Block


def _tune(
    score: Score, rng: Rng, seconds: float, beats: tuple[float, ...], low: int, high: int
) -> tuple[list[float], list[float]]:
    """Notes of the scale that wander between two degrees, and when each begins."""
    notes, starts, at, place = [], [], 0.0, (low + high) // 2
    while at < seconds:
        place = int(np.clip(place + rng.integers(-3, 4), low, high))
        notes.append(float(score.note(place)))
        starts.append(at)
        at += float(rng.choice(beats)) * score.beat_s
    return notes, starts


def theremin(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """A hand in the air: everything glides, wide vibrato, the other hand shapes each note; mono."""
    frames = round(seconds * rate_hz)
    t = np.arange(frames) / rate_hz
    notes, starts = _tune(score, rng, seconds, (1.0, 2.0, 3.0), 6, 13)
    pitch = glided(notes, starts, frames, rate_hz, 0.16) + 12
    pitch = pitch + 0.35 * np.sin(2 * np.pi * 6.3 * t) * (0.6 + 0.4 * np.sin(0.9 * t))
    hand = passed(rng.standard_normal(frames), "lowpass", 5.0, rate_hz, 1) * 2.0
    turns = phase_of(440.0 * 2 ** ((pitch + hand - 69) / 12), frames, rate_hz)
    tone = cycled(turns, table([1.0, 0.35, 0.18, 0.07, 0.03, 0.015]))
    loud = glided(
        rng.choice([1.0, 0.9, 0.7, 0.0], len(starts)).tolist(), starts, frames, rate_hz, 0.2
    )
    tremor = 1 + 0.6 * passed(rng.standard_normal(frames), "lowpass", 7.0, rate_hz, 1)
    out = 0.35 * tone * loud * tremor + 4e-5 * rng.standard_normal(frames)
    return np.asarray(out[None])


def sync_lead(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """An oscillator that another one starts anew: its pitch sweeps, the note stays; a delay."""
    stage, step = Stage(seconds, rate_hz), 0
    steps = int(2 * (seconds - 1.5) / score.beat_s)
    while step < steps:
        length = int(rng.choice([1, 1, 2, 4]))
        frames = int((0.48 * length) * score.beat_s * rate_hz)
        t = np.arange(4 * frames) / (4 * rate_hz)
        hz = hz_of(score.chord(step // 8)[int(rng.integers(3))] + 12)
        master = phase_of(hz, 4 * frames, 4 * rate_hz)
        ratio = 1.4 + 3.2 * np.exp(-t / float(rng.uniform(0.1, 0.5)))
        slave = ((master % 1.0) * ratio) % 1.0
        fine = signal.resample_poly(2 * slave - 1, 1, 4)[:frames]
        fine = passed(fine, "highpass", 60.0, rate_hz)
        stage.add(faded(fine, rate_hz, 0.004, 0.02), step * score.beat_s / 2, 0.25)
        step += length + int(rng.choice([0, 0, 1]))
    block = stage.block.copy()
    late = round(0.09 * rate_hz)
    block[1, late:] += 0.5 * passed(stage.block[0], "lowpass", 4000.0, rate_hz, 1)[:-late]
    return block


def hoover(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Five detuned pulses of moving width and a sub, that fall into their note; a rave's stab."""
    stage = Stage(seconds, rate_hz)
    for half in range(int((seconds - 2.0) / score.beat_s / 2)):
        if rng.random() < 0.2:
            continue
        frames = int(float(rng.choice([0.9, 1.8])) * score.beat_s * rate_hz)
        t = np.arange(frames) / rate_hz
        note = score.chord(half // 2)[0] + 12 + float(rng.choice([0, 3, 7]))
        fall = float(rng.uniform(3, 12)) * np.exp(-t / 0.07)
        for voice in range(5):
            cents = (voice - 2) * 0.13
            hz = hz_of(note + cents) * 2 ** (fall / 12)
            width = 0.5 + 0.35 * np.sin(2 * np.pi * (0.7 + 0.2 * voice) * t + voice)
            wave = pulse(phase_of(hz, frames, rate_hz, float(rng.random())), width)
            wave = passed(wave, "highpass", 45.0, rate_hz)
            stage.add(
                faded(wave, rate_hz, 0.008, 0.06), 2 * half * score.beat_s, 0.09, 0.4 * (voice - 2)
            )
        sub = np.sin(2 * np.pi * phase_of(hz_of(note - 12) * 2 ** (fall / 12), frames, rate_hz))
        stage.add(faded(sub, rate_hz, 0.008, 0.06), 2 * half * score.beat_s, 0.12)
    return hall(passed(stage.block, "lowpass", 9000.0, rate_hz, 1), rng, rate_hz, 0.8, 0.15)


def ladder_bass(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Three oscillators and a filter of 24 dB that closes on each note; they glide; mono."""
    frames = round(seconds * rate_hz)
    steps = int(2 * seconds / score.beat_s) + 1
    half_s = score.beat_s / 2
    starts = [step * half_s for step in range(steps)]
    notes = [
        float(score.chord(step // 8)[int(rng.choice([0, 0, 0, 2]))] - 12) for step in range(steps)
    ]
    pitch = glided(notes, starts, frames, rate_hz, 0.03)
    hz = 440.0 * 2 ** ((pitch - 69) / 12)
    wave = saw(phase_of(hz, frames, rate_hz)) + 0.8 * saw(
        phase_of(1.004 * hz, frames, rate_hz, 0.4)
    )
    wave = wave + 0.6 * pulse(phase_of(0.5 * hz, frames, rate_hz, 0.2), 0.4)
    since = np.arange(frames) / rate_hz % half_s
    played = (rng.random(steps) < 0.8).astype(float)
    opened = played[np.minimum((np.arange(frames) / rate_hz / half_s).astype(int), steps - 1)]
    corner = 140.0 + 1500.0 * np.exp(-since / 0.12) * (1 - np.exp(-since / 0.004))
    filtered = swept(swept(wave, corner, rate_hz, 32), 1.3 * corner, rate_hz, 32)
    gate = passed(
        opened * np.clip((half_s * 0.92 - since) / 0.01, 0, 1), "lowpass", 60.0, rate_hz, 2
    )
    out = np.tanh(0.9 * filtered * gate)
    return np.asarray(passed(out[None], "highpass", 22.0, rate_hz) * 0.5)


def sample_and_hold(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """A voltage drawn anew each sixteenth moves a singing filter over a drone of two saws."""
    frames = round(seconds * rate_hz)
    t = np.arange(frames) / rate_hz
    steps = int(4 * seconds / score.beat_s) + 2
    drawn = rng.uniform(0.0, 1.0, steps)
    where = np.minimum((t / score.beat_s * 4).astype(int), steps - 1)
    cv = passed(drawn[where], "lowpass", 35.0, rate_hz, 1)
    sides = []
    for cents in (-0.06, 0.06):
        hz = hz_of(score.root + cents)
        wave = saw(phase_of(hz, frames, rate_hz, float(rng.random())))
        wave = wave + 0.7 * saw(phase_of(1.5 * hz, frames, rate_hz, float(rng.random())))
        corner = 250.0 * 2 ** (3.8 * cv)
        low = swept(wave, corner, rate_hz, 64)
        singing = swept(wave - low, 1.25 * corner, rate_hz, 64)
        sides.append(low + 1.5 * singing)
    beat = 0.55 + 0.45 * np.exp(-(t / score.beat_s * 4 % 1.0) / 0.5)
    beat = passed(beat, "lowpass", 80.0, rate_hz, 1)
    shape = np.clip(t / 1.5, 0, 1) * np.clip((seconds - 0.5 - t) / 2.0, 0, 1)
    both = np.stack([sides[0] + 0.4 * sides[1], sides[1] + 0.4 * sides[0]])
    return np.asarray(passed(both * beat * shape, "highpass", 30.0, rate_hz))


def zaps(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Sounds of a game: sweeps down and up, warbles, bursts of filtered noise, digital rests."""
    stage = Stage(seconds, rate_hz)
    for beat in range(int((seconds - 1.5) / score.beat_s)):
        if rng.random() < 0.35:
            continue
        frames = int(float(rng.uniform(0.15, 0.9)) * score.beat_s * rate_hz)
        t = np.linspace(0.0, 1.0, frames)
        which = int(rng.integers(4))
        sound: Mono
        if which == 0:
            hz = float(rng.uniform(1500, 5000)) * np.exp(-t * float(rng.uniform(2, 4)))
            sound = np.sin(2 * np.pi * phase_of(hz, frames, rate_hz))
        elif which == 1:
            hz = float(rng.uniform(100, 300)) * np.exp(t * float(rng.uniform(1.5, 3)))
            sound = pulse(phase_of(hz, frames, rate_hz), 0.3)
        elif which == 2:
            sway = np.sin(2 * np.pi * float(rng.uniform(8, 25)) * t)
            sound = np.sin(2 * np.pi * phase_of(700.0 * 2 ** (0.8 * sway), frames, rate_hz))
        else:
            noise = rng.standard_normal(frames)
            sound = normed(swept(noise, 200.0 + 7000.0 * np.exp(-5 * t), rate_hz, 64))
        sound = passed(
            faded(sound, rate_hz, 0.004, 0.02) * decay(frames, rate_hz, 0.4),
            "highpass",
            60.0,
            rate_hz,
        )
        stage.add(
            faded(sound, rate_hz, 0.0, 0.01),
            score.step_s(4 * beat + int(rng.integers(4))),
            0.3,
            float(rng.uniform(-0.8, 0.8)),
        )
    return stage.block
