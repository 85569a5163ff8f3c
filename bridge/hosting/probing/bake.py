"""Baking: parameters set by text over a state, made into a new state and read back from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bridge.hosting.child.scratch import scratch
from bridge.hosting.engines.parameters import named
from bridge.hosting.finding.states import SUFFIXES
from bridge.hosting.insert_children import ask
from bridge.hosting.jobs import RawParams, save_job
from bridge.hosting.port import LOAD_DEADLINE_S, Host, Prepared, PrepareJob
from bridge.hosting.probing.describe import describe
from bridge.plugins import Plugin, Slot
from stemwright.problems import Problem, RenderError

Params = tuple[tuple[str, str], ...]

BAKED_SUFFIXES: Mapping[str, str] = {**SUFFIXES, "VST2": ".fxb"}
"""What a baked state of each plugin format is called: a VST2 saves itself as a bank."""


@dataclass(frozen=True)
class Change:
    """One parameter: its text before, what was asked (None: nothing), its text read back."""

    name: str
    before: str
    asked: str | None
    after: str


@dataclass(frozen=True)
class Baked:
    """What was asked of a plugin, kept, and every parameter that was asked for or came out changed.

    `state` is a finished state. None: the plugin's state does not hold its parameters, and
    `params` are to be set at every render, over the state there is; they are called as in the
    params there are already, else as the plugin calls them.
    """

    state: bytes | None
    changes: tuple[Change, ...]
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _SetUp:
    """How a plugin comes to be as it was prepared: a state file, and raw values over it."""

    state: Path | None
    raw_params: RawParams


def bake(
    plugin: Plugin,
    host: Host,
    *,
    state: Path | None,
    params: Params,
    asked: Params,
    step_id: str,
    deadline_s: float = LOAD_DEADLINE_S,
) -> Baked:
    """Set `params` and then `asked` over `state`, save, and read the result back in a new child.

    Raises InputError for texts the plugin does not take, and what Host.prepare raises.
    """

    def prepared(chosen: Params) -> Prepared:
        return host.prepare(PrepareJob(plugin, state, chosen, step_id=step_id), deadline_s)

    with scratch() as folder:
        before = _set_up(folder / "before", plugin, prepared(params))
        after = _set_up(folder / "after", plugin, prepared((*params, *asked)))
        finished = _finished(folder / "saved", plugin, after, step_id, deadline_s)
        old = _texts(plugin, before, deadline_s)
        new = _texts(plugin, after if finished is None else _SetUp(finished, ()), deadline_s)
        data = None if finished is None else finished.read_bytes()
    wanted = {str(named(name, list(new))): text for name, text in asked}
    spelled = {str(named(name, list(new))): name for name, _ in params}
    return Baked(
        data,
        tuple(
            Change(name, old.get(name, ""), wanted.get(name), text)
            for name, text in new.items()
            if name in wanted or old.get(name) != text
        ),
        {spelled.get(name, name): text for name, text in wanted.items()} if data is None else {},
    )


def unbakeable(plugin: Plugin, step_id: str) -> RenderError:
    """The error of a state that is asked for from a plugin that keeps no parameters in one."""
    return RenderError(
        Problem(
            kind="unbakeable",
            message=f"{plugin.name} does not keep its parameters in a state that can be saved",
            where=Slot(plugin, step_id).where(),
            hint="Ask for no state file: the values then go under the insert's `params` in the "
            "chain, which are set at every render.",
        )
    )


def _set_up(stem: Path, plugin: Plugin, prepared: Prepared) -> _SetUp:
    if prepared.preset is None:
        return _SetUp(None, prepared.raw_params)
    path = stem.with_suffix(SUFFIXES[plugin.format])
    path.write_bytes(prepared.preset)
    return _SetUp(path, prepared.raw_params)


def _finished(
    stem: Path, plugin: Plugin, after: _SetUp, step_id: str, deadline_s: float
) -> Path | None:
    """The state that alone makes the plugin what it is `after`; None where there is none."""
    if not after.raw_params:
        return after.state
    if plugin.format != "VST2":
        return None
    path = stem.with_suffix(BAKED_SUFFIXES[plugin.format])
    job = save_job(plugin, after.state, after.raw_params, path)
    return path if ask(job, deadline_s, Slot(plugin, step_id)).held else None


def _texts(plugin: Plugin, set_up: _SetUp, deadline_s: float) -> dict[str, str]:
    found = describe(plugin, deadline_s, state=set_up.state, raw_params=set_up.raw_params)
    return {each.name: each.value for each in found.parameters}
