"""A side of a record against how long it may be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bridge.delivering.checks.result import Checked, outcome_of
from bridge.delivering.profiles import record_size
from stemwright.words import clock

if TYPE_CHECKING:
    from bridge.delivering.files import FileFacts


def side_checks(name: str, facts: FileFacts, record: str) -> Iterator[Checked]:
    """Whether a side fits its record, and whether it can be cut at full level.

    `record` is an id of `record_sizes`.
    """
    size = record_size(record)
    kept = facts.seconds <= size.most_s
    words = "" if kept else f"a side of {size.words} has {clock(size.most_s)} at most"
    found = round(facts.seconds, 3)
    yield Checked(name, "side_length", outcome_of(kept), found, size.most_s, "s", words)
    if kept:
        best = facts.seconds <= size.best_s
        words = "" if best else f"over {clock(size.best_s)} {size.words} is cut at a lower level"
        outcome = outcome_of(best, "warn")
        yield Checked(name, "side_level", outcome, found, size.best_s, "s", words)
