"""The map: a row a stem, its outline by the song's time, with what was found as marks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bridge.checking import Finding, code_of
from bridge.pages import lane, ruler, tag, text
from bridge.pages.check.findings import place_words, value_words
from bridge.pages.check.groups import rank
from bridge.pages.check.overviews import Overview
from stemwright.decibels import linear
from stemwright.words import counted

_WHOLE = 0.9
"""Of a stem, from which on a finding is of all of it."""
_NEAR = 0.006
"""Of the song, nearer than which two marks are one."""
_MOST_RAISED_DB = 30.0
_MOST_SAID = 4


@dataclass(frozen=True)
class MapRow:
    """A stem or the rough mix: its findings, its outline where it could be read.

    `shared` are those between it and others, or against the rough mix; `nothing` is said where
    there are none.
    """

    name: str
    findings: tuple[Finding, ...]
    shared: tuple[Finding, ...]
    seen: Overview | None
    link: str
    nothing: str = "nothing found"


def song_map(rows: Sequence[MapRow], seconds: float, links: Mapping[str, str]) -> str:
    """All rows over one ruler; `links` lead from a finding's id to where the page tells of it."""
    drawn = "".join(_row(each, seconds, links) for each in rows)
    return tag("div", drawn + ruler(0.0, seconds), class_="map strips")


def _row(row: MapRow, seconds: float, links: Mapping[str, str]) -> str:
    open_ = [each for each in row.findings if each.accepted is None]
    whole = [each for each in open_ if _is_whole(each, row.seen)]
    local = [each for each in open_ if each not in whole]
    name = (
        tag("a", text(row.name), href=f"#{row.link}")
        if row.findings
        else tag("span", text(row.name))
    )
    shared = [each for each in row.shared if each.accepted is None]
    chips = "".join(_chip(each, links) for each in (*_once(whole), *_once(shared)))
    accepted = len(row.findings) + len(row.shared) - len(open_) - len(shared)
    counts = tag("small", _counted([*open_, *shared], accepted) or row.nothing)
    head = tag("div", name + counts + chips, class_="row-head")
    return tag("div", head + _strip(row, local, seconds, links), class_="row")


def _is_whole(finding: Finding, seen: Overview | None) -> bool:
    if seen is None or not seen.seconds:
        return True
    return finding.end_s - finding.start_s >= _WHOLE * seen.seconds


def _once(findings: Iterable[Finding]) -> list[Finding]:
    """The worst of each code."""
    worst: dict[str, Finding] = {}
    for each in sorted(findings, key=lambda each: -rank(each)):
        worst.setdefault(each.code, each)
    return [*worst.values()]


def _chip(finding: Finding, links: Mapping[str, str]) -> str:
    return tag(
        "a",
        text(code_of(finding.code).says),
        href=f"#{links[finding.id]}",
        class_=f"mark chip {finding.severity}",
        title=f"{finding.severity}: {finding.words}",
    )


def _counted(findings: Sequence[Finding], accepted: int) -> str:
    counts = [
        f"{count} {severity}"
        for severity in ("major", "minor", "info")
        if (count := sum(each.severity == severity for each in findings))
    ]
    counts += [f"{accepted} accepted"] if accepted else []
    return ", ".join(counts)


def _strip(
    row: MapRow, findings: Sequence[Finding], seconds: float, links: Mapping[str, str]
) -> str:
    seen = row.seen
    if seen is None or not seconds:
        return tag("div", "", class_="outline")
    peak = float(seen.peaks.max(initial=0.0))
    gain = min(1.0 / peak, linear(_MOST_RAISED_DB)) if peak else 1.0
    left, width = 100.0 * seen.start_s / seconds, 100.0 * seen.seconds / seconds
    wave = lane("", "s8", seen.outline(), gain)
    outline = tag("div", wave, class_="wave-box", style=f"left:{left:.3f}%;width:{width:.3f}%")
    marks = "".join(_mark(some, seconds, links) for some in _together(findings, seconds))
    return tag("div", outline + marks, class_="outline")


def _together(findings: Sequence[Finding], seconds: float) -> list[list[Finding]]:
    """Findings that lie too near each other to be told apart."""
    groups: list[list[Finding]] = []
    end_s = 0.0
    for each in sorted(findings, key=lambda each: (each.start_s, each.end_s, each.id)):
        if groups and each.start_s - end_s < _NEAR * seconds:
            groups[-1].append(each)
            end_s = max(end_s, each.end_s)
        else:
            groups.append([each])
            end_s = each.end_s
    return groups


def _mark(some: Sequence[Finding], seconds: float, links: Mapping[str, str]) -> str:
    worst = max(some, key=rank)
    start_s, end_s = some[0].start_s, max(each.end_s for each in some)
    left = 100.0 * min(max(start_s / seconds, 0.0), 1.0)
    width = 100.0 * max(0.0, min(end_s, seconds) - max(start_s, 0.0)) / seconds
    said = [
        f"{code_of(each.code).says}, {place_words(each)}, {value_words(each)}"
        for each in sorted(some, key=lambda each: -rank(each))[:_MOST_SAID]
    ]
    if len(some) > _MOST_SAID:
        said.append(f"and {counted(len(some) - _MOST_SAID, 'more')}")
    words = f"{worst.severity}: {'; '.join(said)}"
    return tag(
        "a",
        "",
        href=f"#{links[worst.id]}",
        class_=f"mark {worst.severity}",
        style=f"left:{left:.3f}%;width:{width:.3f}%",
        title=words,
        aria_label=words,
    )
