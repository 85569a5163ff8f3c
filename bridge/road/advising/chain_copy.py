"""A chain written to another place with a change: what lies beside it is named from there."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from shlex import quote

from chains import CHAIN, Chain, Plugin, is_absolute, loads, toml_text, with_value
from stemwright.files import placed, written_from
from stemwright.problems import InputError, Problem

Texts = tuple[str, str]
"""A file's text before and after."""

Change = Callable[[Chain, str], str]
"""From a chain and its text to its new text."""


def changed_copy(chain: Chain, change: Change, out: Path) -> Texts:
    """Write a chain with a change to a new file; its text before and after.

    States in the chain's folder are copied along, into the folder of the copy: a chain may use
    those without being asked. Other paths that start at the chain are written to start at the copy.
    Raises as `check_copy`, and ChainError where it would be wrong.
    """
    check_copy(chain, out)
    before, changed = changed_texts(chain, change)
    beside = loads(changed, path_of(chain))
    check_copy(beside, out)
    for state, copy in _carried(beside, out).items():
        if not copy.exists():
            copy.parent.mkdir(parents=True, exist_ok=True)
            placed(copy, state.read_bytes(), lasting=True)
    after = _moved(beside, changed, out)
    loads(after, out)
    placed(out, after.encode(), lasting=True)
    return before, after


def changed_texts(chain: Chain, change: Change) -> Texts:
    """A chain's text before and after a change. Raises ChainError where it would be wrong."""
    path = path_of(chain)
    before = toml_text(path, CHAIN)
    after = change(chain, before)
    loads(after, path)
    return before, after


def path_of(chain: Chain) -> Path:
    """Where a chain lies that was read from a file."""
    assert chain.path is not None  # noqa: S101 - only files are given to the commands
    return chain.path


def check_free(out: Path) -> None:
    """Raise InputError where no chain is written: `output_exists`, `not_a_folder`, `not_toml`.

    What lies there is never overwritten. By its ending other commands know a chain.
    """
    if out.suffix.casefold() != ".toml":
        said, expected = f"{out.name} is no name of a chain", "a name that ends in .toml"
        hint = f"-o {quote(str(out.with_suffix('.toml')))}"
        raise InputError(Problem("not_toml", said, {"file": str(out)}, expected, hint=hint))
    if os.path.lexists(out):
        raise InputError(existing(out))
    if not out.parent.is_dir():
        said = f"there is no folder {out.parent} to write {out.name} into"
        hint = "make it first, or name another place with -o"
        raise InputError(Problem("not_a_folder", said, {"file": str(out)}, hint=hint))


def existing(out: Path) -> Problem:
    """What is said of a place that is taken."""
    return Problem(
        "output_exists",
        f"{out.name} is there already, and is not overwritten",
        {"file": str(out)},
        hint="name another chain with -o, or move that file away",
    )


def check_copy(chain: Chain, out: Path) -> None:
    """Raise InputError where a copy of the chain and its states would find its places taken."""
    check_free(out)
    for state, copy in _carried(chain, out).items():
        if os.path.lexists(copy) and not (
            copy.is_file() and copy.read_bytes() == state.read_bytes()
        ):
            raise InputError(_other_state(copy))


def _other_state(copy: Path) -> Problem:
    return Problem(
        "output_exists",
        f"another state lies at {copy}, and is not overwritten",
        {"file": str(copy)},
        hint="move that file away, or write the copy into another folder",
    )


def _carried(chain: Chain, out: Path) -> dict[Path, Path]:
    """Where each state in the chain's folder goes; none for a copy into the same folder."""
    old, new = path_of(chain).parent.resolve(), out.parent.resolve()
    states = [
        chain.resolve(written).resolve()
        for _, key, written in _named_beside(chain)
        if key == "state"
    ]
    return {
        each: new / each.relative_to(old)
        for each in states
        if old != new and each.is_relative_to(old)
    }


def _moved(chain: Chain, text: str, out: Path) -> str:
    """The text with what is named from the chain's folder named from the folder of `out`."""
    new = out.parent.resolve()
    if path_of(chain).parent.resolve() == new:
        return text
    carried = _carried(chain, out)
    for at, key, written in _named_beside(chain):
        lies = chain.resolve(written).resolve()
        found = written_from(new, carried.get(lies, lies))
        is_bare_plugin = key == "plugin" and "/" not in found
        text = with_value(text, (*at, key), f"./{found}" if is_bare_plugin else found)
    return text


def _named_beside(chain: Chain) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
    """What inserts name from the chain's folder: the insert's place, the key, what is written."""
    for _, insert in chain.inserts():
        settings = insert.settings
        if isinstance(settings, Plugin):
            for key, written in (("plugin", settings.path), ("state", settings.state)):
                if written is not None and not is_absolute(written):
                    yield insert.where.at, key, written
