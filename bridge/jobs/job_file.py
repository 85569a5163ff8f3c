"""The job file as it is written: one strict model a table, unknown keys refused."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from bridge.jobs.times import TIME_WORDS, SongTime, song_time
from chains import Decibels, FileError, FileKind, Grammar, Table, schema_of

CURRENT = 1
JOB = "job.toml"
"""The name of a job's file in its folder."""


class JobError(FileError):
    """A job that cannot be used; `faults` holds everything wrong with it."""


JOB_FILE = FileKind(
    noun="job",
    current=CURRENT,
    minimum='schema = 1, chain = "..." and stems = "..."',
    example="docs/jobs.md",
    error=JobError,
)


def _time(value: object) -> SongTime:
    try:
        return song_time(value)
    except ValueError:
        raise PydanticCustomError("bad_time", "a time") from None


def _paths(value: object) -> tuple[str, ...]:
    rows = (value,) if isinstance(value, str) else value
    if isinstance(rows, tuple) and rows and all(isinstance(each, str) and each for each in rows):
        return rows
    raise PydanticCustomError("paths", "a path, or several")


_A_PATH = "a path, relative to the job file"
Path = Annotated[str, Field(min_length=1, description=_A_PATH)]
Paths = Annotated[
    Any,
    AfterValidator(_paths),
    WithJsonSchema(
        {
            "type": ["string", "array"],
            "items": {"type": "string"},
            "description": f"{_A_PATH}, or a list of paths",
        }
    ),
]
Time = Annotated[
    Any,
    AfterValidator(_time),
    WithJsonSchema({"type": ["number", "string"], "description": TIME_WORDS}),
]
Point = Annotated[
    tuple[Time, Decibels],
    WithJsonSchema(
        {
            "type": "array",
            "description": "a time and a gain in dB",
            "prefixItems": [
                {"type": ["number", "string"], "description": TIME_WORDS},
                {"type": "number", "minimum": -120, "maximum": 60},
            ],
            "minItems": 2,
            "maxItems": 2,
        }
    ),
]
RampSeconds = Annotated[float, Field(ge=0, le=60)]
FadeSeconds = Annotated[float, Field(ge=0, le=600)]
SilenceSeconds = Annotated[float, Field(ge=0, le=600)]
EditId = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9_][A-Za-z0-9_-]*$",
        max_length=64,
        description="up to 64 letters a-z, digits, _ and -, not beginning with -",
    ),
]


class OpenTable(Table):
    """A table of settings that the chain's own tables say the words of."""

    model_config = ConfigDict(extra="allow")


class Rack(OpenTable):
    """[group.ID], [return.ID], [master]: settings over the chain's, inserts by their ids."""

    insert: dict[str, dict[str, Any]] = Field(default_factory=dict)


class MasterRack(Table):
    """[master]: settings over those of the chain's master inserts, by their ids."""

    insert: dict[str, dict[str, Any]] = Field(default_factory=dict)


class StemTable(Table):
    """[stem.NAME]: what is done to one stem before its group's sum."""

    gain_db: Decibels = 0.0


class SectionNoteTable(Table):
    """note = { id, by, take, written }: whose words a section has, as `revise` took them over."""

    id: Annotated[str, Field(min_length=1)]
    by: str = ""
    take: str = ""
    written: str = ""


class SectionTable(Table):
    """[[section]]: a part of the song, by its name; `words` is what was asked of it.

    `answer` is what was done about it, where no ride of the section says it.
    """

    name: Annotated[str, Field(min_length=1)]
    start: Annotated[Time, Field(alias="from")]
    end: Annotated[Time, Field(alias="to")]
    words: str | None = None
    note: SectionNoteTable | None = None
    answer: str | None = None


class RideTable(Table):
    """[[ride]]: a gain over time of a group or a stem."""

    group: str | None = None
    stem: str | None = None
    section: str | None = None
    start: Annotated[Time | None, Field(alias="from")] = None
    end: Annotated[Time | None, Field(alias="to")] = None
    gain_db: Decibels | None = None
    ramp_s: RampSeconds | None = None
    pre: bool | None = None
    points: Annotated[tuple[Point, ...], Field(min_length=1, max_length=4096)] | None = None


class AcceptedTable(Table):
    """[[accepted]]: a finding of `check` that is meant, as long as `content` is the stems'."""

    id: Annotated[str, Field(min_length=1)]
    code: Annotated[str, Field(min_length=1)]
    stems: Annotated[tuple[str, ...], Field(max_length=1000)] = ()
    start: Annotated[Time, Field(alias="from")] = 0.0
    end: Annotated[Time, Field(alias="to")] = 0.0
    why: Annotated[str, Field(min_length=1)]
    content: Annotated[str, Field(min_length=1)]


class EditTable(Table):
    """[[edit]]: a deliverable version cut out of another: by sections, or by times."""

    id: EditId
    of: str = "main"
    sections: Annotated[tuple[str, ...], Field(max_length=1000)] = ()
    crossfade_s: Annotated[float, Field(ge=0, le=60)] | None = None
    start: Annotated[Time | None, Field(alias="from")] = None
    end: Annotated[Time | None, Field(alias="to")] = None
    length_s: Annotated[float, Field(gt=0, le=36000)] | None = None
    fade_in_s: FadeSeconds = 0.0
    fade_out_s: FadeSeconds = 0.0
    head_s: SilenceSeconds | None = None
    tail_s: SilenceSeconds | None = None


class JobFile(Table):
    """A stemwright job file: one song."""

    schema_version: Annotated[Literal[1], Field(alias="schema")]
    title: str = ""
    artist: str = ""
    chain: Path
    stems: Paths
    rough: Path | None = None
    references: tuple[Path, ...] = ()
    tempo_bpm: Annotated[float, Field(ge=1, le=1000)] | None = None
    due: Annotated[date, Field(description="a date such as 2026-12-04")] | None = None
    revisions_included: Annotated[int, Field(ge=0, le=1000)] | None = None
    drive_db: Annotated[float, Field(ge=-40, le=40)] | None = None
    trim_db: Annotated[float, Field(ge=-60, le=0)] | None = None
    tail_s: Annotated[float, Field(ge=0, le=60)] | None = None
    group: dict[str, Rack] = Field(default_factory=dict)
    returns: Annotated[dict[str, Rack], Field(alias="return")] = Field(default_factory=dict)
    master: MasterRack | None = None
    target: OpenTable | None = None
    stem: dict[str, StemTable] = Field(default_factory=dict)
    section: Annotated[tuple[SectionTable, ...], Field(max_length=1000)] = ()
    ride: Annotated[tuple[RideTable, ...], Field(max_length=4000)] = ()
    accepted: Annotated[tuple[AcceptedTable, ...], Field(max_length=4000)] = ()
    edit: Annotated[tuple[EditTable, ...], Field(max_length=1000)] = ()
    metadata: dict[str, Any] = Field(default_factory=dict)


@cache
def grammar() -> Grammar:
    """Return what a job file may hold: to read, never to change."""
    return Grammar(schema_of(JobFile))


def job_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of the job file, as a fresh dict."""
    copied: dict[str, Any] = json.loads(json.dumps(grammar().schema))
    return copied
