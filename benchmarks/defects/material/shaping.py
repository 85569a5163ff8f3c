"""What the recorded and the wired kinds share: tables, modes, moving formants, halls, noise."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy import signal

from benchmarks.defects.material.tools import Mono, Rng, decay, passed
from bridge.audio import Block

_TABLE = 4096
_HOP = 256


def table(sizes: npt.ArrayLike, bend: float = 0.9) -> Mono:
    """One cycle of partials 1, 2, ... of these sizes, phases bent so that it does not spike."""
    heights = np.asarray(sizes, dtype=np.float64)
    k = np.arange(1, len(heights) + 1)
    spectrum = np.zeros(_TABLE // 2 + 1, dtype=np.complex128)
    spectrum[1 : len(heights) + 1] = heights * np.exp(-1j * bend * k * k / 7.0)
    cycle = np.fft.irfft(spectrum) * _TABLE / 2
    out: Mono = cycle / np.abs(cycle).max()
    return out


def partials(hz: float, rate_hz: int, falls: float, many: int = 60) -> Mono:
    """Sizes k ** -falls of the partials of a pitch; from `many` on they are hardly there any more.

    They end at half the rate, nowhere else at once: what sounds by itself has no edge.
    """
    k = np.arange(1.0, max(2, min(400, int(0.498 * rate_hz / hz) + 1)))
    out: Mono = k**-falls * np.exp(-3.0 * k / many)
    return out


def cycled(turns: Mono, cycle: Mono) -> Mono:
    """A table read along a phase in turns, straight between its points."""
    place = (turns % 1.0) * _TABLE
    at = place.astype(np.int64)
    rest = place - at
    longer = np.append(cycle, cycle[:2])
    out: Mono = longer[at] + rest * (longer[at + 1] - longer[at])
    return out


def modal(force: Mono, modes: Sequence[tuple[float, float, float]], rate_hz: int) -> Mono:
    """A body that a force moves: modes as (Hz, seconds to 1/e, size), each a two-pole filter."""
    out: Mono = np.zeros(len(force))
    for hz, seconds, size in modes:
        if hz > 0.45 * rate_hz:
            continue
        radius = float(np.exp(-1.0 / (seconds * rate_hz)))
        turn = 2 * np.pi * hz / rate_hz
        a = [1.0, -2 * radius * np.cos(turn), radius * radius]
        out = out + size * signal.lfilter([np.sin(turn)], a, force)
    return out


def blow(frames: int, rate_hz: int, contact_s: float) -> Mono:
    """The force of a mallet or finger that touches for so long, of area 1."""
    out: Mono = np.zeros(frames)
    touched = min(frames, max(3, round(contact_s * rate_hz)))
    out[:touched] = np.hanning(touched + 2)[1:-1]
    return out / float(out.sum())


def stiff_string(
    force: Mono, hz: float, rate_hz: int, keeps: float, dull: float, stiff: float
) -> Mono:
    """A waveguide whose loop loses treble (`dull` 0..0.5) and delays it less (three all-passes).

    `keeps` is what a turn leaves; `stiff` is the all-pass's coefficient, 0 for a limp string.
    """
    above, below = np.array([-stiff, 1.0]), np.array([1.0, -stiff])
    three_above = np.convolve(np.convolve(above, above), above)
    three_below = np.convolve(np.convolve(below, below), below)
    late = rate_hz / hz - dull - 3 * (1 + stiff) / (1 - stiff)
    whole = int(late)
    part = late - whole
    loop = keeps * np.convolve([1 - dull, dull], three_above)
    loop = np.convolve(loop, [1 - part, part])
    a = np.zeros(whole + len(loop))
    a[: len(three_below)] += three_below
    a[whole:] -= loop
    out: Mono = signal.lfilter(three_below, a, force)
    return out


def moved_formants(
    source: Mono, hz: Sequence[Mono], widths: Sequence[float], gains: Sequence[float], rate_hz: int
) -> Mono:
    """Through resonances side by side whose places move, a hop at a time with their state kept."""
    out: Mono = np.zeros(len(source))
    for places, width, gain in zip(hz, widths, gains, strict=True):
        radius = np.exp(-np.pi * width / rate_hz)
        state = np.zeros(2)
        for at in range(0, len(source), _HOP):
            turn = 2 * np.pi * min(float(places[at]), 0.44 * rate_hz) / rate_hz
            a = [1.0, -2 * radius * np.cos(turn), radius * radius]
            b = [(1 - radius) * gain, 0.0, -(1 - radius) * gain]
            piece, state = signal.lfilter(b, a, source[at : at + _HOP], zi=state)
            out[at : at + _HOP] += piece
    return out


def glided(
    values: Sequence[float], starts_s: Sequence[float], frames: int, rate_hz: int, slide_s: float
) -> Mono:
    """Steps at these times, each gone to within `slide_s` along half a cosine."""
    out: Mono = np.full(frames, float(values[0]))
    for (one, other), start_s in zip(pairwise(values), starts_s[1:], strict=True):
        at, over = round(start_s * rate_hz), max(1, round(slide_s * rate_hz))
        if at >= frames:
            break
        out[at:] = other
        bend = one + (other - one) * (0.5 - 0.5 * np.cos(np.pi * np.arange(over) / over))
        out[at : at + over] = bend[: frames - at]
    return out


def hall(block: Block, rng: Rng, rate_hz: int, seconds: float, wet: float) -> Block:
    """(2, as many frames) in a space of first echoes and a tail whose treble dies earlier."""
    both = np.broadcast_to(block, (2, block.shape[1]))
    frames = round(1.6 * seconds * rate_hz)
    noise = rng.standard_normal((2, frames))
    low = passed(noise, "bandpass", (120.0, 1500.0), rate_hz, 1) * decay(
        frames, rate_hz, seconds / 6.9
    )
    high = passed(noise, "highpass", 1500.0, rate_hz, 1) * decay(frames, rate_hz, seconds / 14)
    tail = low + 0.5 * high
    swell = round(0.02 * rate_hz)
    tail[:, :swell] *= np.linspace(0.0, 1.0, swell)
    tail *= 0.5 / np.sqrt(np.square(tail).sum(axis=1, keepdims=True))
    for side in range(2):
        for early in rng.uniform(0.004, 0.05, 7):
            tail[side, round(early * rate_hz)] += 0.3 * float(rng.choice([-1.0, 1.0]))
    out: Block = both + wet * signal.oaconvolve(both, tail, axes=1)[:, : both.shape[1]]
    return out


def coupled(block: Block, rate_hz: int) -> Block:
    """Through an output's capacitor: nothing stands still below some 15 Hz."""
    return passed(block, "highpass", 15.0, rate_hz, 1)


def miked(block: Block, rng: Rng, rate_hz: int, noise_db: float = -84.0) -> Block:
    """What a microphone and its amplifier make of it: no rumble below 25 Hz, and their own noise.

    `noise_db` is the noise's RMS below the loudest sample.
    """
    out = passed(block, "highpass", 25.0, rate_hz)
    noise = rng.standard_normal(out.shape)
    noise = noise + 2.0 * passed(noise, "lowpass", 400.0, rate_hz, 1)
    noise /= np.sqrt(np.square(noise).mean())
    loudest, rise = float(np.abs(out).max()), round(0.01 * rate_hz)
    noise[:, :rise] *= np.linspace(0.0, 1.0, rise)
    return out + loudest * 10 ** (noise_db / 20) * noise
