"""Strings through boxes: lead with amplifier and cabinet, funk, phaser, pedal steel, bass."""

from __future__ import annotations

import numpy as np
from scipy import signal

from benchmarks.defects.material.shaping import (
    blow,
    coupled,
    cycled,
    glided,
    hall,
    miked,
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
    swept,
)
from bridge.audio import Block


def _cabinet(sound: Mono, rate_hz: int) -> Mono:
    """A twelve-inch cone in a box before a microphone: a thump, a dip, a rise, a steep fall."""
    out = passed(passed(sound, "highpass", 85.0, rate_hz), "lowpass", 5200.0, rate_hz, 3)
    rise = passed(sound, "bandpass", (2200.0, 4200.0), rate_hz, 1)
    dip = passed(out, "bandpass", (350.0, 520.0), rate_hz, 1)
    return np.asarray(out + 0.5 * rise - 0.4 * dip)


def _driven(sound: Mono, drive: float, rate_hz: int) -> Mono:
    """A lopsided valve at four times the rate, so that what it adds does not fold back."""
    fine = signal.resample_poly(sound, 4, 1)
    bent = np.tanh(drive * fine) + 0.15 * np.tanh(drive * fine - 0.4)
    valve: Mono = signal.resample_poly(bent, 1, 4)[: len(sound)]
    return passed(valve, "highpass", 60.0, rate_hz, 1)


def lead_guitar(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Bends, hammered notes and late vibrato, hot into a valve, a cabinet, a delay in eighths."""
    frames = round(seconds * rate_hz)
    dry: Mono = np.zeros(frames)
    at, place = 0.3, 8
    while at < seconds - 3.5:
        count = int(rng.integers(1, 6))
        lengths = [float(rng.choice([0.25, 0.5, 1.0, 2.0])) * score.beat_s for _ in range(count)]
        lengths = [min(each, 1.4) for each in lengths]
        starts = np.concatenate(([0.0], np.cumsum(lengths)[:-1])).tolist()
        notes = []
        for _ in range(count):
            place = int(np.clip(place + rng.integers(-2, 3), 4, 14))
            notes.append(float(score.note(place) + 12))
        long = round(sum(lengths) * rate_hz)
        t = np.arange(long) / rate_hz
        pitch = glided(notes, starts, long, rate_hz, float(rng.choice([0.008, 0.09])))
        since = t - np.asarray(starts)[np.searchsorted(starts, t, "right") - 1]
        pitch = pitch + 0.3 * np.sin(2 * np.pi * 5.7 * t) * np.clip((since - 0.3) / 0.3, 0, 1)
        turns = phase_of(440.0 * 2 ** ((pitch - 69) / 12), long, rate_hz)
        hz = hz_of(max(notes))
        picked = cycled(turns, table(partials(hz, rate_hz, 1.1, 30))) * np.exp(-since / 1.6)
        pick = passed(rng.standard_normal(long), "bandpass", (1500.0, 5000.0), rate_hz)
        picked = faded(picked + 0.06 * pick * np.exp(-since / 0.004), rate_hz, 0.002, 0.06)
        begin = round(at * rate_hz)
        dry[begin : begin + long] += picked[: frames - begin]
        at += sum(lengths) + float(rng.choice([0.5, 1.0, 2.0])) * score.beat_s
    hiss = 2e-4 * rng.standard_normal(frames)
    amp = _cabinet(_driven(dry + 0.3 * hiss, 5.0, rate_hz), rate_hz)
    late = round(0.75 * score.beat_s * rate_hz)
    sides = [amp.copy(), amp.copy()]
    for number in range(1, 4):
        echo = passed(amp, "lowpass", 3500.0 / number, rate_hz, 1) * 0.35**number
        if number * late < frames:
            sides[number % 2][number * late :] += echo[: frames - number * late]
    return miked(hall(np.stack(sides), rng, rate_hz, 0.5, 0.12), rng, rate_hz, -80.0)


def funk_guitar(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Sixteenths on damped strings with chords let ring between, through a wah that follows."""
    stage = Stage(seconds, rate_hz)
    for step in range(int(4 * (seconds - 1.0) / score.beat_s)):
        ringing = rng.random() < 0.3
        if rng.random() < 0.15:
            continue
        frames = int((0.22 if ringing else 0.05) * score.beat_s * 2 * rate_hz)
        for number, note in enumerate((*score.chord(step // 16), score.chord(step // 16)[0] + 12)):
            force = passed(
                rng.standard_normal(frames) * decay(frames, rate_hz, 0.0007),
                "lowpass",
                6000.0,
                rate_hz,
            )
            hz = hz_of(note + 12)
            tone = stiff_string(force, hz, rate_hz, 0.992 if ringing else 0.6, 0.25, 0.1)
            tone = normed(passed(tone, "highpass", 140.0, rate_hz))
            level = 0.1 * (1.0 if ringing else 0.4)
            at = score.step_s(step) + 0.004 * (number if step % 2 == 0 else 3 - number)
            stage.add(faded(tone, rate_hz, 0.0005, 0.012), at, level)
    dry = stage.block[0]
    heard = passed(np.abs(dry), "lowpass", 4.0, rate_hz, 1)
    corner = 500.0 + 2200.0 * np.clip(heard / max(float(heard.max()), 1e-9), 0, 1)
    wah = swept(dry, 2.2 * corner, rate_hz, 64) - 0.8 * swept(dry, 0.7 * corner, rate_hz, 64)
    amp = np.tanh(1.6 * normed(wah + 0.2 * dry)) * 0.5
    out = hall(_cabinet(amp, rate_hz)[None], rng, rate_hz, 0.35, 0.15)
    return out + 4e-5 * rng.standard_normal(out.shape)


def phased_guitar(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Clean broken chords through four all-passes a side that sweep against each other."""
    stage = Stage(seconds, rate_hz)
    order = (0, 2, 4, 1, 3, 2, 4, 1)
    rung: dict[float, Mono] = {}
    for step in range(int(2 * (seconds - 2.0) / score.beat_s)):
        chord = score.chord(step // 8)
        strings = (*chord, chord[0] + 12, chord[1] + 12)
        frames = int(2.0 * score.beat_s * rate_hz)
        hz = hz_of(strings[order[step % 8]] + 12)
        force = blow(frames, rate_hz, float(rng.uniform(0.0007, 0.001)))
        late = round(0.14 * rate_hz / hz)
        force[late:] = force[late:] - force[:-late]
        if hz not in rung:
            one = np.zeros(frames)
            one[0] = 1.0
            rung[hz] = stiff_string(one, hz, rate_hz, 0.995, 0.3, 0.12)
        tone = signal.oaconvolve(force, rung[hz])[:frames]
        tone = passed(tone, "highpass", 90.0, rate_hz)
        stage.add(faded(normed(tone), rate_hz, 0.0, 0.1), step * score.beat_s / 2, 0.2)
    dry = passed(stage.block[0], "lowpass", 7500.0, rate_hz, 1)
    t = np.arange(len(dry)) / rate_hz
    sides = []
    for turn in (0.0, np.pi):
        corner = 500.0 * 2 ** (1.4 * np.sin(2 * np.pi * 0.35 * t + turn))
        sides.append(dry + 0.8 * _four_all_passed(dry, corner, rate_hz))
    out = hall(np.stack(sides), rng, rate_hz, 0.9, 0.2)
    return out + 3e-5 * rng.standard_normal(out.shape)


def _four_all_passed(sound: Mono, corner_hz: Mono, rate_hz: int) -> Mono:
    """Through four all-passes in a row whose corner moves every 1.5 ms."""
    hop = round(0.0015 * rate_hz)
    out, state = np.empty_like(sound), np.zeros((4, 2))
    for at in range(0, len(sound), hop):
        turn = np.tan(np.pi * float(corner_hz[at]) / rate_hz)
        a = (turn - 1) / (turn + 1)
        four = np.array([[a, 1.0, 0.0, 1.0, a, 0.0]] * 4)
        out[at : at + hop], state = signal.sosfilt(four, sound[at : at + hop], zi=state)
    return out


def pedal_steel(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Two strings under a bar, swelled in with the foot, slid up into the chord, in a plate."""
    stage, at, step = Stage(seconds, rate_hz), 0.3, 0
    while at < seconds - 4.0:
        length_s = min(float(rng.choice([2.0, 3.0, 4.0])) * score.beat_s, 3.0)
        frames = int(length_s * rate_hz)
        t = np.arange(frames) / rate_hz
        chord = score.chord(step // 2)
        bar = -float(rng.choice([0.0, 2.0, 1.0])) * (
            0.5 + 0.5 * np.cos(np.pi * np.clip(t / 0.35, 0, 1))
        )
        shake = 0.18 * np.sin(2 * np.pi * 5.2 * t) * np.clip((t - 0.6) / 0.4, 0, 1)
        swell = np.clip(t / 0.4, 0, 1) ** 1.5 * np.exp(-t / 3.5)
        for note in (chord[step % 3] + 12, chord[(step + 1) % 3] + 24):
            hz = hz_of(note) * 2 ** ((bar + shake) / 12)
            turns = phase_of(hz, frames, rate_hz, float(rng.random()))
            dark, bright = (
                cycled(turns, table(partials(float(hz.max()), rate_hz, fall, 30)))
                for fall in (2.2, 1.1)
            )
            tone = dark + bright * np.exp(-t / 0.5)
            stage.add(faded(tone * swell, rate_hz, 0.01, 0.25), at, 0.15, 0.1)
        at, step = at + 0.95 * length_s, step + 1
    return miked(hall(stage.block, rng, rate_hz, 1.8, 0.35), rng, rate_hz, -82.0)


def picked_bass(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Eighths with a plectrum near the bridge, compressed, straight into the desk; mono."""
    stage = Stage(seconds, rate_hz)
    for step in range(int(2 * (seconds - 1.2) / score.beat_s)):
        if rng.random() < 0.08:
            continue
        note = score.chord(step // 8)[0 if step % 8 < 6 else int(rng.integers(3))] - 12
        hz = hz_of(note)
        frames = int((0.3 if rng.random() < 0.15 else 0.48) * score.beat_s * rate_hz)
        force = blow(frames, rate_hz, 0.0005)
        late = round(0.1 * rate_hz / hz)
        force[late:] = force[late:] - force[:-late]
        tone = stiff_string(force, hz, rate_hz, 0.994, 0.3, 0.3)
        tone = normed(passed(tone, "highpass", 35.0, rate_hz))
        stage.add(
            faded(tone, rate_hz, 0.0, 0.015),
            step * score.beat_s / 2,
            float(rng.uniform(0.25, 0.45)),
        )
    dry = stage.block[:1]
    heard = np.sqrt(passed(dry**2, "lowpass", 3.0, rate_hz, 1).clip(0.0)) + 0.03
    squeezed: Block = dry * (heard / 0.1) ** -0.5
    out = passed(squeezed, "lowpass", 6000.0, rate_hz, 1)
    return coupled(out, rate_hz) + 2e-5 * rng.standard_normal(out.shape)
