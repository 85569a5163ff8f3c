"""The transform and its sines against numpy's and exact ones, and their bits."""

from __future__ import annotations

from hashlib import sha256

import numpy as np
import pytest
from hypothesis import given, strategies as st

from bridge.processing.sines import sines
from bridge.processing.transform import Parts, RealTransform, roots
from stemwright.exact import sin_cos

SIZES = [8, 16, 32, 64, 512, 2048, 8192, 32768]


def noise(*shape: int) -> np.ndarray:
    return np.random.default_rng(shape).standard_normal(shape)


def samples_of(windows: np.ndarray) -> Parts:
    return Parts(windows[:, ::2].copy(), windows[:, 1::2].copy())


@pytest.mark.parametrize("frames", SIZES)
def test_a_spectrum_is_numpys(frames: int) -> None:
    windows = noise(3, frames)
    real, imaginary = RealTransform(frames).forward(samples_of(windows))
    wanted = 2.0 * np.fft.rfft(windows)
    assert np.abs(real + 1j * imaginary - wanted).max() < 1e-15 * np.abs(wanted).max()


@pytest.mark.parametrize("frames", SIZES)
def test_there_and_back(frames: int) -> None:
    samples = samples_of(noise(2, frames))
    transform = RealTransform(frames)
    found = transform.backward(transform.forward(samples))
    for part, wanted in zip(found, samples, strict=True):
        assert part / (2.0 * frames) == pytest.approx(wanted, abs=1e-14)


def test_windows_do_not_mix_in_any_bit() -> None:
    windows, transform = noise(4, 8192), RealTransform(8192)
    together = transform.forward(samples_of(windows))
    for row in range(4):
        alone = transform.forward(samples_of(windows[row : row + 1]))
        assert np.array_equal(alone.real[0], together.real[row])
        assert np.array_equal(alone.imaginary[0], together.imaginary[row])


def test_a_silent_window_has_an_empty_spectrum() -> None:
    for part in RealTransform(64).forward(Parts(np.zeros((1, 32)), np.zeros((1, 32)))):
        assert not part.any()


@given(turns=st.lists(st.floats(-1e4, 1e4), min_size=1, max_size=50))
def test_sines_are_within_two_units_of_exact_ones(turns: list[float]) -> None:
    wanted = [sin_cos(each, 1.0)[0] for each in turns]
    assert sines(np.array(turns)) == pytest.approx(wanted, rel=0.0, abs=4e-16)


def test_quarters_of_a_turn_are_exact() -> None:
    turns = np.arange(-8, 9) / 4
    assert np.array_equal(sines(turns), [sin_cos(each, 1.0)[0] for each in turns.tolist()])


def test_tiles_do_not_matter() -> None:
    turns = noise(20000)
    assert np.array_equal(sines(turns)[9000:9010], sines(turns[9000:9010]))


def test_every_machine_has_these_bits() -> None:
    places = np.arange(4096)
    ramp = (places * 2654435761 % 2**32 / 2.0**31 - 1.0).reshape(1, -1)
    spectrum = RealTransform(8192).forward(Parts(ramp, ramp[:, ::-1].copy()))
    found = b"".join(part.astype("<f8").tobytes() for part in (*roots(places, 8192), *spectrum))
    assert sha256(found).hexdigest() == (
        "8cb31aa5e28551eb3190c4303eed98f38bf65f48d33e8d9668bb3c9e704c52a9"
    )
