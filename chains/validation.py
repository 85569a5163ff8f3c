"""Whether data is a chain: read from a file or made in code, it is held to the same."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, replace
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

from chains.bounds import too_much, values_of
from chains.checks import faults_between
from chains.document import as_document, send_table
from chains.faults import ChainError, Fault, Note
from chains.inserts.plugin import Plugin
from chains.lines import At, Source, Where
from chains.model import Chain, Group, insert_ids, is_absolute
from chains.outline import Outline, outline
from chains.readable import read_on, readable
from chains.wire import build
from stemwright.values import dataclass
from stemwright.words import listed, nearest

USUAL_GROUPS = 8
"""A stem master has up to so many groups; with more it is a mix, which is worth a note."""


def notes_on(chain: Outline, source: Source) -> tuple[Note, ...]:
    """Collect the notes, in file order within each kind."""
    return (*_group_notes(chain, source), *_path_notes(chain, source))


def _group_notes(chain: Outline, source: Source) -> Iterator[Note]:
    if len(chain.groups) > USUAL_GROUPS:
        message = f"{len(chain.groups)} groups; a stem master usually has up to {USUAL_GROUPS}"
        yield Note("many_groups", message, source.where(*chain.groups[USUAL_GROUPS].at))
    for version in chain.versions:
        words = (*version.mute, *version.only, *version.gains)
        if not words and version.stems is None and not version.is_unlimited:
            yield Note(
                "version_like_main",
                "this version neither mutes nor picks a group: it is the main master again",
                source.where(*version.at),
            )


def _path_notes(chain: Outline, source: Source) -> Iterator[Note]:
    for rack in chain.racks:
        for row in rack:
            for word in (row.plugin, row.state):
                if word and row.use == "plugin" and is_absolute(word.text):
                    yield Note(
                        "absolute_path",
                        f'"{word.text}" is an absolute path: the chain works on this machine only',
                        source.where(*word.at),
                    )


_SURROGATE = re.compile("[\ud800-\udfff]")


def chain_of(
    data: Mapping[str, Any], source: Source, path: Path | None, told: Sequence[Fault] = ()
) -> Chain:
    """Make a chain of a file's data, lists as tuples; `told` is what is wrong with it already.

    Raises ChainError with that and with everything else.
    """
    meant = read_on(data, source)
    chain = outline(meant.data)
    faults = [*told, *meant.faults]
    faults += faults_between(chain, meant.source, path.parent if path else None)
    if meant.wire is None or faults:
        raise ChainError(faults, readable(chain, meant, faults, path))
    return build(meant.wire, source, path, notes_on(chain, source))


_CHECKED: WeakValueDictionary[int, Chain] = WeakValueDictionary()
"""Chains that `check` gave out, by identity: all in them is frozen, but for a plugin's `params`."""


def check(chain: Chain) -> Chain:
    """Hold a chain to all that a chain file is held to, and return it as its file would give it.

    One that was read from a file is returned as it is. State files by relative paths are not
    looked for: planning does. Raises ChainError; where a chain was made in code, places have a
    dotted path and no line.
    """
    if _CHECKED.get(id(chain)) is chain:
        return chain
    wrong = [*_misfits(chain)]
    if wrong:
        raise ChainError(wrong)
    try:
        data = as_document(chain)
    except RecursionError:
        raise ChainError([_not_a("chain", chain, "settings that do not hold themselves")]) from None
    same = from_document(data, chain.path, [*_twice(chain)])
    is_read = bool(chain.source.lines) and repr(same) == repr(chain)
    checked = chain if is_read else same
    if not any(isinstance(insert.settings, Plugin) for _, insert in checked.inserts()):
        _CHECKED[id(checked)] = checked
    return checked


def from_document(
    data: Mapping[str, Any], path: Path | None = None, told: Sequence[Fault] = ()
) -> Chain:
    """Make a chain of what `as_document` gives; `path` is the file it stands for, if any.

    Raises ChainError as `check` does, with what is `told` to be wrong already.
    """
    beyond = too_much(data, None)
    if beyond is not None:
        raise ChainError([beyond])
    made = chain_of(frozen(data), Source(), None, [*told, *_not_unicode(data)])
    return replace(made, path=path)


def _misfits(chain: Any) -> Iterator[Fault]:
    if not isinstance(chain, Chain):
        yield _not_a("chain", chain, "a chains.Chain")
        return
    path: object = chain.path
    if not isinstance(path, Path | None):
        yield _not_a("path", path, "a pathlib.Path, or None")


def _not_a(name: str, value: object, expected: str) -> Fault:
    message = f"{name} is {type(value).__name__}; expected {expected}"
    return Fault("wrong_type", message, Source().where(name), expected=expected)


def _twice(chain: Chain) -> Iterator[Fault]:
    """Sends that a group has several times: a file's table cannot say so."""
    groups = chain.groups if isinstance(chain.groups, tuple | list) else ()
    for index, group in enumerate(groups):
        sends = group.sends if isinstance(group, Group) else ()
        for name in send_table(sends) or ():
            if [each for each, _ in sends].count(name) > 1:
                yield Fault(
                    "duplicate_id",
                    f'"{name}" already names another send of this group',
                    Source().where("group", index, "sends", name),
                    expected="one send to a return",
                    hint="add the two up, or take one out",
                )


def _not_unicode(data: Mapping[str, Any]) -> Iterator[Fault]:
    """Texts that no UTF-8 file can hold."""
    for at, value in values_of(data):
        if any(isinstance(each, str) and _SURROGATE.search(each) for each in (value, at[-1])):
            expected = "text that can be written as UTF-8"
            message = f"{ascii(value)[:40]} has half a character; expected {expected}"
            yield Fault("bad_text", message, Source().where(*at), expected)


def frozen(value: Any) -> Any:
    """Turn lists into tuples, which is what the frozen models hold."""
    if isinstance(value, dict):
        return {key: frozen(item) for key, item in value.items()}
    return tuple(frozen(item) for item in value) if isinstance(value, list) else value


@dataclass(frozen=True)
class _Overlaid(Source):
    """A chain's places, but for what `beyond` says over it: `over` leads there."""

    beyond: Source = field(default_factory=Source)
    over: Mapping[At, At] = field(default_factory=dict)

    def where(self, *at: str | int) -> Where:
        """Point at a path of the chain, in the file that says what stands there."""
        known = at
        while known and known not in self.over:
            known = known[:-1]
        if not known:
            return super().where(*at)
        place = (*self.over[known], *at[len(known) :])
        return replace(self.beyond.where(*place), at=at)


def _ids(rows: Sequence[Any]) -> list[str | None]:
    """What each table is called, by its id or, of an insert, by what it is; None: by nothing."""
    words = [_words(row) for row in rows]
    named = insert_ids([(name, use or "insert") for name, use in words])
    return [
        name if name is not None or use is None else default
        for (name, use), default in zip(words, named, strict=True)
    ]


def _words(row: Any) -> tuple[str | None, str | None]:
    found = [row.get(key) if isinstance(row, Mapping) else None for key in ("id", "use")]
    name, use = (each if isinstance(each, str) else None for each in found)
    return name, use


_MERGED = frozenset({"sends", "params"})
"""Tables of single settings: each replaces its own, and the others stay."""
_FIXED = frozenset({"id", "use"})


def overridden(chain: Chain, overrides: Mapping[str, Any], source: Source) -> Chain:
    """The chain with settings of one song over its own, and held to all that a chain is held to.

    `overrides` are the tables `group`, `return`, `master` and `target` of the file that `source`
    is of: owners and inserts by their ids. Raises ChainError, each fault in the file that says it.
    """
    overlay = _Overlay(as_document(chain), source)
    overlay.add(overrides)
    data = frozen(overlay.data)
    beside = {**overlay.tables, **overlay.over}
    chain_of(data, _overlaid(chain, source, beside), chain.path, overlay.faults)
    return chain_of(data, _overlaid(chain, source, overlay.over), chain.path)


def faults_over(
    data: Mapping[str, Any],
    own: Source,
    path: Path,
    overrides: Mapping[str, Any],
    source: Source,
) -> tuple[Fault, ...]:
    """What settings of one song have wrong over the `data` of a chain that is wrong itself.

    `own` are the chain's places, lists are tuples; the rest is as `overridden` takes it. Only
    faults in `source`'s file are given: its own the chain tells.
    """
    overlay = _Overlay(_thawed(data), source)
    overlay.add(overrides)
    over = _Overlaid(own.file, own.lines, source, overlay.over)
    try:
        chain_of(frozen(overlay.data), over, path, overlay.faults)
    except ChainError as error:
        return tuple(each for each in error.faults if each.where.file == source.file)
    return ()


def _thawed(value: Any) -> Any:
    """The same in dicts and lists of its own."""
    if isinstance(value, Mapping):
        return {key: _thawed(item) for key, item in value.items()}
    return [_thawed(item) for item in value] if isinstance(value, tuple | list) else value


def _overlaid(chain: Chain, beyond: Source, over: Mapping[At, At]) -> Source:
    return _Overlaid(chain.source.file, chain.source.lines, beyond, over)


class _Overlay:
    """A chain's data while settings are put over it; `over` leads from each to where it stands.

    `tables` does for the tables around them: only faults are told there.
    """

    def __init__(self, data: dict[str, Any], source: Source) -> None:
        self.data, self.over, self.tables = data, dict[At, At](), dict[At, At]()
        self.faults: list[Fault] = []
        self._source = source

    def add(self, overrides: Mapping[str, Any]) -> None:
        """Put every table in its place."""
        for kind in ("group", "return"):
            self._rows(kind, (kind,), self.data.get(kind, []), overrides.get(kind), (kind,))
        for kind in ("master", "target"):
            table = overrides.get(kind)
            if isinstance(table, Mapping):
                row = self.data.setdefault(kind, {})
                self._table(row, (kind,), table, (kind,))

    def _rows(self, kind: str, at: At, rows: Any, tables: Any, place: At) -> None:
        if not isinstance(rows, list):
            return
        known = {name: index for index, name in enumerate(_ids(rows)) if name is not None}
        for name, table in tables.items() if isinstance(tables, Mapping) else ():
            if name not in known:
                self.faults.append(self._unknown(kind, name, (*known,), (*place, name)))
            elif isinstance(table, Mapping):
                index = known[name]
                self._table(rows[index], (*at, index), table, (*place, name))

    def _table(self, row: Any, at: At, table: Mapping[str, Any], place: At) -> None:
        if not isinstance(row, dict):
            return
        self.tables[at] = place
        for key, value in table.items():
            if key == "insert":
                inside = row.get("insert", [])
                self._rows("insert", (*at, key), inside, value, (*place, key))
            elif key in _FIXED:
                self.faults.append(self._fixed(key, (*place, key)))
            elif key in _MERGED and isinstance(value, Mapping):
                own = row.get(key)
                row[key] = {**(own if isinstance(own, Mapping) else {}), **value}
                self.over |= {(*at, key, name): (*place, key, name) for name in value}
            else:
                row[key] = value
                self.over[*at, key] = (*place, key)

    def _unknown(self, kind: str, name: str, known: Sequence[str], place: At) -> Fault:
        return Fault(
            f"unknown_{kind}",
            f'the chain has no {kind} "{name}" here',
            self._source.where(*place),
            expected=f"one of {listed(known)}" if known else f"nothing: there is no {kind} here",
            nearest=nearest(name, known),
        )

    def _fixed(self, key: str, place: At) -> Fault:
        return Fault(
            "unknown_key",
            f"{key} cannot be another for one song",
            self._source.where(*place),
            expected=f"settings other than {key}",
            hint="make another chain of it, and name that one",
        )
