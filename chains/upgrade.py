"""Older chain files, brought up to the current schema: dict to dict, one version a step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from chains.errors import ChainError, Fault
from chains.where import Source
from chains.wire import CURRENT
from stemwright.words import nearest

Data = Mapping[str, Any]
Step = Callable[[Data], Data]

STEPS: Mapping[int, Step] = {}
"""What makes version n+1 of version n; schema 1 is the first there is."""


def upgraded(
    data: Data, source: Source, steps: Mapping[int, Step] = STEPS, current: int = CURRENT
) -> tuple[Data, list[Fault]]:
    """Return data of the current schema; ChainError when its version is none we can read.

    Data without a version is told, and taken as the current one, so that all else is told too.
    """
    version = data.get("schema")
    if type(version) is not int:
        near = nearest("schema", tuple(data)) if "schema" not in data else None
        others = {key: value for key, value in data.items() if key != near}
        return {**others, "schema": current}, [_unnamed(data, source, current)]
    if version > current:
        raise ChainError([_newer(version, source, current)])
    while version < current:
        if version not in steps:
            raise ChainError([_unknown(version, source, current)])
        version, data = version + 1, {**steps[version](data), "schema": version + 1}
    return data, []


def _unnamed(data: Data, source: Source, current: int) -> Fault:
    where, expected = source.where("schema"), f"schema = {current}"
    if "schema" in data:
        return Fault("wrong_type", "schema is not a whole number", where, expected)
    return Fault(
        "missing_key",
        f"schema is missing; expected {expected}",
        where,
        expected=expected,
        nearest=nearest("schema", tuple(data)),
        hint=f"put {expected} at the top of the file",
    )


def _newer(version: int, source: Source, current: int) -> Fault:
    return Fault(
        "schema_newer",
        f"this chain is of schema {version}, newer than this stemwright reads",
        source.where("schema"),
        expected=f"schema = {current} or older",
        hint="update stemwright",
    )


def _unknown(version: int, source: Source, current: int) -> Fault:
    return Fault(
        "schema_unknown",
        f"there never was a schema {version}",
        source.where("schema"),
        expected=f"schema = {current}",
        hint=f"write schema = {current}",
    )
