"""A chain as the plain data of its file: tables as dicts, lists as lists, nothing checked.

What is of another type than a chain has there is passed on as it is, for the checks to tell of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from chains.model import Chain, Engine, Group, Insert, Return, Target, Version
from chains.wire import CURRENT

Data = dict[str, Any]


def as_document(chain: Chain) -> Data:
    """Every setting of `chain` by the keys of its file, defaults and None included.

    Absent are what is empty and what is None by default inside the settings of an insert.
    """
    master = _rows(chain.master, Insert, _insert)
    parts = {
        "engine": _part(chain.engine, Engine, _engine),
        "return": _rows(chain.returns, Return, _return),
        "master": {"insert": master} if master != [] else None,
        "target": _part(chain.target, Target, _target),
        "version": _rows(chain.versions, Version, _version),
    }
    return {
        "schema": CURRENT,
        "name": chain.name,
        "group": _rows(chain.groups, Group, _group),
        **{key: part for key, part in parts.items() if part is not None and part != []},
    }


def _part(value: Any, kind: type, table: Any) -> Any:
    return table(value) if isinstance(value, kind) else value


def _rows(values: Any, kind: type, table: Any) -> Any:
    """The tables of a row of `kind`; the same, unread, where it is no row."""
    if not isinstance(values, tuple | list):
        return values
    return [_part(value, kind, table) for value in values]


def _engine(engine: Engine) -> Data:
    return {
        "host": engine.host,
        "buffer_size": engine.buffer_size,
        "sample_rate_hz": engine.sample_rate_hz,
        "tail_s": engine.tail_s,
    }


def _target(target: Target) -> Data:
    return {
        "integrated_lufs": target.integrated_lufs,
        "true_peak_dbtp": target.true_peak_dbtp,
        "drive_at": target.drive_at,
        "safety": target.safety,
    }


def _group(group: Group) -> Data:
    sends = send_table(group.sends)
    return {
        "id": group.id,
        "stems": _list(group.stems),
        "trim_db": group.trim_db,
        "gain_db": group.gain_db,
        "sends": _list(group.sends) if sends is None else sends,
        "required": group.required,
        "insert": _rows(group.inserts, Insert, _insert),
    }


def send_table(sends: Any) -> dict[str, Any] | None:
    """A table of (return id, dB) pairs, or None where it is something else."""
    if not isinstance(sends, tuple | list):
        return None
    pairs = all(isinstance(each, tuple | list) and len(each) == 2 for each in sends)
    named = pairs and all(isinstance(name, str) for name, _ in sends)
    return dict(sends) if named else None


def _return(bus: Return) -> Data:
    return {
        "id": bus.id,
        "gain_db": bus.gain_db,
        "insert": _rows(bus.inserts, Insert, _insert),
    }


def _version(version: Version) -> Data:
    words = {"mute": _list(version.mute), "only": _list(version.only)}
    return {
        "id": version.id,
        **{key: value for key, value in words.items() if value != [] and value is not None},
        "dynamics": version.dynamics,
        **({} if version.gain_db == () else {"gain_db": _gains(version.gain_db)}),
        **({} if version.limiter is True else {"limiter": version.limiter}),
    }


def _gains(gains: Any) -> Any:
    table = send_table(gains)
    return _list(gains) if table is None else table


def _insert(insert: Insert) -> Data:
    settings = _setting(insert.settings)
    own = settings if isinstance(settings, dict) else {"use": settings}
    placement = {"on": insert.on, "mix": insert.mix, "bypass": insert.bypass}
    return {"id": insert.id, "use": own.get("use"), **placement, **own}


def _setting(value: Any) -> Any:
    """A model as a table, whatever its values are: it may have been made without a check."""
    if isinstance(value, BaseModel):
        fields = type(value).model_fields
        held = {name: getattr(value, name) for name in fields if hasattr(value, name)}
        return {
            name: _setting(each)
            for name, each in held.items()
            if not (each is None and fields[name].default is None)
        }
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return {key: _setting(each) for key, each in value.items()}
    return [_setting(each) for each in value] if isinstance(value, tuple | list) else value


def _list(values: Any) -> Any:
    return list(values) if isinstance(values, tuple | list) else values
