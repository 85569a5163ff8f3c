"""Waiting for saves: work once at the start, then whenever a chain or one of its states changes."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from bridge.cli.given_song import GivenSong
from bridge.cli.printing import say
from bridge.cli.telling import EXIT_INTERRUPTED, outcome

_POLL_S = 0.3


def watch(song: GivenSong, work: Callable[[], object], as_json: bool) -> int:
    """Do `work` now and after every save of chain, states or job; what goes wrong is waited out.

    Returns 130 once it is interrupted.
    """
    seen: Sequence[object] = ()
    while True:
        now = _state(song)
        if now != seen:
            seen = now
            if outcome(work, as_json) == EXIT_INTERRUPTED:
                return EXIT_INTERRUPTED
            say(f"watching {song.chain}; Ctrl-C ends", err=True)
        time.sleep(_POLL_S)


def _state(song: GivenSong) -> tuple[object, ...]:
    files = [song.chain, *_states(song.chain)] if song.job is None else _files_of(song.job)
    return tuple(_stamp(path) for path in files)


def _files_of(job: Path) -> list[Path]:
    """A job's file, its chain and the states in it; those with faults where it cannot be read."""
    from bridge.jobs import JobError, job_path, load_job

    try:
        chain = load_job(job).chain_path
    except JobError as error:
        told = {Path(each.where.file) for each in error.faults if each.where.file}
        return sorted({job_path(job), *told})
    return [job_path(job), chain, *_states(chain)]


def _states(chain: Path) -> list[Path]:
    from chains import ChainError, Plugin, load

    try:
        parsed = load(chain)
    except ChainError:
        return []
    return [
        parsed.resolve(insert.settings.state)
        for _, insert in parsed.inserts()
        if isinstance(insert.settings, Plugin) and insert.settings.state is not None
    ]


def _stamp(path: Path) -> tuple[str, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return str(path), found.st_mtime_ns, found.st_size
