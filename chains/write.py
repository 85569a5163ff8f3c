"""Writing a chain as TOML: one canonical text for one chain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import tomlkit
from tomlkit.items import AoT, Array, InlineTable, Table

from chains.document import document
from chains.model import Chain
from chains.validation import check

Entries = Mapping[str, Any]

_AT_REST = {"on": "stereo", "mix": 1.0, "bypass": False}


def dumps(chain: Chain) -> str:
    """Write a chain so that `loads` gives an equal one back.

    Ids and all settings are written out, defaults included, so that a later default cannot change
    the sound; what is unset, and an insert's `on`, `mix` and `bypass` at rest, is left out.
    Raises ChainError as `check` does.
    """
    data = document(check(chain))
    written = tomlkit.document()
    written["schema"] = data["schema"]
    written["name"] = data["name"]
    parts: dict[str, Table | AoT] = {
        "engine": _table(data.get("engine", {})),
        "group": _tables(_group(row) for row in data["group"]),
        "return": _tables(_bus(row) for row in data.get("return", [])),
        "master": _table(_bus(data.get("master", {}))),
        "target": _table(data.get("target", {})),
        "version": _tables(_version(row) for row in data.get("version", [])),
    }
    written.update({key: part for key, part in parts.items() if part})
    return tomlkit.dumps(written)


def _group(group: Entries) -> Entries:
    sends = _inline(group["sends"]) if group["sends"] else None
    return _bus({**group, "sends": sends, "required": group["required"] or None})


def _bus(table: Entries) -> Entries:
    return {**table, "insert": [_insert(row) for row in table.get("insert", [])]}


def _version(version: Entries) -> Entries:
    words = {key: version.get(key) for key in ("mute", "only")}
    return {"id": version["id"], **words, "dynamics": version["dynamics"]}


def _insert(insert: Entries) -> Entries:
    return {
        key: _setting(value)
        for key, value in insert.items()
        if value != _AT_REST.get(key) and value != {}
    }


def _setting(value: Any) -> Any:
    if isinstance(value, dict):
        return _inline(value)
    return _list(value) if isinstance(value, list) else value


def _inline(entries: Entries) -> InlineTable:
    table = tomlkit.inline_table()
    table.update(entries)
    return table


def _list(values: Iterable[Any]) -> Array:
    """A list of tables (bands) has one line for each."""
    rows = [_inline(value) if isinstance(value, dict) else value for value in values]
    array = tomlkit.array()
    array.extend(rows)
    return array.multiline(any(isinstance(row, dict) for row in rows))


def _table(entries: Entries) -> Table:
    table = tomlkit.table()
    for key, value in entries.items():
        if key == "insert":
            if value:
                table[key] = _tables(value)
        elif value is not None:
            table[key] = value
    return table


def _tables(rows: Iterable[Entries]) -> AoT:
    tables = tomlkit.aot()
    for row in rows:
        tables.append(_table(row))
    return tables
