"""Offset, gain, polarity, swap and drift, put in and found again; and what must not be found."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.diff_set import shifted, stretched
from bridge.comparing import diff

GAIN = 10 ** (-1.234 / 20)


def _aligned(write, a: np.ndarray, b: np.ndarray, subtype: str = "pcm24"):
    return diff(write("a.wav", a, subtype), write("b.wav", b, subtype)).worst


def test_a_fraction_of_a_sample_and_a_gain(tune, write) -> None:
    found = _aligned(write, tune, GAIN * shifted(tune, 137.37))
    assert found.alignment.offset_frames == pytest.approx(137.37, abs=1e-4)
    assert found.alignment.gain_db == pytest.approx(-1.234, abs=1e-4)
    assert found.raw.rms_dbfs > -40
    assert found.aligned.rms_dbfs < -100
    assert found.loudness_delta_lu == pytest.approx(-1.234, abs=0.1)


@pytest.mark.parametrize("frames", [1, -7, 3001, 100000])
def test_whole_offsets_null_to_the_dither(tune, write, frames: int) -> None:
    found = _aligned(write, tune, shifted(tune, frames))
    assert found.alignment.offset_frames == frames
    assert found.alignment.gain_db == pytest.approx(0.0, abs=1e-5)
    assert found.aligned.rms_dbfs == pytest.approx(-141.5, abs=0.2)


@pytest.fixture(scope="module")
def looped() -> np.ndarray:
    """Twelve seconds of one bar, 2 s long, with a quiet line above it that never repeats."""
    rng = np.random.default_rng(8)
    at = np.arange(96000) / 48000
    hits = np.exp(-20 * (at % 0.5)) * rng.standard_normal((2, 96000))
    bar = 0.2 * hits + 0.1 * np.sin(2 * np.pi * 110 * at)
    line = 0.01 * rng.standard_normal((2, 6 * 96000)) * np.repeat(rng.uniform(0, 1, 6 * 32), 3000)
    return np.tile(bar, 6) + line


@pytest.mark.parametrize("frames", [240000, -96000, 123457])
def test_looped_music_seconds_late_takes_the_lag_that_nulls(looped, write, frames: int) -> None:
    found = _aligned(write, looped, shifted(looped, frames))
    assert found.alignment.offset_frames == frames
    assert found.alignment.polarity == 1
    assert found.aligned.rms_dbfs < -135
    assert found.confidence > 0.99


def test_another_take_of_a_loop_is_not_put_seconds_away(looped, write) -> None:
    """The right place is not in the file: what is like it elsewhere is no alignment."""
    rng = np.random.default_rng(9)
    other = 0.2 * rng.standard_normal(looped.shape) + 0.3 * shifted(looped, 96000)
    found = _aligned(write, looped, other)
    assert found.alignment is None or abs(found.alignment.offset_frames) < 48000


@pytest.mark.parametrize(("frames", "noise"), [(7.37, 0.0), (7, 1e-3)], ids=["dither", "noise"])
def test_a_long_end_that_is_another_each_time_has_no_say(
    tune, write, frames: float, noise: float
) -> None:
    """Two seconds of sound, then twenty of dither, or of a plugin's own noise."""
    short = np.pad(tune[:, :96000], ((0, 0), (0, 20 * 48000)))
    a, b = (noise * np.random.default_rng(seed).standard_normal(short.shape) for seed in (1, 2))
    found = _aligned(write, short + a, GAIN * shifted(short, frames) + b)
    assert found.alignment.offset_frames == pytest.approx(frames, abs=1e-3)
    assert found.alignment.gain_db == pytest.approx(-1.234, abs=1e-2)
    assert found.alignment.drift is None
    assert found.confidence > 0.99


@pytest.mark.parametrize("gain_db", [0.001, -0.01, 0.3])
def test_small_gains(tune, write, gain_db: float) -> None:
    found = _aligned(write, tune, tune * 10 ** (gain_db / 20), "pcm16")
    assert found.alignment.gain_db == pytest.approx(gain_db, abs=1e-4)
    assert found.alignment.offset_frames == 0.0


def test_polarity_swap_and_one_inverted_side(tune, write) -> None:
    inverted = _aligned(write, tune, -tune)
    assert (inverted.alignment.polarity, inverted.alignment.inverted) == (-1, ())
    assert inverted.aligned.rms_dbfs < -140
    swapped = _aligned(write, tune, -0.8 * shifted(tune[::-1], 5.5))
    assert swapped.alignment.swapped
    assert swapped.alignment.polarity == -1
    assert swapped.alignment.offset_frames == pytest.approx(5.5, abs=1e-3)
    one = _aligned(write, tune, tune * np.array([[1.0], [-1.0]]))
    assert one.alignment.inverted == (2,)
    assert one.aligned.rms_dbfs < -140


@pytest.mark.parametrize("ppm", [-1.0, 20.0])
def test_clock_drift(tune, write, ppm: float) -> None:
    found = _aligned(write, tune, stretched(tune, ppm))
    assert found.alignment.drift.ppm == pytest.approx(ppm, abs=0.05 * abs(ppm))
    assert abs(found.alignment.drift.start_frames) < 0.05


def test_without_drift_none_is_found(tune, write) -> None:
    assert _aligned(write, tune, shifted(tune, 0.25)).alignment.drift is None


@pytest.mark.parametrize("other", ["noise", "silence", "constant", "backwards"])
def test_unrelated_signals_have_no_alignment(tune, write, other: str) -> None:
    b = {
        "noise": 0.1 * np.random.default_rng(2).standard_normal(tune.shape),
        "silence": np.zeros_like(tune),
        "constant": np.full_like(tune, 0.25),
        "backwards": tune[:, ::-1],
    }[other]
    found = _aligned(write, tune, b)
    assert found.alignment is None
    assert found.confidence < 0.3
    assert found.as_json()["aligned"]["offset_frames"] is None
    assert found.aligned == found.raw


def test_constants_do_not_make_an_alignment(write) -> None:
    found = _aligned(write, np.full((2, 48000), 0.5), np.full((2, 48000), 0.4))
    assert found.alignment is None


def test_a_steady_tone_is_taken_upright_and_nearest(write) -> None:
    at = np.arange(96000) / 48000
    tone, late = (0.3 * np.sin(2 * np.pi * 997 * (at - delay)) for delay in (0.0, 20 / 48000))
    found = _aligned(write, np.stack([tone, tone]), np.stack([late, late]))
    assert found.alignment.polarity == 1
    assert found.alignment.offset_frames == pytest.approx(20.0, abs=0.01)


@pytest.mark.parametrize("frames", [1, 7, 300, 5000])
def test_short_files(tune, write, frames: int) -> None:
    part = tune[:, 60000 : 60000 + frames]
    found = _aligned(write, part, part * 0.5)
    assert found.verdict == "changed"
    assert found.raw.frames == frames
