"""A song's stem check: every stem heard once, then what is between them, then the rough mix."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from bridge.checking.between.every import found_between
from bridge.checking.between.port import Song
from bridge.checking.between.tempo import tempo_bpm
from bridge.checking.findings import (
    CheckReport,
    Found,
    MixFit,
    StemFindings,
    finding_between,
    finding_of_stem,
    name_of,
    undecodable,
)
from bridge.checking.hearing import Heard, heard, heard_mix
from bridge.checking.mix.against_mix import against_mix
from bridge.checking.mix.explained import explained
from bridge.checking.remembering.checked import Progress
from bridge.checking.remembering.stems import known_or_heard
from bridge.checking.song_audio import (
    Files,
    audio_files,
    audio_of,
    mix_audio,
    mix_id,
    rough_mix,
    tracks_to_check,
)
from bridge.checking.stem_audio import StemAudio
from bridge.storing import Store
from bridge.workers import WorkerLostError, apart, workers, working
from sessions import Session, Track
from stemwright.problems import InputError, Problem

Result = TypeVar("Result")

_SURER_BY_A_MIX = frozenset({"offset"})
"""What the stems say by themselves, and the rough mix says to the frame."""


def check_anew(
    session: Session,
    unreadable: Sequence[Problem],
    jobs: int,
    progress: Progress,
    mix: Path | None,
    store: Store | None,
) -> CheckReport:
    """Check as `bridge.checking.check` does; only stems that the store has are not heard."""
    tracks = tracks_to_check(session)
    with audio_files() as files, working(jobs, ("bridge.checking.between.every",)):
        done: list[str] = []

        def one(track: Track) -> Heard | InputError:
            result = _heard(track, files, store)
            done.append(track.name)
            progress(track.name, len(done), len(tracks))
            return result

        with ThreadPoolExecutor(max_workers=jobs) as pool:
            results = _longest_first(pool, one, tracks)
            song = Song(
                tuple(each for each in results if isinstance(each, Heard)),
                tempo_bpm(session),
                partial(_mapped, pool) if workers() else map,
            )
            between = found_between(song)
        stems = tuple(
            undecodable(track.id, result.problems, track.clips[0].length_s)
            if isinstance(result, InputError)
            else _told(result.audio, result.found, result.pcm)
            for track, result in zip(tracks, results, strict=True)
        )
        length_s = max(track.clips[0].length_s for track in tracks)
        paths = rough_mix(session, mix, files)
        name = mix_id(session, mix)
        fit, of_mix = _against_mix(song, paths, files, name, length_s)
    others = [undecodable(name_of(each), [each], length_s) for each in unreadable]
    if of_mix is not None and of_mix.findings:
        others.append(replace(of_mix, is_mix=True))
    told = tuple(map(finding_between, between))
    if fit is not None and fit.verdict not in ("other_version", "unrelated"):
        told = tuple(each for each in told if each.code not in _SURER_BY_A_MIX)
    if fit is not None:
        stems = _with_turned_sides(stems, song, fit)
        told = explained(told, fit)
    return CheckReport((*stems, *others), told, fit)


def _heard(track: Track, files: Files, store: Store | None) -> Heard | InputError:
    try:
        return known_or_heard(audio_of(track, files), store, _in_a_worker)
    except InputError as error:
        return error


def _against_mix(
    song: Song, paths: tuple[Path, ...], files: Files, name: str, length_s: float
) -> tuple[MixFit | None, StemFindings | None]:
    """How the stems are in the mix, if it can be decoded; and what is wrong with its file.

    `name` is what the mix is called, `length_s` the song's, over which it is missed.
    """
    if not paths:
        return None, None
    try:
        mix = mix_audio(paths, files, name)
        found, pcm = heard_mix(mix)
        return against_mix(song.stems, mix, song.tempo_bpm), _told(mix, found, pcm)
    except InputError as error:
        return None, undecodable(name, error.problems, length_s)


def _with_turned_sides(
    stems: Sequence[StemFindings], song: Song, fit: MixFit
) -> tuple[StemFindings, ...]:
    """With the side that only the mix tells to be upside down: of a wide stem, both look so."""
    turned = {each.id for each in fit.stems if each.right_polarity < 0}
    known = {each.audio.facts.id: each for each in song.stems}

    def told(stem: StemFindings) -> StemFindings:
        if stem.id not in turned or any(e.code == "channel_polarity" for e in stem.findings):
            return stem
        facts, position = known[stem.id].audio.facts, known[stem.id].audio.position
        words = "one side is upside down against the rough mix"
        found = Found("channel_polarity", "major", 0, facts.frames, -1.0, words)
        one = finding_of_stem(facts.id, position, facts.sample_rate_hz, found)
        return replace(stem, findings=(one, *stem.findings))

    return tuple(map(told, stems))


def _in_a_worker(audio: StemAudio) -> Heard:
    return _apart(heard, audio)


def _apart(function: Callable[..., Result], *given: object) -> Result:
    """What a module's function gives, in a worker where there is one."""
    try:
        return apart(function, *given)
    except WorkerLostError:
        return function(*given)


def _mapped(
    pool: ThreadPoolExecutor, function: Callable[..., Result], *given: Iterable[Any]
) -> Iterable[Result]:
    """As `map`, each call in a worker; all begin at once."""
    return pool.map(partial(_apart, function), *given)


def _longest_first(
    pool: ThreadPoolExecutor, one: Callable[[Track], Result], tracks: Sequence[Track]
) -> list[Result]:
    """What `one` gives for each, in their order; the longest begin, so that all end together."""
    order = sorted(range(len(tracks)), key=lambda at: -tracks[at].clips[0].length_s)
    begun = {at: pool.submit(one, tracks[at]) for at in order}
    return [begun[at].result() for at in range(len(tracks))]


def _told(audio: StemAudio, found: Sequence[Found], pcm: str) -> StemFindings:
    facts, position = audio.facts, audio.position
    findings = tuple(
        finding_of_stem(facts.id, position, facts.sample_rate_hz, each) for each in found
    )
    return StemFindings(facts.id, findings, pcm)
