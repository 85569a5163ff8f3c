"""The quick part of the stem check, as other commands make it on their way."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bridge.cli.printing import say

if TYPE_CHECKING:
    from bridge.checking import Finding


def quick_findings(stems: Sequence[Path]) -> list[Finding]:
    """What is minor or major among what costs next to nothing to find."""
    from bridge.road import ToCheck, checked_stems, cores

    report = checked_stems(ToCheck(stems, jobs=cores()), quick=True)
    return list(report.open("minor"))


def say_findings(findings: Sequence[Finding], more: str) -> None:
    """A line each on stderr, and where there is more to see."""
    for each in findings:
        said = f"{', '.join(each.stems)}: {each.words} ({each.code})"
        say(f"{'warning' if each.severity == 'major' else 'note'}: {said}", err=True)
    if findings:
        say(f"look at it: {more}", err=True)
