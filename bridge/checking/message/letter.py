"""Writes the mail to the client from a template: plain words, one line a stem.

A template has `greeting`, `opening`, `closing`, `nothing`, `unexplained` (of stems that are fine
but do not add up to the rough mix) and `also`, and a table for each code that is worth a mail:
`wrong` says what is wrong, `again` what to export and how. Both may name {where}, {span} from when
to when, {value} with its sign, {size} without it, {other}, the stem it is shared with, {way}, which
is the table's word `above` or `below` by the value's sign, {pitch}, its word `low`, `mid`, `high`
or `wide`, {hz}, from where to where that is, and {under}, the dB it lies under the mix. `inside` is
said in place of `again` where the file begins and ends as the others. `minor = true` has it told
even where it is minor. `decimal_mark` is what stands before tenths, a point where a template has
none.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from string import Formatter
from typing import Any, Literal

from bridge.checking.codes import CODES
from bridge.checking.findings import CheckReport, Finding
from stemwright.problems import InputError, Problem
from stemwright.words import clock, in_one_line, nearest

LANGUAGES = ("en", "de")
_SENTENCES = ("greeting", "opening", "closing", "nothing", "unexplained", "also")
_FIELDS = {"where", "span", "value", "size", "way", "other", "pitch", "hz", "under"}
_POINT, _DECIMAL_MARK = ".", "decimal_mark"
_PITCHES = ("low", "mid", "high", "wide")
_SAYS = ("above", "below", *_PITCHES)
_WORDS = ("wrong", "again", "inside", *_SAYS)
_LOW_HZ, _HIGH_HZ = 250.0, 4000.0
_OF_SENTENCES: Mapping[str, frozenset[str]] = {
    name: frozenset() if name == "also" else frozenset({"title"}) for name in _SENTENCES
}
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_MOST_PLACES = 3
_WHOLE_MS = 10.0


@dataclass(frozen=True)
class _Phrase:
    wrong: str
    again: str
    minor: bool
    inside: str = ""
    says: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Letters:
    """A language's sentences."""

    sentences: Mapping[str, str]
    phrases: Mapping[str, _Phrase]
    decimal_mark: str = _POINT

    def letter(self, report: CheckReport, title: str) -> str:
        """The mail, of what is major and nobody has accepted, and of what the template adds."""
        lines = list(self._lines(report))
        title = in_one_line(title)
        say = {name: text.replace("{title}", title) for name, text in self.sentences.items()}
        if not lines:
            is_unexplained = report.mix is not None and report.mix.is_unexplained
            return "\n".join(
                [say["greeting"], "", say["unexplained" if is_unexplained else "nothing"]]
            )
        return "\n".join([say["greeting"], "", say["opening"], "", *lines, "", say["closing"]])

    def told(self, report: CheckReport) -> list[Finding]:
        """The findings that the mail is about."""
        return [each for each in report.findings() if self._is_told(each)]

    def _lines(self, report: CheckReport) -> Iterator[str]:
        told = self.told(report)
        order = {stem: at for at, stem in enumerate(dict.fromkeys(each.stems[:1] for each in told))}
        for stem, found in groupby(
            sorted(told, key=lambda each: order[each.stems[:1]]), key=lambda each: each.stems[:1]
        ):
            yield self._line(stem, list(found))

    def _is_told(self, finding: Finding) -> bool:
        phrase = self.phrases.get(finding.code)
        if phrase is None or finding.accepted is not None:
            return False
        return finding.severity == "major" or (phrase.minor and finding.severity == "minor")

    def _line(self, stem: Sequence[str], found: Sequence[Finding]) -> str:
        codes = {
            code: [each for each in found if each.code == code]
            for code in dict.fromkeys(each.code for each in found)
        }
        wrong = [self._filled(code, "wrong", same) for code, same in codes.items()]
        again = [self._filled(code, "again", same) for code, same in codes.items()]
        said = self.sentences["also"].join(dict.fromkeys(wrong))
        name = f"{in_one_line(stem[0])}: " if stem else ""
        return f"- {name}{said}. {' '.join(dict.fromkeys(again))}"

    def _filled(self, code: str, which: Literal["wrong", "again"], found: Sequence[Finding]) -> str:
        phrase, first = self.phrases[code], found[0]
        loudest = first.unit == "dBFS"
        worst = max(found, key=lambda each: each.value if loudest else abs(each.value))
        text = phrase.wrong if which == "wrong" else phrase.again
        if which == "again" and phrase.inside and first.facts.get("file_as_others"):
            text = phrase.inside
        return text.format(
            where=_listed(clock(each.start_s, 0) for each in found),
            span=_listed(_span(each) for each in found),
            value=_measured(worst.value, first.unit, self.decimal_mark),
            size=_measured(abs(worst.value), first.unit, self.decimal_mark),
            way=phrase.says["above" if worst.value >= 0 else "below"],
            other=in_one_line(", ".join(first.stems[1:])),
            **_pitched(phrase, worst, self.decimal_mark),
        )


def _listed(places: Iterable[str]) -> str:
    """Each place once, and no more of them than one reads."""
    listed = list(dict.fromkeys(places))
    if len(listed) > _MOST_PLACES:
        listed[_MOST_PLACES:] = ["…"]
    return ", ".join(listed)


def _span(found: Finding) -> str:
    return f"{clock(found.start_s, 0)}–{clock(math.ceil(found.end_s), 0)}"  # noqa: RUF001


def _pitched(phrase: _Phrase, found: Finding, decimal_mark: str) -> dict[str, str]:
    """The words of where in pitch it lies, and how far under the mix."""
    low_hz, high_hz = (float(found.facts.get(name, 0.0)) for name in ("low_hz", "high_hz"))
    if high_hz <= 2 * _LOW_HZ:
        pitch = "low"
    elif low_hz >= 0.5 * _HIGH_HZ:
        pitch = "high"
    else:
        pitch = "mid" if low_hz >= _LOW_HZ and high_hz <= _HIGH_HZ else "wide"
    return {
        "pitch": phrase.says[pitch],
        "hz": f"{low_hz:.0f}–{high_hz:.0f} Hz",  # noqa: RUF001
        "under": _measured(-float(found.facts.get("against_mix_db", 0.0)), "dB", decimal_mark),
    }


def letters(language: str) -> Letters:
    """Read a language that is there, or a template of one's own (a path to a .toml).

    Raises InputError: `no_language`, `bad_template` with all that is wrong.
    """
    if language in LANGUAGES:
        place = files("bridge.checking.message") / f"{language}.toml"
        return _read(place.read_text(encoding="utf-8"), language)
    path = Path(language)
    if path.suffix != ".toml":
        said = f'there is no mail in "{language}"'
        expected = f"{', '.join(LANGUAGES)}, or a template (.toml)"
        hint = "copy one: docs/checks.md shows where they lie"
        raise InputError(Problem("no_language", said, expected=expected, hint=hint))
    try:
        return _read(path.read_text(encoding="utf-8"), language)
    except (OSError, UnicodeDecodeError) as error:
        said = f"{path.name} cannot be read: {error}"
        raise InputError(Problem("bad_template", said, {"file": language})) from error


def _read(text: str, place: str) -> Letters:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        said = f"it is no TOML: {error}"
        raise InputError(Problem("bad_template", said, {"file": place})) from error
    problems = [
        Problem("bad_template", said, {"file": place}, nearest=near) for said, near in _faults(data)
    ]
    if problems:
        raise InputError(problems)
    phrases = {
        code: _Phrase(
            table["wrong"],
            table["again"],
            table.get("minor", False),
            table.get("inside", ""),
            {name: table.get(name, "") for name in _SAYS},
        )
        for code, table in data.items()
        if isinstance(table, dict)
    }
    sentences = {name: data[name] for name in _SENTENCES}
    return Letters(sentences, phrases, data.get(_DECIMAL_MARK, _POINT))


def _faults(data: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
    known = [code.name for code in CODES]
    for name in _SENTENCES:
        if not isinstance(data.get(name), str):
            yield f'it needs the text "{name}"', None
        else:
            yield from _unknown(name, set(_PLACEHOLDER.findall(data[name])), _OF_SENTENCES[name])
    for name, value in data.items():
        if name in _SENTENCES:
            continue
        if name == _DECIMAL_MARK:
            if not isinstance(value, str) or len(value) != 1:
                yield f'{_DECIMAL_MARK} is one character, such as ","', None
            continue
        if not isinstance(value, dict) or name not in known:
            yield f'"{name}" is no code that can be found', nearest(name, known)
            continue
        yield from _faults_of_phrase(name, value)


def _faults_of_phrase(name: str, table: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
    for key in ("wrong", "again", "inside"):
        if not isinstance(table.get(key, "" if key == "inside" else None), str):
            yield f'[{name}] needs the text "{key}"', None
        else:
            yield from _unknown(f"[{name}] {key}", _fields(table.get(key, "")), _FIELDS)
    for key in _SAYS:
        if not isinstance(table.get(key, ""), str):
            yield f'[{name}] {key} is a word, such as "louder"', None
    for key in table.keys() - {*_WORDS, "minor"}:
        yield f'[{name}] has no "{key}"', nearest(key, (*_WORDS, "minor"))


def _unknown(
    place: str, named: Collection[str], known: Collection[str]
) -> Iterator[tuple[str, str | None]]:
    """A fault for each placeholder that is none."""
    listed = ", ".join(f"{{{each}}}" for each in sorted(known)) or "none"
    for each in sorted(set(named) - set(known)):
        near = nearest(each, sorted(known))
        yield f"{place} names {{{each}}}, and can name {listed}", near and f"{{{near}}}"


def _fields(text: str) -> set[str]:
    try:
        return {
            f"{name}{f'!{kind}' if kind else ''}{f':{form}' if form else ''}"
            for _, name, form, kind in Formatter().parse(text)
            if name is not None
        }
    except ValueError:
        return {"{"}


def _measured(value: float, unit: str, decimal_mark: str) -> str:
    """A value as one says it: no more digits than an ear has a use for."""
    if unit.startswith("dB"):
        said = f"{value:.1f}"
    elif unit == "ms":
        said = f"{value:.1f}" if abs(value) < _WHOLE_MS else f"{value:.0f}"
    else:
        said = f"{value:.4g}"
    said = said.replace(_POINT, decimal_mark)
    return f"{said} {unit}" if unit else said
