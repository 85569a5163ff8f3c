"""The mail to the client: every language has every phrase, and nothing in it breaks."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.checking import CODES, LANGUAGES, CheckReport, Finding, StemFindings, letters
from stemwright.problems import InputError


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_phrases(language: str) -> None:
    assert letters(language).phrases.keys() == letters("en").phrases.keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_whatever_is_found_at_its_worst_makes_a_mail(language: str) -> None:
    written = letters(language)
    for code in CODES:
        found = Finding(f"{code.name}-1", code.name, code.worst, ("kick", "snare"), 1.0, 2.0, 3.5)
        mail = written.letter(CheckReport((StemFindings("kick", (found,)),)), "Song")
        lines = [line for line in mail.splitlines() if line.startswith("- ")]
        phrase = written.phrases.get(code.name)
        told = phrase is not None and (code.worst == "major" or phrase.minor)
        assert len(lines) == told, code.name
        assert "{" not in mail
        if code.worst == "major":
            assert told or code.name == "hum", code.name


@pytest.mark.parametrize(
    ("place", "text", "said"),
    [
        ("opening", "of {nope}:", "opening names {nope}, and can name {title}"),
        ("greeting", "Hello {titel},", "greeting names {titel}, and can name {title}"),
        ("also", " {title} ", "also names {title}, and can name none"),
        ("[hum] again", "at {when}", "[hum] again names {when}, and can name {other}, {"),
        ("[hum] wrong", "{value:d}", "[hum] wrong names {value:d}, and can name {other}, {"),
        ("[hum] wrong", "{}", "[hum] wrong names {}, and can name {other}, {"),
    ],
)
def test_a_placeholder_that_is_none_is_a_fault_with_those_that_are(
    tmp_path: Path, place: str, text: str, said: str
) -> None:
    of_mail = dict.fromkeys(("greeting", "opening", "closing", "nothing", "also"), "of {title}")
    of_hum = {"wrong": "hum at {where}", "again": "again"}
    of_mail["also"] = "; "
    where = of_mail if place in of_mail else of_hum
    where[place.split()[-1]] = text
    lines = [f'{name} = "{words}"' for name, words in of_mail.items()]
    lines += ["[hum]", *(f'{name} = "{words}"' for name, words in of_hum.items())]
    own = tmp_path / "own.toml"
    own.write_text("\n".join(lines))
    with pytest.raises(InputError) as caught:
        letters(str(own))
    (problem,) = caught.value.problems
    assert problem.kind == "bad_template"
    assert problem.message.startswith(said)
