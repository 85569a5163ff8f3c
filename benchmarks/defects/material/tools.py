"""What the instruments share: a score, a stage to place sounds on, filters, rooms, oscillators."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import signal

from bridge.audio import Block

Mono = npt.NDArray[np.float64]
Rng = np.random.Generator

_PROGRESSIONS = ((0, 5, 3, 4), (0, 3, 4, 4), (5, 3, 0, 4), (0, 0, 3, 4), (0, 6, 5, 4))
_MINOR = (0, 2, 3, 5, 7, 8, 10)


@dataclass(frozen=True)
class Score:
    """Tempo, key and chords that all stems of a song follow."""

    bpm: float
    root: int
    degrees: tuple[int, ...]
    swing: float

    @staticmethod
    def drawn(rng: Rng) -> Score:
        """A score from a seed."""
        return Score(
            bpm=float(rng.integers(72, 168)),
            root=int(rng.integers(40, 52)),
            degrees=_PROGRESSIONS[int(rng.integers(len(_PROGRESSIONS)))],
            swing=float(rng.choice([0.0, 0.0, 0.08, 0.15])),
        )

    @property
    def beat_s(self) -> float:
        """A quarter."""
        return 60.0 / self.bpm

    def note(self, degree: int) -> int:
        """The MIDI note of a degree of the minor scale, any octave."""
        octave, step = divmod(degree, 7)
        return self.root + 12 * octave + _MINOR[step]

    def chord(self, bar: int) -> tuple[int, int, int]:
        """The triad of a bar as MIDI notes."""
        first = self.degrees[bar % len(self.degrees)]
        return self.note(first), self.note(first + 2), self.note(first + 4)

    def step_s(self, step: int) -> float:
        """When a sixteenth begins, swung."""
        return (step + (self.swing if step % 2 else 0.0)) * self.beat_s / 4


Player = Callable[[Score, Rng, float, int], Block]
"""(score, rng, seconds, rate_hz) -> (channels, frames)"""


class Stage:
    """(2, frames) on which sounds are placed; what hangs over the end is lost."""

    def __init__(self, seconds: float, rate_hz: int) -> None:
        self.rate_hz = rate_hz
        self.block: Block = np.zeros((2, round(seconds * rate_hz)))

    def add(self, sound: Mono | Block, at_s: float, gain: float = 1.0, pan: float = 0.0) -> None:
        """Add mono, panned -1..1 at constant power, or stereo as it is."""
        at = round(at_s * self.rate_hz)
        if at < 0 or at >= self.block.shape[1]:
            return
        if sound.ndim == 1:
            turn = (pan + 1.0) * np.pi / 4
            sound = np.outer((np.cos(turn), np.sin(turn)), sound) * np.sqrt(2.0)
        room = self.block.shape[1] - at
        self.block[:, at : at + sound.shape[1]] += gain * sound[:, :room]


def hz_of(midi: float) -> float:
    """The frequency of a MIDI note."""
    return float(440.0 * 2.0 ** ((midi - 69.0) / 12.0))


def decay(frames: int, rate_hz: int, seconds: float) -> Mono:
    """exp(-t / seconds)."""
    return np.exp(-np.arange(frames) / (seconds * rate_hz))


def faded(sound: Mono, rate_hz: int, rise_s: float, fall_s: float) -> Mono:
    """Faded in and out along half cosines."""
    out = sound.copy()
    up, down = min(len(out), int(rise_s * rate_hz)), min(len(out), int(fall_s * rate_hz))
    if up:
        out[:up] *= 0.5 - 0.5 * np.cos(np.pi * np.arange(up) / up)
    if down:
        out[-down:] *= 0.5 + 0.5 * np.cos(np.pi * (1 + np.arange(down)) / down)
    return out


def normed(sound: Mono) -> Mono:
    """With a peak of 1."""
    peak = np.abs(sound).max(initial=0.0)
    return sound / peak if peak else sound


_Pass = Literal["lowpass", "highpass", "bandpass"]


def passed(
    sound: Block | Mono,
    kind: _Pass,
    hz: float | tuple[float, float],
    rate_hz: int,
    order: int = 2,
) -> Block:
    """Through a Butterworth filter."""
    corners = np.minimum(hz, 0.45 * rate_hz).tolist()
    sections = signal.butter(order, corners, kind, fs=rate_hz, output="sos")
    out: Block = signal.sosfilt(sections, sound)
    return out


def resonated(sound: Mono, hz: float, width_hz: float, rate_hz: int) -> Mono:
    """Through a two-pole resonance of 0 dB at its peak."""
    b, a = signal.iirpeak(min(hz, 0.45 * rate_hz), hz / width_hz, fs=rate_hz)
    out: Mono = signal.lfilter(b, a, sound)
    return out


def swept(sound: Mono, corners_hz: Mono, rate_hz: int, hop: int = 256) -> Mono:
    """Through a low-pass of 12 dB/octave whose corner moves every `hop` frames, state kept."""
    out, state = np.empty_like(sound), np.zeros(2)
    for at in range(0, len(sound), hop):
        turn = 2 * np.pi * min(float(corners_hz[at]), 0.44 * rate_hz) / rate_hz
        cosine, slope = np.cos(turn), np.sin(turn) / np.sqrt(2.0)
        b = np.array([0.5, 1.0, 0.5]) * (1 - cosine)
        a = np.array([1 + slope, -2 * cosine, 1 - slope])
        out[at : at + hop], state = signal.lfilter(b, a, sound[at : at + hop], zi=state)
    return out


def phase_of(hz: Mono | float, frames: int, rate_hz: int, start: float = 0.0) -> Mono:
    """The phase in turns of an oscillator along a pitch curve."""
    curve = np.broadcast_to(np.asarray(hz, dtype=np.float64), frames)
    return start + np.cumsum(curve) / rate_hz


def saw(turns: Mono) -> Mono:
    """A saw without most of its aliases: steps are rounded over two samples (polyBLEP)."""
    place = turns % 1.0
    step = np.maximum(np.diff(turns, prepend=2 * turns[0] - turns[1]), 1e-9)
    before, after = place / step, (place - 1.0) / step
    rounded = np.where(before < 1, 2 * before - before**2 - 1, 0.0)
    rounded += np.where(after > -1, after**2 + 2 * after + 1, 0.0)
    out: Mono = 2 * place - 1 - rounded
    return out


def pulse(turns: Mono, duty: float | Mono = 0.5) -> Mono:
    """A rectangle as the difference of two saws; its mean is 0."""
    other: Mono = 0.5 * (saw(turns) - saw(turns + duty))
    return other


def room(sound: Mono | Block, rng: Rng, rate_hz: int, seconds: float, wet: float) -> Block:
    """A sound in a room: (2, frames) with a decorrelated tail of noise, as loud as the sound."""
    both = np.broadcast_to(sound, (2, sound.shape[-1]))
    frames = round(2.5 * seconds * rate_hz)
    tail = rng.standard_normal((2, frames)) * decay(frames, rate_hz, seconds / 3)
    tail[:, : round(0.008 * rate_hz)] = 0.0
    tail = passed(passed(tail, "lowpass", 7000.0, rate_hz), "highpass", 180.0, rate_hz)
    tail /= np.sqrt(np.square(tail).sum(axis=1, keepdims=True))
    late = signal.oaconvolve(both, tail, axes=1)
    out: Block = wet * late
    out[:, : both.shape[1]] += both
    return out


def within(block: Block, frames: int) -> Block:
    """The first frames, or filled up with silence."""
    if block.shape[1] >= frames:
        return block[:, :frames]
    return np.pad(block, ((0, 0), (0, frames - block.shape[1])))
