"""Time masters of 8 stems beside peers doing the same or less, all in one run."""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

from benchmarks import ours, peers
from benchmarks.meters import meters
from benchmarks.song import write_stems
from benchmarks.usage import Printed
from bridge.planning import TAIL_S

_MATCHERING_PYTHON = Path(".venv/benchmark/bin/python")
_PLUGIN_FOLDERS = (Path("/usr/lib/vst3"), Path("/usr/local/lib/vst3"), Path.home() / ".vst3")
_LONG_S = 600
_LONG_RATE_HZ = 96000


class Bench:
    """One run: stems of `seconds` at `rate_hz`, the base (a), and every comparison with it."""

    def __init__(self, folder: Path, seconds: int, rate_hz: int, jobs: int) -> None:
        self.folder, self.seconds, self.jobs = folder, seconds, jobs
        self.stems = folder / "stems"
        self.paths = write_stems(self.stems, seconds, rate_hz)
        self.sum = folder / "sum.wav"
        load = os.getloadavg()[0]
        base = peers.plain_sum(self.paths, self.sum, seconds * rate_hz, rate_hz)
        self.base = base
        self.printed = Printed(base)
        self.printed.title(
            f"8 stems x {seconds} s, {rate_hz} Hz, 24 bit, {jobs} jobs, load before {load:.1f}"
        )
        self.printed.row("(a) read the stems, write their sum", base)

    def rendered(self, name: str, text: str) -> ours.Mastered:
        """Render with an empty store and print where the time went."""
        made = ours.master(self.stems, text, self.folder / name, self.jobs)
        for stage, used in made.stages.items():
            self.printed.row(stage, used)
        self.printed.row("whole", made.whole)
        self.printed.figure("whole, wall", self.seconds / made.whole.wall_s, "x real time", "12")
        self.printed.figure(
            "peak memory, all processes", made.peak_bytes / 1e6, "MB", "under 1200 at 4 min"
        )
        return made

    def native(self) -> None:
        """Three built-ins a lane and four on the master, against (a) and (b)."""
        self.printed.title("ours: 3 built-ins in each of 8 lanes, 4 on the master")
        made = self.rendered("native", ours.native_chain())
        mixed = made.stages["lanes"].plus(made.stages["sum"])
        self.printed.title("(b) the same inserts in plain pedalboard, streamed")
        lanes = peers.in_pedalboard(self.paths, self.folder / "b.wav", with_master=False)
        whole = peers.in_pedalboard(self.paths, self.folder / "b.wav", with_master=True)
        self.printed.row("lanes, their sum written", lanes)
        self.printed.row("with the master inserts", whole)
        self.printed.title("ours against them, CPU")
        self.printed.figure("lanes and sum over (a)", mixed.cpu_s / self.base.cpu_s, "x", "4")
        self.printed.figure("lanes and sum over (b)", mixed.cpu_s / lanes.cpu_s, "x", "2")
        everything = made.whole.cpu_s / self.base.cpu_s
        self.printed.figure("everything over (a)", everything, "x", "12")
        self.printed.figure("everything over (b)", made.whole.cpu_s / whole.cpu_s, "x")

    def changes(self) -> None:
        """One insert changed, then nothing, on the store that `native` left."""
        self.printed.title("ours again")
        made = ours.master(
            self.stems, ours.native_chain(colour_db=2.0), self.folder / "native", self.jobs
        )
        steps_s = sum(made.fresh_s.values())
        self.printed.row("one insert of the lead changed", made.whole)
        self.printed.figure(f"  its {len(made.fresh_s)} fresh steps, wall", steps_s, "s")
        self.printed.figure("  wall over them", made.whole.wall_s / steps_s, "x", "1.2")
        drawn = ours.again(self.stems, self.folder / "native", self.jobs)
        self.printed.row("the command, which adds the report", drawn)
        unchanged = ours.again(self.stems, self.folder / "native", self.jobs)
        self.printed.row("the command again, nothing changed", unchanged)
        self.printed.figure("  wall", unchanged.wall_s, "s", "under 1.5")

    def matchering(self, python: Path) -> None:
        """(c) matchering from the sum to our master as its reference."""
        self.printed.title("(c) matchering 2.0.6 on the sum, our master as its reference")
        if not python.is_file():
            self.printed.left_out("matchering", f"no {python}; make benchmark installs it")
            return
        reference = self.folder / "native" / "master" / "main.wav"
        used, peak = peers.in_matchering(python, self.sum, reference, self.folder / "c.wav")
        self.printed.row("matchering, start-up left out", used)
        self.printed.figure("its peak memory", peak / 1e6, "MB")

    def hosted(self) -> None:
        """A real plugin a lane, against the bare plugin over the same audio."""
        name = f"{ours.HOSTED_PLUGIN}.vst3"
        found = [folder / name for folder in _PLUGIN_FOLDERS if (folder / name).exists()]
        self.printed.title(f"{ours.HOSTED_PLUGIN} in each of 8 lanes, 4 built-ins on the master")
        if not found:
            self.printed.left_out("hosted lanes", f"no {name}; install zam-plugins")
            return
        lanes = self.rendered("hosted", ours.hosted_chain()).stages["lanes"]
        bare, peak = peers.bare_plugins(self.paths, found[0], TAIL_S)
        self.printed.row("the bare plugins in one process", bare)
        self.printed.figure("  its peak memory", peak / 1e6, "MB")
        allowed = 1.15 * bare.cpu_s + 0.5 * len(self.paths)
        self.printed.figure("hosted lanes, CPU", lanes.cpu_s, "s", f"{allowed:.2f} s")
        a_child = (lanes.cpu_s - bare.cpu_s) / len(self.paths)
        self.printed.figure("  over the bare plugins, a child", a_child, "s")


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--seconds", type=int, default=240)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--hosted", action="store_true", help=f"also {ours.HOSTED_PLUGIN} a lane")
    parser.add_argument("--long", action="store_true", help="also 10 min at 96 kHz, for its memory")
    parser.add_argument("--matchering", type=Path, default=_MATCHERING_PYTHON, metavar="PYTHON")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="stemwright-bench-") as name:
        bench = Bench(Path(name), asked.seconds, 48000, asked.jobs)
        bench.native()
        bench.changes()
        bench.matchering(asked.matchering)
        if asked.hosted:
            bench.hosted()
        meters(bench.printed, Path(name))
    if asked.long:
        with tempfile.TemporaryDirectory(prefix="stemwright-bench-") as name:
            bench = Bench(Path(name), _LONG_S, _LONG_RATE_HZ, asked.jobs)
            bench.printed.title("ours: 3 built-ins in each of 8 lanes, 4 on the master")
            bench.rendered("native", ours.native_chain())


main()
