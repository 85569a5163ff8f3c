"""EBU Tech 3341 and 3342: the genuine signals, and the synthesised ones at three rates."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest

from bridge.audio.blocks import Block
from bridge.metering import Measures, Meter, measure

RATES_HZ = (44100, 48000, 96000)


def at_rates(cases: Iterable[int], elsewhere: set[int]) -> list[tuple[int, int]]:
    """All cases at 48 kHz; at other rates, where filters alone are others, those of `elsewhere`."""
    return [
        (case, rate_hz)
        for case in cases
        for rate_hz in RATES_HZ
        if rate_hz == 48000 or case in elsewhere
    ]


GENUINE = [
    ("seq-3341-1-16bit.flac", "integrated_lufs", -23.0, 0.05, 0.05),
    ("seq-3341-2-16bit.flac", "integrated_lufs", -33.0, 0.05, 0.05),
    ("seq-3341-12-24bit.flac", "momentary_max_lufs", -23.0, 0.05, 0.05),
    ("seq-3341-13-1-24bit.flac", "momentary_max_lufs", -23.0, 0.05, 0.05),
    ("seq-3341-13-2-24bit.flac", "momentary_max_lufs", -23.0, 0.05, 0.05),
    ("seq-3341-13-3-24bit.flac", "momentary_max_lufs", -23.0, 0.05, 0.05),
    ("seq-3341-13-4-24bit.flac", "momentary_max_lufs", -23.0, 0.05, 0.05),
    ("seq-3341-15-24bit.flac", "true_peak_dbtp", -6.0, 0.2, 0.1),
    ("seq-3341-17-24bit.flac", "true_peak_dbtp", -6.0, 0.2, 0.1),
    ("seq-3341-19-24bit.flac", "true_peak_dbtp", 3.0, 0.2, 0.1),
    ("seq-3341-21-24bit.flac", "true_peak_dbtp", 0.0, 0.2, 0.1),
]

LOUDNESS_CASES = {
    1: [(-23.0, 20.0)],
    2: [(-33.0, 20.0)],
    3: [(-36.0, 10.0), (-23.0, 60.0), (-36.0, 10.0)],
    4: [(-72.0, 10.0), (-36.0, 10.0), (-23.0, 60.0), (-36.0, 10.0), (-72.0, 10.0)],
    5: [(-26.0, 20.0), (-20.0, 20.1), (-26.0, 20.0)],
}

RANGE_CASES = {
    1: ([(-20.0, 20.0), (-30.0, 20.0)], 10.0),
    2: ([(-20.0, 20.0), (-15.0, 20.0)], 5.0),
    3: ([(-40.0, 20.0), (-20.0, 20.0)], 20.0),
    4: ([(-50.0, 20.0), (-35.0, 20.0), (-20.0, 20.0), (-35.0, 20.0), (-50.0, 20.0)], 15.0),
}

TONES = {
    15: (4, 0.0, 0.5),
    16: (4, 45.0, 0.5),
    17: (6, 60.0, 0.5),
    18: (8, 67.5, 0.5),
    19: (4, 45.0, 1.41),
}


def tone(parts: list[tuple[float, float]], rate_hz: int, hz: float = 1000.0) -> Block:
    """A sine of whole Hz in one channel whose peak level steps through (dBFS, seconds)."""
    level = np.concatenate([np.full(round(s * rate_hz), 10 ** (db / 20)) for db, s in parts])
    second = np.sin(2 * np.pi * hz / rate_hz * np.arange(rate_hz))
    return (level * np.resize(second, len(level)))[None]


def read(signal: Block, rate_hz: int) -> Measures:
    meter = Meter(rate_hz, len(signal))
    meter.add(signal)
    return meter.result()


@pytest.mark.parametrize(("name", "key", "expected", "under", "over"), GENUINE)
def test_genuine_signals_read_as_the_ebu_says(
    shared_data: Callable[[str], Path],
    name: str,
    key: str,
    expected: float,
    under: float,
    over: float,
) -> None:
    reading = getattr(measure(shared_data(f"ebu/{name}")), key)
    assert expected - under <= reading <= expected + over


@pytest.mark.parametrize(("case", "rate_hz"), at_rates(LOUDNESS_CASES, {1, 5}))
def test_integrated_loudness_cases(case: int, rate_hz: int) -> None:
    signal = tone(LOUDNESS_CASES[case], rate_hz)
    expected = -33.0 if case == 2 else -23.0
    assert read(np.repeat(signal, 2, axis=0), rate_hz).integrated_lufs == pytest.approx(
        expected, abs=0.05
    )


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_case_6_weighs_the_surround_channels(rate_hz: int) -> None:
    levels = (-28.0, -28.0, -24.0, -30.0, -30.0)
    signal = np.concatenate([tone([(level, 20.0)], rate_hz) for level in levels])
    assert read(signal, rate_hz).integrated_lufs == pytest.approx(-23.0, abs=0.05)
    with_lfe = np.insert(signal, 3, 0.5, axis=0)
    assert read(with_lfe, rate_hz).integrated_lufs == pytest.approx(-23.0, abs=0.05)


@pytest.mark.parametrize(("case", "rate_hz"), at_rates(RANGE_CASES, {3}))
def test_loudness_range_cases(case: int, rate_hz: int) -> None:
    parts, expected = RANGE_CASES[case]
    assert read(tone(parts, rate_hz), rate_hz).loudness_range_lu == pytest.approx(expected, abs=0.1)


@pytest.mark.parametrize("rate_hz", [44100, 48000, 88200, 96000, 176400, 192000])
@pytest.mark.parametrize("case", TONES)
def test_true_peak_of_tones_that_hide_it(case: int, rate_hz: int) -> None:
    divisor, degrees, amplitude = TONES[case]
    at = np.arange(rate_hz // 4)
    fade = np.minimum(1.0, np.minimum(at, at[::-1]) / (rate_hz // 40))
    signal = fade * amplitude * np.sin(2 * np.pi * at / divisor + np.radians(degrees))
    expected = 20 * np.log10(amplitude)
    reading = read(signal[None], rate_hz).true_peak_dbtp
    assert expected - 0.2 <= reading <= expected + 0.1


@pytest.mark.parametrize("rate_hz", [48000, 96000])
@pytest.mark.parametrize("offset", [0.0, 1 / 32, 1 / 8, 0.25, 0.5, 0.7, 31 / 32])
def test_true_peak_of_a_band_limited_pulse_between_frames(offset: float, rate_hz: int) -> None:
    # A Gaussian of sigma 1.2 frames is 62 dB down at the Nyquist frequency.
    pulse = np.exp(-(((np.arange(4000) - 2000.0 - offset) / 1.2) ** 2) / 2)
    reading = read(np.stack([np.zeros(4000), pulse]), rate_hz).true_peak_dbtp
    assert -0.02 <= reading <= 0.02
