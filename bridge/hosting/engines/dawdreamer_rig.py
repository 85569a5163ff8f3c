"""A plugin in a dawdreamer engine, inside a worker child; the only importer of dawdreamer.

A mono plugin on stereo is one instance a side. What a VST2 takes past its main inputs is its key.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dawdreamer

from bridge.hosting.answers import Refused, kept
from bridge.hosting.engines.display_text import reading
from bridge.hosting.engines.tapes import Sides, Tapes
from bridge.hosting.jobs import PluginJob, RawMoves, RawParams
from stemwright.problems import Problem

if TYPE_CHECKING:
    from bridge.hosting.engines.audio_files import Audio

_STEREO, _MONO = (2, 2), (1, 1)
_MOST_KEY_INPUTS = 2


class Rig:
    """A plugin in an engine: one stereo instance, or a mono instance a side.

    With `tapes`, a library of them, what `connect` feeds and `record` keeps is never held whole.
    """

    def __init__(self, job: PluginJob, tapes: str | None = None) -> None:
        self._rate_hz = job.sample_rate_hz
        self._buffer_size = job.buffer_size
        self._wanted = job.plugin
        self._engine = kept(dawdreamer.RenderEngine(float(self._rate_hz), self._buffer_size))
        self._tempo_bpm = float(job.tempo_bpm)
        self._engine.set_bpm(self._tempo_bpm)
        self._players: list[Any] = []
        self._plugins = [self._make("plugin0")]
        self.channels, self.key_inputs = self._channels(self._plugins[0])
        if self.channels == _MONO:
            self._plugins.append(self._make("plugin1"))
            self._channels(self._plugins[1])
        self._tapes = None if tapes is None else _tapes(tapes, self._engine)

    @property
    def first(self) -> Any:
        """The plugin, or its left instance."""
        return self._plugins[0]

    def _make(self, name: str) -> Any:
        try:
            return kept(self._engine.make_plugin_processor(name, self._wanted.path))
        except RuntimeError as error:
            raise Refused(
                Problem(
                    "plugin_unloadable",
                    f"{self._wanted.name} cannot be loaded",
                    hint="Reinstall the plugin, and check that it is built for this system.",
                )
            ) from error

    def _channels(self, plugin: Any) -> tuple[tuple[int, int], int]:
        found = _counts(plugin)
        if self._wanted.format != "VST2":
            return _main_bus(plugin, found), 0
        # Never set_bus on a VST2: it would leave out a buffer that the plugin goes on reading.
        main, keys = (found[1], found[1]), found[0] - found[1]
        if main not in (_STEREO, _MONO) or not 0 <= keys <= _MOST_KEY_INPUTS:
            raise _mismatch(found)
        return main, keys

    def load_state(self, state: str | None, raw_params: RawParams) -> None:
        """Apply a state, then raw values by name; before the graph, or latency goes stale."""
        if state is None and not raw_params and self._wanted.shell:
            raise _shell(self._wanted.name)
        for plugin in self._plugins:
            if state is not None:
                self._load(plugin, state)
            _set_raw(plugin, raw_params)

    def _load(self, plugin: Any, state: str) -> None:
        load = {"VST3": plugin.load_vst3_preset, "VST2": plugin.load_preset}
        try:
            loaded = load.get(self._wanted.format, plugin.load_state)(state)
        except RuntimeError:
            loaded = False
        if loaded is False and self._wanted.shell:
            raise _shell(self._wanted.name)
        if loaded is False:  # load_state, for an Audio Unit, says nothing
            raise Refused(
                Problem(
                    "bad_state",
                    f"{Path(state).name} was refused by {self._wanted.name}",
                    hint="Save the state again with the version of the plugin installed here.",
                )
            )

    def move(self, moved: RawMoves, frames: int) -> None:
        """Have parameters move in what is rendered, which is about so many frames long."""
        if not moved:
            return
        from bridge.hosting.engines.dawdreamer_lines import pulses_of  # with numpy, as said

        quarter_frames = self._rate_hz * 60.0 / self._tempo_bpm
        for name, values in moved:
            told, pulses = pulses_of(values, frames, self._buffer_size, quarter_frames)
            for plugin in self._plugins:
                index_of = index_by_name(plugin)
                if name not in index_of:
                    raise _no_parameter(name)
                plugin.set_automation(index_of[name], told, ppqn=pulses)

    def settle(self, *, primed: bool = False) -> None:
        """Have the next graph start the plugin anew as it is set up: some take a setting up then.

        What was set one by one reaches a VST3's component only with a buffer, and a VST2's latency
        is known only after one: `primed`, silent ones come first.
        """
        if primed:
            self._load_graph("silence", None, None)
            for _ in range(2):  # a render starts the plugin: the second with what the first set
                self._run(self._buffer_size)
        if self._wanted.format == "VST2":
            return
        for plugin in self._plugins:
            _release(plugin, self.channels)

    def warm_up(self, seconds: float) -> None:
        """Start the plugin, wait for what it loads by itself, have the next graph start it anew."""
        self._load_graph("silence", None, None)
        time.sleep(seconds)
        self.settle()

    def save_state(self, out: str) -> None:
        """Write the plugin's state to `out`, a VST2's as a bank (.fxb)."""
        self.first.save_state(out)

    @property
    def records(self) -> bool:
        """Whether it is to `record` rather than to `render`."""
        return self._tapes is not None

    def connect(self, source: str | None, key: str | None = None) -> None:
        """Feed the raw files `source` (None: silence) and `key` to the plugin; load the graph."""
        self._load_graph("in", source, key)

    def _load_graph(self, name: str, source: str | Audio | None, key: str | None) -> None:
        graph: list[tuple[Any, list[str]]] = []
        self._players = []
        recorder = None if self._tapes is None or source is None else self._tapes.recorder
        for side, plugin in enumerate(self._plugins):
            sides = Sides.BOTH if len(self._plugins) == 1 else Sides(side)
            fed = [f"{name}{side}"]
            graph.append((self._player(fed[0], source, sides), []))
            if key is not None:
                fed.append(f"key{side}")
                sides = Sides.BOTH if self.key_inputs == _STEREO[0] else Sides.MEAN
                graph.append((self._player(fed[1], key, sides), []))
            plugin.record = recorder is None and len(self._plugins) > 1
            graph.append((plugin, fed))
        if recorder is not None:
            graph.append((recorder, [f"plugin{side}" for side in range(len(self._plugins))]))
        self._engine.load_graph(graph)

    def _player(self, name: str, source: str | Audio | None, sides: Sides) -> Any:
        """What gives the chosen sides of a raw file or of samples, or silence."""
        if self._tapes is not None and (source is None or isinstance(source, str)):
            return self._tapes.player(name, source, sides)
        from bridge.hosting.engines.audio_files import held  # with numpy, which tapes do without

        player = self._engine.make_playback_processor(name, held(source, sides))
        self._players.append(player)
        return player

    def try_out(self, audio: Audio, raw_params: RawParams) -> None:
        """Set raw values, start the plugin anew with them, and feed it (2, frames) `audio`.

        What was set reaches a VST3's component with a buffer: silent ones come first, as nothing
        of what is heard may depend on the values before.
        """
        for plugin in self._plugins:
            _set_raw(plugin, raw_params)
        self.settle(primed=True)
        self._load_graph("in", audio, None)

    def latency_frames(self) -> int:
        """What the plugin reports, right once the graph is loaded; later changes do not show."""
        return max(int(plugin.get_latency_samples()) for plugin in self._plugins)

    def record(self, output: str, skip: int, frames: int) -> None:
        """Render, leave `skip` frames out at the front, and write `frames` to the file `output`.

        Raises OSError. What is no finite number is refused, wherever it is.
        """
        if self._tapes is None:
            raise ValueError("there are no tapes")
        self._tapes.record_to(output, skip, frames)
        whole = self._run(skip + frames)
        self._tapes.finish()
        counts = [_counts(plugin)[1] for plugin in self._plugins]
        if sum(counts) != _STEREO[1]:
            raise _wrong_length([(count, whole) for count in counts], skip + frames)
        if (frame := self._tapes.not_finite_from()) is not None:
            from bridge.hosting.engines.output_checks import not_finite  # with numpy

            raise not_finite(frame - skip)

    def render(self, frames: int, *, last: bool = False) -> tuple[Audio, Audio]:
        """Render at least `frames` frames, in whole buffers; left and right, (frames,) each.

        After the `last` one nothing is fed any more: the host's copy of the input goes before its
        output is copied out.
        """
        self._run(frames)
        if last:
            import numpy as np  # which tapes do without

            for player in self._players:
                player.set_data(np.zeros((player.get_num_output_channels(), 1), np.float32))
        if len(self._plugins) > 1:
            sides = [self._engine.get_audio(f"plugin{side}") for side in (0, 1)]
        else:
            sides = [self._engine.get_audio()]
        channels = [channel for side in sides for channel in side]
        if len(channels) != 2 or min(len(channel) for channel in channels) < frames:
            raise _wrong_length([side.shape for side in sides], frames)
        return channels[0], channels[1]

    def _run(self, frames: int) -> int:
        """Process at least `frames` frames, in whole buffers; how many it were."""
        whole = -(-frames // self._buffer_size) * self._buffer_size
        # dawdreamer floors duration * rate: half a frame more keeps it off the edge.
        self._engine.render((whole + 0.5) / self._rate_hz)
        return whole


def _tapes(library: str, engine: Any) -> Tapes | None:
    """The tapes of a library; None where it cannot be loaded, and audio is to be held."""
    try:
        return Tapes(library, engine)
    except (OSError, AttributeError, RuntimeError):
        return None


def _wrong_length(shapes: Iterable[tuple[int, ...]], frames: int) -> Refused:
    said = ", ".join(str(shape) for shape in shapes)
    return Refused(Problem("wrong_length", f"the plugin gave {said} for {frames} stereo frames"))


def _main_bus(plugin: Any, found: tuple[int, int]) -> tuple[int, int]:
    """Bring a plugin's main bus to stereo or mono in and out, and say which; refuse any other.

    Only side-chain buses are switched off: a mono plugin asked for stereo says yes, and then
    leaves a channel silent.
    """
    if max(found) > 2:
        plugin.disable_nonmain_buses()
        found = _counts(plugin)
    if max(found) > 2 and plugin.can_set_bus(*_STEREO):
        plugin.set_bus(*_STEREO)
        found = _counts(plugin)
    if found in (_STEREO, _MONO):
        return found
    raise _mismatch(found)


def _release(plugin: Any, channels: tuple[int, int]) -> None:
    """Give a plugin the buses it has, which has it prepared anew once the graph is loaded."""
    if plugin.can_set_bus(*channels):
        plugin.set_bus(*channels)
    else:  # its key's bus, off since it was loaded
        plugin.disable_nonmain_buses()


def _mismatch(found: tuple[int, int]) -> Refused:
    return Refused(
        Problem(
            "channel_mismatch",
            f"the plugin takes {found[0]} and gives {found[1]} channels",
            expected="stereo in and out, or mono in and out",
            hint="Choose the plugin's stereo or mono effect version.",
        )
    )


def _shell(name: str) -> Refused:
    return Refused(
        Problem(
            "shell_unreachable",
            f"{name} lies in a file with several plugins, of which dawdreamer loads the first",
            hint='Write host = "pedalboard" in the chain\'s [engine].',
        )
    )


def _counts(plugin: Any) -> tuple[int, int]:
    return plugin.get_num_input_channels(), plugin.get_num_output_channels()


def index_by_name(plugin: Any) -> dict[str, int]:
    """Where each of the plugin's parameters is; the first of several with one name."""
    count = plugin.get_plugin_parameter_size()
    return {plugin.get_parameter_name(index): index for index in reversed(range(count))}


def _set_raw(plugin: Any, raw_params: RawParams) -> None:
    index_of = index_by_name(plugin)
    for name, value in raw_params:
        if name not in index_of:
            raise _no_parameter(name)
        plugin.set_parameter(index_of[name], value)


def _no_parameter(name: str) -> Refused:
    return Refused(Problem("unknown_parameter", f'the plugin has no parameter "{name}"'))


_HALVINGS = 30
_GRID = 128


def listed(plugin: Any) -> Iterator[FoundParameter]:
    """Every parameter of a dawdreamer plugin processor."""
    for each in plugin.get_parameters_description():
        yield FoundParameter(plugin, each)


class FoundParameter:
    """One parameter; looking for a text moves it, and puts it back."""

    def __init__(self, plugin: Any, described: dict[str, Any]) -> None:
        self._plugin = plugin
        self._index = int(described["index"])
        self.name = str(described["name"])
        self.label = str(described["label"])
        self.num_steps = int(described["numSteps"])
        self.is_automatable = bool(described["isAutomatable"])
        # A freshly loaded plugin stands at its defaults, and VST2 knows no others.
        self.default_raw_value = self.raw_value

    @property
    def raw_value(self) -> float:
        """The value, 0 to 1."""
        return float(self._plugin.get_parameter(self._index))

    @raw_value.setter
    def raw_value(self, value: float) -> None:
        self._plugin.set_parameter(self._index, value)

    @property
    def string_value(self) -> str:
        """What the plugin displays."""
        return str(self._plugin.get_parameter_text(self._index))

    def get_text_for_raw_value(self, raw_value: float) -> str:
        """What the plugin would display."""
        kept = self.raw_value
        self.raw_value = raw_value
        text = self.string_value
        self.raw_value = kept
        return text

    def get_raw_value_for_text(self, text: str) -> float:
        """The value that displays `text`, or the nearest; unreadable text leaves it where it is."""
        asked = reading(text, self.label)
        ends = [reading(self.get_text_for_raw_value(end), self.label) for end in (0.0, 1.0)]
        low, high = ends
        if asked is None or low is None or high is None:
            return self._for_word(text)
        rising = high.value >= low.value
        below, above = 0.0, 1.0
        for _ in range(_HALVINGS):
            middle = (below + above) / 2
            found = reading(self.get_text_for_raw_value(middle), self.label)
            if found is None:
                return self._for_word(text)
            if (found.value < asked.value) == rising:
                below = middle
            else:
                above = middle
        return min((below, above), key=lambda value: self._distance(value, asked.value))

    def _distance(self, value: float, asked: float) -> float:
        found = reading(self.get_text_for_raw_value(value), self.label)
        return float("inf") if found is None else abs(found.value - asked)

    def _for_word(self, text: str) -> float:
        folded = text.strip().casefold()
        for step in range(_GRID + 1):
            if self.get_text_for_raw_value(step / _GRID).strip().casefold() == folded:
                return step / _GRID
        return self.raw_value
