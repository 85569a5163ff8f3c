"""Plugins made ready: each insert set up once, in a child, and kept by what it depends on.

What is wrong with an insert's state or parameters shows here, before anything is rendered.
"""

from __future__ import annotations

import base64
import functools
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bridge.planning import Engine, HostedStep, Plan, prepare_facts
from bridge.storing import Signature, Store, digest, file_digest, signature
from stemwright.problems import (
    Diagnostic,
    InputError,
    MachineError,
    Problem,
    RenderError,
    StemwrightError,
    StoppedError,
)
from stemwright.values import dataclass

if TYPE_CHECKING:  # most of hosting comes with the first plugin
    from bridge.hosting import Host, Prepared


@dataclass(frozen=True)
class Bench:
    """Where inserts are made ready; `deadline_s` is the caller's own limit for each."""

    store: Store
    host: Host
    engine: Engine
    deadline_s: float | None = None

    def deadline_for(self, step: HostedStep, frames: int) -> float | None:
        """The caller's limit, else what the plugin's card allows; None for the host's own."""
        if self.deadline_s is not None:
            return self.deadline_s
        from bridge.hosting import known_deadline

        rate_hz = self.engine.sample_rate_hz
        return known_deadline(self.store, step.plugin, self.host, frames, rate_hz)


@contextmanager
def untouched(step: HostedStep) -> Iterator[None]:
    """Refuse what a plugin makes while its binary or its state is not what was planned.

    Raises InputError: plugin_changed, state_changed.
    """
    from bridge.hosting import plugin_binary

    watched = []
    binary = plugin_binary(step.plugin.path)
    if binary is not None:
        watched.append((binary, step.plugin.binary_hash, "plugin_changed", step.plugin.name))
    if step.state is not None and step.state_hash is not None:
        watched.append((step.state, step.state_hash, "state_changed", step.state.name))
    before = [_seen(path) for path, *_ in watched]
    for (path, planned, kind, name), seen in zip(watched, before, strict=True):
        if seen is None or _digest_of(path, seen) != planned:
            raise InputError(_touched(step, kind, name, path))
    yield
    for (path, _, kind, name), seen in zip(watched, before, strict=True):
        if _seen(path) != seen:
            raise InputError(_touched(step, kind, name, path))


def _seen(path: Path) -> Signature | None:
    try:
        return signature(path)
    except OSError:
        return None


@functools.lru_cache(maxsize=256)
def _digest_of(path: Path, seen: Signature) -> str | None:
    """A file's digest, taken once for as long as nobody writes to it."""
    try:
        found = file_digest(path)
    except OSError:
        return None
    return found if _seen(path) == seen else None


def _touched(step: HostedStep, kind: str, name: str, path: Path) -> Problem:
    group, _, insert = step.id.rpartition("/")
    return Problem(
        kind,
        f"{name} was replaced while {step.id} was rendered with it; nothing was kept of that",
        {"group": group, "insert": insert, "plugin": step.plugin.name, "file": str(path)},
        hint="render again",
    )


def prepare(bench: Bench, step: HostedStep) -> Prepared:
    """Return the insert's finished state, from the store when the same was asked before.

    Raises what Host.prepare raises, with the lines of the chain file.
    """
    engine = bench.engine
    key = digest("prepare", **prepare_facts(step, engine, bench.host.version))
    entry = bench.store.get(key)
    if entry is not None:
        return _from_json(entry.meta["prepared"])
    from bridge.hosting import PrepareJob

    job = PrepareJob(
        plugin=step.plugin,
        state=step.state,
        params=step.params,
        sample_rate_hz=engine.sample_rate_hz,
        buffer_size=engine.buffer_size,
        tempo_bpm=engine.tempo_bpm,
        step_id=step.id,
        lines=step.lines,
        warm_up_s=step.warm_up_s,
    )
    limit_s = bench.deadline_for(step, 0)
    with untouched(step):
        prepared = bench.host.prepare(job) if limit_s is None else bench.host.prepare(job, limit_s)
    bench.store.put(key, {"pcm": None, "prepared": _as_json(prepared)})
    return prepared


def failures(bench: Bench, steps: Iterable[HostedStep], jobs: int) -> dict[str, StemwrightError]:
    """What fails when `steps` are prepared, `jobs` at a time, by step id; the others are kept.

    Raises StoppedError.
    """
    failed: dict[str, StemwrightError] = {}
    with ThreadPoolExecutor(max(1, jobs)) as pool:
        futures = {step.id: pool.submit(prepare, bench, step) for step in steps}
        try:
            for step_id, future in futures.items():
                try:
                    future.result()
                except StoppedError:
                    raise
                except StemwrightError as error:
                    failed[step_id] = error
        except BaseException:
            from bridge.hosting import stop_all

            for future in futures.values():
                future.cancel()
            stop_all()
            raise
    return failed


def refuse_unplaced(bench: Bench, plan: Plan) -> None:
    """Where plugins are hosted elsewhere, refuse what no machine there can run, before it begins.

    Raises MachineError naming every insert, and what each machine lacks.
    """
    from bridge.hosting import elsewhere

    place = elsewhere()
    if place is None:
        return
    if plan.missing:
        raise MachineError(plan.missing)
    hosted = [(step.id, step.plugin) for step in plan.hosted]
    place.refuse(hosted, bench.host)


def unreadable(step: HostedStep) -> RenderError:
    """What a step whose plugin's file cannot be read fails with."""
    problem = Problem(
        "plugin_unreadable",
        f"{step.plugin.name} ({step.id}) cannot be read: {step.unreadable}",
        step.slot.where(),
        hint="install it again; load it in a DAW to see whether it is whole; another format or "
        'copy is taken only where the chain names it: plugin = { name = ..., format = "VST2" }, or '
        "a path",
    )
    return RenderError(problem)


def refuse_inputs(failed: Mapping[str, StemwrightError], missing: Iterable[Problem] = ()) -> None:
    """Raise InputError with all of `failed` that the chain's author can mend, if there is any.

    `missing`, what this machine lacks, is told along with it.
    """
    problems = [
        problem
        for error in failed.values()
        if isinstance(error, InputError)
        for problem in error.problems
    ]
    if problems:
        raise InputError([*missing, *problems])


def _as_json(prepared: Prepared) -> dict[str, object]:
    preset = prepared.preset
    return {
        **vars(prepared),
        "preset": None if preset is None else base64.b64encode(preset).decode("ascii"),
        "raw_params": [list(pair) for pair in prepared.raw_params],
        "read_back": [list(pair) for pair in prepared.read_back],
        "diagnostics": [said.as_json() for said in prepared.diagnostics],
    }


def _from_json(stored: Mapping[str, Any]) -> Prepared:
    from bridge.hosting import Prepared

    preset = stored["preset"]
    return Prepared(
        **{
            **stored,
            "preset": None if preset is None else base64.b64decode(preset),
            "raw_params": tuple((name, value) for name, value in stored["raw_params"]),
            "read_back": tuple((name, text) for name, text in stored["read_back"]),
            "diagnostics": tuple(Diagnostic(**said) for said in stored["diagnostics"]),
        }
    )
