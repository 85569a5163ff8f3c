"""Steps in a row: what the store holds is taken from it, the rest is rendered and put there."""

from __future__ import annotations

import time
from collections.abc import Iterable

from bridge.planning import NativeStep, Step, hosted_key, native_key
from bridge.processing import VERSIONS, Mixed, build, run
from bridge.rendering.context import Context, StepResult, step_result
from bridge.rendering.hosted import render_hosted
from bridge.rendering.signals import Signal, Tap, store_signal, stored_signal
from bridge.storing import Entry


def step_key(context: Context, step: Step, source: Signal) -> str:
    """Name the result of `step` over `source`."""
    engine = context.plan.engine
    if isinstance(step, NativeStep):
        return native_key(step, source.digest, engine, source.frames, VERSIONS)
    return hosted_key(step, source.digest, engine, source.frames, context.host.version)


def run_steps(
    context: Context, steps: Iterable[Step], source: Signal, suffix: str = ""
) -> tuple[Signal, list[StepResult]]:
    """Run `source` through `steps`; return what comes out and what each step did.

    `suffix` tells the steps of a further version from those of the main master.
    """
    results: list[StepResult] = []
    for step in steps:
        result, source = _run_step(context, step, source, suffix)
        results.append(result)
    return source, results


def _run_step(
    context: Context, step: Step, source: Signal, suffix: str
) -> tuple[StepResult, Signal]:
    key = step_key(context, step, source)
    entry = context.store.get(key)
    cached, seconds = entry is not None, 0.0
    if entry is None:
        context.cancel.check()
        context.events.busy(step.id + suffix)
        started = time.perf_counter()
        if isinstance(step, NativeStep):
            entry = _render_native(context, step, source, key)
        else:
            entry = render_hosted(context, step, source, key)
        seconds = time.perf_counter() - started
    result = step_result(
        step.id + suffix, step.label, step.insert_ids, entry, cached=cached, seconds=seconds
    )
    context.events.done(result.id)
    return result, stored_signal(context.store, entry)


def _render_native(context: Context, step: NativeStep, source: Signal, key: str) -> Entry:
    rate_hz = context.plan.engine.sample_rate_hz
    processors = [Mixed(build(insert.settings, rate_hz), insert.mix) for insert in step.inserts]
    tap = Tap(source.blocks(), context.cancel)
    return store_signal(
        context.store,
        key,
        run(processors, tap),
        "float64",
        context.cancel,
        lambda: {"level_in": tap.levels.as_json(), "latency_frames": 0, "diagnostics": []},
    )
