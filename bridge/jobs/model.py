"""A job as values: one song, what it changes of its chain, and what it does over time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from bridge.jobs.edits.job_edit import JobEdit
from bridge.jobs.times import SongTime
from chains import NOWHERE, Chain, Where
from stemwright.shown import Shown

RAMP_S = 0.05
"""How long a ride takes to come and to go where it does not say."""


@dataclass(frozen=True)
class SectionNote:
    """The note a section's words were taken from: its id, who wrote it, on what, and when."""

    id: str
    by: str = ""
    take: str = ""
    written: str = ""


@dataclass(frozen=True)
class Section:
    """A part of the song by its name; `words` is what was asked of it.

    `answer` is what was done about it, where the section's rides do not say it.
    """

    name: str
    start: SongTime
    end: SongTime
    words: str = ""
    note: SectionNote | None = None
    answer: str = ""
    where: Where = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True)
class JobRide:
    """A gain over time as the job says it, of one group or one stem.

    Either `gain_db` from `start` to `end`, with ramps of `ramp_s` outside them, or `points`: times
    with gains in dB. `section` is the name the times were taken from. `pre`: before the inserts.
    """

    group: str | None
    stem: str | None
    section: str | None
    start: SongTime | None
    end: SongTime | None
    gain_db: float
    ramp_s: float
    pre: bool
    points: tuple[tuple[SongTime, float], ...]
    where: Where = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True)
class AcceptedFinding:
    """A finding of the stem check that is meant, by its id; `content` tells the stems' samples."""

    id: str
    why: str
    content: str


@dataclass(frozen=True)
class HeldByJob:
    """What was found for the song once and is held since: drive, trim, tail; None: not held."""

    drive_db: float | None = None
    trim_db: float = 0.0
    tail_s: float | None = None


@dataclass(frozen=True)
class Job(Shown):
    """A song's job file, checked.

    `chain` has the overrides in it, `held_chain` the held tail too; `chain_path` is its
    file. `overrides` are the settings by their dotted paths, `stem_gains_db` by the stems' names.
    `stems`, `rough` and `references` are resolved paths.
    """

    path: Path
    title: str
    artist: str
    chain: Chain
    chain_path: Path
    stems: tuple[Path, ...]
    rough: Path | None = None
    references: tuple[Path, ...] = ()
    tempo_bpm: float | None = None
    due: date | None = None
    revisions_included: int | None = None
    held: HeldByJob = HeldByJob()
    overrides: Mapping[str, Any] = field(default_factory=dict, hash=False)
    stem_gains_db: Mapping[str, float] = field(default_factory=dict, hash=False)
    sections: tuple[Section, ...] = ()
    rides: tuple[JobRide, ...] = ()
    accepted: tuple[AcceptedFinding, ...] = ()
    edits: tuple[JobEdit, ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict, hash=False)
    stem_places: Mapping[str, Where] = field(default_factory=dict, compare=False, repr=False)

    @property
    def folder(self) -> Path:
        """The job's folder: everything of the song lies in it."""
        return self.path.parent

    @property
    def held_chain(self) -> Chain:
        """The chain with the overrides, and as long a tail as is held."""
        if self.held.tail_s is None:
            return self.chain
        engine = replace(self.chain.engine, tail_s=self.held.tail_s)
        return replace(self.chain, engine=engine)

    @property
    def unheld(self) -> Job:
        """The same song with nothing held: drive and length are found anew."""
        return replace(self, held=HeldByJob())

    @property
    def draft(self) -> Path:
        """Where `render` writes."""
        return self.folder / "draft"
