"""A real plugin in each of eight lanes, against the bare plugin over the same audio."""

from __future__ import annotations

from pathlib import Path

from benchmarks import ours, peers
from benchmarks.apart import apart
from benchmarks.figures import Figures, progress
from benchmarks.masters import MEMORY_GOAL, Song, note_master
from benchmarks.usage import Rounds

_PLUGIN_FOLDERS = (Path("/usr/lib/vst3"), Path("/usr/local/lib/vst3"), Path.home() / ".vst3")
_TAIL_S = 10.0
"""What a lane is rendered beyond its stem: bridge.planning.TAIL_S."""
_OVER = 1.05
_CHILD_S = 0.4


def hosted(figures: Figures, song: Song) -> None:
    """Measure and print: ours and the bare plugins once a round, then memory apart."""
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
        bare = apart(peers.bare_plugins, song.paths, found[0], _TAIL_S)
        rounds.note("bare", bare.work)
        note_master(rounds, song.rendered("hosted", ours.hosted_chain(), warm=False))
        ours.forget(song.folder / "hosted")
    progress("hosted, memory")
    made = song.rendered("hosted", ours.hosted_chain(), sampled=True, warm=False)
    peak_bytes = made.peak_bytes
    bare = apart(peers.bare_plugins, song.paths, found[0], _TAIL_S, sampled=True)
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
