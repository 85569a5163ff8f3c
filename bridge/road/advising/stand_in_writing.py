"""Writing a stand-in into a chain: never over another song's, and always saying what it is."""

from __future__ import annotations

import tomllib
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stemwright.problems import InputError, Problem

if TYPE_CHECKING:
    from bridge.jobs import Job
    from bridge.road.advising.chain_copy import Texts
    from bridge.road.advising.standing_in import StoodIn
    from chains import Chain

_STAYS = frozenset({"id", "bypass"})


def stand_in_into_copy(chain: Chain, stood: StoodIn, out: Path) -> Texts:
    """Write the chain with what stands in to a new file; its text before and after.

    Raises as `changed_copy`.
    """
    from bridge.road.advising.chain_copy import changed_copy

    return changed_copy(chain, partial(with_stand_in, stood=stood), out)


def stand_in_into_job(job: Job, stood: StoodIn) -> Texts:
    """Put what stands in into the song's own chain; its text before and after.

    Raises as `check_stand_in` and `changed_song_chain`.
    """
    from bridge.road.advising.song_chain import changed_song_chain

    check_stand_in(job, stood.insert)
    return changed_song_chain(job, partial(with_stand_in, stood=stood))


def check_stand_in(job: Job, step_id: str) -> None:
    """Refuse before any search what could not be written after it.

    Raises as `check_song_chain`; InputError `stand_in_overridden`.
    """
    from bridge.road.advising.song_chain import check_song_chain

    check_song_chain(job)
    owner, _, insert = step_id.rpartition("/")
    mark = f"{owner}.insert.{insert}."
    named = [path for path in job.overrides if mark in f"{path}."]
    if named:
        raise InputError(
            Problem(
                "stand_in_overridden",
                f"the job sets {named[0]}, which is the plugin's and not its stand-in's",
                {"file": str(job.path)},
                hint="take it out of the job, and fit again",
            )
        )


def with_stand_in(chain: Chain, text: str, stood: StoodIn) -> str:
    """The text with the insert's table made anew; its comments that stand beside it stay."""
    from chains import with_comment, with_value, without

    places = {f"{owner}/{insert.id}": insert.where.at for owner, insert in chain.inserts()}
    at = places[stood.insert]
    row: Any = tomllib.loads(text)
    for step in at:
        row = row[step]
    for key, value in stood.table.items():
        text = with_value(text, (*at, key), value)
    for key in row:
        if key not in stood.table and key not in _STAYS:
            text = without(text, (*at, key))
    return with_comment(text, (*at, "use"), stood.comment)
