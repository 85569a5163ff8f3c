"""Where a report of a diff may be written: never over what is compared, nor twice to one place."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from bridge.comparing.pairing import SUFFIXES
from bridge.finished import read_record
from stemwright.files import check_regular
from stemwright.problems import InputError, Problem

_RENDERS = frozenset({"render.json", "chain.lock", "chain.toml", "report.html"})
_FOLDERS = ("states", "bypass-")
_REPORTS = frozenset({".html", ".htm", ".xml"})


def check_outputs(outputs: Mapping[str, Path], compared: Iterable[Path]) -> None:
    """Refuse places for reports, by what they are called ("page"), before any work is done.

    `compared` are the files and folders that are read. Raises InputError with all faults:
    `not_a_file`, `missing_folder`, `same_output`, and `page_over_input` for an output "page".
    """
    read = [each for each in compared if each.exists()]
    problems: list[Problem] = []
    places: dict[Path, str] = {}
    for name, path in outputs.items():
        problems += _faults(name, path, read)
        place = Path(os.path.realpath(path))
        if place in places:
            said = f"{path} is to hold both the {places[place]} and the {name}"
            problems.append(_problem("same_output", path, said, "give each a name of its own"))
        places[place] = name
    if problems:
        raise InputError(problems)


def _faults(name: str, path: Path, read: Iterable[Path]) -> Iterator[Problem]:
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
    if said or (target.exists() and target.suffix.lower() in SUFFIXES):
        said = f"{path} {said or 'is a sound file, which no report replaces'}"
        hint = f"name the {name} otherwise, such as diff.{'xml' if name == 'junit' else 'html'}"
        yield _problem(f"{name}_over_input", path, said, hint)


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
        or inside.suffix.casefold() in SUFFIXES
        or (len(inside.parts) > 1 and first.startswith(_FOLDERS))
    )


def _problem(kind: str, path: Path, said: str, hint: str) -> Problem:
    return Problem(kind, said, {"file": str(path)}, hint=hint)
