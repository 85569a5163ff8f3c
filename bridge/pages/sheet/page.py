"""A recall sheet as one page to print."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bridge.pages import document, part, section, tag, text
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
from bridge.pages.sheet.sheet_lines import OVERRIDE_NOTE


def sheet_page(sheet: Sheet) -> str:
    """Return the whole HTML text: the same sheet gives the same bytes, and fetches nothing."""
    header = tag("h1", text(f"Recall sheet: {sheet.title}")) + _table("The song", sheet.heading)
    remarks = "".join(tag("p", text(each), class_="warn") for each in sheet.remarks)
    parts = [
        tag("header", header + remarks),
        *(_strip(each) for each in sheet.strips),
        section("Target and drive", _table("Target and drive", sheet.target)),
        section("Versions", _versions(sheet.versions)),
        section("Sections", "".join(_section(each) for each in sheet.sections)),
        section("Played by", _table("Played by", sheet.engine)),
    ]
    note = tag("footer", text(OVERRIDE_NOTE)) if sheet.has_overrides else ""
    body = tag("main", "".join(parts), class_="sheet") + note
    return document(f"Recall sheet: {sheet.title}", body, part(__package__, "page.css"))


def _strip(strip: SheetStrip) -> str:
    kind = "" if strip.kind == strip.id else tag("small", text(f" {strip.kind}"))
    trims = [row for row in strip.levels if row.name == "trim"]
    levels = [row for row in strip.levels if row not in trims]
    inserts = "".join(_insert(number, each) for number, each in enumerate(strip.inserts, 1))
    body = "".join(
        [
            _stems(strip),
            _table(f"{strip.id}: trim", trims),
            inserts or tag("p", "No inserts."),
            _rides(strip.rides),
            _table(f"{strip.id}: levels", levels),
        ]
    )
    return tag("section", tag("h2", text(strip.id) + kind) + body, class_="bus")


def _stems(strip: SheetStrip) -> str:
    if not strip.stems:
        return ""
    head = ("stem", "gain", "role", "file", "")
    return _cells(f"{strip.id}: stems", head, map(_stem, strip.stems))


def _stem(stem: SheetStem) -> Sequence[str]:
    gain = f"{stem.gain} *" if stem.by_job else stem.gain
    return stem.name, gain, stem.role, " + ".join(stem.files), stem.offset


def _insert(number: int, insert: SheetInsert) -> str:
    what = "" if insert.what == insert.id else tag("small", text(insert.what))
    off = tag("small", "bypassed") if insert.is_bypassed else ""
    heading = tag("h3", text(f"{number} {insert.id}") + what + off)
    remarks = "".join(tag("p", text(each), class_="warn") for each in insert.remarks)
    rows = [*insert.settings, *insert.levels]
    body = heading + _table(f"{insert.id}: settings", rows) + remarks
    return tag("div", body, class_="off" if insert.is_bypassed else "on")


def _rides(rides: Iterable[SheetRide], *, with_section: bool = True) -> str:
    return "".join(
        tag(
            "p",
            text(f"Ride of {each.who}")
            + (text(f" [{each.section}]") if each.section and with_section else "")
            + text(f": {each.words}"),
        )
        for each in rides
    )


def _versions(versions: Sequence[SheetVersion]) -> str:
    head = ("version", "integrated", "true peak", "trim", "file", "sounding")
    rows = (
        (each.id, each.loudness, each.true_peak, each.trim, each.file, each.sounding)
        for each in versions
    )
    return _cells("Versions", head, rows)


def _section(part_of: SheetSection) -> str:
    asked = f"{part_of.times}" + (f": {part_of.words}" if part_of.words else "")
    body = tag("h3", text(part_of.name) + tag("small", text(asked)))
    return tag("div", body + _rides(part_of.rides, with_section=False))


def _table(name: str, rows: Sequence[SheetRow]) -> str:
    """Settings, a row each; what the job has otherwise is marked, beside the chain's value."""
    if not rows:
        return ""
    return _wide(name, "".join(_setting(row) for row in rows))


def _setting(row: SheetRow) -> str:
    value = text(row.value)
    if row.by_job:
        own = "" if row.chain_value is None else tag("small", text(f"chain: {row.chain_value}"))
        value = tag("span", f"{value} *", class_="mark") + own
    return tag("tr", tag("th", text(row.name), scope="row") + tag("td", value))


def _cells(name: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    top = tag("thead", tag("tr", "".join(tag("th", text(each), scope="col") for each in head)))
    body = "".join(
        tag("tr", tag("th", text(first), scope="row") + "".join(tag("td", text(c)) for c in rest))
        for first, *rest in rows
    )
    return _wide(name, body, top)


def _wide(name: str, body: str, top: str = "") -> str:
    whole = tag("table", top + tag("tbody", body), class_="words")
    return tag("div", whole, class_="wide-table", tabindex="0", role="region", aria_label=name)
