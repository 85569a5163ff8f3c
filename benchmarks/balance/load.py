"""What a balance takes, and how it grows with stems and minutes: no inserts, two workers."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from benchmarks.apart import Apart, apart
from benchmarks.balance.songs import Song, job_of
from benchmarks.figures import progress
from benchmarks.song import NAMES, write_stems
from benchmarks.usage import Clock, Told
from bridge.audio import WavWriter, read_blocks
from stemwright.values import dataclass

CASES = ((2, 60), (8, 60), (8, 300), (24, 60))
"""Stems, and the seconds they last."""
GOAL_BYTES = 500e6
JOBS = 2


@dataclass(frozen=True)
class Load:
    """A song of so many stems and seconds; what advice took at first and done again."""

    stems: int
    seconds: int
    first: Apart
    again: Apart


def balanced_job(job: str, store: str) -> Told:
    """Balance a job, as the command does."""
    from bridge.gathering import Silent
    from bridge.jobs import load_job
    from bridge.road import Inputs, ToBalance, balanced

    clock = Clock()
    found = load_job(Path(job))
    inputs = Inputs((), found.chain_path, store=Path(store), jobs=JOBS).of_job(found)
    made = balanced(ToBalance(inputs), Silent())
    return clock.told(moves=made.moves)


def loads(
    work: Callable[[str, str], Told] = balanced_job, cases: Sequence[tuple[int, int]] = CASES
) -> Iterator[Load]:
    """Every case, its files removed before the next; `work` takes a job and a store."""
    for stems, seconds in cases:
        progress(f"{stems} stems of {seconds} s")
        with tempfile.TemporaryDirectory(prefix="stemwright-advice-") as name:
            place = Path(name)
            names = [f"{NAMES[n % len(NAMES)]} {n}" for n in range(stems)]
            paths = write_stems(place / "stems", seconds, names=names)
            rough = place / "rough.wav"
            _write_sum(paths, rough)
            song = Song("load", {f"g{n}": path for n, path in enumerate(paths, 1)})
            words = str(job_of(song, rough, place / "song")), str(place / "store")
            first = apart(work, *words, sampled=True)
            yield Load(stems, seconds, first, apart(work, *words))


def _write_sum(paths: Sequence[Path], rough: Path) -> None:
    """The stems at gains of 0.2 to 0.5, one after the other."""
    gains = np.linspace(0.2, 0.5, len(paths))
    with WavWriter(rough, 48000, 2, "float32", json.dumps("rough")) as out:
        for blocks in zip(*map(read_blocks, paths), strict=True):
            out.write(sum(gain * block for gain, block in zip(gains, blocks, strict=True)))
