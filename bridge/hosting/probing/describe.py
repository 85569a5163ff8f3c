"""What a plugin says of itself once it is loaded: channels and parameters, read in a child."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bridge.hosting.hosts import TRIED_ELSEWHERE, ask
from bridge.hosting.jobs import RawParams, describe_job
from bridge.hosting.port import LOAD_DEADLINE_S
from bridge.plugins import Plugin, Slot
from stemwright.problems import RenderError


@dataclass(frozen=True)
class ParameterText:
    """One parameter in the plugin's own display texts; `steps` is None when it is continuous.

    `values` are all it can be, where it is a list.
    """

    name: str
    value: str
    default: str
    min: str
    max: str
    steps: int | None
    automatable: bool
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Described:
    """Main channels, key inputs past them, parameters in the plugin's order."""

    inputs: int
    outputs: int
    key_inputs: int
    parameters: tuple[ParameterText, ...]


def describe(
    plugin: Plugin,
    deadline_s: float = LOAD_DEADLINE_S,
    *,
    state: Path | None = None,
    raw_params: RawParams = (),
    display: bool = True,
) -> Described:
    """Load `plugin` in a child, apply `state`, then `raw_params`, and list its parameters.

    `display` False hides the screen from it.

    Raises RenderError when it cannot be loaded in any host that knows its format.
    """

    def asked(engine: str) -> Described:
        job = describe_job(engine, plugin, state, raw_params, display=display)
        return _described(ask(job, deadline_s, Slot(plugin)))

    if plugin.format == "VST2":
        return asked("dawdreamer")
    try:
        return asked("pedalboard")
    except RenderError as first:
        if first.problems[0].kind not in TRIED_ELSEWHERE or plugin.classes_in_file > 1:
            raise
        try:
            return asked("dawdreamer")
        except RenderError:
            raise first from None


def _described(answer: dict[str, Any]) -> Described:
    return Described(
        inputs=answer["inputs"],
        outputs=answer["outputs"],
        key_inputs=answer["key_inputs"],
        parameters=tuple(_parameter(each) for each in answer["parameters"]),
    )


def _parameter(told: dict[str, Any]) -> ParameterText:
    return ParameterText(**told | {"values": tuple(told["values"])})
