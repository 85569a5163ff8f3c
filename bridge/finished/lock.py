"""chain.lock as it is read: its shape, and the one reading of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from bridge.audio import Subtype
from bridge.finished.shapes import (
    Db,
    FileWord,
    Frames,
    Many,
    RateHz,
    Scalar,
    Seconds,
    Shape,
    Text,
    Told,
    told_of,
)
from bridge.planning import ARRAY, Ride, SongMoves
from stemwright.problems import InputError, Problem

LOCK = "chain.lock"
LOCK_SCHEMA = 1

Place = tuple[str, str | None]
"""A file by its path, and by its member where that is a zip."""


SongSeconds = Annotated[float, Field(ge=-1e7, le=1e7)]


class Engine(Shape):
    """What played: the host with its settings."""

    host: Text
    host_version: Text
    buffer_size: Annotated[int, Field(ge=1, le=2**20)]
    sample_rate_hz: RateHz
    tempo_bpm: Annotated[float, Field(gt=0.0, le=100_000.0)]
    tail_s: Seconds | None = None
    offline: bool
    transport: Text


_Point = Annotated[tuple[SongSeconds, Db], Field(strict=False)]
Rides = Many[Annotated[Many[_Point], Field(min_length=1)]]
"""Rides, each with its points: seconds and dB."""


class SourceFile(Shape):
    """A file of a stem, a member of a zip, or an array in memory; `pcm` names its samples."""

    path: Text
    member: Text | None = None
    pcm: Text

    @property
    def place(self) -> Place:
        """Where it lies."""
        return self.path, self.member

    @property
    def in_memory(self) -> bool:
        """Whether it was an array: no file has its samples, as far as the lock knows."""
        return self.path.startswith(ARRAY)

    @property
    def name(self) -> str:
        """What its file is called, or would be."""
        if self.in_memory:
            return f"{self.path.removeprefix(ARRAY)}.wav"
        return (self.member or self.path).rpartition("/")[2]


class Source(Shape):
    """A stem: one file, or two of one channel each, where it starts, what the song does to it."""

    stem: Text
    name: Text
    role: Text
    group: Text
    offset_s: SongSeconds
    files: Annotated[Many[SourceFile], Field(min_length=1, max_length=2)]
    gain_db: Db = 0.0
    rides: Rides = ()


class PluginRow(Shape):
    """A hosted step: which plugin it was, and what it was set to."""

    step: Text
    name: Text
    vendor: Text
    version: Text
    format: Text
    class_id: Text
    binary: Text
    state: Text | None
    params: dict[Text, Scalar]
    mix: float
    on: Text
    latency_samples: int | None
    key: Text | None
    warm_up_s: Seconds = 0.0


class MixerRow(Shape):
    """A group with trim, fader and sends, a return with a fader, or the master; linear gains."""

    id: Text
    inserts: Many[Text]
    trim: float | None = None
    fader: float | None = None
    sends: dict[Text, float] | None = None
    rides: Rides = ()
    pre_rides: Rides = ()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.trim is not None and (self.fader is None or self.sends is None):
            raise ValueError("expected fader and sends beside trim")
        if "sends" in self.model_fields_set and self.sends is None:
            raise ValueError("expected sends to be a table")
        return self


class Step(Shape):
    """What went through a step, by hash."""

    id: Text
    key: Text
    pcm: Text
    latency_frames: int


class Output(Shape):
    """A finished file, by the hash of its samples."""

    version: FileWord
    pcm_sha256: Text


class Part(Shape):
    """A range of the song in seconds."""

    start_s: Seconds
    end_s: Seconds | None


class Lock(Told):
    """All of chain.lock.

    A plan alone has no steps, outputs and frames.
    """

    schema_: Annotated[Literal[1], Field(alias="schema")]
    stemwright: Text
    engine: Engine
    subtype: Subtype
    sources: Many[Source]
    skipped: Many[Text] = ()
    plugins: Many[PluginRow]
    mixer: Many[MixerRow]
    specs: dict[Text, Text]
    settings: dict[Text, dict[Text, Scalar]]
    frames: Frames | None
    drive_db: Db | None
    trim_db: Db | None = None
    drive_held: bool = False
    range: Part | None = None
    only: Many[FileWord] | None = None
    overrides: dict[Text, Any] = Field(default_factory=dict)
    steps: Many[Step]
    outputs: Many[Output]

    def moves(self) -> SongMoves:
        """What the song did beside its chain."""
        return SongMoves(
            {row.stem: row.gain_db for row in self.sources if row.gain_db},
            {row.stem: as_rides(row.rides) for row in self.sources if row.rides},
            {row.id: as_rides(row.rides) for row in self.mixer if row.rides},
            {row.id: as_rides(row.pre_rides) for row in self.mixer if row.pre_rides},
            self.overrides,
        )

    def warm_ups(self) -> dict[str, float]:
        """How long each plugin was waited for, by step, whatever is known of it now."""
        return {row.step: row.warm_up_s for row in self.plugins}

    def moved(self, place: Callable[[Source, SourceFile], Place]) -> Lock:
        """The same with each stem's file where `place` says."""
        sources = [
            {
                **row,
                "files": [
                    {**told, **_placed(place(source, file))}
                    for told, file in zip(row["files"], source.files, strict=True)
                ],
            }
            for row, source in zip(self._told["sources"], self.sources, strict=True)
        ]
        return Lock.model_validate({**self._told, "sources": sources})


def as_rides(rows: Rides) -> tuple[Ride, ...]:
    """The rides that rows of a lock are."""
    return tuple(Ride(points) for points in rows)


def _placed(place: Place) -> dict[str, str | None]:
    path, member = place
    return {"path": path, "member": member}


def read_lock(folder: Path) -> Lock:
    """Return DIR/chain.lock.

    Raises InputError `no_lock` where there is none, `old_lock` for another schema, `bad_lock` for
    one that is damaged, with the keys' paths.
    """
    path = folder / LOCK
    try:
        told = told_of(path, "bad_lock")
    except FileNotFoundError as error:
        hint = "write one: stemwright lock SESSION CHAIN -o DIR"
        problem = Problem("no_lock", "there is no chain.lock", {"file": str(path)}, hint=hint)
        raise InputError(problem) from error
    schema = told.get("schema") if isinstance(told, dict) else None
    if isinstance(schema, int) and schema != LOCK_SCHEMA and not isinstance(schema, bool):
        raise InputError(_other_schema(path, schema))
    return Lock.read(told, path, "bad_lock")


def _other_schema(path: Path, schema: int) -> Problem:
    return Problem(
        "old_lock",
        f"this lock is of schema {schema}, and this stemwright reads {LOCK_SCHEMA}",
        {"file": str(path), "path": "schema"},
        hint="lock it anew, into another folder: stemwright lock SESSION CHAIN -o DIR",
    )
