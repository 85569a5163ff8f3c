"""A song's stems repaired: planned, mended one after the other, written as their own bundle."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bridge.checking.findings import CheckReport
from bridge.checking.repairing.files import copied, mended_names, written
from bridge.checking.repairing.folder import folder_in_making, refuse_folder
from bridge.checking.repairing.log import LOG, log_text
from bridge.checking.repairing.mending import StemMending
from bridge.checking.repairing.plan import Plan, StemPlace, planned_repairs
from bridge.checking.repairing.record import RECORD, SCHEMA, as_bytes, seen_from
from bridge.checking.repairing.steps import Refused, RepairedStem, Repairs
from bridge.checking.song_audio import Files, audio_files, audio_of, tracks_to_check
from bridge.checking.stem_audio import StemAudio
from bridge.storing import file_digest
from sessions import Media, Session, Track
from stemwright.problems import InputError

Page = Callable[[Repairs], str]
"""Draws the page of repairs, from files that are there while it does."""
PAGE = "repairs.html"
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Source:
    """A stem, or a mix that lies among them: its files, and what they are called in the bundle.

    `audio` is None for what is only copied.
    """

    id: str
    media: tuple[Media, ...]
    paths: tuple[Path, ...]
    audio: StemAudio | None

    @property
    def names(self) -> tuple[str, ...]:
        """The files' names."""
        return tuple(Path(each.member or each.path.name).name for each in self.media)


def planned(
    session: Session, report: CheckReport, only: Collection[str], progress: Progress
) -> Repairs:
    """What `repaired` would do; every stem is mended, and nothing is written.

    Raises as `planned_repairs`.
    """
    with audio_files() as files:
        sources = [*_sources(session, files)]
        plan = _plan(sources, report, only)
        stems, refused = [], [*plan.refused]
        for at, source in enumerate(sources):
            mending = _mending(source, plan, refused)
            done = () if mending is None else mending.mended()
            refused += () if mending is None else mending.refused()
            stems.append(replace(_copied_stem(source, Path()), mended=done, after=()))
            progress(source.id, at + 1, len(sources))
    return Repairs(tuple(stems), tuple(refused))


def repaired(
    session: Session,
    report: CheckReport,
    only: Collection[str],
    folder: Path,
    progress: Progress,
    page: Page | None = None,
) -> Repairs:
    """Write every stem of a session into `folder`, mended or as it is, with a record of it.

    A stem that cannot be decoded is copied, and told. Raises InputError as `planned_repairs` and
    `refuse_folder`, MachineError where the disk refuses; then nothing was changed.
    """
    refuse_folder(folder, _stem_files(session))
    with audio_files() as files:
        sources = [*_sources(session, files)]
        plan = _plan(sources, report, only)
        with folder_in_making(folder) as (staged, put_in_place):
            made = _made(sources, plan, staged, progress)
            (staged / LOG).write_text(log_text(made), encoding="utf-8", errors="backslashreplace")
            if page is not None:
                (staged / PAGE).write_text(page(made), encoding="utf-8", errors="backslashreplace")
            (staged / RECORD).write_bytes(as_bytes(_record(made, sources, folder, staged)))
            put_in_place()
    return _in_place(made, sources, folder)


def refused_unread(names: Sequence[str]) -> tuple[Refused, ...]:
    """What is told of files among the stems that are no audio: they are not in the folder."""
    why = "it cannot be read, and is left out: ask for a new export"
    return tuple(Refused(each, "undecodable", "", why) for each in names)


def _made(sources: Sequence[Source], plan: Plan, staged: Path, progress: Progress) -> Repairs:
    stems, refused = [], [*plan.refused]
    for at, source in enumerate(sources):
        stems.append(_stem(source, plan, staged, refused))
        progress(source.id, at + 1, len(sources))
    return Repairs(tuple(stems), tuple(refused), staged)


def _stem(source: Source, plan: Plan, staged: Path, refused: list[Refused]) -> RepairedStem:
    """A stem's files in the staged folder; what is not mended is added to `refused`."""
    mending = _mending(source, plan, refused, written_to=staged)
    if mending is not None:
        refused += mending.refused()
        if mending.changes and source.audio is not None:
            after = tuple(staged / name for name in mended_names(source.names))
            return replace(_copied_stem(source, staged), after=after, mended=mending.mended())
        for name in mended_names(source.names):
            (staged / name).unlink(missing_ok=True)
    copied(source.paths, staged, source.names)
    return _copied_stem(source, staged)


def _mending(
    source: Source, plan: Plan, refused: list[Refused], written_to: Path | None = None
) -> StemMending | None:
    """A stem mended to its end; None for one without steps, or that cannot be decoded."""
    steps = plan.of(source.id)
    if source.audio is None or not steps:
        return None
    try:
        mending = StemMending(source.audio, steps)
        if written_to is None or not mending.changes:
            for _ in mending.blocks():
                pass
        else:
            written(source.audio, mending, written_to, mended_names(source.names))
    except InputError as error:
        why = error.problems[0].message
        refused += [Refused(each.stem, each.code, each.finding, why, each) for each in steps]
        return None
    return mending


def _plan(sources: Sequence[Source], report: CheckReport, only: Collection[str]) -> Plan:
    audio = [source.audio for source in sources if source.audio is not None]
    places = {
        each.facts.id: StemPlace(each.position, each.facts.frames, each.facts.sample_rate_hz)
        for each in audio
    }
    return planned_repairs(report, places, only)


def _sources(session: Session, files: Files) -> Iterator[Source]:
    for track in tracks_to_check(session):
        yield _source(track, files)
    for each in session.references:
        media = tuple(some for some in (each.media, each.right) if some is not None)
        yield Source(each.name, media, tuple(map(files, media)), None)


def _source(track: Track, files: Files) -> Source:
    clip = track.clips[0]
    media = tuple(each for each in (clip.media, clip.right) if each is not None)
    paths = tuple(map(files, media))
    try:
        audio = audio_of(track, files)
    except InputError:
        audio = None
    return Source(track.id, media, paths, audio)


def _stem_files(session: Session) -> Iterator[Path]:
    for track in session.tracks:
        for clip in track.clips:
            if clip.media is not None and clip.media.member is None:
                yield clip.media.path


def _copied_stem(source: Source, staged: Path) -> RepairedStem:
    media = source.media[0]
    return RepairedStem(
        source.id,
        media.sample_rate_hz,
        media.frames,
        sum(each.channels for each in source.media),
        source.paths,
        tuple(staged / name for name in source.names),
    )


def _in_place(made: Repairs, sources: Sequence[Source], folder: Path) -> Repairs:
    stems = tuple(
        replace(
            stem,
            before=tuple(each.path for each in source.media),
            after=tuple(folder / path.name for path in stem.after),
        )
        for stem, source in zip(made.stems, sources, strict=True)
    )
    return replace(made, stems=stems, folder=folder)


def _record(made: Repairs, sources: Sequence[Source], folder: Path, staged: Path) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "stemwright": version("stemwright"),
        "stems": [
            {
                "stem": source.id,
                "files": [
                    {
                        "file": seen_from(media.path, folder),
                        "member": media.member,
                        "digest": file_digest(path),
                    }
                    for media, path in zip(source.media, source.paths, strict=True)
                ],
                "outputs": [path.name for path in stem.after],
            }
            for source, stem in zip(sources, made.stems, strict=True)
        ],
        "steps": [each.as_json() for each in made.mended()],
        "refused": [each.as_json() for each in made.refused],
        "files": {path.name: file_digest(path) for path in sorted(staged.iterdir())},
    }
