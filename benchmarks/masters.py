"""Masters of 8 stems beside peers doing the same or less, hosted lanes beside the bare plugins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks import ours, peers
from benchmarks.apart import Apart, LeftOutError, apart, in_peers_environment, with_ffmpeg
from benchmarks.figures import Figures, progress
from benchmarks.song import write_stems
from benchmarks.usage import Rounds, Told, Usage

MEMORY_GOAL = "<= 400 MB"
_STAGES = ("reading", "lanes", "sum", "finish", "writing")
_COLOURS_DB = (2.0, 1.5, 2.5)


@dataclass(frozen=True)
class Song:
    """Eight stems, as long as asked and a second long, and where results go."""

    folder: Path
    seconds: int
    rate_hz: int
    jobs: int
    runs: int

    @property
    def stems(self) -> Path:
        """The folder of the stems."""
        return self.folder / "stems"

    @property
    def warm(self) -> Path:
        """The folder of the stems that are a second long."""
        return self.folder / "warm"

    @property
    def paths(self) -> list[Path]:
        """The stems."""
        return sorted(self.stems.glob("*.wav"))

    @property
    def sum(self) -> Path:
        """What (a) writes."""
        return self.folder / "sum.wav"

    def write(self) -> None:
        """Make the stems."""
        progress(f"writing 8 stems of {self.seconds} s")
        write_stems(self.stems, self.seconds, self.rate_hz)
        write_stems(self.warm, 1, self.rate_hz)

    def rendered(self, name: str, text: str, *, sampled: bool = False, warm: bool = True) -> Apart:
        """Render in a process of its own, into the folder `name`."""
        second = self.warm if warm else None
        given = (self.stems, text, self.folder / name, self.jobs, second)
        return apart(ours.master, *given, sampled=sampled)


def note_master(rounds: Rounds, made: Apart) -> None:
    """Note a render of ours: its stages, lanes with their sum, the whole, start-up."""
    for stage, used in made.told["stages"].items():
        rounds.note(stage, Usage(*used))
    lanes, total = (Usage(*made.told["stages"][stage]) for stage in ("lanes", "sum"))
    rounds.note("lanes and sum", lanes.plus(total))
    rounds.note("everything", made.work)
    rounds.note("start-up", made.start_up)


class Masters:
    """The comparison: (a), (b), ours and the other peers once a round, then memory apart."""

    def __init__(self, figures: Figures, song: Song) -> None:
        self._figures, self._song = figures, song
        self._rounds = Rounds()
        self._left_out: dict[str, str] = {}
        self._versions: dict[str, str] = {}

    @property
    def _kept(self) -> Path:
        return self._song.folder / "native"

    def run(self) -> None:
        """Measure and print."""
        for number in range(self._song.runs):
            progress(f"masters, round {number + 1} of {self._song.runs}")
            self._round()
        self._print_peers()
        self._print_ours()
        self._changes()
        self._memory()

    def _round(self) -> None:
        song, rounds = self._song, self._rounds
        rounds.note("a", apart(peers.plain_sum, song.paths, song.sum).work)
        for name, whole in (("b", False), ("b, master", True)):
            done = apart(peers.in_pedalboard, song.paths, song.folder / "b.wav", whole)
            self._note(name, done)
        ours.forget(self._kept)
        note_master(rounds, song.rendered("native", ours.native_chain()))
        for name, work in self._others().items():
            if name in self._left_out:
                continue
            try:
                self._note(name, work(False))
            except LeftOutError as error:
                self._left_out[name] = str(error)

    def _note(self, name: str, done: Apart) -> None:
        self._rounds.note(name, done.work)
        self._versions[name] = done.told.get("version", "")

    def _others(self) -> dict[str, Callable[[bool], Apart]]:
        """The peers that may not be here, each to be run with its memory sampled or not."""
        song, out = self._song, self._song.folder / "peer.wav"
        reference = self._kept / "master" / "main.wav"

        def theirs(work: Callable[..., Told], *given: object) -> Callable[[bool], Apart]:
            return lambda sampled: in_peers_environment(work, *given, sampled=sampled)

        words = peers.loudnorm_words(song.sum, out, song.rate_hz)
        return {
            "libsonare mixer, same lanes and sum": theirs(peers.in_sonare_mixer, song.paths, out),
            "libsonare chain over the sum": theirs(peers.in_sonare_chain, song.sum, out),
            "matchering, sum to our master": theirs(peers.in_matchering, song.sum, reference, out),
            "ffmpeg loudnorm over the sum": lambda sampled: with_ffmpeg(
                peers.in_ffmpeg, words, sampled=sampled
            ),
        }

    def _print_peers(self) -> None:
        song, rounds, figures = self._song, self._rounds, self._figures
        figures.title(
            f"8 stems x {song.seconds} s, {song.rate_hz} Hz, 24 bit; median of {song.runs}"
        )
        figures.rounds("(a) read the stems, write their sum", rounds, "a", "a")
        pedalboard = f"plain pedalboard {self._versions['b']}"
        figures.rounds(f"(b) the same inserts in {pedalboard}", rounds, "b", "a")
        figures.rounds("(b) with the master inserts", rounds, "b, master", "a")
        figures.title("other peers, over the same stems or their sum")
        for name in self._others():
            if name in rounds:
                said = f"{name}; {self._versions[name]}".removesuffix("; ")
                figures.rounds(said, rounds, name, "a")
                ratio = rounds.ratio(name, "a")
                figures.figure("  over (a), CPU", ratio, "x", readme=f"{said}: over (a), CPU")
            else:
                figures.left_out(name, self._left_out[name], readme=f"{name}: over (a), CPU")

    def _print_ours(self) -> None:
        rounds, figures = self._rounds, self._figures
        figures.title(f"ours: 3 built-ins a lane, 4 on the master, {self._song.jobs} jobs")
        for stage in _STAGES:
            figures.rounds(stage, rounds, stage, "a")
        figures.rounds("everything", rounds, "everything", "a")
        figures.rounds("told apart: imports and a warm-up render", rounds, "start-up")
        figures.title("ours against them, CPU")
        for name, other, goal in (
            ("lanes and sum", "a", "<= 3"),
            ("lanes and sum", "b", "<= 1"),
            ("everything", "a", "<= 5"),
            ("everything", "b, master", ""),
        ):
            label = f"{name} over ({other})"
            figures.figure(label, rounds.ratio(name, other), "x", goal, readme=f"{label}, CPU")
        speed = self._song.seconds / rounds.median("everything").wall_s
        said = f"everything, wall, {self._song.jobs} jobs"
        figures.figure(said, speed, "x real time", ">= 30", readme=said)
        for name in self._others():
            if name in rounds:
                figures.figure(f"everything over {name}", rounds.ratio("everything", name), "x")

    def _changes(self) -> None:
        """One insert changed, then nothing, on the store that the last round left."""
        song, figures, rounds = self._song, self._figures, Rounds()
        over_steps: list[float] = []
        for number in range(song.runs):
            progress(f"changes, round {number + 1} of {song.runs}")
            text = ours.native_chain(colour_db=_COLOURS_DB[number % 3] + number // 3)
            made = song.rendered("native", text)
            rounds.note("changed", made.work)
            over_steps.append(made.work.wall_s / sum(made.told["fresh_s"].values()))
            rounds.note("report", ours.again(song.stems, self._kept, song.jobs))
            rounds.note("unchanged", ours.again(song.stems, self._kept, song.jobs))
            rounds.note("help", ours.command("--help"))
        figures.title("ours again; whole commands have their start-up in them")
        figures.rounds("one insert of the lead changed", rounds, "changed")
        figures.figure("  its wall over its fresh steps", median(over_steps), "x", "<= 1.2")
        figures.rounds("the command after it, which draws the report", rounds, "report")
        figures.rounds("the command, nothing changed", rounds, "unchanged")
        for key, said, goal in (
            ("unchanged", "the command again, nothing changed, CPU", "<= 0.6"),
            ("help", "--help, CPU", "<= 0.2"),
        ):
            figures.figure(f"  {said}", rounds.median(key).cpu_s, "s", goal, readme=said)

    def _memory(self) -> None:
        """Once more, looked at every 50 ms: what is timed above is not looked at."""
        song, figures = self._song, self._figures
        progress("memory, in runs apart")
        figures.title("peak memory of all processes, in runs apart")
        done = apart(peers.plain_sum, song.paths, song.sum, sampled=True)
        figures.figure("(a)", done.peak_bytes / 1e6, "MB")
        done = apart(peers.in_pedalboard, song.paths, song.folder / "b.wav", True, sampled=True)
        figures.figure("(b) with the master inserts", done.peak_bytes / 1e6, "MB")
        ours.forget(song.folder / "memory")
        made = song.rendered("memory", ours.native_chain(), sampled=True, warm=False)
        ours.forget(song.folder / "memory")
        said = f"ours, {song.seconds} s, {song.jobs} jobs"
        figures.figure(
            said, made.peak_bytes / 1e6, "MB", MEMORY_GOAL, readme=f"peak memory, {said}"
        )
        for name, work in self._others().items():
            if name not in self._left_out:
                figures.figure(name, work(True).peak_bytes / 1e6, "MB")


_PLUGIN_FOLDERS = (Path("/usr/lib/vst3"), Path("/usr/local/lib/vst3"), Path.home() / ".vst3")
_OVER = 1.05
_CHILD_S = 0.4


def hosted(figures: Figures, song: Song) -> None:
    """A plugin in each lane: ours and the bare plugins once a round, then memory apart."""
    name = f"{ours.HOSTED_PLUGIN}.vst3"
    said = "hosted lanes over the bare plugins, CPU"
    figures.title(f"{ours.HOSTED_PLUGIN} in each of 8 lanes, 4 built-ins on the master")
    found = [folder / name for folder in _PLUGIN_FOLDERS if (folder / name).exists()]
    if not found:
        figures.left_out("hosted lanes", f"no {name}; install zam-plugins", readme=said)
        return
    rounds, peak_bytes = Rounds(), 0
    for number in range(song.runs):
        progress(f"hosted, round {number + 1} of {song.runs}")
        bare = apart(peers.bare_plugins, song.paths, found[0], ours.TAIL_S)
        rounds.note("bare", bare.work)
        note_master(rounds, song.rendered("hosted", ours.hosted_chain(), warm=False))
        ours.forget(song.folder / "hosted")
    progress("hosted, memory")
    made = song.rendered("hosted", ours.hosted_chain(), sampled=True, warm=False)
    peak_bytes = made.peak_bytes
    bare = apart(peers.bare_plugins, song.paths, found[0], ours.TAIL_S, sampled=True)
    ours.forget(song.folder / "hosted")
    figures.rounds("the bare plugins in one process", rounds, "bare", "bare")
    figures.rounds("hosted lanes", rounds, "lanes", "bare")
    figures.rounds("everything", rounds, "everything", "bare")
    lanes_s, bare_s = rounds.median("lanes").cpu_s, rounds.median("bare").cpu_s
    allowed_s = _OVER * bare_s + _CHILD_S * len(song.paths)
    goal = f"<= {allowed_s / bare_s:.2f}: {_OVER} x and {_CHILD_S} s a child"
    figures.figure(said, rounds.ratio("lanes", "bare"), "x", goal, readme=said)
    figures.figure("  hosted lanes, CPU", lanes_s, "s", f"<= {allowed_s:.2f}")
    figures.figure("  over the bare plugins, a child", (lanes_s - bare_s) / len(song.paths), "s")
    figures.figure("peak memory of all processes", peak_bytes / 1e6, "MB", MEMORY_GOAL)
    figures.figure("  the bare plugins'", bare.peak_bytes / 1e6, "MB")
