"""What a check found, and the report of all of it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from blake3 import blake3

from bridge.checking.codes import SEVERITIES, Severity, code_of

_ID_DIGITS = 6


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


@dataclass(frozen=True)
class StemFindings:
    """A stem and its findings, by time; `pcm` tells its samples from others', "" where none."""

    id: str
    findings: tuple[Finding, ...]
    pcm: str = ""

    def as_json(self) -> dict[str, Any]:
        """The object of the `stems` list."""
        return {"id": self.id, "findings": [each.as_json() for each in self.findings]}


@dataclass(frozen=True)
class StemInMix:
    """How a stem is in the rough mix: gain and place that explain it best."""

    id: str
    gain_db: float
    offset_frames: int
    polarity: int

    def as_json(self) -> dict[str, Any]:
        """The object of the mix's `stems` list."""
        gain = self.gain_db if math.isfinite(self.gain_db) else None
        return {**vars(self), "gain_db": gain}


@dataclass(frozen=True)
class MixFit:
    """What the stems explain of the rough mix, in dB: 20 leaves a hundredth of its power.

    `verdict` is one of sums, sums_with_changes, bus_processing, other_version, unrelated; `words`
    say it.
    """

    explained_db: float
    stems: tuple[StemInMix, ...]
    findings: tuple[Finding, ...]
    verdict: str
    words: str

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
