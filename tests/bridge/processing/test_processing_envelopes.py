"""Envelopes without a loop a sample are the loops they stand for, however the stream is cut."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy.signal import lfilter

from bridge.processing.envelopes import OnePole, PeakHold

FRAMES = 40000
BURSTS = np.abs(np.random.default_rng(3).standard_normal(FRAMES)) * (
    np.sin(np.arange(FRAMES) / 3000.0) > 0.2
)
TIMES = [0.4, 2.4, 48.0, 960.0, 24000.0]


@pytest.mark.parametrize("time_frames", TIMES)
def test_a_one_pole_is_the_recursion(time_frames: float) -> None:
    keep = math.exp(-1 / time_frames)
    expected = lfilter([1 - keep], [1.0, -keep], BURSTS)
    found = OnePole(time_frames).process(BURSTS)
    assert np.abs(found - expected).max() < 1e-11


@pytest.mark.parametrize("time_frames", TIMES)
def test_a_held_peak_is_the_recursion(time_frames: float) -> None:
    keep, held, expected = math.exp(-1 / time_frames), 0.0, []
    for value in BURSTS.tolist():
        held = max(value, keep * held)
        expected.append(held)
    assert np.abs(PeakHold(time_frames).process(BURSTS) - expected).max() < 1e-11


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(TIMES), st.lists(st.integers(0, FRAMES), max_size=8))
def test_the_cut_of_the_stream_changes_no_bit(time_frames: float, cuts: list[int]) -> None:
    for kind in (OnePole, PeakHold):
        whole, cut = kind(time_frames), kind(time_frames)
        parts = [cut.process(part) for part in np.split(BURSTS, sorted(cuts))]
        assert np.array_equal(np.concatenate(parts), whole.process(BURSTS))


@pytest.mark.parametrize("kind", [OnePole, PeakHold])
def test_silence_ends_as_exact_zero(kind: type[OnePole] | type[PeakHold]) -> None:
    envelope = kind(100.0)
    assert not envelope.process(np.zeros(1000)).any()
    envelope.process(np.ones(1000))
    assert not envelope.process(np.zeros(60000))[-20000:].any()
