"""Runs of built-ins, rendered into the store: here, or by a worker while others render theirs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from bridge.audio import Block
from bridge.gathering import Cancel, Signal, Tap, store_signal
from bridge.planning import NativeInsert, NativeStep
from bridge.processing import ReducesGain, run
from bridge.rendering.step_processors import processors_of
from bridge.storing import Entry, Store
from bridge.workers import WorkerLostError, apart
from stemwright.values import dataclass

if TYPE_CHECKING:  # a worker renders steps, and knows no whole render
    from bridge.rendering.context import Context


def render_native(
    context: Context,
    step: NativeStep,
    source: Signal,
    heard: Signal | None,
    key: str,
    mains: Signal | None = None,
) -> Entry:
    """Render a run of built-ins and store what comes out under `key`; `heard` is its side-chain.

    With `mains` the gains are those of that signal.
    """
    rate_hz = context.plan.engine.sample_rate_hz
    if (
        context.apart
        and mains is None
        and source.anew is not None
        and (heard is None or heard.anew is not None)
    ):
        place = context.store.root, context.store.limit_bytes
        heard_anew = None if heard is None else heard.anew
        with suppress(WorkerLostError):
            made = apart(_render_there, _Work(*place, step, rate_hz, source.anew, heard_anew, key))
            entry = context.store.made_beside(made)
            if entry is not None:
                return entry
        context.cancel.check()
    given = context.store, context.cancel, step, rate_hz
    return rendered_run(*given, source, heard, lambda: key, mains)


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
    mains: Signal | None = None,
) -> Entry:
    """Run `source` through a step's built-ins into the store; `key` is asked once it has ended.

    With `mains` the gains are those of that signal. Raises InputError at an insert's line.
    """
    tap = Tap(source.blocks(), cancel)
    processors = processors_of(step, rate_hz, heard, mains)
    bare = [processor for processor, _ in processors]
    return store_signal(
        store,
        key,
        run([standing for _, standing in processors], tap),
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
    inserts: Sequence[NativeInsert],
    blocks: Iterable[Block],
    rate_hz: int,
    mains: Signal | None = None,
) -> Iterator[Block]:
    """Run a stream through built-ins that hear no group, as their step did, and keep nothing.

    With `mains` the gains are those of that signal.
    """
    step = NativeStep("", "", tuple(inserts))
    return run([standing for _, standing in processors_of(step, rate_hz, None, mains)], blocks)
