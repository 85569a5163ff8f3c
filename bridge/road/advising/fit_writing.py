"""Writing what a fit came to: into the song's job, into its chain, or into a copy of it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stemwright.files import check_regular, placed

if TYPE_CHECKING:
    from bridge.road.advising.chain_copy import Texts
    from chains import Chain

Place = tuple[str | int, ...]
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
    from chains import MASTER

    place = job_path(path)
    before = place.read_text(encoding="utf-8")

    def change(text: str) -> str:
        for step_id, table in tables:
            owner, _, insert = step_id.rpartition("/")
            rack = (MASTER,) if owner == MASTER else ("group", owner)
            text = _with_table(text, (*rack, "insert", insert), table)
        return text

    edited(path, change)
    return before, place.read_text(encoding="utf-8")


def edited_chain(chain: Chain, text: str, tables: Tables) -> str:
    """A chain file's text with keys of inserts' tables changed."""
    places = {f"{owner}/{insert.id}": insert.where.at for owner, insert in chain.inserts()}
    for step_id, table in tables:
        text = _with_table(text, places[step_id], table)
    return text


def _with_table(text: str, at: Place, table: Mapping[str, Any]) -> str:
    """The text with keys of a table; those of its own tables stay, as do those of its bands."""
    from chains import with_value

    for key, value in table.items():
        text = with_value(text, (*at, key), _merged(_found(text, (*at, key)), value))
    return text


def _found(text: str, at: Place) -> Any:
    data: Any = tomllib.loads(text)
    for step in at:
        if isinstance(step, str) and step not in data:
            return None
        data = data[step]
    return data


def _merged(old: Any, new: Any) -> Any:
    """What is to stand there: tables, and as many rows of them, keep what the new do not say."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        return {**old, **{key: each for key, each in new.items() if each is not None}}
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        return [_merged(was, now) for was, now in zip(old, new, strict=True)]
    return new
