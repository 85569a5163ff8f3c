"""Samples predicted from those around them: the same compiled as by numpy, to the bit."""

from __future__ import annotations

from contextlib import nullcontext

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from bridge.checking import filled
from bridge.checking.prediction import unexplained
from bridge.native import library, numpy_path

pytestmark = pytest.mark.skipif(library() is None, reason="no kernels were built")


@given(
    st.integers(0, 9999),
    st.integers(2, 700),
    st.sampled_from([1, 7, 40, 260]),
    st.sampled_from(["one run", "here and there", "most"]),
    st.booleans(),
    st.sampled_from([1.0, 1e-9, 1e150, 0.0]),
)
@settings(max_examples=60, deadline=None)
def test_missing_samples(
    seed: int, frames: int, order: int, lost: str, bounded: bool, level: float
) -> None:
    dice = np.random.default_rng(seed)
    samples = level * np.sin(np.arange(frames) * dice.uniform(0.01, 1.5))
    samples += 0.1 * level * dice.standard_normal(frames)
    unknown = dice.random(frames) < (0.8 if lost == "most" else 0.1)
    if lost == "one run":
        start = int(dice.integers(0, frames))
        unknown[:] = False
        unknown[start : start + int(dice.integers(1, 300))] = True
    found = []
    for path in (nullcontext, numpy_path):
        with path(), np.errstate(all="ignore"):
            found.append(filled(samples, unknown, order, 2, samples if bounded else None))
    assert found[0].tobytes() == found[1].tobytes()


@given(st.integers(0, 9999), st.integers(0, 9000), st.sampled_from([1.0, 1e-4, 1e-12, 300.0]))
@settings(max_examples=20, deadline=None)
def test_what_is_not_explained_of_any_part(seed: int, first: int, level: float) -> None:
    dice = np.random.default_rng(seed)
    samples = level * np.sin(np.arange(9000) * dice.uniform(0.01, 1.5))[None]
    samples += 0.1 * level * dice.standard_normal(samples.shape)
    start, stop = np.sort(dice.integers(0, 9001, 2)).tolist()
    whole = unexplained(samples, first, slice(0, 9000))
    assert whole.shape == (1, 9000)
    assert (whole.max() > 0.0) == (level > 1e-12)
    part = slice(start, stop)
    assert unexplained(samples, first, part).tobytes() == whole[:, part].tobytes()
    with numpy_path():
        assert unexplained(samples, first, part).tobytes() == whole[:, part].tobytes()
