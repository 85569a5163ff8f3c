"""Which revisions of a job are frozen, and whether all of it is as it was written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from bridge.jobs.freezing.frozen_songs import FrozenStep, damaged_audio, frozen_songs
from bridge.storing import file_digest
from stemwright.problems import Problem


@dataclass(frozen=True)
class FrozenRevision:
    """What is frozen of a revision: how many hosted steps, and the bytes that they take packed."""

    steps: int
    bytes: int

    def as_json(self) -> dict[str, int]:
        """Its value in a row of `history --json`."""
        return asdict(self)


@dataclass(frozen=True)
class FrozenRevisions:
    """The revisions of a job that are frozen whole, by their names, and what of others is not."""

    whole: dict[str, FrozenRevision]
    problems: tuple[Problem, ...]


def frozen_revisions(job_folder: Path) -> FrozenRevisions:
    """Hold all that is frozen beside a job to its digests; every file is read, once."""
    songs = frozen_songs(job_folder)
    said_of = cache(_said_of)
    whole, damaged = dict[str, FrozenRevision](), dict[Path, Problem]()
    for each in songs.lists:
        faults = {
            songs.audio(step): fault
            for step in each.steps
            for fault in _faults(songs.audio(step), step, said_of)
        }
        damaged |= faults
        if not faults:
            size = sum(step.bytes for step in each.steps)
            whole[each.revision] = FrozenRevision(len(each.steps), size)
    return FrozenRevisions(whole, (*songs.damaged, *damaged.values()))


def _faults(
    path: Path, step: FrozenStep, said_of: Callable[[Path, str], str | None]
) -> Iterator[Problem]:
    said = said_of(path, step.blake3)
    if said is not None:
        yield from damaged_audio(path, step, said).problems


def _said_of(path: Path, blake3: str) -> str | None:
    """What is wrong with a frozen file; None: nothing."""
    if not path.is_file():
        return "is gone"
    try:
        found = file_digest(path)
    except OSError as error:
        return f"cannot be read ({error.strerror or error})"
    return None if found == blake3 else "is damaged"
