"""Rides that are so large that they may be a slip of the hand are told, one by one and summed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from bridge.jobs import large_rides, load_job, song_moves, song_session
from sessions import read

Written = Callable[[str], Path]
SELDOM = "rides of a master seldom pass 12 dB; it is rendered as it is written"


@pytest.fixture
def told(written: Written) -> Callable[[str], list[tuple[str, str]]]:
    """(where, message) of what a job with these lines tells of its rides."""

    def tell(lines: str) -> list[tuple[str, str]]:
        path = written(lines)
        for name in ("vox", "keys"):
            soundfile.write(path.parent / "stems" / f"{name}.wav", np.zeros((800, 2)), 8000)
        job = load_job(path)
        found = large_rides(job, song_moves(job, song_session(job, read(job.stems))))
        assert {(each.severity, each.code) for each in found} <= {("warning", "ride_large")}
        return [(each.where, each.message) for each in found]

    return tell


def ride(gain_db: float, begin: float = 1.0, end: float = 2.0, more: str = "") -> str:
    return f'[[ride]]\ngroup = "vocals"\nfrom = {begin}\nto = {end}\ngain_db = {gain_db}\n{more}'


@pytest.mark.parametrize("gain_db", [40.0, -40.0, 12.5])
def test_a_ride_beyond_twelve_decibels_is_told_with_its_line(
    told: Callable[[str], list[tuple[str, str]]], gain_db: float
) -> None:
    said = f"the ride of vocals at job.toml:4 goes to {gain_db:+g} dB: {SELDOM}"
    assert told(ride(gain_db)) == [("job.toml:4 ride[0]", said)]


def test_points_and_stems_are_held_to_the_same(
    told: Callable[[str], list[tuple[str, str]]],
) -> None:
    lines = '[[ride]]\nstem = "keys"\npoints = [[0, 1.0], [1, -70], [2, 0]]\n'
    said = f"the ride of keys at job.toml:4 goes to -70 dB: {SELDOM}"
    assert told(lines) == [("job.toml:4 ride[0]", said)]


@pytest.mark.parametrize("gain_db", [12.0, -12.0, 0.0])
def test_usual_rides_are_not_told(
    told: Callable[[str], list[tuple[str, str]]], gain_db: float
) -> None:
    assert told(ride(gain_db) + ride(gain_db, 3.0, 4.0)) == []


@pytest.mark.parametrize("more", ["", "pre = true\n"])
def test_rides_that_add_up_are_told_where_they_do(
    told: Callable[[str], list[tuple[str, str]]], more: str
) -> None:
    lines = ride(8.0, 1.0, 2.0) + ride(8.0, 1.5, 2.5, more)
    assert told(lines) == [
        ("job.toml", f"the rides of vocals add up to +16 dB at 0:01.500: {SELDOM}")
    ]


def test_one_ride_that_begins_where_another_ends_is_no_sum(
    told: Callable[[str], list[tuple[str, str]]],
) -> None:
    hard = "ramp_s = 0\n"
    assert told(ride(10.0, 1.0, 2.0, hard) + ride(10.0, 2.0, 3.0, hard)) == []
