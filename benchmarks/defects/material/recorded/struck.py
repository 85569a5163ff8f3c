"""Struck and scraped: kalimba, bowls, congas, blocks, guiro, snare rolls, cymbals, music box."""

from __future__ import annotations

import numpy as np

from benchmarks.defects.material.shaping import blow, hall, miked, modal
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
    resonated,
)
from bridge.audio import Block


def kalimba(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Thumbs on tines: one long tone, two high short ones, rings of wire that buzz along."""
    stage = Stage(seconds, rate_hz)
    for step in range(int(4 * (seconds - 1.8) / score.beat_s)):
        if rng.random() < 0.5:
            continue
        hz = hz_of(score.chord(step // 16)[step % 3] + 12 + 12 * int(rng.integers(0, 2)))
        frames = int(1.3 * rate_hz)
        thumb = blow(frames, rate_hz, 0.0016)
        tine = modal(
            thumb, ((hz, 0.35, 1.0), (5.9 * hz, 0.04, 0.25), (13.5 * hz, 0.01, 0.1)), rate_hz
        )
        wire = passed(np.abs(tine) * tine, "highpass", 2500.0, rate_hz, 1)
        wire = wire * (1 + 0.5 * passed(rng.standard_normal(frames), "lowpass", 200.0, rate_hz))
        knock = modal(thumb, ((180.0, 0.02, 0.3), (330.0, 0.012, 0.2)), rate_hz)
        stage.add(
            faded(normed(tine) + 0.6 * wire + knock, rate_hz, 0.0, 0.3),
            score.step_s(step),
            float(rng.uniform(0.12, 0.25)),
            float(rng.uniform(-0.3, 0.3)),
        )
    return miked(hall(stage.block, rng, rate_hz, 0.4, 0.2), rng, rate_hz, -80.0)


def singing_bowls(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Bronze bowls: every mode is two that lie a beat apart; struck softly, some rubbed."""
    stage, at = Stage(seconds, rate_hz), 0.2
    while at < seconds - 6.0:
        hz = hz_of(score.chord(int(at / score.beat_s / 8))[int(rng.integers(3))])
        frames = int(min(7.0, seconds - at - 0.5) * rate_hz)
        force = 30 * blow(frames, rate_hz, 0.005)
        if rng.random() < 0.5:
            rub = rng.standard_normal(frames) * np.sin(np.pi * np.arange(frames) / frames) ** 2
            force = force * 0.2 + 0.01 * passed(rub, "lowpass", 3000.0, rate_hz)
        for side, pan in ((0.0, -0.5), (0.4, 0.5)):
            modes = []
            for ratio, seconds_left, size in (
                (1, 3.5, 1.0),
                (2.8, 2.2, 0.5),
                (5.2, 1.2, 0.25),
                (8.1, 0.6, 0.12),
            ):
                modes += [
                    (hz * ratio, seconds_left, size),
                    (hz * ratio + 0.7 * ratio + side, seconds_left, 0.8 * size),
                ]
            stage.add(faded(modal(force, modes, rate_hz), rate_hz, 0.001, 1.5), at, 0.02, pan)
        at += float(rng.choice([4.0, 6.0, 8.0])) * score.beat_s
    return miked(hall(stage.block, rng, rate_hz, 2.0, 0.3), rng, rate_hz, -80.0)


_STROKES: dict[str, tuple[float, float, float]] = {
    "open": (1.0, 0.16, 0.15), "mute": (1.04, 0.03, 0.25), "slap": (1.3, 0.035, 1.0),
    "tip": (0.95, 0.02, 0.3), "bass": (0.55, 0.07, 0.05),
}  # fmt: skip
"""A stroke's pitch over the drum's, its seconds, how much of the hand is heard."""


def congas(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """A tumbao on two drums: heels and tips, slaps, open tones; two microphones."""
    stage = Stage(seconds, rate_hz)
    bar = ("bass", "tip", "slap", "tip", "bass", "tip", "open", "open")
    for step in range(int(2 * (seconds - 1.0) / score.beat_s)):
        pitch, seconds_left, hand = _STROKES[bar[step % 8]]
        low = step % 16 >= 14
        hz = (190.0 if low else 262.0) * pitch
        frames = int(0.5 * rate_hz)
        palm = blow(frames, rate_hz, 0.0008 if hand > 0.9 else 0.003)
        skin = modal(
            palm,
            (
                (hz, seconds_left, 1.0),
                (1.58 * hz, 0.5 * seconds_left, 0.5),
                (2.24 * hz, 0.3 * seconds_left, 0.35),
                (2.9 * hz, 0.02, 0.3),
                (4.3 * hz, 0.009, 0.3),
            ),
            rate_hz,
        )
        flesh = passed(rng.standard_normal(frames), "bandpass", (900.0, 7000.0), rate_hz)
        sound = normed(skin) + 0.5 * hand * flesh * decay(frames, rate_hz, 0.005)
        level = float(rng.uniform(0.25, 0.4)) * (0.4 if bar[step % 8] == "tip" else 1.0)
        at = step * score.beat_s / 2 + abs(float(rng.normal(0.006, 0.003)))
        stage.add(faded(sound, rate_hz, 0.0005, 0.1), at, level, 0.5 if low else -0.35)
    return miked(hall(stage.block, rng, rate_hz, 0.45, 0.25), rng, rate_hz, -76.0)


def wood_blocks(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Claves in a son pattern, temple blocks that answer, in a room; close, hard, short."""
    stage = Stage(seconds, rate_hz)
    clave = (0, 3, 6, 10, 12)
    for step in range(int(4 * (seconds - 1.0) / score.beat_s)):
        frames = int(0.25 * rate_hz)
        stick = blow(frames, rate_hz, 0.0005)
        if step % 16 in clave:
            wood = modal(stick, ((2480.0, 0.018, 1.0), (5600.0, 0.005, 0.3)), rate_hz)
            stage.add(faded(normed(wood), rate_hz, 0.0, 0.05), score.step_s(step), 0.3, -0.2)
        elif rng.random() < 0.25:
            hz = float(rng.choice([520.0, 640.0, 830.0, 1010.0]))
            block = modal(
                stick, ((hz, 0.03, 1.0), (2.71 * hz, 0.008, 0.4), (150.0, 0.01, 0.3)), rate_hz
            )
            stage.add(faded(normed(block), rate_hz, 0.0, 0.05), score.step_s(step), 0.25, 0.4)
    return miked(hall(stage.block, rng, rate_hz, 0.7, 0.3), rng, rate_hz, -78.0)


def guiro(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """A stick over the ridges of a gourd: a long scrape, two short ones; mono."""
    stage = Stage(seconds, rate_hz)
    for beat in range(int((seconds - 1.2) / score.beat_s)):
        for at, share in ((0.0, 0.5),) if beat % 2 == 0 else ((0.0, 0.2), (0.5, 0.2)):
            frames = int((share * score.beat_s + 0.1) * rate_hz)
            ridges: Mono = np.zeros(frames)
            place, gap = 0.0, float(rng.uniform(0.0075, 0.0095))
            while place < share * score.beat_s:
                ridges[round(place * rate_hz)] = float(rng.uniform(0.5, 1.0))
                place += gap * float(rng.uniform(0.9, 1.1))
                gap *= 0.985
            ridges = np.convolve(ridges, np.hanning(round(0.0006 * rate_hz) + 2))[:frames]
            gourd = modal(
                ridges,
                (
                    (1150.0, 0.004, 0.6),
                    (2300.0, 0.003, 1.0),
                    (3700.0, 0.002, 0.8),
                    (6100.0, 0.001, 0.5),
                ),
                rate_hz,
            )
            stage.add(faded(gourd, rate_hz, 0.01, 0.06), (beat + at) * score.beat_s, 0.2)
    return miked(stage.block[:1], rng, rate_hz, -77.0)


def snare_rolls(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """A marching snare: flams, rolls of buzzing sticks that swell, wires that answer."""
    stage, step = Stage(seconds, rate_hz), 0
    steps = int(4 * (seconds - 1.4) / score.beat_s)
    while step < steps:
        rolling = rng.random() < 0.3
        hits = int(rng.integers(6, 12)) if rolling else 1
        span = 2 if rolling else 1
        for number in range(hits):
            frames = int(0.3 * rate_hz)
            stick = blow(frames, rate_hz, 0.0009)
            head = modal(
                stick, ((215.0, 0.05, 1.0), (345.0, 0.03, 0.6), (680.0, 0.015, 0.5)), rate_hz
            )
            wires = passed(rng.standard_normal(frames), "bandpass", (1500.0, 12000.0), rate_hz, 1)
            wires = wires * decay(frames, rate_hz, 0.055) * (1 - decay(frames, rate_hz, 0.0012))
            level = (
                0.2 * (0.35 + 0.65 * number / hits) if rolling else float(rng.uniform(0.1, 0.32))
            )
            at = score.step_s(step) + number * span * score.beat_s / 4 / hits
            stage.add(faded(normed(head) + 0.6 * wires, rate_hz, 0.0, 0.05), at, level, 0.1)
        step += span
    return miked(hall(stage.block, rng, rate_hz, 1.0, 0.25), rng, rate_hz, -78.0)


def cymbal_swells(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Mallets roll on a big cymbal until it roars, then it rings out; a triangle between."""
    stage, at = Stage(seconds, rate_hz), 0.4
    while at < seconds - 6.0:
        rise = float(rng.uniform(1.5, 2.5))
        frames = int((rise + 3.0) * rate_hz)
        t = np.arange(frames) / rate_hz
        for pan in (-0.6, 0.6):
            roar = rng.standard_normal(frames)
            low = resonated(roar, 420.0, 300.0, rate_hz) + resonated(roar, 900.0, 500.0, rate_hz)
            high = passed(roar, "highpass", 3500.0, rate_hz, 1)
            grown = np.where(t < rise, (t / rise) ** 2, np.exp(-(t - rise) / 0.9))
            bright = np.where(t < rise, (t / rise) ** 4, np.exp(-(t - rise) / 0.45))
            stage.add(low * grown + 0.6 * high * bright, at, 0.15, pan)
        ping = blow(frames, rate_hz, 0.0004)
        steel = modal(
            ping,
            (
                (1890.0, 0.7, 0.5),
                (3740.0, 0.9, 0.8),
                (5130.0, 0.8, 1.0),
                (8420.0, 0.5, 0.7),
                (11300.0, 0.3, 0.4),
            ),
            rate_hz,
        )
        stage.add(faded(steel, rate_hz, 0.0, 0.8), at + rise + 1.0, 0.03, 0.3)
        at += 8 * score.beat_s * max(1.0, round((rise + 2.5) / (8 * score.beat_s)))
    return miked(hall(stage.block, rng, rate_hz, 1.6, 0.3), rng, rate_hz, -80.0)


def music_box(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Pins on a steel comb: bright tines of three modes, a damper's tick, the works that turn."""
    stage = Stage(seconds, rate_hz)
    for step in range(int(2 * (seconds - 2.0) / score.beat_s)):
        for number in range(1 + int(rng.random() < 0.35)):
            hz = hz_of(score.chord(step // 8)[(step + number) % 3] + 36)
            frames = int(1.4 * rate_hz)
            pin = blow(frames, rate_hz, 0.0005)
            tine = modal(
                pin,
                (
                    (hz, 0.5, 1.0),
                    (hz * 1.0012, 0.4, 0.4),
                    (6.27 * hz, 0.05, 0.15),
                    (740.0, 0.01, 0.15),
                ),
                rate_hz,
            )
            stage.add(
                faded(normed(tine), rate_hz, 0.0, 0.4),
                step * score.beat_s / 2 + float(rng.uniform(0, 0.01)),
                0.2,
                0.3 * (number - 0.5),
            )
    works = passed(rng.standard_normal(stage.block.shape), "bandpass", (400.0, 2500.0), rate_hz)
    turning = 1 + 0.5 * np.sin(2 * np.pi * 7.0 * np.arange(works.shape[1]) / rate_hz)
    return miked(hall(stage.block, rng, rate_hz, 0.35, 0.2) + 2e-4 * works * turning, rng, rate_hz)
