"""Steps in a row: what the store holds is taken from it, the rest is rendered and put there."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from bridge.audio import Block
from bridge.gathering import Signal, Tap, silent_signal, store_signal, stored_signal
from bridge.planning import HostedStep, NativeInsert, NativeStep, Step, hosted_key, native_key
from bridge.processing import (
    VERSIONS,
    Keyed,
    Mixed,
    Processor,
    ReducesGain,
    Sided,
    build,
    build_keyed,
    run,
)
from bridge.rendering.context import Context, StepResult, step_result
from bridge.rendering.hosted_steps import cross_check, render_hosted
from bridge.storing import Entry
from stemwright.problems import InputError

Keys = Mapping[str, Signal]
"""Every group's signal after its inserts, by group id."""


def step_key(context: Context, step: Step, source: Signal, keys: Keys) -> str:
    """Name the result of `step` over `source`."""
    engine = context.plan.engine
    heard = _heard(step, source, keys)
    key_source = None if heard is None else heard.digest
    if isinstance(step, NativeStep):
        return native_key(step, source.digest, engine, source.frames, VERSIONS, key_source)
    return hosted_key(step, source.digest, engine, source.frames, context.host.version, key_source)


def run_steps(
    context: Context, steps: Iterable[Step], source: Signal, keys: Keys, suffix: str = ""
) -> tuple[Signal, list[StepResult]]:
    """Run `source` through `steps`; return what comes out and what each step did.

    A group in `keys` that this song has no stem for is silent. `suffix` tells the steps of a
    further version from those of the main master.
    """
    results: list[StepResult] = []
    for step in steps:
        result, source = _run_step(context, step, source, keys, suffix)
        results.append(result)
    return source, results


def run_again(
    inserts: Iterable[NativeInsert], blocks: Iterable[Block], rate_hz: int
) -> Iterator[Block]:
    """Run a stream through built-ins that hear no group, as their step did, and keep nothing."""
    return run([_placed(build(each.settings, rate_hz), each) for each in inserts], blocks)


def _heard(step: Step, source: Signal, keys: Keys) -> Signal | None:
    if step.key is None:
        return None
    return keys.get(step.key) or silent_signal(source.frames)


def _run_step(
    context: Context, step: Step, source: Signal, keys: Keys, suffix: str
) -> tuple[StepResult, Signal]:
    key = step_key(context, step, source, keys)
    entry = context.store.get(key)
    cached, seconds = entry is not None, 0.0
    heard = _heard(step, source, keys)
    if entry is None:
        context.cancel.check()
        context.events.busy(step.id + suffix)
        started = time.perf_counter()
        if isinstance(step, NativeStep):
            entry = _render_native(context, step, source, heard, key)
        else:
            entry = render_hosted(context, step, source, heard, key)
        seconds = time.perf_counter() - started
    if context.cross_check is not None and isinstance(step, HostedStep):
        remark = cross_check(context, step, source, heard, context.cross_check)
        context.remarks.append(remark)
    result = step_result(
        step.id + suffix, step.label, step.insert_ids, entry, cached=cached, seconds=seconds
    )
    context.events.done(result.id)
    return result, stored_signal(context.store, entry)


def _render_native(
    context: Context, step: NativeStep, source: Signal, heard: Signal | None, key: str
) -> Entry:
    rate_hz = context.plan.engine.sample_rate_hz
    tap = Tap(source.blocks(), context.cancel)
    bare = [_processor(step, insert, heard, rate_hz) for insert in step.inserts]
    placed = [_placed(each, insert) for each, insert in zip(bare, step.inserts, strict=True)]
    return store_signal(
        context.store,
        key,
        run(placed, tap),
        "float64",
        context.cancel,
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


def _processor(
    step: NativeStep, insert: NativeInsert, heard: Signal | None, rate_hz: int
) -> Processor:
    try:
        if heard is None:
            return build(insert.settings, rate_hz)
        return Keyed(build_keyed(insert.settings, rate_hz), heard.blocks())
    except InputError as error:
        group = step.id.rpartition("/")[0]
        raise InputError(
            [
                replace(problem, where={**problem.where, "group": group, "insert": insert.id})
                for problem in error.problems
            ]
        ) from error


def _placed(processor: Processor, insert: NativeInsert) -> Processor:
    sided = processor if insert.on == "stereo" else Sided(processor, insert.on)
    return Mixed(sided, insert.mix)
