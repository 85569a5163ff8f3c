"""Writing what a fit came to: into the song's job, into its chain, or into a copy of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stemwright.files import check_regular, placed

if TYPE_CHECKING:
    from bridge.road.advising.chain_copy import Texts
    from chains import Chain

Tables = Sequence[tuple[str, Mapping[str, Any]]]


def fit_into_chain(chain: Chain, tables: Tables) -> Texts:
    """Change a chain file in place, comments and order kept; its text before and after.

    Raises ChainError where it would be wrong, MachineError where the disk refuses.
    """
    from bridge.road.advising.chain_copy import changed_texts, path_of

    texts = changed_texts(chain, partial(edited_chain, tables=tables))
    placed(check_regular(path_of(chain)), texts[1].encode(), lasting=True)
    return texts


def fit_into_copy(chain: Chain, tables: Tables, out: Path) -> Texts:
    """Write a chain file with the changes to a new place; its text before and after.

    Raises as `changed_copy`.
    """
    from bridge.road.advising.chain_copy import changed_copy

    return changed_copy(chain, partial(edited_chain, tables=tables), out)


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
