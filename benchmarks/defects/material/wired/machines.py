"""Machines and effects: gated kit, toms, dub chords, pumped pad, turned cymbals and others."""

from __future__ import annotations

import numpy as np

from benchmarks.defects.material.shaping import (
    blow,
    coupled,
    cycled,
    hall,
    modal,
    partials,
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
    saw,
    swept,
)
from bridge.audio import Block


def gated_kit(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Kick and a snare whose big room is cut after a fifth of a second, hats from the air."""
    stage, wet = Stage(seconds, rate_hz), Stage(seconds, rate_hz)
    for step in range(int(2 * (seconds - 1.5) / score.beat_s)):
        at = step * score.beat_s / 2
        frames = int(0.45 * rate_hz)
        if step % 4 == 0 or rng.random() < 0.12:
            turns = phase_of(48 + 130 * decay(frames, rate_hz, 0.018), frames, rate_hz)
            kick = np.sin(2 * np.pi * turns) * decay(frames, rate_hz, 0.11)
            beater = 0.3 * normed(
                modal(blow(frames, rate_hz, 0.001), ((2600.0, 0.004, 1.0),), rate_hz)
            )
            stage.add(faded(kick + beater, rate_hz, 0.001, 0.1), at, 0.5)
        if step % 4 == 2:
            shell = modal(
                blow(frames, rate_hz, 0.001),
                ((188.0, 0.06, 1.0), (331.0, 0.04, 0.6), (520.0, 0.02, 0.4)),
                rate_hz,
            )
            wires = passed(rng.standard_normal(frames), "highpass", 1800.0, rate_hz, 1)
            snare = normed(shell) + 0.45 * wires * decay(frames, rate_hz, 0.06)
            stage.add(faded(snare, rate_hz, 0.0006, 0.1), at, 0.3, 0.05)
            long = round(min(0.22, 0.8 * score.beat_s) * rate_hz)
            burst = passed(rng.standard_normal((2, long)), "bandpass", (250.0, 7000.0), rate_hz, 1)
            gate = faded(np.ones(long), rate_hz, 0.012, 0.018)
            wet.add(burst * gate * (1 - 0.3 * np.arange(long) / long), at + 0.01, 0.09)
        hat = passed(rng.standard_normal(frames), "highpass", 6500.0, rate_hz)
        stage.add(
            faded(hat * decay(frames, rate_hz, 0.03), rate_hz, 0.0008, 0.05),
            at,
            float(rng.uniform(0.03, 0.07)),
            -0.3,
        )
    return coupled(stage.block + wet.block, rate_hz)


def electronic_toms(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Pads of hexagons: a falling triangle, a breath of noise, fills from high to low."""
    stage = Stage(seconds, rate_hz)
    for step in range(int(4 * (seconds - 1.4) / score.beat_s)):
        filling = step // 16 % 2 == 1 and step % 16 >= 8
        if not filling and rng.random() < 0.85:
            continue
        frames = int(0.8 * rate_hz)
        top = (330.0, 260.0, 200.0, 150.0)[(step // 2) % 4]
        hz = top * (0.45 + 0.9 * decay(frames, rate_hz, 0.1))
        odd = [1 / k**2 if k % 2 else 0.0 for k in range(1, 12)]
        tone = cycled(phase_of(hz, frames, rate_hz), table(odd, 0.0)) * decay(frames, rate_hz, 0.16)
        noise = passed(rng.standard_normal(frames), "bandpass", (800.0, 6000.0), rate_hz, 1)
        sound = tone + 0.2 * noise * decay(frames, rate_hz, 0.04)
        stage.add(
            faded(sound, rate_hz, 0.0012, 0.1),
            score.step_s(step),
            float(rng.uniform(0.2, 0.35)),
            0.25 * (1.5 - (step // 2) % 4) * 2,
        )
    return coupled(hall(stage.block, rng, rate_hz, 0.8, 0.15), rate_hz)


def dub_chords(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Stabs of a minor chord off the beat, into a delay that darkens with every turn."""
    frames = round(seconds * rate_hz)
    dry: Mono = np.zeros(frames)
    for beat in range(int((seconds - 4.0) / score.beat_s)):
        if rng.random() < 0.5:
            continue
        long = int(0.3 * score.beat_s * rate_hz) + 1
        chord: Mono = np.zeros(long)
        for note in score.chord(beat // 4):
            chord += saw(phase_of(hz_of(note + 12), long, rate_hz, float(rng.random())))
        corner = 400.0 + float(rng.uniform(800, 2600)) * decay(long, rate_hz, 0.08)
        stab = faded(
            passed(swept(chord, corner, rate_hz, 64), "highpass", 90.0, rate_hz),
            rate_hz,
            0.004,
            0.05,
        )
        at = round((beat + 0.5) * score.beat_s * rate_hz)
        dry[at : at + long] += 0.2 * stab[: frames - at]
    late = round(0.75 * score.beat_s * rate_hz)
    sides = [dry.copy(), dry.copy()]
    echo = dry
    for number in range(1, 9):
        echo = passed(passed(echo, "lowpass", 2400.0, rate_hz, 1), "highpass", 160.0, rate_hz, 1)
        echo = 0.68 * np.pad(echo, (late, 0))[:frames]
        sides[number % 2] = sides[number % 2] + echo
        sides[1 - number % 2] = sides[1 - number % 2] + 0.3 * echo
    out = hall(np.stack(sides), rng, rate_hz, 1.5, 0.2)
    return out + 5e-5 * rng.standard_normal(out.shape)


def pumped_pad(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """A wide pad that a kick, which is not heard, pushes down on every beat."""
    stage = Stage(seconds, rate_hz)
    bar_s = 4 * score.beat_s
    for bar in range(int((seconds - 1.0) / bar_s) + 1):
        left_s = min(1.1 * bar_s, seconds - bar * bar_s - 0.5)
        if left_s < 1.0:
            break
        frames = int(left_s * rate_hz)
        for note in (*score.chord(bar), score.chord(bar)[0] + 12):
            for pan in (-0.8, 0.8):
                hz = hz_of(note + 12 + float(rng.normal(0.0, 0.07)))
                wave = cycled(
                    phase_of(hz, frames, rate_hz, float(rng.random())),
                    table(partials(hz, rate_hz, 1.25, 50)),
                )
                stage.add(faded(wave, rate_hz, 0.2, 0.4), bar * bar_s, 0.06, pan)
    t = np.arange(stage.block.shape[1]) / rate_hz
    since = t % score.beat_s
    down = np.exp(-since / (0.25 * score.beat_s)) * (1 - np.exp(-since / 0.004))
    down = passed(1 - 0.85 * down, "lowpass", 90.0, rate_hz, 1)
    return hall(stage.block, rng, rate_hz, 1.6, 0.3) * np.clip(down, 0, 1)


def turned_cymbal(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """A crash played backwards into the bar, let go within a few milliseconds; impacts answer."""
    stage = Stage(seconds, rate_hz)
    bar_s = 4 * score.beat_s
    for bar in range(1, int((seconds - 2.5) / bar_s) + 1):
        long = min(1.9, 0.8 * bar_s)
        frames = int(long * rate_hz)
        for pan in (-0.5, 0.5):
            noise = rng.standard_normal(frames)
            metal = passed(noise, "highpass", 2800.0, rate_hz, 1)
            metal = metal + modal(
                noise, [(float(each), 0.02, 0.08) for each in rng.uniform(600, 9000, 9)], rate_hz
            )
            fall = 0.7 * decay(frames, rate_hz, 0.5) + 0.3 * decay(frames, rate_hz, 0.08)
            turned = normed((metal * fall)[::-1])
            stage.add(faded(turned, rate_hz, 0.1, 0.006), bar * bar_s - long, 0.25, pan)
        frames = int(1.6 * rate_hz)
        boom = np.sin(2 * np.pi * phase_of(38 + 50 * decay(frames, rate_hz, 0.1), frames, rate_hz))
        boom = boom * decay(frames, rate_hz, 0.4)
        stage.add(faded(boom, rate_hz, 0.004, 0.4), bar * bar_s, 0.3)
    return coupled(hall(stage.block, rng, rate_hz, 2.2, 0.25), rate_hz)


def endless_riser(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Octaves that climb and are heard only midway: a rise without an end, a slow breath in it."""
    frames = round(seconds * rate_hz)
    t = np.arange(frames) / rate_hz
    sides = []
    for side in (0.0, 0.37):
        total: Mono = np.zeros(frames)
        for octave in range(7):
            place = (octave + t / (16 * score.beat_s) + 0.02 * side) % 7.0
            turns = phase_of(hz_of(score.root - 24) * 2**place, frames, rate_hz, side * octave)
            total += np.sin(2 * np.pi * turns) * np.exp(-(((place - 3.5) / 1.3) ** 2))
        air = passed(rng.standard_normal(frames), "bandpass", (2000.0, 9000.0), rate_hz, 1)
        total += 0.1 * air * (0.5 - 0.5 * np.cos(2 * np.pi * t / (8 * score.beat_s)))
        sides.append(faded(total, rate_hz, 2.0, 2.5))
    return coupled(hall(np.stack(sides), rng, rate_hz, 1.2, 0.2), rate_hz)


def stretched(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """A bell chord stretched: windows of its spectrum, phases drawn anew, laid over each other."""
    frames, size = round(seconds * rate_hz), 16384
    chords: list[Mono] = []
    for bar in range(4):
        t = np.arange(size) / rate_hz
        bells: Mono = np.zeros(size)
        for note in score.chord(bar):
            for ratio, loud in (
                (1, 1.0),
                (2.01, 0.5),
                (2.76, 0.4),
                (5.4, 0.2),
                (8.9, 0.1),
                (13.3, 0.05),
                (18.6, 0.02),
            ):
                bells += loud * np.sin(2 * np.pi * hz_of(note + 12) * ratio * t)
        chords.append(np.abs(np.fft.rfft(bells * np.hanning(size))))
    window = np.sin(np.pi * (np.arange(size) + 0.5) / size)
    sides = []
    for _ in range(2):
        out: Mono = np.zeros(frames + size)
        for at in range(0, frames - size, size // 4):
            place = at / rate_hz / (8 * score.beat_s)
            one, other = chords[int(place) % 4], chords[(int(place) + 1) % 4]
            blend = np.clip((place % 1.0 - 0.7) / 0.3, 0, 1)
            sizes = (1 - blend) * one + blend * other
            turned = sizes * np.exp(2j * np.pi * rng.random(len(sizes)))
            turned[0] = turned[-1] = 0.0
            out[at : at + size] += window * np.fft.irfft(turned)
        sides.append(out[:frames])
    return np.asarray(passed(np.stack(sides), "highpass", 40.0, rate_hz))


def ping_pong(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Short plucks of a filter that snaps shut; their echoes go from side to side."""
    stage = Stage(seconds, rate_hz)
    pattern = rng.integers(0, 3, 8)
    for step in range(int(4 * (seconds - 3.0) / score.beat_s)):
        if rng.random() < 0.45:
            continue
        frames = int(0.35 * rate_hz)
        note = score.chord(step // 16)[int(pattern[step % 8])] + 24
        wave = saw(phase_of(hz_of(note), frames, rate_hz, 0.5))
        tone = swept(wave, 250.0 + 6000.0 * decay(frames, rate_hz, 0.035), rate_hz, 64)
        tone = passed(tone * decay(frames, rate_hz, 0.12), "highpass", 80.0, rate_hz)
        for echo in range(5):
            at = score.step_s(step) + echo * 0.75 * score.beat_s
            stage.add(
                faded(tone, rate_hz, 0.0015, 0.05),
                at,
                0.25 * 0.55**echo,
                0.0 if echo == 0 else (-0.8, 0.8)[echo % 2],
            )
    return coupled(stage.block, rate_hz)
