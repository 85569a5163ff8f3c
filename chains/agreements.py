"""Settings of one insert that must agree with each other.

They are read off the raw data, so that a wrong value beside them hides nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from chains.errors import Fault
from chains.outline import InsertOutline, Outline
from chains.where import At, Source

AGREEMENTS = ("one_direction", "crossovers", "plugin_reference")
"""The kinds of faults told here; they are the names of the models' own checks (chains.inserts)."""


def agreements(chain: Outline, source: Source) -> Iterator[Fault]:
    """Yield what does not agree inside the inserts."""
    for rack in chain.racks:
        for row in rack:
            yield from _CHECKS.get(row.use or "", _nothing)(row, source)


def _nothing(row: InsertOutline, source: Source) -> Iterator[Fault]:  # noqa: ARG001 - a check's shape
    yield from ()


def _directions(row: InsertOutline, source: Source) -> Iterator[Fault]:
    for index, band in enumerate(_rows(row.table.get("bands"))):
        if isinstance(band, Mapping) and ("max_cut_db" in band) == ("max_boost_db" in band):
            both = "max_cut_db" in band
            yield _fault(
                "one_direction",
                "this band has both max_cut_db and max_boost_db"
                if both
                else "this band has neither max_cut_db nor max_boost_db",
                source,
                (*row.at, "bands", index),
                "exactly one of the two",
            )


def _crossovers(row: InsertOutline, source: Source) -> Iterator[Fault]:
    corners, bands = _rows(row.table.get("crossovers_hz")), _rows(row.table.get("bands"))
    numbers = [each for each in corners if isinstance(each, int | float)]
    if len(numbers) == len(corners) and any(low >= high for low, high in pairwise(numbers)):
        said = "crossovers_hz does not rise"
        yield _fault("crossovers", said, source, row.at, "corners from low to high")
    if 1 <= len(corners) <= 5 and 2 <= len(bands) <= 6 and len(bands) != len(corners) + 1:
        said = f"{len(bands)} bands for {len(corners)} crossovers_hz"
        yield _fault("crossovers", said, source, row.at, "one band more than crossovers_hz")


def _reference(row: InsertOutline, source: Source) -> Iterator[Fault]:
    table = row.table.get("plugin")
    if isinstance(table, Mapping) and table.keys() <= {"vendor", "format"}:
        said = "this plugin has neither name nor id"
        yield _fault("plugin_reference", said, source, (*row.at, "plugin"), "a name or an id")


def _rows(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else ()


def _fault(kind: str, message: str, source: Source, at: At, expected: str) -> Fault:
    return Fault(kind, message, source.where(*at), expected=expected)


_CHECKS = {"dynamic_eq": _directions, "multiband": _crossovers, "plugin": _reference}
