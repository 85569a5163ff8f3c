"""The mail to the client: every language has every phrase, and nothing in it breaks."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.checking import (
    CODES,
    LANGUAGES,
    CheckReport,
    Finding,
    MixFit,
    StemFindings,
    letters,
)
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
        ("[hum] again", "at {when}", "[hum] again names {when}, and can name {hz}, {other}, {"),
        ("[hum] wrong", "{value:d}", "[hum] wrong names {value:d}, and can name {hz}, {other}, {"),
        ("[hum] wrong", "{}", "[hum] wrong names {}, and can name {hz}, {other}, {"),
    ],
)
def test_a_placeholder_that_is_none_is_a_fault_with_those_that_are(
    tmp_path: Path, place: str, text: str, said: str
) -> None:
    of_mail = dict.fromkeys(
        ("greeting", "opening", "closing", "nothing", "unexplained", "also"), "of {title}"
    )
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


def _line(language: str, *found: Finding) -> str:
    mail = letters(language).letter(CheckReport((StemFindings("kick", found),)), "Song")
    (line,) = [line for line in mail.splitlines() if line.startswith("- ")]
    return line


@pytest.mark.parametrize(
    ("language", "value_db", "said"),
    [
        ("en", 8.987, "9.0 dB louder"),
        ("en", -3.006, "3.0 dB quieter"),
        ("de", 8.987, "9,0 dB lauter"),
        ("de", -3.006, "3,0 dB leiser"),
    ],
)
def test_a_level_is_told_by_the_way_it_is_off(language: str, value_db: float, said: str) -> None:
    level = Finding("level-1", "level", "major", ("kick",), 0.0, 9.0, value_db)
    assert said in _line(language, level)


@pytest.mark.parametrize(
    ("value_ms", "said"),
    [(2.979, "3.0 ms late"), (-2.979, "3.0 ms early"), (1999.979, "2000 ms late")],
)
def test_a_time_has_no_more_digits_than_it_takes(value_ms: float, said: str) -> None:
    late = Finding("offset-1", "offset", "major", ("kick",), 0.0, 9.0, value_ms)
    assert said in _line("en", late)


def test_places_are_minutes_and_seconds_each_once() -> None:
    at_s = (61.04, 61.31, 75.2)
    clicks = [Finding(f"clicks-{s}", "clicks", "major", ("kick",), s, s, 9.0) for s in at_s]
    assert "at 1:01, 1:15." in _line("en", *clicks)


def test_who_goes_to_a_place_hears_what_follows() -> None:
    found = Finding("dropout-1", "dropout", "major", ("kick",), 32.8604, 32.8634, 3.0)
    assert "at 0:32." in _line("en", found)


def test_a_name_of_two_lines_is_one_line() -> None:
    same = Finding("duplicate-1", "duplicate", "major", ("a\nb", "c\r\u2028d\x1b"), 0.0, 9.0, 1.0)
    assert _line("en", same).startswith("- a b: it is the same as c  d . Please")


def test_a_template_without_ways_keeps_working(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    names = ("greeting", "opening", "closing", "nothing", "unexplained", "also")
    sentences = "".join(f'{name} = "a"\n' for name in names)
    own.write_text(sentences + '[level]\nwrong = "level {value}"\nagain = "again"\n')
    level = Finding("level-1", "level", "major", ("kick",), 0.0, 9.0, -3.006)
    assert _line(str(own), level) == "- kick: level -3.0 dB. again"


@pytest.mark.parametrize("language", LANGUAGES)
def test_of_two_faults_in_turn_all_places_and_the_worst_value_are_told(language: str) -> None:
    faults = [("clicks", 0.0, 30.0), ("dropout", 1.0, 3.0), ("clicks", 62.0, 9.0)]
    faults += [("dropout", 65.0, 2.0), ("clicks", 70.0, 9.0), ("clicks", 80.0, 9.0)]
    line = _line(
        language,
        *(
            Finding(f"{code}-{at_s}", code, "major", ("kick",), at_s, at_s, value)
            for code, at_s, value in faults
        ),
    )
    assert "0:00, 1:02, 1:10, …" in line
    assert "0:01, 1:05" in line


def test_of_what_is_missing_the_mail_says_when_where_and_how_loud() -> None:
    facts = {"low_hz": 280.0, "high_hz": 2500.0, "against_mix_db": -20.3}
    found = Finding("missing-1", "missing", "major", (), 0.1, 15.9, -35.0, "", facts)
    assert "0:00–0:16, in the middle (280–2500 Hz), 20.3 dB under" in _line("en", found)  # noqa: RUF001
    assert "in der Mitte (280–2500 Hz), 20,3 dB unter" in _line("de", found)  # noqa: RUF001


def test_a_wall_is_told_with_its_level_and_its_time() -> None:
    walls = [Finding("limited-1", "limited", "minor", ("a",), s, s + 9, -12.4 + s) for s in (0, 1)]
    assert "the peaks at -11.4 dBFS, 0:00–0:09, 0:01–0:10." in _line("en", *walls)  # noqa: RUF001


@pytest.mark.parametrize("is_inside", [False, True])
def test_a_late_sound_in_a_file_as_the_others_is_no_late_start(is_inside: bool) -> None:
    facts = {"file_as_others": is_inside}
    late = Finding("offset-1", "offset", "major", ("kick",), 0.0, 9.0, 12.0, "", facts)
    said = _line("en", late)
    assert ("plug-in delay" in said, "from the song's start" in said) == (is_inside, not is_inside)


@pytest.mark.parametrize("language", LANGUAGES)
def test_stems_are_not_called_fine_where_the_mix_is_more_than_they(language: str) -> None:
    words = letters(language)
    level = Finding("level-1", "level", "minor", ("kick",), 0.0, 9.0, -0.6)

    def said(verdict: str, *found: Finding) -> str:
        fit = MixFit(12.0, (), found, verdict, "")
        return words.letter(CheckReport((), mix=fit), "Song")

    fine, unlike = (words.sentences[name] for name in ("nothing", "unexplained"))
    assert said("sums_with_changes").endswith(unlike.replace("{title}", "Song"))
    for other in (said("sums"), said("bus_processing"), said("sums_with_changes", level)):
        assert other.endswith(fine.replace("{title}", "Song"))
