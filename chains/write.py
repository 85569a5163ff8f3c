"""Writing a chain as TOML: one canonical text for one chain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import tomlkit
from tomlkit.items import AoT, Array, InlineTable, Table

from chains.model import Chain, Engine, Group, Insert, Return, Target, Version
from chains.wire import CURRENT

Entries = Mapping[str, Any]

_PLACEMENT = {"on": "stereo", "mix": 1.0, "bypass": False}


def dumps(chain: Chain) -> str:
    """Write a chain so that `loads` gives an equal one back.

    Ids and all settings are written out, defaults included, so that a later default cannot change
    the sound; what is unset, and an insert's `on`, `mix` and `bypass` at rest, is left out.
    """
    document = tomlkit.document()
    document["schema"] = CURRENT
    document["name"] = chain.name
    master = {"insert": [_insert(row) for row in chain.master]}
    parts: dict[str, Table | AoT] = {
        "engine": _table(_engine(chain.engine)),
        "group": _tables(_group(row) for row in chain.groups),
        "return": _tables(_return(row) for row in chain.returns),
        "master": _table(master),
        "target": _table(_target(chain.target)),
        "version": _tables(_version(row) for row in chain.versions),
    }
    document.update({key: part for key, part in parts.items() if part})
    return tomlkit.dumps(document)


def _engine(engine: Engine) -> Entries:
    return {
        "host": engine.host,
        "buffer_size": engine.buffer_size,
        "sample_rate_hz": engine.sample_rate_hz,
        "tail_s": engine.tail_s,
    }


def _target(target: Target | None) -> Entries:
    if target is None:
        return {}
    return {
        "integrated_lufs": target.integrated_lufs,
        "true_peak_dbtp": target.true_peak_dbtp,
        "drive_at": target.drive_at,
        "safety": target.safety,
    }


def _group(group: Group) -> Entries:
    return {
        "id": group.id,
        "stems": list(group.stems),
        "trim_db": group.trim_db,
        "gain_db": group.gain_db,
        "sends": _inline(dict(group.sends)) if group.sends else None,
        "required": group.required or None,
        "insert": [_insert(row) for row in group.inserts],
    }


def _return(bus: Return) -> Entries:
    return {
        "id": bus.id,
        "gain_db": bus.gain_db,
        "insert": [_insert(row) for row in bus.inserts],
    }


def _version(version: Version) -> Entries:
    return {
        "id": version.id,
        "mute": list(version.mute) or None,
        "only": list(version.only) or None,
        "dynamics": version.dynamics,
    }


def _insert(insert: Insert) -> Entries:
    placement = {"on": insert.on, "mix": insert.mix, "bypass": insert.bypass}
    settings = insert.settings.model_dump(exclude_none=True, exclude={"use"})
    return {
        "id": insert.id,
        "use": insert.settings.use,
        **{key: value for key, value in placement.items() if value != _PLACEMENT[key]},
        **{key: _setting(value) for key, value in settings.items() if value != {}},
    }


def _setting(value: Any) -> Any:
    if isinstance(value, dict):
        return _inline(value)
    return _list(value) if isinstance(value, tuple) else value


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
