"""Silence between sounds that are made so, and gaps that were cut into them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
from scipy.signal import butter, sosfilt

from bridge.checking.findings import Found
from bridge.checking.stem.damage.dropout import Dropout

Hear = Callable[..., list[Found]]
Signal = npt.NDArray[np.float64]
RATE_HZ = 48000
FRAMES = 10 * RATE_HZ
AT = np.arange(FRAMES)
VOWEL = 0.1 * sum(
    np.sin(2 * np.pi * hz * AT / RATE_HZ + 3 * np.sin(AT * wander / RATE_HZ))
    for hz, wander in ((220.3, 31.0), (277.1, 29.0), (330.9, 33.0))
)


def _quantised(signal: Signal, bits: int = 24) -> Signal:
    return np.rint(signal * 2.0 ** (bits - 1)) / 2.0 ** (bits - 1)


def _strewn(shape: Callable[[int], Signal], a_second: float) -> Signal:
    """Grains of 10 to 80 ms, anywhere."""
    dice, out = np.random.default_rng(7), np.zeros(FRAMES)
    for _ in range(round(a_second * FRAMES / RATE_HZ)):
        frames = int(dice.integers(480, 3840))
        start, source = dice.integers(0, FRAMES - 4000, 2)
        out[start : start + frames] += VOWEL[source : source + frames] * shape(frames)
    return out


def _seeds(bits: int) -> Signal:
    """A shaker's: impulses that ring, from rest, until nothing is left."""
    dice, blows = np.random.default_rng(8), np.zeros(FRAMES)
    blows[dice.integers(0, FRAMES, 600)] = dice.uniform(-1, 1, 600)
    rung = sosfilt(butter(2, (2500, 9000), "bandpass", fs=RATE_HZ, output="sos"), blows)
    return _quantised(0.9 * rung, bits)


def _keyed(rest_s: tuple[float, float]) -> Signal:
    """Notes that begin and end at once, in no tempo."""
    dice, out, at = np.random.default_rng(9), np.zeros(FRAMES), 4800
    while at < FRAMES - RATE_HZ:
        frames = int(dice.uniform(0.12, 0.5) * RATE_HZ)
        turns = 110 * 2 ** (dice.integers(0, 24) / 12) * np.arange(frames) / RATE_HZ
        out[at : at + frames] = 0.4 * ((turns + dice.random()) % 1.0 - 0.5)
        at += frames + int(dice.uniform(*rest_s) * RATE_HZ)
    return out


def _pulses() -> Signal:
    """Noise that is let through for a fifth of each turn of a low tone."""
    noise = np.random.default_rng(10).standard_normal(FRAMES)
    turns = np.cumsum(85 + 2 * np.sin(31.0 * AT / RATE_HZ)) / RATE_HZ
    return np.asarray(0.1 * noise * (turns % 1.0 < 0.2))


MADE_SO = {
    "seeds": _seeds(24),
    "seeds in 16 bits": _seeds(16),
    "soft grains": _strewn(np.hanning, 20),
    "grains that ring": _strewn(lambda n: np.exp(-12 * np.arange(n) / n), 20),
    "grains turned round": _strewn(lambda n: np.exp(-12 * np.arange(n) / n)[::-1], 20),
    "grains cut out": _strewn(np.ones, 12),
    "notes cut off": _keyed((0.01, 0.2)),
    "notes cut off, short rests": _keyed((0.005, 0.09)),
    "pulses": _pulses(),
}


@pytest.mark.parametrize("name", MADE_SO)
def test_what_is_made_with_silence_in_it_has_no_gaps(hear: Hear, name: str) -> None:
    assert hear(Dropout, _quantised(MADE_SO[name])) == []


@pytest.mark.parametrize("length_ms", [1.0, 5.0, 20.0])
def test_gaps_that_were_cut_into_sound_among_grains_are_found(hear: Hear, length_ms: float) -> None:
    signal, frames = MADE_SO["grains that ring"].copy(), round(length_ms * RATE_HZ / 1000)
    held = np.convolve(np.abs(signal), np.ones(480) / 480, "same")
    edges = np.abs(np.stack([np.roll(signal, 1), np.roll(signal, -frames)]))
    beside = np.stack([np.roll(held, 480), held, np.roll(held, -frames - 480)])
    loud = (edges > 0.01).all(axis=0) & (beside > 0.01).all(axis=0)
    places = [int(np.flatnonzero(loud & (at < AT))[0]) for at in (90011, 200177, 333331)]
    for place in places:
        signal[place : place + frames] = 0.0
    told = hear(Dropout, _quantised(signal))
    assert [found.start for found in told] == pytest.approx(places, abs=1)


def test_a_buffer_that_is_lost_dozens_of_times_is_told_each_time(hear: Hear) -> None:
    signal = VOWEL.copy()
    places = np.sort(np.random.default_rng(12).choice(np.arange(9000, 470000, 4000), 40, False))
    places += np.random.default_rng(13).integers(0, 2000, 40)
    for place in places:
        signal[place : place + 256] = 0.0
    told = hear(Dropout, _quantised(signal))
    assert len(told) >= 39


def test_gaps_are_found_in_a_stutter_of_sixty_fourths(hear: Hear) -> None:
    roll = VOWEL * (AT % 2646 < 1323) * (AT % 48000 < 24000)
    assert hear(Dropout, _quantised(roll)) == []
    for place in (11084, 106340, 198950, 304790):
        roll[place : place + 240] = 0.0
    assert len(hear(Dropout, _quantised(roll))) == 4


def _rectangle() -> Signal:
    """Four seconds of a pulse of two values that glides and never rests."""
    hz = 311.7 + 90.0 * np.sin(np.arange(4 * RATE_HZ) / 31000.0)
    return np.where(np.cumsum(hz) / RATE_HZ % 1.0 < 0.25, 0.42, -0.14)


@pytest.mark.parametrize("length_ms", [1.0, 20.0])
def test_gaps_in_a_rectangle_are_found(hear: Hear, length_ms: float) -> None:
    sound, frames = _rectangle(), round(length_ms / 1000 * RATE_HZ)
    places = [22222, 71717, 98765, 160001][: 4 if length_ms < 10.0 else 1]
    for at in places:
        sound[at : at + frames] = 0.0
    found = hear(Dropout, _quantised(sound))
    assert [each.start for each in found] == places


def test_a_wave_whose_period_is_no_whole_frames_is_no_buffer_that_came_twice(hear: Hear) -> None:
    sections = butter(2, 5000.0, fs=RATE_HZ, output="sos")
    square = sosfilt(sections, np.sign(np.sin(2 * np.pi * 523.25 * AT[: 2 * RATE_HZ] / RATE_HZ)))
    assert hear(Dropout, _quantised(0.4 * square)) == []
    twice = VOWEL[: 2 * RATE_HZ].copy()
    twice[50000:50512] = twice[49488:50000]
    (found,) = hear(Dropout, _quantised(twice))
    assert found.start == 50000
