"""What is to be mended, and what came of it, as values."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class RepairStep:
    """One finding of a stem to be mended: frames of the stem's file, `stop` behind the last one.

    `also` are findings of the same damage: the clicks at the edges of a gap. `channel` is the side
    it is on, None where the method looks at all. `parameters` are what the method is given.
    """

    stem: str
    code: str
    finding: str
    first: int
    stop: int
    method: str
    version: int
    channel: int | None = None
    parameters: Mapping[str, float] = field(default_factory=dict)
    also: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """A row of `steps` in repairs.json."""
        return {**vars(self), "parameters": dict(self.parameters), "also": list(self.also)}


@dataclass(frozen=True)
class TouchedRange:
    """Frames of one side that were changed."""

    channel: int
    first: int
    stop: int

    def as_json(self) -> list[int]:
        """(channel, first, stop)."""
        return [self.channel, self.first, self.stop]


@dataclass(frozen=True)
class Mended:
    """A step that was done: where it changed samples, and by how much.

    `peak_dbfs` and `rms_dbfs` are of the change, the latter over the ranges. `gain_db` is what is
    expected of it: how far the damage lay over what the repair is off by; None where that is not
    to be told. `words` say what was done, `digest` is of the samples it left.
    """

    step: RepairStep
    ranges: tuple[TouchedRange, ...]
    peak_dbfs: float
    rms_dbfs: float
    words: str
    gain_db: float | None = None
    digest: str = ""

    def as_json(self) -> dict[str, Any]:
        """A row of `steps` in repairs.json."""
        return {
            **self.step.as_json(),
            "ranges": [each.as_json() for each in self.ranges],
            "peak_dbfs": _rounded(self.peak_dbfs),
            "rms_dbfs": _rounded(self.rms_dbfs),
            "gain_db": None if self.gain_db is None else _rounded(self.gain_db),
            "words": self.words,
            "digest": self.digest,
        }


@dataclass(frozen=True)
class Refused:
    """A finding that is not mended, and why; `step` is what was tried."""

    stem: str
    code: str
    finding: str
    why: str
    step: RepairStep | None = None

    def as_json(self) -> dict[str, Any]:
        """A row of `refused`."""
        tried = None if self.step is None else self.step.as_json()
        return {**vars(self), "step": tried}


@dataclass(frozen=True)
class RepairedStem:
    """A stem in the new folder: the file or files of it, before and after.

    `mended` is empty for one that was copied as it is.
    """

    id: str
    sample_rate_hz: int
    frames: int
    channels: int
    before: tuple[Path, ...]
    after: tuple[Path, ...]
    mended: tuple[Mended, ...] = ()


@dataclass(frozen=True)
class Repairs:
    """All that was done to a song's stems, and what was not; `folder` is None for a mere plan."""

    stems: tuple[RepairedStem, ...]
    refused: tuple[Refused, ...]
    folder: Path | None = None

    def mended(self) -> tuple[Mended, ...]:
        """Every step that was done, by stem and time."""
        return tuple(each for stem in self.stems for each in stem.mended)

    def findings(self) -> frozenset[str]:
        """The ids of all findings that were mended."""
        steps = [each.step for each in self.mended()]
        return frozenset(name for step in steps for name in (step.finding, *step.also))

    def as_json(self) -> dict[str, Any]:
        """What `check --repair --json` adds."""
        return {
            "folder": None if self.folder is None else str(self.folder),
            "steps": [each.as_json() for each in self.mended()],
            "refused": [each.as_json() for each in self.refused],
        }


def _rounded(value: float) -> float | None:
    return round(value, 2) if math.isfinite(value) else None
