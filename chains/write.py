"""Writing a chain as TOML: one canonical text for one chain."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from chains.document import as_document
from chains.model import Chain
from chains.validation import check

Entries = Mapping[str, Any]

_AT_REST = {"on": "stereo", "mix": 1.0, "bypass": False}
_LONG = 80
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPED = re.compile(r'[\x00-\x1f\x7f"\\]')
_SHORT = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}


def dumps(chain: Chain) -> str:
    """Write a chain so that `loads` gives an equal one back.

    Ids and all settings are written out, defaults included, so that a later default cannot change
    the sound; what is unset, and an insert's `on`, `mix` and `bypass` at rest, is left out.
    Raises ChainError as `check` does.
    """
    data = as_document(check(chain))
    lines = [pair("schema", data["schema"]), pair("name", data["name"])]
    lines += _table("engine", data.get("engine", {}))
    for row in data["group"]:
        lines += _row("group", _group(row))
    for row in data.get("return", []):
        lines += _row("return", row)
    lines += _inserts("master", data.get("master", {}))
    lines += _table("target", data.get("target", {}))
    for row in data.get("version", []):
        lines += _row("version", _version(row))
    return "".join(f"{line}\n" for line in lines)


def _group(group: Entries) -> Entries:
    return {**group, "sends": group["sends"] or None, "required": group["required"] or None}


def _version(version: Entries) -> Entries:
    words = {key: version.get(key) for key in ("mute", "only")}
    rest = {key: version.get(key) for key in ("gain_db", "limiter")}
    return {"id": version["id"], **words, "dynamics": version["dynamics"], **rest}


def _table(name: str, entries: Entries) -> Iterator[str]:
    """A table of that name; nothing for one in which nothing is set."""
    pairs = [*_pairs(entries)]
    if pairs:
        yield from ("", f"[{name}]", *pairs)


def _row(name: str, entries: Entries) -> Iterator[str]:
    """A table of a list of tables, and its inserts as tables of their own."""
    yield from ("", f"[[{name}]]", *_pairs(entries))
    yield from _inserts(name, entries)


def _inserts(owner: str, entries: Entries) -> Iterator[str]:
    for insert in entries.get("insert", []):
        yield from ("", f"[[{owner}.insert]]")
        for key, value in insert.items():
            if value is not None and value != _AT_REST.get(key) and value != {}:
                yield pair(key, value)


def _pairs(entries: Entries) -> Iterator[str]:
    for key, value in entries.items():
        if key != "insert" and value is not None:
            yield pair(key, value)


def pair(key: str, value: Any) -> str:
    """A key with its value, as TOML has it."""
    return f"{key_text(key)} = {_value(value)}"


def value_text(value: Any, indent: str = "", newline: str | None = None) -> str:
    """A value as TOML has it, its lines but the first indented; on one line without `newline`.

    A list of tables has one line for each, as has a list that would make a long one.
    """
    if newline is None or not isinstance(value, list | tuple):
        return _on_one_line(value)
    rows = [_on_one_line(each) for each in value]
    if not any(isinstance(each, Mapping) for each in value) and sum(map(len, rows)) < _LONG:
        return _on_one_line(value)
    return f"[{''.join(f'{newline}{indent}    {row},' for row in rows)}{newline}{indent}]"


def _on_one_line(value: Any) -> str:
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_on_one_line, value))}]"
    if isinstance(value, Mapping):
        pairs = (f"{key_text(key)} = {_on_one_line(each)}" for key, each in value.items())
        return f"{{ {', '.join(pairs)} }}" if value else "{}"
    return _value(value)


def key_text(word: str) -> str:
    """A key as TOML has it."""
    return word if _BARE.fullmatch(word) else _text(word)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return f"{{{', '.join(pair(key, each) for key, each in value.items())}}}"
    if isinstance(value, list | tuple):
        return _list(value)
    return repr(value)


def _list(values: Iterable[Any]) -> str:
    """A list of tables (bands) has one line for each."""
    rows = [*values]
    if any(isinstance(row, Mapping) for row in rows):
        return "[\n" + "".join(f"    {_value(row)},\n" for row in rows) + "]"
    return f"[{', '.join(map(_value, rows))}]"


def _text(words: str) -> str:
    return f'"{_ESCAPED.sub(_escape, words)}"'


def _escape(found: re.Match[str]) -> str:
    return _SHORT.get(found[0]) or f"\\u{ord(found[0]):04x}"
