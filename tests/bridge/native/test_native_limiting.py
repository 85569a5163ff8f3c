"""The limiter: gains, what is left over the ceiling and the drive, compiled as by numpy."""

from __future__ import annotations

from contextlib import nullcontext
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings, strategies as st

from bridge.native import library, numpy_path
from bridge.processing import Analyser, FinishLimiter, Prediction, solve_drive
from bridge.processing.limiting.gain_curve import GainCurve, Shape
from chains import Limiter

pytestmark = pytest.mark.skipif(library() is None, reason="no kernels were built")

Samples = npt.NDArray[np.float64]


@given(
    st.integers(0, 9999),
    st.floats(0.1, 12.0),
    st.floats(1.0, 900.0),
    st.sampled_from([8000, 44100, 48000, 384000]),
    st.sampled_from([1, 8]),
    st.lists(st.integers(0, 9000), max_size=4),
)
@settings(max_examples=40)
def test_the_gain_curve(
    seed: int, lookahead_ms: float, release_ms: float, rate_hz: int, pooled: int, cuts: list[int]
) -> None:
    random = np.random.default_rng(seed)
    peaks = np.abs(random.standard_normal(9000)) ** 3 * 10.0 ** random.integers(-3, 2)
    peaks[3000:6000] *= 1e-4
    peaks[6000:7500] = np.maximum(peaks[6000:7500], 2.0)
    peaks[random.integers(0, 9000, 9)] = [0.0, np.inf, np.nan, 1e-320, 1e300, 1.0, 0.5, 2.0, 0.9]
    shape = Shape.of(lookahead_ms, release_ms, rate_hz, pooled)
    found = []
    for path in (nullcontext, numpy_path):
        with path(), np.errstate(all="ignore"):
            curve = GainCurve(shape, 0.9)
            edges = [0, *sorted(cuts), 9000]
            parts = [curve.add(peaks[start:stop]) for start, stop in pairwise(edges)]
            parts.append(curve.rest(9000 - sum(len(part) for part in parts)))
            found.append(np.concatenate(parts).tobytes())
    assert found[0] == found[1]


def test_gains_come_back_to_exactly_one() -> None:
    peaks = np.r_[np.full(100, 2.0), np.zeros(90000)]
    curve = GainCurve(Shape.of(5.0, 20.0, 48000), 0.5)
    gain = curve.add(peaks)
    assert gain.min() < 0.3
    assert gain[-1] == 1.0


@given(
    st.integers(0, 9999),
    st.sampled_from([(44100, 5000), (48000, 0), (96000, 1)]),
    st.sampled_from([1000, 16384, 50000]),
)
@settings(max_examples=12)
def test_analysis_drive_and_limited_samples(seed: int, at: tuple[int, int], cut: int) -> None:
    rate_hz, silent = at
    samples = _music(seed, rate_hz // 2, silent)
    parts = [samples[:, start : start + cut] for start in range(0, samples.shape[1], cut)]
    limiter, found = Limiter(), []
    for path in (nullcontext, numpy_path):
        with path():
            analyser = Analyser(rate_hz)
            for part in parts:
                analyser.add(part)
            analysis = analyser.result()
            solved = solve_drive(Prediction(analysis, -1.0, limiter), -9.0)
            finish = FinishLimiter(analysis, solved.drive_db + 3.0, -1.0, limiter)
            limited = [finish.process(part).tobytes() for part in parts] + [
                finish.finish().tobytes()
            ]
            told = (analysis.envelope.all().tobytes(), analysis.energies.all().tobytes())
            found.append((told, solved, b"".join(limited), finish.lowest_gain))
    assert found[0] == found[1]


def _music(seed: int, frames: int, silent: int) -> Samples:
    random = np.random.default_rng(seed)
    swell = np.abs(np.sin(np.arange(frames) * random.uniform(1e-4, 1e-2))) ** 3
    samples = random.standard_normal((2, frames)) * swell * random.uniform(0.01, 2.0)
    samples[:, :silent] = 0.0
    return samples
