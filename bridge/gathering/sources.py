"""Stems as they are heard: found in their files, inspected, converted, streamed."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bridge.audio import BLOCK_FRAMES, Ends, Inspection, open_member, refuse_bad_samples
from bridge.gathering.ridden import ridden_blocks
from bridge.gathering.signals import DamagedEntryError, kept_pcm
from bridge.gathering.summed_stems import InspectedStem, sums_among
from bridge.planning import ARRAY, Stem, StemFile, Stems, stem_facts
from bridge.storing import Content, Entry, Store, digest, file_digest, signature
from bridge.workers import WorkerLostError, apart, ready
from sessions import Session, Track
from stemwright.decibels import linear
from stemwright.problems import Diagnostic, InputError, Problem

if TYPE_CHECKING:  # numpy comes with what reads samples; stems that are known are not read
    from bridge.audio import Block

_INSPECT_VERSION = 10
_RESAMPLE_VERSION = 1
_LARGE_BYTES = 1 << 24
"""A minute in stereo: less is read in the time that a worker takes to begin."""


def gather(session: Session, store: Store, jobs: int) -> Stems:
    """Inspect every stem of a session: hash, peak, faults. Known files cost one hash.

    Raises InputError with every unreadable, non-finite or over-loud stem at once, with what the
    session says must not be summed, with stems that are the sum of the others, and for a session
    that is not a bundle of stems: its clips and faders would be lost.
    """
    if session.format != "stems":
        raise InputError(
            Problem(
                "not_stems",
                f"a {session.format} session cannot be rendered as it is",
                expected="a folder, zip or list of stems",
                hint="export the stems from the DAW, every track from the song's start",
            )
        )
    problems = [_not_summed(said) for said in session.diagnostics if said.severity == "error"]
    found, refused = inspected(session, store, jobs)
    problems += [problem for each in refused.values() for problem in each]
    sums = sums_among(found, store)
    problems += [each for each in sums if isinstance(each, Problem)]
    if problems:
        raise InputError(problems)
    return Stems(
        stems=tuple(stem for stem, _ in found),
        tempo_bpm=session.tempo[0].bpm if session.tempo else 120.0,
        diagnostics=(
            *session.diagnostics,
            *(each for each in sums if isinstance(each, Diagnostic)),
        ),
    )


def inspected(
    session: Session, store: Store, jobs: int
) -> tuple[list[InspectedStem], dict[str, list[Problem]]]:
    """Every stem that can be summed, with what each of its files holds; by id, why one cannot."""
    tracks = [track for track in session.tracks if track.clips]
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        results = list(pool.map(lambda track: _stem(track, store), tracks))
    rows = list(zip(tracks, results, strict=True))
    return (
        [result for _, result in rows if isinstance(result, tuple)],
        {track.id: result for track, result in rows if isinstance(result, list)},
    )


def _not_summed(said: Diagnostic) -> Problem:
    hints = {
        "ignored_audio": f"make it a WAV, or leave it out with --skip {shlex.quote(said.where)}",
        "song_too_long": "check the times in the files, or say --long if the song is that long",
    }
    return Problem(said.code, said.message, {"file": said.where}, hint=hints.get(said.code))


def _stem(track: Track, store: Store) -> InspectedStem | list[Problem]:
    clip = track.clips[0]
    sides = [media for media in (clip.media, clip.right) if media is not None]
    try:
        read = [
            stem_file(media.path, media.member, store, clip.position_frames, media.array)
            for media in sides
        ]
    except InputError as error:
        return [skippable(problem) for problem in error.problems]
    stem = Stem(track.id, track.name, track.role, tuple(file for file, _ in read), clip.position_s)
    return stem, tuple(found for _, found in read)


def skippable(problem: Problem) -> Problem:
    """Return the problem of one stem's file with the way to render without it.

    An array needs none: its caller leaves it out.
    """
    if str(problem.where.get("file", "")).startswith(ARRAY):
        return problem
    name = Path(str(problem.where.get("member") or problem.where.get("file", ""))).name
    hint = (problem.hint or "").removesuffix("leave it out").removesuffix(", or ")
    without = f"leave it out with --skip {shlex.quote(name)}"
    return replace(problem, hint=f"{hint}, or {without}" if hint else without)


def stem_file(
    source: Path, member: str | None, store: Store, start: int = 0, array: str | None = None
) -> tuple[StemFile, Inspection]:
    """Return a stem's file, and what it holds, sketched from frame `start` of the song on.

    `array` is its name where `source` is the copy of an array in memory.
    """
    path = source if member is None else _extracted(source, member, store).data
    place = _place(source, member) if array is None else f"{ARRAY}{array}"
    found = _inspected(path, store, place, start)
    refuse_bad_samples(found, place)
    file = StemFile(
        path=path,
        pcm_hash=found.pcm_hash,
        channels=found.channels,
        sample_rate_hz=found.sample_rate_hz,
        frames=found.frames,
        archive=None if member is None else source,
        member=member,
        prints=found.prints,
        subtype=found.subtype,
        ends=found.ends,
        array=array,
    )
    return file, found


def _extracted(archive: Path, member: str, store: Store) -> Entry:
    octets, check = _hashed(archive, store)
    key = digest("member", zip=octets, member=member)
    entry = store.whole(key)
    if entry is None:
        with store.staging() as folder:
            copied = open_member(archive, member, folder)
            check()
            entry = store.put(key, {"pcm": None}, copied)
    return entry


def _inspected(path: Path, store: Store, place: str, start: int) -> Inspection:
    octets, check = _hashed(path, store)
    key = _inspection_key(octets, start)
    entry = store.get(key)
    if entry is not None:
        return _kept(entry.meta["inspection"])
    try:
        found = _inspected_apart(path, start)
    except InputError as error:
        raise _at(error, path, place) from error
    check()
    told = {**vars(found), "ends": None if found.ends is None else vars(found.ends)}
    store.put(key, {"pcm": found.pcm_hash, "inspection": told})
    return found


def _kept(told: Mapping[str, Any]) -> Inspection:
    ends = Ends(**told["ends"]) if told["ends"] else None
    return Inspection(**{**told, "ends": ends})


def _inspected_apart(path: Path, start: int) -> Inspection:
    """In a worker where that is worth its beginning, but the first ones here, while they begin."""
    from bridge.audio import inspect

    if path.stat().st_size >= _LARGE_BYTES and ready():
        with suppress(WorkerLostError):
            return apart(inspect, path, start)
    return inspect(path, start)


def _at(error: InputError, path: Path, place: str) -> InputError:
    """The same error, told of where the user has the file, not of a copy in the store."""
    return InputError(
        [
            replace(
                problem,
                message=problem.message.replace(str(path), place),
                where={**problem.where, "file": place},
            )
            for problem in error.problems
        ]
    )


def _inspection_key(octets: str, start: int) -> str:
    return digest("inspect", version=_INSPECT_VERSION, block=BLOCK_FRAMES, file=octets, start=start)


def _hashed(path: Path, store: Store) -> tuple[str, Callable[[], None]]:
    """The digest of a file's bytes, and what raises where it has been written to since."""
    if path.exists() and not path.is_file():
        said = f"{path.name} is a folder, a device or a pipe, not a file"
        raise InputError(Problem("not_a_file", said, {"file": str(path)}))
    try:
        before = signature(path)
        found = store.digest_of(path)
    except OSError as error:
        message = f"{path.name} cannot be read: {error.strerror}"
        raise InputError(Problem("missing_file", message, {"file": str(path)})) from error

    def check() -> None:
        try:
            same = signature(path) == before
        except OSError:
            same = False
        if not same:
            raise _changed(path.name, str(path))

    return found, check


def _changed(name: str, place: str) -> InputError:
    return InputError(
        Problem(
            "source_changed",
            f"{name} was written to while it was read; nothing was made of it",
            {"stem": name, "file": place},
            hint="wait until its export or copy is done, and render again",
        )
    )


def _place(source: Path, member: str | None) -> str:
    return str(source) if member is None else f"{source}/{member}"


def group_blocks(
    stems: Iterable[Stem], trim: float, rate_hz: int, frames: int, store: Store
) -> Iterator[Block]:
    """Stream the float64 stereo sum of `stems` at `rate_hz`, padded to `frames`, then trimmed.

    Each stem comes with its own gain and rides.
    """
    from bridge.audio import Part, summed

    parts = [
        Part(linear(stem.gain_db), _moved(stem, rate_hz, store), stem.offset_at(rate_hz))
        for stem in stems
    ]
    for block in summed(parts, frames):
        yield block if trim == 1.0 else trim * block


def _moved(stem: Stem, rate_hz: int, store: Store) -> Iterator[Block]:
    blocks = _stem_blocks(stem, rate_hz, store)
    if not stem.rides:
        return blocks
    return ridden_blocks(blocks, stem.rides, rate_hz, stem.offset_at(rate_hz))


def _stem_blocks(stem: Stem, rate_hz: int, store: Store) -> Iterator[Block]:
    streams = [_file_blocks(stem, file, rate_hz, store) for file in stem.files]
    if len(streams) == 1:
        return streams[0]
    return _paired(*streams)


def _paired(left: Iterator[Block], right: Iterator[Block]) -> Iterator[Block]:
    import numpy as np

    from bridge.audio import Cursor

    other = Cursor(right)
    for block in left:
        yield np.concatenate([block, np.concatenate(other.take(block.shape[1]), axis=1)])


def _file_blocks(stem: Stem, file: StemFile, rate_hz: int, store: Store) -> Iterator[Block]:
    if file.sample_rate_hz == rate_hz:
        return _decoded(stem, file, store)
    from bridge.audio import PcmWriter, pcm_head, resampled

    key = digest(
        "resample", version=_RESAMPLE_VERSION, pcm=file.pcm_hash, facts=stem_facts(stem, rate_hz)
    )
    entry = store.whole(key)
    if entry is None:
        with store.staging() as folder:
            with PcmWriter(folder / "pcm", file.channels, "float64") as writer:
                for block in resampled(
                    _decoded(stem, file, store), file.channels, file.sample_rate_hz, rate_hz
                ):
                    writer.write(block)
            pcm = writer.summary.pcm_hash
            known = Content(pcm, pcm_head("float64", file.channels))
            entry = store.put(key, {"pcm": pcm}, folder / "pcm", known)
    return kept_pcm(store, entry, file.channels, "float64")


def _decoded(stem: Stem, file: StemFile, store: Store) -> Iterator[Block]:
    """The blocks of a stem's file, if they are those that were inspected and hashed.

    The copy of a zip's member is made again where the store dropped it or it is damaged. Raises
    InputError `source_changed`, DamagedEntryError.
    """
    from bridge.audio import read_blocks, unchanged

    path = file.path
    if file.archive is not None and file.member is not None and not path.exists():
        path = _extracted(file.archive, file.member, store).data
    if not file.prints:
        return read_blocks(path)

    def changed() -> Exception:
        if file.archive is not None and path == file.path:
            store.drop(path.parent.name)
            return DamagedEntryError(path.parent.name)
        with suppress(OSError):  # should it have been so when it was inspected, that is undone
            octets = file_digest(path)
            for start in (0, stem.offset_at(file.sample_rate_hz)):
                store.drop(_inspection_key(octets, start))
        return _changed(stem.name, file.place)

    return unchanged(read_blocks(path), file.prints, changed)
