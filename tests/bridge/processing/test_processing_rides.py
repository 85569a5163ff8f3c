"""Rides: exact at every sample, whatever the cut."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from bridge.processing import ride_gains

RATE_HZ = 48000
RIDE = ((0.95, 0.0), (1.0, 0.7), (2.0, 0.7), (2.05, 0.0))
"""+0.7 dB from 1 s to 2 s with ramps of 50 ms."""


def wanted_db(points: tuple[tuple[float, float], ...], seconds: float) -> float:
    if seconds < points[0][0]:
        return points[0][1]
    for (start, one), (end, other) in pairwise(points):
        if start <= seconds < end:
            return one + (other - one) * ((seconds - start) / (end - start))
    return points[-1][1]


def test_every_sample_has_the_gain_of_its_time() -> None:
    gains = ride_gains([RIDE], 0, 3 * RATE_HZ, RATE_HZ)
    assert gains is not None
    expected = [10 ** (wanted_db(RIDE, frame / RATE_HZ) / 20) for frame in range(3 * RATE_HZ)]
    np.testing.assert_allclose(gains, expected, rtol=1e-12, atol=0)
    assert gains[round(0.95 * RATE_HZ)] == 1.0
    assert gains[round(0.975 * RATE_HZ)] == pytest.approx(10 ** (0.35 / 20), rel=1e-12)
    assert gains[RATE_HZ] == gains[2 * RATE_HZ] == pytest.approx(10 ** (0.7 / 20), rel=1e-12)
    assert gains[round(2.05 * RATE_HZ)] == 1.0


def test_the_ends_are_held_and_of_one_time_the_last_counts() -> None:
    gains = ride_gains([((1.0, -6.0), (1.0, 3.0), (2.0, 3.0), (2.0, 6.0))], 0, 3 * 8000, 8000)
    assert gains is not None
    levels = 20 * np.log10(gains)
    assert levels[7999] == pytest.approx(-6.0)
    assert levels[8000] == levels[15999] == pytest.approx(3.0)
    assert levels[16000] == levels[-1] == pytest.approx(6.0)


def test_rides_add_in_db_and_none_is_nothing() -> None:
    both = ride_gains([RIDE, RIDE], 0, 3 * RATE_HZ, RATE_HZ)
    twice = ride_gains([tuple((s, 2 * db) for s, db in RIDE)], 0, 3 * RATE_HZ, RATE_HZ)
    assert both is not None
    assert twice is not None
    np.testing.assert_allclose(both, twice, rtol=1e-12)
    assert ride_gains([RIDE], 0, RATE_HZ // 2, RATE_HZ) is None
    assert ride_gains([], 0, 100, RATE_HZ) is None


@settings(max_examples=50, deadline=None)
@given(
    times=st.lists(st.floats(-0.1, 1.2), min_size=1, max_size=6),
    levels=st.lists(st.floats(-60, 20), min_size=6, max_size=6),
    cuts=st.lists(st.integers(1, 9599), max_size=5),
)
def test_any_cut_gives_the_same_bits(
    times: list[float], levels: list[float], cuts: list[int]
) -> None:
    points = tuple(zip(sorted(times), levels, strict=False))
    edges = [0, *sorted({*cuts}), 9600]
    whole = ride_gains([points, RIDE], 0, 9600, 8000)
    parts = [ride_gains([points, RIDE], start, end - start, 8000) for start, end in pairwise(edges)]
    joined = [
        np.ones(end - start) if part is None else part
        for part, start, end in zip(parts, edges, edges[1:], strict=False)
    ]
    expected = np.ones(9600) if whole is None else whole
    assert np.concatenate(joined).tobytes() == expected.tobytes()


def test_the_kernel_and_numpy_give_the_same_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = ride_gains([RIDE], 40000, 70000, RATE_HZ)
    monkeypatch.setattr("bridge.processing.gain_series.library", lambda: None)
    plain = ride_gains([RIDE], 40000, 70000, RATE_HZ)
    assert compiled is not None
    assert plain is not None
    assert compiled.tobytes() == plain.tobytes()
