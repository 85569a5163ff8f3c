"""Rides and sections that begin where the song has ended are told, with what is heard of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from bridge.jobs import load_job, song_session
from bridge.planning import Excerpt
from bridge.road import Inputs
from bridge.road.planning import linked
from bridge.storing import Store
from sessions import read
from stemwright.problems import Diagnostic

Written = Callable[[str], Path]
Told = Callable[..., list[Diagnostic]]
EXCERPT = Excerpt(0.25, 0.75)


@pytest.fixture
def told(written: Written, tmp_path: Path) -> Told:
    """What planning a job with these lines tells of its end; the longest of its stems has 2 s."""

    def tell(lines: str, excerpt: Excerpt | None = None) -> list[Diagnostic]:
        path = written(lines)
        for name, seconds in (("vox", 1), ("keys", 2)):
            samples = np.zeros((8000 * seconds, 2))
            soundfile.write(path.parent / "stems" / f"{name}.wav", samples, 8000)
        job = load_job(path)
        given = Inputs(session=job.stems, chain=job.chain, job=job)
        session, store = song_session(job, read(job.stems)), Store(tmp_path / "store")
        made = linked(given, store, job.held_chain, session, excerpt=excerpt)
        return [said for said in made.diagnostics if said.code.endswith("_beyond_end")]

    return tell


def ride(begin: Any, end: Any, more: str = 'group = "vocals"') -> str:
    return f"[[ride]]\n{more}\nfrom = {begin}\nto = {end}\ngain_db = 1.0\n"


@pytest.mark.parametrize("excerpt", [None, EXCERPT])
def test_a_ride_after_the_songs_end_is_told_with_its_line(
    told: Told, excerpt: Excerpt | None
) -> None:
    assert told(ride(1000, 1010), excerpt) == [
        Diagnostic(
            "warning",
            "ride_beyond_end",
            "job.toml:4 ride[0]",
            "the ride of vocals at job.toml:4 begins at 16:40.000, after the song's end at "
            "0:02.000: it is never heard",
        )
    ]


def test_a_section_after_the_songs_end_is_told_and_so_are_its_rides(told: Told) -> None:
    section = '[[section]]\nname = "outro"\nfrom = "bar 9"\nto = "bar 10"\n'
    lines = f'tempo_bpm = 120\n{section}[[ride]]\nstem = "keys"\nsection = "outro"\ngain_db = 1\n'
    found = told(lines)
    assert [(each.code, each.where) for each in found] == [
        ("ride_beyond_end", "job.toml:9 ride[0]"),
        ("section_beyond_end", "job.toml:5 section[0]"),
    ]
    assert found[1].message == (
        "the section outro at job.toml:5 begins at 0:16.000, after the song's end at 0:02.000: "
        "no stem sounds in it"
    )


@pytest.mark.parametrize(
    "lines",
    [
        ride(1.9, 1000),
        '[[ride]]\ngroup = "vocals"\npoints = [[1.999, 0.0], [1000, 3.0]]\n',
        '[[section]]\nname = "last"\nfrom = 1.5\nto = 60\n',
        ride(1.5, 1.8, 'stem = "vox"'),  # after its own end, before the song's
    ],
)
def test_what_begins_inside_is_fine(told: Told, lines: str) -> None:
    assert told(lines) == []


@pytest.mark.parametrize(
    ("lines", "heard"),
    [
        (ride(2, 3), "at the song's end at 0:02.000: only of its ramp, which comes before it"),
        (ride(2, 3, 'group = "vocals"\nramp_s = 0.0'), "0:02.000: at most a tail is heard"),
        (ride(11.9, 13), ": at most a tail is heard there"),
        (ride(12, 13), ": it is never heard"),
        (ride(11, 13, 'group = "vocals"\npre = true'), ": it is never heard"),
        (ride(11, 13, 'stem = "keys"'), ": it is never heard"),
        (f"tail_s = 1.0\n{ride(3, 13)}", ": it is never heard"),
        (
            '[[ride]]\ngroup = "vocals"\npoints = [[60, -6.0], [61, 0.0]]\n',
            "begins at 1:00.000, after the song's end at 0:02.000: "
            "its first gain, -6 dB, holds for the whole song",
        ),
    ],
)
def test_what_is_heard_of_it_all_the_same_is_said(told: Told, lines: str, heard: str) -> None:
    (found,) = told(lines)
    assert heard in found.message
