"""What ours is measured beside: reading and summing, plain pedalboard, matchering, bare plugins."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pedalboard
from pedalboard.io import AudioFile

from benchmarks.usage import Usage
from bridge.audio import Part, WavWriter, read_blocks, summed

_CHUNK_FRAMES = 65536

_MATCHERING = """
import json, resource, sys, time
import matchering
started = time.perf_counter(), time.process_time()
matchering.process(sys.argv[1], sys.argv[2], [matchering.pcm24(sys.argv[3])])
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps([time.perf_counter() - started[0], time.process_time() - started[1],
                  used.ru_maxrss]))
"""

_BARE = """
import contextlib, json, os, resource, sys, time
import numpy, soundfile, dawdreamer
answer = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
plugin_path, tail_s, *stems = sys.argv[1:]
started = time.perf_counter(), time.process_time()
for stem in stems:
    samples, rate = soundfile.read(stem, dtype="float32", always_2d=True)
    fed = numpy.concatenate([samples, numpy.zeros((int(float(tail_s) * rate), 2), "float32")]).T
    engine = dawdreamer.RenderEngine(rate, 512)
    source = engine.make_playback_processor("in", numpy.ascontiguousarray(fed))
    plugin = engine.make_plugin_processor("plugin", plugin_path)
    names = [each["name"] for each in plugin.get_parameters_description()]
    plugin.set_parameter(names.index("Threshold"), (80.0 - 24.0) / 80.0)
    engine.load_graph([(source, []), (plugin, ["in"])])
    engine.render((fed.shape[1] + 0.5) / rate)
    engine.get_audio().T.tofile(os.devnull)
used = time.perf_counter() - started[0], time.process_time() - started[1]
answer.write(json.dumps([*used, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss]))
answer.flush()
os._exit(0)
"""


def plain_sum(paths: list[Path], out: Path, frames: int, rate_hz: int) -> Usage:
    """(a) Read the stems and write their sum."""
    start = Usage.now()
    with WavWriter(out, rate_hz, 2, "pcm24", "plain", overwrite=True) as writer:
        for block in summed([Part(1.0, read_blocks(path)) for path in paths], frames):
            writer.write(block)
    return Usage.now().since(start)


def in_pedalboard(paths: list[Path], out: Path, *, with_master: bool) -> Usage:
    """(b) The same inserts in plain pedalboard, streamed in chunks, summed, written in 24 bit.

    Its compressor is not stereo-linked, its limiter guarantees no ceiling, nothing is measured,
    solved or stored.
    """
    start = Usage.now()
    boards = [_lane() for _ in paths]
    bus = _bus() if with_master else _board([])
    files = [AudioFile(str(path)) for path in paths]
    rate_hz = files[0].samplerate
    with AudioFile(str(out), "w", rate_hz, 2, bit_depth=24) as writer:
        while files[0].tell() < files[0].frames:
            total: Any = 0.0
            for file, board in zip(files, boards, strict=True):
                total = total + board.process(file.read(_CHUNK_FRAMES), rate_hz, reset=False)
            writer.write(bus.process(total, rate_hz, reset=False))
    for file in files:
        file.close()
    return Usage.now().since(start)


def _board(plugins: list[Any]) -> Any:
    return pedalboard.Pedalboard(plugins)  # type: ignore[attr-defined]  # absent from its stubs


def _lane() -> Any:
    return _board(
        [
            pedalboard.HighpassFilter(40),
            pedalboard.PeakFilter(400, -2, 1),
            pedalboard.HighShelfFilter(9000, 1),
            pedalboard.Compressor(-24, 2, 20, 150),
            pedalboard.PeakFilter(2500, 1, 0.8),
            pedalboard.LowShelfFilter(120, 0.5),
        ]
    )


def _bus() -> Any:
    return _board(
        [
            pedalboard.HighpassFilter(24),
            pedalboard.Compressor(-18, 1.5, 30, 150),
            pedalboard.HighShelfFilter(11000, 0.5),
            pedalboard.Limiter(-1, 100),
        ]
    )


def in_matchering(python: Path, target: Path, reference: Path, out: Path) -> tuple[Usage, int]:
    """(c) matchering on the sum, its own start-up left out; usage and peak bytes."""
    return _told([str(python), "-c", _MATCHERING, str(target), str(reference), str(out)])


def bare_plugins(paths: list[Path], plugin: Path, tail_s: float) -> tuple[Usage, int]:
    """The plugin over the same audio, lane after lane, in one dawdreamer process."""
    words = [sys.executable, "-c", _BARE, str(plugin), str(tail_s), *map(str, paths)]
    return _told(words)


def _told(command: list[str]) -> tuple[Usage, int]:
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    wall_s, cpu_s, peak_kib = json.loads(done.stdout.splitlines()[-1])
    return Usage(wall_s, cpu_s), peak_kib * 1024
