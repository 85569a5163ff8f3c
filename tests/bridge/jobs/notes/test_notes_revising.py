"""Notes of several people go into the job: none lost, none twice, nothing applied unasked."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bridge.cli.app import app
from bridge.jobs import Job, Owner, Section, load_job, read_note_files, revise, wishes
from bridge.jobs.revisions import working_on
from bridge.jobs.seals import sealed
from stemwright.problems import InputError

KNOWN = (
    Owner("group", "vocals"),
    Owner("group", "music"),
    Owner("stem", "03 Lead Vox", "Lead Vox"),
)
Saved = Callable[..., Path]


def _noted(job: Job) -> list[Section]:
    return [each for each in job.sections if each.note is not None]


def test_notes_of_two_become_sections_and_the_rest_of_the_job_stays(
    song: Path, saved: Saved
) -> None:
    before = song.read_text("utf-8")
    ann = saved("ann", ("1", 62.5, "Ann", "chorus vocal up a touch"))
    ben = saved("ben", {"id": "2", "from_s": 3, "to_s": 8.25, "words": "lovely", "name": "Ben"})
    revise(song, read_note_files([ann, ben]), KNOWN)
    assert (
        song.read_text("utf-8")
        .replace("\n\n", "\n")
        .startswith(before[: before.index("[[ride")].replace("\n\n", "\n"))
    )
    assert "gain_db = 0.7  # by ear" in song.read_text("utf-8")
    job = load_job(song)
    found = [
        (each.name, each.start.seconds, each.end.seconds, each.words, each.note and each.note.by)
        for each in _noted(job)
    ]
    assert found == [
        ("Ben 0:03.000", 3.0, 8.25, "lovely", "Ben"),
        ("Ann 1:02.500", 62.5, 66.5, "chorus vocal up a touch", "Ann"),
    ]
    assert [each.section for each in job.rides] == ["chorus 2"]


def test_the_second_time_nothing_changes(song: Path, saved: Saved) -> None:
    files = [
        saved("ann", ("1", 1.0, "Ann", "vocals up")),
        saved("x", ("1", 1.0, "Ann", "vocals up")),
    ]
    first = revise(song, read_note_files(files), KNOWN, apply_rides=True)
    once = song.read_bytes()
    second = revise(song, read_note_files(files[::-1]), KNOWN, apply_rides=True)
    assert song.read_bytes() == once
    assert (first.again, second.again) == (1, 1)
    assert [each.state for each in second.notes] == ["known"]
    assert second.proposals == ()


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_of_a_note_that_was_edited_the_latest_counts_and_both_are_told(
    song: Path, saved: Saved, order: tuple[int, int]
) -> None:
    old = {"id": "1", "from_s": 1.0, "name": "Ann", "words": "vocals up"}
    new = {**old, "words": "vocals up, 2 dB", "written": "2026-12-04T11:00:00+00:30"}
    files = [saved("old", old), saved("new", new)]
    found = revise(song, read_note_files([files[n] for n in order]), KNOWN)
    assert [(each.before.words, each.now.words) for each in found.editions] == [
        ("vocals up", "vocals up, 2 dB")
    ]
    assert [each.words for each in _noted(load_job(song))] == ["vocals up, 2 dB"]


def test_a_note_edited_after_it_was_taken_over_is_reworded_where_it_stands(
    song: Path, saved: Saved
) -> None:
    note = {"id": "1", "from_s": 1.0, "name": "Ann", "words": "vocals up"}
    revise(song, read_note_files([saved("a", note)]), KNOWN, apply_rides=True)
    later = {**note, "from_s": 2.0, "words": "vocals down", "written": "2026-12-05T10:00:00Z"}
    found = revise(song, read_note_files([saved("b", later)]), KNOWN)
    (row,) = found.notes
    assert (row.state, row.moved) == ("edited", True)
    (section,) = _noted(load_job(song))
    assert (section.words, section.start.seconds) == ("vocals down", 1.0)
    assert [
        each.state for each in revise(song, read_note_files([saved("a", note)]), KNOWN).notes
    ] == ["known"]
    assert [each.words for each in _noted(load_job(song))] == ["vocals down"]


def test_the_longest_note_is_kept_whole(song: Path, saved: Saved) -> None:
    words, name = "vocals up " * 399, "n" * 4000
    revise(song, read_note_files([saved("ann", ("1", 1.0, name, words))]), KNOWN)
    (section,) = _noted(load_job(song))
    assert section.words == words.strip()
    assert section.note is not None
    assert section.note.by == name


def test_nobodys_and_contradicting_notes_are_marked(song: Path, saved: Saved) -> None:
    ann = saved("ann", ("1", 10.0, "Ann", "Vocals louder here"), ("4", 40.0, "Ann", "less reverb"))
    ben = saved("ben", ("2", 12.0, " ", "the vocal is too loud"), ("3", 20.0, "Ben", "vocals down"))
    found = revise(song, read_note_files([ann, ben]), KNOWN)
    assert [(each.note.id, each.against, not each.note.name) for each in found.notes] == [
        ("1", ("note 0:12.000",), False),
        ("2", ("Ann 0:10.000",), True),
        ("3", (), False),
        ("4", (), False),
    ]
    assert [each.section for each in found.proposals] == ["Ben 0:20.000"]
    text = song.read_text("utf-8")
    assert '# contradicts "Ann 0:10.000"' in text
    assert "# unattributed" in text
    cleo = saved("cleo", ("5", 21.0, "Cleo", "vocals up please"))
    assert revise(song, read_note_files([cleo]), KNOWN).notes[0].against == ("Ben 0:20.000",)


def test_rides_are_written_only_when_asked_for(song: Path, saved: Saved) -> None:
    ann = saved("ann", ("1", 10.0, "Ann", "lead vox up 1.5 dB, and the music a bit quieter"))
    found = revise(song, read_note_files([ann]), KNOWN)
    assert [(each.owner.name, each.gain_db) for each in found.proposals] == [
        ("music", -0.5), ("03 Lead Vox", 1.5),
    ]  # fmt: skip
    assert len(load_job(song).rides) == 1
    revise(song, read_note_files([ann]), KNOWN, apply_rides=True)
    rides = load_job(song).rides[1:]
    assert [(each.group, each.stem, each.section, each.gain_db) for each in rides] == [
        ("music", None, "Ann 0:10.000", -0.5),
        (None, "03 Lead Vox", "Ann 0:10.000", 1.5),
    ]


def test_what_words_ask_for_beyond_twelve_decibels_is_told(
    song: Path, saved: Saved, command_line: Any
) -> None:
    ann = saved("ann", ("1", 10.0, "Ann", "vocals +20 dB"), ("2", 20.0, "Ann", "music -2 dB"))
    found = revise(song, read_note_files([ann]), KNOWN)
    assert [each.as_json() for each in found.proposals] == [
        {"group": "vocals", "section": "Ann 0:10.000", "gain_db": 12.0, "said_db": 20.0},
        {"group": "music", "section": "Ann 0:20.000", "gain_db": -2.0, "said_db": -2.0},
    ]
    said = command_line(app)("revise", song, "--notes", ann, "--dry-run").out
    assert 'group vocals +12 dB in "Ann 0:10.000" (its words say +20 dB)\n' in said
    assert 'group music -2 dB in "Ann 0:20.000"\n' in said


def test_a_note_on_a_take_that_the_song_has_not_is_told(
    song: Path, saved: Saved, command_line: Any
) -> None:
    (song.parent / "revisions" / "r2").mkdir(
        parents=True
    )  # never sent; r0 and r1 were, and are gone
    rows_sent = [
        {"revision": "r0", "revisions_included": None, "counts_as": "first"},
        {"revision": "r1", "revisions_included": None, "counts_as": "included"},
    ]
    note = sealed({"schema": 1, "sent": rows_sent})
    (song.parent / "revisions" / "sent.json").write_bytes(note)
    rows = [
        {"id": f"{n}", "take": take, "from_s": n, "words": "x"}
        for n, take in enumerate(["r0", "r1", "r2", "draft", "rough mix", ""])
    ]
    found = revise(song, read_note_files([saved("ann", *rows)]), KNOWN)
    assert [each.note.take for each in found.notes if each.is_of_unknown_take] == ["r2"]
    assert song.read_text("utf-8").count('# said of "r2", which this song has not\n') == 1
    said = command_line(app)("revise", song, "--notes", saved("ann", *rows)).out
    assert said.count('[unattributed; said of "r2", which this song has not]') == 1


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("chorus vocal up a touch", [("vocals", 0.5)]),
        ("VOCALS DOWN", [("vocals", -1.0)]),
        ("vocals and music up", [("music", 1.0), ("vocals", 1.0)]),
        ("vocals up but music down a lot", [("vocals", 1.0), ("music", -2.0)]),
        ("the vocals are not loud enough", [("vocals", 1.0)]),
        ("vocals too loud", [("vocals", -1.0)]),
        ("vocals louder than the music", [("vocals", 1.0)]),
        ("don\u2019t turn the vocals up", []),
        ("less reverb on the vocals", []),
        ("vocals brighter", []),
        ("vocals up, no, down", []),
        ("louder", []),
        ("the tambourine louder", []),
        ("I love the vocals", []),
        ("+1.5 dB on the vocals", [("vocals", 1.5)]),
        ("vocals \u22122 dB", [("vocals", -2.0)]),
        ("vocals up 99 dB", [("vocals", 12.0)]),
        ("vocals up 100 dB", [("vocals", 12.0)]),
        ("vocals -120.5 dB", [("vocals", -12.0)]),
    ],
)
def test_a_level_is_understood_only_where_name_and_direction_stand(
    words: str, expected: list[tuple[str, float]]
) -> None:
    found = [
        (owner.name, wish.gain_db)
        for wish in wishes(words, KNOWN)
        if wish.is_level
        for owner in sorted(wish.owners, key=lambda each: each.name)
    ]
    assert found == expected


@pytest.mark.parametrize(
    ("notes", "said"),
    [
        ([{"id": "1", "from_s": -1, "words": "x"}], "notes[0].from_s"),
        ([{"id": "1", "from_s": 1, "to_s": 1, "words": "x"}], "notes[0]"),
        ([{"id": "1", "from_s": 1, "words": "  "}], "notes[0].words"),
        ([{"id": "1", "from_s": "1", "words": "x"}], "notes[0].from_s"),
        ([{"id": "1", "from_s": 1, "words": "x", "written": "yesterday"}], "notes[0].written"),
        ([{"from_s": 1, "words": "x"}], "notes[0].id"),
        ([{"id": "1", "from_s": 1, "words": "x" * 4001}], "notes[0].words"),
        ([{"id": "1", "from_s": 1, "words": "x", "name": "n" * 4001}], "notes[0].name"),
    ],
)
def test_what_is_no_note_is_told_with_its_key(saved: Saved, notes: list[Any], said: str) -> None:
    with pytest.raises(InputError) as caught:
        read_note_files([saved("bad", *notes)])
    assert [(each.kind, each.where["path"]) for each in caught.value.problems] == [
        ("bad_notes", said)
    ]


@pytest.mark.parametrize("text", ["", "{", "[" * 10_000, '{"schema": 2}', "null", "\xff\x00"])
def test_what_is_no_notes_file_is_told(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"x\.json"):
        read_note_files([path])
    with pytest.raises(InputError, match="no such file"):
        read_note_files([tmp_path / "none.json"])


def test_notes_on_another_song_are_refused(song: Path, saved: Saved) -> None:
    before = song.read_bytes()
    with pytest.raises(InputError, match='notes on "Another"'):
        revise(song, read_note_files([saved("a", ("1", 1.0, "A", "up"), job="Another")]), KNOWN)
    assert song.read_bytes() == before


def test_while_another_run_changes_the_job_nothing_is_written(song: Path, saved: Saved) -> None:
    files = read_note_files([saved("ann", ("1", 1.0, "Ann", "vocals up"))])
    before = song.read_bytes()
    with working_on(song.parent), pytest.raises(InputError, match="another run"):
        revise(song, files, KNOWN)
    assert song.read_bytes() == before
    assert [each.state for each in revise(song, files, KNOWN).notes] == ["new"]


def test_a_second_file_goes_behind_the_first_and_keeps_the_order_of_the_job(
    song: Path, saved: Saved
) -> None:
    for number, name in enumerate("abc"):
        note = (name, float(number), name, "vocals up")
        revise(song, read_note_files([saved(name, note)]), KNOWN, apply_rides=True)
    job = load_job(song)
    assert [each.name[0] for each in _noted(job)] == ["a", "b", "c"]
    assert [each.section[0] for each in job.rides if each.section] == ["c", "a", "b", "c"]


def test_hostile_words_stay_words(song: Path, saved: Saved) -> None:
    words = 'a"]\n[[ride]]\ngroup = "vocals" \x1b]52;c;x\x07 \x7f \u2028 """ \\ <b>'
    name = 'Eve\n# x\x1b[31m\u202e"] ' + "e" * 100
    found = revise(song, read_note_files([saved("eve", ("1\n", 1.0, name, words))]), KNOWN)
    (section,) = _noted(load_job(song))
    assert section.words == words
    assert section.note is not None
    assert section.note.id == "1\n"
    assert len(section.name) < 60
    assert len(load_job(song).rides) == 1
    assert found.notes[0].section == section.name


def test_the_command_tells_and_a_dry_run_writes_nothing(
    song: Path, saved: Saved, command_line: Any
) -> None:
    run = command_line(app)
    ann = saved("ann", ("1", 10.0, "Ann", "vocals up"), ("2", 11.0, "", "vocals down"))
    ben = saved("ben", ("3", 30.0, "Ben", "vocals up"))
    before = song.read_bytes()
    asked = ("revise", song.parent, "--notes", ann, "--notes", ben)
    said = run(*asked, "--dry-run", "--apply-rides")
    assert song.read_bytes() == before
    assert said.code == 0
    assert (
        'new     note 0:11.000: "vocals down"  [unattributed; contradicts "Ann 0:10.000"]'
        in said.out
    )
    assert '  group vocals +1 dB in "Ben 0:30.000"' in said.out
    told = json.loads(run(*asked, "--json", "--apply-rides").out)
    assert [each["state"] for each in told["notes"]] == ["new", "new", "new"]
    assert told["rides_applied"] is True
    assert len(load_job(song).rides) == 2
    assert run("revise", song, "--notes", song).code == 2
