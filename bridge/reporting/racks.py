"""The signal path as it was rendered: every rack's stages, with what each did to the level."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import PurePosixPath
from typing import Any

from chains import Chain, Group, Insert, Limiter, Plugin, PluginTable, describe


@dataclass(frozen=True)
class Stage:
    """What was rendered as one step: (insert id, words, least gain in dB or None) in signal order.

    Levels are dBFS as in render.json, None where nothing was rendered. `state` is "on", "bypassed",
    or "finish" for the limiter that ends the master.
    """

    inserts: tuple[tuple[str, str, float | None], ...]
    state: str
    level_in: Mapping[str, float | None] | None = None
    level_out: Mapping[str, float | None] | None = None
    latency_frames: int = 0

    @property
    def change_db(self) -> float | None:
        """How far the RMS level moved."""
        before = (self.level_in or {}).get("rms_dbfs")
        after = (self.level_out or {}).get("rms_dbfs")
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


def racks(record: Mapping[str, Any], chain: Chain) -> tuple[Rack, ...]:
    """Every group of this song, every return, then the master."""
    stems = {row["id"]: tuple(row["stems"]) for row in record["groups"]}
    found = [_group(record, group, stems[group.id]) for group in chain.groups if group.id in stems]
    found += [
        Rack(one.id, "return", (), 0.0, one.gain_db, (), _stages(record, one.id, one.inserts))
        for one in chain.returns
    ]
    master = _stages(record, "master", chain.master)
    return (*found, Rack("master", "master", (), 0.0, 0.0, (), master))


def _group(record: Mapping[str, Any], group: Group, stems: tuple[str, ...]) -> Rack:
    stages = _stages(record, group.id, group.inserts)
    return Rack(group.id, "group", stems, group.trim_db, group.gain_db, group.sends, stages)


def _stages(record: Mapping[str, Any], owner: str, inserts: Sequence[Insert]) -> tuple[Stage, ...]:
    rows = {
        name: row
        for row in record["steps"]
        if row["id"].startswith(f"{owner}/") and "@" not in row["id"]
        for name in row["inserts"]
    }
    return tuple(_merged(inserts, rows))


def _merged(inserts: Sequence[Insert], rows: Mapping[str, Mapping[str, Any]]) -> Iterator[Stage]:
    def step(insert: Insert) -> str:
        return f"off {insert.id}" if insert.bypass else rows.get(insert.id, {}).get("id", "")

    for _, run in groupby(inserts, key=step):
        together = tuple(run)
        row = {} if together[0].bypass else rows.get(together[0].id, {})
        reduced = dict(zip(row.get("inserts", ()), row.get("lowest_gain_db", ()), strict=False))
        yield Stage(
            tuple((one.id, _words(one, row), reduced.get(one.id)) for one in together),
            _state(together[0], row),
            row.get("level_in"),
            row.get("level_out"),
            row.get("latency_frames", 0),
        )


def _state(insert: Insert, row: Mapping[str, Any]) -> str:
    if insert.bypass:
        return "bypassed"
    return "finish" if not row and isinstance(insert.settings, Limiter) else "on"


def _words(insert: Insert, row: Mapping[str, Any]) -> str:
    """`chains.describe`, with plugins by name and states without their place on this disk."""
    settings = insert.settings
    if not isinstance(settings, Plugin):
        return describe(insert)
    shown = settings.model_copy(
        update={"plugin": PluginTable(name=_plugin_name(insert, settings, row)), "state": None}
    )
    words = describe(replace(insert, settings=shown))
    return words if settings.state is None else f"{words}, with its saved state"


def _plugin_name(insert: Insert, settings: Plugin, row: Mapping[str, Any]) -> str:
    label = str(row.get("label", ""))
    if label.startswith(f"{insert.id} (") and label.endswith(")"):
        return label[len(insert.id) + 2 : -1]
    if isinstance(settings.plugin, PluginTable):
        return settings.plugin.name or f"class {settings.plugin.id}"
    return PurePosixPath(settings.plugin.replace("\\", "/")).stem


def insert_words(record: Mapping[str, Any], chain: Chain, step_id: str) -> str:
    """What one rendered insert is set to; of the finish, its drive."""
    wanted = step_id.partition("@")[0]
    for rack in racks(record, chain):
        for stage in rack.stages:
            for name, words, _ in stage.inserts:
                if wanted == f"{rack.id}/{name}":
                    return words
    labels = (str(row["label"]) for row in record["steps"] if row["id"] == step_id)
    return next(labels, "")
