"""Sketches of stems beside each other: which is the sum of others, or the copy of another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from bridge.gathering.alike import Alike, Sum
from stemwright.decibels import amplitude_db, power_db

_LEFT_OVER = 0.03
"""What a sum may leave, relative: dither, a clipped peak, the faders' rounding."""
_HEARD = 0.003
_QUIET = 0.1
_ALIKE = 0.9995
_FEWEST_WINDOWS = 32

_Columns = npt.NDArray[np.float64]


def compared(sketches: Sequence[Sequence[Sequence[float]]]) -> Alike:
    """Compare stems by the sketches of each one's channels: the first is its left, the last its
    right side."""
    columns = np.array([[*each[0], *each[-1]] for each in sketches]).T
    sizes = np.sqrt(np.square(columns).sum(axis=0))
    heard = np.flatnonzero(sizes > 1e-9)
    told = tuple(heard.tolist())
    columns = columns[:, heard] / sizes[heard]
    if len(heard) < 2 or _are_independent(columns):
        return Alike(told)
    return Alike(told, tuple(_sums(columns, sizes[heard])), tuple(_copies(columns)))


def _sums(columns: _Columns, sizes: _Columns) -> list[Sum]:
    """The sums among columns of size 1."""
    rows = int(np.count_nonzero(np.abs(columns).max(axis=1, initial=0.0)))
    count = columns.shape[1]
    if count < 3 or rows < 4 * count:
        return []
    powers = np.square(sizes)
    sums: list[Sum] = []
    for at in np.argsort(-powers).tolist():
        shares = _parts(columns, at)
        parts = list(shares)
        if len(parts) < 2:
            continue
        rest = [each for each in range(count) if each not in (at, *parts)]
        nearly = float(powers[rest].sum()) <= _QUIET * float(powers[parts].sum())
        gains = {part: share * float(sizes[at] / sizes[part]) for part, share in shares.items()}
        unlikely_db = _unlikely_db(gains, sizes, at)
        sums.append(Sum(at, tuple(parts), len(rest) < 2 or nearly, unlikely_db))
    return sums


def _unlikely_db(gains: dict[int, float], sizes: _Columns, at: int) -> float:
    """How unlike their gains are, and how far the parts' powers are from adding up."""
    levels_db = [amplitude_db(gain) for gain in gains.values()]
    added = sum((gain * sizes[part]) ** 2 for part, gain in gains.items())
    apart_db = abs(power_db(float(sizes[at] ** 2 / added)))
    return max(levels_db) - min(levels_db) + apart_db


def _are_independent(columns: _Columns) -> bool:
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


def _copies(columns: _Columns) -> Iterator[tuple[int, int]]:
    """Each column that is an earlier one but for its level, behind that one."""
    windows = np.count_nonzero(columns, axis=0)
    for at in range(1, columns.shape[1]):
        alike = np.abs((columns[:, :at] * columns[:, [at]]).sum(axis=0)) > _ALIKE
        if windows[at] >= _FEWEST_WINDOWS and alike.any():
            yield int(alike.argmax()), at
