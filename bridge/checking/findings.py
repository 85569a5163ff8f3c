"""What a check found, and the report of all of it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, replace
from pathlib import Path
from typing import Any

from blake3 import blake3

from bridge.checking.codes import SEVERITIES, Severity, code_of
from stemwright.problems import Problem
from stemwright.values import dataclass

_ID_DIGITS = 6
_SILENCE_DB = -200.0
"""What a level of nothing at all is told as."""


@dataclass(frozen=True)
class Found:
    """What a check tells of a stem: frames of the stem's file, `stop` behind the last one.

    `value` is in the unit of its code. `words` say it in a short sentence without the stem's name.
    """

    code: str
    severity: Severity
    start: int
    stop: int
    value: float
    words: str = ""


@dataclass(frozen=True)
class Shared:
    """What a check tells of stems, by their ids; seconds of the song.

    `offset_frames` is positive where the first stem is late against the second, at the first
    one's rate; `gain_db` is the first over the second; `polarity` 1 or -1. None where it has no
    meaning.
    """

    code: str
    severity: Severity
    stems: tuple[str, ...]
    start_s: float
    end_s: float
    value: float
    words: str
    offset_frames: int | None = None
    gain_db: float | None = None
    polarity: int | None = None


@dataclass(frozen=True)
class Finding:
    """A finding with its place in the song, in seconds, and the id by which it is accepted.

    `stems` are one stem's id, or those it is between. `facts` are further numbers: offset_frames,
    gain_db, polarity where it is between stems.
    """

    id: str
    code: str
    severity: Severity
    stems: tuple[str, ...]
    start_s: float
    end_s: float
    value: float
    words: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    accepted: str | None = None

    @property
    def unit(self) -> str:
        """The unit of its value."""
        return code_of(self.code).unit

    def as_json(self) -> dict[str, Any]:
        """What stands in the lists of `check --json`; `accepted` is why, or null."""
        scope = {} if code_of(self.code).scope == "stem" else {"stems": list(self.stems)}
        return {
            "id": self.id,
            "code": self.code,
            "severity": self.severity,
            **scope,
            "start_s": self.start_s,
            "end_s": self.end_s,
            "value": self.value if math.isfinite(self.value) else None,
            "unit": self.unit,
            **self.facts,
            "words": self.words,
            "accepted": self.accepted,
        }


def finding_id(code: str, stems: Sequence[str], start: int, stop: int) -> str:
    """The same for the same finding in the same place: `clicks-03fa2c`."""
    words = "\0".join((code, *stems, str(start), str(stop)))
    return f"{code}-{blake3(words.encode()).hexdigest()[:_ID_DIGITS]}"


def finding_of_stem(stem: str, position: int, sample_rate_hz: int, found: Found) -> Finding:
    """What was found in a stem whose first frame lies at `position` of the song."""
    return Finding(
        id=finding_id(found.code, (stem,), found.start, found.stop),
        code=found.code,
        severity=found.severity,
        stems=(stem,),
        start_s=(position + found.start) / sample_rate_hz,
        end_s=(position + found.stop) / sample_rate_hz,
        value=max(found.value, _SILENCE_DB) if _is_level(found.code) else found.value,
        words=found.words,
    )


def _is_level(code: str) -> bool:
    return code_of(code).unit in ("dBFS", "dB")


def finding_between(shared: Shared) -> Finding:
    """What was found between stems."""
    facts: dict[str, Any] = {
        "offset_frames": shared.offset_frames,
        "gain_db": shared.gain_db,
        "polarity": shared.polarity,
    }
    start, stop = round(1000 * shared.start_s), round(1000 * shared.end_s)
    return Finding(
        id=finding_id(shared.code, shared.stems, start, stop),
        code=shared.code,
        severity=shared.severity,
        stems=shared.stems,
        start_s=shared.start_s,
        end_s=shared.end_s,
        value=shared.value,
        words=shared.words,
        facts=facts,
    )


@dataclass(frozen=True)
class StemFindings:
    """A stem and its findings, by time; or the rough mix's own.

    `pcm` tells its samples from others': the `pcm_hash` of each of its files, in a row; "" where
    it cannot be decoded.
    """

    id: str
    findings: tuple[Finding, ...]
    pcm: str = ""
    is_mix: bool = False

    def as_json(self) -> dict[str, Any]:
        """The object of the `stems` list."""
        return {"id": self.id, "findings": [each.as_json() for each in self.findings]}


def name_of(problem: Problem) -> str:
    """What a stem is called whose file is what is wrong."""
    return Path(str(problem.where.get("member") or problem.where.get("file", ""))).stem


def undecodable(stem: str, problems: Sequence[Problem], length_s: float = 0.0) -> StemFindings:
    """What is told of a stem whose file is not to be had.

    `length_s` is what its header says, or the song's: from when to when it is missed.
    """
    first = problems[0]
    one = Finding(
        id=finding_id("undecodable", (stem,), 0, 0),
        code="undecodable",
        severity="major",
        stems=(stem,),
        start_s=0.0,
        end_s=length_s,
        value=float(len(problems)),
        words="; ".join(said for said in (first.message, first.hint) if said),
    )
    return StemFindings(stem, (one,))


@dataclass(frozen=True)
class StemInMix:
    """How a stem is in the rough mix: gain, place and clock that explain it best.

    `offset_frames` is how much later it lies there, at the song's start, with a fraction where it
    lies between two frames; `drift_ppm` how much slower the stem runs than it does in the mix.
    `right_polarity` is -1 where its right side is upside down against its left, as the mix has it.
    """

    id: str
    gain_db: float
    offset_frames: float
    polarity: int
    right_polarity: int = 1
    drift_ppm: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """The object of the mix's `stems` list."""
        gain = self.gain_db if math.isfinite(self.gain_db) else None
        return {**vars(self), "gain_db": gain}


@dataclass(frozen=True)
class MixFit:
    """What the stems explain of the rough mix, in dB: 20 leaves a hundredth of its power.

    `verdict` is one of sums, sums_with_changes, bus_processing, master, other_version, unrelated;
    `words` say it.
    """

    explained_db: float
    stems: tuple[StemInMix, ...]
    findings: tuple[Finding, ...]
    verdict: str
    words: str

    @property
    def is_unexplained(self) -> bool:
        """Whether stems and mix differ by something that no finding names."""
        counts = any(each.severity != "info" for each in self.findings)
        return self.verdict == "sums_with_changes" and not counts

    def as_json(self) -> dict[str, Any]:
        """The `mix` object."""
        told = [each.as_json() for each in self.findings]
        return {
            "explained_db": self.explained_db if math.isfinite(self.explained_db) else None,
            "stems": [each.as_json() for each in self.stems],
            "missing": [each for each in told if each["code"] == "missing"],
            "findings": [each for each in told if each["code"] != "missing"],
            "verdict": self.verdict,
            "words": self.words,
        }


@dataclass(frozen=True)
class CheckReport:
    """All findings of a song's stems."""

    stems: tuple[StemFindings, ...]
    between: tuple[Finding, ...] = ()
    mix: MixFit | None = None

    def findings(self) -> Iterator[Finding]:
        """Every finding, the stems' first."""
        for stem in self.stems:
            yield from stem.findings
        yield from self.between
        if self.mix is not None:
            yield from self.mix.findings

    @property
    def stem_count(self) -> int:
        """How many stems were checked: the rough mix is none."""
        return sum(not each.is_mix for each in self.stems)

    def open(self, least: Severity) -> tuple[Finding, ...]:
        """The findings at or above a severity that nobody has accepted."""
        rank = SEVERITIES.index(least)
        return tuple(
            each
            for each in self.findings()
            if each.accepted is None and SEVERITIES.index(each.severity) >= rank
        )

    def content_of(self, finding: Finding) -> str:
        """What tells the samples of a finding's stems from others."""
        found = [stem.pcm for stem in self.stems if stem.id in finding.stems]
        return blake3(" ".join(found).encode()).hexdigest(8)

    def accepting(self, reasons: Mapping[str, str]) -> CheckReport:
        """The report with the findings of these ids accepted for these reasons."""

        def told(findings: Sequence[Finding]) -> tuple[Finding, ...]:
            return tuple(replace(each, accepted=reasons.get(each.id)) for each in findings)

        stems = tuple(replace(each, findings=told(each.findings)) for each in self.stems)
        mix = self.mix and replace(self.mix, findings=told(self.mix.findings))
        return CheckReport(stems, told(self.between), mix)

    def as_json(self) -> dict[str, Any]:
        """What `stemwright check --json` prints."""
        return {
            "stems": [each.as_json() for each in self.stems],
            "between": [each.as_json() for each in self.between],
            "mix": None if self.mix is None else self.mix.as_json(),
        }
