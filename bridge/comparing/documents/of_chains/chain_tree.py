"""A chain as a tree in which two chains are compared: every row under its members' ids."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from blake3 import blake3

from chains import Chain, as_document, check, from_document

Tree = dict[str, Any]

ROWS = ("group", "return", "insert", "version", "params")
"""Keys of rows whose members have ids, in an order that counts."""

SETS = ("stems", "mute", "only")
"""Keys of lists whose order says nothing."""


def tree_of(chain: Chain) -> Tree:
    """The document of a chain, what it leaves out written as empty, `params` as a row.

    Raises ChainError as `chains.check` does.
    """
    tree = as_document(check(chain))
    tree.setdefault("return", [])
    tree.setdefault("version", [])
    tree.setdefault("master", {"insert": []})
    tree.setdefault("target", None)
    for insert in _inserts(tree):
        if "params" in insert:
            insert["params"] = [{"id": k, "text": v} for k, v in insert["params"].items()]
    return tree


def chain_of_tree(tree: Tree, path: Path | None) -> Chain:
    """The chain that `tree` is. Raises ChainError as `chains.check` does."""
    for insert in _inserts(tree):
        if "params" in insert:
            insert["params"] = {each["id"]: each["text"] for each in insert["params"]}
    tree["version"] = [
        {key: value for key, value in version.items() if value is not None}
        for version in tree["version"]
    ]
    return from_document(tree, path)


def _inserts(tree: Tree) -> list[Tree]:
    owners = [*tree["group"], *tree["return"], tree["master"]]
    return [insert for owner in owners for insert in owner["insert"]]


def chain_digest(chain: Chain) -> str:
    """The blake3 of all that a chain says: names, ids and every setting, defaults written out.

    Left out are the file's layout and comments, the order of sends, selectors and of what a version
    mutes or picks, and what lies in other files: states and plugins count by what they are called.
    Raises ChainError as `chains.check` does.
    """
    text = json.dumps(_ordered(tree_of(chain)), sort_keys=True, ensure_ascii=True)
    return blake3(text.encode("ascii")).hexdigest()


def _ordered(value: Any, key: str = "") -> Any:
    if isinstance(value, Mapping):
        return {name: _ordered(inner, name) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return sorted(set(value)) if key in SETS else [_ordered(inner) for inner in value]
    return value + 0.0 if isinstance(value, float) else value  # one zero
