"""Baking: parameters set by text over a state, made into a new state and read back from it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bridge.errors import Problem, RenderError
from bridge.hosting.describe import describe
from bridge.hosting.faults import where_of
from bridge.hosting.parameters import named
from bridge.hosting.port import LOAD_DEADLINE_S, Host, Prepared, PrepareJob
from bridge.hosting.scratch import scratch
from bridge.hosting.states import SUFFIXES
from bridge.plugins import Plugin

Params = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Change:
    """One parameter: its text before, what was asked (None: nothing), its text read back."""

    name: str
    before: str
    asked: str | None
    after: str


@dataclass(frozen=True)
class Baked:
    """A finished state, and every parameter that was asked for or came out changed."""

    state: bytes
    changes: tuple[Change, ...]


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

    Raises InputError for texts the plugin does not take, RenderError `unbakeable` for a plugin
    whose state does not hold its parameters, and what Host.prepare raises.
    """
    with scratch() as folder:
        job = PrepareJob(plugin, state, params, step_id=step_id)
        before = _saved(folder / "before", plugin, host.prepare(job, deadline_s), step_id)
        job = PrepareJob(plugin, state, (*params, *asked), step_id=step_id)
        after = _saved(folder / "after", plugin, host.prepare(job, deadline_s), step_id)
        old = _texts(plugin, before, deadline_s)
        new = _texts(plugin, after, deadline_s)
        data = after.read_bytes()
    wanted = {str(named(name, list(new))): text for name, text in asked}
    return Baked(
        data,
        tuple(
            Change(name, old.get(name, ""), wanted.get(name), text)
            for name, text in new.items()
            if name in wanted or old.get(name) != text
        ),
    )


def _saved(stem: Path, plugin: Plugin, prepared: Prepared, step_id: str) -> Path:
    if prepared.preset is None or prepared.raw_params:
        raise RenderError(
            Problem(
                kind="unbakeable",
                message=f"{plugin.name} does not keep its parameters in a state that can be saved",
                where=where_of(plugin, step_id),
                hint="Write the values under the insert's `params` in the chain: they are set at "
                "every render.",
            )
        )
    path = stem.with_suffix(SUFFIXES[plugin.format])
    path.write_bytes(prepared.preset)
    return path


def _texts(plugin: Plugin, state: Path, deadline_s: float) -> dict[str, str]:
    return {each.name: each.value for each in describe(plugin, deadline_s, state=state).parameters}
