"""From the wire form of a chain to its domain form."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

from chains import model, wire
from chains.errors import Note
from chains.inserts import InsertSettings
from chains.where import At, Source, Where

_SETTINGS: dict[str, type[InsertSettings]] = {
    settings.model_fields["use"].default: settings for settings in get_args(InsertSettings)
}

USES: tuple[str, ...] = tuple(_SETTINGS)
"""Every word `use` accepts."""


def build(
    file: wire.ChainFile, source: Source, path: Path | None, notes: tuple[Note, ...]
) -> model.Chain:
    """Make a chain of a validated file."""
    return model.Chain(
        name=file.name,
        engine=engine_of(file.engine, source),
        groups=tuple(_group(row, source, ("group", i)) for i, row in enumerate(file.group)),
        returns=tuple(_return(row, source, ("return", i)) for i, row in enumerate(file.returns)),
        master=_inserts(file.master.insert if file.master else (), source, ("master",)),
        target=_target(file.target, source) if file.target else None,
        versions=tuple(_version(row, source, i) for i, row in enumerate(file.versions)),
        path=path,
        source=source,
        notes=notes,
    )


def engine_of(table: wire.EngineTable | None, source: Source) -> model.Engine:
    """Make an engine of [engine]."""
    if table is None:
        return model.Engine()
    where = source.where("engine")
    return model.Engine(table.host, table.buffer_size, table.sample_rate_hz, table.tail_s, where)


def _group(table: wire.GroupTable, source: Source, at: At) -> model.Group:
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


def _return(table: wire.ReturnTable, source: Source, at: At) -> model.Return:
    inserts = _inserts(table.insert, source, at)
    return model.Return(table.id, table.gain_db, inserts, source.where(*at))


def _inserts(rows: wire.InsertTables, source: Source, at: At) -> tuple[model.Insert, ...]:
    ids = model.insert_ids((row.id, row.use) for row in rows)
    return tuple(
        insert_of(row, name, source.where(*at, "insert", i))
        for i, (name, row) in enumerate(zip(ids, rows, strict=True))
    )


def insert_of(row: wire.AnyInsert, name: str, where: Where) -> model.Insert:
    """Make an insert of its validated table, with the id it goes by."""
    return model.Insert(name, settings_of(row), row.on, row.mix, row.bypass, where)


def settings_of(row: wire.AnyInsert) -> InsertSettings:
    """Take the settings out of an insert's table; they were validated with it."""
    settings = _SETTINGS[row.use]
    return settings.model_construct(**{name: getattr(row, name) for name in settings.model_fields})


def _target(table: wire.TargetTable, source: Source) -> model.Target:
    return model.Target(
        integrated_lufs=table.integrated_lufs,
        true_peak_dbtp=table.true_peak_dbtp,
        drive_at=table.drive_at,
        safety=table.safety,
        where=source.where("target"),
    )


def _version(table: wire.VersionTable, source: Source, index: int) -> model.Version:
    return model.Version(
        id=table.id,
        mute=table.mute or (),
        only=table.only or (),
        dynamics=table.dynamics,
        where=source.where("version", index),
    )
