"""The signal path as it was rendered: every rack's stages, with what each did to the level."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import PurePosixPath

from bridge.finished import Record
from bridge.finished.record import Level, Row
from chains import Chain, Group, Insert, Limiter, Plugin, PluginTable, describe


@dataclass(frozen=True)
class Stage:
    """What was rendered as one step: (insert id, words, least gain in dB or None) in signal order.

    Levels are dBFS as in render.json, None where nothing was rendered. `state` is "on", "bypassed",
    or "finish" for the limiter that ends the master.
    """

    inserts: tuple[tuple[str, str, float | None], ...]
    state: str
    level_in: Level | None = None
    level_out: Level | None = None
    latency_frames: int = 0

    @property
    def change_db(self) -> float | None:
        """How far the RMS level moved."""
        before = self.level_in.rms_dbfs if self.level_in else None
        after = self.level_out.rms_dbfs if self.level_out else None
        return None if before is None or after is None else after - before


@dataclass(frozen=True)
class Rack:
    """A group, a return or the master: gains in dB, stems or None, stages, (return, dB) sends."""

    id: str
    kind: str
    stems: tuple[str, ...]
    trim_db: float
    gain_db: float
    sends: tuple[tuple[str, float], ...]
    stages: tuple[Stage, ...]


def racks(record: Record, chain: Chain) -> tuple[Rack, ...]:
    """Every group of this song, every return, then the master."""
    stems = {row.id: row.stems for row in record.groups}
    found = [_group(record, group, stems[group.id]) for group in chain.groups if group.id in stems]
    found += [
        Rack(one.id, "return", (), 0.0, one.gain_db, (), _stages(record, one.id, one.inserts))
        for one in chain.returns
    ]
    master = _stages(record, "master", chain.master)
    return (*found, Rack("master", "master", (), 0.0, 0.0, (), master))


def _group(record: Record, group: Group, stems: tuple[str, ...]) -> Rack:
    stages = _stages(record, group.id, group.inserts)
    return Rack(group.id, "group", stems, group.trim_db, group.gain_db, group.sends, stages)


def _stages(record: Record, owner: str, inserts: Sequence[Insert]) -> tuple[Stage, ...]:
    rows = {
        name: row
        for row in record.steps
        if row.id.startswith(f"{owner}/") and not row.version
        for name in row.inserts
    }
    return tuple(_merged(inserts, rows))


def _merged(inserts: Sequence[Insert], rows: Mapping[str, Row]) -> Iterator[Stage]:
    def step(insert: Insert) -> str:
        if insert.bypass:
            return f"off {insert.id}"
        return rows[insert.id].id if insert.id in rows else ""

    for _, run in groupby(inserts, key=step):
        together = tuple(run)
        row = None if together[0].bypass else rows.get(together[0].id)
        reduced = dict(zip(row.inserts, row.lowest_gain_db, strict=False)) if row else {}
        yield Stage(
            tuple((one.id, _words(one, row), reduced.get(one.id)) for one in together),
            _state(together[0], row),
            row.level_in if row else None,
            row.level_out if row else None,
            row.latency_frames if row else 0,
        )


def _state(insert: Insert, row: Row | None) -> str:
    if insert.bypass:
        return "bypassed"
    return "finish" if row is None and isinstance(insert.settings, Limiter) else "on"


def _words(insert: Insert, row: Row | None) -> str:
    """`chains.describe`, with plugins by name and states without their place on this disk."""
    settings = insert.settings
    if not isinstance(settings, Plugin):
        return describe(insert)
    shown = settings.model_copy(
        update={"plugin": PluginTable(name=_plugin_name(insert, settings, row)), "state": None}
    )
    words = describe(replace(insert, settings=shown))
    return words if settings.state is None else f"{words}, with its saved state"


def _plugin_name(insert: Insert, settings: Plugin, row: Row | None) -> str:
    label = row.label if row else ""
    if label.startswith(f"{insert.id} (") and label.endswith(")"):
        return label[len(insert.id) + 2 : -1]
    if isinstance(settings.plugin, PluginTable):
        return settings.plugin.name or f"class {settings.plugin.id}"
    return PurePosixPath(settings.plugin.replace("\\", "/")).stem


def insert_words(record: Record, chain: Chain, step_id: str) -> str:
    """What one rendered insert is set to; of the finish, its drive."""
    wanted = step_id.partition("@")[0]
    for rack in racks(record, chain):
        for stage in rack.stages:
            for name, words, _ in stage.inserts:
                if wanted == f"{rack.id}/{name}":
                    return words
    labels = (row.label for row in record.steps if row.id == step_id)
    return next(labels, "")
