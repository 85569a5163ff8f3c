"""Skins, metal and wood: tabla, steel pan, cowbell and tambourine, cajon, ride cymbal, applause."""

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
    resonated,
    room,
    within,
)
from bridge.audio import Block


def tabla(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """A ringing right hand with whole partials, a left hand that bends the bass up."""
    stage = Stage(seconds, rate_hz)
    hz = hz_of(score.root + 12)
    for step in range(int(4 * (seconds - 1.0) / score.beat_s)):
        kind = rng.random()
        if kind < 0.2:
            continue
        frames = int(0.5 * rate_hz)
        t = np.arange(frames) / rate_hz
        if kind < 0.75:
            ring = float(rng.choice([0.03, 0.12, 0.25]))
            skin: Mono = np.zeros(frames)
            for k, size in ((1.0, 1.0), (2.0, 0.7), (3.01, 0.5), (4.03, 0.2), (5.05, 0.1)):
                skin = skin + size * np.sin(2 * np.pi * k * hz * t) * np.exp(-t * k**0.5 / ring)
            finger = passed(rng.standard_normal(frames), "highpass", 1800.0, rate_hz)
            skin = skin + 0.3 * finger * decay(frames, rate_hz, 0.002)
        else:
            bent = 75.0 + 55.0 * (1 - np.exp(-t / 0.12)) * rng.random()
            skin = 1.6 * np.sin(2 * np.pi * phase_of(bent, frames, rate_hz)) * np.exp(-t / 0.16)
        stage.add(
            faded(skin, rate_hz, 0.0006, 0.05),
            score.step_s(step),
            float(rng.uniform(0.1, 0.25)),
            0.2,
        )
    return within(room(stage.block, rng, rate_hz, 0.4, 0.15), stage.block.shape[1])


def steel_pan(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Notes whose octave and twelfth swell in after the stick."""
    stage = Stage(seconds, rate_hz)
    for step in range(int(4 * (seconds - 1.5) / score.beat_s)):
        if rng.random() < 0.4:
            continue
        frames = int(0.9 * rate_hz)
        t = np.arange(frames) / rate_hz
        hz = hz_of(score.note(int(rng.integers(5, 14))) + 12)
        pan = np.sin(2 * np.pi * hz * t) * np.exp(-t / 0.3)
        pan += 0.8 * np.sin(2 * np.pi * 2.003 * hz * t) * (1 - np.exp(-t / 0.02)) * np.exp(-t / 0.2)
        pan += 0.35 * np.sin(2 * np.pi * 3.01 * hz * t) * (1 - np.exp(-t / 0.03)) * np.exp(-t / 0.1)
        stick = resonated(
            rng.standard_normal(frames) * decay(frames, rate_hz, 0.003), 2.4 * hz, hz, rate_hz
        )
        level = float(rng.uniform(0.12, 0.22))
        stage.add(
            faded(pan + 0.4 * normed(stick), rate_hz, 0.001, 0.15), score.step_s(step), level, -0.3
        )
    return within(room(stage.block, rng, rate_hz, 0.7, 0.2), stage.block.shape[1])


def _jingles(rng: Rng, rate_hz: int, ring_s: float) -> Mono:
    frames = int(5 * ring_s * rate_hz)
    t = np.arange(frames) / rate_hz
    out: Mono = np.zeros(frames)
    for _ in range(14):
        late = np.clip(t - float(rng.uniform(0.0, 0.012)), 0.0, None)
        hz = float(rng.uniform(3800.0, 0.4 * rate_hz))
        out = out + np.sin(2 * np.pi * hz * late) * np.exp(-late / ring_s) * (late > 0)
    return normed(faded(out, rate_hz, 0.0005, 0.02))


def tambourine(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Sixteenths of jingles, hit by hand on two and four."""
    stage = Stage(seconds, rate_hz)
    for step in range(int(4 * (seconds - 1.0) / score.beat_s)):
        hit = step % 8 == 4
        level = 0.3 if hit else float(rng.uniform(0.04, 0.12))
        at = score.step_s(step) + float(rng.normal(0.004, 0.0015))
        stage.add(_jingles(rng, rate_hz, 0.05 if hit else 0.025), max(0.0, at), level)
        if hit:
            palm = passed(
                rng.standard_normal(int(0.1 * rate_hz)), "bandpass", (300.0, 1800.0), rate_hz
            )
            stage.add(normed(palm * decay(len(palm), rate_hz, 0.012)), max(0.0, at), 0.25)
    return within(room(stage.block, rng, rate_hz, 0.3, 0.1), stage.block.shape[1])


def cowbell(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """Two bells of an electronic kind, each the same every time, with digital silence between."""
    frames = int(0.28 * rate_hz)
    t = np.arange(frames) / rate_hz
    bells = []
    for hz in (540.0, 800.0):
        tone = np.sign(np.sin(2 * np.pi * hz * t)) + np.sign(np.sin(2 * np.pi * 1.48 * hz * t + 1))
        shape = 0.6 * np.exp(-t / 0.015) + 0.4 * np.exp(-t / 0.08)
        bells.append(
            faded(passed(tone, "bandpass", (hz, 3.2 * hz), rate_hz) * shape, rate_hz, 0.0, 0.04)
        )
    stage = Stage(seconds, rate_hz)
    for step in range(int(2 * (seconds - 1.0) / score.beat_s)):
        if rng.random() < 0.7:
            stage.add(bells[int(rng.random() < 0.3)], score.step_s(2 * step), 0.2, 0.3)
    return stage.block


def cajon(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """A box with snares inside: low thumps and edges, no two alike."""
    stage = Stage(seconds, rate_hz)
    for step in range(int(4 * (seconds - 1.0) / score.beat_s)):
        low, edge = step % 8 in (0, 3), step % 8 == 4
        if not (low or edge) and rng.random() < 0.55:
            continue
        frames = int(0.3 * rate_hz)
        noise = rng.standard_normal(frames)
        wood = np.zeros(frames)
        for hz in (68.0, 130.0, 240.0) if low else (240.0, 410.0, 760.0):
            wood += resonated(
                noise * decay(frames, rate_hz, 0.004),
                hz * float(rng.uniform(0.98, 1.02)),
                18.0,
                rate_hz,
            )
        wires = passed(noise, "bandpass", (2500.0, 9000.0), rate_hz) * decay(frames, rate_hz, 0.035)
        hit = normed(wood) + (0.1 if low else 0.5) * normed(wires)
        level = 0.3 if low or edge else float(rng.uniform(0.03, 0.1))
        at = score.step_s(step) + abs(float(rng.normal(0.0, 0.004)))
        stage.add(faded(hit, rate_hz, 0.0008, 0.05), at, level)
    return within(room(stage.block, rng, rate_hz, 0.35, 0.15), stage.block.shape[1])


def ride(score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """A ride cymbal whose wash never quite dies, stick pings over it."""
    stage = Stage(seconds, rate_hz)
    modes = 300.0 * (0.4 * rate_hz / 300.0) ** rng.random(24)
    for step in range(int(2 * (seconds - 2.0) / score.beat_s)):
        if step % 4 == 3 and rng.random() < 0.5:
            continue
        frames = int(1.8 * rate_hz)
        t = np.arange(frames) / rate_hz
        ping: Mono = np.zeros(frames)
        for hz in modes:
            size, turn = float(rng.uniform(0.2, 1.0)), float(rng.random())
            ping = ping + size * np.sin(2 * np.pi * (hz * t + turn)) * np.exp(
                -t * (1.2 + hz / 4000)
            )
        stick = passed(rng.standard_normal(frames), "bandpass", (3500.0, 9500.0), rate_hz)
        struck = normed(ping) + 0.3 * normed(stick * decay(frames, rate_hz, 0.002))
        at = score.step_s(2 * step + (1 if step % 2 else 0))
        stage.add(faded(struck, rate_hz, 0.0006, 0.4), at, float(rng.uniform(0.12, 0.25)), 0.35)
    return stage.block


def applause(_score: Score, rng: Rng, seconds: float, rate_hz: int) -> Block:
    """A hall that claps, swelling and falling: thousands of hands, near and far."""
    stage = Stage(seconds, rate_hz)
    for _ in range(int(170 * seconds)):
        at = float(rng.uniform(0.0, seconds - 0.5))
        frames = int(0.06 * rate_hz)
        hz = float(rng.uniform(700.0, 2200.0))
        clap = resonated(
            rng.standard_normal(frames) * decay(frames, rate_hz, 0.003), hz, 0.8 * hz, rate_hz
        )
        crowd = 0.35 + 0.65 * np.sin(np.pi * at / seconds) ** 2
        near = 1.0 if rng.random() < 0.03 else 0.3
        stage.add(
            faded(normed(clap), rate_hz, 0.0015, 0.02),
            at,
            0.12 * crowd * near,
            float(rng.uniform(-1, 1)),
        )
    return within(room(stage.block, rng, rate_hz, 1.8, 0.7), stage.block.shape[1])
