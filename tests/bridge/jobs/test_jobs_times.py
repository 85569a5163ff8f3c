"""Times of a job, and the bars they count by."""

from __future__ import annotations

import pytest

from bridge.jobs import BarClock, NoSuchBeatError, song_time
from sessions import Meter, Tempo


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        (0, 0.0),
        (62.5, 62.5),
        ("62.5", 62.5),
        ("1:02.5", 62.5),
        ("0:58", 58.0),
        ("61:00.125", 3660.125),
        ("1:00:00", 3600.0),
    ],
)
def test_clock_times_are_seconds(written: float | str, seconds: float) -> None:
    assert song_time(written).seconds == seconds


@pytest.mark.parametrize(
    ("written", "bar", "beat"), [("bar 33", 33, 1), ("bar 33.3", 33, 3), ("Bar  1", 1, 1)]
)
def test_bars_wait_for_a_tempo(written: str, bar: int, beat: int) -> None:
    found = song_time(written)
    assert (found.seconds, found.bar, found.beat) == (None, bar, beat)


@pytest.mark.parametrize(
    "written",
    ["1:2", "1:62", "-1", -0.5, True, "", "bar", "bar 0", "bar 3.0", "1:2:3:4", "1e3", None, "x"],
)
def test_anything_else_is_no_time(written: object) -> None:
    with pytest.raises(ValueError, match=r".*"):
        song_time(written)


def at_s(clock: BarClock, written: str) -> float:
    return song_time(written).at_s(clock)


def test_bars_of_one_tempo() -> None:
    clock = BarClock([Tempo(0.0, 92.0)])
    assert at_s(clock, "bar 1") == 0.0
    assert at_s(clock, "bar 33") == pytest.approx(32 * 4 * 60 / 92, abs=1e-12)
    assert at_s(clock, "bar 33.3") == pytest.approx((32 * 4 + 2) * 60 / 92, abs=1e-12)


def test_bars_follow_the_tempo_map_and_its_meters() -> None:
    clock = BarClock([Tempo(0, 60.0), Tempo(8, 120.0)], [Meter(0, 4, 4), Meter(8, 3, 4)])
    assert [at_s(clock, f"bar {bar}") for bar in (1, 2, 3, 4, 5)] == [0.0, 4.0, 8.0, 9.5, 11.0]
    assert at_s(clock, "bar 4.3") == 10.5


def test_eighths_are_the_beats_of_a_meter_in_eighths() -> None:
    clock = BarClock([Tempo(0, 60.0)], [Meter(0, 6, 8)])
    assert at_s(clock, "bar 2") == 3.0
    assert at_s(clock, "bar 2.4") == 4.5


def test_a_tempo_that_ramps_is_linear_in_time() -> None:
    clock = BarClock([Tempo(0, 60.0, "linear"), Tempo(8, 120.0)])
    assert at_s(clock, "bar 4") == pytest.approx(8.0, abs=1e-12)  # 90 BPM on average
    seconds = at_s(clock, "bar 2")
    assert seconds + 7.5 / 2 * seconds**2 / 60 == pytest.approx(4.0, abs=1e-12)
    assert at_s(clock, "bar 5") == pytest.approx(10.0, abs=1e-12)


def test_what_a_bar_does_not_have_is_told() -> None:
    with pytest.raises(NoSuchBeatError, match="bar 2 has 4 beats"):
        at_s(BarClock([Tempo(0, 60.0)]), "bar 2.5")
    with pytest.raises(NoSuchBeatError, match="neither job nor session"):
        at_s(BarClock([]), "bar 2")
