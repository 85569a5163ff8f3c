"""What can be read of a chain that has faults: its plugins, so that they are asked all the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from chains import model, wire
from chains.build import engine_of, insert_of
from chains.errors import Fault
from chains.meant import Meant
from chains.outline import InsertOutline, Outline, Word
from chains.where import At, dotted

_DECIDING = frozenset({"plugin", "state", "bypass"})
"""Where one of these is wrong, a plugin is not asked: it would be another, or none."""


def readable(
    chain: Outline, meant: Meant, faults: Sequence[Fault], path: Path | None
) -> model.Chain:
    """The plugin inserts of a chain with `faults`, in their groups, without what is faulty.

    Ids that are wrong or taken are the places in the file instead. Nothing else is in it.
    """
    reading = _Rest(meant, faults)
    groups = [(group.id, group.at, group.inserts) for group in chain.groups]
    returns = [(bus.id, ("return", i), bus.inserts) for i, bus in enumerate(chain.returns)]
    names = _names([(word, at) for word, at, _ in (*groups, *returns)])
    inserts = [reading.inserts(rack) for _, _, rack in (*groups, *returns)]
    racks = list(zip(names, inserts, strict=True))
    return model.Chain(
        engine=reading.engine(),
        groups=tuple(model.Group(name, (), inserts=row) for name, row in racks[: len(groups)]),
        returns=tuple(model.Return(name, inserts=row) for name, row in racks[len(groups) :]),
        master=reading.inserts(chain.master),
        path=path,
        source=meant.source,
    )


def _names(ids: Iterable[tuple[Word | None, At]]) -> list[str]:
    taken: set[str] = set()
    names = []
    for word, at in ids:
        known = word is not None and bool(word.text) and word.text.casefold() not in taken
        name = word.text if word is not None and known else dotted(at)
        taken.add(name.casefold())
        names.append(name)
    return names


class _Rest:
    """The data of a file without the places that faults are about."""

    def __init__(self, meant: Meant, faults: Sequence[Fault]) -> None:
        self._meant = meant
        self._faulty = {fault.where.at for fault in faults if fault.kind != "missing_key"}

    def engine(self) -> model.Engine:
        """[engine], as far as it is right."""
        data = self._meant.data.get("engine")
        if not isinstance(data, Mapping):
            return model.Engine()
        try:
            table = wire.EngineTable.model_validate(self._right(data, ("engine",)))
        except ValidationError:
            return model.Engine()
        return engine_of(table, self._meant.source)

    def inserts(self, rack: Sequence[InsertOutline]) -> tuple[model.Insert, ...]:
        """The plugins of one row that can be asked."""
        ids = _names([(row.id, row.at) for row in rack])
        defaults = model.insert_ids((row.id.text if row.id else None, _use(row)) for row in rack)
        found = (
            self._insert(row, name if row.id else default)
            for row, name, default in zip(rack, ids, defaults, strict=True)
            if row.use == "plugin"
        )
        return tuple(insert for insert in found if insert is not None)

    def _insert(self, row: InsertOutline, name: str) -> model.Insert | None:
        if any((*row.at, key) in self._faulty for key in _DECIDING):
            return None
        try:
            table = wire.PluginInsert.model_validate(self._right(row.table, row.at))
        except ValidationError:
            return None
        return insert_of(table, name, self._meant.source.where(*row.at))

    def _right(self, table: Mapping[str, Any], at: At) -> dict[str, Any]:
        """`table` without the keys that are wrong, but for `use`, which was read as meant."""
        kept = {}
        for key, value in table.items():
            place = (*at, key)
            if place in self._faulty and key != "use":
                continue
            kept[key] = self._right(value, place) if isinstance(value, Mapping) else value
        return kept


def _use(row: InsertOutline) -> str:
    return row.use or "insert"
