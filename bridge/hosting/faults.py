"""From what happened to a child to what is told: every ending has its own kind and advice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bridge.hosting.child.process import ChildFailed, Ending
from bridge.plugins import Slot
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

STATE_KINDS = frozenset({"bad_state", "wrong_state"})
"""Problems with an insert's state file."""

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


def child_error(failed: ChildFailed, slot: Slot) -> StemwrightError:
    """The error that tells how a plugin's child ended, with its last words."""
    kind = _KINDS[failed.ending]
    doing = f" while {failed.stage}" if failed.stage else ""
    name = slot.plugin.name
    label = f"{name} ({slot.step_id})" if slot.step_id else name
    said = f"; last lines: {' | '.join(failed.last_lines)}" if failed.last_lines else ""
    hint = _HINTS[kind]
    if failed.detail == "SIGKILL":
        hint = "The system ended it, most likely because memory ran out: use fewer jobs."
    return _error(
        [
            Problem(
                kind=kind,
                message=f"{label} {failed.ending.told(failed.detail)}{doing}{said}",
                where=slot.where(),
                hint=hint,
            )
        ]
    )


def answered_error(problems: Sequence[Problem], slot: Slot) -> StemwrightError:
    """The error for problems a worker found itself, placed in their insert."""
    return _error([replace(problem, where=_placed(problem, slot)) for problem in problems])


def _placed(problem: Problem, slot: Slot) -> dict[str, str | int]:
    parameter = problem.where.get("parameter")
    key = "state" if problem.kind in STATE_KINDS else "plugin"
    return slot.where(key, None if parameter is None else str(parameter))


def _error(problems: Sequence[Problem]) -> StemwrightError:
    kinds_of: tuple[tuple[frozenset[str], type[StemwrightError]], ...] = (
        (INPUT_KINDS, InputError),
        (MACHINE_KINDS, MachineError),
    )
    for kinds, error in kinds_of:
        if all(problem.kind in kinds for problem in problems):
            return error(problems)
    return RenderError(problems)


def diagnostics(found: Sequence[Diagnostic], slot: Slot) -> tuple[Diagnostic, ...]:
    """A worker's diagnostics, placed at their step."""
    where = slot.step_id or slot.plugin.name
    return tuple(replace(each, where=where) for each in found)


def key_unreachable(slot: Slot) -> Problem:
    """The problem of a side-chain key that no host leads to the plugin."""
    plugin = slot.plugin
    return Problem(
        kind="key_unreachable",
        message=f"{plugin.name} ({plugin.format}) cannot be given a side-chain key: hosts reach "
        "the key input of VST2 plugins in dawdreamer alone",
        where=slot.where(),
        expected="a VST2 plugin with a third input, in dawdreamer",
        hint="Use the plugin's VST2 build, a built-in with `key`, or leave `key` out.",
    )


def unhosted(slot: Slot, engine: str) -> Problem:
    """The problem of a plugin format that a host does not know."""
    return Problem(
        kind="format_unhosted",
        message=f"{slot.plugin.name} is a {slot.plugin.format}, which {engine} does not host",
        where=slot.where(),
        hint='Write host = "dawdreamer" in the chain\'s [engine], or use the VST3.',
    )
