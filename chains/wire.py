"""The chain file as it is written: one strict model a table, unknown keys refused.

The tables are the wire form; chains.wire makes the domain (chains.model) of them. The settings of
an insert stand in its own table, so an insert's table is made of a placement and its settings.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar, Union, cast

from pydantic import BaseModel, ConfigDict, Field, create_model

from chains import model
from chains.faults import Note
from chains.inserts import USES, settings_class
from chains.inserts.base import Decibels
from chains.lines import At, Source, Where
from chains.model import LONGEST_ID, MOST_VERSIONS, Dynamics, Host, Safety, SampleRateHz, Side

if TYPE_CHECKING:
    from chains.inserts.settings import InsertSettings

CURRENT = 1
"""The schema version this code writes and reads."""

Id = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9_][A-Za-z0-9_-]*$",
        max_length=LONGEST_ID,
        description="up to 64 letters a-z, digits, _ and -, not beginning with -",
    ),
]
Selector = Annotated[str, Field(description="a glob such as drum*, or role: and a role")]
VersionWord = Annotated[
    str, Field(description="the id of a group, stem: and a glob, or role: and a role")
]


class Table(BaseModel):
    """Base of all tables."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, allow_inf_nan=False, defer_build=True
    )


class Placement(Table):
    """What every insert has beside its settings."""

    id: Id | None = None
    on: Side = "stereo"
    mix: Annotated[float, Field(ge=0, le=1)] = 1.0
    bypass: bool = False


class InsertTable(Placement):
    """[[group.insert]], [[return.insert]], [[master.insert]]: a placement and settings."""

    use: str


@cache
def insert_table(use: str) -> type[InsertTable]:
    """The insert's own table: where it stands, and its settings, with `use` to be written."""
    settings = settings_class(use)
    both: Any = (InsertTable, settings)
    must_be_written: Any = (settings.model_fields["use"].annotation, ...)
    return cast(
        "type[InsertTable]",
        create_model(
            f"{settings.__name__}Insert",
            __base__=both,
            __module__=__name__,
            __doc__=settings.brief or settings.__doc__,
            use=must_be_written,
        ),
    )


class EngineTable(Table):
    """[engine]."""

    host: Host | None = None
    buffer_size: Annotated[int, Field(ge=16, le=8192)] | None = None
    sample_rate_hz: SampleRateHz | None = None
    tail_s: Annotated[float, Field(ge=0, le=60)] | None = None


class GroupTable(Table):
    """[[group]]."""

    id: Id
    stems: Annotated[tuple[Selector, ...], Field(min_length=1)]
    trim_db: Decibels = 0.0
    gain_db: Decibels = 0.0
    sends: dict[str, Decibels] = Field(default_factory=dict)
    required: bool = False
    insert: tuple[InsertTable, ...] = ()


class ReturnTable(Table):
    """[[return]]."""

    id: Id
    gain_db: Decibels = 0.0
    insert: tuple[InsertTable, ...] = ()


class MasterTable(Table):
    """[master]."""

    insert: tuple[InsertTable, ...] = ()


class TargetTable(Table):
    """[target]."""

    integrated_lufs: Annotated[float, Field(ge=-40, le=-5)] | None = None
    true_peak_dbtp: Annotated[float, Field(ge=-20, le=0)] = -1.0
    drive_at: Annotated[str, Field(description="the id of a master insert")] | None = None
    safety: Safety = "none"


class VersionTable(Table):
    """[[version]]."""

    id: Id
    mute: Annotated[tuple[VersionWord, ...], Field(min_length=1)] | None = None
    only: Annotated[tuple[VersionWord, ...], Field(min_length=1)] | None = None
    stems: Annotated[
        Literal["mastered"] | None, Field(description="one version a group, called <id>-<group>")
    ] = None
    gain_db: Annotated[
        dict[str, Decibels], Field(description="groups by id, with dB over their faders")
    ] = Field(default_factory=dict)
    limiter: Annotated[bool, Field(description="false: nothing keeps the ceiling")] = True
    dynamics: Annotated[Dynamics | None, Field(description="own; of mastered stems: main")] = None


_T = TypeVar("_T")
Groups = Annotated[tuple[_T, ...], Field(min_length=1, max_length=256)]
Returns = Annotated[tuple[_T, ...], Field(alias="return", max_length=256)]


class ChainFile(Table):
    """A stemwright chain file."""

    schema_version: Annotated[Literal[1], Field(alias="schema")]
    name: str = ""
    engine: EngineTable | None = None
    group: Groups[GroupTable]
    returns: Returns[ReturnTable] = ()
    master: MasterTable | None = None
    target: TargetTable | None = None
    versions: Annotated[
        tuple[VersionTable, ...], Field(alias="version", max_length=MOST_VERSIONS)
    ] = ()


@cache
def chain_file(uses: frozenset[str] = frozenset(USES)) -> type[ChainFile]:
    """The model of a chain file whose inserts are of these kinds, at least one.

    A model takes as long to make as there are kinds in it, and few chains have more than five.
    """
    inserts: Any = (_insert_rows(uses), ())
    models: tuple[Any, ...] = tuple(
        create_model(
            table.__name__,
            __base__=table,
            __module__=__name__,
            __doc__=table.__doc__,
            insert=inserts,
        )
        for table in (GroupTable, ReturnTable, MasterTable)
    )
    group, back, master = models
    groups, returns = cast("Any", Groups), cast("Any", Returns)
    rows: Any = {
        "group": (groups[group], ...),
        "returns": (returns[back], ()),
        "master": (master | None, None),
    }
    whole = create_model(
        "ChainFile", __base__=ChainFile, __module__=__name__, __doc__=ChainFile.__doc__, **rows
    )
    return cast("type[ChainFile]", whole)


def _insert_rows(uses: frozenset[str]) -> Any:
    """The type of a row of inserts, each told by its `use`; a single kind needs no telling."""
    tables: Any = tuple(insert_table(use) for use in USES if use in uses)
    any_insert: Any = Union[tables]  # noqa: UP007 - as many as there are
    if len(tables) > 1:
        any_insert = Annotated[any_insert, Field(discriminator="use")]
    return Annotated[tuple[any_insert, ...], Field(max_length=128)]


def build(
    file: ChainFile, source: Source, path: Path | None, notes: tuple[Note, ...]
) -> model.Chain:
    """Make a chain of a validated file."""
    return model.Chain(
        name=file.name,
        engine=engine_of(file.engine, source),
        groups=tuple(_group(row, source, ("group", i)) for i, row in enumerate(file.group)),
        returns=tuple(_return(row, source, ("return", i)) for i, row in enumerate(file.returns)),
        master=_inserts(file.master.insert if file.master else (), source, ("master",)),
        target=_target(file.target, source) if file.target else None,
        versions=tuple(
            each
            for i, row in enumerate(file.versions)
            for each in _versions(row, file.group, source.where("version", i))
        ),
        path=path,
        source=source,
        notes=notes,
    )


def engine_of(table: EngineTable | None, source: Source) -> model.Engine:
    """Make an engine of [engine]."""
    if table is None:
        return model.Engine()
    where = source.where("engine")
    return model.Engine(table.host, table.buffer_size, table.sample_rate_hz, table.tail_s, where)


def _group(table: GroupTable, source: Source, at: At) -> model.Group:
    return model.Group(
        id=table.id,
        stems=table.stems,
        trim_db=table.trim_db,
        gain_db=table.gain_db,
        sends=tuple(table.sends.items()),
        required=table.required,
        inserts=_inserts(table.insert, source, at),
        where=source.where(*at),
    )


def _return(table: ReturnTable, source: Source, at: At) -> model.Return:
    inserts = _inserts(table.insert, source, at)
    return model.Return(table.id, table.gain_db, inserts, source.where(*at))


def _inserts(rows: tuple[InsertTable, ...], source: Source, at: At) -> tuple[model.Insert, ...]:
    ids = model.insert_ids((row.id, row.use) for row in rows)
    return tuple(
        insert_of(row, name, source.where(*at, "insert", i))
        for i, (name, row) in enumerate(zip(ids, rows, strict=True))
    )


def insert_of(row: InsertTable, name: str, where: Where) -> model.Insert:
    """Make an insert of its validated table, with the id it goes by."""
    return model.Insert(name, settings_of(row), row.on, row.mix, row.bypass, where)


def settings_of(row: InsertTable) -> InsertSettings:
    """Take the settings out of an insert's table; they were validated with it."""
    settings = settings_class(row.use)
    return settings.model_construct(**{name: getattr(row, name) for name in settings.model_fields})


def _target(table: TargetTable, source: Source) -> model.Target:
    return model.Target(
        integrated_lufs=table.integrated_lufs,
        true_peak_dbtp=table.true_peak_dbtp,
        drive_at=table.drive_at,
        safety=table.safety,
        where=source.where("target"),
    )


def _versions(
    table: VersionTable, groups: tuple[GroupTable, ...], where: Where
) -> Iterator[model.Version]:
    """The version of a table; of mastered stems one a group, which together are the master."""
    made = model.Version(
        id=table.id,
        mute=table.mute or (),
        only=table.only or (),
        dynamics=table.dynamics or ("main" if table.stems else "own"),
        gain_db=tuple(table.gain_db.items()),
        limiter=table.limiter,
        where=where,
    )
    if table.stems is None:
        yield made
        return
    for group in groups:
        yield replace(made, id=model.stem_version_id(table.id, group.id), only=(group.id,))
