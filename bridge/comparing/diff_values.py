"""What a diff says: values, and the JSON scripts rely on."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from bridge.comparing.aligning.alignment import Alignment, alignment_words
from bridge.comparing.first_step import Renderings
from bridge.comparing.judging.limits import VERDICTS, Limits, Verdict, as_json
from bridge.comparing.judging.tail import Tail
from bridge.comparing.residual import Residual, advice
from bridge.comparing.sound import Sound, level_change
from bridge.metering import json_value
from stemwright.shown import Shown

DIFF_SCHEMA = 1


@dataclass(frozen=True)
class Missed:
    """One limit that does not hold: its word, what was found, what was allowed."""

    limit: str
    found: float | str
    allowed: float | str
    unit: str = ""

    @property
    def text(self) -> str:
        """For people."""
        if isinstance(self.found, str):
            return f"{self.limit}: {self.found}, allowed {self.allowed}"
        return f"{self.limit} {self.found:.2f} {self.unit}, allowed {self.allowed:g} {self.unit}"


@dataclass(frozen=True)
class FileDiff:
    """One pair of files. What was not looked at, since it is equal or cannot be, is None.

    `raw` is B minus A as they are, `aligned` the same after `alignment`; `first_frame` the first
    one in which any sample differs. `tail` is what one side has after the other has ended, where
    the limits ask for the same length.
    """

    name: str
    a: str | None
    b: str | None
    verdict: Verdict
    within: bool
    limits: Limits
    reasons: tuple[str, ...] = ()
    missed: tuple[Missed, ...] = ()
    sample_rate_hz: int | None = None
    channels: int | None = None
    frames: tuple[int | None, int | None] = (None, None)
    first_frame: int | None = None
    raw: Residual | None = None
    aligned: Residual | None = None
    alignment: Alignment | None = None
    confidence: float = 0.0
    sounds: tuple[Sound, Sound] | None = None
    floor: Mapping[str, float] | None = None
    tail: Tail | None = None

    @property
    def exact(self) -> bool:
        """Whether every sample is equal."""
        return self.verdict == "exact"

    @property
    def first_s(self) -> float | None:
        """When the first differing sample comes."""
        if self.first_frame is None or self.sample_rate_hz is None:
            return None
        return self.first_frame / self.sample_rate_hz

    @property
    def loudness_delta_lu(self) -> float | None:
        """B minus A, integrated; None where a file does not say where its channels are heard."""
        return self._delta("integrated_lufs")

    @property
    def true_peak_delta_db(self) -> float | None:
        """B minus A."""
        return self._delta("true_peak_dbtp")

    def _delta(self, reading: str) -> float | None:
        if self.exact:
            return 0.0
        if self.sounds is None:
            return None
        one, other = (getattr(sound.measures, reading) for sound in self.sounds)
        return None if math.isnan(one) or math.isnan(other) else level_change(one, other)

    def as_json(self) -> dict[str, Any]:
        """The object of the `files` list."""
        found = {
            "name": self.name,
            "a": self.a,
            "b": self.b,
            "verdict": self.verdict,
            "within": self.within,
            "reasons": [*self.reasons, *(each.text for each in self.missed)],
            "limits": as_json(self.limits),
            "sample_rate_hz": self.sample_rate_hz,
            "channels": self.channels,
            "frames": {"a": self.frames[0], "b": self.frames[1]},
            "tail": None if self.tail is None else self.tail.as_json(),
            "first_frame": self.first_frame,
            "first_s": self.first_s,
            "raw": self._figures(self.raw),
            "aligned": {**self._alignment(), **self._figures(self.aligned)},
            "loudness_delta_lu": self.loudness_delta_lu,
            "true_peak_delta_db": self.true_peak_delta_db,
            **self._where(),
            "sound": self._sound(),
            "perceptual": self._perceptual(),
            "floor": None if self.floor is None else dict(self.floor),
        }
        plain: dict[str, Any] = json_value(found)
        return plain

    @staticmethod
    def _figures(left: Residual | None) -> dict[str, float | None]:
        if left is None:
            return {"peak_dbfs": None, "rms_dbfs": None}
        return {"peak_dbfs": left.peak_dbfs, "rms_dbfs": left.rms_dbfs}

    def _alignment(self) -> dict[str, Any]:
        found = self.alignment
        if found is None:
            names = ("offset_frames", "gain_db", "polarity", "inverted", "swapped", "drift_ppm")
            return {**dict.fromkeys(names), "confidence": self.confidence}
        return {
            "offset_frames": round(found.offset_frames, 6),
            "gain_db": round(found.gain_db, 7),
            "polarity": found.polarity,
            "inverted": list(found.inverted),
            "swapped": found.swapped,
            "drift_ppm": 0.0 if found.drift is None else round(found.drift.ppm, 4),
            "confidence": self.confidence,
        }

    def _where(self) -> dict[str, list[dict[str, Any]]]:
        left = self.aligned
        if left is None:
            return {"bands": [], "windows": [], "sides": []}
        return {
            "bands": [asdict(band) for band in left.bands],
            "windows": [asdict(window) for window in left.windows],
            "sides": [asdict(channel) for channel in left.channels],
        }

    def _sound(self) -> dict[str, Any] | None:
        if self.sounds is None:
            return None
        one, other = (sound.as_json() for sound in self.sounds)
        names = [name for name, value in one.items() if isinstance(value, float)]
        numbers = [name for name in names if isinstance(other[name], float)]
        return {"a": one, "b": other, "delta": {n: level_change(one[n], other[n]) for n in numbers}}

    @property
    def advice(self) -> str | None:
        """What an ear would say, once B is put right: what is to be put right comes first."""
        if self.aligned is None:
            return None
        heard = advice(self.aligned.perceptual_db)
        if self.alignment is None or not self.alignment.matters:
            return heard
        return f"put this right first: B is {alignment_words(self.alignment)}; then {heard}"

    def _perceptual(self) -> dict[str, Any] | None:
        if self.aligned is None:
            return None
        distance_db = self.aligned.perceptual_db
        return {"distance_db": round(distance_db, 4), "advice": self.advice}


@dataclass(frozen=True)
class Diff(Shown):
    """Two files, or two folders file by file; `renderings` tells where two renders part."""

    a: str
    b: str
    files: tuple[FileDiff, ...]
    renderings: Renderings | None = None

    @property
    def worst(self) -> FileDiff:
        """The pair that decides: the first of those that fail worst."""
        return max(self.files, key=lambda each: (not each.within, VERDICTS.index(each.verdict)))

    @property
    def verdict(self) -> Verdict:
        """Of the worst pair."""
        return self.worst.verdict

    @property
    def within(self) -> bool:
        """Whether every pair keeps its limits."""
        return all(each.within for each in self.files)

    @property
    def exit_code(self) -> int:
        """0 within the limits, 1 not, 2 where something cannot be compared."""
        if any(each.verdict == "incomparable" for each in self.files):
            return 2
        return 0 if self.within else 1

    @property
    def first_step(self) -> str | None:
        """The first insert in signal order that differs, by name; None unless both are renders."""
        first = None if self.renderings is None else self.renderings.first
        return None if first is None else first.name

    def as_json(self) -> dict[str, Any]:
        """What `diff --json` prints; the figures at the top are the worst pair's."""
        worst = self.worst.as_json()
        for name in ("a", "b", "within"):
            worst.pop(name)
        return {
            "schema": DIFF_SCHEMA,
            "a": self.a,
            "b": self.b,
            "verdict": worst.pop("verdict"),
            "within": self.within,
            "first_step": self.first_step,
            **worst,
            "files": [each.as_json() for each in self.files],
            "renderings": None if self.renderings is None else self.renderings.as_json(),
        }
