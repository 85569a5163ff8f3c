"""What differs between two chains, as changes that make the second of the first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bridge.comparing.documents.change import Change, ChangeKind, Path
from bridge.comparing.documents.of_chains.chain_tree import ROWS, SETS, Tree, tree_of
from bridge.comparing.documents.of_chains.chain_words import ChainWords
from bridge.comparing.documents.rows import moved
from chains import Chain

_KINDS = ("id", "use", "shape")
_WHOLE = ("plugin", "gain_db")
"""Keys of tables that are one value: a plugin's identity, and what a version has over faders."""

_AFTER_INSERTS = ("gain_db", "sends", "required")
"""What stands before the inserts of a group in its file, and acts after them."""


def chain_changes(a: Chain, b: Chain) -> tuple[Change, ...]:
    """Everything in which B is another chain than A, in signal order; empty for equal digests.

    Members of rows are matched by their ids; one that went and one that came, alike in all but the
    id, are one renamed. States and plugins count by what they are called: `state_changes` compares
    files. Raises ChainError as `chains.check` does.
    """
    return tuple(_Changes(ChainWords(a, b)).of(tree_of(a), tree_of(b)))


class _Changes:
    """The walk through both trees; `key` is what a value stands under, "" for members of rows."""

    def __init__(self, words: ChainWords) -> None:
        self._words = words

    def of(self, a: Tree, b: Tree) -> Iterator[Change]:
        for key in ("name", "engine", "group", "return", "master", "target", "version"):
            yield from self._between((key,), key, a[key], b[key])

    def _between(self, path: Path, key: str, a: Any, b: Any) -> Iterator[Change]:
        if key in ROWS:
            yield from self._rows(path, key, a or (), b or ())
        elif key == "sends":
            yield from self._sends(path, a, b)
        elif key not in _WHOLE and _are_alike(a, b):
            names = [name for name in {**a, **b} if name not in _KINDS]
            for name in sorted(names, key=lambda name: name in _AFTER_INSERTS):
                yield from self._between((*path, name), name, a.get(name), b.get(name))
        elif _are_tables(a) and _are_tables(b) and len(a) == len(b):
            for index, pair in enumerate(zip(a, b, strict=True)):
                yield from self._between((*path, index), "", *pair)
        elif (set(a or ()) != set(b or ())) if key in SETS else a != b:
            yield self._said(path, "changed", a, b)

    def _said(self, path: Path, kind: ChangeKind, a: Any, b: Any, at: int | None = None) -> Change:
        return self._words.said(Change(path, kind, a, b, "", at))

    def _sends(self, path: Path, a: Tree, b: Tree) -> Iterator[Change]:
        for name in {**a, **b}:
            was, now = a.get(name), b.get(name)
            if was != now:
                kind: ChangeKind = (
                    "added" if was is None else "removed" if now is None else "changed"
                )
                yield self._said((*path, name), kind, was, now)

    def _rows(self, path: Path, key: str, a: Sequence[Tree], b: Sequence[Tree]) -> Iterator[Change]:
        was, now = ({each["id"]: each for each in row} for row in (a, b))
        new_ids = {} if key == "params" else _renamed(was, now)
        for old, new in new_ids.items():
            yield self._said((*path, old), "renamed", old, new)
        was = {new_ids.get(name, name): each for name, each in was.items()}
        for name in [name for name in was if name not in now]:
            yield self._said((*path, name), "removed", _told(was[name]), None)
        both = [name for name in was if name in now]
        order = {name: place for place, name in enumerate(now)}
        for member in sorted(moved([order[name] for name in both])):
            name = both[member]
            yield self._said((*path, name), "moved", list(was).index(name), order[name])
        for name, each in now.items():
            if name in was:
                yield from self._between((*path, name), "", _told(was[name]), _told(each))
            else:
                yield self._said((*path, name), "added", None, _told(each), order[name])


def _told(member: Tree) -> Any:
    """What stands under a member's id: its table, or the text of a parameter."""
    return member.get("text", member)


def _are_alike(a: Any, b: Any) -> bool:
    """Whether both are tables of one kind, which are compared key by key."""
    tables = isinstance(a, Mapping) and isinstance(b, Mapping)
    return tables and all(a.get(kind) == b.get(kind) for kind in ("use", "shape"))


def _are_tables(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, Mapping) for each in value)


def _renamed(was: Mapping[str, Tree], now: Mapping[str, Tree]) -> dict[str, str]:
    """New ids by old ones, of members that went and came and are alike in all else."""
    gone = {name: each for name, each in was.items() if name not in now}
    ids: dict[str, str] = {}
    for new, each in now.items():
        if new in was:
            continue
        old = next((name for name, one in gone.items() if {**one, "id": new} == each), None)
        if old is not None:
            ids[old] = new
            del gone[old]
    return ids
