"""The drive solver: how near its prediction comes, on music, and what it says when it cannot."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings, strategies as st
from pyebur128 import MeasurementMode, R128State, get_loudness_global

from bridge.audio.blocks import Block
from bridge.processing.limiting import (
    DRIVE_RANGE_DB,
    Analyser,
    Analysis,
    FinishLimiter,
    Prediction,
    Solution,
    solve_drive,
)
from chains import Limiter

RATE_HZ = 48000


def analysed(signal: Block, cuts: tuple[int, ...] = (), rate_hz: int = RATE_HZ) -> Analysis:
    analyser = Analyser(rate_hz)
    for block in np.split(signal, sorted(cuts), axis=1):
        analyser.add(block)
    return analyser.result()


def predicted(signal: Block, ceiling_dbtp: float = -1.0) -> Prediction:
    return Prediction(analysed(signal), ceiling_dbtp, Limiter())


def loudness(signal: Block, analysis: Analysis, solution: Solution, insert: Limiter) -> float:
    """What libebur128 reads of the limited signal."""
    finish = FinishLimiter(analysis, solution.drive_db, -1.0, insert)
    output = np.concatenate([finish.process(signal), finish.finish()], axis=1)
    state = R128State(2, analysis.sample_rate_hz, MeasurementMode.MODE_I)
    state.add_frames(np.ascontiguousarray(output.T).ravel(), output.shape[1])
    return float(get_loudness_global(state))


def noise(seconds: float, rate_hz: int = RATE_HZ) -> Block:
    random = np.random.Generator(np.random.PCG64(3))
    return random.standard_normal((2, round(seconds * rate_hz))) * 0.05


@pytest.mark.parametrize("song", ["caesium", "potassium"])
@pytest.mark.parametrize(("wanted", "first", "second"), [(-14.0, 0.02, 0.001), (-9.0, 0.12, 0.02)])
def test_one_correction_brings_music_to_its_loudness(
    shared_data: Callable[[str], Path], song: str, wanted: float, first: float, second: float
) -> None:
    samples, rate_hz = soundfile.read(shared_data(f"stems/{song}/mixdown-sum.flac"))
    signal, insert = np.ascontiguousarray(samples.T), Limiter()
    analysis = analysed(signal, rate_hz=rate_hz)
    prediction = Prediction(analysis, -1.0, insert)
    solution = solve_drive(prediction, wanted)
    assert solution.reached
    error = loudness(signal, analysis, solution, insert) - wanted
    assert abs(error) <= first
    again = solve_drive(prediction, wanted, bias_lu=error)
    assert abs(loudness(signal, analysis, again, insert) - wanted) <= second


@pytest.mark.parametrize("rate_hz", [44100, 48000, 96000])
@pytest.mark.parametrize("wanted", [-35.0, -23.0, -20.0])
def test_without_limiting_the_drive_is_the_difference(rate_hz: int, wanted: float) -> None:
    signal, insert = noise(3.0, rate_hz), Limiter()
    analysis = analysed(signal, rate_hz=rate_hz)
    solution = solve_drive(Prediction(analysis, -1.0, insert), wanted)
    assert loudness(signal, analysis, solution, insert) == pytest.approx(wanted, abs=2e-3)
    assert solution.predicted_lufs == pytest.approx(wanted, abs=1e-3)
    assert solution.drive_db == round(solution.drive_db, 3)


def test_a_louder_signal_needs_that_much_less_drive() -> None:
    signal = noise(3.0)
    plain = solve_drive(predicted(signal), -12.0)
    louder = solve_drive(predicted(signal * 2.0), -12.0)
    assert plain.drive_db - louder.drive_db == pytest.approx(20 * math.log10(2.0), abs=2e-3)


def test_what_cannot_be_reached_is_said() -> None:
    click = np.zeros((2, RATE_HZ * 2))
    click[:, ::4800] = 0.5
    solution = solve_drive(predicted(click), -5.0)
    assert not solution.reached
    assert solution.predicted_lufs < -10.0
    assert DRIVE_RANGE_DB[0] <= solution.drive_db < DRIVE_RANGE_DB[1]
    quiet = solve_drive(predicted(noise(2.0) * 1e-3), -14.0)
    assert (quiet.drive_db, quiet.reached) == (DRIVE_RANGE_DB[1], False)
    loud = solve_drive(predicted(noise(2.0) * 100.0, -20.0), -40.0)
    assert (loud.drive_db, loud.reached) == (DRIVE_RANGE_DB[0], False)


@pytest.mark.parametrize("frames", [0, 1, 19199])
def test_too_short_for_a_loudness_is_left_alone(frames: int) -> None:
    solution = solve_drive(predicted(noise(1.0)[:, :frames]), -14.0)
    assert solution == Solution(0.0, -math.inf, reached=False)


def test_silence_is_left_alone() -> None:
    solution = solve_drive(predicted(np.zeros((2, RATE_HZ))), -14.0)
    assert solution == Solution(0.0, -math.inf, reached=False)


def test_envelope_scales_with_the_signal() -> None:
    signal = noise(0.5)
    plain = analysed(signal)
    double = analysed(signal * 2.0)
    assert np.array_equal(double.envelope.all(), plain.envelope.all() * 2.0)
    assert np.array_equal(double.energies.all(), plain.energies.all() * 4.0)
    odd = analysed(signal * 0.7)
    assert odd.envelope.all() == pytest.approx(plain.envelope.all() * 0.7, rel=1e-6)


@settings(max_examples=20)
@given(st.lists(st.integers(0, 40000), max_size=10))
def test_the_cut_of_the_stream_changes_no_bit(cuts: list[int]) -> None:
    signal = noise(1.0)[:, :40000]
    whole, cut = analysed(signal), analysed(signal, tuple(cuts))
    assert np.array_equal(whole.envelope.all(), cut.envelope.all())
    assert np.array_equal(whole.energies.all(), cut.energies.all())
    assert whole.frames == 40000
