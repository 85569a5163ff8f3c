"""Stems that are a sum of other stems, found by what they hold: a mix among them is heard twice."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from bridge.audio import Inspection
from bridge.gathering.alike import Alike, Sum
from bridge.planning import Stem
from bridge.storing import Store, digest
from stemwright.decibels import amplitude_db
from stemwright.problems import Diagnostic, Problem
from stemwright.words import listed

if TYPE_CHECKING:
    from bridge.gathering.altered_sums import Fit

_NAMED = 6
_MOST_STEMS = 200
_CLEAR_DB = 1.0
_SKETCHED_VERSION = 1
_FITS_VERSION = 1

InspectedStem = tuple[Stem, tuple[Inspection, ...]]
"""A stem, and what each of its files holds."""


def sums_among(stems: Sequence[InspectedStem], store: Store) -> list[Problem | Diagnostic]:
    """Find each stem that other stems add up to, by gains of one sign, and copies of one stem.

    A Problem where it is a sum of all others, but for one or for quiet ones; a warning for fewer,
    and for a copy. First by the sketches; where they know of none, by excerpts, in which a sum may
    be late, cut, in mono or have its sides swapped. Other sample rates are other stems.
    """

    def rate_hz(row: InspectedStem) -> int:
        return row[0].sample_rate_hz

    found: list[Problem | Diagnostic] = []
    for _, rows in groupby(sorted(stems, key=rate_hz), key=rate_hz):
        sketched = [row for row in rows if all(each.sketches for each in row[1])]
        if 2 <= len(sketched) <= _MOST_STEMS:
            found += _found(sketched, store)
    return found


def _found(rows: Sequence[InspectedStem], store: Store) -> list[Problem | Diagnostic]:
    stems = [stem for stem, _ in rows]
    alike = _alike(rows, store)
    heard = [stems[at] for at in alike.heard]
    said = _chosen(heard, alike.sums)
    if len(heard) > 2 and not any(isinstance(each, Problem) for each in said):
        known = {alike.heard[each.at] for each in alike.sums}
        said += _chosen(stems, [each for each in _fitted(rows, store) if each.at not in known])
    return [*said, *(_copy(heard[one], heard[other]) for one, other in alike.copies)]


def _alike(rows: Sequence[InspectedStem], store: Store) -> Alike:
    """What the sketches tell, kept for these files at these places."""
    key = digest("sketched", version=_SKETCHED_VERSION, stems=_held(rows))
    entry = store.get(key)
    if entry is None:
        from bridge.gathering.alike_sketches import compared  # with numpy, once for these stems

        found = compared([[each for one in found for each in one.sketches] for _, found in rows])
        entry = store.put(key, {"pcm": None, **asdict(found)})
    sums = [Sum(**{**each, "parts": tuple(each["parts"])}) for each in entry.meta["sums"]]
    copies = [(one, other) for one, other in entry.meta["copies"]]
    return Alike(tuple(entry.meta["heard"]), tuple(sums), tuple(copies))


def _held(rows: Sequence[InspectedStem]) -> list[list[float | str]]:
    return [[stem.offset_s, *(each.pcm_hash for each in found)] for stem, found in rows]


def _copy(one: Stem, other: Stem) -> Diagnostic:
    skips = f"--skip {_named(one)} or --skip {_named(other)} leaves one out"
    said = f"{one.id} and {other.id} hold the same, but for their level: it is heard twice"
    return Diagnostic("warning", "duplicate_stem", other.id, f"{said}; {skips}")


def _fitted(rows: Sequence[InspectedStem], store: Store) -> list[Sum]:
    """The sums found in excerpts, kept for these files at these places."""
    key = digest("sums", version=_FITS_VERSION, stems=_held(rows))
    entry = store.get(key)
    if entry is None:
        from bridge.gathering.altered_sums import fits

        found = [asdict(each) for each in fits(rows)]
        entry = store.put(key, {"pcm": None, "sums": found})
    if not entry.meta["sums"]:
        return []
    from bridge.gathering.altered_sums import Fit

    rate_hz = rows[0][0].sample_rate_hz
    return [_seen(Fit(**each), rate_hz) for each in entry.meta["sums"]]


def _seen(fit: Fit, rate_hz: int) -> Sum:
    levels_db = [amplitude_db(gain) for gain in fit.gains]
    side = {"swapped": "with left and right swapped", "mono": "in mono"}.get(fit.sides, "")
    late = fit.late_frames
    moved = f"{abs(late)} samples ({abs(late) / rate_hz * 1000:.3g} ms) " if late else ""
    how = [f"{moved}{'late' if late > 0 else 'early'}"] if late else []
    how += [side] if side else []
    unlikely_db = max(levels_db) - min(levels_db) + fit.apart_db
    return Sum(fit.at, tuple(fit.parts), fit.whole, unlikely_db, " and ".join(how))


def _chosen(stems: Sequence[Stem], sums: Sequence[Sum]) -> list[Problem | Diagnostic]:
    """Tell of the likeliest sums: read upside down, each part is a sum of the sum and the rest."""
    chosen: list[tuple[Sum, list[Stem]]] = []
    for one in sorted(sums, key=lambda each: each.unlikely_db):
        other = next(
            (row for row in chosen if one.at in row[0].parts and row[0].at in one.parts), None
        )
        if other is None:
            chosen.append((one, []))
        elif one.unlikely_db < other[0].unlikely_db + _CLEAR_DB:
            other[1].append(stems[one.at])
    return [_told(stems, one, doubtful) for one, doubtful in chosen]


def _told(stems: Sequence[Stem], one: Sum, doubtful: Sequence[Stem]) -> Problem | Diagnostic:
    stem, parts = stems[one.at], [stems[part].id for part in one.parts]
    summed = listed(parts, _NAMED)
    how = f", {one.how}" if one.how else ""
    if not one.whole:
        said = f"{stem.id} is the sum of {summed}{how}: they are heard twice"
        return Diagnostic(
            "warning", "sum_of_stems", stem.id, f"{said}; --skip {_named(stem)} leaves it out"
        )
    names = " or ".join(each.id for each in (stem, *doubtful))
    skips = " or ".join(f"--skip {_named(each)}" for each in (stem, *doubtful))
    others = "the others" if doubtful else f"the other stems ({summed}){how}"
    return Problem(
        "sum_among_stems",
        f"{names} is the sum of {others}: the song would be heard twice",
        {"file": stem.files[0].place},
        expected="stems, or the mix of them, not both",
        hint=f"leave it out with {skips}, or take it out of the folder",
    )


def _named(stem: Stem) -> str:
    return shlex.quote(Path(stem.files[0].member or stem.files[0].path.name).name)
