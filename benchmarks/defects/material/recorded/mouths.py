"""Mouths: doubled singing, talk in a room, a crowd that chants, throat singing, whistling."""

from __future__ import annotations

from itertools import accumulate

import numpy as np

from benchmarks.defects.material.shaping import (
    cycled,
    glided,
    hall,
    miked,
    moved_formants,
    partials,
    table,
)
from benchmarks.defects.material.tools import (
    Mono,
    Rng,
    Score,
    Stage,
    faded,
    hz_of,
    normed,
    passed,
    phase_of,
    within,
)
from bridge.audio import Block

_VOWELS_HZ = (
    (730, 1090, 2440),
    (530, 1840, 2480),
    (390, 1990, 2550),
    (570, 840, 2410),
    (440, 1020, 2240),
    (300, 870, 2240),
    (660, 1720, 2410),
)
_WIDTHS_HZ = (70.0, 100.0, 160.0, 300.0)
_SIZES = (1.0, 0.7, 0.35, 0.2)


def _phrase(
    rng: Rng,
    words: Rng,
    notes: list[float],
    lengths_s: list[float],
    size: float,
    breathy: float,
    rate_hz: int,
) -> Mono:
    """Syllables in one breath: pitch and formants glide from one to the next, consonants between.

    `words` draws vowels and consonants alone, so that two takes can say the same; `size` is how far
    a mouth's formants lie above a man's.
    """
    starts = [0.0, *accumulate(lengths_s[:-1])]
    frames = round(sum(lengths_s) * rate_hz)
    t = np.arange(frames) / rate_hz
    pitch = glided(notes, starts, frames, rate_hz, 0.06)
    uneven = passed(rng.standard_normal(frames), "lowpass", 30.0, rate_hz, 1)
    sway = 0.2 * np.sin(2 * np.pi * 5.4 * t + float(rng.random())) * np.clip(t - 0.3, 0, 1)
    hz = 440.0 * 2 ** ((pitch - 69 + sway + 1.0 * uneven) / 12)
    vowels = [_VOWELS_HZ[int(each)] for each in words.integers(0, len(_VOWELS_HZ), len(notes))]
    places = [
        glided([size * vowel[number] for vowel in vowels], starts, frames, rate_hz, 0.08)
        for number in range(3)
    ]
    places.append(np.full(frames, size * 3500.0))
    opened = np.ones(frames)
    for start in starts[1:]:
        opened -= float(words.choice([0.0, 0.5, 0.97])) * np.exp(-(((t - start) / 0.03) ** 2))
    opened = faded(np.clip(opened, 0.02, 1.0), rate_hz, 0.03, 0.09)
    folds = cycled(
        phase_of(hz, frames, rate_hz), table(partials(float(hz.max()), rate_hz, 1.2, 70))
    )
    air = breathy * passed(rng.standard_normal(frames), "highpass", 1200.0, rate_hz, 1)
    voice = moved_formants((folds + air) * opened, places, _WIDTHS_HZ, _SIZES, rate_hz)
    voice = normed(voice)
    for start in starts:
        if words.random() < 0.5:
            _consonant(voice, rng, words, start, rate_hz)
    return voice


def _consonant(voice: Mono, rng: Rng, words: Rng, start_s: float, rate_hz: int) -> None:
    """A hiss that grows and is let go, or a soft burst, ahead of a syllable's vowel."""
    hissed = words.random() < 0.55
    length = round(float(words.uniform(0.05, 0.11) if hissed else 0.02) * rate_hz)
    low = float(words.uniform(2500, 5000) if hissed else words.uniform(700, 2500))
    noise = passed(rng.standard_normal(length), "bandpass", (low, 3.2 * low), rate_hz, 1)
    noise = faded(normed(noise), rate_hz, 0.4 * length / rate_hz if hissed else 0.001, 0.012)
    at = round(start_s * rate_hz)
    room = len(voice) - at
    voice[at : at + length] += 0.16 * noise[:room]


def _line(score: Score, rng: Rng, seconds: float) -> list[tuple[float, list[float], list[float]]]:
    """A melody: phrases as (when, notes, lengths), both in the score's chords and beats."""
    phrases, at, step = [], 0.4, 0
    while at < seconds - 4.0:
        count = int(rng.integers(3, 8))
        lengths = [float(rng.choice([0.5, 0.5, 1.0])) * score.beat_s for _ in range(count)]
        while sum(lengths) > seconds - 1.6 - at:
            lengths.pop()
        notes = [
            float(score.chord((step + n) // 8)[int(rng.integers(3))] + 12)
            for n in range(len(lengths))
        ]
        phrases.append((at, notes, lengths))
        at, step = at + sum(lengths) + float(rng.uniform(0.6, 1.6)), step + count
    return phrases


def doubled(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """A line that is sung twice, one take a side: other times, other mouths, the same words."""
    stage = Stage(seconds, rate_hz)
    for at, notes, lengths in _line(score, rng, seconds):
        words = int(rng.integers(1 << 30))
        for pan, size in ((-0.8, 1.12), (0.8, 1.15)):
            sung = [note + float(rng.normal(0.0, 0.08)) for note in notes]
            timed = [length * float(rng.uniform(0.97, 1.03)) for length in lengths]
            voice = _phrase(rng, np.random.default_rng(words), sung, timed, size, 0.05, rate_hz)
            stage.add(voice, at + float(rng.uniform(0.0, 0.03)), 0.3, pan)
    return miked(hall(stage.block, rng, rate_hz, 1.2, 0.15), rng, rate_hz, -80.0)


def talk(_score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Someone talks in a living room: quick words, falling sentences, a room's noise; mono."""
    stage, at = Stage(seconds, rate_hz), 0.5
    base = float(rng.uniform(43, 52))
    while at < seconds - 3.5:
        count = int(rng.integers(5, 12))
        lengths = [float(rng.uniform(0.09, 0.26)) for _ in range(count)]
        falling = np.linspace(3.0, -3.0, count) + rng.normal(0.0, 1.5, count)
        voice = _phrase(rng, rng, (base + falling).tolist(), lengths, 1.0, 0.08, rate_hz)
        stage.add(voice, at, float(rng.uniform(0.25, 0.4)))
        at += sum(lengths) + float(rng.uniform(0.25, 1.1))
    roomy = hall(stage.block, rng, rate_hz, 0.4, 0.3)[:1]
    return miked(roomy, rng, rate_hz, -68.0)


def chanting(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """A dozen people call the same words every two bars, no two at once, all over a hall."""
    stage = Stage(seconds, rate_hz)
    bars = int((seconds - 3.5) / score.beat_s / 4)
    for bar in range(0, max(1, bars), 2):
        words = int(rng.integers(1 << 30))
        for _ in range(9):
            notes = [score.chord(bar)[0] + float(rng.normal(5.0, 2.0)) for _ in range(4)]
            lengths = [score.beat_s * float(rng.uniform(0.6, 0.75)) for _ in range(4)]
            size = float(rng.uniform(0.95, 1.25))
            same = np.random.default_rng(words)
            voice = _phrase(rng, same, notes, lengths, size, 0.15, rate_hz)
            at = 4 * bar * score.beat_s + 0.3 + float(rng.uniform(0.0, 0.09))
            stage.add(voice, at, float(rng.uniform(0.05, 0.12)), float(rng.uniform(-0.9, 0.9)))
    return miked(hall(stage.block, rng, rate_hz, 1.5, 0.4), rng, rate_hz, -74.0)


def overtones(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Throat singing: a low voice held for a breath while one narrow resonance picks a tune."""
    stage, at = Stage(seconds, rate_hz), 0.3
    hz = hz_of(score.root - 3)
    while at < seconds - 5.0:
        length_s = min(float(rng.uniform(4.0, 6.5)), seconds - at - 0.8)
        frames = int(length_s * rate_hz)
        count = int(length_s / score.beat_s) + 1
        picked = [hz * float(each) for each in rng.choice([6, 7, 8, 9, 10, 12], count)]
        starts = [each * score.beat_s for each in range(count)]
        tune = glided(picked, starts, frames, rate_hz, 0.07)
        uneven = passed(rng.standard_normal(frames), "lowpass", 20.0, rate_hz, 1)
        folds = cycled(
            phase_of(hz * (1 + 0.02 * uneven), frames, rate_hz),
            table(partials(hz, rate_hz, 0.7, 70)),
        )
        places = (tune, np.full(frames, 480.0), np.full(frames, 2900.0))
        voice = moved_formants(folds, places, (28.0, 90.0, 200.0), (2.5, 0.7, 0.2), rate_hz)
        stage.add(faded(voice, rate_hz, 0.2, 0.35), at, 1.5, -0.1)
        at += length_s + float(rng.uniform(0.6, 1.0))
    return miked(hall(stage.block, rng, rate_hz, 1.8, 0.3), rng, rate_hz, -79.0)


def whistled(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """A tune whistled: nearly a sine that glides, the air that makes it, breaths between; mono."""
    stage = Stage(seconds, rate_hz)
    for at, notes, lengths in _line(score, rng, seconds):
        frames = round(sum(lengths) * rate_hz)
        t = np.arange(frames) / rate_hz
        starts = [0.0, *accumulate(lengths[:-1])]
        pitch = glided([note + 24 for note in notes], starts, frames, rate_hz, 0.07)
        pitch = pitch + 0.2 * np.sin(2 * np.pi * 6.1 * t) * np.clip(t - 0.2, 0, 1)
        pitch = pitch + 0.6 * passed(rng.standard_normal(frames), "lowpass", 50.0, rate_hz, 1)
        turns = phase_of(440.0 * 2 ** ((pitch - 69) / 12), frames, rate_hz)
        tone = np.sin(2 * np.pi * turns) + 0.03 * np.sin(4 * np.pi * turns)
        tone = tone * (1 + 0.15 * passed(rng.standard_normal(frames), "lowpass", 60.0, rate_hz))
        air = 0.02 * passed(rng.standard_normal(frames), "bandpass", (900.0, 6000.0), rate_hz, 1)
        stage.add(faded(tone + air, rate_hz, 0.04, 0.08), at, 0.3)
        drawn = passed(
            rng.standard_normal(round(0.3 * rate_hz)), "bandpass", (700.0, 5000.0), rate_hz
        )
        stage.add(faded(drawn, rate_hz, 0.1, 0.1), at + sum(lengths) + 0.15, 0.01)
    wet = hall(stage.block, rng, rate_hz, 0.6, 0.2)[:1]
    return miked(within(wet, stage.block.shape[1]), rng, rate_hz, -80.0)
