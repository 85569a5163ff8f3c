"""Readings between the frames and K-weighting: the same compiled as by numpy, to the bit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings, strategies as st

from bridge.audio import KWeighting, LibraryPeak, TruePeak
from bridge.audio.interpolation import (
    FINE_HALF_TAPS,
    HALF_TAPS,
    PAIRS,
    fine_peaks,
    frame_peaks,
    frame_peaks_at,
    narrow_frame_peaks,
    narrow_peaks,
    narrowed,
)
from bridge.native import library, numpy_path

pytestmark = pytest.mark.skipif(library() is None, reason="no kernels were built")

Samples = npt.NDArray[np.float64]

ODD = [0.0, -0.0, 5e-324, 1e-42, -1e-310, 1e29, 3e38, -1e300, np.inf, -np.inf, np.nan]


@st.composite
def signals(draw: st.DrawFn, least: int = 0, odd: Sequence[float] = ODD) -> Samples:
    """1 to 3 or 64 channels of noise at any level, some with odd numbers in them."""
    channels, frames = draw(st.sampled_from([1, 2, 3, 64])), draw(st.integers(least, least + 300))
    random = np.random.default_rng(draw(st.integers(0, 9999)))
    samples = random.standard_normal((channels, frames)) * 10.0 ** draw(st.integers(-45, 3))
    if samples.size:
        for number in draw(st.lists(st.sampled_from(odd), max_size=3)) if odd else []:
            samples.flat[random.integers(0, samples.size, 2)] = number
    return samples


def same_on_both(work: Callable[[], Sequence[npt.NDArray[np.generic]]]) -> bool:
    """Whether both paths give the same bytes; one NaN is like another."""
    with np.errstate(all="ignore"):
        compiled = work()
        with numpy_path():
            twin = work()
    return len(compiled) == len(twin) and all(
        one.dtype == other.dtype and _bytes(one) == _bytes(other)
        for one, other in zip(compiled, twin, strict=True)
    )


def _bytes(numbers: npt.NDArray[np.generic]) -> bytes:
    return np.where(numbers == numbers, numbers, np.nan).astype(numbers.dtype).tobytes()


@given(signals(2 * HALF_TAPS))
def test_readings_of_24_taps(samples: Samples) -> None:
    def read() -> list[npt.NDArray[np.generic]]:
        narrow = narrowed(samples)
        at = np.arange(0, samples.shape[1] - 2 * HALF_TAPS, 3)
        library_pairs = LibraryPeak(48000)._pairs
        return [
            narrow,
            _finite(*narrow_peaks(narrow, PAIRS)),
            _finite(*narrow_peaks(narrow, library_pairs)),
            frame_peaks(samples),
            frame_peaks_at(samples, at),
            narrow_frame_peaks(samples[:, 1:]) if samples.shape[1] > 25 else np.empty(0),
        ]

    assert same_on_both(read)


def _finite(peaks: npt.NDArray[np.float32], largest: float) -> npt.NDArray[np.generic]:
    """The peaks and the largest where all are numbers: else nobody looks further."""
    assert np.isfinite(largest) == np.isfinite(peaks).all()
    return np.append(peaks, np.float32(largest)) if np.isfinite(largest) else np.empty(0)


@given(signals(2 * FINE_HALF_TAPS + 1), st.floats(0.0, 2.0))
@settings(max_examples=25)
def test_readings_of_128_taps(samples: Samples, share: float) -> None:
    frames = samples.shape[1] - 2 * FINE_HALF_TAPS
    least = share * float(np.nan_to_num(np.abs(samples)).max())
    for at in (np.arange(frames), np.arange(0, frames, 7), np.empty(0, np.intp)):
        assert same_on_both(lambda at=at: [fine_peaks(samples, at, least)])  # type: ignore[misc]  # bound at once


@given(signals(), st.integers(1, 300), st.sampled_from([44100, 48000, 96000]))
def test_k_weighting(samples: Samples, cut: int, rate_hz: int) -> None:
    def weighted() -> list[npt.NDArray[np.generic]]:
        weighting = KWeighting(rate_hz, len(samples))
        parts = [part for part in (samples[:, :cut], samples[:, cut:]) if part.size]
        return [weighting.filtered(part) for part in parts]

    assert same_on_both(weighted)


@given(signals(odd=[*ODD[:5], 1e29]), st.integers(1, 300), st.sampled_from([48000, 96000, 192000]))
def test_true_peak_of_a_stream(samples: Samples, cut: int, rate_hz: int) -> None:
    def read() -> list[npt.NDArray[np.generic]]:
        reader = TruePeak(len(samples), LibraryPeak(rate_hz))
        peaks = [reader.add(part) for part in (samples[:, :cut], samples[:, cut:])]
        return [*peaks, reader.rest(), np.array(reader.largest)]

    assert same_on_both(read)


def test_true_peak_over_several_grids() -> None:
    samples = np.random.default_rng(3).standard_normal((2, 50000))
    samples[:, 20000:30000] *= 0.01
    found = []
    for path in (nullcontext, numpy_path):
        with path():
            reader = TruePeak(2, LibraryPeak(48000))
            peaks = [reader.add(part) for part in np.array_split(samples, 7, axis=1)]
            found.append((b"".join(each.tobytes() for each in peaks), reader.largest))
    assert found[0] == found[1]
