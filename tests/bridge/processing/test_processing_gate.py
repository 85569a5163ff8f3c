"""The gate: when it opens and closes, how far, how fast; and the trailing peak it listens to."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, strategies as st

from bridge.audio.blocks import Block
from bridge.processing.envelopes import TrailingPeak
from bridge.processing.processors.gate import GateProcessor
from chains import Gate

RATE = 48000


def steps(*levels_db: float, seconds: float = 0.5) -> Block:
    levels = np.repeat([10 ** (level / 20) for level in levels_db], round(RATE * seconds))
    return np.stack([levels, levels])


def cut_db(block: Block, insert: Gate) -> np.ndarray:
    return -20 * np.log10(GateProcessor(insert, RATE).process(block)[0] / block[0])


@given(
    level=st.floats(-100, -1),
    threshold_db=st.floats(-80, -20),
    ratio=st.floats(1, 20),
    max_cut_db=st.floats(0, 100),
)
def test_steady_levels_lie_on_the_static_curve(
    level: float, threshold_db: float, ratio: float, max_cut_db: float
) -> None:
    insert = Gate(threshold_db=threshold_db, ratio=ratio, max_cut_db=max_cut_db, release_ms=1.0)
    wanted = min(max_cut_db, (ratio - 1) * max(0.0, threshold_db - level))
    assert cut_db(steps(level), insert)[-1] == pytest.approx(wanted, abs=1e-5)


def test_it_stays_open_within_the_hysteresis_and_not_below() -> None:
    insert = Gate(threshold_db=-40.0, hysteresis_db=6.0, hold_ms=0.0, release_ms=20.0)
    cut = cut_db(steps(-43.0, -30.0, -43.0, -47.0, -43.0), insert)
    end_of = [round(RATE * 0.5 * n) - 1 for n in range(1, 6)]
    assert cut[end_of] == pytest.approx([27.0, 0.0, 0.0, 60.0, 27.0], abs=1e-4)


def test_open_it_passes_bits_and_hold_delays_the_closing() -> None:
    insert = Gate(threshold_db=-40.0, attack_ms=1.0, hold_ms=100.0, release_ms=50.0)
    block = steps(-20.0, -90.0)
    out = GateProcessor(insert, RATE).process(block)
    edge = RATE // 2
    # The level is a peak of the last 10 ms and the hold.
    closes = edge + round(RATE * 0.110) - 1
    assert np.array_equal(out[:, 2400:closes], block[:, 2400:closes])
    cut = -20 * np.log10(out[0] / block[0])
    frames = round(RATE * (0.050 + 0.001))
    assert cut[closes + frames] == pytest.approx(60 * (1 - 1 / math.e), abs=0.5)


@pytest.mark.parametrize("attack_ms", [0.5, 10.0, 80.0])
def test_the_attack_is_the_time_to_a_third_of_the_cut(attack_ms: float) -> None:
    insert = Gate(threshold_db=-40.0, attack_ms=attack_ms, max_cut_db=50.0)
    cut = cut_db(steps(-90.0, -20.0), insert)[RATE // 2 :]
    frames = int((cut > 50 / math.e).sum())
    assert abs(frames - attack_ms * RATE / 1000) <= 1.5
    assert GateProcessor(insert, RATE).lowest_gain_db == 0.0


def test_a_bass_does_not_make_an_open_gate_chatter() -> None:
    wave = 0.1 * np.sin(2 * np.pi * 50 * np.arange(2 * RATE) / RATE)
    insert = Gate(threshold_db=-21.0, hysteresis_db=0.0, hold_ms=0.0, release_ms=1.0)
    block = np.stack([wave, np.zeros_like(wave)])
    out = GateProcessor(insert, RATE).process(block)
    assert np.array_equal(out[:, RATE:], block[:, RATE:])


def test_one_side_opens_both() -> None:
    block = steps(-20.0) * np.array([[1.0], [1e-4]])
    out = GateProcessor(Gate(threshold_db=-40.0), RATE).process(block)
    assert np.array_equal(out[:, RATE // 4 :], block[:, RATE // 4 :])


@given(
    window=st.integers(1, 40),
    values=st.lists(st.floats(0, 10), max_size=200),
    sizes=st.lists(st.integers(0, 60), max_size=6),
)
def test_the_trailing_peak_is_the_largest_of_the_window(
    window: int, values: list[float], sizes: list[int]
) -> None:
    peak, signal = TrailingPeak(window), np.array(values)
    parts, at = [], 0
    for size in [*sizes, len(values)]:
        parts.append(peak.process(signal[at : at + size]))
        at += size
    expected = [max(values[max(0, n - window + 1) : n + 1]) for n in range(len(values))]
    assert np.concatenate(parts).tolist() == expected
