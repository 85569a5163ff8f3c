"""A job's groups freed of each other: heard through their inserts, cut in the song's own chain."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bridge.road.advising.advised_song import (
    AdvisedSong,
    beside_of,
    job_of,
    played_groups,
    read_song,
)
from bridge.road.inputs import Inputs
from stemwright.values import dataclass

if TYPE_CHECKING:
    from bridge.advising import FreeingCut, PlayedGroup, Unmasking
    from bridge.gathering import Events
    from bridge.jobs import Job
    from chains import Chain


@dataclass(frozen=True)
class ToUnmask:
    """A job whose groups are to be freed of each other.

    `leads` are groups that are cut nowhere; without any, those with a lead voice are. `only` are
    the ids of cuts.
    """

    inputs: Inputs
    leads: Sequence[str] = ()
    only: Sequence[str] = ()

    @property
    def job(self) -> Job:
        """The job of its inputs."""
        return job_of(self.inputs)


def freed(given: ToUnmask, events: Events, page: Path | None = None) -> Unmasking:
    """What would free the job's groups; nothing is written but a `page`, if any.

    Groups are heard after their inserts: what the store has not is rendered into it. Raises
    InputError, MachineError and RenderError as a render does, and as `bridge.advising.unmasked`.
    """
    from bridge.advising import PlayedGroup, unmasked
    from bridge.road.stem_checking.stem_checks import store_of

    with store_of(given.inputs.store) as store:
        song = read_song(given.inputs, store, events)
        signals = played_groups(song)
        groups = [PlayedGroup(lane, signals[lane.id]) for lane in song.plan.lanes]
        made = unmasked(
            groups, song.rate_hz, leads=given.leads, only=given.only, stage=events.stage
        )
        made = replace(made, remarks=(*song.left_out, *made.remarks))
        if page is not None:
            events.stage("page")
            _write_page(page, given.job, made, groups, song)
        return made


def _write_page(
    page: Path, job: Job, made: Unmasking, groups: Sequence[PlayedGroup], song: AdvisedSong
) -> None:
    from bridge.advising import unmasked_sounds, unmasked_sums, write_unmasking_page
    from bridge.jobs import song_name

    sounds = unmasked_sounds(groups, made, song.rate_hz)
    beside = beside_of(song, *unmasked_sums(groups, made, song.rate_hz))
    write_unmasking_page(page, made, sounds, beside, song_name(job))


def apply_unmasking(given: ToUnmask, made: Unmasking) -> tuple[str, ...]:
    """Write the cuts into the song's own chain, and return what changed in it, line by line.

    A chain that may be other songs' is first copied into the job's folder, and the job names the
    copy. Raises as `changed_song_chain`; InputError `unusual_layout`.
    """
    from bridge.road.advising.job_settings import difference
    from bridge.road.advising.song_chain import COPY, changed_song_chain, is_own

    if not made.cuts:
        return ()
    job = given.job
    name = job.chain_path.name if is_own(job) else COPY
    copied = () if is_own(job) else (f"copied {job.chain_path} to {job.folder / COPY}",)
    before, after = changed_song_chain(job, partial(with_cuts, cuts=made.cuts))
    return (*copied, *difference(before.splitlines(), after.splitlines(), name))


def with_cuts(_chain: Chain, text: str, cuts: Sequence[FreeingCut]) -> str:
    """The text with an insert more for each cut, the last of its group."""
    from chains import with_comment, with_row

    for each in cuts:
        groups = tomllib.loads(text)["group"]
        index = next(n for n, row in enumerate(groups) if row["id"] == each.cut.group)
        at = ("group", index, "insert")
        text = with_row(text, at, each.cut.table())
        made = (*at, len(groups[index].get("insert", ())), "use")
        text = with_comment(text, made, f"frees {each.cut.frees}, {each.gain_phon:+.1f} phon there")
    return text
