"""Reeds, pipes and bellows: flute, clarinet, accordion, an organ through a chopping tremolo."""

from __future__ import annotations

import numpy as np

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
    resonated,
    room,
    within,
)
from bridge.audio import Block


def _phrases(score: Score, rng: Rng, seconds: float) -> list[tuple[float, float, int]]:
    """(start_s, length_s, MIDI note) of a melody that breathes every few notes."""
    notes, at, place = [], 0.3, 3
    while at < seconds - 2.0:
        length_s = float(rng.choice([0.5, 0.5, 1.0, 2.0])) * score.beat_s
        place = int(np.clip(place + rng.integers(-2, 3), 0, 9))
        notes.append((at, length_s, score.note(place) + 12))
        at += length_s + (score.beat_s if rng.random() < 0.15 else 0.0)
    return notes


def flute(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """A few harmonics that swell with the vibrato, and air that is blown past them."""
    stage = Stage(seconds, rate_hz)
    for at, length_s, note in _phrases(score, rng, seconds):
        frames = int(1.05 * length_s * rate_hz)
        t = np.arange(frames) / rate_hz
        sway = np.sin(2 * np.pi * 5.0 * t) * np.clip(t / 0.4, 0, 1)
        hz = hz_of(note + 12)
        turns = phase_of(hz * (1 + 0.004 * sway), frames, rate_hz)
        tone = np.sin(2 * np.pi * turns) + 0.4 * np.sin(4 * np.pi * turns) * (1 + 0.3 * sway)
        air = resonated(rng.standard_normal(frames), hz, 300.0, rate_hz)
        hiss = passed(rng.standard_normal(frames), "bandpass", (2500.0, 9000.0), rate_hz)
        blown = tone + 0.5 * air + 0.03 * hiss
        stage.add(faded(blown, rate_hz, 0.035, 0.05), at, 0.3)
    return within(room(stage.block, rng, rate_hz, 0.9, 0.2), stage.block.shape[1])


def clarinet(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Odd harmonics of a reed, legato, tongued now and then; mono."""
    stage = Stage(seconds, rate_hz)
    for at, length_s, note in _phrases(score, rng, seconds):
        frames = int(1.03 * length_s * rate_hz)
        turns = phase_of(hz_of(note), frames, rate_hz, float(rng.random()))
        tone = np.zeros(frames)
        for k in range(1, 22, 2):
            tone += np.sin(2 * np.pi * k * turns + 0.4 * k) / k**1.1
        rise = 0.006 if rng.random() < 0.3 else 0.03
        stage.add(faded(tone, rate_hz, rise, 0.03), at, 0.3)
    return stage.block


def accordion(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Pairs of reeds that beat, chords on the off-beats, bellows that push and pull."""
    stage = Stage(seconds, rate_hz)
    for step in range(int(2 * (seconds - 1.0) / score.beat_s)):
        low = step % 2 == 0
        chord = score.chord(step // 8)
        frames = int(0.4 * score.beat_s * rate_hz)
        for note in chord[:1] if low else chord:
            tone: Mono = np.zeros(frames)
            for apart in (-0.04, 0.05):
                turns = phase_of(hz_of(note + (0 if low else 12) + apart), frames, rate_hz)
                for k in range(1, 18):
                    tone = tone + np.sin(2 * np.pi * k * turns + k * k) / k**0.9
            stage.add(faded(normed(tone), rate_hz, 0.012, 0.025), step * score.beat_s / 2, 0.25)
    t = np.arange(stage.block.shape[1]) / rate_hz
    return stage.block * (0.8 + 0.2 * np.sin(np.pi * t / (4 * score.beat_s) + rng.random()))


def chopped_organ(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """A transistor organ through a tremolo that nearly shuts, eight times a beat pair."""
    stage = Stage(seconds, rate_hz)
    bar_s = 4 * score.beat_s
    for bar in range(int(seconds / bar_s)):
        frames = int(0.98 * bar_s * rate_hz)
        for note in score.chord(bar):
            turns = phase_of(hz_of(note + 12), frames, rate_hz, float(rng.random()))
            tone = np.sum([np.sin(2 * np.pi * k * turns) / k for k in (1, 2, 3, 4, 6, 8)], axis=0)
            stage.add(faded(tone, rate_hz, 0.004, 0.01), bar * bar_s, 0.12)
    t = np.arange(stage.block.shape[1]) / rate_hz
    chop = np.tanh(4.0 * np.sin(2 * np.pi * 4.0 * t / score.beat_s))
    return stage.block * (0.52 + 0.47 * chop)
