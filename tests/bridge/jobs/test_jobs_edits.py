"""Edits of a song in its job: what they say, in seconds, and what they have wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

from bridge.jobs import BarClock, JobError, job_schema, load_job, timed_edits
from sessions import Tempo

Written = Callable[[str], Path]

SECTIONS = """\
[[section]]
name = "verse"
from = 1
to = 5
[[section]]
name = "chorus"
from = "bar 5"
to = "0:20"
"""
EDITS = """\
[[edit]]
id = "radio"
sections = ["chorus", "Verse"]
crossfade_s = 0.1
[[edit]]
id = "cut15"
from = "0:02"
length_s = 15
fade_out_s = 1
tail_s = 0.5
[[edit]]
id = "faded"
fade_in_s = 0.5
"""


def _faults(path: Path) -> list[tuple[str, str, int | None, str | None]]:
    with pytest.raises(JobError) as caught:
        load_job(path)
    return [
        (each.kind, each.where.path, each.where.line, each.nearest) for each in caught.value.faults
    ]


def test_edits_are_parts_of_the_song_in_seconds(written: Written) -> None:
    job = load_job(written(SECTIONS + EDITS))
    found = timed_edits(job, BarClock([Tempo(0.0, 120.0)]), 30.0)
    assert [*found] == ["radio", "cut15", "faded"]
    assert found["radio"].spans_s == ((8.0, 20.0), (1.0, 5.0))
    assert found["cut15"].parts_s(30.0) == ((2.0, 16.5),)
    assert found["faded"].parts_s(30.0) == ((0.0, 30.0),)
    edit = found["radio"].at(30 * 48000, 48000, 44100)
    assert edit.sections == ((384000, 960000), (48000, 240000))
    assert (edit.crossfade_frames, edit.sounding_frames(0)) == (4800, 16 * 48000)


def test_what_does_not_fit_the_song_is_told_with_its_line(written: Written) -> None:
    job = load_job(written(SECTIONS + EDITS + '[[edit]]\nid = "x"\nfrom = 14\n'))
    with pytest.raises(JobError) as caught:
        timed_edits(job, BarClock([]), 12.0)
    assert [(each.kind, each.where.line) for each in caught.value.faults] == [
        ("no_such_beat", 12),
        ("edit_beyond_end", 16),
        ("edit_shape", 25),
    ]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('sections = ["verse"]\nlength_s = 3', "sections stand beside length_s"),
        ('sections = ["verse"]\ncrossfade_s = 1', "no two sections"),
        ("from = 1\nto = 3\nlength_s = 3", "both to and length_s"),
        ("from = 3\nto = 3", "ends at 3 s, and begins at 3 s"),
        ("length_s = 3\nhead_s = 1\nfade_out_s = 2.5", "do not fit into 3 s"),
    ],
)
def test_an_edit_says_what_is_heard(written: Written, lines: str, said: str) -> None:
    path = written(f'{SECTIONS}[[edit]]\nid = "cut"\n{lines}\n')
    with pytest.raises(JobError, match=said) as caught:
        load_job(path)
    assert [(each.kind, each.where.line) for each in caught.value.faults] == [("edit_shape", 12)]


def test_ids_versions_and_sections_are_those_there_are(written: Written) -> None:
    rows = (
        '[[edit]]\nid = "Main"\n[[edit]]\nid = "a"\nof = "mian"\n'
        '[[edit]]\nid = "A"\nsections = ["verse", "chrous"]\n'
        '[[edit]]\nid = "no good"\nlenght_s = 3\n'
    )
    assert _faults(written(SECTIONS + rows)) == [
        ("duplicate_edit", "edit[0].id", 13, None),
        ("unknown_version", "edit[1].of", 16, "main"),
        ("duplicate_edit", "edit[2].id", 18, None),
        ("unknown_section", "edit[2].sections[1]", 19, "chorus"),
        ("bad_id", "edit[3].id", 21, None),
        ("unknown_key", "edit[3].lenght_s", 22, "length_s"),
    ]


def test_the_schema_has_edits() -> None:
    check = jsonschema.Draft202012Validator(job_schema())
    job = {"schema": 1, "chain": "c.toml", "stems": "s"}
    assert check.is_valid({**job, "edit": [{"id": "a", "from": "0:02", "length_s": 15}]})
    assert not check.is_valid({**job, "edit": [{"id": "a", "length_s": -1}]})
    assert not check.is_valid({**job, "edit": [{"of": "main"}]})
