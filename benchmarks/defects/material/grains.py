"""Clouds of grains, plucks with a buzz, throats that whisper, hum and talk like a robot."""

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
    swept,
    within,
)
from benchmarks.defects.material.voices import breath, syllable
from bridge.audio import Block

_FORMANTS = ((730, 1090, 2440), (270, 2290, 3010), (300, 870, 2240), (530, 1840, 2480))
"""Of a man's a, i, u and e: Peterson and Barney, J. Acoust. Soc. Am. 24 (1952), 175."""


def cloud(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """A voice in grains of 20 to 90 ms, strewn anew over time, pitch and width."""
    source = np.concatenate([syllable(rng, note + 12, 0.8, rate_hz) for note in score.chord(0)])
    stage = Stage(seconds, rate_hz)
    for _ in range(int(45 * seconds)):
        frames = int(float(rng.uniform(0.02, 0.09)) * rate_hz)
        pitch = float(rng.choice([0.5, 1.0, 1.0, 1.5, 2.0]))
        begin = float(rng.uniform(0, len(source) - pitch * frames - 2))
        grain = np.interp(begin + pitch * np.arange(frames), np.arange(len(source)), source)
        at, pan = float(rng.uniform(0.0, seconds - 0.3)), float(rng.uniform(-1, 1))
        stage.add(grain * np.hanning(frames), at, 0.25, pan)
    return stage.block


def harp(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Broken chords on soft strings that ring through each other."""
    stage = Stage(seconds, rate_hz)
    for step in range(int(4 * (seconds - 2.0) / score.beat_s)):
        chord = score.chord(step // 16)
        note = chord[step % 3] + 12 * (step // 3 % 3)
        tone = string(rng, hz_of(note), int(1.8 * rate_hz), rate_hz, 0.997)
        soft = passed(tone, "lowpass", 2500.0, rate_hz)
        touch = float(rng.uniform(0.1, 0.35))
        stage.add(faded(soft, rate_hz, 0.002, 0.4), score.step_s(step), touch, 0.3)
    return within(room(stage.block, rng, rate_hz, 1.3, 0.25), stage.block.shape[1])


def sitar(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Strings that buzz on a flat bridge and are pulled sideways, over a drone."""
    stage = Stage(seconds, rate_hz)
    for step in range(int(2 * (seconds - 1.5) / score.beat_s)):
        if rng.random() < 0.6:
            note = score.note(int(rng.integers(0, 9)))
            frames = int(float(rng.uniform(0.5, 1.5)) * score.beat_s * rate_hz)
            tone = string(rng, hz_of(note), frames, rate_hz, 0.996)
            buzz = passed(np.tanh(6 * np.maximum(tone, 0.1)), "highpass", 900.0, rate_hz)
            stage.add(faded(tone + 0.5 * buzz, rate_hz, 0.0006, 0.05), step * score.beat_s / 2, 0.3)
        if step % 4 == 0:
            drone = string(rng, hz_of(score.note(0)), int(2.5 * rate_hz), rate_hz, 0.998)
            stage.add(faded(drone, rate_hz, 0.001, 0.5), step * score.beat_s / 2, 0.15, -0.4)
    return stage.block


def pizzicato(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """A section that plucks together and nearly so, dry notes in a hall."""
    stage = Stage(seconds, rate_hz)
    for step in range(int(2 * (seconds - 1.5) / score.beat_s)):
        if rng.random() < 0.5:
            continue
        note = score.chord(step // 8)[int(rng.integers(3))] + 12
        for player in range(4):
            tone = string(rng, hz_of(note + float(rng.normal(0, 0.05))), int(0.4 * rate_hz),
                          rate_hz, 0.96)  # fmt: skip
            at = step * score.beat_s / 2 + float(rng.uniform(0.0, 0.02))
            stage.add(faded(tone, rate_hz, 0.0008, 0.1), at, 0.2, 0.4 * player - 0.6)
    return within(room(stage.block, rng, rate_hz, 1.1, 0.4), stage.block.shape[1])


def _throat(source: Mono, vowels: list[int], rate_hz: int) -> Mono:
    """A source through formants that move from vowel to vowel, one a part of it."""
    parts = np.array_split(source, len(vowels))
    ramp = round(0.02 * rate_hz)
    out, at = np.zeros(len(source) + ramp), 0
    for part, vowel in zip(parts, vowels, strict=True):
        held = np.concatenate([part, source[at + len(part) : at + len(part) + ramp]])
        spoken = sum(
            resonated(held, hz, 0.09 * hz + 40, rate_hz) / (1 + number)
            for number, hz in enumerate(_FORMANTS[vowel])
        )
        out[at : at + len(held)] += faded(np.asarray(spoken), rate_hz, 0.02, 0.02)
        at += len(part)
    return out[: len(source)]


def whisper(_score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Whispered sentences: air through a throat, no pitch at all; mono."""
    stage, at = Stage(seconds, rate_hz), 0.4
    while at < seconds - 3.0:
        frames = int(float(rng.uniform(1.0, 2.2)) * rate_hz)
        t = np.arange(frames) / rate_hz
        words = [int(each) for each in rng.integers(0, 4, 8)]
        air = rng.standard_normal(frames) * (0.55 + 0.45 * np.sin(2 * np.pi * 4.3 * t))
        said = passed(_throat(air, words, rate_hz), "highpass", 180.0, rate_hz)
        stage.add(faded(normed(said), rate_hz, 0.03, 0.08), at, 0.4)
        at += frames / rate_hz + float(rng.uniform(0.3, 1.0))
    return stage.block


def robot(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Chords of saws that talk: a vocoder."""
    stage = Stage(seconds, rate_hz)
    for bar in range(int((seconds - 1.0) / score.beat_s / 2)):
        frames = int(1.8 * score.beat_s * rate_hz)
        chord = sum(
            saw(phase_of(hz_of(note), frames, rate_hz, float(rng.random())))
            for note in score.chord(bar // 2)
        )
        words = [int(each) for each in rng.integers(0, 4, 5)]
        said = normed(_throat(np.asarray(chord), words, rate_hz))
        stage.add(faded(said, rate_hz, 0.008, 0.03), 2 * bar * score.beat_s, 0.4)
    return stage.block


def hummed(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Someone who hums with closed lips and takes breath between, close by; mono."""
    stage, at, step = Stage(seconds, rate_hz), 0.3, 0
    while at < seconds - 3.0:
        stage.add(breath(rng, rate_hz), at)
        at += 0.5
        frames = int(float(rng.uniform(1.2, 2.5)) * rate_hz)
        t = np.arange(frames) / rate_hz
        bend = 0.2 * np.sin(2 * np.pi * 5.5 * t) + 1.5 * np.sin(2 * np.pi * 0.5 * t)
        note = score.chord(step)[int(rng.integers(3))]
        turns = phase_of(hz_of(note) * 2 ** (bend / 12), frames, rate_hz)
        pulses = np.maximum(np.sin(2 * np.pi * turns), 0.0) ** 3
        tone = passed(pulses - pulses.mean(), "lowpass", 900.0, rate_hz)
        stage.add(faded(normed(tone), rate_hz, 0.06, 0.12), at, 0.4)
        at, step = at + frames / rate_hz + float(rng.uniform(0.2, 0.9)), step + 1
    return stage.block


def downlifter(_score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Noise that falls and widens after a thud, and winds up again."""
    stage = Stage(seconds, rate_hz)
    for at in (0.2, 0.5 * seconds):
        frames = int(0.42 * seconds * rate_hz)
        place = np.linspace(0.0, 1.0, frames)
        corners = 9000 * 0.02 ** np.minimum(1.6 * place, 1.0) * (1 + 3 * np.maximum(place - 0.7, 0))
        for pan in (-0.9, 0.9):
            noise = swept(rng.standard_normal(frames), corners, rate_hz)
            stage.add(faded(noise * (1.1 - place), rate_hz, 0.03, 0.5), at, 0.2, pan)
        thud = np.sin(
            2 * np.pi * phase_of(41 + 30 * decay(rate_hz, rate_hz, 0.08), rate_hz, rate_hz)
        )
        stage.add(faded(thud * decay(rate_hz, rate_hz, 0.3), rate_hz, 0.004, 0.2), at, 0.5)
    return stage.block
