"""A plugin in pedalboard, inside a worker child; the only importer of pedalboard.

It hosts VST3s and, on macOS (untested), Audio Units. A VST3's state is a .vstpreset, an Audio
Unit's the property list that an .aupreset holds.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pedalboard._pedalboard as internals

from bridge.hosting.answers import Refused, kept
from bridge.hosting.engines.audio_files import Audio
from bridge.hosting.engines.parameters import Parameters
from bridge.hosting.jobs import Loaded
from stemwright.problems import Problem

_CHANNELS_TOLD = re.compile(r"expects (\d+) input channels and (\d+) output channels")
_CLASS_ID = slice(8, 40)
_LOUD, _NOISY_BLOCKS = 0.5, 16


def load(wanted: Loaded) -> Any:
    """Load the plugin `wanted`, of a file with several by its name."""
    # pedalboard sweeps every parameter 1000 times at load to guess its range, which takes minutes
    # in plugins that rebuild on a change; parameters it ignores are not swept.
    internals.PARAMETER_NAME_REGEXES_TO_IGNORE.add(re.compile(""))
    shell = wanted.name if wanted.shell else None
    try:
        return kept(internals.load_plugin(wanted.path, plugin_name=shell))
    except (ImportError, RuntimeError, ValueError) as error:
        if told := _CHANNELS_TOLD.search(str(error)):
            raise _mismatch(*told.groups()) from error
        reason = " ".join(str(error).split())[:300]
        raise Refused(
            Problem(
                "plugin_unloadable",
                f"{wanted.name} cannot be loaded: {reason}",
                hint="Reinstall the plugin, and check that it is built for this system.",
            )
        ) from error


def class_id(plugin: Any, wanted: Loaded) -> str:
    """The class a loaded VST3 is of; an Audio Unit is taken at the scan's word."""
    if wanted.format != "VST3":
        return wanted.class_id
    return bytes(plugin.preset_data[_CLASS_ID]).decode("ascii", "replace").upper()


def check_class(plugin: Any, wanted: Loaded) -> None:
    """Refuse a plugin of another class than was scanned."""
    found = class_id(plugin, wanted)
    if wanted.class_id and found != wanted.class_id.upper():
        raise Refused(
            Problem(
                "wrong_class",
                f"{wanted.name} was scanned as {wanted.class_id}, but its file loads {found}",
                expected=wanted.class_id,
                hint="The plugin was changed since it was scanned: scan again.",
            )
        )


def state_of(plugin: Any, wanted: Loaded) -> bytes:
    """The plugin's state as a state file holds it."""
    return bytes(plugin.preset_data if wanted.format == "VST3" else plugin.raw_state)


def set_state(plugin: Any, wanted: Loaded, state: bytes) -> None:
    """Hand a plugin what a state file holds; RuntimeError when it refuses."""
    if wanted.format == "VST3":
        plugin.preset_data = state
    else:
        plugin.raw_state = state


def apply_state(plugin: Any, wanted: Loaded, state: str | None) -> None:
    """Apply a state file; refuses what the plugin refuses."""
    if state is None:
        return
    try:
        set_state(plugin, wanted, Path(state).read_bytes())
    except RuntimeError as error:
        raise Refused(
            Problem(
                "bad_state",
                f"{Path(state).name} was refused by the plugin it belongs to",
                hint="Save the state again with the version of the plugin installed here.",
            )
        ) from error


def parameters_of(plugin: Any) -> Parameters:
    """The plugin's parameters; the public `plugin.parameters` would sweep every one of them."""
    return Parameters(lambda: plugin._parameters)  # noqa: SLF001 - no public unswept list


def process_silence(plugin: Any, sample_rate_hz: int, buffer_size: int) -> tuple[int, int]:
    """Process one silent block, stereo or else mono; the (input, output) channels that took it."""
    silence = np.zeros((2, buffer_size), dtype=np.float32)
    return _processed(plugin, silence, sample_rate_hz, buffer_size)[:2]


def process_noise(plugin: Any, sample_rate_hz: int, buffer_size: int) -> Audio:
    """What a plugin, started anew, makes of some blocks of noise; always the same noise."""
    plugin.reset()
    noise = np.random.default_rng(1).uniform(-_LOUD, _LOUD, (2, _NOISY_BLOCKS * buffer_size))
    fed = noise.astype(np.float32)
    return _processed(plugin, fed, sample_rate_hz, buffer_size)[2]


def _processed(
    plugin: Any, audio: Audio, sample_rate_hz: int, buffer_size: int
) -> tuple[int, int, Audio]:
    """Process stereo, or else its left alone; the (input, output) channels, and what came."""
    told = "?", "?"
    for channels in (2, 1):
        fed = audio[:channels]
        try:
            out = plugin.process(fed, float(sample_rate_hz), buffer_size, reset=False)
        except ValueError as error:
            match = _CHANNELS_TOLD.search(str(error))
            told = (match[1], match[2]) if match else told
        else:
            return channels, int(out.shape[0]), out
    raise _mismatch(*told)


def settle(plugin: Any, sample_rate_hz: int, buffer_size: int) -> tuple[int, int]:
    """Start the plugin anew as it is set up; the (input, output) channels it takes.

    A parameter reaches a VST3's component only with a block, and some plugins apply a setting, or
    report its latency, only when they are started after that.
    """
    process_silence(plugin, sample_rate_hz, buffer_size)
    plugin.reset()
    return process_silence(plugin, sample_rate_hz, buffer_size)


def warm_up(plugins: Sequence[Any], seconds: float, sample_rate_hz: int, buffer_size: int) -> None:
    """Start plugins on a block of silence, wait for what they load by themselves, start anew."""
    for plugin in plugins:
        process_silence(plugin, sample_rate_hz, buffer_size)
    time.sleep(seconds)
    for plugin in plugins:
        plugin.reset()


def mismatch_in(error: ValueError) -> Refused | None:
    """The refusal behind a ValueError of `process`, when it is about channels."""
    told = _CHANNELS_TOLD.search(str(error))
    return None if told is None else _mismatch(*told.groups())


def _mismatch(inputs: str, outputs: str) -> Refused:
    return Refused(
        Problem(
            "channel_mismatch",
            f"the plugin takes {inputs} and gives {outputs} channels",
            expected="stereo in and out, or mono in and out",
            hint="Choose the plugin's stereo or mono effect version.",
        )
    )
