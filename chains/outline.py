"""The names and links of a chain, read leniently from raw TOML data.

What has the wrong type is left out here (the wire models tell of it), so that the rules between
tables can be checked even while single values are wrong: all faults of a file come at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chains.lines import At
from chains.model import insert_ids, stem_version_id
from stemwright.values import dataclass


@dataclass(frozen=True)
class Word:
    """A text and its place."""

    text: str
    at: At


@dataclass(frozen=True)
class InsertOutline:
    """An insert's links."""

    at: At
    table: Mapping[str, Any]
    id: Word | None
    use: str | None
    key: Word | None
    state: Word | None
    plugin: Word | None


@dataclass(frozen=True)
class GroupOutline:
    """A group's links."""

    at: At
    id: Word | None
    stems: tuple[Word, ...]
    sends: tuple[Word, ...]
    inserts: tuple[InsertOutline, ...]

    @property
    def keys(self) -> tuple[Word, ...]:
        """The groups this one listens to."""
        return tuple(insert.key for insert in self.inserts if insert.key)


@dataclass(frozen=True)
class ReturnOutline:
    """A return's links."""

    id: Word | None
    inserts: tuple[InsertOutline, ...]


@dataclass(frozen=True)
class VersionOutline:
    """A version's links."""

    at: At
    id: Word | None
    mute: tuple[Word, ...]
    only: tuple[Word, ...]
    gains: tuple[Word, ...]
    stems: Word | None
    has_both: bool
    is_unlimited: bool


@dataclass(frozen=True)
class Outline:
    """All names and links of a chain."""

    groups: tuple[GroupOutline, ...]
    returns: tuple[ReturnOutline, ...]
    master: tuple[InsertOutline, ...]
    versions: tuple[VersionOutline, ...]
    drive_at: Word | None

    @property
    def group_ids(self) -> tuple[str, ...]:
        """Every group's id, in file order."""
        return tuple(group.id.text for group in self.groups if group.id)

    @property
    def return_ids(self) -> tuple[str, ...]:
        """Every return's id, in file order."""
        return tuple(bus.id.text for bus in self.returns if bus.id)

    @property
    def master_ids(self) -> tuple[str, ...]:
        """Every master insert's id, given or default."""
        rows = [(row.id.text if row.id else None, row.use or "insert") for row in self.master]
        return insert_ids(rows)

    @property
    def version_ids(self) -> tuple[Word, ...]:
        """Every version's id, in file order: of mastered stems one for each group."""
        found: list[Word] = []
        for version in self.versions:
            name = version.id
            if name is not None and version.stems is not None:
                found += (Word(stem_version_id(name.text, g), name.at) for g in self.group_ids)
            elif name is not None:
                found.append(name)
        return tuple(found)

    @property
    def racks(self) -> tuple[tuple[InsertOutline, ...], ...]:
        """The rows of inserts: of groups, of returns, of the master."""
        rows = [group.inserts for group in self.groups] + [bus.inserts for bus in self.returns]
        return (*rows, self.master)


def outline(data: Mapping[str, Any]) -> Outline:
    """Read names and links from the data of a chain file, whatever else is in it."""
    master, target = _table(data, "master"), _table(data, "target")
    return Outline(
        groups=tuple(_group(table, at) for table, at in _tables(data, "group", ())),
        returns=tuple(
            ReturnOutline(_word(table, "id", at), _inserts(table, at))
            for table, at in _tables(data, "return", ())
        ),
        master=_inserts(master, ("master",)),
        versions=tuple(_version(table, at) for table, at in _tables(data, "version", ())),
        drive_at=_word(target, "drive_at", ("target",)),
    )


def _group(table: Mapping[str, Any], at: At) -> GroupOutline:
    return GroupOutline(
        at=at,
        id=_word(table, "id", at),
        stems=_words(table, "stems", at),
        sends=tuple(Word(name, (*at, "sends", name)) for name in _table(table, "sends")),
        inserts=_inserts(table, at),
    )


def _version(table: Mapping[str, Any], at: At) -> VersionOutline:
    return VersionOutline(
        at=at,
        id=_word(table, "id", at),
        mute=_words(table, "mute", at),
        only=_words(table, "only", at),
        gains=tuple(Word(name, (*at, "gain_db", name)) for name in _table(table, "gain_db")),
        stems=Word("mastered", (*at, "stems")) if table.get("stems") == "mastered" else None,
        has_both="mute" in table and "only" in table,
        is_unlimited=table.get("limiter") is False,
    )


def _inserts(table: Mapping[str, Any], at: At) -> tuple[InsertOutline, ...]:
    return tuple(_insert(row, place) for row, place in _tables(table, "insert", at))


def _insert(table: Mapping[str, Any], at: At) -> InsertOutline:
    use = _word(table, "use", at)
    return InsertOutline(
        at=at,
        table=table,
        id=_word(table, "id", at),
        use=use.text if use else None,
        key=_word(table, "key", at),
        state=_word(table, "state", at),
        plugin=_word(table, "plugin", at),
    )


def _table(table: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = table.get(key)
    return value if isinstance(value, dict) else {}


def _tables(table: Mapping[str, Any], key: str, at: At) -> list[tuple[Mapping[str, Any], At]]:
    rows = table.get(key)
    if not isinstance(rows, tuple):
        return []
    return [(row, (*at, key, i)) for i, row in enumerate(rows) if isinstance(row, dict)]


def _word(table: Mapping[str, Any], key: str, at: At) -> Word | None:
    value = table.get(key)
    return Word(value, (*at, key)) if isinstance(value, str) else None


def _words(table: Mapping[str, Any], key: str, at: At) -> tuple[Word, ...]:
    rows = table.get(key)
    if not isinstance(rows, tuple):
        return ()
    return tuple(Word(row, (*at, key, i)) for i, row in enumerate(rows) if isinstance(row, str))
