"""From what happened to a child to what is told: every ending has its own kind and advice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bridge.hosting.child import ChildFailed, Ending
from bridge.plugins import Plugin
from stemwright.problems import (
    Diagnostic,
    InputError,
    MachineError,
    Problem,
    RenderError,
    StemwrightError,
)

INPUT_KINDS = frozenset(
    {
        "ambiguous_parameter",
        "bad_state",
        "parameter_read_only",
        "parameter_refused",
        "unknown_host",
        "unknown_parameter",
    }
)
"""Problems the chain's author can mend: exit 2."""

MACHINE_KINDS = frozenset(
    {
        "child_not_started",
        "file_failed",
        "format_unhosted",
        "no_window",
        "out_of_memory",
        "shell_unreachable",
    }
)
"""Problems of this machine: exit 3."""

RENDER_KINDS = frozenset(
    {
        "channel_mismatch",
        "dead_channel",
        "host_failed",
        "key_unreachable",
        "not_finite",
        "plugin_crashed",
        "plugin_exited",
        "plugin_garbled",
        "plugin_hung",
        "plugin_unloadable",
        "silent_output",
        "unbakeable",
        "wrong_class",
        "wrong_length",
        "wrong_state",
    }
)
"""A render that failed although its plugin was found: exit 4, as is any kind not named here."""

_KINDS = {
    Ending.SIGNAL: "plugin_crashed",
    Ending.EXIT: "plugin_exited",
    Ending.DEADLINE: "plugin_hung",
    Ending.GARBLED: "plugin_garbled",
    Ending.UNSTARTED: "child_not_started",
}

_HINTS = {
    "plugin_crashed": "Load the plugin in a DAW with the same state. If it runs there, update or "
    "reinstall it; a damaged file crashes like this too.",
    "plugin_exited": "The plugin ended its own process; licence checks do that. "
    "Open it once in a DAW to see what it asks for.",
    "plugin_hung": "The plugin may be waiting for a window or a licence: open it once in a DAW. "
    "If it is only slow, allow more time.",
    "plugin_garbled": "Something in the plugin wrote into the answer; try it in a DAW.",
    "child_not_started": "Check free memory and the limit on processes.",
}


def where_of(plugin: Plugin, step_id: str) -> dict[str, str | int]:
    """The `where` of a problem: group and insert from `<group>/<insert>`, and the plugin."""
    group, slash, insert = step_id.rpartition("/")
    named: dict[str, str | int] = {"group": group, "insert": insert} if slash else {}
    return named | {"plugin": plugin.name}


def child_error(failed: ChildFailed, plugin: Plugin, step_id: str) -> StemwrightError:
    """The error that tells how a plugin's child ended, with its last words."""
    kind = _KINDS[failed.ending]
    doing = f" while {failed.stage}" if failed.stage else ""
    label = f"{plugin.name} ({step_id})" if step_id else plugin.name
    said = f"; last lines: {' | '.join(failed.last_lines)}" if failed.last_lines else ""
    hint = _HINTS[kind]
    if failed.detail == "SIGKILL":
        hint = "The system ended it, most likely because memory ran out: use fewer jobs."
    return _error(
        [
            Problem(
                kind=kind,
                message=f"{label} {failed.ending.told(failed.detail)}{doing}{said}",
                where=where_of(plugin, step_id),
                hint=hint,
            )
        ]
    )


def answered_error(
    problems: Sequence[Mapping[str, Any]], plugin: Plugin, step_id: str
) -> StemwrightError:
    """The error for problems a worker found itself; it names them, the parent says where."""
    told = [
        Problem(
            kind=str(problem["kind"]),
            message=str(problem["message"]),
            where=_place(problem, plugin, step_id),
            expected=problem.get("expected"),
            nearest=problem.get("nearest"),
            hint=problem.get("hint"),
        )
        for problem in problems
    ]
    return _error(told)


def _place(problem: Mapping[str, Any], plugin: Plugin, step_id: str) -> dict[str, str | int]:
    parameter = problem.get("parameter")
    named = {} if parameter is None else {"parameter": str(parameter)}
    return where_of(plugin, step_id) | named


def _error(problems: Sequence[Problem]) -> StemwrightError:
    kinds_of: tuple[tuple[frozenset[str], type[StemwrightError]], ...] = (
        (INPUT_KINDS, InputError),
        (MACHINE_KINDS, MachineError),
    )
    for kinds, error in kinds_of:
        if all(problem.kind in kinds for problem in problems):
            return error(problems)
    return RenderError(problems)


def diagnostics(
    found: Sequence[Mapping[str, Any]], plugin: Plugin, step_id: str
) -> tuple[Diagnostic, ...]:
    """A worker's diagnostics, placed at their step."""
    where = step_id or plugin.name
    return tuple(
        Diagnostic(each["severity"], each["code"], where, each["message"]) for each in found
    )


def key_unreachable(plugin: Plugin, step_id: str, why: str = "") -> Problem:
    """The problem of a side-chain key that no host leads to the plugin."""
    said = why or "hosts reach the key input of VST2 plugins in dawdreamer alone"
    return Problem(
        kind="key_unreachable",
        message=f"{plugin.name} ({plugin.format}) cannot be given a side-chain key: {said}",
        where=where_of(plugin, step_id),
        expected="a VST2 plugin with a third input, in dawdreamer",
        hint="Use the plugin's VST2 build, a built-in with `key`, or leave `key` out.",
    )


def unhosted(plugin: Plugin, step_id: str, engine: str) -> Problem:
    """The problem of a plugin format that a host does not know."""
    return Problem(
        kind="format_unhosted",
        message=f"{plugin.name} is a {plugin.format}, which {engine} does not host",
        where=where_of(plugin, step_id),
        hint='Write host = "dawdreamer" in the chain\'s [engine], or use the VST3.',
    )
