"""What a worker child answers, as values, with one way into JSON and back for both sides.

A plugin shares the child's process and can write what it likes into the answer: so `checked` takes
nothing but what the job answers, of the right types.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

from stemwright.problems import Diagnostic, Problem

Tell = Callable[[str], None]
"""Told what is being done, in words that follow "while"."""


LOADING = "loading (where the host also runs and unloads it)"
"""Both hosts make the plugin, look at it, end it, and make it again; pedalboard also has it
process, so that a fault in its first block is one of loading."""

WARMING_UP = "loading by itself what it needs"
"""Samplers, convolvers and neural plugins read on a thread of their own once they are set up, and
are silent or dry until then. They are started, as some begin only then, waited for, and started
anew, so that what was read plays from the first frame on and is not faded in."""

_alive: list[object] = []


def kept(plugin: Any) -> Any:
    """`plugin`, never to be unloaded: its process ends without, as plugins crash there or hang."""
    _alive.append(plugin)
    return plugin


@dataclass(frozen=True)
class PluginClass:
    """One plugin that a file holds; `class_id` as in bridge.plugins.Plugin."""

    name: str
    vendor: str
    version: str
    class_id: str


@dataclass(frozen=True)
class FactoryAnswer:
    """All plugins that a library holds."""

    classes: tuple[PluginClass, ...]


@dataclass(frozen=True)
class OwnParameter:
    """A parameter as a VST3's controller has it; `id` is its ParamID in decimal."""

    id: str
    title: str


@dataclass(frozen=True)
class ControllerAnswer:
    """All parameters, in the plugin's order, and what was asked for from 0 to 1."""

    parameters: tuple[OwnParameter, ...]
    raw: tuple[tuple[float, ...], ...]


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


@dataclass(frozen=True)
class PrepareAnswer:
    """A plugin as it is set up, in the terms of port.Prepared; its state is in a file."""

    class_id: str
    latency_frames: int
    inputs: int
    outputs: int
    read_back: tuple[tuple[str, str], ...]
    raw_params: tuple[tuple[str, float], ...]
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True)
class RunAnswer:
    """A finished run, in the terms of port.RunResult; its output is in a file."""

    latency_frames: int
    peak_memory_bytes: int
    load_s: float
    process_s: float
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True)
class SaveAnswer:
    """A state was saved; `held` tells whether a new instance takes all of it back."""

    held: bool


@dataclass(frozen=True)
class Opened:
    """An insert is kept loaded; `latency_frames` are taken off whatever it renders.

    `values` are those of the parameters that are tried, 0 to 1, as it was set up.
    """

    latency_frames: int
    values: tuple[float, ...]


@dataclass(frozen=True)
class Texts:
    """Display texts with their units, a row for each that was asked for."""

    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Done:
    """All there is to tell is in files."""


@dataclass(frozen=True)
class Refusal:
    """What stood in the way, at least one; a `where` holds the `parameter` it is about, or nothing.

    The parent adds where the plugin stands.
    """

    problems: tuple[Problem, ...]


Answer = (
    FactoryAnswer
    | ControllerAnswer
    | Described
    | PrepareAnswer
    | RunAnswer
    | SaveAnswer
    | Opened
    | Texts
    | Done
)
_A = TypeVar("_A")


class Refused(Exception):  # noqa: N818 - a verdict, not a fault of the program
    """Problems an adapter found."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(*problems)
        self.problems = problems


def latency_differs(reported: int, expected: int) -> Diagnostic:
    """The warning of a latency that is not the one a plugin was prepared with."""
    said = f"reports {reported} frames of latency; when it was prepared it was {expected}"
    return warning("latency_differs", said)


def problem_of(error: Exception) -> Problem:
    """What stands in the way, where a host or the system raised it."""
    said = str(error).strip() or type(error).__name__
    if isinstance(error, MemoryError):
        return Problem(
            kind="out_of_memory",
            message="the memory for this render is not there",
            hint="Use fewer jobs.",
        )
    if isinstance(error, OSError):
        return Problem(
            kind="file_failed",
            message=f"a file of this render failed: {said}",
            hint="Free some space, or name another store with --store.",
        )
    return Problem(
        kind="host_failed",
        message=f"the host failed: {said}",
        hint="Try the other host: [engine] host in the chain.",
    )


def about(parameter: str) -> dict[str, str | int]:
    """The `where` of a problem with the parameter that was asked for by this name."""
    return {"parameter": parameter}


def warning(code: str, message: str) -> Diagnostic:
    """A warning of a plugin; the parent adds where it stands."""
    return Diagnostic("warning", code, "", message)


def note(code: str, message: str) -> Diagnostic:
    """A note of a plugin; the parent adds where it stands."""
    return Diagnostic("note", code, "", message)


def as_wire(answer: Answer | Refusal) -> dict[str, Any]:
    """The JSON object of an answer."""
    return asdict(answer)


def checked(kind: type[_A], told: object) -> _A | Refusal:
    """The answer of this kind that a JSON object is, or the refusal; ValueError for all else.

    Nothing is converted: the text "1" is no number.
    """
    from pydantic import TypeAdapter  # costs start-up time that only hosting needs

    said = json.dumps(told)  # of JSON alone, arrays are taken for tuples
    if not (isinstance(told, dict) and "problems" in told):
        return TypeAdapter(kind).validate_json(said, strict=True)
    refusal = TypeAdapter(Refusal).validate_json(said, strict=True)
    if not refusal.problems:
        raise ValueError("a refusal without a problem")
    return refusal
