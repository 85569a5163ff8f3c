"""The quick part of the stem check: of stems that a render or a new job has read anyway."""

from __future__ import annotations

from collections.abc import Sequence

from bridge.checking.findings import (
    CheckReport,
    StemFindings,
    finding_between,
    finding_of_stem,
)
from bridge.checking.quick.between import extents, rates, span_of
from bridge.checking.quick.known import KnownStem
from bridge.checking.quick.of_stem import of_stem


def quick_report(stems: Sequence[KnownStem]) -> CheckReport:
    """What can be told of stems without hearing them; nothing is read.

    The same findings, with the same ids, as the whole check has of them.
    """
    spans = [span_of(stem) for stem in stems]
    return CheckReport(
        tuple(map(_told, stems)),
        tuple(finding_between(shared) for shared in (*extents(spans), *rates(spans))),
    )


def _told(stem: KnownStem) -> StemFindings:
    findings = tuple(
        finding_of_stem(stem.id, stem.position, stem.sample_rate_hz, found)
        for found in of_stem(stem)
    )
    return StemFindings(stem.id, findings, stem.pcm)
