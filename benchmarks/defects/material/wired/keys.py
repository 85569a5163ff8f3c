"""Electric keys: tonewheels through a turning horn, a reed piano, FM tines, a string machine."""

from __future__ import annotations

import numpy as np

from benchmarks.defects.material.shaping import coupled, cycled, miked, partials, table
from benchmarks.defects.material.tools import (
    Mono,
    Rng,
    Score,
    Stage,
    decay,
    faded,
    hz_of,
    passed,
    phase_of,
)
from bridge.audio import Block


def moved_delay(sound: Mono, late_frames: Mono) -> Mono:
    """A sound that arrives so many frames late, as it moves (cubic between frames)."""
    place = np.arange(len(sound)) - late_frames
    at = np.clip(np.floor(place).astype(np.int64), 1, len(sound) - 3)
    x = np.clip(place - at, 0.0, 1.0)
    before, here, after, next_one = (sound[at + each] for each in (-1, 0, 1, 2))
    slope, other = 0.5 * (after - before), 0.5 * (next_one - here)
    square, cube = x * x, x * x * x
    out: Mono = (
        here * (2 * cube - 3 * square + 1)
        + slope * (cube - 2 * square + x)
        + after * (3 * square - 2 * cube)
        + other * (cube - square)
    )
    return out * (place > 1)


def _horn(sound: Mono, rng: Rng, score: Score, rate_hz: int) -> Block:
    """A horn and a drum that turn, slowly in one half of a phrase and fast in the other."""
    frames = len(sound)
    t = np.arange(frames) / rate_hz
    fast = passed(
        (np.sin(2 * np.pi * t / (16 * score.beat_s)) > 0).astype(float), "lowpass", 0.5, rate_hz, 1
    )
    turns = phase_of(0.8 + 5.9 * fast, frames, rate_hz, float(rng.random()))
    low, high = passed(sound, "lowpass", 800.0, rate_hz), passed(sound, "highpass", 800.0, rate_hz)
    sides = []
    for ear in (0.0, 0.28):
        toward = np.cos(2 * np.pi * (turns + ear))
        horn = moved_delay(high, 0.0006 * rate_hz * (1.2 + toward)) * (1 + 0.45 * toward)
        drum = low * (1 + 0.2 * np.cos(2 * np.pi * (0.87 * turns - ear)))
        sides.append(horn + drum)
    return np.stack(sides)


def tonewheel(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Drawbars over wheels that never stop, keys that scratch, a driven valve, a turning horn."""
    frames = round(seconds * rate_hz)
    wheels: dict[int, Mono] = {}
    out: Mono = np.zeros(frames)
    drawn = ((-12, 0.8), (7, 0.5), (0, 1.0), (12, 0.7), (19, 0.25), (24, 0.3))
    half_s = score.beat_s / 2
    for step in range(int((seconds - 1.5) / half_s)):
        if rng.random() < 0.35:
            continue
        length = round(float(rng.choice([0.4, 0.9, 1.9])) * half_s * rate_hz)
        start = round((step * half_s + float(rng.uniform(0.0, 0.01))) * rate_hz)
        stop = min(start + length, frames)
        key = faded(np.ones(stop - start), rate_hz, 0.0015, 0.004)
        for note in score.chord(step // 8):
            for semitones, size in drawn:
                wheel = note + 12 + semitones
                if wheel not in wheels:
                    wheels[wheel] = cycled(
                        phase_of(hz_of(wheel), frames, rate_hz, float(rng.random())),
                        table([1.0, 0.01]),
                    )
                out[start:stop] += 0.03 * size * key * wheels[wheel][start:stop]
        scratch = passed(rng.standard_normal(stop - start), "bandpass", (2000.0, 7000.0), rate_hz)
        out[start:stop] += 0.01 * faded(
            scratch * decay(stop - start, rate_hz, 0.002), rate_hz, 0.0008, 0.001
        )
    driven = np.tanh(1.5 * out + 0.1) - np.tanh(0.1)
    driven = passed(passed(driven, "highpass", 45.0, rate_hz), "lowpass", 6500.0, rate_hz, 1)
    return miked(_horn(driven, rng, score, rate_hz), rng, rate_hz, -79.0)


def reed_piano(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Steel reeds before a plate: they bark when hit hard; a tremolo that moves left and right."""
    stage = Stage(seconds, rate_hz)
    for step in range(int(2 * (seconds - 1.8) / score.beat_s)):
        if rng.random() < 0.4:
            continue
        hard = float(rng.uniform(0.3, 1.0))
        frames = int(float(rng.choice([0.5, 1.0, 2.0])) * score.beat_s * rate_hz)
        t = np.arange(frames) / rate_hz
        for note in score.chord(step // 8)[: int(rng.integers(1, 4))]:
            turns = phase_of(hz_of(note + 12), frames, rate_hz, 0.25)
            reed = hard * np.exp(-t / 0.9) * np.sin(2 * np.pi * turns)
            reed = reed + 0.08 * hard * np.exp(-t / 0.05) * np.sin(2 * np.pi * 6.3 * turns)
            plate = 1.0 / (1.0 - 0.62 * reed) - 1.0
            plate = plate * (1 - np.exp(-t / 0.0015))
            stage.add(faded(plate, rate_hz, 0.0, 0.06), step * score.beat_s / 2, 0.18)
    block = passed(stage.block, "highpass", 40.0, rate_hz)
    block = np.tanh(1.2 * passed(block, "lowpass", 5200.0, rate_hz, 1))
    moved = 0.35 * np.sin(2 * np.pi * 5.6 * np.arange(block.shape[1]) / rate_hz)
    both = np.asarray(block * np.stack([1 + moved, 1 - moved]))
    return miked(both, rng, rate_hz, -86.0)


def fm_tines(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Three pairs of operators a key, one of them 14 times the pitch; a chorus makes it wide."""
    stage = Stage(seconds, rate_hz)
    for step in range(int(2 * (seconds - 2.0) / score.beat_s)):
        if rng.random() < 0.45:
            continue
        frames = int(2.2 * score.beat_s * rate_hz)
        hard = float(rng.uniform(0.4, 1.0))
        for number, note in enumerate(score.chord(step // 8)):
            turns = phase_of(hz_of(note + 12), frames, rate_hz)
            body = np.sin(
                2 * np.pi * turns
                + 0.9 * hard * decay(frames, rate_hz, 0.7) * np.sin(2 * np.pi * turns)
            )
            tine = np.sin(
                2 * np.pi * 1.002 * turns
                + 0.55 * hard * decay(frames, rate_hz, 0.09) * np.sin(2 * np.pi * 14.0 * turns)
            )
            tone = body * decay(frames, rate_hz, 0.8) + tine * decay(frames, rate_hz, 0.5)
            stage.add(
                faded(tone, rate_hz, 0.001, 0.08),
                step * score.beat_s / 2 + 0.004 * number,
                0.09 * hard,
            )
    dry = stage.block[0]
    t = np.arange(len(dry)) / rate_hz
    sides = [
        dry + 0.7 * moved_delay(dry, rate_hz * (0.012 + 0.003 * np.sin(2 * np.pi * 0.7 * t + turn)))
        for turn in (0.0, 2.4)
    ]
    return coupled(np.stack(sides), rate_hz)


def string_machine(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Divided saws through three delay lines that sway slowly and quickly: an old ensemble."""
    stage = Stage(seconds, rate_hz)
    bar_s = 4 * score.beat_s
    for bar in range(int((seconds - 1.0) / bar_s) + 1):
        left_s = min(1.08 * bar_s, seconds - bar * bar_s - 0.5)
        if left_s < 1.0:
            break
        frames = int(left_s * rate_hz)
        for note in (*score.chord(bar), score.chord(bar)[0] + 24):
            for octave, size in ((0, 0.6), (12, 1.0)):
                hz = hz_of(note + octave)
                saws = cycled(
                    phase_of(hz, frames, rate_hz, float(rng.random())),
                    table(partials(hz, rate_hz, 1.0, 60), 0.4),
                )
                stage.add(faded(saws, rate_hz, 0.12, 0.35), bar * bar_s, 0.05 * size)
    dry = passed(
        passed(stage.block[0], "highpass", 180.0, rate_hz, 1), "lowpass", 6000.0, rate_hz, 1
    )
    t = np.arange(len(dry)) / rate_hz
    lines = []
    for line in range(3):
        turn = 2 * np.pi * line / 3
        sway = 0.0016 * np.sin(2 * np.pi * 0.62 * t + turn)
        sway = sway + 0.0003 * np.sin(2 * np.pi * 6.1 * t + turn)
        lines.append(moved_delay(dry, rate_hz * (0.007 + sway)))
    hiss = 1.5e-4 * rng.standard_normal((2, len(dry)))
    return np.stack([lines[0] + 0.6 * lines[1], lines[2] + 0.6 * lines[1]]) + hiss
