"""A song's stem check: every stem heard once, then what is between them, then the rough mix."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from bridge.checking.between.every import BETWEEN_CHECKS
from bridge.checking.between.port import Shared, Song
from bridge.checking.findings import (
    CheckReport,
    Finding,
    Found,
    MixFit,
    StemFindings,
    finding_id,
)
from bridge.checking.hearing import Heard, heard
from bridge.checking.mix.against_mix import against_mix
from bridge.checking.song_audio import (
    Files,
    audio_files,
    audio_of,
    mix_audio,
    rough_mix,
    tracks_to_check,
)
from bridge.checking.stem_audio import StemAudio
from bridge.workers import WorkerLostError, apart, working
from sessions import Session, Track
from stemwright.problems import InputError, Problem

Progress = Callable[[str, int, int], None]
"""Told of each stem that was heard: its name, how many are done, of how many."""


def unwatched(_name: str, _done: int, _of: int) -> None:
    """The progress that nobody looks at."""


def check(
    session: Session,
    unreadable: Sequence[Problem] = (),
    *,
    jobs: int = 1,
    quick: bool = False,
    progress: Progress = unwatched,
    mix: Path | None = None,
) -> CheckReport:
    """Check the stems of a session, against `mix` or else the rough mix that lies among them.

    A stem that cannot be decoded is a finding of its own, as are files among the stems whose
    headers were `unreadable`; the others are checked. `quick` makes
    the checks that cost next to nothing. Raises InputError `not_stems` for a session that is not
    a bundle of stems, and for one without any.
    """
    tracks = tracks_to_check(session)
    with audio_files() as files, working(jobs, ("bridge.checking.hearing",)):
        done: list[str] = []

        def one(track: Track) -> Heard | InputError:
            result = _heard(track, files, quick=quick)
            done.append(track.name)
            progress(track.name, len(done), len(tracks))
            return result

        with ThreadPoolExecutor(max_workers=jobs) as pool:
            results = list(pool.map(one, tracks))
        stems = tuple(
            _undecodable(track.id, result.problems, track.clips[0].length_s)
            if isinstance(result, InputError)
            else _told(result)
            for track, result in zip(tracks, results, strict=True)
        )
        song = Song(
            tuple(each for each in results if isinstance(each, Heard)),
            session.tempo[0].bpm if session.tempo else None,
        )
        between = [
            shared
            for each in BETWEEN_CHECKS
            if each.quick or not quick
            for shared in each().find(song)
        ]
        against = None if quick else _against_mix(song, rough_mix(session, mix, files))
    others = [_undecodable(_name_of(each), [each]) for each in unreadable]
    if isinstance(against, StemFindings):
        others.append(against)
    told = tuple(_between(shared) for shared in between)
    fit = against if isinstance(against, MixFit) else None
    return CheckReport((*stems, *others), told, fit)


def _heard(track: Track, files: Files, *, quick: bool) -> Heard | InputError:
    try:
        return _in_a_worker(audio_of(track, files), quick=quick)
    except InputError as error:
        return error


def _against_mix(song: Song, paths: tuple[Path, ...]) -> MixFit | StemFindings | None:
    """How the stems are in the mix; what is wrong with its file where it cannot be decoded."""
    if not paths:
        return None
    try:
        return against_mix(song.stems, mix_audio(paths), song.tempo_bpm)
    except InputError as error:
        return _undecodable(paths[0].stem, error.problems)


def _in_a_worker(audio: StemAudio, *, quick: bool) -> Heard:
    try:
        return apart(heard, audio, quick)
    except WorkerLostError:
        return heard(audio, quick)


def _told(stem: Heard) -> StemFindings:
    findings = tuple(_finding(stem, found) for found in stem.found)
    return StemFindings(stem.audio.facts.id, findings, stem.pcm)


def _finding(stem: Heard, found: Found) -> Finding:
    facts, position = stem.audio.facts, stem.audio.position
    return Finding(
        id=finding_id(found.code, (facts.id,), found.start, found.stop),
        code=found.code,
        severity=found.severity,
        stems=(facts.id,),
        start_s=(position + found.start) / facts.sample_rate_hz,
        end_s=(position + found.stop) / facts.sample_rate_hz,
        value=found.value,
        words=found.words,
    )


def _between(shared: Shared) -> Finding:
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


def _undecodable(stem: str, problems: Sequence[Problem], length_s: float = 0.0) -> StemFindings:
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


def _name_of(problem: Problem) -> str:
    return Path(str(problem.where.get("member") or problem.where.get("file", ""))).stem
