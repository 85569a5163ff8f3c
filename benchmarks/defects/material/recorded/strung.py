"""Strings as waveguides and friction: upright bass, koto, hammered dulcimer, fiddle."""

from __future__ import annotations

import numpy as np
from scipy import signal

from benchmarks.defects.material.shaping import (
    blow,
    cycled,
    hall,
    miked,
    modal,
    partials,
    stiff_string,
    table,
)
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
)
from bridge.audio import Block

_BASS_BODY = ((62.0, 0.05, 0.5), (98.0, 0.04, 1.0), (210.0, 0.02, 0.6), (480.0, 0.008, 0.3))
_FIDDLE_BODY = (
    (276.0, 0.012, 0.7), (412.0, 0.014, 0.8), (475.0, 0.011, 1.0), (553.0, 0.012, 0.9),
    (840.0, 0.006, 0.4), (1130.0, 0.005, 0.5), (1620.0, 0.004, 0.4), (2350.0, 0.002, 0.7),
    (2890.0, 0.002, 0.6), (3900.0, 0.001, 0.3), (5400.0, 0.0008, 0.15),
)  # fmt: skip


def _plucked_force(
    rng: Rng, frames: int, period: float, point: float, soft_hz: float, rate_hz: int
) -> Mono:
    """A finger's pull at a point of the string: itself, and turned round from the near end."""
    pull = blow(frames, rate_hz, 0.0012)
    late = max(1, round(point * period))
    pull[late:] = pull[late:] - pull[:-late]
    grit = 0.02 * rng.standard_normal(frames) * decay(frames, rate_hz, 0.004)
    return passed(pull + grit * pull.max(), "lowpass", soft_hz, rate_hz, 1)


def upright(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """A double bass walks: a finger, a stiff string, a big body, now and then a dead note; mono."""
    stage = Stage(seconds, rate_hz)
    for beat in range(int((seconds - 1.6) / score.beat_s)):
        chord = score.chord(beat // 4)
        note = (chord[0], chord[1], chord[2], score.note(int(rng.integers(0, 7))))[beat % 4] - 12
        hz, dead = hz_of(note), rng.random() < 0.12
        frames = int((0.15 if dead else 1.15 * score.beat_s) * rate_hz)
        pull = _plucked_force(rng, frames, rate_hz / hz, 0.19, 1800.0, rate_hz)
        tone = stiff_string(pull, hz, rate_hz, 0.9 if dead else 0.991, 0.35, 0.35)
        wood = normed(tone) + 0.7 * normed(modal(tone, _BASS_BODY, rate_hz))
        level = float(rng.uniform(0.3, 0.42)) * (0.6 if dead else 1.0)
        stage.add(
            faded(wood, rate_hz, 0.0, 0.05),
            beat * score.beat_s + float(rng.uniform(0, 0.015)),
            level,
        )
    return miked(stage.block[:1], rng, rate_hz, -79.0)


def koto(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Plectra on silk: pentatonic runs, pulls behind the bridge that bend a note up and back."""
    stage, at, place = Stage(seconds, rate_hz), 0.3, 6
    scale = (0, 2, 3, 7, 8)
    while at < seconds - 2.5:
        place = int(np.clip(place + rng.integers(-3, 4), 0, 14))
        note = score.root + 12 + 12 * (place // 5) + scale[place % 5]
        frames = int(min(2.2, 3 * score.beat_s) * rate_hz)
        t = np.arange(frames) / rate_hz
        press = float(rng.choice([0.0, 0.0, 1.0, 2.0])) * np.exp(-(((t - 0.35) / 0.15) ** 2))
        hz = hz_of(note)
        turns = phase_of(hz * 2 ** (press / 12), frames, rate_hz, 0.0)
        tone: Mono = np.zeros(frames)
        for falls, seconds_left in ((0.5, 0.03), (1.0, 0.18), (1.8, 0.9)):
            sizes = partials(hz * 1.13, rate_hz, falls, 30)
            comb = np.abs(np.sin(np.pi * 0.12 * np.arange(1, len(sizes) + 1)))
            tone = tone + cycled(turns, table(sizes * comb)) * np.exp(-t / seconds_left)
        nail = passed(rng.standard_normal(frames), "bandpass", (1800.0, 6000.0), rate_hz)
        tone = tone + 0.08 * nail * decay(frames, rate_hz, 0.003)
        stage.add(
            faded(tone, rate_hz, 0.0006, 0.3), at, float(rng.uniform(0.1, 0.2)), 0.05 * (place - 7)
        )
        at += float(rng.choice([0.25, 0.5, 0.5, 1.0])) * score.beat_s
    return miked(hall(stage.block, rng, rate_hz, 0.9, 0.25), rng, rate_hz, -81.0)


def dulcimer(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Two light hammers on courses of two stiff strings that beat; rolls bounce and ring on."""
    stage, at = Stage(seconds, rate_hz), 0.2
    rung: dict[float, Mono] = {}
    one = np.zeros(int(1.4 * rate_hz))
    one[0] = 1.0
    while at < seconds - 2.4:
        note = score.chord(int(at / score.beat_s / 4))[int(rng.integers(3))] + 12
        note += 12 * int(rng.integers(0, 2))
        bounces = int(rng.choice([1, 1, 1, 6]))
        frames = int(1.4 * rate_hz)
        force: Mono = np.zeros(frames)
        for number in range(bounces):
            when = round(number * score.beat_s / 6 * rate_hz)
            if when < frames:
                size, touch_s = float(rng.uniform(0.6, 1.0)), float(rng.uniform(0.0009, 0.0014))
                force[when:] += size * blow(frames - when, rate_hz, touch_s)
        for cents, pan in ((-2.2, -0.4), (2.0, 0.4)):
            hz = hz_of(note + cents / 100)
            if hz not in rung:
                rung[hz] = stiff_string(one, hz, rate_hz, 0.9962, 0.18, 0.25)
            tone = signal.oaconvolve(force, rung[hz])[:frames]
            tone = passed(tone, "highpass", 120.0, rate_hz)
            stage.add(faded(normed(tone), rate_hz, 0.0, 0.4), at, 0.13, pan)
        at += max(1.0, bounces / 6) * score.beat_s * float(rng.choice([0.5, 0.5, 1.0]))
    return miked(hall(stage.block, rng, rate_hz, 1.1, 0.25), rng, rate_hz, -80.0)


def fiddle(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """A reel in eighths, a drone string under it: stick, slip, a body of eleven modes, rosin."""
    stage, at, place = Stage(seconds, rate_hz), 0.2, 7
    while at < seconds - 1.6:
        length_s = float(rng.choice([0.5, 0.5, 0.5, 1.0])) * score.beat_s
        frames = int(1.03 * length_s * rate_hz)
        t = np.arange(frames) / rate_hz
        place = int(np.clip(place + rng.integers(-2, 3), 4, 13))
        bowed: Mono = np.zeros(frames)
        for note, size in ((score.note(place) + 12, 1.0), (score.note(4) + 12, 0.4)):
            hz = hz_of(note + 0.04 * float(rng.normal()))
            uneven = passed(rng.standard_normal(frames), "lowpass", 90.0, rate_hz, 1)
            sway = 0.12 * np.sin(2 * np.pi * 5.8 * t) * np.clip((t - 0.25) / 0.2, 0, 1)
            turns = phase_of(hz * 2 ** ((sway + 0.25 * uneven) / 12), frames, rate_hz, 0.2)
            bowed = bowed + size * cycled(turns, table(partials(hz, rate_hz, 1.0, 50), 0.0))
        rosin = passed(rng.standard_normal(frames), "bandpass", (1800.0, 9000.0), rate_hz, 1)
        bow = 0.7 + 0.3 * np.sin(np.pi * t / t[-1])
        string = faded((bowed + 0.03 * rosin) * bow, rate_hz, 0.022, 0.03)
        body = normed(modal(string, _FIDDLE_BODY, rate_hz)) + 0.15 * string
        stage.add(faded(body, rate_hz, 0.0, 0.02), at, 0.3, -0.15)
        at += length_s
    return miked(hall(stage.block, rng, rate_hz, 0.6, 0.22), rng, rate_hz, -80.0)
