"""How far off the faders are that `balance` finds."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks.balance.buses import BUSES, Bus
from benchmarks.balance.songs import Song, job_of, rough_of, run
from benchmarks.figures import progress
from stemwright.values import dataclass


@dataclass(frozen=True)
class Recovered:
    """One song through one bus: how far off each fader is, by its stem; `explained_db` of the mix.

    What all faders have in common is none of their balance. `lost` got no fader.
    """

    song: str
    bus: Bus
    errors_db: Mapping[str, float]
    lost: tuple[str, ...]
    explained_db: float

    @property
    def worst_db(self) -> float:
        """The fader that is farthest off."""
        return max(map(abs, self.errors_db.values()))

    @property
    def mean_db(self) -> float:
        """How far off they are in the mean."""
        return statistics.fmean(map(abs, self.errors_db.values()))


def recovered(songs: list[Song]) -> Iterator[Recovered]:
    """Every song through every bus that is here."""
    for song in songs:
        for bus in BUSES:
            if bus.is_here:
                progress(f"{song.name} through {bus.name}")
                yield _recovered(song, bus)


def _recovered(song: Song, bus: Bus) -> Recovered:
    with tempfile.TemporaryDirectory(prefix="stemwright-balance-") as name:
        place = Path(name)
        rough = rough_of(song, bus, place, place / "store")
        told = run(["balance", str(job_of(song, rough, place / "song"))], place / "store")
    return of_report(song, bus, song.faders_db(bus), told)


def of_report(
    song: Song, bus: Bus, faders_db: Mapping[str, float], told: Mapping[str, Any]
) -> Recovered:
    """Hold what `balance --json` said to the faders the rough mix was made with."""
    rows = {row["id"]: row for row in told["groups"]}
    lost = [group for group in song.stems if rows[group]["left_alone"]]
    off_db = {
        group: rows[group]["new_fader_db"] - faders_db[group]
        for group in song.stems
        if group not in lost
    }
    common_db = statistics.median(off_db.values())
    named = {song.stems[group].stem: value - common_db for group, value in off_db.items()}
    names = tuple(song.stems[group].stem for group in lost)
    return Recovered(song.name, bus, named, names, float(told["explained_db"]))
