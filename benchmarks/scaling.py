"""How CPU and memory grow with the song's length, the number of stems and of inserts.

The length is tried on two stems, so that an hour needs 2 GB of stems and about 12 GB of store.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import ours
from benchmarks.apart import apart
from benchmarks.figures import Figures, progress
from benchmarks.masters import MEMORY_GOAL
from benchmarks.ours import TAIL_S
from benchmarks.song import NAMES, write_stems
from benchmarks.usage import Rounds

LENGTHS_S = (60, 240, 960, 3600)
STEMS = (2, 8, 32)
INSERTS = (1, 5, 20)
_FEW = 2
_LONG_S = 240
"""What is longer is timed once."""
_BYTES_A_STEM_SECOND = 2_500_000
"""A 24-bit stem at 48 kHz, its lane in float64, and its share of sum, takes and master."""


@dataclass(frozen=True)
class Case:
    """A song of so many stems and seconds; equalisers a lane, None for the three built-ins."""

    stems: int
    seconds: int
    inserts: int | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The stems' names."""
        more = tuple(f"stem{number}" for number in range(len(NAMES), self.stems))
        return (NAMES + more)[: self.stems]

    @property
    def minutes(self) -> float:
        """What every step renders, the tail with it."""
        return (self.seconds + TAIL_S) / 60

    def in_words(self) -> str:
        """As its row is called."""
        lane = "3 built-ins" if self.inserts is None else f"{self.inserts} eq"
        return f"{self.stems} stems x {self.seconds / 60:.3g} min, {lane} a lane"


@dataclass(frozen=True)
class Found:
    """What a case took."""

    cpu_s: float
    wall_s: float
    peak_bytes: int


def scaling(
    figures: Figures,
    folder: Path,
    jobs: int,
    runs: int,
    lengths_s: Sequence[int] = LENGTHS_S,
    short_s: int = 60,
) -> None:
    """Measure and print; every case has its folder removed before the next begins."""
    for title, cases in _tables(lengths_s, short_s):
        figures.title(f"{title}; {jobs} jobs, {TAIL_S:.0f} s of tail counted, memory in runs apart")
        first = None
        for case in cases:
            free = shutil.disk_usage(folder).free
            if free < case.stems * case.minutes * 60 * _BYTES_A_STEM_SECOND:
                figures.left_out(case.in_words(), f"{free / 1e9:.0f} GB free are not enough")
                continue
            found = _measured(folder, case, jobs, runs)
            first = first or found.cpu_s / case.minutes
            _print(figures, case, found, first)


def _tables(lengths_s: Sequence[int], short_s: int) -> Iterator[tuple[str, list[Case]]]:
    yield "length, the same two stems going round", [Case(_FEW, each) for each in lengths_s]
    yield "stems", [Case(each, short_s) for each in STEMS]
    yield "inserts, of two bands each", [Case(len(NAMES), short_s, each) for each in INSERTS]


def _measured(folder: Path, case: Case, jobs: int, runs: int) -> Found:
    text = ours.native_chain(names=case.names, inserts=case.inserts)
    rounds = Rounds()
    with tempfile.TemporaryDirectory(dir=folder) as name:
        place = Path(name)
        progress(f"scaling: writing {case.in_words()}")
        write_stems(place / "stems", case.seconds, names=case.names)
        write_stems(place / "warm", 1, names=case.names)
        given = (place / "stems", text, place / "work", jobs)
        for number in range(runs if case.seconds <= _LONG_S else 1):
            progress(f"{case.in_words()}, round {number + 1}")
            rounds.note("whole", apart(ours.master, *given, place / "warm").work)
            ours.forget(place / "work")
        progress(f"{case.in_words()}, memory")
        peak_bytes = apart(ours.master, *given, None, sampled=True).peak_bytes
    whole = rounds.median("whole")
    return Found(whole.cpu_s, whole.wall_s, peak_bytes)


def _print(figures: Figures, case: Case, found: Found, first: float) -> None:
    a_minute = found.cpu_s / case.minutes
    cells = [
        f"{found.cpu_s:8.2f} s CPU",
        f"{a_minute:7.3f} s a minute",
        f"{a_minute / first:6.2f} x the first",
        f"{case.seconds / found.wall_s:6.1f} x real time",
        f"{found.peak_bytes / 1e6:6.0f} MB",
    ]
    figures.columns(case.in_words(), cells)
    if case.inserts is None and case.stems == _FEW:
        said = f"peak memory, {case.in_words()}"
        figures.figure("  peak memory", found.peak_bytes / 1e6, "MB", MEMORY_GOAL, readme=said)
        if case.seconds == LENGTHS_S[-1]:
            said = "CPU a minute of an hour over that of a minute"
            figures.figure(f"  {said}", a_minute / first, "x", "<= 1", readme=said)
