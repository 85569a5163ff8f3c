"""What a laptop makes: supersaws, wobbles, stutters, arpeggios, turned rooms, vocal chops."""

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
    saw,
    swept,
    within,
)
from benchmarks.defects.material.voices import syllable
from bridge.audio import Block


def supersaw(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Chords of fourteen saws that a kick, which is not here, ducks on each beat."""
    stage = Stage(seconds, rate_hz)
    bar_s = 4 * score.beat_s
    for bar in range(int((seconds - 1.0) / bar_s)):
        frames = int(bar_s * rate_hz)
        for note in score.chord(bar):
            for voice in range(7):
                hz = hz_of(note + 12 + 0.22 * (voice - 3) / 3)
                tone = saw(phase_of(hz, frames, rate_hz, float(rng.random())))
                stage.add(faded(tone, rate_hz, 0.006, 0.02), bar * bar_s, 0.04, (voice - 3) / 3)
    t = np.arange(stage.block.shape[1]) / rate_hz
    pump = 1.0 - 0.85 * np.exp(-(t % score.beat_s) / (0.22 * score.beat_s))
    eased = passed(pump, "lowpass", 120.0, rate_hz, 1)
    thinned: Block = passed(stage.block, "highpass", 160.0, rate_hz) * eased
    return thinned


def wobble(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """A bass whose filter opens two to six times a beat, driven after it; mono."""
    stage = Stage(seconds, rate_hz)
    for beat in range(int((seconds - 1.0) / score.beat_s)):
        if rng.random() < 0.15:
            continue
        frames = int(0.98 * score.beat_s * rate_hz)
        t = np.arange(frames) / rate_hz
        times = int(rng.choice([2, 3, 4, 6]))
        hz = hz_of(score.chord(beat // 4)[0] - 12)
        raw = saw(phase_of(hz, frames, rate_hz)) + pulse(phase_of(1.005 * hz, frames, rate_hz), 0.4)
        opened = 0.5 - 0.5 * np.cos(2 * np.pi * times * t / score.beat_s)
        tone = np.tanh(1.8 * swept(raw, 120.0 * 25.0**opened, rate_hz))
        stage.add(faded(tone, rate_hz, 0.004, 0.015), beat * score.beat_s, 0.35)
    return stage.block


def stutter(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """A chord cut to the grid by a gate with edges of a millisecond: digital silence between."""
    frames = int(seconds * rate_hz)
    bar = int(4 * score.beat_s * rate_hz)
    tone: Mono = np.zeros(frames)
    for start in range(0, frames, bar):
        length = min(bar, frames - start)
        for note in score.chord(start // bar):
            tone[start : start + length] += pulse(
                phase_of(hz_of(note + 12), length, rate_hz, float(rng.random())), 0.35
            )
    opened: Mono = np.zeros(frames)
    for step in range(int(8 * seconds / score.beat_s)):
        if rng.random() < 0.62:
            at, length = int(step * score.beat_s / 8 * rate_hz), int(0.11 * score.beat_s * rate_hz)
            piece = faded(np.ones(length), rate_hz, 0.001, 0.001)
            room_left = max(0, min(length, frames - at))
            opened[at : at + room_left] = piece[:room_left]
    left = passed(tone, "lowpass", 5000.0, rate_hz) * opened
    both: Block = np.stack([left, left]) * np.array([[0.9], [1.0]])
    return both


def arpeggio(score: Score, _rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Sixteenths of a soft pluck into a delay that crosses sides."""
    stage = Stage(seconds, rate_hz)
    for step in range(int(4 * (seconds - 2.5) / score.beat_s)):
        chord = score.chord(step // 16)
        frames = int(0.3 * rate_hz)
        turns = phase_of(hz_of(chord[step % 3] + 12 * (1 + step % 2)), frames, rate_hz, 0.25)
        place = np.abs(2 * (turns % 1.0) - 1.0) * 2 - 1
        tone = swept(place + 0.3 * saw(turns), 500 + 6000 * decay(frames, rate_hz, 0.05), rate_hz)
        sound = faded(tone * decay(frames, rate_hz, 0.09), rate_hz, 0.002, 0.03)
        for echo in range(4):
            late = score.step_s(step) + 0.75 * score.beat_s * echo
            stage.add(sound, late, 0.2 * 0.45**echo, (-0.7, 0.7)[echo % 2] if echo else 0.0)
    return stage.block


def reversed_room(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Chords whose reverberation is played backwards into them."""
    stage = Stage(seconds, rate_hz)
    bar_s = 4 * score.beat_s
    for bar in range(int((seconds - 2.0) / (2 * bar_s))):
        frames = int(0.2 * rate_hz)
        hit = sum(saw(phase_of(hz_of(note + 12), frames, rate_hz)) for note in score.chord(bar))
        struck = faded(np.asarray(hit), rate_hz, 0.003, 0.15)
        wet = room(np.pad(struck, (0, int(1.6 * bar_s * rate_hz))), rng, rate_hz, 2.0, 1.0)
        turned = wet[:, ::-1][:, -int(1.5 * bar_s * rate_hz) :].copy()
        turned[:, : int(0.3 * rate_hz)] *= np.linspace(0.0, 1.0, int(0.3 * rate_hz))
        turned[:, -int(0.02 * rate_hz) :] *= np.linspace(1.0, 0.0, int(0.02 * rate_hz))
        stage.add(turned, 2 * bar * bar_s + 0.2, 0.2)
    return stage.block


def folded_bass(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """A sine folded back on itself harder and softer: metal in the bass; mono."""
    stage = Stage(seconds, rate_hz)
    for step in range(int(2 * (seconds - 1.0) / score.beat_s)):
        if rng.random() < 0.3:
            continue
        frames = int(0.45 * score.beat_s * rate_hz)
        t = np.arange(frames) / rate_hz
        turns = phase_of(hz_of(score.chord(step // 8)[0] - 12), frames, rate_hz)
        fold = np.sin(2 * np.pi * turns) * (1.0 + 3.5 * np.exp(-t / 0.12))
        stage.add(faded(np.sin(1.5 * fold), rate_hz, 0.003, 0.02), step * score.beat_s / 2, 0.35)
    return stage.block


def rolled_hats(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """One sampled hat, in rolls of sixteenths, triplets and thirty-seconds, velocities drawn."""
    frames = int(0.07 * rate_hz)
    hat = passed(rng.standard_normal(frames), "highpass", 7500.0, rate_hz, 3)
    hat = faded(normed(hat * decay(frames, rate_hz, 0.014)), rate_hz, 0.0002, 0.01)
    stage = Stage(seconds, rate_hz)
    for beat in range(int((seconds - 1.0) / score.beat_s)):
        parts = int(rng.choice([2, 4, 4, 6, 8, 12]))
        for part in range(parts):
            level = 0.25 * (0.5 + 0.5 * part / parts if parts > 6 else float(rng.uniform(0.6, 1.0)))
            stage.add(hat, (beat + part / parts) * score.beat_s, level, 0.2)
    return stage.block


def vocal_chops(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """One sung word, cut short and played as an instrument, pitched by speed; starts hard cut."""
    word = syllable(rng, score.note(4) + 12, 1.2, rate_hz)
    begin = int(0.25 * len(word))
    stage = Stage(seconds, rate_hz)
    for step in range(int(4 * (seconds - 2.0) / score.beat_s)):
        if rng.random() < 0.5:
            continue
        speed = 2 ** (float(rng.choice([-5, 0, 0, 3, 7])) / 12)
        frames = int(float(rng.choice([0.2, 0.4, 0.9])) * score.beat_s * rate_hz / 2)
        places = begin + speed * np.arange(min(frames, int((len(word) - begin - 2) / speed)))
        chop = np.interp(places, np.arange(len(word)), word)
        stage.add(
            faded(normed(chop), rate_hz, 0.004, 0.012),
            score.step_s(step),
            0.25,
            float(rng.choice([-0.4, 0.4])),
        )
    return within(room(stage.block, rng, rate_hz, 0.8, 0.2), stage.block.shape[1])


def noise_swells(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Surf of filtered noise, in step with the bars, wide."""
    frames = int(seconds * rate_hz)
    t = np.arange(frames) / rate_hz
    swell = 0.5 - 0.5 * np.cos(2 * np.pi * t / (4 * score.beat_s))
    sides = [swept(rng.standard_normal(frames), 300.0 * 20.0**swell, rate_hz) for _ in range(2)]
    return np.stack(sides) * (0.05 + 0.25 * swell)
