"""Setting a plugin up through pedalboard, inside a worker child; the only importer of pedalboard.

The order matters: a parameter reaches a VST3's component only in a process call, so a block is
processed before anything is read back or saved.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pedalboard._pedalboard as internals

from bridge.hosting.answers import Refused, Tell, note, problem
from bridge.hosting.parameters import Parameters

_CHANNELS_TOLD = re.compile(r"expects (\d+) input channels and (\d+) output channels")
_CLASS_ID = slice(8, 40)


@dataclass(frozen=True)
class _Before:
    """A plugin before its parameters were set: its preset, and the raw values to be changed."""

    preset: bytes
    raw: dict[str, float]


def prepare(job: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Load, apply state and parameters, process a block, read back, save; the answer's dict."""
    tell("loading")
    plugin = _load(job["plugin"])
    _check_class(plugin, job["plugin"])
    tell("applying its state")
    _apply_state(plugin, job["state"])
    tell("setting its parameters")
    # The public `plugin.parameters` sweeps every parameter: see _load.
    parameters = Parameters(lambda: plugin._parameters)  # noqa: SLF001 - no public unswept list
    chosen, faults = parameters.resolve(job["params"])
    before = _Before(plugin.preset_data, {name: parameters.raw(name) for name, _ in chosen})
    for name, text in chosen:
        parameters.set(name, text)
    tell("processing silence")
    inputs, outputs = _process_silence(plugin, job["sample_rate_hz"], job["buffer_size"])
    faults += parameters.refusals(chosen)
    if faults:
        raise Refused(*faults)
    answer: dict[str, Any] = {
        "class_id": _class_id(plugin),
        "latency_frames": int(plugin.reported_latency_samples),
        "inputs": inputs,
        "outputs": outputs,
        "read_back": [(name, parameters.text(name)) for name in before.raw],
    }
    tell("saving its state")
    return answer | _saved(plugin, parameters, before, job)


def _load(wanted: dict[str, Any]) -> Any:
    # pedalboard sweeps every parameter 1000 times at load to guess its range, which takes minutes
    # in plugins that rebuild on a change; parameters it ignores are not swept.
    internals.PARAMETER_NAME_REGEXES_TO_IGNORE.add(re.compile(""))
    # Without a time-out of 0 it also feeds the plugin noise to see whether it has woken up.
    shell = wanted["name"] if wanted["shell"] else None
    try:
        return internals.load_plugin(wanted["path"], plugin_name=shell)
    except (ImportError, RuntimeError, ValueError) as error:
        if told := _CHANNELS_TOLD.search(str(error)):
            raise _mismatch(*told.groups()) from error
        reason = " ".join(str(error).split())[:300]
        raise Refused(
            problem(
                "plugin_unloadable",
                f"{wanted['name']} cannot be loaded: {reason}",
                hint="Reinstall the plugin, and check that it is built for this system.",
            )
        ) from error


def _class_id(plugin: Any) -> str:
    return bytes(plugin.preset_data[_CLASS_ID]).decode("ascii", "replace").upper()


def _check_class(plugin: Any, wanted: dict[str, Any]) -> None:
    found = _class_id(plugin)
    if wanted["class_id"] and found != wanted["class_id"].upper():
        raise Refused(
            problem(
                "wrong_class",
                f"{wanted['name']} was scanned as {wanted['class_id']}, but its file loads {found}",
                expected=wanted["class_id"],
                hint="The plugin was changed since it was scanned: scan again.",
            )
        )


def _apply_state(plugin: Any, state: str | None) -> None:
    if state is None:
        return
    try:
        plugin.preset_data = Path(state).read_bytes()
    except RuntimeError as error:
        raise Refused(
            problem(
                "bad_state",
                f"{Path(state).name} was refused by the plugin it belongs to",
                hint="Save the state again with the version of the plugin installed here.",
            )
        ) from error


def _process_silence(plugin: Any, sample_rate_hz: int, buffer_size: int) -> tuple[int, int]:
    """Process one silent block, stereo or else mono; the (input, output) channels that took it."""
    told = "?", "?"
    for channels in (2, 1):
        silence = np.zeros((channels, buffer_size), dtype=np.float32)
        try:
            out = plugin.process(silence, float(sample_rate_hz), buffer_size, reset=False)
        except ValueError as error:
            match = _CHANNELS_TOLD.search(str(error))
            told = (match[1], match[2]) if match else told
        else:
            return channels, int(out.shape[0])
    raise _mismatch(*told)


def _mismatch(inputs: str, outputs: str) -> Refused:
    return Refused(
        problem(
            "channel_mismatch",
            f"the plugin takes {inputs} and gives {outputs} channels",
            expected="stereo in and out, or mono in and out",
            hint="Choose the plugin's stereo or mono effect version.",
        )
    )


def _saved(
    plugin: Any, parameters: Parameters, before: _Before, job: dict[str, Any]
) -> dict[str, Any]:
    """Write the preset to run with; raw values instead where the plugin's state lacks them."""
    raw = {name: parameters.raw(name) for name in before.raw}
    given = None if job["state"] is None else Path(job["state"]).read_bytes()
    preset = given if given and not raw else plugin.preset_data
    held = preset is given or _holds(plugin, preset, parameters, before, raw)
    kept = preset if held else given
    if kept is not None:
        Path(job["preset_out"]).write_bytes(kept)
    if held or not raw:
        return {"raw_params": [], "diagnostics": []}
    told = note("state_incomplete", "its saved state lacks its parameters: they are set at run")
    return {"raw_params": list(raw.items()), "diagnostics": [told]}


def _holds(
    plugin: Any, preset: bytes, parameters: Parameters, before: _Before, raw: dict[str, float]
) -> bool:
    """Tell whether the plugin takes its own preset back, and the preset knows what was set."""
    texts = [parameters.text(name) for name in raw]
    try:
        plugin.preset_data = preset
    except RuntimeError:
        return False
    return texts == [parameters.text(name) for name in raw] and (
        preset != before.preset or raw == before.raw
    )
