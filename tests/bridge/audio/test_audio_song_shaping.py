"""What the demo's instruments are made with, against scipy and numpy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st
from scipy.signal import butter, iirpeak, lfilter, sosfilt

from bridge.demo.shaping import (
    band_passed,
    decay,
    fall,
    high_passed,
    low_passed,
    powers_of_two,
    resonance,
    rise,
)
from bridge.demo.voices import _looped

RATE = 48000
NOISE = np.random.default_rng(1).uniform(-1, 1, 20000)


def test_a_decay_is_an_exponential() -> None:
    assert decay(RATE, RATE, 0.3) == pytest.approx(
        np.exp(-np.arange(RATE) / (0.3 * RATE)), rel=1e-11
    )
    assert len(decay(0, RATE, 0.3)) == 0


@pytest.mark.parametrize("frames", [0, 1, 2, 3, 1000])
def test_fades_are_half_cosines(frames: int) -> None:
    cosine = np.cos(np.linspace(0, np.pi, frames))
    assert rise(frames) == pytest.approx(0.5 - 0.5 * cosine, abs=1e-15)
    assert fall(frames) == pytest.approx(0.5 + 0.5 * cosine, abs=1e-15)


@given(octaves=st.lists(st.floats(-30, 30), min_size=1, max_size=20))
def test_powers_of_two(octaves: list[float]) -> None:
    assert powers_of_two(np.array(octaves)) == pytest.approx(
        [2.0**each for each in octaves], rel=5e-15
    )


def test_filters_are_scipys() -> None:
    for found, corner, kind in (
        (low_passed(NOISE, 900.0, RATE), 900.0, "lowpass"),
        (high_passed(NOISE, 6500.0, RATE), 6500.0, "highpass"),
        (band_passed(NOISE, 250.0, 4500.0, RATE), (250.0, 4500.0), "bandpass"),
        (band_passed(NOISE, 5000.0, 10000.0, RATE), (5000.0, 10000.0), "bandpass"),
    ):
        sections = butter(2, corner, kind, output="sos", fs=RATE)  # type: ignore[call-overload] # the kind is a plain word here
        assert found == pytest.approx(sosfilt(sections, NOISE), abs=1e-11)


def test_a_resonance_is_scipys() -> None:
    wanted = lfilter(*iirpeak(800, 10.0, fs=RATE), NOISE)
    assert resonance(NOISE, 800.0, 80.0, RATE) == pytest.approx(wanted, abs=1e-11)


@pytest.mark.parametrize("delay", [3, 117, 30000])
def test_a_loop_is_a_recursive_filter(delay: int) -> None:
    taps = [0.2, 0.4, 0.2, 0.1]
    recursion = np.zeros(delay + 4)
    recursion[0] = 1.0
    recursion[delay:] = np.negative(taps)
    assert _looped(NOISE, delay, taps) == pytest.approx(lfilter([1.0], recursion, NOISE), abs=1e-12)
