"""What changed of a song, as a list that makes the second of the first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any, NoReturn

from bridge.comparing import Change, apply_changes, chain_changes
from bridge.jobs.revisions.song_document import SongDocument, Tree, canonical
from bridge.jobs.revisions.song_words import song_change_words
from stemwright.problems import InputError, Problem

_TABLES = ("section", "stem", "metadata", "source", "plugin")
_ORDER = (
    "ride",
    "stem",
    "drive_db",
    "trim_db",
    "section",
    "tempo_bpm",
    "source",
    "plugin",
    "title",
    "artist",
    "rough",
    "references",
    "due",
    "revisions_included",
    "metadata",
)
"""Keys of the tree in the order in which changes are told; the chain's come first."""


def song_changes(a: SongDocument, b: SongDocument) -> tuple[Change, ...]:
    """Everything in which B says another song than A; empty exactly for equal digests.

    Raises ChainError as `chains.check` does.
    """
    return (*chain_changes(a.chain, b.chain), *_changes(a.song, b.song))


def apply_song_changes(document: SongDocument, changes: Sequence[Change]) -> SongDocument:
    """Make the `changes` that `song_changes` told to a song: all that lie between A and B give B.

    Raises InputError `change_does_not_fit`, ChainError as `bridge.comparing.apply_changes` does.
    """
    own = [each for each in changes if each.path[0] in _ORDER]
    tree: Tree = deepcopy(dict(document.song))
    for each in own:
        _apply(tree, each)
    tree["ride"] = sorted(tree["ride"], key=canonical)
    others = [each for each in changes if each.path[0] not in _ORDER]
    chain = apply_changes(document.chain, others)
    return SongDocument(chain, tree)


def _changes(a: Mapping[str, Any], b: Mapping[str, Any]) -> Iterator[Change]:
    for key in _ORDER:
        if key == "ride":
            yield from _rides(a[key], b[key])
        elif key in _TABLES:
            for name in {**a[key], **b[key]}:
                yield from _member((key, name), a[key].get(name), b[key].get(name))
        elif canonical(a[key]) != canonical(b[key]):
            yield _said((key,), a[key], b[key], of_table=False)


def _member(path: tuple[str, str], a: Any, b: Any) -> Iterator[Change]:
    """What became of a member of a table; of sections and plugins, what of them."""
    if path[0] in ("section", "plugin") and a is not None and b is not None:
        for key in a:
            if canonical(a[key]) != canonical(b[key]):
                yield _said((*path, key), a[key], b[key], of_table=False)
    elif canonical(a) != canonical(b):
        yield _said(path, a, b)


def _rides(a: Sequence[Tree], b: Sequence[Tree]) -> Iterator[Change]:
    """Rides of the same owner, section and place are one that changed, in their order."""
    was, now = (Counter(map(canonical, rows)) for rows in (a, b))
    gone, new = was - now, now - was
    before = _by_label(a, gone)
    after = _by_label(b, new)
    for label in {**before, **after}:
        one, other = before.get(label, []), after.get(label, [])
        shared = min(len(one), len(other))
        for old, fresh in zip(one[:shared], other[:shared], strict=True):
            yield _said(_ride_path(fresh), old, fresh)
        for old in one[shared:]:
            yield _said(_ride_path(old), old, None)
        for fresh in other[shared:]:
            yield _said(_ride_path(fresh), None, fresh)


def _by_label(rows: Sequence[Tree], wanted: Counter[str]) -> dict[str, list[Tree]]:
    left = Counter(wanted)
    found: dict[str, list[Tree]] = {}
    for row in rows:
        text = canonical(row)
        if left[text] > 0:
            left[text] -= 1
            kept = ("group", "stem", "section", "pre")
            label = canonical([*(row.get(key) for key in kept), "points" in row])
            found.setdefault(label, []).append(row)
    return found


def _ride_path(row: Tree) -> tuple[str, ...]:
    owner = ("stem", row["stem"]) if "stem" in row else ("group", row["group"])
    return ("ride", *owner, *([row["section"]] if "section" in row else []))


def _said(path: tuple[str, ...], a: Any, b: Any, *, of_table: bool = True) -> Change:
    kind: Any = "changed"
    if of_table and (a is None or b is None):
        kind = "added" if a is None else "removed"
    return Change(path, kind, a, b, song_change_words(path, a, b))


def _apply(tree: Tree, change: Change) -> None:
    key, *inner = (str(each) for each in change.path)
    if key == "ride":
        _apply_ride(tree["ride"], change)
        return
    parent, last = (tree, key) if not inner else (tree[key], inner[-1])
    for step in inner[:-1]:
        parent = parent.get(step)
        if parent is None:
            _refuse(change)
    if canonical(parent.get(last)) != canonical(change.before):
        _refuse(change)
    if change.kind == "removed":
        del parent[last]
    else:
        parent[last] = deepcopy(change.after)


def _apply_ride(rows: list[Tree], change: Change) -> None:
    if change.before is not None:
        texts = [canonical(row) for row in rows]
        if canonical(change.before) not in texts:
            _refuse(change)
        del rows[texts.index(canonical(change.before))]
    if change.after is not None:
        rows.append(deepcopy(change.after))


def _refuse(change: Change) -> NoReturn:
    where = ".".join(map(str, change.path))
    said = f"{where} is not as the change says it was: {change.words}"
    problem = Problem("change_does_not_fit", said, {"path": where}, hint="compare the two again")
    raise InputError(problem)
