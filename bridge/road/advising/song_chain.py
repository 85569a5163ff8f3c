"""The song's own chain: what only this song gets is written into it, never into another song's."""

from __future__ import annotations

from bridge.jobs import Job, edited
from bridge.jobs.revisions import working_on
from bridge.road.advising.chain_copy import (
    Change,
    Texts,
    changed_copy,
    changed_texts,
    check_copy,
)
from chains import load, with_value
from stemwright.files import placed
from stemwright.problems import InputError, Problem

COPY = "chain.toml"
"""What a copy is called in the job's folder."""


def check_song_chain(job: Job) -> None:
    """Raise what `changed_song_chain` would for the place that it writes to, before any search."""
    if is_own(job):
        return
    if (job.folder / COPY).exists():
        raise InputError(_other_chain(job))
    check_copy(load(job.chain_path), job.folder / COPY)


def changed_song_chain(job: Job, change: Change) -> Texts:
    """Change the chain of a job; its text before and after.

    A chain outside of the job's folder may be other songs': it is copied into the folder, and the
    job names the copy. Raises as `check_song_chain` and `changed_copy`; InputError `job_in_use`
    where another run changes the job.
    """
    check_song_chain(job)
    with working_on(job.folder):
        chain = load(job.chain_path)
        if is_own(job):
            texts = changed_texts(chain, change)
            placed(job.chain_path, texts[1].encode(), lasting=True)
            return texts
        texts = changed_copy(chain, change, job.folder / COPY)
        edited(job.path, lambda text: with_value(text, ("chain",), COPY))
        return texts


def is_own(job: Job) -> bool:
    """Whether the chain lies in the song's own folder."""
    return job.chain_path.resolve().is_relative_to(job.folder.resolve())


def _other_chain(job: Job) -> Problem:
    return Problem(
        "output_exists",
        f"{COPY} lies in the song's folder already, and the job names another chain elsewhere",
        {"file": str(job.folder / COPY)},
        hint=f"let the job name the song's own {COPY}, or move that file away",
    )
