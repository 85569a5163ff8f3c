"""A night with faults: workers killed at random moments, bad plugins, a scheduler that dies."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks.farm.processes import Processes, over
from benchmarks.farm.songs import Plugins, hash_of, hashes_alone, write_songs
from benchmarks.figures import progress
from stemwright.values import dataclass

_SEATS = """
schema = 1
[[seat]]
plugin = "Fixture Gain"
kind = "floating"
licence = "studio"
count = 2
"""
_LONGEST_S = 1800.0


@dataclass(frozen=True)
class Night:
    """What became of a night's songs."""

    songs: int
    states: Counter[str]
    kills: int
    equal: int
    compared: int
    doubled: int
    most_seats: int
    seats: int
    seats_taken: int
    wall_s: float


def night(place: Path, plugins: Plugins, songs: int, seconds: float, kills: int) -> Night:
    """Render so many songs on 4 workers, of which two are told of seats, and kill on the way.

    One song has a plugin that crashes, one a plugin that hangs until its deadline.
    """
    jobs = write_songs(place, songs, seconds, plugins, ("crash-process", "hang-process"))
    progress(f"night: {songs - 2} songs alone")
    alone = hashes_alone(jobs[:-2], place / "alone", plugins)
    seats = place / "seats.toml"
    seats.write_text(_SEATS)
    chance = random.Random(16)  # noqa: S311 - which worker dies, and when
    with ExitStack() as held:
        farm = Processes(place / "farm", plugins, held)
        for number in range(4):
            farm.begin_worker(f"w{number}", seats)
        farm.ready(4)
        began_s = time.monotonic()
        farm.submit([jobs[-1], jobs[-2], *jobs[:-2]])
        killed, restarted = 0, False
        next_s = time.monotonic() + chance.uniform(1.0, 4.0)
        while not over(told := farm.status(), songs):
            now_s = time.monotonic()
            if now_s - began_s > _LONGEST_S:
                break
            if killed < kills and now_s > next_s:
                farm.kill_worker(f"w{chance.randrange(4)}")
                killed += 1
                progress(f"night: {killed} killed, {_counted(told)}")
                next_s = time.monotonic() + chance.uniform(1.0, 4.0)
            if not restarted and killed >= kills // 2:
                farm.kill_scheduler()
                restarted = True
            time.sleep(0.2)
        wall_s = time.monotonic() - began_s
        told = farm.status()
    (seat,) = told["seats"]
    counted = Counter(each["job"] for each in told["songs"])
    return Night(
        songs,
        Counter(each["state"] for each in told["songs"]),
        killed,
        sum(hash_of(job) == found for job, found in alone.items()),
        len(alone),
        sum(times - 1 for times in counted.values()),
        seat["most_at_once"],
        seat["of"],
        seat["taken"],
        wall_s,
    )


def _counted(told: Mapping[str, Any]) -> str:
    states = Counter(each["state"] for each in told["songs"])
    return ", ".join(f"{count} {state}" for state, count in states.items())
