"""The meter: every reading the same compiled as by numpy, to the bit."""

from __future__ import annotations

from contextlib import nullcontext

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings, strategies as st

from bridge.comparing.residual import NoSoundError, Residuals
from bridge.metering import Meter, SixthOctaveSpectrum, ThirdOctaveSpectrum
from bridge.native import library, numpy_path
from stemwright.problems import InputError

pytestmark = pytest.mark.skipif(library() is None, reason="no kernels were built")


@st.composite
def signals(draw: st.DrawFn) -> npt.NDArray[np.float64]:
    """Swelling noise of 1 to 64 channels, some of it silent or odd."""
    channels = draw(st.sampled_from([1, 2, 2, 3, 6, 9, 64]))
    frames = draw(st.integers(0, 36000 if channels < 9 else 9000))
    random = np.random.default_rng(draw(st.integers(0, 9999)))
    swell = np.sin(np.arange(frames) * random.uniform(1e-5, 1e-3)) ** 2
    samples = random.standard_normal((channels, frames)) * swell * 10.0 ** draw(st.integers(-9, 5))
    if frames:
        samples[:, random.integers(0, frames) :] *= draw(st.sampled_from([0.0, 1.0, 1e-3]))
        odd = draw(st.sampled_from([0.0, -0.0, 5e-324, 1e139, -1e29]))
        samples.flat[random.integers(0, samples.size)] = odd
    return samples


@given(signals(), st.sampled_from([8000, 11025]), st.lists(st.integers(0, 36000), max_size=3))
@settings(max_examples=40, deadline=None)
def test_every_reading(samples: npt.NDArray[np.float64], rate_hz: int, cuts: list[int]) -> None:
    found = []
    for path in (nullcontext, numpy_path):
        with path(), np.errstate(over="ignore"):
            meter = Meter(rate_hz, len(samples), 0x3FFFF if len(samples) == 9 else None)
            for part in np.split(samples, sorted(cuts), axis=1):
                meter.add(part)
            found.append(repr(meter.result()))
    assert found[0] == found[1]


@pytest.mark.parametrize("fault", [np.nan, np.inf, -1.1e140])
def test_what_is_beyond_any_level_is_refused_alike(fault: float) -> None:
    block = np.zeros((3, 500))
    block[1, 321] = fault
    told = []
    for path in (nullcontext, numpy_path):
        with path(), pytest.raises(InputError) as refused:
            Meter(48000, 3).add(block)
        told.append(refused.value.problems)
    assert told[0] == told[1]


@given(st.integers(1, 9), st.integers(0, 9999), st.sampled_from([0.0, 1.0, 1e-160, 1e150, np.nan]))
def test_spectra(channels: int, seed: int, level: float) -> None:
    noise = level * np.random.default_rng(seed).standard_normal((channels, 50000))
    found = []
    for path in (nullcontext, numpy_path):
        with path(), np.errstate(all="ignore"):
            thirds = ThirdOctaveSpectrum(8000, channels)
            thirds.add(noise[:, :20001])
            thirds.add(noise[:, 20001:])
            sixths = SixthOctaveSpectrum(8000)
            sixths.add(np.resize(noise, (2, 30000)))
            found.append((thirds.result().tobytes(), sixths.result_db()))
    assert repr(found[0]) == repr(found[1])


@given(st.integers(1, 9), st.integers(0, 9999), st.integers(1, 8000), st.booleans())
@settings(max_examples=40, deadline=None)
def test_residuals(channels: int, seed: int, frames: int, cut: bool) -> None:
    random = np.random.default_rng(seed)
    a, b = random.standard_normal((2, channels, 8000)) * 10.0 ** random.integers(-9, 5)
    found = []
    for path in (nullcontext, numpy_path):
        with path():
            residuals = Residuals(8000, channels)
            residuals.add(a, b)
            residuals.add(a[:, :frames] if cut else a, b[:, :frames] if cut else b)
            found.append(repr(residuals.result()))
    assert found[0] == found[1]


@pytest.mark.parametrize("fault", [np.nan, np.inf, -1e101])
def test_a_residual_of_no_sound_is_refused_alike(fault: float) -> None:
    a, b = np.zeros((2, 2, 100))
    b[1, 30] = fault
    for path in (nullcontext, numpy_path):
        with path(), pytest.raises(NoSoundError):
            Residuals(8000, 2).add(a, b)
