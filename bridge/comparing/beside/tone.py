"""How a song's power lies over thirds of an octave, mid and side, and how far two songs are apart.

The distance asks for nothing but the balance of the bands: one gain is taken off both songs' mid
and side together, so that neither the louder one wins nor a narrower one goes unnoticed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from bridge.audio import Block, probe, read_blocks
from bridge.metering import THIRDS, Powers, ThirdOctaveSpectrum, nominal_hz
from stemwright.decibels import power_db
from stemwright.values import dataclass

LOWEST_HZ, HIGHEST_HZ = 48.0, 17000.0
"""Thirds of an octave from 50 Hz to 16 kHz are compared: what lies below is told as low end."""

_CENTRES_HZ = THIRDS.centres_hz(96000)
_COMPARED = [n for n, hz in enumerate(_CENTRES_HZ) if LOWEST_HZ < hz < HIGHEST_HZ]
_COMPARED_HZ = [_CENTRES_HZ[n] for n in _COMPARED]
_SOUNDS_DB = 60.0
"""A band this far under its song's loudest one holds no music."""


@dataclass(frozen=True)
class Tone:
    """Level of each of `bridge.metering.THIRDS`, in dB re full scale; minus infinity is silence.

    `mid_db` is of half the sum of left and right, `side_db` of half their difference.
    """

    mid_db: tuple[float, ...]
    side_db: tuple[float, ...]


@dataclass(frozen=True)
class BandDifference:
    """One third of an octave by its nominal middle: the first song less the second, level-matched.

    None where either has nothing there.
    """

    hz: float
    mid_db: float | None
    side_db: float | None


@dataclass(frozen=True)
class ToneDistance:
    """How far the balance of one song is from another's.

    `mid_db` and `side_db` are root mean squares of the differences of bands in dB, None where no
    band sounds in both; `level_db` is the gain that brought the first song to the second.
    """

    mid_db: float | None
    side_db: float | None
    level_db: float
    bands: tuple[BandDifference, ...]

    def as_json(self) -> dict[str, Any]:
        """The object that reports print."""
        return {
            "mid_db": _rounded(self.mid_db),
            "side_db": _rounded(self.side_db),
            "level_db": _rounded(self.level_db),
            "bands": [
                {"hz": each.hz, "mid_db": _rounded(each.mid_db), "side_db": _rounded(each.side_db)}
                for each in self.bands
            ],
        }


class ToneMeter:
    """Takes (2, frames) blocks of one song; the cut of the blocks does not matter."""

    def __init__(self, sample_rate_hz: int) -> None:
        self._mid = ThirdOctaveSpectrum(sample_rate_hz, 1)
        self._side = ThirdOctaveSpectrum(sample_rate_hz, 1)

    def add(self, block: Block) -> None:
        """Take the next samples."""
        self._mid.add(0.5 * (block[:1] + block[1:]))
        self._side.add(0.5 * (block[:1] - block[1:]))

    def result(self) -> Tone:
        """Close the stream."""
        return Tone(_levels_db(self._mid.result()), _levels_db(self._side.result()))


def tone_of(blocks: Iterable[Block], sample_rate_hz: int) -> Tone:
    """Read (2, frames) blocks through."""
    meter = ToneMeter(sample_rate_hz)
    for block in blocks:
        meter.add(block)
    return meter.result()


def tone_of_file(path: Path) -> Tone:
    """Read a mono or stereo file once, streaming. Raises InputError as `bridge.audio` does."""
    blocks = (
        block if len(block) == 2 else np.concatenate([block[:1], block[:1]])
        for block in read_blocks(path)
    )
    return tone_of(blocks, probe(path).sample_rate_hz)


def tone_distance(tone: Tone, other: Tone) -> ToneDistance:
    """Compare two songs, of whatever rates, band by band."""
    ones, others = _sounding(tone), _sounding(other)
    mid, side = (_differences_db(ones[half], others[half]) for half in (0, 1))
    known = [each for each in (*mid, *side) if each is not None]
    level_db = -math.fsum(known) / len(known) if known else 0.0
    mid, side = ([_moved(each, level_db) for each in half] for half in (mid, side))
    return ToneDistance(
        _rms_db(mid),
        _rms_db(side),
        level_db,
        tuple(map(BandDifference, map(nominal_hz, _COMPARED_HZ), mid, side)),
    )


def _levels_db(powers: Powers) -> tuple[float, ...]:
    return tuple(power_db(float(power)) for power in powers)


_Levels = list[float | None]


def _differences_db(levels_db: _Levels, others_db: _Levels) -> _Levels:
    pairs = [(levels_db[n], others_db[n]) for n in _COMPARED]
    return [None if one is None or other is None else one - other for one, other in pairs]


def _sounding(tone: Tone) -> tuple[_Levels, _Levels]:
    """Mid and side of the bands that hold music, as many as there are THIRDS.

    Where a song ends below its highest band (a lossy codec), the last band that sounds is cut into
    by that edge, and is none either.
    """
    floor_db = max((*tone.mid_db, *tone.side_db), default=0.0) - _SOUNDS_DB
    return _above(floor_db, tone.mid_db), _above(floor_db, tone.side_db)


def _above(floor_db: float, levels_db: tuple[float, ...]) -> _Levels:
    found = [level if level > floor_db else None for level in levels_db]
    if found and found[-1] is None:
        last = max((n for n, level in enumerate(found) if level is not None), default=0)
        found[last] = None
    return [*found, *[None] * (len(_CENTRES_HZ) - len(found))]


def _moved(level_db: float | None, by_db: float) -> float | None:
    return None if level_db is None else level_db + by_db


def _rms_db(differences: Iterable[float | None]) -> float | None:
    known = [each for each in differences if each is not None]
    return math.sqrt(math.fsum(each * each for each in known) / len(known)) if known else None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
