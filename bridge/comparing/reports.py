"""A diff as a report: JUnit XML for CI, Markdown for a ticket, and where either may be written."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from lxml import etree

from bridge.comparing.aligning.alignment import alignment_words
from bridge.comparing.diff_text import diff_headline, file_lines
from bridge.comparing.diff_values import Diff, FileDiff
from bridge.comparing.file_pairs import AUDIO_SUFFIXES
from bridge.finished import read_record
from stemwright.files import check_regular
from stemwright.problems import InputError, Problem


def junit(found: Diff) -> bytes:
    """Return the report as an XML document; equal diffs give equal bytes."""
    failures = sum(not each.within and each.verdict != "incomparable" for each in found.files)
    errors = sum(each.verdict == "incomparable" for each in found.files)
    counts = {"tests": str(len(found.files)), "failures": str(failures), "errors": str(errors)}
    top = etree.Element("testsuites", counts)
    suite = etree.SubElement(top, "testsuite", {"name": "stemwright diff", **counts})
    for each in found.files:
        case = etree.SubElement(
            suite, "testcase", classname=_plain(found.b), name=_plain(each.name)
        )
        if not each.within:
            _failed(case, each, found)
    document: bytes = etree.tostring(top, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return document


def _failed(case: etree._Element, each: FileDiff, found: Diff) -> None:
    kind = "error" if each.verdict == "incomparable" else "failure"
    reason = "; ".join([*each.reasons, *(missed.text for missed in each.missed)])
    failure = etree.SubElement(
        case, kind, type=each.verdict, message=_plain(reason or each.verdict)
    )
    first = [] if found.first_step is None else [f"first to differ: {found.first_step}"]
    failure.text = _plain("\n".join([diff_headline(found), *first, *file_lines(each)]))


def _plain(text: str) -> str:
    """Leave out what XML 1.0 cannot hold (2.2, Characters)."""
    return "".join(each for each in text if each in "\t\n" or (each >= " " and _allowed(each)))


def _allowed(each: str) -> bool:
    return not ("\ud800" <= each <= "\udfff" or each in "\ufffe\uffff" or "\x7f" <= each <= "\x9f")


_HEAD = ("file", "verdict", "peak dBFS", "rms dBFS", "LU", "dBTP", "alignment")
_ENDS = re.compile(r"[\r\n]+")
_MARKS = re.compile(r"[\\`*_{}\[\]#|~!]")


def markdown(found: Diff) -> str:
    """Return the report as text."""
    return "\n".join(_lines(found)) + "\n"


def _lines(found: Diff) -> Iterator[str]:
    yield f"## {diff_headline(found)}"
    yield ""
    if found.first_step is not None:
        yield f"First to differ, in signal order: {escaped(found.first_step)}"
        yield ""
    yield f"| {' | '.join(_HEAD)} |"
    yield "|---|---|--:|--:|--:|--:|---|"
    yield from (_row(each) for each in found.files)
    for each in found.files:
        if not each.within:
            yield ""
            yield f"### {escaped(each.name)}"
            yield from _fenced([*file_lines(each)])


def _row(each: FileDiff) -> str:
    left = each.raw
    cells = (
        escaped(each.name),
        each.verdict if each.within else f"**{each.verdict}**",
        _number(None if left is None else left.peak_dbfs),
        _number(None if left is None else left.rms_dbfs),
        _number(each.loudness_delta_lu, "+.2f"),
        _number(each.true_peak_delta_db, "+.2f"),
        "" if each.alignment is None else alignment_words(each.alignment),
    )
    return f"| {' | '.join(cells)} |"


def _number(value: float | None, form: str = ".1f") -> str:
    return format(value, form) if value is not None and math.isfinite(value) else ""


def escaped(text: str) -> str:
    """Plain text, of which neither Markdown nor HTML makes anything (CommonMark 2.4)."""
    marked = _MARKS.sub(r"\\\g<0>", " ".join(text.split()))
    return marked.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _fenced(lines: list[str]) -> Iterator[str]:
    """A block of code, in a fence longer than any run of backticks in it."""
    longest = max((len(run) for line in lines for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    yield from (fence, *(_ENDS.sub(" ", line) for line in lines), fence)


_RENDERS = frozenset({"render.json", "chain.lock", "chain.toml", "report.html"})
_FOLDERS = ("states", "bypass-")
_REPORTS = frozenset({".html", ".htm", ".xml"})
_ENDINGS = {"page": "html", "junit": "xml"}


def check_outputs(
    outputs: Mapping[str, Path], compared: Iterable[Path], *, such_as: str = "diff"
) -> None:
    """Refuse places for reports, by what they are called ("page"), before any work is done.

    `compared` are the files and folders that are read, `such_as` what a report is called that is
    in nobody's way, without its ending. Raises InputError with all faults:
    `not_a_file`, `missing_folder`, `same_output`, and `page_over_input` for an output "page".
    """
    read = [each for each in compared if each.exists()]
    problems: list[Problem] = []
    places: dict[Path, str] = {}
    for name, path in outputs.items():
        problems += _faults(name, path, read, f"{such_as}.{_ENDINGS[name]}")
        place = Path(os.path.realpath(path))
        if place in places:
            said = f"{path} is to hold both the {places[place]} and the {name}"
            problems.append(_problem("same_output", path, said, "give each a name of its own"))
        places[place] = name
    if problems:
        raise InputError(problems)


def _faults(name: str, path: Path, read: Iterable[Path], such_as: str) -> Iterator[Problem]:
    try:
        target = check_regular(path)
    except InputError as error:
        yield from error.problems
        return
    if not target.parent.is_dir():
        said = f"there is no folder {path.parent} for {path.name}"
        yield _problem("missing_folder", path, said, "make it first")
        return
    said = next((said for each in read if (said := _taken(path, target, each))), "")
    if not said and target.exists():
        said = _no_report(target)
    if said:
        said = f"{path} {said}"
        hint = f"name the {name} otherwise, such as {such_as}"
        yield _problem(f"{name}_over_input", path, said, hint)


def _no_report(target: Path) -> str:
    """Why a file that is there is not replaced: by its name it is no report; "" when it is one."""
    suffix = target.suffix.lower()
    if suffix in AUDIO_SUFFIXES:
        return "is a sound file, which no report replaces"
    return "" if suffix in _REPORTS else "is there already, and no report by its name"


def _taken(path: Path, target: Path, read: Path) -> str:
    """Why nothing is to be written at `path`, which leads to `target`; "" when it may be."""
    if not read.is_dir():
        if target.exists() and target.samefile(read):  # by links, and on disks that ignore case
            return "is one of the files that are read"
        if read_record(read.parent) is None:
            return ""
        read = read.parent
    if target.exists() and any(target.samefile(each) for each in _kept(read)):
        return f"belongs to {read}, which is compared"
    folder = Path(os.path.realpath(read))
    for place in (target, Path(os.path.realpath(path.parent)) / path.name):
        if place.is_relative_to(folder) and _reserved(place.relative_to(folder)):
            return f"is a name that {read}, which is compared, needs itself"
    return ""


def _kept(folder: Path) -> Iterator[Path]:
    """The files of a compared folder that are not an earlier diff's report."""
    for each in folder.rglob("*"):
        inside = each.relative_to(folder)
        if each.is_file() and (inside.suffix.lower() not in _REPORTS or _reserved(inside)):
            yield each


def _reserved(inside: Path) -> bool:
    first, name = inside.parts[0].casefold(), inside.name.casefold()
    return (
        name in _RENDERS
        or name.startswith(".stemwright")
        or name.endswith(".digests.json")
        or inside.suffix.casefold() in AUDIO_SUFFIXES
        or (len(inside.parts) > 1 and first.startswith(_FOLDERS))
    )


def _problem(kind: str, path: Path, said: str, hint: str) -> Problem:
    return Problem(kind, said, {"file": str(path)}, hint=hint)
