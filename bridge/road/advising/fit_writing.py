"""Writing what a fit came to: into the song's job, into its chain, or into a copy of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stemwright.files import check_regular, placed
from stemwright.problems import InputError, Problem

if TYPE_CHECKING:
    from chains import Chain

Texts = tuple[str, str]
"""A file's text before and after."""
Tables = Sequence[tuple[str, Mapping[str, Any]]]


def fit_into_chain(chain: Chain, tables: Tables) -> Texts:
    """Change a chain file in place, comments and order kept; its text before and after.

    Raises ChainError where it would be wrong, MachineError where the disk refuses.
    """
    from chains import CHAIN, loads, toml_text

    path = chain.path
    assert path is not None  # noqa: S101 - only files are given to the command
    before = toml_text(path, CHAIN)
    after = edited_chain(chain, before, tables)
    loads(after, path)
    check_regular(path)
    placed(path, after.encode(), lasting=True)
    return before, after


def fit_into_copy(chain: Chain, tables: Tables, out: Path) -> Texts:
    """Write a chain file with the changes to a new place; its text before and after.

    Raises InputError `output_exists`, `chain_elsewhere`.
    """
    from chains import CHAIN, loads, toml_text

    path = chain.path
    assert path is not None  # noqa: S101 - only files are given to the command
    refuse_existing(out)
    refuse_elsewhere(chain, out)
    before = toml_text(path, CHAIN)
    after = edited_chain(chain, before, tables)
    loads(after, out)
    placed(out, after.encode(), lasting=True)
    return before, after


def fit_into_job(path: Path, tables: Tables) -> Texts:
    """Put the changes into a job's own settings, comments and order kept; its text both times.

    Raises as `bridge.jobs.edited`.
    """
    from bridge.jobs import edited, job_path
    from bridge.road.advising.fitting import overrides_of

    place = job_path(path)
    before = place.read_text(encoding="utf-8")
    edited(path, lambda document: _merge(document, overrides_of(tables)))
    return before, place.read_text(encoding="utf-8")


def refuse_existing(out: Path) -> None:
    """Raise InputError `output_exists` for a place where something lies."""
    if out.exists():
        said = f"{out} is there already"
        raise InputError(
            Problem("output_exists", said, {"file": str(out)}, hint="name a new file with -o")
        )


def refuse_elsewhere(chain: Chain, out: Path) -> None:
    """Raise InputError `chain_elsewhere` for a copy that would lose what lies beside the chain."""
    path = chain.path or Path()
    if _has_neighbours(chain) and out.resolve().parent != path.resolve().parent:
        raise InputError(
            Problem(
                "chain_elsewhere",
                f"{path.name} names plugins or states beside it, which a copy in another folder"
                " would not find",
                {"file": str(out)},
                expected=f"a file in {path.resolve().parent}",
                hint="write the copy beside the chain",
            )
        )


def edited_chain(chain: Chain, text: str, tables: Tables) -> str:
    """A chain file's text with keys of inserts' tables changed."""
    import tomlkit

    places = {f"{owner}/{insert.id}": insert.where.at for owner, insert in chain.inserts()}
    document: Any = tomlkit.parse(text)
    for step_id, table in tables:
        row = document
        for key in places[step_id]:
            row = row[key]
        _merge(row, table)
    return tomlkit.dumps(document)


def _merge(table: Any, changes: Mapping[str, Any]) -> None:
    """Set keys; a table that is there keeps its others, an array of tables as many as it has."""
    import tomlkit

    for key, value in changes.items():
        old = table.get(key)
        if isinstance(value, Mapping):
            if old is None:
                is_params = key == "params"
                table[key] = tomlkit.inline_table() if is_params else tomlkit.table()
            _merge(table[key], value)
        elif isinstance(value, list) and isinstance(old, list) and len(old) == len(value):
            _merge_rows(old, value)
        else:
            table[key] = value


def _merge_rows(old: Any, new: Sequence[Any]) -> None:
    for index, value in enumerate(new):
        row = old[index]
        if not isinstance(value, Mapping):
            old[index] = value
            continue
        changed = {key: each for key, each in value.items() if row.get(key) != each}
        _merge(row, {key: each for key, each in changed.items() if key in row or each is not None})


def _has_neighbours(chain: Chain) -> bool:
    from chains import Plugin, is_absolute

    named = [
        each
        for _, insert in chain.inserts()
        if isinstance(insert.settings, Plugin)
        for each in (insert.settings.path, insert.settings.state)
        if each is not None
    ]
    return any(not is_absolute(each) for each in named)
