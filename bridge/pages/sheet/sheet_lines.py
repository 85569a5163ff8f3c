"""A recall sheet as text of 80 columns, to print and to keep beside the tapes."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from bridge.pages.sheet.sheet import (
    Sheet,
    SheetInsert,
    SheetRide,
    SheetRow,
    SheetSection,
    SheetStem,
    SheetStrip,
    SheetVersion,
)

COLUMNS = 80
OVERRIDE_NOTE = "* set by the job, over the chain's value"
_NAMES = 24
"""Columns that the name of a setting has."""


def sheet_lines(sheet: Sheet) -> Iterator[str]:
    """Yield the sheet, whose texts are one line each, line by line, none longer than COLUMNS."""
    yield "RECALL SHEET"
    yield from _rows(sheet.heading, 0)
    for remark in sheet.remarks:
        yield from _wrapped(f"! {remark}", 0, 2)
    for strip in sheet.strips:
        yield from _strip(strip)
    yield from _part("target and drive")
    yield from _rows(sheet.target, 2)
    yield from _part("versions")
    for version in sheet.versions:
        yield from _version(version)
    if sheet.sections:
        yield from _part("sections")
    for section in sheet.sections:
        yield from _section(section)
    yield from _part("played by")
    yield from _rows(sheet.engine, 2)
    if sheet.has_overrides:
        yield ""
        yield OVERRIDE_NOTE


def _part(title: str) -> Iterator[str]:
    yield ""
    yield from _wrapped(f"== {title.upper()} ", 0, 3)


def _strip(strip: SheetStrip) -> Iterator[str]:
    yield from _part(strip.id if strip.kind == strip.id else f"{strip.id}, {strip.kind}")
    for stem in strip.stems:
        yield from _stem(stem)
    trims = [row for row in strip.levels if row.name == "trim"]
    yield from _rows(trims, 2)
    for number, insert in enumerate(strip.inserts, 1):
        yield from _insert(number, insert)
    if not strip.inserts:
        yield "  no inserts"
    for ride in strip.rides:
        yield from _ride(ride)
    yield from _rows([row for row in strip.levels if row not in trims], 2)


def _stem(stem: SheetStem) -> Iterator[str]:
    said = [f"{stem.gain} *" if stem.by_job else stem.gain, stem.role, stem.offset]
    files = " + ".join(stem.files)
    said += [files] if files.rpartition(".")[0] != stem.name else []
    yield from _rows([SheetRow(f"stem {stem.name}", ", ".join(filter(None, said)))], 2)


def _insert(number: int, insert: SheetInsert) -> Iterator[str]:
    bypassed = ", BYPASSED" if insert.is_bypassed else ""
    use = f": {insert.what}" if insert.what != insert.id else ""
    yield from _wrapped(f"  {number} {insert.id}{use}{bypassed}", 0, 4)
    yield from _rows(insert.settings, 4)
    yield from _rows(insert.levels, 4)
    for remark in insert.remarks:
        yield from _wrapped(f"! {remark}", 4, 6)


def _ride(ride: SheetRide) -> Iterator[str]:
    part = f" [{ride.section}]" if ride.section else ""
    yield from _wrapped(f"ride of {ride.who}{part}: {ride.words}", 2, 4)


def _version(version: SheetVersion) -> Iterator[str]:
    trim = f", trimmed {version.trim}" if version.trim else ""
    said = f"{version.loudness}, {version.true_peak}{trim}; {version.file}: {version.sounding}"
    yield from _rows([SheetRow(version.id, said)], 2)


def _section(section: SheetSection) -> Iterator[str]:
    asked = f'; asked for: "{section.words}"' if section.words else ""
    yield from _rows([SheetRow(section.name, f"{section.times}{asked}")], 2)
    for ride in section.rides:
        yield from _wrapped(f"ride of {ride.who}: {ride.words}", 4, 6)


def _rows(rows: Sequence[SheetRow], indent: int) -> Iterator[str]:
    """Names in one column, values in the next; a long name has a line of its own."""
    for row in rows:
        start = indent + _NAMES
        value = row.value + _override(row)
        name = f"{' ' * indent}{row.name}"
        if len(name) < start:
            yield from _wrapped(f"{name.ljust(start)}{value}", 0, start)
        else:
            yield from _wrapped(row.name, indent, indent + 2)
            yield from _wrapped(value, start, start)


def _override(row: SheetRow) -> str:
    if not row.by_job:
        return ""
    return "  *" if row.chain_value is None else f"  * chain: {row.chain_value}"


def _wrapped(text: str, first: int, then: int) -> Iterator[str]:
    """Fold a line at COLUMNS, its first part indented by `first`, the rest by `then`."""
    folded = textwrap.wrap(
        text,
        COLUMNS,
        initial_indent=" " * first,
        subsequent_indent=" " * then,
        replace_whitespace=False,
        drop_whitespace=True,
    )
    yield from folded or [""]
