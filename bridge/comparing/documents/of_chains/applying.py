"""A chain with the changes of a list made to it."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from typing import Any, NoReturn

from bridge.comparing.documents.change import Change, Path, dotted
from bridge.comparing.documents.of_chains.chain_tree import SETS, chain_of_tree, tree_of
from chains import Chain
from stemwright.problems import InputError, Problem


def apply_changes(chain: Chain, changes: Sequence[Change]) -> Chain:
    """Make the `changes` that `chain_changes` told, or some of them, to a chain.

    All that lie between A and B make B of A, but for the order of what has none; the file is A's
    still. Raises InputError `change_does_not_fit` where the chain is not what a change says it was
    before, ChainError as `chains.check` does where no chain comes of it.
    """
    tree: Any = tree_of(chain)
    for each in sorted(changes, key=lambda each: len(each.path)):
        if each.kind == "renamed":
            _at(tree, each.path, each)["id"] = each.after
    rows: dict[Path, _Row] = {}
    for each in changes:
        if each.kind == "renamed":
            continue
        parent = _at(tree, each.path[:-1], each)
        if isinstance(parent, list) and each.kind != "changed":
            rows.setdefault(each.path[:-1], _Row(parent)).take(each)
        else:
            _set(parent, each)
    for row in rows.values():
        row.put()
    return chain_of_tree(tree, chain.path)


def _at(tree: Any, path: Path, change: Change) -> Any:
    """What lies at a path: of tables under a key, of rows under an id or an index."""
    for step in path:
        if isinstance(tree, list) and isinstance(step, str):
            tree = next((each for each in tree if each["id"] == step), None)
        elif isinstance(tree, list):
            tree = dict(enumerate(tree)).get(int(step))
        else:
            tree = tree.get(step) if isinstance(tree, dict) else None
        if tree is None:
            _refuse(change)
    return tree


def _set(parent: Any, change: Change) -> None:
    """Put a value, a table or a whole member in the place of another."""
    key: Any = change.path[-1]
    if isinstance(parent, list):
        member = _at(parent, (key,), change)
        if "text" in member:
            parent, key = member, "text"
        elif isinstance(key, str):
            key = _ids(parent).index(key)
    found = parent[key] if isinstance(parent, list) else parent.get(key)
    _expect(found, change)
    if change.kind == "removed":
        del parent[key]
    else:
        parent[key] = deepcopy(change.after)


def _ids(members: list[Any]) -> list[str]:
    return [each["id"] for each in members]


class _Row:
    """A row whose members go, come and move; all find their places once everything is known."""

    def __init__(self, members: list[Any]) -> None:
        self._members = members
        self._moved: dict[str, int] = {}
        self._added: dict[str, tuple[int, Any]] = {}

    def take(self, change: Change) -> None:
        """Take out what went, and keep for its place what came or moved."""
        name = str(change.path[-1])
        if (change.kind == "added") is (name in _ids(self._members)):
            _refuse(change)
        if change.kind == "added":
            self._added[name] = (change.place or 0, _member(name, change.after))
        elif change.kind == "moved":
            self._moved[name] = change.after
        else:
            at = _ids(self._members).index(name)
            _expect(self._members[at], change, _member(name, change.before))
            del self._members[at]

    def put(self) -> None:
        """Put everything into its place, the first place first."""
        placed = [*self._added.values()]
        for name, place in self._moved.items():
            if name in _ids(self._members):
                placed.append((place, self._members.pop(_ids(self._members).index(name))))
        for place, member in sorted(placed, key=lambda each: each[0]):
            self._members.insert(place, member)


def _member(name: str, told: Any) -> Any:
    """The member of a row that a change tells: a table, or the text of a parameter."""
    return deepcopy(told) if isinstance(told, dict) else {"id": name, "text": told}


def _expect(found: Any, change: Change, before: Any = None) -> None:
    before = change.before if before is None else before
    same = set(found or ()) == set(before or ()) if change.path[-1] in SETS else found == before
    if not same:
        _refuse(change)


def _refuse(change: Change) -> NoReturn:
    where = dotted(change.path)
    raise InputError(
        Problem(
            "change_does_not_fit",
            f"{where} is not as the change says it was: {change.words}",
            {"path": where},
            hint="compare the two again",
        )
    )
