"""Reeds and lips: musette accordion, bagpipes, didgeridoo, harmonica, saxophone, trombone."""

from __future__ import annotations

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
    resonated,
    swept,
)
from bridge.audio import Block


def _three_reeds(rng: Rng, note: float, frames: int, rate_hz: int) -> Mono:
    """One reed in tune and one on either side of it: they beat."""
    cycle = table(partials(hz_of(note), rate_hz, 0.8, 34))
    out: Mono = np.zeros(frames)
    for cents in (-11.0, 0.0, 12.0):
        hz = hz_of(note + cents / 100 + float(rng.normal(0.0, 0.005)))
        out = out + cycled(phase_of(hz, frames, rate_hz, float(rng.random())), cycle)
    return out


def musette(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Three reeds a key over a waltz of bass and chord buttons; the bellows turn every two bars."""
    stage = Stage(seconds, rate_hz)
    place = 8
    for beat in range(int((seconds - 1.2) / score.beat_s)):
        chord = score.chord(beat // 6)
        short = int(0.42 * score.beat_s * rate_hz)
        for note in (chord[0] - 12,) if beat % 3 == 0 else (c for c in chord):
            reed = faded(_three_reeds(rng, note, short, rate_hz), rate_hz, 0.014, 0.03)
            stage.add(reed, beat * score.beat_s, 0.05, -0.5)
        for half in range(2 if rng.random() < 0.6 else 1):
            place = int(np.clip(place + rng.integers(-2, 3), 5, 14))
            at = (beat + half / 2) * score.beat_s
            frames = int(0.47 * score.beat_s * rate_hz)
            reed = faded(_three_reeds(rng, score.note(place), frames, rate_hz), rate_hz, 0.01, 0.03)
            stage.add(reed, at, 0.08, 0.4)
    t = np.arange(stage.block.shape[1]) / rate_hz
    turn = np.abs(np.sin(np.pi * t / (6 * score.beat_s))) ** 0.25
    return miked(hall(stage.block * turn, rng, rate_hz, 0.7, 0.25), rng, rate_hz, -78.0)


def bagpipes(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Three drones that are struck in and a chanter that never stops; grace notes part notes."""
    frames = round(seconds * rate_hz)
    t = np.arange(frames) / rate_hz
    held = np.clip(t / 0.7, 0, 1) * np.clip((seconds - 0.8 - t) / 0.6, 0, 1)
    bag = 2 ** (-(1 - held) * 1.5 / 12) * (1 + 0.0006 * np.sin(2 * np.pi * 0.4 * t))
    root = score.root + 12
    stage = Stage(seconds, rate_hz)
    for down, cents, pan in ((12, 0.0, -0.5), (0, 2.5, -0.1), (0, -3.0, 0.3)):
        hz = hz_of(root - down + cents / 100)
        cycle = table(partials(hz, rate_hz, 1.0, 40))
        drone = cycled(phase_of(hz * bag, frames, rate_hz, float(rng.random())), cycle)
        stage.add(drone * np.sqrt(held), 0.0, 0.12, pan)
    scale, values, starts = (-2, 0, 2, 3, 5, 7, 8, 10, 12), [0.0], [0.0]
    at, place = 1.0, 4
    while at < seconds - 1.5:
        if rng.random() < 0.6:
            values.append(float(rng.choice([7.0, 5.0, 12.0])))
            starts.append(at - 0.045)
        place = int(np.clip(place + rng.integers(-2, 3), 0, 8))
        values.append(float(scale[place]))
        starts.append(at)
        at += float(rng.choice([0.5, 0.5, 1.0])) * score.beat_s
    notes = glided(values, starts, frames, rate_hz, 0.004)
    sizes = partials(hz_of(root + 12), rate_hz, 0.35, 20)
    cycle = table(sizes * np.resize([1.0, 0.55, 0.8], len(sizes)))
    turns = phase_of(hz_of(root) * 2 ** (notes / 12) * bag, frames, rate_hz)
    chanter = passed(cycled(turns, cycle), "highpass", 350.0, rate_hz, 1)
    stage.add(chanter * np.sqrt(np.clip(held * 2 - 1, 0, 1)), 0.0, 0.3, 0.1)
    return miked(hall(stage.block, rng, rate_hz, 0.9, 0.3), rng, rate_hz, -76.0)


def didgeridoo(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Lips on a long tube without a pause: the tongue moves formants, a voice growls; mono."""
    frames = round(seconds * rate_hz)
    t = np.arange(frames) / rate_hz
    hz = hz_of(score.root - 14 + float(rng.uniform(-0.4, 0.4)))
    uneven = passed(rng.standard_normal(frames), "lowpass", 25.0, rate_hz) * 0.35
    lips = cycled(
        phase_of(hz * (1 + uneven * 0.02), frames, rate_hz), table(1.0 / np.arange(1, 60))
    )
    eighths = int(2 * seconds / score.beat_s) + 2
    starts = [0.5 * score.beat_s * each for each in range(eighths)]
    first = glided(rng.uniform(350, 750, eighths).tolist(), starts, frames, rate_hz, 0.12)
    second = glided(rng.uniform(1000, 2100, eighths).tolist(), starts, frames, rate_hz, 0.12)
    growl = glided((rng.random(eighths) < 0.2).astype(float).tolist(), starts, frames, rate_hz, 0.1)
    lips = lips * (1 + 0.8 * growl * np.sin(2 * np.pi * phase_of(hz * 1.5, frames, rate_hz)))
    mouth = moved_formants(lips, (first, second), (90.0, 140.0), (2.0, 1.4), rate_hz)
    low = passed(lips, "lowpass", 220.0, rate_hz, 1)
    beat = 0.75 + 0.25 * np.cos(2 * np.pi * t / score.beat_s) ** 3
    air = passed(rng.standard_normal(frames), "bandpass", (500.0, 4000.0), rate_hz, 1)
    tone = (normed(low) + 0.6 * normed(mouth)) * beat + 0.008 * air * (2 - beat)
    shape = np.clip(t / 0.25, 0, 1) * np.clip((seconds - 0.7 - t) / 0.5, 0, 1)
    return miked(0.4 * (tone * shape)[None], rng, rate_hz, -77.0)


def harmonica(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Two reeds at a time, bent down and let go, hands that open and close; a breath between."""
    stage, at, place = Stage(seconds, rate_hz), 0.4, 7
    while at < seconds - 2.2:
        for _ in range(int(rng.integers(3, 7))):
            length_s = float(rng.choice([0.5, 1.0, 1.5])) * score.beat_s
            frames = int(0.95 * length_s * rate_hz)
            t = np.arange(frames) / rate_hz
            place = int(np.clip(place + rng.integers(-3, 4), 3, 13))
            bend = -float(rng.choice([0.0, 0.0, 1.2])) * np.exp(-(((t - 0.08) / 0.09) ** 2))
            both: Mono = np.zeros(frames)
            for number, size in ((place, 1.0), (place + 2, 0.45)):
                hz = hz_of(score.note(number) + 12)
                cycle = table(partials(hz, rate_hz, 0.9, 26), 1.3)
                both = both + size * cycled(phase_of(hz * 2 ** (bend / 12), frames, rate_hz), cycle)
            hands = 2600 + 2000 * np.sin(2 * np.pi * float(rng.uniform(4.5, 6.0)) * t)
            air = 0.02 * passed(rng.standard_normal(frames), "bandpass", (1500.0, 9000.0), rate_hz)
            blown = swept(both, hands, rate_hz, 64) + air
            stage.add(faded(blown, rate_hz, 0.025, 0.05), at, 0.2, -0.05)
            at += length_s
            if at > seconds - 2.0:
                break
        at += float(rng.uniform(0.4, 1.0))
    return miked(hall(stage.block, rng, rate_hz, 0.5, 0.2), rng, rate_hz, -80.0)


def _brightening(hz: Mono, loud: Mono, falls: tuple[float, float], rate_hz: int) -> Mono:
    """Two spectra of one pitch: the brighter comes in as it gets louder."""
    turns = phase_of(hz, len(hz), rate_hz)
    top = float(hz.max())
    dark, bright = (cycled(turns, table(partials(top, rate_hz, fall, 45))) for fall in falls)
    out: Mono = loud * ((1 - loud**2) * dark + loud**2 * bright)
    return out


def saxophone(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Phrases with scoops, late vibrato and growl; air and a reed's buzz; close by, mono."""
    stage, at, place = Stage(seconds, rate_hz), 0.4, 6
    while at < seconds - 2.5:
        for _ in range(int(rng.integers(3, 8))):
            length_s = float(rng.choice([0.25, 0.5, 0.5, 1.0, 2.0])) * score.beat_s
            frames = int(0.97 * length_s * rate_hz)
            t = np.arange(frames) / rate_hz
            place = int(np.clip(place + rng.integers(-2, 3), 2, 12))
            scoop = -0.9 * np.exp(-t / 0.035)
            sway = 0.25 * np.sin(2 * np.pi * 5.1 * t) * np.clip((t - 0.35) / 0.3, 0, 1)
            loud = float(rng.uniform(0.5, 1.0)) * (0.75 + 0.25 * np.exp(-t / 0.3))
            loud = faded(loud * np.ones(frames), rate_hz, 0.03, 0.04)
            tone = _brightening(
                hz_of(score.note(place)) * 2 ** ((scoop + sway) / 12), loud, (1.7, 0.7), rate_hz
            )
            if rng.random() < 0.25:
                tone = tone * (1 + 0.4 * np.sin(2 * np.pi * 95.0 * t))
            horn = 0.5 * tone + 0.7 * resonated(tone, 850.0, 400.0, rate_hz)
            air = passed(rng.standard_normal(frames), "bandpass", (1200.0, 8000.0), rate_hz, 1)
            stage.add(horn + 0.012 * loud * air, at, 0.4)
            at += length_s
            if at > seconds - 2.2:
                break
        at += float(rng.uniform(0.5, 1.4))
    return miked(stage.block[:1], rng, rate_hz, -82.0)


def trombone(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """A slide goes from note to note while the lips hold on; brighter where it is blown harder."""
    stage, at, step = Stage(seconds, rate_hz), 0.3, 0
    while at < seconds - 4.0:
        count = int(rng.integers(2, 5))
        lengths = [float(rng.choice([1.0, 1.0, 2.0])) * score.beat_s for _ in range(count)]
        lengths = [min(each, 1.2) for each in lengths]
        starts = np.concatenate(([0.0], np.cumsum(lengths)[:-1])).tolist()
        notes = [float(score.chord((step + n) // 4)[int(rng.integers(3))]) for n in range(count)]
        frames = int(sum(lengths) * rate_hz)
        t = np.arange(frames) / rate_hz
        pitch = glided(notes, starts, frames, rate_hz, float(rng.uniform(0.05, 0.18)))
        pitch = pitch + 0.15 * np.sin(2 * np.pi * 4.9 * t) * np.clip((t - 0.5) / 0.5, 0, 1)
        loud = glided(rng.uniform(0.45, 1.0, count).tolist(), starts, frames, rate_hz, 0.1)
        tongue = 1.0 - 0.5 * np.sum([np.exp(-(((t - s) / 0.02) ** 2)) for s in starts], axis=0)
        loud = faded(loud * np.clip(tongue, 0.1, 1.0), rate_hz, 0.035, 0.07)
        tone = _brightening(440.0 * 2 ** ((pitch - 69) / 12), loud, (2.0, 0.75), rate_hz)
        stage.add(tone, at, 0.4, 0.15)
        at, step = at + sum(lengths) + float(rng.uniform(0.3, 1.0)), step + count
    return miked(hall(stage.block, rng, rate_hz, 1.3, 0.35), rng, rate_hz, -82.0)
