"""What can be read of a chain that has faults: its plugins, so that they are asked all the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from chains import model, wire
from chains.fault_words import Node, unknown_key
from chains.faults import Fault
from chains.inserts import USES
from chains.json_schema import grammar
from chains.lines import At, Source, dotted
from chains.outline import InsertOutline, Outline, Word
from chains.wire import ChainFile, Placement, chain_file, engine_of, insert_of
from stemwright.words import nearest

Data = Mapping[str, Any]

_TAG_ERRORS = ("union_tag_invalid", "union_tag_not_found")
_PLACEMENT = frozenset(Placement.model_fields)
_MOST_ERRORS, _MOST_GUESSES = 1000, 100
"""More of them are a file of another kind; the first are told."""
_ROUNDS = 4
"""An insert's word, its bands' words, and the last look; one to spare."""


@dataclass
class _Reading:
    """One file while it is read on: what it is taken to say, and what was told on the way."""

    data: Data
    source: Source
    told: list[Fault] = field(default_factory=list)
    guessed: list[At] = field(default_factory=list)
    """Tables whose word is a guess: what they miss then is no fault."""


@dataclass(frozen=True)
class Meant:
    """A file as it was read: its wire form, None where there are `faults` of its words.

    `data` is what it was taken to hold, `source` where that stands.
    """

    wire: ChainFile | None
    data: Data
    source: Source
    faults: tuple[Fault, ...]


def read_on(data: Data, source: Source) -> Meant:
    """Validate the data of a file, as far as sense can be made of it."""
    reading = _Reading(data, source)
    _as_lists(reading)
    wire = _validated(reading)
    return Meant(wire, reading.data, reading.source, tuple(reading.told))


def _validated(reading: _Reading) -> ChainFile | None:
    """The wire form, first by the model of the kinds that are named: what is right is right in all.

    Faults are told by the model of all kinds.
    """
    with suppress(ValidationError):
        wire = chain_file(_uses(reading.data)).model_validate(reading.data)
        return None if reading.told else wire
    for _ in range(_ROUNDS):
        try:
            wire = chain_file().model_validate(reading.data)
        except ValidationError as error:
            errors = error.errors(include_url=False)[:_MOST_ERRORS]
        else:
            return None if reading.told else wire
        undecided = [each for each in errors if each["type"] in _TAG_ERRORS and _is_table(each)]
        if not undecided or len(undecided) > _MOST_GUESSES:
            reading.told += _others(errors, reading)
            break
        for each in undecided:
            _assume(each, reading)
    return None


def _uses(data: Data) -> frozenset[str]:
    """The kinds of insert that a file names; one at least, for a model has no less."""
    racks = [*_tables(data.get("group")), *_tables(data.get("return")), data.get("master")]
    named = {
        str(row.get("use"))
        for rack in racks
        if isinstance(rack, Mapping)
        for row in _tables(rack.get("insert"))
    }
    return frozenset(named.intersection(USES) or USES[:1])


def _tables(rows: object) -> Iterator[Mapping[str, Any]]:
    yield from (
        row for row in (rows if isinstance(rows, tuple) else ()) if isinstance(row, Mapping)
    )


def _as_lists(reading: _Reading) -> None:
    """Take [group] as [[group]], and so on, once it is told."""
    for name in ("group", "return", "version"):
        _as_list(reading, (name,))
    racks: list[At] = [("master",)]
    for name in ("group", "return"):
        rows = reading.data.get(name)
        racks += [(name, i) for i in range(len(rows))] if isinstance(rows, tuple) else []
    for at in racks:
        _as_list(reading, (*at, "insert"))


def _as_list(reading: _Reading, at: At) -> None:
    table: Any = reading.data
    for step in at:
        is_row = isinstance(table, tuple) and isinstance(step, int)
        table = table[step] if is_row else table.get(step) if isinstance(table, Mapping) else None
    if not isinstance(table, Mapping):
        return
    name = ".".join(str(step) for step in at if isinstance(step, str))
    reading.told.append(
        Fault(
            "wrong_type",
            f"{at[-1]} is one table where a list of tables stands",
            reading.source.where(*at),
            expected=f"[[{name}]]",
            hint="double the brackets",
        )
    )
    deeper = {
        (*at, 0, *place[len(at) :]) if place[: len(at)] == at else place: line
        for place, line in reading.source.lines.items()
    }
    reading.source = Source(reading.source.file, deeper)
    reading.data = _with(reading.data, at, (table,))


def _is_table(error: ErrorDetails) -> bool:
    return isinstance(error["input"], Mapping)


def _others(errors: Sequence[ErrorDetails], reading: _Reading) -> Iterator[Fault]:
    for fault in grammar().faults_of(errors, reading.data, reading.source):
        at = fault.where.at
        if not (fault.kind == "missing_key" and at[:-1] in reading.guessed):
            yield fault


def _assume(error: ErrorDetails, reading: _Reading) -> None:
    """Tell the wrong word; go on with the one it comes near, or that fits the keys beside it."""
    reading.told += grammar().faults_of([error], reading.data, reading.source)
    at, node = grammar().node_at(error["loc"], reading.data)
    tag, mapping = node["discriminator"]["propertyName"], node["discriminator"]["mapping"]
    table: Mapping[str, Any] = error["input"]
    known = {word: _keys(ref) for word, ref in mapping.items()}
    word = nearest(table.get(tag), tuple(mapping))
    if word is None:
        word = max(known, key=lambda each: len((known[each] - _PLACEMENT) & table.keys()))
        strange = table.keys() - frozenset().union(*known.values())
        every = tuple(sorted(frozenset().union(*known.values())))
        expected = f"a key of the {tag} that is meant"
        for key in sorted(strange):
            fault = unknown_key((*at, key), every, reading.source)
            reading.told.append(replace(fault, expected=expected))
        table = {key: value for key, value in table.items() if key in known[word]}
    reading.guessed.append(at)
    reading.data = _with(reading.data, at, {**table, tag: word})


def _keys(ref: str) -> frozenset[str]:
    node: Node = grammar().resolved({"$ref": ref})
    return frozenset(node.get("properties", {}))


def _with(value: Any, at: At, table: Any) -> Any:
    """Return `value` with `table` at `at`."""
    if not at:
        return table
    step, rest = at[0], at[1:]
    if isinstance(value, tuple):
        return tuple(_with(row, rest, table) if i == step else row for i, row in enumerate(value))
    return {**value, step: _with(value[step], rest, table)}


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
            table = wire.insert_table("plugin").model_validate(self._right(row.table, row.at))
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
