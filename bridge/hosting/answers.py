"""What an adapter says from inside the worker child: its stage, problems, diagnostics.

A plugin shares the process and can write what it likes into the answer: so `checked` takes nothing
but what an operation answers, of the right types.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NotRequired

from typing_extensions import TypedDict

from stemwright.problems import Severity

if TYPE_CHECKING:
    from pydantic import TypeAdapter

Tell = Callable[[str], None]
"""Told what is being done, in words that follow "while"."""


LOADING = "loading (where the host also runs and unloads it)"
"""Both hosts make the plugin, look at it, end it, and make it again; pedalboard also has it
process, so that a fault in its first block is one of loading."""

_alive: list[object] = []


def kept(plugin: Any) -> Any:
    """`plugin`, never to be unloaded: its process ends without, as plugins crash there or hang."""
    _alive.append(plugin)
    return plugin


class Refused(Exception):  # noqa: N818 - a verdict, not a fault of the program
    """Problems an adapter found, as the dicts of the answer's `problems`."""

    def __init__(self, *problems: dict[str, str | None]) -> None:
        super().__init__(*problems)
        self.problems = problems


def problem(
    kind: str,
    message: str,
    *,
    hint: str | None = None,
    expected: str | None = None,
    nearest: str | None = None,
    parameter: str | None = None,
) -> dict[str, str | None]:
    """One problem; the parent adds where it is. `parameter` is the one it is about, as asked."""
    return {
        "kind": kind,
        "message": message,
        "hint": hint,
        "expected": expected,
        "nearest": nearest,
        "parameter": parameter,
    }


def warning(code: str, message: str) -> dict[str, str]:
    """One diagnostic of severity warning; the parent adds where it is."""
    return {"severity": "warning", "code": code, "message": message}


def note(code: str, message: str) -> dict[str, str]:
    """One diagnostic of severity note."""
    return {"severity": "note", "code": code, "message": message}


class _Problem(TypedDict):
    kind: str
    message: str
    hint: NotRequired[str | None]
    expected: NotRequired[str | None]
    nearest: NotRequired[str | None]
    parameter: NotRequired[str | None]


class _Diagnostic(TypedDict):
    severity: Severity
    code: str
    message: str


class _Class(TypedDict):
    name: str
    vendor: str
    version: str
    class_id: str


class _Parameter(TypedDict):
    name: str
    value: str
    default: str
    min: str
    max: str
    steps: int | None
    automatable: bool
    values: list[str]


class _Refusal(TypedDict):
    problems: list[_Problem]


class _Factory(TypedDict):
    classes: list[_Class]


class _Described(TypedDict):
    inputs: int
    outputs: int
    key_inputs: int
    parameters: list[_Parameter]


class _Prepared(TypedDict):
    class_id: str
    latency_frames: int
    inputs: int
    outputs: int
    read_back: list[tuple[str, str]]
    raw_params: list[tuple[str, float]]
    diagnostics: list[_Diagnostic]


class _Ran(TypedDict):
    latency_frames: int
    lag_frames: int | None
    peak_memory_bytes: int
    load_s: float
    process_s: float
    diagnostics: list[_Diagnostic]


class _Saved(TypedDict):
    held: bool


class _Nothing(TypedDict):
    pass


_SHAPES: dict[str, Any] = {
    "refusal": _Refusal,
    "factory": _Factory,
    "describe": _Described,
    "prepare": _Prepared,
    "run": _Ran,
    "save": _Saved,
    "repeat": _Nothing,
    "window": _Nothing,
}


@functools.cache
def _adapter(op: str) -> TypeAdapter[Any]:
    from pydantic import TypeAdapter  # costs start-up time that only hosting needs

    return TypeAdapter(_SHAPES[op])


def checked(op: str, answer: object) -> dict[str, Any]:
    """The answer of an operation, or its `problems`; ValueError for anything else."""
    refusal = isinstance(answer, dict) and "problems" in answer
    found: dict[str, Any] = _adapter("refusal" if refusal else op).validate_python(answer)
    if refusal and not found["problems"]:
        raise ValueError("a refusal without a problem")
    return found
