"""Job files: what they say, and everything that is wrong with them, each with its line."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import jsonschema
import numpy as np
import pytest
import soundfile

from bridge.jobs import JobError, is_job, job_schema, load_job
from chains import Compressor, Eq, load

Written = Callable[[str], Path]


def faults(path: Path) -> list[tuple[int | None, str, str, str | None]]:
    with pytest.raises(JobError) as caught:
        load_job(path)
    return [
        (each.where.line, each.where.path, each.kind, each.nearest) for each in caught.value.faults
    ]


def test_a_job_says_the_song(written: Written) -> None:
    path = written(
        """\
title = "Riverside Drive"
artist = "The Example"
tempo_bpm = 92.0
due = 2026-12-04
revisions_included = 3
drive_db = 5.683
trim_db = -0.25
tail_s = 3.0
[stem."Lead Vox"]
gain_db = -0.5
[metadata]
isrc = "GBAYE0601498"
"""
    )
    job = load_job(path.parent)
    assert (job.title, job.artist, job.tempo_bpm) == ("Riverside Drive", "The Example", 92.0)
    assert (job.due, job.revisions_included) == (date(2026, 12, 4), 3)
    assert (job.held.drive_db, job.held.trim_db, job.held.tail_s) == (5.683, -0.25, 3.0)
    assert (job.held_chain.engine.tail_s, job.chain.engine.tail_s) == (3.0, None)
    assert job.unheld.held_chain == job.chain
    assert dict(job.stem_gains_db) == {"Lead Vox": -0.5}
    assert dict(job.metadata) == {"isrc": "GBAYE0601498"}
    assert job.stems == (path.parent / "stems",)
    assert job.draft == path.parent / "draft"
    assert load_job(path) == job


def test_a_job_without_overrides_is_its_chain(written: Written, chain: Path) -> None:
    assert load_job(written("")).chain == load(chain)


def test_overrides_stand_over_the_chain_and_nothing_else_moves(
    written: Written, chain: Path
) -> None:
    job = load_job(
        written(
            """\
[group.vocals]
gain_db = 0.5
sends = { plate = -12.0 }
[group.vocals.insert.tone]
bands = [{ shape = "bell", hz = 2000, gain_db = 1 }]
mix = 0.5
[group.music.insert.glue]
ratio = 3.0
[return.plate]
gain_db = -3.0
[return.plate.insert.eq]
bypass = true
[master.insert.last]
ceiling_dbtp = -2.0
[target]
integrated_lufs = -9.5
"""
        )
    )
    vocals, music = job.chain.groups
    own = load(chain)
    assert (vocals.gain_db, vocals.sends, vocals.inserts[0].mix) == (0.5, (("plate", -12.0),), 0.5)
    tone, glue = vocals.inserts[0].settings, music.inserts[0].settings
    assert isinstance(tone, Eq)
    assert isinstance(glue, Compressor)
    assert (tone.bands[0].hz, glue.ratio) == (2000, 3.0)
    assert (job.chain.returns[0].gain_db, job.chain.returns[0].inserts[0].bypass) == (-3.0, True)
    assert job.chain.target is not None
    assert job.chain.target.integrated_lufs == -9.5
    assert (vocals.trim_db, vocals.stems, job.chain.path) == (
        own.groups[0].trim_db,
        own.groups[0].stems,
        chain,
    )
    assert job.overrides["group.vocals.insert.tone.mix"] == 0.5
    assert job.overrides["target.integrated_lufs"] == -9.5


def test_places_are_those_of_the_file_that_says_it(written: Written, chain: Path) -> None:
    path = written("[group.vocals]\ngain_db = 0.5\n")
    made = load_job(path).chain
    gain, trim = made.locate("group", 0, "gain_db"), made.locate("group", 0, "stems")
    assert (gain.file, gain.line, gain.path) == (str(path), 5, "group.vocals.gain_db")
    assert (trim.file, trim.line) == (str(chain), 6)


def test_every_fault_is_told_at_once_with_its_line(written: Written) -> None:
    path = written(
        """\
titel = "x"
tempo_bpm = 0
[group.vocal]
gain_db = 0.5
[group.vocals]
gain_bd = 1
trim_db = 500
id = "other"
[group.vocals.sends]
plat = -3.0
[group.vocals.insert.tune]
mix = 0.5
[group.vocals.insert.tone]
mix = 1.5
[master.insert.lst]
mix = 0.5
[return.plat]
gain_db = 1.0
[target]
integrated_lufs = -99.5
[[section]]
name = "chorus 2"
from = "1:2"
to = 84
[[ride]]
group = "vocls"
section = "chorus 3"
gain_db = 0.7
"""
    )
    assert faults(path) == [
        (4, "titel", "unknown_key", "title"),
        (5, "tempo_bpm", "out_of_range", None),
        (6, "group.vocal", "unknown_group", "vocals"),
        (9, "group.vocals.gain_bd", "unknown_key", "gain_db"),
        (10, "group.vocals.trim_db", "out_of_range", None),
        (11, "group.vocals.id", "unknown_key", None),
        (13, "group.vocals.sends.plat", "unknown_return", "plate"),
        (14, "group.vocals.insert.tune", "unknown_insert", "tone"),
        (17, "group.vocals.insert.tone.mix", "out_of_range", None),
        (18, "master.insert.lst", "unknown_insert", "last"),
        (20, "return.plat", "unknown_return", "plate"),
        (23, "target.integrated_lufs", "out_of_range", None),
        (26, "section[0].from", "bad_time", None),
        (29, "ride[0].group", "unknown_group", "vocals"),
        (30, "ride[0].section", "unknown_section", "chorus 2"),
    ]


def test_what_does_not_agree_inside_an_insert_is_told_where_the_job_says_it(
    written: Written,
) -> None:
    path = written(
        '[group.vocals.insert.tone]\nbands = []\n[group.music.insert.glue]\nkey="music"\n'
    )
    assert [each[:3] for each in faults(path)] == [
        (5, "group.vocals.insert.tone.bands", "wrong_length"),
        (7, "group.music.insert.glue.key", "key_self"),
    ]


@pytest.mark.parametrize(
    ("ride", "said"),
    [
        ("gain_db = 1\nfrom = 0\nto = 1", "neither group nor stem"),
        ('group = "music"\nstem = "a"\ngain_db = 1\nfrom = 0\nto = 1', "both group and stem"),
        ('group = "music"\nfrom = 0\nto = 1', "neither gain_db nor points"),
        ('group = "music"\ngain_db = 1', "no time"),
        ('group = "music"\ngain_db = 1\nfrom = 0', "one end alone"),
        ('group = "music"\ngain_db = 1\nfrom = 0\nto = 1\nsection = "a"', "both a section and"),
        ('group = "music"\npoints = [[0, 1]]\nramp_s = 1', "points stand beside ramp_s"),
        ('stem = "a"\npre = true\ngain_db = 1\nfrom = 0\nto = 1', "before the inserts"),
    ],
)
def test_a_ride_says_what_when_and_how_much(written: Written, ride: str, said: str) -> None:
    path = written(f'[[section]]\nname = "a"\nfrom = 0\nto = 1\n[[ride]]\n{ride}\n')
    with pytest.raises(JobError, match=said) as caught:
        load_job(path)
    assert [(each.kind, each.where.line) for each in caught.value.faults] == [("ride_shape", 8)]


@pytest.mark.parametrize(
    ("lines", "place"),
    [
        ('[[section]]\nname = "a"\nfrom = "bar 3.2"\nto = "bar 3.1"', "section[0].to"),
        ('[[ride]]\ngroup = "music"\ngain_db = 1\nfrom = 2\nto = 2', "ride[0].to"),
        ('[[ride]]\ngroup = "music"\npoints = [[2, 0], [1, 1]]', "ride[0].points[1]"),
    ],
)
def test_times_go_forward(written: Written, lines: str, place: str) -> None:
    assert [each[1:3] for each in faults(written(lines))] == [(place, "time_order")]


def test_two_sections_of_one_name_are_a_fault(written: Written) -> None:
    part = '[[section]]\nname = "{}"\nfrom = 0\nto = 1\n'
    path = written(part.format("Chorus") + part.format("chorus"))
    assert [each[1:3] for each in faults(path)] == [("section[1].name", "duplicate_section")]


def test_what_is_gone_is_named_with_what_can_still_be_done(tmp_path: Path, chain: Path) -> None:
    path = tmp_path / "job.toml"
    path.write_text(
        'schema = 1\nchain = "chian.toml"\nstems = ["stems", "more"]\nrough = "rough.wav"\n'
        'references = ["ref.wav"]\n',
        encoding="utf-8",
    )
    with pytest.raises(JobError) as caught:
        load_job(path)
    assert [(each.where.line, each.where.path, each.kind) for each in caught.value.faults] == [
        (2, "chain", "chain_missing"),
        (3, "stems[0]", "stems_missing"),
        (3, "stems[1]", "stems_missing"),
        (4, "rough", "reference_missing"),
        (5, "references[0]", "reference_missing"),
    ]
    assert caught.value.faults[0].nearest == chain.name
    assert "revisions" in str(caught.value.faults[0].hint)


def test_faults_of_chain_and_job_come_together(written: Written, chain: Path) -> None:
    path = written("titel = 1\n")
    chain.write_text(chain.read_text("utf-8").replace("gain_db = -1.0", "gain_db = 900"), "utf-8")
    with pytest.raises(JobError) as caught:
        load_job(path)
    assert [(each.where.file, each.where.line) for each in caught.value.faults] == [
        (str(chain), 7),
        (str(path), 4),
    ]


EVERYWHERE = """\
[group.vocls]
gain_db = 1.0
[group.vocals]
gain_db = 900.0
[group.vocals.insert.tone]
mix = 7.0
[stem."Led Vox"]
gain_db = 1.0
[[section]]
name = "a"
from = "bar 2"
to = 9.0
[[ride]]
group = "vocls"
section = "a"
gain_db = 1.0
[[ride]]
stem = "Key"
points = [["bar 3", 1.0]]
"""
TOLD_EVERYWHERE = [
    (4, "unknown_group", "vocals"),
    (7, "out_of_range", None),
    (9, "out_of_range", None),
    (10, "unknown_stem", "Lead Vox"),
    (12, "no_such_beat", None),
    (17, "unknown_group", "vocals"),
    (20, "no_such_beat", None),
    (20, "unknown_stem", "Keys"),
]


@pytest.fixture
def sounding(written: Written) -> Callable[[str], Path]:
    """A job with these lines, whose stems are there."""

    def write(lines: str) -> Path:
        path = written(lines)
        for name in ("Lead Vox", "Keys"):
            soundfile.write(path.parent / "stems" / f"{name}.wav", np.zeros((480, 2)), 48000)
        return path

    return write


def test_values_ids_stems_and_bars_are_told_in_one_pass(sounding: Written) -> None:
    found = faults(sounding(EVERYWHERE))
    assert [(line, kind, near) for line, _, kind, near in found] == TOLD_EVERYWHERE


def test_a_wrong_chain_hides_no_fault_of_the_job(sounding: Written, chain: Path) -> None:
    path = sounding(EVERYWHERE)
    text = chain.read_text("utf-8").replace('use = "limiter"', 'use = "limitr"')
    chain.write_text(text, "utf-8")
    with pytest.raises(JobError) as caught:
        load_job(path)
    ours = [each for each in caught.value.faults if each.where.file == str(path)]
    others = [each for each in caught.value.faults if each not in ours]
    assert [(each.where.line, each.kind, each.nearest) for each in ours] == TOLD_EVERYWHERE
    assert [(each.where.file, each.kind) for each in others] == [(str(chain), "unknown_use")]


def test_a_value_that_is_wrong_hides_no_name_of_its_ride(sounding: Written) -> None:
    path = sounding(
        '[[ride]]\ngroup = "vocls"\nsection = "nope"\ngain_db = 99\n'
        '[[ride]]\nstem = "Key"\ngain_db = "loud"\nsection = 7\n'
    )
    assert [(place, kind, near) for _, place, kind, near in faults(path)] == [
        ("ride[0].group", "unknown_group", "vocals"),
        ("ride[0].section", "unknown_section", None),
        ("ride[0].gain_db", "out_of_range", None),
        ("ride[1]", "unknown_stem", "Keys"),
        ("ride[1].gain_db", "wrong_type", None),
        ("ride[1].section", "wrong_type", None),
    ]


def test_a_wrong_tempo_makes_no_fault_of_bars(sounding: Written) -> None:
    path = sounding('tempo_bpm = 0\n[[section]]\nname = "a"\nfrom = "bar 2.9"\nto = "bar 4"\n')
    assert [(line, kind) for line, _, kind, _ in faults(path)] == [
        (4, "out_of_range"),
        (5, "no_such_beat"),
    ]


def test_of_stems_that_cannot_be_read_none_is_told_to_be_missing(sounding: Written) -> None:
    path = sounding('titel = 1\n[stem."Keys"]\ngain_db = 1\n')
    (path.parent / "stems" / "Keys.wav").write_bytes(b"no audio")
    assert [(line, kind) for line, _, kind, _ in faults(path)] == [(4, "unknown_key")]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", "file_empty"),
        ("schema = 1\nchain = ", "toml_syntax"),
        ("schema = 7\n", "schema_newer"),
        ("schema = 0\n", "schema_unknown"),
    ],
)
def test_what_is_no_job_at_all_is_told_as_that(tmp_path: Path, text: str, kind: str) -> None:
    path = tmp_path / "job.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(JobError) as caught:
        load_job(path)
    assert [each.kind for each in caught.value.faults] == [kind]
    assert "chain is" not in str(caught.value)


def test_a_job_is_told_from_a_session(written: Written, tmp_path: Path) -> None:
    path = written("")
    assert is_job(path)
    assert is_job(tmp_path)
    assert not is_job(tmp_path / "stems")
    assert not is_job(tmp_path / "chain.toml")


def test_the_schema_takes_what_is_read_and_refuses_what_is_not() -> None:
    schema = job_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    check = jsonschema.Draft202012Validator(schema)
    job = {"schema": 1, "chain": "c.toml", "stems": ["a", "b"], "ride": [{"points": [["0:58", 0]]}]}
    assert list(check.iter_errors(job)) == []
    assert list(check.iter_errors({**job, "titel": 1}))
    assert list(check.iter_errors({**job, "tempo_bpm": 0}))
    assert json.dumps(schema)
