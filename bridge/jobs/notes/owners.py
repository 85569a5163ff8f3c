"""Whom a note's words may name: the chain's groups and the song's stems."""

from __future__ import annotations

from bridge.jobs.model import Job
from bridge.jobs.notes.wishes import Owner
from bridge.jobs.song import song_session
from sessions import read
from stemwright.problems import InputError


def owners_of(job: Job) -> tuple[Owner, ...]:
    """The groups of a job's chain and its stems; of stems that cannot be read none are named."""
    groups = [Owner("group", group.id) for group in job.chain.groups]
    try:
        tracks = song_session(job, read(job.stems)).tracks
    except InputError:
        return tuple(groups)
    stems = (Owner("stem", each.id, each.name) for each in tracks if each.clips)
    return (*groups, *stems)
