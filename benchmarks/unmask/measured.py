"""What `unmask` says of a pair, and what the job with its cuts says then."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.balance.songs import run
from benchmarks.figures import progress
from benchmarks.unmask.pairs import Pair, pairs
from stemwright.values import dataclass


@dataclass(frozen=True)
class Measured:
    """A pair: the cut nearest to its band, if any frees the voice there, and what was measured.

    `told_hz` is where nearest to it the voice is said to stay hidden by the masker, `voice_bands`
    how many bands are named of the voice in all, `bands` of all groups;
    `off_phon` is by how much each cut's measured gain differs from the foretold one; `moved_lu` the
    most that a group's own loudness changes, `lost_phon` the most that is heard less of one;
    `again` is how many cuts a second run proposes.
    """

    pair: Pair
    hidden_phon: float | None
    hz: float | None
    depth_db: float | None
    foretold_phon: float | None
    told_hz: float | None
    voice_bands: int
    bands: int
    off_phon: Sequence[float]
    moved_lu: float
    lost_phon: float
    again: int

    @property
    def named(self) -> str:
        """What lies within a third of an octave: a cut, or else a band that no cut frees."""
        if self._is_near(self.hz):
            return "cut"
        return "told" if self._is_near(self.told_hz) else "no"

    def _is_near(self, hz: float | None) -> bool:
        return hz is not None and abs(math.log2(hz / self.pair.hz)) <= 1 / 3


def measured(made: Callable[[Path], Iterator[Pair]] = pairs) -> Iterator[Measured]:
    """Every pair, its files removed after."""
    with tempfile.TemporaryDirectory(prefix="stemwright-unmask-") as name:
        for pair in made(Path(name)):
            progress(f"{pair.name}, {pair.hz:g} Hz")
            yield _measured(pair, Path(name) / "store")


def _measured(pair: Pair, store: Path) -> Measured:
    """Twice: the second run renders the groups through the cuts, and hears them anew."""
    words = ["unmask", str(pair.job), "--lead", pair.voice]
    told = run([*words, "--apply"], store)
    again = run(words, store)
    freed = [each for each in told["cuts"] if each["frees"] == pair.voice]
    near = [each for each in freed if each["group"] == pair.masker]
    best = min(near, key=lambda each: _octaves(each, pair), default=None)
    left = [each for each in told["still_hidden"] if each["group"] == pair.voice]
    masked = [each for each in left if each["by"] == pair.masker]
    worst = min(masked, key=lambda each: _octaves(each, pair), default=None)
    moved = [each for each in told["groups"] if not each["lead"]]
    return Measured(
        pair,
        None if best is None else best["hidden_phon"],
        None if best is None else best["hz"],
        None if best is None else best["depth_db"],
        None if best is None else best["gain_phon"],
        None if worst is None else worst["hz"],
        len(freed) + len(left),
        len(told["cuts"]) + len(told["still_hidden"]),
        [_gain_phon(told, again, each) - each["gain_phon"] for each in told["cuts"]],
        max((abs(each["level_lu"] or 0.0) for each in moved), default=0.0),
        max((-(each["audible_phon"] or 0.0) for each in moved), default=0.0),
        len(again["cuts"]),
    )


def _octaves(found: Mapping[str, Any], pair: Pair) -> float:
    return abs(math.log2(found["hz"] / pair.hz))


def _gain_phon(
    before: Mapping[str, Any], after: Mapping[str, Any], cut: Mapping[str, Any]
) -> float:
    from bridge.advising import phon_between

    return phon_between(*(_sone(told, cut["frees"], cut["hz"]) for told in (before, after)))


def _sone(told: Mapping[str, Any], name: str, hz: float) -> float:
    """Of a group in the band of a cut: the band nearest to it, and two on either side."""
    bands = next(each["bands"] for each in told["groups"] if each["id"] == name)
    middle = min(range(len(bands)), key=lambda n: abs(bands[n]["hz"] - hz))
    return math.fsum(each["sone"] for each in bands[max(0, middle - 2) : middle + 3])
