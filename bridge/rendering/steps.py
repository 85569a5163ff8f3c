"""Steps in a row: taken from the store, or rendered there."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from bridge.gathering import Signal, silent_signal, stored_signal
from bridge.planning import HostedStep, NativeStep, Step, hosted_key, native_key
from bridge.processing import LED, VERSIONS
from bridge.rendering.context import Context, StepResult, step_result
from bridge.storing import Entry
from stemwright.problems import MachineError, Problem

Keys = Mapping[str, Signal]
"""Every group's signal after its inserts, by group id."""


def step_key(
    context: Context, step: Step, source: Signal, keys: Keys, mains: Signal | None = None
) -> str:
    """Name the result of `step` over `source`, with the gains of `mains` where any is led."""
    engine = context.plan.engine
    heard = heard_by(step, source, keys)
    key_source = None if heard is None else heard.digest
    if isinstance(step, NativeStep):
        facts = step, source.digest, engine, source.frames, VERSIONS, key_source
        return native_key(*facts, None if mains is None else mains.digest)
    stands_in = step.stands_in
    host_version = context.host.version if stands_in is None else stands_in.host_version
    return hosted_key(step, source.digest, engine, source.frames, host_version, key_source)


Behind = Callable[[Step, str], Entry | None]
"""What a worker has made of a step under a key while the step's source was being written."""


def run_steps(
    context: Context,
    steps: Iterable[Step],
    source: Signal,
    keys: Keys,
    suffix: str = "",
    behind: Behind = lambda _step, _key: None,
    mains: Signal | None = None,
) -> tuple[Signal, list[StepResult]]:
    """Run `source` through `steps`; return what comes out and what each step did.

    A group in `keys` that this song has no stem for is silent. `suffix` tells the steps of a
    further version from those of the main master. `mains` is what goes into the same steps there,
    for a version that takes the gains of the main master.
    """
    results: list[StepResult] = []
    for step in steps:
        if mains is not None and mains.digest == source.digest:
            mains = None
        if mains is not None and isinstance(step, HostedStep):
            result, source, mains = _run_replayed(context, step, source, mains, keys, suffix)
            results.append(result)
            continue
        leads = mains if leads_gains(step) else None
        result, source = _run_step(context, step, source, keys, suffix, behind, leads)
        results.append(result)
        mains = None if mains is None else mains_after(context, (step,), mains, keys)
    return source, results


def mains_after(context: Context, steps: Iterable[Step], mains: Signal, keys: Keys) -> Signal:
    """What comes out of the main master's own `steps`; the store has it, as they were rendered."""
    for step in steps:
        key = step_key(context, step, mains, keys)
        entry = _known(context, step, key)
        if entry is None:
            entry = _rendered(context, step, mains, heard_by(step, mains, keys), key, None)
        mains = stored_signal(context.store, entry)
    return mains


def _run_replayed(
    context: Context, step: HostedStep, source: Signal, mains: Signal, keys: Keys, suffix: str
) -> tuple[StepResult, Signal, Signal]:
    """What a plugin does to the main master, done to a version; and what it gives there."""
    from bridge.rendering.hosted_replays import replayed

    started, step_id = time.perf_counter(), step.id + suffix
    after = mains_after(context, (step,), mains, keys)
    made: list[str] = []

    def hosted(signal: Signal) -> Entry:
        key = step_key(context, step, signal, keys)
        entry = _known(context, step, key)
        if entry is None:
            context.cancel.check()
            context.events.busy(step_id)
            made.append(key)
            entry = _rendered(context, step, signal, heard_by(step, signal, keys), key, None)
        return entry

    found = replayed(context, source, mains, after, hosted)
    seconds = 0.0 if found.cached and not made else time.perf_counter() - started
    result = step_result(
        step_id, step.label, step.insert_ids, found.entry, cached=seconds == 0.0, seconds=seconds
    )
    context.events.done(step_id)
    told = (*result.diagnostics, found.told(step_id, step.plugin.name))
    result = replace(result, diagnostics=told, replay=found.as_json())
    return result, stored_signal(context.store, found.entry), after


def leads_gains(step: Step) -> bool:
    """Whether gains of a step move with its own signal, so that another's can lead them."""
    if not isinstance(step, NativeStep) or step.key is not None:
        return False
    return any(insert.settings.use in LED for insert in step.inserts)


def heard_by(step: Step, source: Signal, keys: Keys) -> Signal | None:
    """What a step's side-chain hears, None where it has none."""
    if step.key is None:
        return None
    return keys.get(step.key) or silent_signal(source.frames)


def _known(context: Context, step: Step, key: str) -> Entry | None:
    """What the store has of a step, or what was frozen of it.

    Raises MachineError where something else than then would come into what is frozen.
    """
    if isinstance(step, NativeStep) or step.stands_in is None:
        return context.store.get(key)
    entry = step.stands_in.audio(context.store, key)
    if entry is not None:
        return entry
    raise MachineError(
        Problem(
            "frozen_differs",
            f"{step.id}: {step.plugin.name} {step.stands_in.reason}, and what comes into it, or its"
            " length, is not what was frozen",
            step.slot.where(),
            hint="undo the change before this insert, or render where the plugin is",
        )
    )


def _run_step(
    context: Context,
    step: Step,
    source: Signal,
    keys: Keys,
    suffix: str,
    behind: Behind,
    mains: Signal | None,
) -> tuple[StepResult, Signal]:
    key = step_key(context, step, source, keys, mains)
    entry = _known(context, step, key)
    cached, seconds = entry is not None, 0.0
    heard = heard_by(step, source, keys)
    if entry is None:
        context.cancel.check()
        context.events.busy(step.id + suffix)
        started = time.perf_counter()
        entry = behind(step, key) or _rendered(context, step, source, heard, key, mains)
        seconds = time.perf_counter() - started
    if context.cross_check is not None and isinstance(step, HostedStep) and step.hostable:
        from bridge.rendering.hosted_steps import cross_check

        remark = cross_check(context, step, source, heard, context.cross_check)
        context.remarks.append(remark)
    result = step_result(
        step.id + suffix, step.label, step.insert_ids, entry, cached=cached, seconds=seconds
    )
    context.events.done(result.id)
    return result, stored_signal(context.store, entry)


def _rendered(
    context: Context,
    step: Step,
    source: Signal,
    heard: Signal | None,
    key: str,
    mains: Signal | None,
) -> Entry:
    """Render a step that the store has not; what does it is loaded for it."""
    if isinstance(step, NativeStep):
        from bridge.rendering.native_steps import render_native

        return render_native(context, step, source, heard, key, mains)
    from bridge.rendering.hosted_steps import render_hosted

    return render_hosted(context, step, source, heard, key)
