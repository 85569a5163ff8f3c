"""Which findings are mended, how, and which are not: pure, from the report alone."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bridge.checking.codes import CODES, SEVERITIES
from bridge.checking.findings import CheckReport, Finding
from bridge.checking.repairing.steps import Refused, RepairStep
from stemwright.problems import InputError, Problem
from stemwright.words import nearest


@dataclass(frozen=True)
class Method:
    """How findings of a code are mended; a change of what it gives is a new `version`."""

    code: str
    name: str
    version: int
    says: str


METHODS: tuple[Method, ...] = (
    Method("corrupt_samples", "predicted", 3, "predicted from both sides"),
    Method("dropout", "predicted", 2, "predicted from both sides"),
    Method("clicks", "predicted", 3, "predicted from both sides"),
    Method("clipped", "peaks", 2, "peaks put back"),
    Method("hum", "lines", 2, "the lines of the mains taken out"),
    Method("dc_offset", "constant", 1, "the offset taken out"),
    Method("channel_polarity", "turned", 1, "the right side turned over"),
    Method("polarity", "turned", 1, "turned over"),
    Method("offset", "moved", 1, "moved by whole frames"),
)
"""In the order in which they are applied; each is of the frames of the file before."""

_BY_CODE = {method.code: method for method in METHODS}
_EDGE_FRAMES = 64
"""A click so near to a gap is its edge."""
_LEAST = SEVERITIES.index("minor")


@dataclass(frozen=True)
class StemPlace:
    """Where a stem lies in the song: its first frame there, its length and rate."""

    position: int
    frames: int
    sample_rate_hz: int


@dataclass(frozen=True)
class Plan:
    """Steps in the order in which they are done, and findings that were meant and have none."""

    steps: tuple[RepairStep, ...]
    refused: tuple[Refused, ...]

    def of(self, stem: str) -> tuple[RepairStep, ...]:
        """The steps of a stem."""
        return tuple(each for each in self.steps if each.stem == stem)


def planned_repairs(
    report: CheckReport, places: Mapping[str, StemPlace], only: Collection[str] = ()
) -> Plan:
    """The steps for what a report has found, those of `only` by code or id where it names any.

    Without it: what is minor or major, can be mended and is not accepted. Raises InputError
    `unknown_finding` for words that are no code and no finding here.
    """
    findings = [*report.findings()]
    _refuse_unknown(findings, only)
    wanted = [each for each in findings if _is_wanted(each, only)]
    steps: list[RepairStep] = []
    refused: list[Refused] = []
    for finding in wanted:
        method = _BY_CODE.get(finding.code)
        if method is None:
            refused.append(_no_repair(finding))
            continue
        if not places.keys() & set(finding.stems):
            refused.append(_no_repair(finding, "it lies in no stem: ask for a new export"))
        for stem in finding.stems:
            if stem in places:
                steps.append(_step(stem, finding, method, places[stem]))
    order = {method.code: at for at, method in enumerate(METHODS)}
    steps = [*_joined(steps)]
    steps.sort(key=lambda each: (each.stem, order[each.code], each.first, each.stop, each.finding))
    return Plan(tuple(steps), tuple(refused))


def _joined(steps: Sequence[RepairStep]) -> Iterator[RepairStep]:
    """The steps without clicks that are the edges of a gap, or of samples that are no sound."""
    gaps = [each for each in steps if each.code in ("dropout", "corrupt_samples")]
    taken: dict[str, list[str]] = {each.finding: [] for each in gaps}
    for step in steps:
        around = next((gap for gap in gaps if _touch(step, gap)), None)
        if step.code == "clicks" and around is not None:
            taken[around.finding].append(step.finding)
        elif step not in gaps:
            yield step
    yield from (replace(gap, also=tuple(sorted(taken[gap.finding]))) for gap in gaps)


def _touch(one: RepairStep, other: RepairStep) -> bool:
    near = one.first <= other.stop + _EDGE_FRAMES and other.first <= one.stop + _EDGE_FRAMES
    return one.stem == other.stem and near


def _is_wanted(finding: Finding, only: Collection[str]) -> bool:
    if finding.id in only:
        return True
    if finding.accepted is not None:
        return False
    return finding.code in only if only else SEVERITIES.index(finding.severity) >= _LEAST


def _step(stem: str, finding: Finding, method: Method, place: StemPlace) -> RepairStep:
    first, stop = (
        min(max(0, round(at_s * place.sample_rate_hz) - place.position), place.frames)
        for at_s in (finding.start_s, finding.end_s)
    )
    if finding.code in ("hum", "dc_offset", "channel_polarity", "polarity", "offset"):
        first, stop = 0, place.frames
    return RepairStep(
        stem,
        finding.code,
        finding.id,
        first,
        stop,
        method.name,
        method.version,
        channel=1 if finding.code == "channel_polarity" else None,
        parameters=dict(_parameters(finding, place)),
    )


def _parameters(finding: Finding, place: StemPlace) -> Iterator[tuple[str, float]]:
    if finding.code == "clipped":
        yield "level_dbfs", finding.value
    if finding.code == "offset":
        yield "late_frames", float(round(finding.value / 1000.0 * place.sample_rate_hz))


def _no_repair(finding: Finding, why: str = "there is no repair: ask for a new export") -> Refused:
    return Refused(", ".join(finding.stems), finding.code, finding.id, why)


def _refuse_unknown(findings: Collection[Finding], only: Collection[str]) -> None:
    known = [*(each.id for each in findings), *(code.name for code in CODES)]
    problems = [
        Problem(
            "unknown_finding",
            f'nothing is found here that is called "{each}"',
            expected="a code of `check --codes`, or the id of a finding",
            nearest=nearest(each, known),
        )
        for each in only
        if each not in known
    ]
    if problems:
        raise InputError(problems)
