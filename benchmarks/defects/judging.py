"""Which findings hit which truths, and what precision and recall come of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.defects.ours import Told
from benchmarks.defects.truth import Truth

_NEAR_S = 0.005
_WIDER_S = 0.1
_MOMENTS = frozenset({"clicks", "dropout"})


@dataclass(frozen=True)
class Judged:
    """Truths and those that were hit, findings that hit one and those that did not."""

    wanted: int
    hit: int
    right: int
    false: int


def judged(told: Sequence[Told], truths: Sequence[Truth]) -> Judged:
    """Hold findings to what was put in: same code, same stems, same time."""
    counted = [each for each in told if each.counts]
    matches = [[_hits(each, truth) for truth in truths] for each in counted]
    hit = sum(any(row[number] for row in matches) for number in range(len(truths)))
    right = sum(any(row) for row in matches)
    return Judged(len(truths), hit, right, len(counted) - right)


def _hits(told: Told, truth: Truth) -> bool:
    if told.code not in (truth.code, *truth.also) or not _shares(told, truth):
        return False
    wider_s = (told.end_s - told.start_s) - (truth.end_s - truth.start_s)
    if truth.code in _MOMENTS and wider_s > _WIDER_S:
        return False
    return told.start_s <= truth.end_s + _NEAR_S and told.end_s >= truth.start_s - _NEAR_S


def _shares(told: Told, truth: Truth) -> bool:
    """Whether the stems are the truth's; one of them will do for a code of another name."""
    if not truth.stems or not told.stems or truth.code == "printed_bus":
        return True
    if told.code == truth.code:
        return set(truth.stems) <= set(told.stems)
    return not set(truth.stems).isdisjoint(told.stems)


@dataclass
class Tally:
    """What adds up over the stems, or songs, that one level was put on."""

    code: str
    level: str
    goal: tuple[float, float] | None = None
    told: str = ""
    stems: int = 0
    wanted: int = 0
    hit: int = 0
    right: int = 0
    false: int = 0
    missed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def add(self, name: str, result: Judged) -> None:
        """Add a stem's."""
        self.stems += 1
        self.wanted += result.wanted
        self.hit += result.hit
        self.right += result.right
        self.false += result.false
        if result.hit < result.wanted:
            self.missed.append(f"{name} {result.hit}/{result.wanted}")
        if result.false:
            self.wrong.append(f"{name} {result.false}")

    @property
    def recall(self) -> float:
        """The share of truths that were hit."""
        return self.hit / self.wanted if self.wanted else float("nan")

    def precision(self, clean_false: int, clean_stems: int) -> float:
        """The share of findings that hit, false ones on as many clean stems counted with them."""
        share = clean_false * self.stems / clean_stems if clean_stems else 0.0
        said = self.right + self.false + share
        return self.right / said if said else float("nan")


@dataclass
class Alarms:
    """False alarms on clean stems: by code, on how many stems of how many minutes."""

    stems: int = 0
    minutes: float = 0.0
    by_code: dict[str, int] = field(default_factory=dict)
    places: dict[str, list[str]] = field(default_factory=dict)

    def add(self, name: str, seconds: float, told: Sequence[Told], already: frozenset[str]) -> None:
        """Add a stem's; what is true of it already is no alarm."""
        self.stems += 1
        self.minutes += seconds / 60.0
        for each in told:
            if each.counts and each.code not in already:
                self.by_code[each.code] = self.by_code.get(each.code, 0) + 1
                place = f"{name} {each.start_s:.3f}-{each.end_s:.3f} s ({each.value:.4g})"
                self.places.setdefault(each.code, []).append(place)

    def count(self, code: str) -> int:
        """Those of a code."""
        return self.by_code.get(code, 0)

    @property
    def others_a_minute(self) -> float:
        """All but clicks."""
        others = sum(count for code, count in self.by_code.items() if code != "clicks")
        return others / self.minutes if self.minutes else 0.0
