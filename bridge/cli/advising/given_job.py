"""What the commands that advise on a job are given alike: its inputs, and a place for a page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bridge.cli.given_song import GivenSong
from bridge.road import Inputs, ToCheck, check_page_place, cores


def inputs_of(
    song: GivenSong,
    store: Path | None,
    plugin_path: Sequence[Path] | None,
    trust: Sequence[Path] | None,
    jobs: int | None,
) -> Inputs:
    """What is read, with the options that say where and how. Raises JobError for a wrong job."""
    inputs = Inputs(
        session=song.session,
        chain=song.chain,
        store=store,
        plugin_folders=plugin_path or (),
        trusted=trust or (),
        jobs=jobs or cores(),
    )
    return song.of(inputs)


def job_inputs(
    job: Path,
    page: Path | None,
    store: Path | None,
    plugin_path: Sequence[Path] | None,
    trust: Sequence[Path] | None,
    jobs: int | None,
) -> Inputs:
    """The same of a job alone. Raises InputError for a `page` that is no place for one."""
    inputs = inputs_of(GivenSong((), job, job), store, plugin_path, trust, jobs)
    if page is not None:
        mix = None if inputs.job is None else inputs.job.rough
        check_page_place(ToCheck(job=job, mix=mix), page)
    return inputs
