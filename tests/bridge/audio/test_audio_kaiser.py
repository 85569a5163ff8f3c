"""Kaiser's window and the grid of taps, against numpy's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from bridge.audio.interpolation import FINE_HALF_TAPS, _taps
from bridge.audio.kaiser import as_taps, kaiser


@given(beta=st.floats(0.0, 20.0), share=st.floats(-1.5, 1.5))
def test_the_window_is_numpys(beta: float, share: float) -> None:
    inside = max(0.0, 1.0 - share * share)
    found = kaiser(np.array([share]), beta)
    assert found == pytest.approx(np.i0(beta * np.sqrt([inside])), rel=1e-14)


def test_taps_add_up_to_one_and_lie_on_their_grid() -> None:
    taps = as_taps(np.random.default_rng(1).uniform(-1.0, 2.0, 500))
    assert taps.sum() == pytest.approx(1.0, abs=500 * 2.0**-41)
    assert np.array_equal(taps * 2.0**40, np.rint(taps * 2.0**40))


@pytest.mark.parametrize("sixteenths", range(-2, 16))
def test_a_reading_between_frames_is_a_windowed_sinc(sixteenths: int) -> None:
    distance = sixteenths / 16 - np.arange(-FINE_HALF_TAPS, FINE_HALF_TAPS + 1)
    inside = np.clip(1.0 - (distance / FINE_HALF_TAPS) ** 2, 0.0, None)
    taps = np.sinc(distance) * np.i0(5.65 * np.sqrt(inside)) * (inside > 0.0)
    found = _taps(sixteenths / 16, FINE_HALF_TAPS, 5.65)
    assert found == pytest.approx(taps / taps.sum(), abs=2.0**-40)
