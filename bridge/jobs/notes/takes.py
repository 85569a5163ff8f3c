"""What a song's notes may be said of: its mixes, the draft, and whatever was sent."""

from __future__ import annotations

from bridge.jobs.model import Job
from bridge.jobs.revisions import revision_names

DRAFT = "draft"
ROUGH_MIX = "rough mix"


def known_takes(job: Job) -> frozenset[str]:
    """The names of all takes that a page of this song had or has, those of gone revisions too."""
    references = (each.stem for each in job.references)
    return frozenset({DRAFT, ROUGH_MIX, *references, *revision_names(job.folder)})
