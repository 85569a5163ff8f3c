"""What changed: in words and numbers, and as a list that makes the second song of the first."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
import soundfile
from hypothesis import Phase, given, settings, strategies as st

from bridge.jobs.job_file import JobFile
from bridge.jobs.revisions import (
    SongDocument,
    apply_song_changes,
    song_changes,
    song_document,
)
from bridge.jobs.revisions.song_document import canonical
from chains import loads
from stemwright.problems import InputError

Run = Callable[..., Any]
CHAIN = """schema = 1
name = "Warm"
[[group]]
id = "vocals"
stems = ["vox*"]
gain_db = {gain_db}
  [[group.insert]]
  use = "compressor"
  ratio = {ratio}
[[group]]
id = "music"
stems = ["*"]
{more}
"""
HEAD = {"schema": 1, "chain": "c.toml", "stems": "stems"}


def document(lines: dict[str, Any] | None = None, **chain: Any) -> SongDocument:
    told = {"gain_db": 0.0, "ratio": 2.0, "more": "", **chain}
    return song_document(
        loads(CHAIN.format(**told)), JobFile.model_validate({**HEAD, **(lines or {})})
    )


SECTION = {"name": "chorus 2", "from": "1:02.5", "to": 84.0}
RIDE = {"group": "vocals", "section": "Chorus 2", "gain_db": 0.7}


@pytest.mark.parametrize(
    ("a", "b", "words"),
    [
        (
            {"section": (SECTION,)},
            {"section": (SECTION,), "ride": (RIDE,)},
            ["chorus 2 vocals ride +0.7 dB"],
        ),
        (
            {"section": (SECTION,), "ride": (RIDE,)},
            {"section": (SECTION,), "ride": ({**RIDE, "gain_db": 1.0},)},
            ["chorus 2 vocals ride +0.3 dB, from +0.7 dB to +1 dB"],
        ),
        (
            {"ride": ({"stem": "Lead Vox", "from": 1.0, "to": "bar 3", "gain_db": -1.0},)},
            {},
            ["stem Lead Vox ride -1 dB from 0:01.000 to bar 3 removed"],
        ),
        (
            {},
            {"ride": ({"group": "fx", "pre": True, "points": ((58.0, 0.0), ("1:02", 2.0))},)},
            ["fx ride before the inserts of points 0:58.000 0 dB, 1:02.000 +2 dB"],
        ),
        (
            {},
            {"stem": {"keys": {"gain_db": -0.5}}},
            ["stem keys gain -0.5 dB, from 0 dB to -0.5 dB"],
        ),
        ({"drive_db": 5.683}, {"drive_db": 6.0}, ["drive +0.317 dB, from +5.683 dB to +6 dB"]),
        ({}, {"drive_db": 6.0}, ["drive held at +6 dB"]),
        ({}, {"tempo_bpm": 92.0}, ["tempo from unset to 92"]),
        ({"title": "A"}, {"title": "B"}, ['title from "A" to "B"']),
        (
            {"section": (SECTION,)},
            {"section": ({**SECTION, "to": 85.0, "words": "a touch up"},)},
            [
                "section chorus 2 ends at 1:25.000, not at 1:24.000",
                'section chorus 2 is asked "a touch up"',
            ],
        ),
        ({}, {"metadata": {"isrc": "GB1"}}, ['metadata isrc from unset to "GB1"']),
    ],
)
def test_one_edit_is_told_in_words(a: dict[str, Any], b: dict[str, Any], words: list[str]) -> None:
    one, other = document(a), document(b)
    found = song_changes(one, other)
    assert [each.words for each in found] == words
    assert apply_song_changes(one, found).digest == other.digest
    assert apply_song_changes(other, song_changes(other, one)).digest == one.digest


def test_layout_and_what_says_nothing_are_no_change() -> None:
    a = {"section": (SECTION,), "ride": (RIDE, {**RIDE, "gain_db": 1.0})}
    b = {
        "section": ({**SECTION, "from": 62.5},),
        "ride": ({**RIDE, "section": "chorus 2", "gain_db": 1.0}, {**RIDE, "ramp_s": 0.05}),
        "stem": {"keys": {"gain_db": 0.0}},
    }
    assert song_changes(document(a), document(b)) == ()
    assert document(a).digest == document(b).digest


def test_a_tail_that_is_held_is_no_change_of_the_chain() -> None:
    held = document({"tail_s": 2.0})
    engine = replace(held.chain.engine, tail_s=None)
    again = song_document(
        replace(held.chain, engine=engine), JobFile.model_validate({**HEAD, "tail_s": 2.0})
    )
    assert song_changes(held, again) == ()


def test_a_change_that_does_not_fit_is_refused() -> None:
    a, b, c = (document({"drive_db": each}) for each in (1.0, 2.0, 3.0))
    with pytest.raises(InputError, match="drive_db is not as the change says it was"):
        apply_song_changes(c, song_changes(a, b))
    ride = document({"section": (SECTION,), "ride": (RIDE,)})
    plain = document({"section": (SECTION,)})
    with pytest.raises(InputError, match="vocals ride"):
        apply_song_changes(plain, song_changes(ride, plain))


class Making:
    """Random songs out of few words, so that two have much in common."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311 - no secrets here

    def ride(self, sections: list[str]) -> dict[str, Any]:
        pick = self.random.choice
        owner = pick([{"group": "vocals"}, {"group": "music"}, {"stem": "Lead"}])
        if "group" in owner and pick([True, False]):
            owner["pre"] = pick([True, False])
        if pick([True, False, False]):
            return {**owner, "points": ((0.0, pick([0.0, -0.0])), (pick([1.0, "bar 2"]), 2.0))}
        when = {"from": pick([1.0, "0:01"]), "to": pick([2.0, "bar 3", "bar 3.2"])}
        if sections and pick([True, True, False]):
            when = {"section": pick(sections)}
        ramp = pick([{}, {"ramp_s": 0.05}, {"ramp_s": 1.0}])
        return {**owner, **when, **ramp, "gain_db": pick([-0.0, 0.0, 0.5, 0.7])}

    def some(self, made: Callable[[], Any], most: int) -> tuple[Any, ...]:
        return tuple(made() for _ in range(self.random.randint(0, most)))

    def job(self) -> dict[str, Any]:
        pick = self.random.choice
        names = self.random.sample(["verse", "chorus", "end"], self.random.randint(0, 3))
        whole: dict[str, Any] = {
            "title": pick(["", "A"]),
            "tempo_bpm": pick([92.0, 93.0]),
            "drive_db": pick([0.0, -0.0, 5.683]),
            "trim_db": pick([0.0, -1.0]),
            "tail_s": pick([0.0, 2.0]),
            "due": date(2026, 12, pick([4, 5])),
            "references": self.some(lambda: pick(["a.wav", "b.wav"]), 2),
            "stem": {each: {"gain_db": pick([0.0, 0.5])} for each in ("Lead", "keys")},
            "section": tuple(
                {
                    "name": each,
                    "from": pick([1.0, "0:01"]),
                    "to": 2.0,
                    "words": pick(["", "up"]),
                    "note": pick([None, None, {"id": "1"}, {"id": "1", "by": "Ann"}]),
                    "answer": pick([None, "", "done"]),
                }
                for each in names
            ),
            "ride": self.some(lambda: self.ride(names), 4),
            "metadata": {
                "year": pick([1, 1.0, True, "1"]),
                "more": pick([{"b": (1, 2)}, {"b": (1,)}, {}]),
            },
        }
        return {key: each for key, each in whole.items() if pick([True, True, True, False])}

    def chain(self) -> dict[str, Any]:
        pick = self.random.choice
        target = "[target]\nintegrated_lufs = -14.0"
        return {
            "gain_db": pick([0.0, 0.5]),
            "ratio": pick([2.0, 3.0]),
            "more": pick(["", target]),
        }

    def sound(self, made: SongDocument) -> SongDocument:
        pick = self.random.choice
        source = {each: [pick(["a", "b"])] for each in ("vox", "keys") if pick([True, True, False])}
        plugin = {
            each: {
                "version": pick(["1", "2"]),
                "binary": pick(["x", "y"]),
                "state": pick(["s", None]),
            }
            for each in ("vocals/air",)
            if pick([True, False])
        }
        return replace(made, song={**made.song, "source": source, "plugin": plugin})

    def pair(self) -> tuple[SongDocument, SongDocument]:
        """Two songs: another, one with some of its parts from another, or the same again."""
        pick, job, chain = self.random.choice, self.job(), self.chain()
        a = self.sound(document(job, **chain))
        other = self.job()
        kept = [key for key in other if pick([True, False])]
        if not {*kept} & {"section", "ride"}:
            job = {**job, **{key: other[key] for key in kept}}
        b = pick(
            [
                document(job, **chain),
                self.sound(document(job, **chain)),
                document(job, **self.chain()),
                document(other, **self.chain()),
                a,
            ]
        )
        return a, b


@settings(max_examples=200, phases=[Phase.generate], deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_changes_are_none_for_equal_digests_and_make_the_second_of_the_first(seed: int) -> None:
    a, b = Making(seed).pair()
    changes = song_changes(a, b)
    assert (changes == ()) is (a.digest == b.digest)
    made = apply_song_changes(a, changes)
    assert made.digest == b.digest
    assert canonical(made.song) == canonical(b.song)
    assert apply_song_changes(a, changes[::-1]).digest == b.digest
    assert all(each.words for each in changes)
    json.dumps([each.as_json() for each in changes], allow_nan=False)


def test_random_pairs_are_of_every_kind() -> None:
    found = [song_changes(*Making(seed).pair()) for seed in range(100)]
    keys = Counter(each.path[0] for changes in found for each in changes)
    assert min(keys[key] for key in ("ride", "stem", "section", "source", "plugin", "group")) > 5
    assert 10 < sum(changes == () for changes in found) < 60


@pytest.fixture
def sent(run: Run, song: Path) -> Path:
    assert run("send", song, "--words", "first").code == 0
    text = (song / "job.toml").read_text("utf-8").replace("gain_db = 0.5 ", "gain_db = 1.0 ")
    text += '\n[[ride]]\ngroup = "music"\nsection = "chorus 2"\ngain_db = 0.7\n'
    (song / "job.toml").write_text(text, "utf-8")
    noise = 0.05 * np.random.default_rng(9).standard_normal((2 * 48000, 2))
    soundfile.write(song / "stems" / "keys.wav", noise, 48000, "PCM_24")
    assert run("render", song).code in (0, 1)
    assert run("send", song, "--words", "vocals up").code == 0
    return song


def test_what_a_revision_did_is_said_in_words_and_numbers(run: Run, sent: Path) -> None:
    (sent.parent / "chain.toml").unlink()
    said = run("changes", sent, "r0", "r1")
    assert said.code == 0
    lines = said.out.splitlines()
    assert lines[:3] == [
        "vocals fader +0.5 dB, from +0.5 dB to +1 dB",
        "chorus 2 music ride +0.7 dB",
        "stem keys replaced",
    ]
    assert lines[3].startswith("master +0.")
    told = json.loads(run("changes", sent, "r0", "r1", "--json").out)
    assert told["words"] == "; ".join(lines)
    assert [each["path"] for each in told["changes"]] == [
        "group.vocals.gain_db",
        'ride.group.music."chorus 2"',
        "source.keys",
    ]
    assert [each["version"] for each in told["masters"]] == ["main", "instrumental"]


def test_a_revision_with_itself_is_nothing(run: Run, sent: Path) -> None:
    assert run("changes", sent, "r1", "r1").out.splitlines() == [
        "nothing changed",
        "master: the same samples",
        "version instrumental: the same samples",
    ]
    (row,) = (each for each in json.loads(run("history", sent, "--json").out)["revisions"][1:])
    assert row["replaced_stems"] == ["keys"]


def test_what_was_edited_is_not_compared(run: Run, sent: Path) -> None:
    path = sent / "revisions" / "r0" / "chain.toml"
    path.write_text(path.read_text("utf-8") + "\n", "utf-8")
    said = run("changes", sent, "r0", "r1")
    assert (said.code, "r0: chain.toml was edited" in said.err) == (2, True)
    (sent / "revisions" / "r1" / "main.wav").unlink()
    assert run("changes", sent, "r1", "r1").code == 0
