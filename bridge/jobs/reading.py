"""Reading a job file: text to Job, or every fault in it and in its chain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bridge.jobs.checks import Rows, faults_between, rows_of
from bridge.jobs.edits.edit_faults import edit_faults
from bridge.jobs.edits.job_edit import CROSSFADE_S, JobEdit
from bridge.jobs.job_file import (
    JOB,
    JOB_FILE,
    EditTable,
    JobError,
    JobFile,
    RideTable,
    SectionTable,
    grammar,
)
from bridge.jobs.job_paths import MIXES, is_there, paths_at, place_of
from bridge.jobs.model import (
    RAMP_S,
    AcceptedFinding,
    HeldByJob,
    Job,
    JobRide,
    Section,
    SectionNote,
)
from bridge.jobs.stem_faults import stem_faults
from bridge.jobs.times import SongTime
from chains import (
    Chain,
    ChainError,
    Fault,
    Source,
    dotted,
    load,
    of_this_schema,
    overridden,
    override_faults,
    toml_data,
    toml_text,
)
from stemwright.words import nearest

OVERRIDES = ("group", "return", "master", "target")
"""The tables of a job that stand over its chain's."""

_MOST_ERRORS = 1000
_STILL = "what was rendered already, in draft and revisions, has its own chain.toml and is whole"


def is_job(path: Path) -> bool:
    """Whether a path that was given names a job: a folder with a job.toml, or such a file."""
    if path.is_dir():
        return (path / JOB).is_file()
    return path.name == JOB


def job_path(path: Path) -> Path:
    """The job file that a path names: itself, or the one in the folder."""
    return path / JOB if path.is_dir() else path


def load_job(path: Path | str) -> Job:
    """Read a job: its file, or the folder the file lies in, and its chain with it.

    Paths inside are relative to its folder. Raises JobError with all faults, of the job and of its
    chain, each with file:line.
    """
    place = job_path(Path(path))
    return parse_job(toml_text(place, JOB_FILE), place)


def job_lines(path: Path) -> Source:
    """Which line of a job's file each of its keys stands on. Raises JobError."""
    text = toml_text(path, JOB_FILE).removeprefix("\ufeff")
    return toml_data(text, str(path), JOB_FILE)[1]


def parse_job(text: str, path: Path, *, kept_chain: Path | None = None) -> Job:
    """Read a job from text; `path` is the file it stands for. Raises JobError as `load_job`.

    With a `kept_chain`, that stands in for its chain, and no stems or mixes need be there.
    """
    data, source = toml_data(text.removeprefix("\ufeff"), str(path), JOB_FILE)
    data, told = of_this_schema(data, source, JOB_FILE)
    return _Reading(data, source, path, kept_chain).job(told)


@dataclass(frozen=True)
class _Reading:
    """One job file while it is read."""

    data: Mapping[str, Any]
    source: Source
    path: Path
    kept_chain: Path | None = None

    def job(self, told: list[Fault]) -> Job:
        faults = [*told, *(self._paths_missing() if self.kept_chain is None else ())]
        wire = self._wire(faults)
        groups, chain = self._chain(faults)
        rows = rows_of(self.data)
        faults += faults_between(rows, groups, self.source)
        faults += edit_faults(rows.edits, rows.names, _versions(chain), self.source)
        if wire is None or chain is None or faults:
            raise JobError(
                [*faults, *stem_faults(self.data, rows, self.source, self.path.parent, faults)]
            )
        return self._built(wire, rows, chain)

    def _wire(self, faults: list[Fault]) -> JobFile | None:
        try:
            return JobFile.model_validate(self.data)
        except ValidationError as error:
            errors = error.errors(include_url=False)[:_MOST_ERRORS]
            faults += grammar().faults_of(errors, self.data, self.source)
            return None

    def _chain(self, faults: list[Fault]) -> tuple[list[str] | None, Chain | None]:
        """The chain's groups, and the chain with the overrides; None where they are not known."""
        written = self.data.get("chain")
        place = self.kept_chain or self._place(written)
        if place is None:
            return None, None
        tables = {name: self.data[name] for name in OVERRIDES if name in self.data}
        try:
            own = load(place)
        except ChainError as error:
            faults += [self._of_chain(fault, written) for fault in error.faults]
            faults += override_faults(place, tables, self.source)
            nameless = any(fault.where.at[2:] == ("id",) for fault in error.faults)
            readable = None if nameless else error.readable
            return None if readable is None else _groups(readable), None
        try:
            return _groups(own), overridden(own, tables, self.source)
        except ChainError as error:
            faults += error.faults
            return _groups(own), None

    def _of_chain(self, fault: Fault, written: object) -> Fault:
        """A fault of the chain's file; that there is none is the job's."""
        if fault.kind != "file_missing":
            return fault
        return Fault(
            "chain_missing",
            f'there is no chain "{written}"',
            self.source.where("chain"),
            expected="a chain file, its path relative to the job file",
            nearest=fault.nearest,
            hint=f"put it back, or correct the path; {_STILL}",
        )

    def _paths_missing(self) -> Iterator[Fault]:
        for at, written in paths_at(self.data, "stems"):
            yield from self._missing("stems_missing", "are no stems", written, at)
        for name in MIXES:
            for at, written in paths_at(self.data, name):
                yield from self._missing("reference_missing", "is no mix", written, at)

    def _missing(
        self, kind: str, said: str, written: object, at: tuple[str | int, ...]
    ) -> Iterator[Fault]:
        place = self._place(written)
        if place is None or is_there(place):
            return
        hint = "put it back, or correct the path"
        yield Fault(
            kind,
            f'there {said} "{written}"',
            self.source.where(*at),
            expected="a path that is there, relative to the job file",
            nearest=nearest(place.name, _beside(place)),
            hint=f"{hint}; {_STILL}" if kind == "stems_missing" else hint,
        )

    def _place(self, written: object) -> Path | None:
        return place_of(self.path.parent, written)

    def _built(self, wire: JobFile, rows: Rows, chain: Chain) -> Job:
        places = [self._place(each) for each in (wire.chain, *wire.stems, *wire.references)]
        chain_path, *found = [each for each in places if each is not None]
        sections = tuple(self._section(index, row) for index, row in rows.sections)
        by_name = {section.name.casefold(): section for section in sections}
        return Job(
            path=self.path,
            title=wire.title,
            artist=wire.artist,
            chain=chain,
            chain_path=chain_path,
            stems=tuple(found[: len(wire.stems)]),
            rough=self._place(wire.rough),
            references=tuple(found[len(wire.stems) :]),
            tempo_bpm=wire.tempo_bpm,
            due=wire.due,
            revisions_included=wire.revisions_included,
            held=HeldByJob(wire.drive_db, wire.trim_db or 0.0, wire.tail_s),
            overrides=dict(self._overrides()),
            stem_gains_db={name: table.gain_db for name, table in wire.stem.items()},
            sections=sections,
            rides=tuple(self._ride(index, row, by_name) for index, row in rows.rides),
            accepted=tuple(
                AcceptedFinding(each.id, each.why, each.content) for each in wire.accepted
            ),
            edits=tuple(self._edit(index, row, by_name) for index, row in rows.edits),
            metadata=wire.metadata,
            stem_places={name: self.source.where("stem", name) for name in wire.stem},
        )

    def _overrides(self) -> Iterator[tuple[str, Any]]:
        for name in OVERRIDES:
            yield from _leaves((name,), self.data.get(name))

    def _section(self, index: int, row: SectionTable) -> Section:
        where = self.source.where("section", index)
        said = row.note
        note = None if said is None else SectionNote(said.id, said.by, said.take, said.written)
        answer = row.answer or ""
        return Section(row.name, row.start, row.end, row.words or "", note, answer, where)

    def _ride(self, index: int, row: RideTable, sections: Mapping[str, Section]) -> JobRide:
        part = None if row.section is None else sections[row.section.casefold()]
        return JobRide(
            group=row.group,
            stem=row.stem,
            section=None if part is None else part.name,
            start=row.start if part is None else part.start,
            end=row.end if part is None else part.end,
            gain_db=row.gain_db or 0.0,
            ramp_s=RAMP_S if row.ramp_s is None else row.ramp_s,
            pre=bool(row.pre),
            points=row.points or (),
            where=self.source.where("ride", index),
        )

    def _edit(self, index: int, row: EditTable, sections: Mapping[str, Section]) -> JobEdit:
        return JobEdit(
            id=row.id,
            of=row.of,
            spans=tuple(_spans(row, sections)),
            length_s=row.length_s,
            crossfade_s=CROSSFADE_S if row.crossfade_s is None else row.crossfade_s,
            fade_in_s=row.fade_in_s,
            fade_out_s=row.fade_out_s,
            head_s=row.head_s,
            tail_s=row.tail_s,
            where=self.source.where("edit", index),
        )


def _spans(
    row: EditTable, sections: Mapping[str, Section]
) -> Iterator[tuple[SongTime | None, SongTime | None]]:
    for name in row.sections:
        section = sections[name.casefold()]
        yield section.start, section.end
    if not row.sections:
        yield row.start, row.end


def _leaves(at: tuple[str, ...], value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _leaves((*at, key), item)
    elif value is not None:
        yield dotted(at), value


def _versions(chain: Chain | None) -> list[str] | None:
    return None if chain is None else ["main", *(each.id for each in chain.versions)]


def _groups(chain: Chain) -> list[str]:
    return [group.id for group in chain.groups]


def _beside(path: Path) -> tuple[str, ...]:
    try:
        return tuple(sorted(each.name for each in path.parent.iterdir()))
    except OSError:
        return ()
