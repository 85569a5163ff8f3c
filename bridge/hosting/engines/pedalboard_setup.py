"""Setting a plugin up through pedalboard, inside a worker child.

The order matters: a parameter reaches a VST3's component only in a process call, and some plugins
take up a setting only when they are started. So a block is processed, the plugin started anew, and
another one processed before anything is read back or saved.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bridge.hosting.answers import (
    LOADING,
    WARMING_UP,
    Described,
    Done,
    PrepareAnswer,
    Refused,
    Tell,
    note,
    warning,
)
from bridge.hosting.engines.parameters import Parameters, read_only
from bridge.hosting.engines.pedalboard_plugin import (
    apply_state,
    check_class,
    class_id,
    load,
    parameters_of,
    process_noise,
    process_silence,
    set_state,
    settle,
    state_of,
    warm_up,
)
from bridge.hosting.jobs import Describe, Loaded, Prepare, Window
from stemwright.problems import Diagnostic, Problem

_MIDDLE = 0.5
_ON_THE_WAY = 0.4


@dataclass(frozen=True)
class _Before:
    """A plugin before its parameters were set: its preset, and the raw values to be changed."""

    preset: bytes
    raw: dict[str, float]


def prepare(job: Prepare, tell: Tell) -> PrepareAnswer:
    """Load, apply state and parameters, process a block, read back, save."""
    tell(LOADING)
    plugin = load(job.plugin)
    check_class(plugin, job.plugin)
    tell("applying its state")
    apply_state(plugin, job.plugin, job.state)
    if job.warm_up_s:
        tell(WARMING_UP)
        warm_up([plugin], job.warm_up_s, job.sample_rate_hz, job.buffer_size)
    tell("setting its parameters")
    parameters = parameters_of(plugin)
    chosen, faults = parameters.resolve(job.params)
    raw = {name: parameters.raw(name) for name, _ in chosen}
    before = _Before(state_of(plugin, job.plugin), raw)
    for name, text in chosen:
        parameters.set(name, text)
    tell("processing silence")
    inputs, outputs = settle(plugin, job.sample_rate_hz, job.buffer_size)
    refused = parameters.refusals(chosen)
    pairs = {name: (before.raw[name], parameters.raw(name)) for name in before.raw}
    found_class, latency_frames = class_id(plugin, job.plugin), int(plugin.reported_latency_samples)
    read_back = tuple((name, parameters.text(name)) for name in before.raw)
    tell("saving its state")
    raw_params, told = _saved(plugin, parameters, before, job)
    tell("looking for meters among its parameters")
    unheard = _unheard(plugin, job, parameters, pairs, {_parameter(fault) for fault in refused})
    meters = [name for name in unheard if parameters.is_hidden(name)]
    faults += [fault for fault in refused if _parameter(fault) not in meters]
    faults += [read_only(name) for name in meters]
    if faults:
        raise Refused(*faults)
    return PrepareAnswer(
        class_id=found_class,
        latency_frames=latency_frames,
        inputs=inputs,
        outputs=outputs,
        read_back=read_back,
        raw_params=raw_params,
        diagnostics=(*told, *map(_told_unheard, unheard)),
    )


def _parameter(fault: Problem) -> str | int | None:
    return fault.where.get("parameter")


def _unheard(
    plugin: Any,
    job: Prepare,
    parameters: Parameters,
    pairs: dict[str, tuple[float, float]],
    faulty: Container[str | int | None],
) -> list[str]:
    """The parameters that neither the state nor the sound follows.

    `pairs` are raw values before and after; where both are the same, another is tried.
    """
    found = []
    for name, (old, new) in pairs.items():
        if not parameters.may_show(name, changed=old != new or name in faulty):
            continue
        far = float(new <= _MIDDLE)
        # DPF does not hear of a value that goes back to its default, often the middle or an end.
        values = (new, old if old != new else far, new + _ON_THE_WAY * (far - new))
        if _only_shows(plugin, job, parameters, name, values):
            found.append(name)
    return found


def _told_unheard(name: str) -> Diagnostic:
    """The warning of a parameter that may be a meter, or does nothing as the rest is set."""
    message = (
        f'"{name}" changes neither the state nor the sound as the plugin is set now: '
        "leave it out if it only shows something"
    )
    return warning("parameter_unheard", message)


def _only_shows(
    plugin: Any,
    job: Prepare,
    parameters: Parameters,
    name: str,
    values: tuple[float, ...],
) -> bool:
    """Tell whether neither the state nor the sound follows a parameter: it may be a meter.

    A meter reads back what it was set to until the plugin shows the next level. So does the
    frequency of a band that is not turned up.
    """
    rate_hz, size = job.sample_rate_hz, job.buffer_size
    states, heard = [], []
    # The first once more: a plugin may show it and stand elsewhere, until it is told.
    values = (*values, values[0])
    for value in values:
        parameters.set_raw([(name, value)])
        process_silence(plugin, rate_hz, size)
        states.append(state_of(plugin, job.plugin))
        if len(set(states)) > 1:
            return False
    for value in values:
        parameters.set_raw([(name, value)])
        process_silence(plugin, rate_hz, size)
        heard.append(process_noise(plugin, rate_hz, size))
    return all(np.array_equal(heard[0], each) for each in heard)


def _saved(
    plugin: Any, parameters: Parameters, before: _Before, job: Prepare
) -> tuple[tuple[tuple[str, float], ...], tuple[Diagnostic, ...]]:
    """Write the preset to run with; raw values, and a note, where its state lacks them."""
    raw = {name: parameters.raw(name) for name in before.raw}
    given = None if job.state is None else Path(job.state).read_bytes()
    preset = given if given and not raw else state_of(plugin, job.plugin)
    held = preset is given or _holds(plugin, job.plugin, preset, parameters, before, raw)
    kept = preset if held else given
    if kept is not None:
        Path(job.preset_out).write_bytes(kept)
    if held or not raw:
        return (), ()
    told = note("state_incomplete", "its saved state lacks its parameters: they are set at run")
    return tuple(raw.items()), (told,)


def _holds(
    plugin: Any,
    wanted: Loaded,
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


def describe(job: Describe, tell: Tell) -> Described:
    """Load a plugin, set it up and list its parameters."""
    tell(LOADING)
    plugin = load(job.plugin)
    check_class(plugin, job.plugin)
    tell("applying its state")
    apply_state(plugin, job.plugin, job.state)
    tell("reading its parameters")
    parameters = parameters_of(plugin)
    parameters.set_raw(job.raw_params)
    described = parameters.described()
    tell("processing silence")
    inputs, outputs = process_silence(plugin, job.sample_rate_hz, job.buffer_size)
    return Described(inputs, outputs, key_inputs=0, parameters=described)


def window(job: Window, tell: Tell) -> Done:  # pragma: no cover - untested
    """Show the plugin's own window until it is closed, then save its state (macOS, Windows)."""
    tell(LOADING)
    plugin = load(job.plugin)
    check_class(plugin, job.plugin)
    tell("applying its state")
    apply_state(plugin, job.plugin, job.state)
    tell("showing its window")
    plugin.show_editor()
    tell("saving its state")
    process_silence(plugin, job.sample_rate_hz, job.buffer_size)
    Path(job.preset_out).write_bytes(state_of(plugin, job.plugin))
    return Done()
