"""The tempo map against closed forms, numeric integration, and its own inverse."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given, strategies as st

from sessions.model.session import TempoCurve
from sessions.model.tempo import RampIn, TempoMap

Point = tuple[float, float, TempoCurve]

POINTS = st.lists(
    st.tuples(
        st.floats(0, 400),
        st.floats(20, 400),
        st.sampled_from(["step", "linear"]),
    ),
    min_size=1,
    max_size=6,
)
RAMPS = st.sampled_from(["beats", "seconds"])


def test_without_points_it_is_120() -> None:
    assert TempoMap().seconds(4.0) == 2.0
    assert TempoMap().beats(2.0) == 4.0


def test_steps_are_exact() -> None:
    tempo = TempoMap([(0.0, 120.0, "step"), (8.0, 60.0, "step"), (12.0, 90.0, "step")])
    assert tempo.seconds(8.0) == 4.0
    assert tempo.seconds(12.0) == 8.0
    assert tempo.seconds(15.0) == 10.0
    assert tempo.beats(10.0) == 15.0


def test_before_the_first_point_its_tempo_holds() -> None:
    tempo = TempoMap([(4.0, 60.0, "step"), (8.0, 120.0, "step")])
    assert tempo.seconds(2.0) == 2.0
    assert tempo.seconds(-1.0) == -1.0
    assert tempo.beats(-1.0) == -1.0


def test_a_ramp_over_beats_takes_the_logarithmic_time() -> None:
    tempo = TempoMap([(0.0, 60.0, "linear"), (16.0, 120.0, "step")])
    assert tempo.seconds(16.0) == pytest.approx(16 * math.log(2), abs=1e-12)
    assert tempo.bpm(8.0) == 90.0


def test_a_ramp_over_time_covers_the_mean_tempo() -> None:
    tempo = TempoMap.at_seconds([(0.0, 60.0, "linear"), (10.0, 120.0, "step")])
    assert tempo.beats(10.0) == pytest.approx(15.0, abs=1e-12)
    assert tempo.seconds(15.0) == pytest.approx(10.0, abs=1e-12)
    assert tempo.beats(5.0) == pytest.approx(5.0 * 75.0 / 60.0, abs=1e-12)


def test_of_two_points_on_one_beat_a_ramp_ends_in_the_first() -> None:
    tempo = TempoMap([(0.0, 60.0, "linear"), (8.0, 120.0, "step"), (8.0, 30.0, "step")])
    assert tempo.seconds(8.0) == pytest.approx(8 * math.log(2), abs=1e-12)
    assert tempo.seconds(9.0) - tempo.seconds(8.0) == pytest.approx(2.0, abs=1e-12)


def test_senseless_points_are_left_out() -> None:
    points = [(0.0, 0.0, "step"), (math.nan, 90.0, "step"), (1.0, math.inf, "step")]
    assert TempoMap(points).seconds(2.0) == 1.0


@pytest.mark.parametrize("ramp_in", ["beats", "seconds"])
def test_a_ramp_too_short_to_measure_is_a_step(ramp_in: RampIn) -> None:
    tempo = TempoMap([(0.0, 20.0, "linear"), (5e-324, 220.0, "step")], ramp_in)
    assert tempo.seconds(22.0) == pytest.approx(6.0)
    assert [each.bpm for each in tempo.tempos()] == [20.0, 220.0]


@given(POINTS, RAMPS, st.floats(-50, 600))
def test_beats_and_seconds_are_each_others_inverse(
    points: list[Point], ramp_in: RampIn, beat: float
) -> None:
    tempo = TempoMap(points, ramp_in)
    assert tempo.beats(tempo.seconds(beat)) == pytest.approx(beat, abs=1e-6)


@given(POINTS, RAMPS)
def test_seconds_are_the_integral_of_the_tempo(points: list[Point], ramp_in: RampIn) -> None:
    tempo = TempoMap(points, ramp_in)
    for start, stop in zip(
        sorted({p[0] for p in points}), sorted({p[0] for p in points})[1:], strict=False
    ):
        steps = 2000
        width = (stop - start) / steps
        middles = (start + (at + 0.5) * width for at in range(steps))
        summed = math.fsum(60.0 * width / tempo.bpm(beat) for beat in middles)
        assert tempo.seconds(stop) - tempo.seconds(start) == pytest.approx(summed, rel=1e-4)


@given(POINTS, RAMPS)
def test_time_never_runs_backwards(points: list[Point], ramp_in: RampIn) -> None:
    tempo = TempoMap(points, ramp_in)
    times = [tempo.seconds(beat / 4) for beat in range(0, 2000, 7)]
    assert all(later > earlier for earlier, later in itertools.pairwise(times))


def test_ramps_over_beats_come_back_from_their_seconds() -> None:
    tempo = TempoMap([(0.0, 90.0, "linear"), (7.0, 150.0, "step"), (9.0, 80.0, "step")])
    points = [(each.position_s, each.bpm, each.curve) for each in tempo.tempos()]
    again = TempoMap.at_seconds(points, ramp_in="beats")
    for second in (0.5, 2.0, 3.9, 6.0):
        assert again.beats(second) == pytest.approx(tempo.beats(second), abs=1e-9)
