"""What a replacement will do: pairs with their differences, before anything is written."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bridge.audio import inspect, refuse_bad_samples
from bridge.jobs.model import Job
from bridge.jobs.replacing.differences import StemDifference, stem_difference
from bridge.jobs.replacing.matching import By, Matches, matched
from bridge.jobs.replacing.sounds import sound_of
from bridge.jobs.song import song_session
from sessions import Session, Track, read
from stemwright.problems import InputError, Problem

_MOST_CHANNELS = 2


@dataclass(frozen=True)
class Replaced:
    """A stem and the file that takes its place; `taken_out_frames` of its offset are taken out."""

    stem: str
    by: By
    difference: StemDifference
    taken_out_frames: int

    def as_json(self) -> dict[str, Any]:
        """A row of `replace --json`."""
        return {
            "stem": self.stem,
            "matched_by": self.by,
            **self.difference.as_json(),
            "taken_out_frames": self.taken_out_frames,
        }


@dataclass(frozen=True)
class Replacement:
    """New files for a song's stems, matched and compared; nothing is written yet.

    `stems` are the song's before, `beside` the files read with them that are none, such as a rough
    mix. `unmatched` are files that are for none of the stems.
    """

    job: Job
    stems: tuple[Track, ...]
    beside: tuple[Path, ...]
    replaced: tuple[Replaced, ...]
    unmatched: tuple[Path, ...]

    def as_json(self) -> dict[str, Any]:
        """What `replace --json` prints of it."""
        return {
            "job": str(self.job.path),
            "replaced": [each.as_json() for each in self.replaced],
            "unmatched": [str(path) for path in self.unmatched],
        }


def planned_replacement(
    job: Job, files: Sequence[Path], said: Sequence[str] = (), *, align: bool = False
) -> Replacement:
    """Match new files to a job's stems and compare each pair; `said` are texts "STEM=FILE".

    `align` takes the whole frames of each offset out. Raises InputError: `not_stems` for stems that
    are a DAW's session, `in_a_zip`, `usage`, `own_stem`, `unknown_stem`, `stem_ambiguous`,
    `replacement_ambiguous`, `nothing_matched`, `too_many_channels`, and what reading the files
    raises.
    """
    whole = read(job.stems)
    stems = stems_of(job, whole)
    meant = [_said(text) for text in said]
    given = [*files, *(path for _, path in meant)]
    session = read(list({_real(path): path for path in given}.values()))
    _refuse_other(session, "the new files are", given[0])
    names = {_id_of(session.tracks, path): stem for stem, path in meant}
    _refuse_own(stems, session.tracks)
    _refuse_damaged(session.tracks)
    found = matched(stems, session.tracks, names)
    _refuse_wide(found)
    unmatched = (*found.unmatched, *(each.media.path for each in session.references))
    if not found.pairs:
        raise InputError([_nothing(path, stems) for path in unmatched])
    pairs = tuple(_compared(found, align=align))
    return Replacement(job, stems, tuple(_beside(whole, stems)), pairs, unmatched)


def stems_of(job: Job, session: Session) -> tuple[Track, ...]:
    """The stems of a session that are summed in a job's song. Raises InputError `not_stems`."""
    _refuse_other(session, "the job's stems are", job.path)
    return tuple(track for track in song_session(job, session).tracks if track.clips)


def files_of(track: Track) -> tuple[Path, ...]:
    """The files of a stem: one, or left and right."""
    media = (track.clips[0].media, track.clips[0].right) if track.clips else ()
    return tuple(each.path for each in media if each is not None)


def _beside(session: Session, stems: Sequence[Track]) -> Iterator[Path]:
    known = {stem.id for stem in stems}
    for track in session.tracks:
        if track.id not in known:
            yield from files_of(track)
    for each in session.references:
        yield from (media.path for media in (each.media, each.right) if media is not None)


def _compared(found: Matches, *, align: bool) -> Iterator[Replaced]:
    for pair in found.pairs:
        difference = stem_difference(pair.old, pair.new)
        frames = difference.whole_frames if align else 0
        yield Replaced(pair.stem.id, pair.by, difference, frames)


def _said(text: str) -> tuple[str, Path]:
    """The stem and the file of "Lead Vox=new.wav"; either may hold a = of its own."""
    cuts = [at for at, each in enumerate(text) if each == "="]
    for at in cuts:
        path = Path(text[at + 1 :])
        if text[:at] and text[at + 1 :] and path.exists():
            return text[:at], path
    missing = cuts and text[: cuts[0]] and text[cuts[0] + 1 :]
    raise InputError(
        Problem(
            "usage",
            f"--as {text}: there is no such file" if missing else f"--as {text}: not STEM=FILE",
            expected='such as --as "Lead Vox=new.wav"',
        )
    )


def _id_of(tracks: Sequence[Track], path: Path) -> str:
    real = _real(path)
    for track in tracks:
        if real in {_real(each) for each in files_of(track)}:
            return track.id
    raise InputError(
        Problem(
            "usage",
            f"--as: {path.name} is named like a finished mix",
            {"file": str(path)},
            hint="rename the file",
        )
    )


def _refuse_other(session: Session, said: str, path: Path) -> None:
    if session.format != "stems":
        raise InputError(
            Problem(
                "not_stems",
                f"{said} a {session.format} session",
                {"file": str(path)},
                expected="a folder of stems, or audio files",
                hint="export the stems from the DAW, every track from the song's start",
            )
        )


def _refuse_damaged(files: Sequence[Track]) -> None:
    """What no render would take is not put in place. Raises InputError with every such file."""
    problems: list[Problem] = []
    for path in (path for file in files for path in sound_of(file).paths):
        try:
            refuse_bad_samples(inspect(path), str(path))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)


def _refuse_wide(found: Matches) -> None:
    """As planning would refuse them. Raises InputError with every such file."""
    problems = [
        Problem(
            "too_many_channels",
            f"{pair.new.paths[0].name} has {pair.new.channels} channels",
            {"file": str(pair.new.paths[0])},
            expected="a mono or stereo stem",
            hint="export it in stereo, or as several stems",
        )
        for pair in found.pairs
        if pair.new.channels > _MOST_CHANNELS
    ]
    if problems:
        raise InputError(problems)


def _refuse_own(stems: Sequence[Track], files: Sequence[Track]) -> None:
    own = {_real(path): stem.id for stem in stems for path in files_of(stem)}
    problems = [
        Problem(
            "own_stem",
            f'this is the song\'s stem "{own[_real(path)]}" itself',
            {"file": str(path)},
            expected="another file",
            hint="a file that was exported over the old one is read by the next render as it is",
        )
        for file in files
        for path in files_of(file)
        if _real(path) in own
    ]
    if problems:
        raise InputError(problems)


def _nothing(path: Path, stems: Sequence[Track]) -> Problem:
    return Problem(
        "nothing_matched",
        f"{path.name} is for no stem of this song, by name, role or sound",
        {"file": str(path)},
        hint=f"say which: --as '{stems[0].id}={path}'",
    )


def _real(path: Path) -> str:
    return os.path.realpath(path)
