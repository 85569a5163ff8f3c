"""Rendering one insert in dawdreamer, inside a worker child; the only importer of dawdreamer.

dawdreamer neither compensates latency nor extends the render, so frames + latency are rendered, in
whole buffers, and the latency is cut off the front. A mono plugin on stereo is one instance a side.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dawdreamer
import numpy as np
import numpy.typing as npt

from bridge.hosting.answers import Refused, Tell, problem, warning
from bridge.hosting.checks import Comparison, first_not_finite, not_finite

Audio = npt.NDArray[np.float32]

_SLICE_FRAMES = 65536
_FRAME_BYTES = 8
_STEREO, _MONO = (2, 2), (1, 1)


def run(job: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Render `job["input"]` through one insert into `job["output"]`; the answer's dict."""
    tell("loading")
    rig = _Rig(job)
    tell("applying its state")
    rig.load_state(job["preset"], job["raw_params"])
    tell("being connected")
    rig.connect(job["input"])
    latency, told = _latency(rig, job)
    tell("processing")
    rig.render(job["frames"] + latency)
    audio = rig.take_audio(job["frames"] + latency)
    tell("handing its output over")
    told += _hand_over(audio, latency, job)
    memory = _peak_memory_bytes()
    return {"latency_frames": latency, "diagnostics": told, "peak_memory_bytes": memory}


def prepare(job: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Load a plugin without setting parameters, for one that pedalboard cannot load."""
    tell("loading")
    rig = _Rig(job)
    tell("applying its state")
    rig.load_state(job["state"], [])
    tell("being connected")
    rig.connect(None)
    if job["state"] is not None:
        Path(job["preset_out"]).write_bytes(Path(job["state"]).read_bytes())
    return {
        "class_id": job["plugin"]["class_id"],
        "latency_frames": rig.latency_frames(),
        "inputs": rig.channels[0],
        "outputs": rig.channels[1],
        "read_back": [],
        "raw_params": [],
        "diagnostics": [warning("prepared_elsewhere", "pedalboard cannot prepare it")],
    }


class _Rig:
    """A plugin in an engine: one stereo instance, or a mono instance a side."""

    def __init__(self, job: dict[str, Any]) -> None:
        self._rate_hz = job["sample_rate_hz"]
        self._buffer_size = job["buffer_size"]
        self._name = job["plugin"]["name"]
        self._engine = dawdreamer.RenderEngine(float(self._rate_hz), self._buffer_size)
        self._engine.set_bpm(float(job["tempo_bpm"]))
        first = self._make("plugin0", job["plugin"]["path"])
        self.channels = _channels(first)
        self._plugins = [first]
        if self.channels == _MONO:
            self._plugins.append(self._make("plugin1", job["plugin"]["path"]))
            _channels(self._plugins[1])

    def _make(self, name: str, path: str) -> Any:
        try:
            return self._engine.make_plugin_processor(name, path)
        except RuntimeError as error:
            raise Refused(
                problem(
                    "plugin_unloadable",
                    f"{self._name} cannot be loaded",
                    hint="Reinstall the plugin, and check that it is built for this system.",
                )
            ) from error

    def load_state(self, preset: str | None, raw_params: list[tuple[str, float]]) -> None:
        """Apply a .vstpreset, then raw values by name; before the graph, or latency goes stale."""
        for plugin in self._plugins:
            if preset is not None:
                self._load_preset(plugin, preset)
            _set_raw(plugin, raw_params)

    def _load_preset(self, plugin: Any, preset: str) -> None:
        try:
            loaded = plugin.load_vst3_preset(preset)
        except RuntimeError:
            loaded = False
        if not loaded:
            raise Refused(
                problem(
                    "bad_state",
                    f"{Path(preset).name} was refused by {self._name}",
                    hint="Save the state again with the version of the plugin installed here; "
                    "of a file with several plugins, dawdreamer loads the first alone.",
                )
            )

    def connect(self, source: str | None) -> None:
        """Feed the raw file `source` (None: silence) to the plugin and load the graph."""
        graph: list[tuple[Any, list[str]]] = []
        width = self.channels[0]
        for side, plugin in enumerate(self._plugins):
            audio = _input(source, slice(side, side + width))
            player = self._engine.make_playback_processor(f"in{side}", audio)
            plugin.record = len(self._plugins) > 1
            graph += [(player, []), (plugin, [f"in{side}"])]
        self._engine.load_graph(graph)

    def latency_frames(self) -> int:
        """What the plugin reports, right once the graph is loaded; later changes do not show."""
        return max(int(plugin.get_latency_samples()) for plugin in self._plugins)

    def render(self, frames: int) -> None:
        """Render at least `frames` frames, in whole buffers."""
        buffers = -(-frames // self._buffer_size)
        # dawdreamer floors duration * rate: half a frame more keeps it off the edge.
        self._engine.render((buffers * self._buffer_size + 0.5) / self._rate_hz)

    def take_audio(self, frames: int) -> tuple[Audio, Audio]:
        """The rendered left and right channels, as (frames,) each; refuses any other shape."""
        if len(self._plugins) > 1:
            sides = [self._engine.get_audio(f"plugin{side}") for side in (0, 1)]
        else:
            sides = [self._engine.get_audio()]
        channels = [channel for side in sides for channel in side]
        if len(channels) != 2 or min(len(channel) for channel in channels) < frames:
            shapes = ", ".join(str(side.shape) for side in sides)
            raise Refused(
                problem("wrong_length", f"the plugin gave {shapes} for {frames} stereo frames")
            )
        return channels[0], channels[1]


def _channels(plugin: Any) -> tuple[int, int]:
    """Bring a plugin's main bus to stereo or mono in and out, and say which; refuse any other.

    Only side-chain buses are switched off: a mono plugin asked for stereo says yes, and then
    leaves a channel silent.
    """
    found = _counts(plugin)
    if max(found) > 2:
        plugin.disable_nonmain_buses()
        found = _counts(plugin)
    if max(found) > 2 and plugin.can_set_bus(*_STEREO):
        plugin.set_bus(*_STEREO)
        found = _counts(plugin)
    if found in (_STEREO, _MONO):
        return found
    raise Refused(
        problem(
            "channel_mismatch",
            f"the plugin takes {found[0]} and gives {found[1]} channels",
            expected="stereo in and out, or mono in and out",
            hint="Choose the plugin's stereo or mono effect version.",
        )
    )


def _counts(plugin: Any) -> tuple[int, int]:
    return plugin.get_num_input_channels(), plugin.get_num_output_channels()


def _set_raw(plugin: Any, raw_params: list[tuple[str, float]]) -> None:
    count = plugin.get_plugin_parameter_size()
    index_of = {plugin.get_parameter_name(index): index for index in reversed(range(count))}
    for name, value in raw_params:
        if name not in index_of:
            raise Refused(problem("unknown_parameter", f'the plugin has no parameter "{name}"'))
        plugin.set_parameter(index_of[name], value)


def _latency(rig: _Rig, job: dict[str, Any]) -> tuple[int, list[dict[str, str]]]:
    """The frames to compensate, and what is odd about them."""
    reported, expected = rig.latency_frames(), job["expected_latency_frames"]
    if job["latency_frames"] is not None:
        return int(job["latency_frames"]), []
    if expected is None or expected == reported:
        return reported, []
    if job["raw_params"]:  # dawdreamer's figure is stale once parameters were set one by one
        return int(expected), []
    said = f"reports {reported} frames of latency; when it was prepared it was {expected}"
    return reported, [warning("latency_differs", said)]


def _input(source: str | None, sides: slice) -> Audio:
    """The chosen channels of an interleaved stereo file, (channels, frames) float32."""
    if source is None:
        return np.zeros((sides.stop - sides.start, 1), dtype=np.float32)
    frames = Path(source).stat().st_size // _FRAME_BYTES
    audio = np.empty((sides.stop - sides.start, frames), dtype=np.float32)
    position = 0
    for part in _slices(source):
        audio[:, position : position + part.shape[1]] = part[sides]
        position += part.shape[1]
    return audio


def _slices(source: str) -> Iterator[Audio]:
    with Path(source).open("rb") as file:
        while data := file.read(_SLICE_FRAMES * _FRAME_BYTES):
            yield np.frombuffer(data, dtype="<f4").reshape(-1, 2).T


def _hand_over(
    audio: tuple[Audio, Audio], latency: int, job: dict[str, Any]
) -> list[dict[str, str]]:
    """Check the output against the input, and write it without its latency."""
    _refuse_not_finite(audio, latency)
    compared = Comparison()
    with Path(job["output"]).open("wb") as file:
        position = latency
        for came in _slices(job["input"]):
            span = slice(position, position + came.shape[1])
            left = np.stack([channel[span] for channel in audio])
            compared.add(came, left)
            file.write(left.T.astype("<f4").tobytes())
            position = span.stop
    compared.refuse()
    return compared.warnings()


def _refuse_not_finite(audio: tuple[Audio, Audio], latency: int) -> None:
    # Before the latency is cut off, where a NaN may hide.
    for start in range(0, len(audio[0]), _SLICE_FRAMES):
        part = np.stack([channel[start : start + _SLICE_FRAMES] for channel in audio])
        frame = first_not_finite(part)
        if frame is not None:
            raise not_finite(start + frame - latency)


def _peak_memory_bytes() -> int:
    """The largest resident size so far; 0 on Windows, where it is not asked for."""
    if sys.platform == "win32":
        return 0
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
