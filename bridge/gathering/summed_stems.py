"""Stems that are a sum of other stems, found by what they hold: a mix among them is heard twice."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bridge.audio import Inspection
from bridge.gathering.altered_sums import Fit, fits
from bridge.planning import Stem
from bridge.storing import Store, digest
from stemwright.decibels import amplitude_db, power_db
from stemwright.problems import Diagnostic, Problem
from stemwright.words import listed

_LEFT_OVER = 0.03
"""What a sum may leave, relative: dither, a clipped peak, the faders' rounding."""
_HEARD = 0.003
_QUIET = 0.1
_ALIKE = 0.9995
_FEWEST_WINDOWS = 32
_NAMED = 6
_MOST_STEMS = 200
_CLEAR_DB = 1.0
_FITS_VERSION = 1

_Columns = npt.NDArray[np.float64]
_Inspected = tuple[Stem, tuple[Inspection, ...]]


@dataclass(frozen=True)
class _Sum:
    """Stem `at` is the sum of `parts`; `unlikely_db` is 0 for equal gains of unrelated parts."""

    at: int
    parts: tuple[int, ...]
    whole: bool
    unlikely_db: float = 0.0
    how: str = ""


def sums_among(stems: Sequence[_Inspected], store: Store) -> list[Problem | Diagnostic]:
    """Find each stem that other stems add up to, by gains of one sign, and copies of one stem.

    A Problem where it is a sum of all others, but for one or for quiet ones; a warning for fewer,
    and for a copy. First by the sketches; where they know of none, by excerpts, in which a sum may
    be late, cut, in mono or have its sides swapped. Other sample rates are other stems.
    """

    def rate_hz(row: _Inspected) -> int:
        return row[0].sample_rate_hz

    found: list[Problem | Diagnostic] = []
    for _, rows in groupby(sorted(stems, key=rate_hz), key=rate_hz):
        sketched = [row for row in rows if all(each.sketches for each in row[1])]
        if 2 <= len(sketched) <= _MOST_STEMS:
            found += _found(sketched, store)
    return found


def _found(rows: Sequence[_Inspected], store: Store) -> list[Problem | Diagnostic]:
    stems = [stem for stem, _ in rows]
    sketches = [[each for one in found for each in one.sketches] for _, found in rows]
    columns = np.array([[*each[0], *each[-1]] for each in sketches]).T
    sizes = np.sqrt(np.square(columns).sum(axis=0))
    heard = np.flatnonzero(sizes > 1e-9)
    columns = columns[:, heard] / sizes[heard]
    if len(heard) < 2 or _independent(columns):
        sums, told = [], []
    else:
        sums, told = _sums(columns, sizes[heard]), _copies(columns, [stems[at] for at in heard])
    said = _chosen([stems[at] for at in heard], sums)
    if len(heard) > 2 and not any(isinstance(each, Problem) for each in said):
        known = {int(heard[each.at]) for each in sums}
        said += _chosen(stems, [each for each in _fitted(rows, store) if each.at not in known])
    return [*said, *told]


def _sums(columns: _Columns, sizes: _Columns) -> list[_Sum]:
    """The sums among columns of size 1."""
    rows = int(np.count_nonzero(np.abs(columns).max(axis=1, initial=0.0)))
    count = columns.shape[1]
    if count < 3 or rows < 4 * count:
        return []
    powers = np.square(sizes)
    sums: list[_Sum] = []
    for at in np.argsort(-powers).tolist():
        shares = _parts(columns, at)
        parts = list(shares)
        if len(parts) < 2:
            continue
        rest = [each for each in range(count) if each not in (at, *parts)]
        nearly = float(powers[rest].sum()) <= _QUIET * float(powers[parts].sum())
        gains = {part: share * float(sizes[at] / sizes[part]) for part, share in shares.items()}
        unlikely_db = _unlikely_db(gains, sizes, at)
        sums.append(_Sum(at, tuple(parts), len(rest) < 2 or nearly, unlikely_db))
    return sums


def _unlikely_db(gains: dict[int, float], sizes: _Columns, at: int) -> float:
    """How unlike their gains are, and how far the parts' powers are from adding up."""
    levels_db = [amplitude_db(gain) for gain in gains.values()]
    added = sum((gain * sizes[part]) ** 2 for part, gain in gains.items())
    apart_db = abs(power_db(float(sizes[at] ** 2 / added)))
    return max(levels_db) - min(levels_db) + apart_db


def _copies(columns: _Columns, stems: Sequence[Stem]) -> list[Problem | Diagnostic]:
    """Tell of each stem that is another one but for its level."""
    windows = np.count_nonzero(columns, axis=0)
    told: list[Problem | Diagnostic] = []
    for at in range(1, len(stems)):
        alike = np.abs((columns[:, :at] * columns[:, [at]]).sum(axis=0)) > _ALIKE
        if windows[at] < _FEWEST_WINDOWS or not alike.any():
            continue
        one, other = stems[int(alike.argmax())], stems[at]
        skips = f"--skip {_named(one)} or --skip {_named(other)} leaves one out"
        said = f"{one.id} and {other.id} hold the same, but for their level: it is heard twice"
        told.append(Diagnostic("warning", "duplicate_stem", other.id, f"{said}; {skips}"))
    return told


def _fitted(rows: Sequence[_Inspected], store: Store) -> list[_Sum]:
    """The sums found in excerpts, kept for these files at these places."""
    held = [[stem.offset_s, *(each.pcm_hash for each in found)] for stem, found in rows]
    key = digest("sums", version=_FITS_VERSION, stems=held)
    entry = store.get(key)
    if entry is None:
        found = [asdict(each) for each in fits(rows)]
        entry = store.put(key, {"pcm": None, "sums": found})
    rate_hz = rows[0][0].sample_rate_hz
    return [_seen(Fit(**each), rate_hz) for each in entry.meta["sums"]]


def _seen(fit: Fit, rate_hz: int) -> _Sum:
    levels_db = [amplitude_db(gain) for gain in fit.gains]
    side = {"swapped": "with left and right swapped", "mono": "in mono"}.get(fit.sides, "")
    late = fit.late_frames
    moved = f"{abs(late)} samples ({abs(late) / rate_hz * 1000:.3g} ms) " if late else ""
    how = [f"{moved}{'late' if late > 0 else 'early'}"] if late else []
    how += [side] if side else []
    unlikely_db = max(levels_db) - min(levels_db) + fit.apart_db
    return _Sum(fit.at, tuple(fit.parts), fit.whole, unlikely_db, " and ".join(how))


def _chosen(stems: Sequence[Stem], sums: Sequence[_Sum]) -> list[Problem | Diagnostic]:
    """Tell of the likeliest sums: read upside down, each part is a sum of the sum and the rest."""
    chosen: list[tuple[_Sum, list[Stem]]] = []
    for one in sorted(sums, key=lambda each: each.unlikely_db):
        other = next(
            (row for row in chosen if one.at in row[0].parts and row[0].at in one.parts), None
        )
        if other is None:
            chosen.append((one, []))
        elif one.unlikely_db < other[0].unlikely_db + _CLEAR_DB:
            other[1].append(stems[one.at])
    return [_told(stems, one, doubtful) for one, doubtful in chosen]


def _independent(columns: _Columns) -> bool:
    """Whether no stem can be a sum of others: the usual case, told by one decomposition."""
    smallest = np.linalg.eigvalsh(np.einsum("ij,ik->jk", columns, columns))[0]
    return float(smallest) > _LEFT_OVER**2


def _parts(columns: _Columns, at: int) -> dict[int, float]:
    """The columns that add up to column `at`, with their gains; none where they do not."""
    one = columns[:, at]
    alike = np.abs((columns * one[:, None]).sum(axis=0)) > _ALIKE
    others = np.flatnonzero(~alike)
    if len(others) < 2:
        return {}
    gains = np.linalg.lstsq(columns[:, others], one, rcond=1e-9)[0]
    left = one - (columns[:, others] * gains).sum(axis=1)
    gains = gains if gains.sum() > 0.0 else -gains  # a sum upside down is one too
    if float(np.sqrt(np.square(left).sum())) > _LEFT_OVER or float(gains.min()) < -_HEARD:
        return {}
    taken = gains > _HEARD
    return dict(zip(others[taken].tolist(), gains[taken].tolist(), strict=True))


def _told(stems: Sequence[Stem], one: _Sum, doubtful: Sequence[Stem]) -> Problem | Diagnostic:
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
