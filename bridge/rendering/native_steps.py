"""Runs of built-ins, rendered into the store: here, or by a worker while others render theirs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from bridge.audio import Block
from bridge.gathering import Cancel, Signal, Tap, store_signal
from bridge.planning import NativeInsert, NativeStep
from bridge.processing import Keyed, Mixed, Processor, ReducesGain, Sided, build, build_keyed, run
from bridge.storing import Entry, Store
from bridge.workers import WorkerLostError, apart
from stemwright.problems import InputError, Problem
from stemwright.values import dataclass

if TYPE_CHECKING:  # a worker renders steps, and knows no whole render
    from bridge.rendering.context import Context


def render_native(
    context: Context, step: NativeStep, source: Signal, heard: Signal | None, key: str
) -> Entry:
    """Render a run of built-ins and store what comes out under `key`; `heard` is its side-chain."""
    rate_hz = context.plan.engine.sample_rate_hz
    if context.apart and source.anew is not None and (heard is None or heard.anew is not None):
        place = context.store.root, context.store.limit_bytes
        heard_anew = None if heard is None else heard.anew
        with suppress(WorkerLostError):
            made = apart(_render_there, _Work(*place, step, rate_hz, source.anew, heard_anew, key))
            entry = context.store.made_beside(made)
            if entry is not None:
                return entry
        context.cancel.check()
    return rendered_run(context.store, context.cancel, step, rate_hz, source, heard, lambda: key)


@dataclass(frozen=True)
class _Work:
    """A step as it travels to a worker."""

    root: Path
    limit_bytes: int
    step: NativeStep
    rate_hz: int
    source: Callable[[Store], Signal]
    heard: Callable[[Store], Signal] | None
    key: str


def _render_there(work: _Work) -> str:
    """Do the work in a worker; return the key of its entry."""
    store = store_of_worker(work.root, work.limit_bytes)
    with store.holding():
        heard = None if work.heard is None else work.heard(store)
        source = work.source(store)
        given = store, Cancel(), work.step, work.rate_hz
        return rendered_run(*given, source, heard, lambda: work.key).key


@cache
def store_of_worker(root: Path, limit_bytes: int) -> Store:
    """A worker's own hold on the store, made once."""
    return Store(root, limit_bytes)


def rendered_run(
    store: Store,
    cancel: Cancel,
    step: NativeStep,
    rate_hz: int,
    source: Signal,
    heard: Signal | None,
    key: Callable[[], str],
) -> Entry:
    """Run `source` through a step's built-ins into the store; `key` is asked once it has ended."""
    tap = Tap(source.blocks(), cancel)
    bare = [_processor(step, insert, heard, rate_hz) for insert in step.inserts]
    placed = [_placed(each, insert) for each, insert in zip(bare, step.inserts, strict=True)]
    return store_signal(
        store,
        key,
        run(placed, tap),
        "float64",
        cancel,
        lambda: {
            "level_in": tap.levels.as_json(),
            "latency_frames": 0,
            "lowest_gain_db": [
                round(each.lowest_gain_db, 3) if isinstance(each, ReducesGain) else None
                for each in bare
            ],
            "gain_curves_db": [
                rounded_curve(each.gain_curve_db) if isinstance(each, ReducesGain) else None
                for each in bare
            ],
            "diagnostics": [],
        },
    )


def rounded_curve(curve_db: Sequence[float]) -> list[float]:
    """A gain reduction over time as the store keeps it, for pages."""
    return [round(each, 2) for each in curve_db]


def run_again(
    inserts: Iterable[NativeInsert], blocks: Iterable[Block], rate_hz: int
) -> Iterator[Block]:
    """Run a stream through built-ins that hear no group, as their step did, and keep nothing."""
    return run([_placed(build(each.settings, rate_hz), each) for each in inserts], blocks)


def _processor(
    step: NativeStep, insert: NativeInsert, heard: Signal | None, rate_hz: int
) -> Processor:
    try:
        if heard is None:
            return build(insert.settings, rate_hz)
        return Keyed(build_keyed(insert.settings, rate_hz), heard.blocks())
    except InputError as error:
        raise InputError([_located(each, step, insert) for each in error.problems]) from error


def _located(problem: Problem, step: NativeStep, insert: NativeInsert) -> Problem:
    """A problem of a built-in at its insert's line; its path goes on from the insert's."""
    found = insert.where.as_json()
    path = [str(each["path"]) for each in (found, problem.where) if "path" in each]
    inside = {"path": ".".join(path)} if path else {}
    named = {"group": step.id.rpartition("/")[0], "insert": insert.id}
    return replace(problem, where={**found, **inside, **named})


def _placed(processor: Processor, insert: NativeInsert) -> Processor:
    sided = processor if insert.on == "stereo" else Sided(processor, insert.on)
    return Mixed(sided, insert.mix)
