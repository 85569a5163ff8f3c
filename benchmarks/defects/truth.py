"""What was done to a stem or a song, where, and by how much."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from benchmarks.defects.material.tools import Rng
from benchmarks.defects.sound import Sound


@dataclass(frozen=True)
class Truth:
    """A defect put in: from `start_s` to `end_s` of the damaged file, in the unit of its code.

    `stems` are those of a song that it is on or between; empty on a stem alone. `runs` are the
    frames (start, stop) touched, where a defect is many places told as one. `also` are codes that
    tell the same defect as well.
    """

    code: str
    start_s: float
    end_s: float
    value: float
    stems: tuple[str, ...] = ()
    runs: tuple[tuple[int, int], ...] = ()
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Damaged:
    """A stem with a defect in it; `file` where its name is part of it, `raw` instead of a WAV."""

    sound: Sound
    truths: tuple[Truth, ...]
    file: str | None = None
    raw: bytes | None = None


Damage = Callable[[Sound, Rng], Damaged | None]
"""None where the stem does not allow it: nothing to cut, no silence to put noise in."""


@dataclass(frozen=True)
class Level:
    """One kind of defect at one strength; `goal` is (precision, recall), None where none is set.

    `told` says why nobody finds it, "" where it should be found.
    """

    code: str
    name: str
    damage: Damage
    goal: tuple[float, float] | None = None
    told: str = ""
    stems: int = 8
    fits: frozenset[str] = field(default_factory=frozenset)


def whole(code: str, sound: Sound, value: float) -> tuple[Truth, ...]:
    """A truth about the whole of a stem."""
    return (Truth(code, 0.0, sound.seconds, value),)


def place(code: str, sound: Sound, start: int, stop: int, value: float) -> Truth:
    """A truth about some frames."""
    return Truth(code, start / sound.rate_hz, stop / sound.rate_hz, value)
