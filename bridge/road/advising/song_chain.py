"""The song's own chain: what only this song gets is written into it, never into another song's."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from bridge.jobs import Job, edited
from bridge.jobs.revisions import working_on
from bridge.road.advising.fit_writing import Texts, refuse_elsewhere, refuse_existing
from chains import CHAIN, Chain, load, loads, toml_text
from stemwright.files import placed

COPY = "chain.toml"
"""What a copy is called in the job's folder."""

Change = Callable[[Chain, str], str]
"""From a chain and its text to its new text."""


def changed_song_chain(job: Job, change: Change) -> Texts:
    """Change the chain of a job; its text before and after.

    A chain outside of the job's folder may be other songs': it is copied into the folder, and the
    job names the copy. Raises as `changed_copy`; InputError `job_in_use` where another run changes
    the job.
    """
    with working_on(job.folder):
        chain = load(job.chain_path)
        if is_own(job):
            texts = _texts(chain, change)
            placed(job.chain_path, texts[1].encode(), lasting=True)
            return texts
        texts = changed_copy(chain, change, job.folder / COPY)
        edited(job.path, lambda document: document.__setitem__("chain", COPY))
        return texts


def is_own(job: Job) -> bool:
    """Whether the chain lies in the song's own folder."""
    return job.chain_path.resolve().is_relative_to(job.folder.resolve())


def changed_copy(chain: Chain, change: Change, out: Path) -> Texts:
    """Write a chain with a change to a new file; its text before and after.

    Raises InputError `output_exists`, `chain_elsewhere`, ChainError where it would be wrong.
    """
    refuse_existing(out)
    refuse_elsewhere(chain, out)
    texts = _texts(chain, change)
    placed(out, texts[1].encode(), lasting=True)
    return texts


def _texts(chain: Chain, change: Change) -> Texts:
    assert chain.path is not None  # noqa: S101 - only files are given to the command
    before = toml_text(chain.path, CHAIN)
    after = change(chain, before)
    loads(after, chain.path)
    return before, after


def as_written(value: Any) -> Any:
    """A value as a chain is written by hand: of a list of tables, an inline table a line."""
    import tomlkit

    if isinstance(value, dict):
        made = tomlkit.inline_table()
        made.update(value)
        return made
    if isinstance(value, list) and value and isinstance(value[0], dict):
        rows = tomlkit.array()
        for each in value:
            rows.append(as_written(each))
        return rows.multiline(True)
    return tomlkit.item(value)
