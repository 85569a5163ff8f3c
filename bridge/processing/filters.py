"""Recursive filters: coefficients, crossovers, and their runs over a stream in any blocks."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.signal import butter, sosfilt

from bridge.audio import Block
from chains import Bell, Pass, Shelf
from stemwright.decibels import linear
from stemwright.problems import InputError, Problem

Sections = npt.NDArray[np.float64]

_DB_PER_OCTAVE_AND_ORDER = 6


def sections_of(band: Bell | Shelf | Pass, sample_rate_hz: int) -> Sections:
    """Return a band's sections: none for a bell or shelf at 0 dB, which is the identity."""
    if isinstance(band, Pass):
        order = band.slope_db_per_octave // _DB_PER_OCTAVE_AND_ORDER
        return passing(band.shape, band.hz, order, sample_rate_hz)
    if band.gain_db == 0:
        return np.zeros((0, 6))
    turn = 2 * math.pi * band.hz / sample_rate_hz
    if isinstance(band, Bell):
        return _bell(turn, band.gain_db, band.q)
    return _shelf(turn, band.gain_db, band.q, 1.0 if band.shape == "low_shelf" else -1.0)


def passing(shape: str, hz: float, order: int, sample_rate_hz: int) -> Sections:
    """Return a Butterworth `high_pass` or `low_pass`, -3.01 dB at `hz`, 6 dB/octave an order."""
    if shape == "high_pass":
        return butter(order, hz, "highpass", output="sos", fs=sample_rate_hz)
    return butter(order, hz, "lowpass", output="sos", fs=sample_rate_hz)


def band_pass(hz: float, q: float, sample_rate_hz: int) -> Sections:
    """Return a band-pass of 0 dB at `hz` (RBJ Audio EQ Cookbook, BPF with constant peak gain)."""
    turn = 2 * math.pi * hz / sample_rate_hz
    alpha = math.sin(turn) / (2 * q)
    return _normalised((alpha, 0.0, -alpha), (1 + alpha, -2 * math.cos(turn), 1 - alpha))


def _bell(turn: float, gain_db: float, q: float) -> Sections:
    a = math.sqrt(linear(gain_db))
    alpha = math.sin(turn) / (2 * q)
    middle = -2 * math.cos(turn)
    return _normalised(
        (1 + alpha * a, middle, 1 - alpha * a), (1 + alpha / a, middle, 1 - alpha / a)
    )


def _shelf(turn: float, gain_db: float, q: float, side: float) -> Sections:
    """Return a low shelf (`side` 1) or a high shelf (-1): the same formulae with cos(w) negated."""
    a = math.sqrt(linear(gain_db))
    cosine = side * math.cos(turn)
    bend = 2 * math.sqrt(a) * math.sin(turn) / (2 * q)
    more, less = (a + 1) + (a - 1) * cosine, (a + 1) - (a - 1) * cosine
    return _normalised(
        (a * (less + bend), side * 2 * a * ((a - 1) - (a + 1) * cosine), a * (less - bend)),
        (more + bend, side * -2 * ((a - 1) + (a + 1) * cosine), more - bend),
    )


def _normalised(zeros: tuple[float, float, float], poles: tuple[float, float, float]) -> Sections:
    return np.array([[*zeros, *poles]]) / poles[0]


GRID_FRAMES = 16384

_NOTHING = 1e-30
"""-600 dBFS. States under this end: as denormals they would cost a hundred times the work."""


def pieces(start: int, frames: int, grid: int) -> Iterator[slice]:
    """Cut `frames` frames, the first being frame `start` of the stream, at multiples of `grid`."""
    at = 0
    while at < frames:
        end = min(frames, at + grid - (start + at) % grid)
        yield slice(at, end)
        at = end


class SosFilter:
    """Second-order sections in float64 over (channels, frames) blocks."""

    def __init__(self, sections: Sections, channels: int) -> None:
        self._sections = sections
        self._state = np.zeros((len(sections), channels, 2))
        self._frames = 0

    def process(self, block: Block) -> Block:
        """Return the filtered block; without sections or frames, the block itself."""
        if not len(self._sections) or not block.shape[1]:
            return block
        cut = pieces(self._frames, block.shape[1], GRID_FRAMES)
        filtered = [self._piece(block[:, piece], self._frames + piece.start) for piece in cut]
        self._frames += block.shape[1]
        return filtered[0] if len(filtered) == 1 else np.concatenate(filtered, axis=1)

    def _piece(self, block: Block, frame: int) -> Block:
        self._drop_nothing(frame)
        filtered: Block
        filtered, self._state = sosfilt(self._sections, block, zi=self._state)
        return filtered

    def _drop_nothing(self, frame: int) -> None:
        if frame % GRID_FRAMES == 0 and np.abs(self._state).max() < _NOTHING:
            self._state[...] = 0.0


def linkwitz_riley(shape: str, hz: float, sample_rate_hz: int) -> Sections:
    """Return the sections of a `high_pass` or `low_pass`, -6.02 dB at `hz`, 24 dB/octave."""
    half = passing(shape, hz, 2, sample_rate_hz)
    return np.concatenate([half, half])


def all_pass(hz: float, sample_rate_hz: int) -> Sections:
    """Return what the low- and high-pass at `hz` add up to."""
    poles = passing("low_pass", hz, 2, sample_rate_hz)[:, 3:]
    return np.concatenate([poles[:, ::-1], poles], axis=1)


class Splitter:
    """Splits a (2, frames) stream into bands, low to high; `joined` puts them together again."""

    def __init__(self, crossovers_hz: Sequence[float], sample_rate_hz: int) -> None:
        self._lows = [
            SosFilter(linkwitz_riley("low_pass", hz, sample_rate_hz), 2) for hz in crossovers_hz
        ]
        self._turns = [SosFilter(all_pass(hz, sample_rate_hz), 2) for hz in crossovers_hz]
        self._joins = [SosFilter(all_pass(hz, sample_rate_hz), 2) for hz in crossovers_hz[1:]]

    def split(self, block: Block) -> list[Block]:
        """Return one band more than there are crossovers, each (2, frames).

        The high side is the all-pass less the low side, which is the same filter for one section
        less of work.
        """
        bands = []
        rest = block
        for low, turn in zip(self._lows, self._turns, strict=True):
            bands.append(low.process(rest))
            rest = turn.process(rest) - bands[-1]
        return [*bands, rest]

    def joined(self, bands: Sequence[Block]) -> Block:
        """Return the sum, each band turned in phase by the crossovers it did not go through."""
        total = bands[0]
        for band, turn in zip(bands[1:-1], self._joins, strict=True):
            total = turn.process(total) + band
        return total + bands[-1]


_HIGHEST_SHARE_OF_NYQUIST = 0.98


@dataclass(frozen=True)
class Corner:
    """A frequency as the user knows it: "eq band 2", at `path` inside the insert's settings."""

    name: str
    path: str
    hz: float


def refuse_above_nyquist(corners: Iterable[Corner], sample_rate_hz: int) -> None:
    """Raise InputError `band_above_nyquist` with every corner above 0.98 of half the rate."""
    highest_hz = _HIGHEST_SHARE_OF_NYQUIST * sample_rate_hz / 2
    problems = [
        Problem(
            "band_above_nyquist",
            f"{corner.name} at {corner.hz:g} Hz does not fit a rate of {sample_rate_hz} Hz",
            {"path": corner.path},
            expected=f"at most {highest_hz:g} Hz",
            hint="lower it, or render at a higher rate",
        )
        for corner in corners
        if corner.hz > highest_hz
    ]
    if problems:
        raise InputError(problems)
