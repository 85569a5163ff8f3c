"""How well a rough mix of which all is known is explained: gains, places, polarities, findings.

`python -m benchmarks.defects --sums [--places] [--docs]`: every way to mix over every song.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.defects.clean import Part, seeded
from benchmarks.defects.faults.sums import LEVELS, KnownSum, SumLevel
from benchmarks.defects.mixed import MixRun
from benchmarks.defects.songs import songs
from benchmarks.figures import progress
from bridge.checking import Finding, MixFit, StemInMix

_HEAD = (
    "the mix is", "songs", "stems", "worst gain, dB", "goal", "worst place", "polarity wrong",
    "explained, dB", "false findings",
)  # fmt: skip
_TOLD_FROM_DB = 0.9
"""How far a gain is off the others' where a finding of it is none that is false."""


@dataclass
class SumErrors:
    """How far off the fit to one kind of mix was, over some songs.

    `gains_db` are the errors of all stems; `unsure` those that got no gain.
    """

    level: SumLevel
    gains_db: list[tuple[float, str]] = field(default_factory=list)
    offsets: list[tuple[float, str]] = field(default_factory=list)
    turned: list[str] = field(default_factory=list)
    unsure: list[str] = field(default_factory=list)
    explained_db: list[float] = field(default_factory=list)
    false: list[str] = field(default_factory=list)

    def add(self, song: str, made: KnownSum, fit: MixFit) -> None:
        """Hold what was found of a song to how it was mixed."""
        found = {each.id: each for each in fit.stems}
        self.explained_db.append(fit.explained_db)
        common_db = _common_db(made, found) if self.level.is_of_any_level else 0.0
        for name, gain_db in made.gains_db.items():
            stem, place = found[name], f"{song} {name}"
            if not math.isfinite(stem.gain_db):
                self.unsure.append(place)
                continue
            self.gains_db.append((stem.gain_db - gain_db - common_db, place))
            self.offsets.append((stem.offset_frames - made.offsets.get(name, 0), place))
            if stem.polarity * stem.right_polarity != made.polarities.get(name, 1):
                self.turned.append(place)
        self.false += [f"{song} {_named(each)}" for each in fit.findings if _is_false(each, made)]

    @property
    def worst_db(self) -> float:
        """The gain that is farthest off."""
        return max((abs(error) for error, _ in self.gains_db), default=math.nan)

    @property
    def worst_frames(self) -> float:
        """The place that is farthest off."""
        return max((abs(error) for error, _ in self.offsets), default=0)

    def row(self) -> tuple[str, ...]:
        """As it is printed."""
        known, least, most = len(self.gains_db), min(self.explained_db), max(self.explained_db)
        return (
            self.level.name,
            str(len(self.explained_db)),
            f"{known} of {known + len(self.unsure)}" if self.unsure else str(known),
            f"{self.worst_db:.3f}",
            self._goal(),
            f"{self.worst_frames:g}",
            str(len(self.turned)),
            f"{least:.1f} to {most:.1f}",
            str(len(self.false)),
        )

    def _goal(self) -> str:
        within_db = self.level.within_db
        if within_db is None:
            return ""
        reached = self.worst_db <= within_db and not self.unsure
        return f"{within_db:g}" if reached else f"{within_db:g} missed"

    def misses(self) -> Iterator[str]:
        """Where it was off."""
        far = sorted(self.gains_db, key=lambda each: -abs(each[0]))
        for error_db, place in far:
            if abs(error_db) > (self.level.within_db or 0.0):
                yield f"{self.level.name}: {place} {error_db:+.3f} dB"
        for frames, place in self.offsets:
            if frames:
                yield f"{self.level.name}: {place} {frames:+d} frames"
        yield from (f"{self.level.name}: {place} upside down" for place in self.turned)
        yield from (f"{self.level.name}: {place} without a gain" for place in self.unsure)
        yield from (f"{self.level.name}: false {said}" for said in self.false)


def ran(part: Part, folder: Path) -> list[SumErrors]:
    """Mix every song of a part in every way, and have it explained."""
    errors = [SumErrors(level) for level in LEVELS]
    for song in songs(part):
        progress(f"{part} sums of {song.name}")
        run = MixRun(song, folder)
        for each in errors:
            made = each.level.make(song, seeded("sum", each.level.name, song.name))
            each.add(song.name, made, run.fit(made.stems, made.mix))
        run.end()
    return errors


def table(errors: Sequence[SumErrors]) -> str:
    """The figures as a table of a page."""
    lines = [f"| {' | '.join(_HEAD)} |", "|" + "---|" * len(_HEAD)]
    lines += [f"| {' | '.join(each.row())} |" for each in errors if each.explained_db]
    return "\n".join(lines)


def _common_db(made: KnownSum, found: Mapping[str, StemInMix]) -> float:
    """What a bus or a codec makes of all: the middle of what the gains are off."""
    off = sorted(
        found[name].gain_db - gain_db
        for name, gain_db in made.gains_db.items()
        if math.isfinite(found[name].gain_db)
    )
    return off[len(off) // 2] if off else 0.0


def _is_false(told: Finding, made: KnownSum) -> bool:
    """Whether a finding that counts says what is not so."""
    if told.severity == "info":
        return False
    if told.code == "missing":
        return not made.misses
    if not told.stems:
        return True
    (name,) = told.stems
    if name in made.extra or told.code == "extra":
        return name not in made.extra
    if told.code == "polarity":
        return made.polarities.get(name, 1) > 0
    if told.code in ("offset", "bar_shift"):
        places = [made.offsets.get(each, 0) for each in made.gains_db]
        return all(made.offsets.get(name, 0) == each for each in places)
    gains_db = list(made.gains_db.values())
    return all(abs(made.gains_db[name] - each) < _TOLD_FROM_DB for each in gains_db)


def _named(told: Finding) -> str:
    return " ".join((told.code, *told.stems, f"{told.value:.3g}"))
