"""The quick part of the stem check, on the way of a render and of a new job."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from math import sqrt
from pathlib import Path
from typing import TYPE_CHECKING

from stemwright.problems import Diagnostic, Problem, Severity, StemwrightError
from stemwright.values import dataclass

if TYPE_CHECKING:
    from bridge.audio import Ends
    from bridge.checking import Finding, KnownStem
    from bridge.jobs import Job
    from bridge.planning import Plan, Stem
    from bridge.storing import Store
    from sessions import Track

_TOLD_BY_A_PLAN = frozenset({"rate"})
_ROUNDING_S = 1e-6
_BAD_SAMPLES = frozenset({"not_finite", "over_range"})
"""What an inspection refuses, and a check tells as `corrupt_samples`."""


def with_findings(plan: Plan, job: Job | None) -> Plan:
    """The plan with what is minor or major, and not accepted, among its diagnostics.

    It comes of what is known since the stems were inspected: nothing is read.
    """
    stems = [stem for lane in plan.lanes for stem in lane.stems]
    found = [each for each in _found(stems, job) if each.code not in _TOLD_BY_A_PLAN]
    if not found:
        return plan
    told = _told_once(plan.diagnostics, stems, found)
    return replace(plan, diagnostics=(*told, *map(diagnostic_of, found)))


def diagnostic_of(finding: Finding) -> Diagnostic:
    """A finding in the words that renders and new jobs tell it with."""
    said = f"{finding.words} ({finding.code})"
    severity: Severity = "warning" if finding.severity == "major" else "note"
    return Diagnostic(severity, finding.code, ", ".join(finding.stems), said)


@dataclass(frozen=True)
class QuickCheck:
    """What was found in stems, minor or major, and what else is to be told of them."""

    findings: tuple[Finding, ...]
    diagnostics: tuple[Diagnostic, ...]


def quick_check(paths: Sequence[Path], jobs: int) -> QuickCheck:
    """Look at stems as a render does, which then has them looked at already.

    Raises SessionError as `sessions.read` does; what is wrong with single stems is found.
    """
    from bridge.gathering import inspected, sums_among
    from sessions import read

    session = read(paths)
    if session.format != "stems":
        return QuickCheck((), session.diagnostics)
    with _store() as store:
        rows, refused = inspected(session, store, jobs)
        sums = sums_among(rows, store)
    tracks = {track.id: track for track in session.tracks}
    broken = [each for stem in refused for each in _refused(tracks[stem], refused[stem])]
    stems = [stem for stem, _ in rows]
    found = (*broken, *_found(stems, None))
    told = _told_once(session.diagnostics, stems, found)
    return QuickCheck(found, (*told, *map(_as_diagnostic, sums)))


def _told_once(
    diagnostics: Sequence[Diagnostic], stems: Sequence[Stem], found: Sequence[Finding]
) -> list[Diagnostic]:
    """What is still to be told of stems beside what was found, which says more of the same."""
    is_said = {each.stems[0] for each in found if each.code == "length"} >= _shorter(stems)
    return [each for each in diagnostics if not (is_said and each.code == "unequal_lengths")]


@contextmanager
def _store() -> Iterator[Store]:
    """The user's own store, or one for the moment where that cannot be used."""
    import tempfile

    from bridge.road.stem_checking.stem_checks import store_of

    with ExitStack() as stack:
        try:
            store = stack.enter_context(store_of(None))
        except StemwrightError:
            folder = tempfile.TemporaryDirectory(prefix="stemwright-check-")
            store = stack.enter_context(store_of(Path(stack.enter_context(folder))))
        yield store


def _as_diagnostic(said: Problem | Diagnostic) -> Diagnostic:
    if isinstance(said, Diagnostic):
        return said
    told = f"{said.message}; {said.hint}" if said.hint else said.message
    return Diagnostic("warning", said.kind, said.place, told)


def _refused(track: Track, problems: Sequence[Problem]) -> Sequence[Finding]:
    """What is told of a stem that no render takes: its file cannot be read, or its samples."""
    from bridge.checking import Found, finding_of_stem, undecodable

    first, clip = problems[0], track.clips[0]
    if first.kind not in _BAD_SAMPLES or clip.media is None:
        return undecodable(track.id, problems, clip.length_s).findings
    frame = int(first.where["frame"])
    words = first.message.removeprefix(f"{first.where['file']}: ")
    found = Found("corrupt_samples", "major", frame, frame + 1, 1.0, words)
    return (finding_of_stem(track.id, clip.position_frames, clip.media.sample_rate_hz, found),)


def _found(stems: Sequence[Stem], job: Job | None) -> Sequence[Finding]:
    from bridge.checking import quick_report

    report = quick_report([known for known in map(_known, stems) if known is not None])
    if job is not None and job.accepted:
        from bridge.jobs import why_accepted

        report = report.accepting(why_accepted(job, report))
    return report.open("minor")


def _shorter(stems: Sequence[Stem]) -> set[str]:
    """The stems that are padded at their end."""
    ends_s = {stem.id: stem.offset_s + stem.files[0].frames / stem.sample_rate_hz for stem in stems}
    return {name for name, end_s in ends_s.items() if end_s < max(ends_s.values()) - _ROUNDING_S}


def _known(stem: Stem) -> KnownStem | None:
    """A stem as it was inspected; None where it was not, as in a plan from a lock."""
    from bridge.checking import KnownStem

    file = stem.files[0]
    ends = [each.ends for each in stem.files if each.ends is not None]
    if len(ends) < len(stem.files):
        return None
    return KnownStem(
        stem.id,
        stem.sample_rate_hz,
        file.frames,
        file.subtype,
        _together(ends),
        stem.offset_at(stem.sample_rate_hz),
        " ".join(each.pcm_hash for each in stem.files),
    )


def _together(sides: Sequence[Ends]) -> Ends:
    """The ends of a stem whose sides lie in files of their own."""
    if len(sides) == 1:
        return sides[0]
    from bridge.audio import Ends

    sounding = [each for each in sides if each.sounds_until]

    def rms(of: Sequence[float]) -> float:
        return sqrt(sum(each * each for each in of) / len(of))

    return Ends(
        peaks=tuple(max(each.peaks) for each in sides),
        first_sample=max(each.first_sample for each in sides),
        start_rms=rms([each.start_rms for each in sides]),
        next_rms=rms([each.next_rms for each in sides]),
        last_rms=rms([each.last_rms for each in sides]),
        end_rms=rms([each.end_rms for each in sides]),
        sounds_from=min((each.sounds_from for each in sounding), default=0),
        sounds_until=max((each.sounds_until for each in sounding), default=0),
        floor_rms=rms([each.floor_rms for each in sides]),
        tenths=tuple(each.tenths[0] for each in sides),
    )
