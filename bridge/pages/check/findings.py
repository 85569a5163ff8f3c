"""A finding as a card: what it is, how much, where, and what there is to see and hear."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from bridge.checking import Finding, code_of
from bridge.pages import clock, figure, table, tag, text
from bridge.pages.check.groups import Group
from stemwright.words import listed

_DIGITS = {"dB": 1, "dBFS": 1, "ms": 1, "s": 2, "Hz": 0, "ppm": 1}
_FINE = frozenset({"dc_offset"})
_COUNTS = frozenset({"files", "samples", "bits that move", "bits", "shift", "polarity"})
"""What is a whole number, of whatever unit."""
_NOTHING = {
    "undecodable": "There is no sound to show: the file cannot be read.",
    "silent": "There is nothing to see or hear.",
    "padded_bits": "It is in the file's numbers: nothing of it is seen or heard.",
    "wrong_depth": "It is in the file's header: nothing of it is seen or heard.",
    "rate": "It is in the file's header: nothing of it is seen.",
    "length": "Its outline in the map shows where it begins and ends.",
}
_FULL = "No picture: the page has enough of them. Its place is in the song as told."


def value_words(finding: Finding) -> str:
    """A finding's value with its unit; a dash where it has none."""
    unit = finding.unit
    if code_of(finding.code).value in _COUNTS:
        return figure(finding.value, 0, unit)
    digits = 4 if finding.code in _FINE else _DIGITS.get(unit, 2)
    return figure(finding.value if math.isfinite(finding.value) else None, digits, unit)


def place_words(finding: Finding) -> str:
    """When in the song it is: a moment, or from when to when."""
    if finding.end_s - finding.start_s < 0.5:
        return clock(finding.start_s, 3)
    return f"{clock(finding.start_s)} to {clock(finding.end_s)}"


def group_cards(group: Group, looks: Mapping[str, str]) -> str:
    """The cards of a group, then the list of those that have none."""
    cards = "".join(_card(each, looks.get(each.id)) for each in group.shown)
    if group.count == len(group.shown):
        return cards
    rest = group.count - len(group.shown)
    said = (
        f"{code_of(group.code).says}: {len(group.shown)} of {group.count} shown, "
        f"the other {rest} as a list"
    )
    more = tag("p", text(f"{len(group.unlisted)} more are in --json.")) if group.unlisted else ""
    rows = [
        (place_words(each), each.severity, value_words(each), each.words, each.id)
        for each in group.listed
    ]
    head = ("where", "", code_of(group.code).value, "what", "id")
    return cards + tag(
        "details",
        tag("summary", text(said)) + table(head, rows, said, words=True) + more,
        class_="rest",
        id=group.listed[0].id,
    )


def _card(finding: Finding, look: str | None) -> str:
    code = code_of(finding.code)
    head = (
        tag("b", finding.severity, class_=f"severity {finding.severity}")
        + tag("h4", text(code.says))
        + tag("span", text(place_words(finding)), class_="when")
        + tag("span", text(f"{code.value} ") + tag("b", text(value_words(finding))))
        + tag("code", text(finding.id))
    )
    others = finding.stems if code.scope == "between" else ()
    between = tag("p", text(listed(others)), class_="between") if len(others) > 1 else ""
    shown = look if look is not None else tag("p", _NOTHING.get(finding.code, _FULL), class_="hint")
    return tag(
        "article",
        tag("div", head, class_="facts")
        + between
        + tag("p", text(_sentence(finding.words)))
        + shown,
        class_=f"finding {finding.severity}",
        id=finding.id,
        tabindex="-1",
    )


def accepted_list(findings: Sequence[Finding]) -> str:
    """What somebody said is meant, folded, with why."""
    accepted = [each for each in findings if each.accepted is not None]
    if not accepted:
        return ""
    rows = [
        (
            code_of(each.code).says,
            place_words(each),
            value_words(each),
            each.accepted or "",
            each.id,
        )
        for each in accepted
    ]
    head = ("accepted", "where", "value", "why", "id")
    said = f"{len(accepted)} accepted"
    return tag(
        "details",
        tag("summary", said) + table(head, rows, said, words=True),
        class_="rest accepted",
    )


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:] + ("" if words.endswith(".") else ".") if words else ""
