"""A night on the farm as a page: what finished, what failed and why, machines and seats used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bridge.pages import clock, document, section, table, tag, text, tiles
from stemwright.words import counted

_WORDS = {
    "done": "done",
    "missed": "rendered, target missed",
    "failed": "failed",
    "cancelled": "cancelled",
    "working": "being rendered",
    "waiting": "waiting",
}


def night_page(told: Mapping[str, Any]) -> str:
    """The whole HTML text of what `farm status` tells."""
    songs: Sequence[Mapping[str, Any]] = told["songs"]
    counts = Counter(each["state"] for each in songs)
    rows = [(words, str(counts[state]), "", "") for state, words in _WORDS.items() if counts[state]]
    parts = [
        tag("header", tag("h1", "The night on the farm") + tag("p", text(_sentence(counts)))),
        tiles(rows) if rows else "",
        section("What failed, and why", _failed(songs)),
        section("Songs", _songs(songs)),
        section("Machines", _machines(told["machines"], songs)),
        section("Seats", _seats(told.get("seats", ()))),
    ]
    return document("The night on the farm", tag("main", "".join(parts)))


def _sentence(counts: Mapping[str, int]) -> str:
    total, bad = sum(counts.values()), counts.get("failed", 0) + counts.get("missed", 0)
    if not total:
        return "No songs were handed in."
    if bad:
        return f"{counted(bad, 'song')} of {total} to look at."
    left = counts.get("waiting", 0) + counts.get("working", 0)
    if left:
        return f"{counted(left, 'song')} of {total} still to come."
    gone = counts.get("cancelled", 0)
    return f"Every song is done, but {gone} cancelled." if gone else "Every song is done."


def _failed(songs: Iterable[Mapping[str, Any]]) -> str:
    rows = [
        (each["job"], error["message"], error["hint"] or "")
        for each in songs
        for error in each["errors"]
    ]
    head = ("song", "what went wrong", "what to do")
    return table(head, rows, "What failed", words=True) if rows else ""


def _songs(songs: Iterable[Mapping[str, Any]]) -> str:
    rows = [
        (
            each["job"],
            _WORDS[each["state"]],
            _moment(each["due"]),
            _moment(each["ended"]),
            clock(each["seconds"], 0) if each["seconds"] else "",
            ", ".join(f"{name} {steps}" for name, steps in each["machines"].items()),
        )
        for each in songs
    ]
    head = ("song", "", "due, UTC", "ended, UTC", "took", "plugin steps")
    return table(head, rows, "Songs", words=True) if rows else ""


def _moment(given: str | None) -> str:
    return "" if given is None else given[:16].replace("T", " ")


def _machines(machines: Iterable[Mapping[str, Any]], songs: Iterable[Mapping[str, Any]]) -> str:
    steps: Counter[str] = Counter()
    for each in songs:
        steps.update(each["machines"])
    there = {each["machine"]: each for each in machines}
    rows = [
        (
            name,
            str(steps[name]),
            there[name]["system"] if name in there else "not here any more",
            str(len(there[name]["plugins"])) if name in there else "",
        )
        for name in sorted({*steps, *there})
    ]
    head = ("machine", "plugin steps", "system", "plugins")
    return table(head, rows, "Machines", words=True) if rows else ""


def _seats(seats: Iterable[Mapping[str, Any]]) -> str:
    rows = [
        (each["licence"], str(each["of"]), str(each["most_at_once"]), str(each["taken"]))
        for each in seats
    ]
    head = ("licence", "seats", "most at once", "times used")
    return table(head, rows, "Seats") if rows else ""
