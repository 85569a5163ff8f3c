"""Gain reduction over time: what the processor did, in steps of 100 ms, however it was fed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from bridge.processing import ReducesGain, build
from bridge.processing.reduction import Reductions, deepest
from chains import Compressor, Deesser, Gate, Limiter

RATE = 8000


@given(st.lists(st.integers(0, 3 * RATE), max_size=6))
def test_steps_do_not_depend_on_the_cut(cuts: list[int]) -> None:
    reduction_db = np.abs(np.random.default_rng(1).normal(size=3 * RATE + 17)) * 5
    noted, gains = Reductions(RATE), Reductions(RATE)
    for part in np.split(reduction_db, sorted(cuts)):
        noted.note(part)
        gains.note_gains(10.0 ** (-part / 20.0))
    wanted = [-reduction_db[at : at + 800].max() for at in range(0, len(reduction_db), 800)]
    assert noted.curve_db == pytest.approx(wanted)
    assert gains.curve_db == pytest.approx(wanted)
    assert noted.lowest_gain_db == min(noted.curve_db)


@pytest.mark.parametrize(
    "settings",
    [
        Compressor(threshold_db=-30.0, ratio=4.0),
        Deesser(hz=3000, threshold_db=-40.0),
        Gate(threshold_db=-20.0),
        Limiter(ceiling_dbtp=-12.0),
    ],
)
def test_a_curve_is_as_long_as_the_signal_and_as_deep_as_its_reading(settings) -> None:
    time = np.arange(2 * RATE) / RATE
    tone = 0.5 * np.sin(2 * np.pi * 3100 * time) * (time > 1.0)
    processor = build(settings, RATE)
    assert isinstance(processor, ReducesGain)
    for block in (np.stack([tone, tone])[:, :5000], np.stack([tone, tone])[:, 5000:]):
        processor.process(block)
    processor.finish()
    assert len(processor.gain_curve_db) == 20
    assert min(processor.gain_curve_db) == pytest.approx(processor.lowest_gain_db, abs=1e-9)
    quiet, loud = processor.gain_curve_db[3:9], processor.gain_curve_db[13:19]
    assert abs(np.mean(quiet) - np.mean(loud)) > 1.0


def test_several_bands_are_told_by_the_deepest() -> None:
    assert deepest([(0.0, -1.0), (-2.0,)]) == (-2.0, -1.0)
    assert deepest([]) == ()
