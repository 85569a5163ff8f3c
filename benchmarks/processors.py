"""What a frame costs in each built-in and in each stage that reads, measures or writes.

On the compiled kernels and on numpy alone, turn by turn in one process.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.apart import apart
from benchmarks.figures import Figures, progress
from benchmarks.song import BLOCK_S, stem_block
from benchmarks.usage import Clock, Told

if TYPE_CHECKING:
    from bridge.audio import Block
    from chains import InsertSettings

_RATE_HZ = 48000
_SECONDS = 12
_PARTS = 8

Stage = Callable[["Material"], object]
"""Goes once over the material."""


@dataclass(frozen=True)
class Material:
    """The same stereo sound as blocks, as a 24-bit file and as a stored lane; where to write."""

    blocks: list[Block]
    file: Path
    lane: Path
    scratch: Path

    @property
    def frames(self) -> int:
        """Its length."""
        return sum(block.shape[1] for block in self.blocks)

    @staticmethod
    def written(folder: Path, seconds: int) -> Material:
        """Make `seconds` of a stem, a whole number of its blocks, under `folder`."""
        from bridge.audio import PcmWriter, WavWriter, reblocked

        folder.mkdir()
        codes = (stem_block(0, start, _RATE_HZ) for start in range(0, seconds, BLOCK_S))
        wholes = [np.multiply(each.T, 2.0**-31, dtype=np.float64) for each in codes]
        made = Material(list(reblocked(wholes)), folder / "sound.wav", folder / "lane", folder)
        with WavWriter(made.file, _RATE_HZ, 2, "pcm24", "sound") as wav:
            _each(made.blocks, wav.write)
        with PcmWriter(made.lane, 2, "float64") as lane:
            _each(made.blocks, lane.write)
        return made


def settings() -> dict[str, InsertSettings]:
    """Each built-in at work, by its word of `use`."""
    import chains

    bell = chains.Bell(shape="bell", hz=400, gain_db=-2)
    shelf = chains.Shelf(shape="high_shelf", hz=9000, gain_db=1)
    high_pass = chains.Pass(shape="high_pass", hz=40)
    cut = chains.DynamicBand(hz=3000, threshold_db=-40, max_cut_db=6)
    boost = chains.DynamicBand(hz=200, threshold_db=-40, max_boost_db=3)
    band = chains.CompressedBand(threshold_db=-30, ratio=2)
    made: tuple[InsertSettings, ...] = (
        chains.Gain(gain_db=-3),
        chains.Eq(bands=(high_pass, bell, shelf)),
        chains.Compressor(threshold_db=-24),
        chains.Limiter(ceiling_dbtp=-12),
        chains.DynamicEq(bands=(cut, boost)),
        chains.Multiband(crossovers_hz=(200, 3000), bands=(band, band, band)),
        chains.Deesser(),
        chains.Saturation(),
        chains.Reverb(),
        chains.Width(width=1.2, mono_below_hz=120),
        chains.Gate(threshold_db=-30),
    )
    return {each.use: each for each in made}


def built_ins() -> dict[str, Stage]:
    """Every built-in over the material."""
    from bridge.processing import build, run

    def stage(each: InsertSettings) -> Stage:
        return lambda material: _drained(run([build(each, _RATE_HZ)], material.blocks))

    return {use: stage(each) for use, each in settings().items()}


def stages() -> dict[str, Stage]:
    """What else a frame goes through between a stem and a finished file."""
    from bridge.audio import inspect, read_blocks, read_pcm
    from bridge.metering import measure

    return {
        "read PCM 24": lambda given: _drained(read_blocks(given.file)),
        "inspect a stem": lambda given: inspect(given.file),
        f"sum of {_PARTS}": _sum,
        "note levels": _note_levels,
        "write a lane: float64, its hash": _write_lane,
        "read a lane": lambda given: _drained(read_pcm(given.lane, 2, "float64")),
        "analyse the bus for the limiter": _analyse,
        "write PCM 24: dither, its hash": _write_file,
        "measure a file": lambda given: measure(given.file),
    }


def _sum(given: Material) -> None:
    from bridge.audio import Part, summed

    _drained(summed([Part(0.5, given.blocks)] * _PARTS, given.frames))


def _note_levels(given: Material) -> None:
    from bridge.gathering import Cancel, Tap

    _drained(Tap(given.blocks, Cancel()))


def _write_lane(given: Material) -> None:
    from bridge.audio import PcmWriter

    with PcmWriter(given.scratch / "written", 2, "float64") as lane:
        _each(given.blocks, lane.write)


def _analyse(given: Material) -> None:
    from bridge.processing import Analyser

    analyser = Analyser(_RATE_HZ)
    _each(given.blocks, analyser.add)
    analyser.result()


def _write_file(given: Material) -> None:
    from bridge.audio import WavWriter

    path = given.scratch / "written.wav"
    with WavWriter(path, _RATE_HZ, 2, "pcm24", "written", overwrite=True) as wav:
        _each(given.blocks, wav.write)


def _each(blocks: Iterable[Block], take: Callable[[Block], object]) -> None:
    for block in blocks:
        take(block)


def _drained(blocks: Iterable[Block]) -> None:
    deque(blocks, maxlen=0)


def paths() -> dict[str, Callable[[], AbstractContextManager[object]]]:
    """The ways the work can be done here: compiled and numpy, or numpy alone."""
    from bridge.native import numpy_path, running

    if running().path == "numpy":
        return {"numpy": nullcontext}
    return {"compiled": nullcontext, "numpy": numpy_path}


def costs(seconds: int, runs: int) -> Told:
    """Work: tell `ns_a_frame`, by stage and path, the median CPU of `runs`; `unset` ones not."""
    from bridge.processing import SUPPORTED

    clock = Clock()
    found: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory(prefix="stemwright-bench-") as name:
        warm = Material.written(Path(name) / "warm", BLOCK_S)
        material = Material.written(Path(name) / "material", seconds)
        for what, stage in {**built_ins(), **stages()}.items():
            stage(warm)
            took: dict[str, list[float]] = {}
            for _ in range(runs):
                for path, chosen in paths().items():
                    with chosen():
                        took.setdefault(path, []).append(_ns_a_frame(stage, material))
            found[what] = {path: statistics.median(each) for path, each in took.items()}
    return clock.told(ns_a_frame=found, unset=sorted(SUPPORTED - set(settings())))


def _ns_a_frame(stage: Stage, material: Material) -> float:
    start = time.process_time_ns()
    stage(material)
    return (time.process_time_ns() - start) / material.frames


def processors(figures: Figures, runs: int) -> None:
    """Measure and print."""
    progress("built-ins and stages, a frame's cost")
    told = apart(costs, _SECONDS, runs).told
    figures.title(f"ns of CPU a stereo frame at {_RATE_HZ} Hz; median of {runs} over {_SECONDS} s")
    for what, by_path in told["ns_a_frame"].items():
        figures.columns(what, _columns(by_path))
    for use in told["unset"]:
        figures.left_out(use, "no settings for it here")


def _columns(by_path: dict[str, float]) -> list[str]:
    told = [f"{ns:8.1f} ns {path}" for path, ns in by_path.items()]
    if "compiled" not in by_path:
        return told
    return [*told, f"{by_path['numpy'] / by_path['compiled']:6.1f} x"]
