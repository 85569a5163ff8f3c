"""What ours is measured beside; none of it is code of ours, so that our speed moves no yardstick.

Each function is work for `benchmarks.apart`: it imports what it needs, then starts its clock.
"""

from __future__ import annotations

import os
import subprocess
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.usage import Clock, Told

_SUM_FRAMES = 16384
_CHUNK_FRAMES = 65536


def plain_sum(paths: list[str], out: str) -> Told:
    """(a) Read the stems, write their sum: soundfile and numpy, float64, rounded by libsndfile."""
    import numpy as np
    import soundfile

    clock = Clock()
    files = [soundfile.SoundFile(path) for path in paths]
    streams = [file.blocks(_SUM_FRAMES, dtype="float64", always_2d=True) for file in files]
    with soundfile.SoundFile(out, "w", files[0].samplerate, 2, "PCM_24") as writer:
        for blocks in zip(*streams, strict=True):
            total = np.zeros_like(blocks[0])
            for block in blocks:
                total += block
            writer.write(total)
    for file in files:
        file.close()
    return clock.told()


def in_pedalboard(paths: list[str], out: str, with_master: bool) -> Told:
    """(b) The same inserts in plain pedalboard, streamed in chunks, summed, written in 24 bit.

    Its compressor is not stereo-linked, its limiter guarantees no ceiling, nothing is measured,
    solved or stored.
    """
    from pedalboard.io import AudioFile

    clock = Clock()
    boards = [_lane() for _ in paths]
    bus = _bus() if with_master else _board([])
    files = [AudioFile(path) for path in paths]
    rate_hz = files[0].samplerate
    with AudioFile(out, "w", rate_hz, 2, bit_depth=24) as writer:
        while files[0].tell() < files[0].frames:
            total: Any = 0.0
            for file, board in zip(files, boards, strict=True):
                total = total + board.process(file.read(_CHUNK_FRAMES), rate_hz, reset=False)
            writer.write(bus.process(total, rate_hz, reset=False))
    for file in files:
        file.close()
    return clock.told(version=version("pedalboard"))


def _board(plugins: list[Any]) -> Any:
    return import_module("pedalboard").Pedalboard(plugins)


def _lane() -> Any:
    import pedalboard

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
    import pedalboard

    return _board(
        [
            pedalboard.HighpassFilter(24),
            pedalboard.Compressor(-18, 1.5, 30, 150),
            pedalboard.HighShelfFilter(11000, 0.5),
            pedalboard.Limiter(-1, 100),
        ]
    )


def in_matchering(target: str, reference: str, out: str) -> Told:
    """(c) matchering from the sum to a reference."""
    matchering: Any = import_module("matchering")
    clock = Clock()
    matchering.process(target, reference, [matchering.pcm24(out)])
    return clock.told(version=version("matchering"))


def bare_plugins(paths: list[str], plugin_path: str, tail_s: float) -> Told:
    """The plugin over the same audio, lane after lane, in one dawdreamer process."""
    import dawdreamer
    import numpy as np
    import soundfile

    clock = Clock()
    for path in paths:
        samples, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
        fed = np.concatenate([samples, np.zeros((int(tail_s * rate_hz), 2), np.float32)]).T
        engine = dawdreamer.RenderEngine(rate_hz, 512)
        source = engine.make_playback_processor("in", np.ascontiguousarray(fed))
        plugin = engine.make_plugin_processor("plugin", plugin_path)
        names = [each["name"] for each in plugin.get_parameters_description()]
        plugin.set_parameter(names.index("Threshold"), (80.0 - 24.0) / 80.0)
        engine.load_graph([(source, []), (plugin, ["in"])])
        engine.render((fed.shape[1] + 0.5) / rate_hz)
        engine.get_audio().T.tofile(os.devnull)
    return clock.told()


_SONARE_LANE = [
    {
        "processor": "eq.parametric",
        "slot": "pre",
        "params": {
            "band0.frequencyHz": 40,
            "band0.gainDb": -6,
            "band1.frequencyHz": 400,
            "band1.gainDb": -2,
            "band2.frequencyHz": 9000,
            "band2.gainDb": 1,
        },
    },
    {
        "processor": "dynamics.compressor",
        "slot": "pre",
        "params": {"thresholdDb": -24, "ratio": 2, "attackMs": 20, "releaseMs": 150},
    },
    {
        "processor": "eq.parametric",
        "slot": "pre",
        "params": {
            "band0.frequencyHz": 2500,
            "band0.gainDb": 1,
            "band1.frequencyHz": 120,
            "band1.gainDb": 0.5,
        },
    },
]
_SONARE_MASTER = {
    "eq.tilt.tiltDb": 0.5,
    "dynamics.compressor.thresholdDb": -18,
    "dynamics.compressor.ratio": 1.5,
    "loudness.targetLufs": -12,
    "loudness.ceilingDb": -1,
}
_SONARE_FRAMES = 16384


def in_sonare_mixer(paths: list[str], out: str) -> Told:
    """libsonare's mixer: as many bands and a compressor in each strip, meters off, streamed.

    Its parametric bands are bells where ours are a pass and shelves too.
    """
    import json

    import soundfile

    sonare: Any = import_module("libsonare")
    clock = Clock()
    names = [f"strip{number}" for number in range(len(paths))]
    scene = {
        "buses": [{"id": "master", "inserts": [], "role": "master"}],
        "strips": [
            {"id": name, "inserts": _SONARE_LANE, "metering": {"enabled": False}} for name in names
        ],
        "connections": [{"source": name, "destination": "master"} for name in names],
    }
    files = [soundfile.SoundFile(path) for path in paths]
    streams = [file.blocks(_SONARE_FRAMES, dtype="float32", always_2d=True) for file in files]
    rate_hz = files[0].samplerate
    mixer = sonare.Mixer.from_scene_json(json.dumps(scene), rate_hz, _SONARE_FRAMES)
    if mixer.scene_warnings():
        raise ValueError(f"libsonare takes the scene otherwise: {mixer.scene_warnings()[0]}")
    with soundfile.SoundFile(out, "w", rate_hz, 2, "PCM_24") as writer:
        for blocks in zip(*streams, strict=True):
            channels = [[block[:, side].copy() for block in blocks] for side in (0, 1)]
            writer.write(_stereo(mixer.process_stereo(*channels)))
    return clock.told(version=version("libsonare"))


def in_sonare_chain(mix: str, out: str) -> Told:
    """libsonare's chain over a mix: tilt, compressor, loudness under a true-peak ceiling."""
    import soundfile

    sonare: Any = import_module("libsonare")
    clock = Clock()
    samples, rate_hz = soundfile.read(mix, dtype="float32", always_2d=True)
    left, right = samples[:, 0].copy(), samples[:, 1].copy()
    made = sonare.mastering_chain_stereo(left, right, rate_hz, _SONARE_MASTER)
    soundfile.write(out, _stereo(made), rate_hz, "PCM_24")
    return clock.told(
        version=version("libsonare"),
        integrated_lufs=made.output_lufs,
        true_peak_dbtp=made.output_true_peak_dbtp,
    )


def in_sonare_match(target: str, reference: str, out: str) -> Told:
    """libsonare's match equaliser, which works on one channel: on the mid, then on the side."""
    import numpy as np
    import soundfile

    sonare: Any = import_module("libsonare")
    clock = Clock()
    samples, rate_hz = soundfile.read(target, dtype="float32", always_2d=True)
    wanted, wanted_hz = soundfile.read(reference, dtype="float32", always_2d=True)
    halves = []
    for sign in (1, -1):
        own, other = (0.5 * (each[:, 0] + sign * each[:, 1]) for each in (samples, wanted))
        made = sonare.mastering_pair_process(
            "match.applyMatchEq", own, other, rate_hz, reference_sample_rate=wanted_hz
        )
        halves.append(np.array(made.samples, np.float32))
    mid, side = halves
    soundfile.write(out, np.array([mid + side, mid - side]).T, rate_hz, "FLOAT")
    return clock.told(version=version("libsonare"))


def _stereo(made: Any) -> Any:
    """Return (frames, 2): libsonare gives lists, a number at a time."""
    import numpy as np

    return np.array([made.left, made.right], np.float32).T


def in_ffmpeg(*words: str) -> Told:
    """Run the system's ffmpeg on the words given; its start-up is small, and counted."""
    run = ["ffmpeg", "-nostdin", "-hide_banner", "-loglevel", "error", "-y", *words]
    clock = Clock()
    subprocess.run(run, check=True, stdout=subprocess.DEVNULL)
    return clock.told()


def loudnorm_words(mix: Path, out: Path, rate_hz: int) -> list[str]:
    """ffmpeg's one-pass loudness normaliser over a mix, written in 24 bit at its own rate."""
    filters = "loudnorm=I=-12:TP=-1:LRA=11"
    written = ["-ar", str(rate_hz), "-c:a", "pcm_s24le", str(out)]
    return ["-i", str(mix), "-af", filters, *written]


def ebur128_words(mix: Path) -> list[str]:
    """ffmpeg's meter with true peak over a file."""
    return ["-i", str(mix), "-af", "ebur128=peak=true", "-f", "null", "-"]


def in_libebur128(path: str) -> Told:
    """libebur128 through pyebur128: integrated, range and true peak, read in blocks."""
    import pyebur128
    import soundfile

    clock = Clock()
    modes = pyebur128.MeasurementMode
    wanted = modes.MODE_I | modes.MODE_LRA | modes.MODE_S | modes.MODE_M | modes.MODE_TRUE_PEAK
    with soundfile.SoundFile(path) as file:
        meter = pyebur128.R128State(file.channels, file.samplerate, wanted)
        for block in file.blocks(_SUM_FRAMES, dtype="float64", always_2d=True):
            meter.add_frames(block.ravel(), len(block))
        channels = range(file.channels)
    integrated_lufs = pyebur128.get_loudness_global(meter)
    range_lu = pyebur128.get_loudness_range(meter)
    peak = max(pyebur128.get_true_peak(meter, channel) for channel in channels)
    return clock.told(integrated_lufs=integrated_lufs, range_lu=range_lu, true_peak=peak)


def reading(paths: list[str]) -> Told:
    """Read files and drop them."""
    import soundfile

    clock = Clock()
    for path in paths:
        with soundfile.SoundFile(path) as file:
            for _ in file.blocks(_SUM_FRAMES, dtype="float64", always_2d=True):
                continue
    return clock.told()


def subtraction(a: str, b: str) -> Told:
    """The power of B minus A, block by block."""
    import soundfile

    clock = Clock()
    power = 0.0
    with soundfile.SoundFile(a) as one, soundfile.SoundFile(b) as other:
        streams = (file.blocks(_SUM_FRAMES, dtype="float64") for file in (one, other))
        for left, right in zip(*streams, strict=True):
            left -= right
            power += float((left * left).sum())
    return clock.told(power=power)
