"""Which findings are shown, and which are only listed: the worst of each kind first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bridge.checking import CODES, SEVERITIES, Finding

MOST_SHOWN = 3
MOST_LISTED = 300

_ORDER = {code.name: place for place, code in enumerate(CODES)}
_SIZES = frozenset({"dB", "ms", "samples", "s", "ppm", "beats"})
"""Units in which a larger value is worse."""


@dataclass(frozen=True)
class Group:
    """Findings of one code of the same stems that nobody has accepted.

    `shown` are the worst; `listed` the others by time, `unlisted` what comes behind those.
    """

    code: str
    stems: tuple[str, ...]
    shown: tuple[Finding, ...]
    listed: tuple[Finding, ...] = ()
    unlisted: tuple[Finding, ...] = ()

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.shown) + len(self.listed) + len(self.unlisted)

    @property
    def severity(self) -> str:
        """Its worst."""
        return self.shown[0].severity


def rank(finding: Finding) -> int:
    """How severe it is, the worst highest."""
    return SEVERITIES.index(finding.severity)


def grouped(findings: Iterable[Finding]) -> list[Group]:
    """The groups of what is open, the worst first."""
    kinds: dict[tuple[str, tuple[str, ...]], list[Finding]] = {}
    for each in findings:
        if each.accepted is None:
            kinds.setdefault((each.code, each.stems), []).append(each)
    groups = [_group(code, stems, found) for (code, stems), found in kinds.items()]
    return sorted(groups, key=lambda each: (-rank(each.shown[0]), _ORDER[each.code], each.stems))


def _group(code: str, stems: tuple[str, ...], found: Sequence[Finding]) -> Group:
    worst = sorted(found, key=lambda each: (-rank(each), -_harm(each), each.start_s, each.id))
    shown = tuple(worst[:MOST_SHOWN])
    rest = sorted(worst[MOST_SHOWN:], key=lambda each: (each.start_s, each.id))
    return Group(code, stems, shown, tuple(rest[:MOST_LISTED]), tuple(rest[MOST_LISTED:]))


def _harm(finding: Finding) -> float:
    if finding.unit in _SIZES:
        return abs(finding.value)
    return finding.end_s - finding.start_s


def in_order_of_harm(groups: Iterable[Group]) -> list[Finding]:
    """All that is shown: majors before minors, of each group its worst before its second."""
    placed = [
        (-rank(each), place, number, each)
        for number, group in enumerate(groups)
        for place, each in enumerate(group.shown)
    ]
    return [each for *_, each in sorted(placed, key=lambda row: row[:3])]
