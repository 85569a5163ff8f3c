"""Advice that is taken up: settings written into a job's file, and what that changed of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import unified_diff
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stemwright.problems import InputError, Problem

if TYPE_CHECKING:
    from tomlkit import TOMLDocument
    from tomlkit.items import Item

Place = tuple[str, ...]
"""The tables of a setting, and its key: ("group", "vocals", "gain_db")."""


def written_settings(job: Path, settings: Mapping[Place, float]) -> tuple[str, ...]:
    """Write settings into a job, comments and order kept, and return the lines of the difference.

    Raises as `bridge.jobs.edited` does, and InputError `job_in_use` where another run changes it,
    `unusual_layout`.
    """
    from bridge.jobs import edited, job_path
    from bridge.jobs.revisions import working_on

    place = job_path(job)
    with working_on(place.parent):
        before = _lines(place)

        def change(document: TOMLDocument) -> None:
            for path, value in settings.items():
                with_setting(document, path, value)

        edited(place, change)
        return tuple(difference(before, _lines(place), place.name))


def _lines(place: Path) -> Sequence[str]:
    return place.read_text(encoding="utf-8-sig").splitlines()


def difference(before: Sequence[str], after: Sequence[str], name: str) -> Iterator[str]:
    """What changed between two versions of a file, line by line."""
    return unified_diff(before, after, f"{name} before", f"{name} now", lineterm="", n=1)


def with_setting(document: TOMLDocument, path: Place, value: float) -> None:
    """Put a value in its table, which is made where there is none, as those beside it are written.

    Raises InputError `unusual_layout` where the file would then say something else.
    """
    import tomlkit

    wanted = _plainly(document.unwrap(), path, value)
    before = tomlkit.dumps(document)
    for is_inline in (False, True):
        if _becomes(tomlkit.parse(before), path, value, wanted, is_inline=is_inline):
            _put(document, path, value, is_inline=is_inline)
            return
    *tables, key = path
    said = f"the job is laid out so that {'.'.join(path)} cannot be put into it"
    hint = f"write it by hand: [{'.'.join(tables)}] {key} = {value}"
    raise InputError(Problem("unusual_layout", said, hint=hint))


def _becomes(
    trial: TOMLDocument, path: Place, value: float, wanted: dict[str, Any], *, is_inline: bool
) -> bool:
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        _put(trial, path, value, is_inline=is_inline)
        return bool(tomlkit.parse(tomlkit.dumps(trial)).unwrap() == wanted)
    except TOMLKitError:
        return False


def _put(document: TOMLDocument, path: Place, value: float, *, is_inline: bool) -> None:
    """Tables that are made are inline where their surroundings are, or where that is asked for."""
    import tomlkit

    *tables, key = path
    table: Any = document
    for depth, name in enumerate(tables):
        if name not in table:
            is_outer = depth < len(tables) - 1
            inline = is_inline and not is_outer
            table[name] = tomlkit.inline_table() if inline else _new_table(table, is_outer=is_outer)
        table = table[name]
    _drop_borrowed_comment(table)
    table[key] = value


def _plainly(data: dict[str, Any], path: Place, value: float) -> dict[str, Any]:
    *tables, key = path
    table = data
    for name in tables:
        table = table.setdefault(name, {})
    table[key] = value
    return data


def _new_table(parent: object, *, is_outer: bool) -> Item:
    """Inline within inline tables and beside dotted keys: a head would take in what follows."""
    import tomlkit
    from tomlkit.items import InlineTable, Table

    keys = [key for key, _ in parent.value.body] if isinstance(parent, Table) else []
    if isinstance(parent, InlineTable) or any(key is not None and key.is_dotted() for key in keys):
        return tomlkit.inline_table()
    return tomlkit.table(is_super_table=is_outer)


def _drop_borrowed_comment(table: object) -> None:
    """tomlkit gives a table without a line of its own the comment of the first table inside it."""
    from tomlkit.items import Table

    if isinstance(table, Table) and table.is_super_table():
        table.trivia.comment_ws = table.trivia.comment = ""
