"""Setting a plugin up through pedalboard, inside a worker child.

The order matters: a parameter reaches a VST3's component only in a process call, and some plugins
take up a setting only when they are started. So a block is processed, the plugin started anew, and
another one processed before anything is read back or saved.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bridge.hosting.answers import LOADING, Refused, Tell, note
from bridge.hosting.parameters import Parameters, read_only
from bridge.hosting.pedalboard_plugin import (
    apply_state,
    check_class,
    class_id,
    load,
    parameters_of,
    process_silence,
    set_state,
    settle,
    state_of,
)

_MIDDLE = 0.5


@dataclass(frozen=True)
class _Before:
    """A plugin before its parameters were set: its preset, and the raw values to be changed."""

    preset: bytes
    raw: dict[str, float]


def prepare(job: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Load, apply state and parameters, process a block, read back, save; the answer's dict."""
    tell(LOADING)
    plugin = load(job["plugin"])
    check_class(plugin, job["plugin"])
    tell("applying its state")
    apply_state(plugin, job["plugin"], job["state"])
    tell("setting its parameters")
    parameters = parameters_of(plugin)
    chosen, faults = parameters.resolve(job["params"])
    shown = [name for name in dict(chosen) if _only_shows(plugin, job, parameters, name)]
    faults += [read_only(name) for name in shown]
    chosen = [(name, text) for name, text in chosen if name not in shown]
    raw = {name: parameters.raw(name) for name, _ in chosen}
    before = _Before(state_of(plugin, job["plugin"]), raw)
    for name, text in chosen:
        parameters.set(name, text)
    tell("processing silence")
    inputs, outputs = settle(plugin, job["sample_rate_hz"], job["buffer_size"])
    faults += parameters.refusals(chosen)
    if faults:
        raise Refused(*faults)
    answer: dict[str, Any] = {
        "class_id": class_id(plugin, job["plugin"]),
        "latency_frames": int(plugin.reported_latency_samples),
        "inputs": inputs,
        "outputs": outputs,
        "read_back": [(name, parameters.text(name)) for name in before.raw],
    }
    tell("saving its state")
    return answer | _saved(plugin, parameters, before, job)


def _only_shows(plugin: Any, job: dict[str, Any], parameters: Parameters, name: str) -> bool:
    """Tell whether a parameter that hosts may not change is a meter: its state lacks what is set.

    A meter takes what it is set to until it shows the next level, so that it reads back as asked.
    """
    if not parameters.shows_only(name):
        return False
    kept, before = parameters.raw(name), state_of(plugin, job["plugin"])
    parameters.set_raw([(name, 0.0 if kept > _MIDDLE else 1.0)])
    process_silence(plugin, job["sample_rate_hz"], job["buffer_size"])
    held = state_of(plugin, job["plugin"]) != before
    parameters.set_raw([(name, kept)])
    return not held


def _saved(
    plugin: Any, parameters: Parameters, before: _Before, job: dict[str, Any]
) -> dict[str, Any]:
    """Write the preset to run with; raw values instead where the plugin's state lacks them."""
    raw = {name: parameters.raw(name) for name in before.raw}
    given = None if job["state"] is None else Path(job["state"]).read_bytes()
    preset = given if given and not raw else state_of(plugin, job["plugin"])
    held = preset is given or _holds(plugin, job["plugin"], preset, parameters, before, raw)
    kept = preset if held else given
    if kept is not None:
        Path(job["preset_out"]).write_bytes(kept)
    if held or not raw:
        return {"raw_params": [], "diagnostics": []}
    told = note("state_incomplete", "its saved state lacks its parameters: they are set at run")
    return {"raw_params": list(raw.items()), "diagnostics": [told]}


def _holds(
    plugin: Any,
    wanted: dict[str, Any],
    preset: bytes,
    parameters: Parameters,
    before: _Before,
    raw: dict[str, float],
) -> bool:
    """Tell whether the plugin takes its own preset back, and the preset knows what was set."""
    texts = [parameters.text(name) for name in raw]
    try:
        set_state(plugin, wanted, preset)
    except RuntimeError:
        return False
    return texts == [parameters.text(name) for name in raw] and (
        preset != before.preset or raw == before.raw
    )


def describe(job: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Load a plugin, set it up and list its parameters."""
    tell(LOADING)
    plugin = load(job["plugin"])
    check_class(plugin, job["plugin"])
    tell("applying its state")
    apply_state(plugin, job["plugin"], job["state"])
    tell("reading its parameters")
    parameters = parameters_of(plugin)
    parameters.set_raw(job["raw_params"])
    described = parameters.described()
    tell("processing silence")
    inputs, outputs = process_silence(plugin, job["sample_rate_hz"], job["buffer_size"])
    return {"inputs": inputs, "outputs": outputs, "key_inputs": 0, "parameters": described}


def window(job: dict[str, Any], tell: Tell) -> dict[str, Any]:  # pragma: no cover - untested
    """Show the plugin's own window until it is closed, then save its state (macOS, Windows)."""
    tell(LOADING)
    plugin = load(job["plugin"])
    check_class(plugin, job["plugin"])
    tell("applying its state")
    apply_state(plugin, job["plugin"], job["state"])
    tell("showing its window")
    plugin.show_editor()
    tell("saving its state")
    process_silence(plugin, job["sample_rate_hz"], job["buffer_size"])
    Path(job["preset_out"]).write_bytes(state_of(plugin, job["plugin"]))
    return {}
