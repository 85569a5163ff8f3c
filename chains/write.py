"""Writing a chain as TOML: one canonical text for one chain."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from chains.document import as_document
from chains.model import Chain
from chains.validation import check

Entries = Mapping[str, Any]

_AT_REST = {"on": "stereo", "mix": 1.0, "bypass": False}
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
    return f"{_key(key)} = {_value(value)}"


def _key(word: str) -> str:
    return word if _BARE.fullmatch(word) else _text(word)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
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
