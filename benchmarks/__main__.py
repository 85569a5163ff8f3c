"""Time a master of 8 stems beside merely reading the stems and writing their sum."""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.song import write_stems
from bridge.audio.decode import read_blocks
from bridge.audio.sums import Part, summed
from bridge.audio.write import WavWriter

_CHAIN = """
schema = 1
[[group]]
id = "rhythm"
stems = ["drums", "bass"]
{insert}
[[group]]
id = "music"
stems = ["*"]
{insert}
[[group]]
id = "vocals"
stems = ["lead", "backing"]
{insert}
[[group]]
id = "fx"
stems = ["fx"]
{insert}
[[master.insert]]
use = "eq"
bands = [{{ shape = "high_pass", hz = 24 }}]
[[master.insert]]
use = "compressor"
[[master.insert]]
use = "limiter"
[target]
integrated_lufs = -12.0
"""
NATIVE = """
  [[group.insert]]
  use = "eq"
  bands = [{{ shape = "high_pass", hz = 40 }}, {{ shape = "bell", hz = 400, gain_db = -2 }}]
  [[group.insert]]
  use = "compressor"
  threshold_db = -24
"""
HOSTED = """
  [[group.insert]]
  use = "plugin"
  plugin = "ZamCompX2"
"""


@dataclass(frozen=True)
class Usage:
    """Wall and CPU seconds, children that have ended included."""

    wall_s: float
    cpu_s: float

    @staticmethod
    def now() -> Usage:
        """Read the clocks."""
        used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        return Usage(time.perf_counter(), sum(each.ru_utime + each.ru_stime for each in used))

    def since(self, start: Usage) -> Usage:
        """The difference of two readings."""
        return Usage(self.wall_s - start.wall_s, self.cpu_s - start.cpu_s)


class Stages:
    """Splits a render's time by its stages; implements bridge.rendering.Events."""

    def __init__(self) -> None:
        self.found: dict[str, Usage] = {}
        self._name = "reading"
        self._since = Usage.now()

    def stage(self, name: str) -> None:
        """Close the stage before; open this one."""
        now = Usage.now()
        self.found[self._name] = now.since(self._since)
        self._name, self._since = name, now

    def steps(self, total: int) -> None:
        """Of no interest here."""

    def busy(self, step_id: str) -> None:
        """Of no interest here."""

    def done(self, step_id: str) -> None:
        """Of no interest here."""


class Memory:
    """Samples the resident memory of this process and all its children."""

    def __init__(self) -> None:
        self.peak_bytes = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Memory:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        me = psutil.Process()
        while not self._over.wait(0.05):
            total = 0
            for process in [me, *me.children(recursive=True)]:
                try:
                    total += process.memory_info().rss
                except psutil.NoSuchProcess:
                    continue
            self.peak_bytes = max(self.peak_bytes, total)


def _plain(paths: list[Path], out: Path, frames: int) -> Usage:
    start = Usage.now()
    with WavWriter(out, 48000, 2, "pcm24", "plain", overwrite=True) as writer:
        for block in summed([Part(1.0, read_blocks(path)) for path in paths], frames):
            writer.write(block)
    return Usage.now().since(start)


def _master(stems: Path, text: str, work: Path, jobs: int) -> tuple[Stages, Usage, int]:
    from bridge.hosting import host
    from bridge.rendering import Cancel, Context, link, render, write_folder
    from bridge.storing import Store
    from chains import load
    from sessions import read

    work.mkdir()
    (work / "chain.toml").write_text(text, encoding="utf-8")
    stages, start = Stages(), Usage.now()
    chain, store = load(work / "chain.toml"), Store(work / "store")
    with Memory() as memory:
        plan = link(read(stems), chain, store, jobs=jobs)
        context = Context(plan, store, host(plan.engine.host), stages, Cancel(), jobs)
        rendering = render(context, "pcm24")
        stages.stage("writing")
        write_folder(context, rendering, chain, "pcm24", work / "master")
        stages.stage("")
    return stages, Usage.now().since(start), memory.peak_bytes


def _again(stems: Path, work: Path, jobs: int) -> Usage:
    """The whole command once more, start-up included, with everything in the store."""
    start = Usage.now()
    command = [sys.executable, "-c", "from bridge.cli import main; main()", "render", stems]
    command += [work / "chain.toml", "-o", work / "master", "--store", work / "store"]
    command += ["--jobs", str(jobs)]
    subprocess.run([str(word) for word in command], check=True, capture_output=True)
    return Usage.now().since(start)


def _row(say: Callable[[str], object], name: str, used: Usage, plain: Usage) -> None:
    say(
        f"  {name:<28}{used.wall_s:8.2f} s wall {used.cpu_s:8.2f} s CPU"
        f"{used.cpu_s / plain.cpu_s:8.2f} x\n"
    )


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--seconds", type=int, default=240)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--hosted", action="store_true", help="also with ZamCompX2 in every lane")
    asked = parser.parse_args()
    say = sys.stdout.write
    with tempfile.TemporaryDirectory(prefix="stemwright-bench-") as name:
        folder = Path(name)
        paths = write_stems(folder / "stems", asked.seconds)
        plain = _plain(paths, folder / "plain.wav", asked.seconds * 48000)
        say(f"8 stems x {asked.seconds} s, 48 kHz, 24 bit, {asked.jobs} jobs\n")
        _row(say, "read stems, write their sum", plain, plain)
        for kind in ("native", "hosted")[: 1 + asked.hosted]:
            text = _CHAIN.format(insert=(NATIVE if kind == "native" else HOSTED).format())
            stages, whole, peak = _master(folder / "stems", text, folder / kind, asked.jobs)
            say(f"{kind} chain\n")
            for stage, used in stages.found.items():
                _row(say, stage, used, plain)
            _row(say, "whole", whole, plain)
            say(f"  peak memory, all processes  {peak / 1e6:8.0f} MB\n")
            again = _again(folder / "stems", folder / kind, asked.jobs)
            _row(say, "command again, nothing new", again, plain)


main()
