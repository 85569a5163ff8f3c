"""What was found between stems, as the rough mix explains it: what it has as it is, is meant."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bridge.checking.findings import Finding, MixFit, StemInMix
from stemwright.decibels import amplitude_db, linear

_NO_SUM = frozenset({"other_version", "unrelated", "master"})
_COUNTS = frozenset({"minor", "major"})


def explained(told: Sequence[Finding], fit: MixFit) -> tuple[Finding, ...]:
    """The findings between stems; milder where the mix has these stems as they were sent."""
    return tuple(_printed(each, fit) or _copied(each, fit) or each for each in told)


def _printed(finding: Finding, fit: MixFit) -> Finding | None:
    """A bus that is printed in stems whose sum is the mix is in its place, though once for all."""
    if finding.code != "printed_bus" or fit.verdict != "sums":
        return None
    words = f"{finding.words}; their sum is the mix as it is"
    return replace(finding, severity="minor", words=words)


def _copied(finding: Finding, fit: MixFit) -> Finding | None:
    """A copy that the mix has beside what it repeats: a doubled part, or the return of a delay."""
    if finding.code != "duplicate" or fit.verdict in _NO_SUM:
        return None
    changed = {name for each in fit.findings if each.severity in _COUNTS for name in each.stems}
    if not changed.isdisjoint(finding.stems):
        return None
    known = {each.id: each for each in fit.stems}
    if finding.facts["offset_frames"]:
        is_there = all(_has_a_gain(known, name) for name in finding.stems)
    else:
        is_there = _has_both(finding, known)
    if not is_there:
        return None
    words = f"{finding.words}; the rough mix has both"
    return replace(finding, severity="info", words=words)


def _has_a_gain(known: Mapping[str, StemInMix], name: str) -> bool:
    return name in known and math.isfinite(known[name].gain_db)


def _has_both(finding: Finding, known: Mapping[str, StemInMix]) -> bool:
    """Whether the one of two that are the same which has a gain is in the mix for both."""
    gains_db = {name: known[name].gain_db for name in finding.stems if _has_a_gain(known, name)}
    others_db = sorted(
        each.gain_db
        for name, each in known.items()
        if name not in finding.stems and math.isfinite(each.gain_db)
    )
    if len(gains_db) != 1 or not others_db:
        return False
    (name, gain_db), second = next(iter(gains_db.items())), finding.stems[1]
    ratio = int(finding.facts["polarity"]) * linear(float(finding.facts["gain_db"]))
    both = abs(1.0 + (ratio if name == second else 1.0 / ratio))
    more_db = gain_db - others_db[len(others_db) // 2]
    return bool(both) and abs(more_db - amplitude_db(both)) < abs(more_db)
