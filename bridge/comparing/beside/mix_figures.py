"""What a song is like, in figures that can be held against another's: dynamics, width, low end."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
import numpy.typing as npt

from bridge.audio import Block, Framer, KWeighting
from bridge.comparing.beside.tone import Tone, ToneMeter
from bridge.processing import SosFilter, passing
from stemwright.decibels import amplitude_db, power_db
from stemwright.values import dataclass

EDGES_HZ = (120.0, 500.0, 4000.0)
"""Lows below the first, then low mids, high mids, highs."""

BAND_NAMES = ("below 120 Hz", "120 to 500 Hz", "0.5 to 4 kHz", "over 4 kHz")
_GRID_FRAMES = 4096
_ORDER = 4


@dataclass(frozen=True)
class BandFigures:
    """One band: peak over RMS, side over mid, correlation of left and right; None of silence.

    `share_db` is the band's power in the whole song's. A mono band has no `width_db`.
    """

    share_db: float | None
    crest_db: float | None
    width_db: float | None
    correlation: float | None


@dataclass(frozen=True)
class MixFigures:
    """A song's tone, its bands by `BAND_NAMES`, and what is lost in mono.

    `fold_down_db` is the K-weighted power (BS.1770) of half the sum of left and right on both sides
    over that of left and right: 0 for mono, -3.01 for two unrelated sides; None of silence.
    """

    tone: Tone
    bands: tuple[BandFigures, ...]
    fold_down_db: float | None

    def as_json(self) -> dict[str, Any]:
        """Without the tone, as reports print them."""
        names = zip(BAND_NAMES, self.bands, strict=True)
        bands = [
            {"band": name, **{key: _rounded(each) for key, each in asdict(band).items()}}
            for name, band in names
        ]
        return {"fold_down_db": _rounded(self.fold_down_db), "bands": bands}

    def as_stored(self) -> dict[str, Any]:
        """All of it; null is silence."""
        told = asdict(self)
        told["tone"] = {
            half: [None if math.isinf(level) else level for level in levels]
            for half, levels in told["tone"].items()
        }
        return told

    @staticmethod
    def from_stored(told: Mapping[str, Any]) -> MixFigures:
        """What `as_stored` gave."""
        halves = (
            tuple(-math.inf if level is None else level for level in told["tone"][half])
            for half in ("mid_db", "side_db")
        )
        bands = tuple(BandFigures(**each) for each in told["bands"])
        return MixFigures(Tone(*halves), bands, told["fold_down_db"])


class MixFiguresMeter:
    """Takes (2, frames) blocks of one song; the cut of the blocks does not matter."""

    def __init__(self, sample_rate_hz: int) -> None:
        self._tone = ToneMeter(sample_rate_hz)
        self._framer = Framer(2, _GRID_FRAMES)
        self._bands = [_Band(each) for each in _filters(sample_rate_hz)]
        self._weighting = KWeighting(sample_rate_hz, 2)
        self._whole: list[float] = []
        self._folded: list[float] = []

    def add(self, block: Block) -> None:
        """Take the next samples."""
        self._tone.add(block)
        ready = self._framer.add(block)
        for start in range(0, ready.shape[1], _GRID_FRAMES):
            self._take(ready[:, start : start + _GRID_FRAMES])

    def result(self) -> MixFigures:
        """Close the stream."""
        self._take(self._framer.rest())
        bands = [each.sums() for each in self._bands]
        whole = math.fsum(left + right for left, right, *_ in bands)
        heard, folded = math.fsum(self._whole), math.fsum(self._folded)
        return MixFigures(
            self._tone.result(),
            tuple(_figures(each, whole) for each in bands),
            power_db(folded / heard) if heard > 0.0 and folded > 0.0 else None,
        )

    def _take(self, block: Block) -> None:
        if not block.shape[1]:
            return
        for band in self._bands:
            band.take(block)
        heard = self._weighting.filtered(block)
        self._whole.append(float(np.square(heard).sum()))
        self._folded.append(float(0.5 * np.square(heard[0] + heard[1]).sum()))


def mix_figures_of(blocks: Iterable[Block], sample_rate_hz: int) -> MixFigures:
    """Read (2, frames) blocks through."""
    meter = MixFiguresMeter(sample_rate_hz)
    for block in blocks:
        meter.add(block)
    return meter.result()


_Sums = tuple[float, float, float, float, int]
"""Powers of left and right, their product, the peak, and how many samples a side."""


class _Band:
    """What one band of the song adds up to."""

    def __init__(self, filters: tuple[SosFilter, ...]) -> None:
        self._filters = filters
        self._rows: list[tuple[float, float, float]] = []
        self._peak, self._frames = 0.0, 0

    def take(self, block: Block) -> None:
        for each in self._filters:
            block = each.process(block)
        left, right = block
        rows: npt.NDArray[np.float64] = np.array([left * left, right * right, left * right])
        powers = rows.sum(axis=1)
        self._rows.append((float(powers[0]), float(powers[1]), float(powers[2])))
        self._peak = max(self._peak, float(np.abs(block).max()))
        self._frames += block.shape[1]

    def sums(self) -> _Sums:
        left, right, both = (math.fsum(row[n] for row in self._rows) for n in range(3))
        return left, right, both, self._peak, self._frames


def _filters(sample_rate_hz: int) -> list[tuple[SosFilter, ...]]:
    bands = []
    for low_hz, high_hz in zip((0.0, *EDGES_HZ), (*EDGES_HZ, math.inf), strict=True):
        edges = (("high_pass", low_hz), ("low_pass", high_hz))
        bands.append(
            tuple(
                SosFilter(passing(shape, hz, _ORDER, sample_rate_hz), channels=2)
                for shape, hz in edges
                if 0.0 < hz < 0.49 * sample_rate_hz
            )
        )
    return bands


def _figures(sums: _Sums, whole: float) -> BandFigures:
    left, right, both, peak, frames = sums
    power = left + right
    if power <= 0.0 or whole <= 0.0:
        return BandFigures(None, None, None, None)
    mid, side = power + 2.0 * both, power - 2.0 * both
    level = math.sqrt(power / (2 * frames))
    return BandFigures(
        share_db=power_db(power / whole),
        crest_db=amplitude_db(peak / level),
        width_db=power_db(side / mid) if mid > 0.0 and side > 1e-12 * mid else None,
        correlation=both / math.sqrt(left * right) if left > 0.0 and right > 0.0 else None,
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
