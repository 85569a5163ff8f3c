"""Curve and spectrum against known signals and the meter, however the stream is cut."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, strategies as st

from bridge.metering import Meter
from bridge.metering.loudness_curve import LoudnessCurve
from bridge.metering.spectrum import SIXTHS, SixthOctaveSpectrum


def _noise(seconds: float, rate_hz: int = 48000) -> np.ndarray:
    made = 0.1 * np.random.default_rng(3).standard_normal((2, round(seconds * rate_hz)))
    made[:, made.shape[1] // 3 :] *= 0.3
    return made


@pytest.mark.parametrize("rate_hz", [44100, 48000, 96000])
def test_a_full_scale_sine_reads_minus_three_in_its_band_alone(rate_hz: int) -> None:
    centres = SIXTHS.centres_hz(rate_hz)
    for band in (20, 34, 50):
        sine = np.sin(2 * np.pi * centres[band] * np.arange(2 * rate_hz) / rate_hz)
        spectrum = SixthOctaveSpectrum(rate_hz)
        spectrum.add(np.stack([sine, sine]))
        found = [-200.0 if level is None else level for level in spectrum.result_db()]
        assert found[band] == pytest.approx(-3.01, abs=0.02)
        assert max(found[: band - 1] + found[band + 2 :]) < -60.0


def test_the_bands_together_hold_the_power_of_what_they_cover() -> None:
    white = np.random.default_rng(1).standard_normal((2, 48000 * 20)) * 0.1
    spectrum = SixthOctaveSpectrum(48000)
    spectrum.add(white)
    power = sum(10 ** (level / 10) for level in spectrum.result_db() if level is not None)
    centres = SIXTHS.centres_hz(48000)
    covered = (centres[-1] - centres[0]) * 10**0.025 / 24000
    assert 10 * math.log10(power / (0.01 * covered)) == pytest.approx(0.0, abs=0.1)


def test_bands_end_below_half_the_sample_rate() -> None:
    assert SIXTHS.centres_hz(48000)[0] == pytest.approx(19.95, abs=0.01)
    assert SIXTHS.centres_hz(48000)[-1] == pytest.approx(19952.6, abs=0.1)
    assert SIXTHS.centres_hz(16000)[-1] < 8000 / 10**0.025


def _curve(samples: np.ndarray, cuts: list[int], rate_hz: int = 48000) -> LoudnessCurve:
    curve = LoudnessCurve(rate_hz)
    for block in np.split(samples, cuts, axis=1):
        curve.add(block)
    curve.close()
    return curve


@pytest.mark.parametrize("rate_hz", [44100, 48000, 96000])
def test_loudness_agrees_with_the_meter(rate_hz: int) -> None:
    samples = _noise(12.0, rate_hz)
    curve, meter = _curve(samples, [], rate_hz), Meter(rate_hz, 2)
    meter.add(samples)
    heard = meter.result()
    assert curve.integrated_lufs() == pytest.approx(heard.integrated_lufs, abs=0.02)
    tops = [value for value in curve.short_term_lufs() if value is not None]
    assert max(tops) == pytest.approx(heard.short_term_max_lufs, abs=0.05)


def test_a_sine_of_minus_23_reads_minus_23_at_every_moment() -> None:
    # EBU Tech 3341, case 1: 1 kHz, -23 dBFS on both sides.
    sine = 10 ** (-23 / 20) * np.sin(2 * np.pi * 1000 * np.arange(20 * 48000) / 48000)
    curve = _curve(np.stack([sine, sine]), [])
    assert len(curve.short_term_lufs()) == 35
    assert all(value == pytest.approx(-23.0, abs=0.05) for value in curve.short_term_lufs())


def test_the_loudest_moment_is_found_to_a_tenth() -> None:
    samples = np.full((2, 20 * 48000), 1e-4) * np.sin(np.arange(20 * 48000) * 0.13)
    samples[:, 10 * 48000 : 13 * 48000] *= 1000
    assert _curve(samples, []).loudest_end_s() == pytest.approx(13.0, abs=0.1)


@given(st.lists(st.integers(0, 4 * 48000), max_size=5))
def test_cuts_change_no_bit(cuts: list[int]) -> None:
    samples = _noise(4.0)
    whole, parts = SixthOctaveSpectrum(48000), SixthOctaveSpectrum(48000)
    whole.add(samples)
    for block in np.split(samples, sorted(cuts), axis=1):
        parts.add(block)
    assert whole.result_db() == parts.result_db()
    one, other = _curve(samples, []), _curve(samples, sorted(cuts))
    assert one.short_term_lufs() == other.short_term_lufs()
    assert one.integrated_lufs() == other.integrated_lufs()
