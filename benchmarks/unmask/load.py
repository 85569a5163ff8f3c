"""What `unmask` takes, and how it grows with groups and minutes: no inserts, two workers."""

from __future__ import annotations

from pathlib import Path

from benchmarks.balance.load import JOBS
from benchmarks.usage import Clock, Told


def unmasked_job(job: str, store: str) -> Told:
    """Free the groups of a job, as the command does."""
    from bridge.gathering import Silent
    from bridge.jobs import load_job
    from bridge.road import Inputs, ToUnmask, freed

    clock = Clock()
    found = load_job(Path(job))
    inputs = Inputs((), found.chain_path, store=Path(store), jobs=JOBS).of_job(found)
    made = freed(ToUnmask(inputs), Silent())
    return clock.told(cuts=len(made.cuts))
