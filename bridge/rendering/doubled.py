"""Stems that are a sum of other stems, found by what they hold: a mix among them is heard twice."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bridge.audio.sketching import Sketch
from bridge.errors import Diagnostic, Problem
from bridge.planning import Stem

_LEFT_OVER = 0.03
"""What a sum may leave, relative: dither, a clipped peak, the faders' rounding."""
_HEARD = 0.003
_QUIET = 0.1
_ALIKE = 0.9995
_NAMED = 6
_MOST_STEMS = 200

_Columns = npt.NDArray[np.float64]


def sums_among(stems: Sequence[tuple[Stem, tuple[Sketch, ...]]]) -> list[Problem | Diagnostic]:
    """Find each stem that other stems add up to, by gains of one sign, in their sketches.

    A Problem where it is a sum of all others, but for one or for quiet ones; a warning for fewer.
    Copies of one stem are no sum, and neither are stems of another sample rate.
    """

    def rate_hz(row: tuple[Stem, tuple[Sketch, ...]]) -> int:
        return row[0].sample_rate_hz

    found: list[Problem | Diagnostic] = []
    for _, rows in groupby(sorted(stems, key=rate_hz), key=rate_hz):
        sketched = [(stem, sketches) for stem, sketches in rows if sketches]
        found += _sums([stem for stem, _ in sketched], [each for _, each in sketched])
    return found


def _sums(
    stems: Sequence[Stem], sketches: Sequence[tuple[Sketch, ...]]
) -> list[Problem | Diagnostic]:
    if not 3 <= len(stems) <= _MOST_STEMS:
        return []
    columns = np.array([[*each[0], *each[-1]] for each in sketches]).T
    sizes = np.sqrt(np.square(columns).sum(axis=0))
    heard = np.flatnonzero(sizes > 1e-9)
    columns = columns[:, heard] / sizes[heard]
    rows = int(np.count_nonzero(np.abs(columns).max(axis=1, initial=0.0)))
    if len(heard) < 3 or rows < 4 * len(heard) or _independent(columns):
        return []
    told: list[Problem | Diagnostic] = []
    powers = np.square(sizes[heard])
    known: set[frozenset[int]] = set()
    for at in np.argsort(-powers).tolist():
        parts = _parts(columns, at)
        together = frozenset((at, *parts))
        if len(parts) < 2 or together in known:  # upside down, each is a sum: the loudest is meant
            continue
        known.add(together)
        rest = [each for each in range(len(heard)) if each not in (at, *parts)]
        nearly = float(powers[rest].sum()) <= _QUIET * float(powers[parts].sum())
        names = [stems[int(heard[part])].id for part in parts]
        told.append(_told(stems[int(heard[at])], names, whole=len(rest) < 2 or nearly))
    return told


def _independent(columns: _Columns) -> bool:
    """Whether no stem can be a sum of others: the usual case, told by one decomposition."""
    smallest = np.linalg.eigvalsh(np.einsum("ij,ik->jk", columns, columns))[0]
    return float(smallest) > _LEFT_OVER**2


def _parts(columns: _Columns, at: int) -> list[int]:
    """The columns that add up to column `at`; none where they do not, or where one alone is it."""
    one = columns[:, at]
    alike = np.abs((columns * one[:, None]).sum(axis=0)) > _ALIKE
    others = np.flatnonzero(~alike)
    if len(others) < 2:
        return []
    gains = np.linalg.lstsq(columns[:, others], one, rcond=1e-9)[0]
    left = one - (columns[:, others] * gains).sum(axis=1)
    gains = gains if gains.sum() > 0.0 else -gains  # a sum upside down is one too
    if float(np.sqrt(np.square(left).sum())) > _LEFT_OVER or float(gains.min()) < -_HEARD:
        return []
    return [int(part) for part in others[gains > _HEARD]]


def _told(stem: Stem, names: Sequence[str], *, whole: bool) -> Problem | Diagnostic:
    listed = ", ".join(names[:_NAMED])
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    place = stem.files[0].member or stem.files[0].path.name
    name = shlex.quote(Path(place).name)
    if not whole:
        said = f"{stem.id} is the sum of {listed}{more}: they are heard twice"
        return Diagnostic(
            "warning", "sum_of_stems", stem.id, f"{said}; --skip {name} leaves it out"
        )
    return Problem(
        "sum_among_stems",
        f"{stem.id} is the sum of the other stems ({listed}{more}): the song would be heard twice",
        {"file": stem.files[0].place},
        expected="stems, or the mix of them, not both",
        hint=f"leave it out with --skip {name}, or take it out of the folder",
    )
