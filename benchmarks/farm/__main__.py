"""What a farm costs, and that it loses no song.

`python -m benchmarks.farm [--parts several night steps across] [--songs 40] [--kills 20]`:
`several` renders 8 jobs one after another and side by side; `night` is 40 songs on 4 workers that
are killed, with plugins that crash and hang and a scheduler that dies; `steps` is one insert here
and on the farm; `across` has a worker in a network namespace of its own, which needs root.
`--docs` writes the tables into docs/farm.md.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.apart import ROOT
from benchmarks.bounced.page import markdown
from benchmarks.defects.page import with_figures
from benchmarks.farm.overhead import Steps
from benchmarks.farm.songs import Plugins, write_songs
from benchmarks.figures import progress

PAGE = ROOT / "docs" / "farm.md"
_SONGS, _INSERTS, _SONG_S, _TAIL_S, _NIGHT_H = 1000, 12, 240.0, 10.0, 10.0
_RATE_HZ = 48000
_PARTS = ("several", "night", "steps", "across")


def main() -> None:
    """Run the parts that are asked for, and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.farm", description=__doc__)
    parser.add_argument("--parts", nargs="+", choices=_PARTS, default=_PARTS)
    parser.add_argument("--songs", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--docs", action="store_true")
    asked = parser.parse_args()
    for part in asked.parts:
        with tempfile.TemporaryDirectory(prefix="stemwright-farm-") as name:
            place = Path(name)
            told = _TOLD[part](place, Plugins.built(place), asked)
        print(f"\n## {part}\n{told}")
        if asked.docs:
            text = PAGE.read_text(encoding="utf-8")
            PAGE.write_text(with_figures(text, part, told), encoding="utf-8")


def _several(place: Path, plugins: Plugins, asked: argparse.Namespace) -> str:
    from benchmarks.farm.several import cleared, one_after_another, side_by_side

    rows: list[Sequence[str]] = []
    jobs = write_songs(place / "songs", 8, asked.seconds, plugins)
    more = ("--plugins", plugins.folder, "--no-check")
    for name, work in (("one after another", one_after_another), ("side by side", side_by_side)):
        progress(f"several: {name}")
        cleared(jobs, place / "store")
        cost = work(jobs, place / "store", more)
        row = (f"{cost.wall_s:.1f} s", f"{cost.cpu_s:.1f} s", f"{cost.peak_mb:.0f} MB")
        rows.append((name, *row))
    return markdown((f"8 jobs of {asked.seconds:g} s", "wall", "CPU", "memory at its most"), rows)


def _night(place: Path, plugins: Plugins, asked: argparse.Namespace) -> str:
    from benchmarks.farm.stress import night

    found = night(place / "night", plugins, asked.songs, asked.seconds, asked.kills)
    states = ", ".join(f"{count} {state}" for state, count in sorted(found.states.items()))
    rows = [
        ("songs", f"{found.songs}: {states}"),
        ("workers killed", str(found.kills)),
        ("equal to the local hash", f"{found.equal} of {found.compared}"),
        ("lost", str(found.songs - sum(found.states.values()))),
        ("doubled", str(found.doubled)),
        ("seats at once, at most", f"{found.most_seats} of {found.seats}"),
        ("seats taken", str(found.seats_taken)),
        ("wall", f"{found.wall_s:.0f} s"),
    ]
    return markdown(("a night with faults", ""), rows)


def _steps(place: Path, plugins: Plugins, _asked: argparse.Namespace) -> str:
    from benchmarks.farm.overhead import steps

    progress("steps: small ones")
    here, there = steps(place / "small", plugins, 60, 0.1)
    progress("steps: of 20 s")
    long_here, long_there = steps(place / "long", plugins, 12, 20.0)
    rows = [
        (
            name,
            f"{one.a_second:.2f}",
            f"{one.cpu_s_a_step:.2f} s",
            f"{one.bytes_a_step / 1e6:.1f} MB",
        )
        for name, one in (
            ("0.1 s of sound, here", here),
            ("0.1 s of sound, two workers", there),
            ("20 s of sound, here", long_here),
            ("20 s of sound, two workers", long_there),
        )
    ]
    head = ("a gain, two at once", "steps a second", "CPU a step", "bytes in and out")
    return f"{markdown(head, rows)}\n\n{_thousand(there, long_there)}"


def _thousand(short: Steps, long: Steps) -> str:
    """What a night of a thousand songs needs, from what a step of 0.1 s and of 20 s took."""
    a_second_cpu_s = (long.cpu_s_a_step - short.cpu_s_a_step) / 19.9
    step_cpu_s = short.cpu_s_a_step + _SONG_S * a_second_cpu_s
    steps = _SONGS * _INSERTS
    moved_bytes = steps * 2 * 8 * _RATE_HZ * (_SONG_S + _TAIL_S)
    night_s = _NIGHT_H * 3600.0
    seat_s = step_cpu_s * _SONGS
    rows = [
        ("steps", f"{steps:,}"),
        ("bytes moved, in and out", f"{moved_bytes / 1e12:.1f} TB"),
        ("of a network, over the night", f"{8e-9 * moved_bytes / night_s:.2f} Gbit/s"),
        ("cores at work for moving and hosting", f"{steps * step_cpu_s / night_s:.1f}"),
        ("seats of a plugin that each song has once", f"{seat_s / night_s:.1f}"),
        ("the scheduler's core", f"{100 * steps * short.scheduler_cpu_s_a_step / night_s:.1f} %"),
    ]
    what = (
        f"{_SONGS:,} songs of {_SONG_S / 60:.0f} min, {_INSERTS} plugins each, in {_NIGHT_H:.0f} h"
    )
    return markdown((what, "needs"), rows)


def _across(place: Path, plugins: Plugins, asked: argparse.Namespace) -> str:
    from benchmarks.farm.namespaces import across

    progress("across")
    same, seconds = across(place / "across", plugins, asked.seconds)
    said = "equal to the local hash" if same else "NOT the local hash"
    rows = [(f"a song of {asked.seconds:g} s over TLS, no folder shared", said, f"{seconds:.1f} s")]
    return markdown(("two network namespaces", "", "wall"), rows)


_TOLD = {"several": _several, "night": _night, "steps": _steps, "across": _across}


if __name__ == "__main__":
    main()
