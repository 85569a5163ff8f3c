"""Gain, decibels and mixing."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, strategies as st

from bridge.audio.blocks import Block
from bridge.processing.gain_series import gain_of, gains_of, levels_db
from bridge.processing.processors.gain import GainProcessor
from bridge.processing.wrappers import Mixed
from chains import Gain

RATE = 48000


def noise(frames: int) -> Block:
    return np.random.default_rng(1).standard_normal((2, frames))


@given(level_db=st.floats(-300, 300))
def test_decibels_agree_with_the_definition(level_db: float) -> None:
    assert math.isclose(gain_of(level_db), 10 ** (level_db / 20), rel_tol=1e-13)


@given(gain=st.floats(1e-30, 1e30))
def test_levels_agree_with_the_definition(gain: float) -> None:
    level = float(levels_db(np.array([gain]))[0])
    assert math.isclose(level, 20 * math.log10(gain), rel_tol=1e-13, abs_tol=1e-12)


def test_unity_is_exact_both_ways() -> None:
    assert gain_of(0.0) == 1.0
    assert gain_of(-0.0) == 1.0
    assert levels_db(np.array([1.0]))[0] == 0.0


@given(st.lists(st.floats(-200, 100), min_size=1, max_size=40))
def test_a_gain_does_not_depend_on_its_neighbours(levels: list[float]) -> None:
    assert gains_of(np.array(levels)).tolist() == [gain_of(level) for level in levels]


def test_gain_multiplies() -> None:
    out = GainProcessor(Gain(gain_db=-6.0), RATE).process(noise(100))
    assert np.allclose(out, noise(100) * 10 ** (-6 / 20), rtol=1e-13, atol=0)


def test_no_gain_is_the_identity() -> None:
    processor = GainProcessor(Gain(), RATE)
    assert np.array_equal(processor.process(noise(100)), noise(100))
    assert processor.finish().shape == (2, 0)


class Late:
    """A look-ahead processor: doubles, and holds back the last `held` frames."""

    def __init__(self, held: int) -> None:
        self._held = held
        self._waiting = np.zeros((2, 0))

    def process(self, block: Block) -> Block:
        waiting = np.concatenate((self._waiting, block), axis=1)
        ready = max(0, waiting.shape[1] - self._held)
        self._waiting = waiting[:, ready:]
        return 2.0 * waiting[:, :ready]

    def finish(self) -> Block:
        return 2.0 * self._waiting


@given(
    sizes=st.lists(st.integers(0, 40), max_size=8),
    held=st.integers(0, 70),
    mix=st.sampled_from([0.0, 0.3, 1.0]),
)
def test_dry_and_wet_meet_on_the_same_frame(sizes: list[int], held: int, mix: float) -> None:
    mixed, whole, at, out = Mixed(Late(held), mix), noise(sum(sizes)), 0, []
    for size in sizes:
        out.append(mixed.process(whole[:, at : at + size]))
        at += size
    out.append(mixed.finish())
    wet = 2.0 * whole
    expected = {0.0: whole, 1.0: wet}.get(mix, (1.0 - mix) * whole + mix * wet)
    assert np.array_equal(np.concatenate(out, axis=1), expected)


def test_a_mix_outside_its_range_is_refused() -> None:
    with pytest.raises(ValueError, match="outside"):
        Mixed(Late(0), 1.01)
