"""The master bus before the target: the ordered sum of the faders, then the master inserts."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bridge.audio.sums import Part, summed
from bridge.errors import Diagnostic
from bridge.planning import Lane, ReturnLane, sum_digest
from bridge.rendering.context import Context, StepResult, step_result
from bridge.rendering.signals import Signal, store_signal, stored_signal
from bridge.rendering.steps import run_steps

LENGTH_STEP_FRAMES = 512


@dataclass(frozen=True)
class Bus:
    """One version's bus: `version` is "main" or a version's id."""

    version: str
    signal: Signal
    steps: tuple[StepResult, ...]


Sounding = Sequence[tuple[Lane, Signal]]


def render_bus(context: Context, version: str, lanes: Sounding, keys: Mapping[str, Signal]) -> Bus:
    """Sum `lanes` with their faders and the returns, in chain order; run the master inserts.

    `keys` holds every group's signal after its inserts, muted ones too.
    """
    suffix = "" if version == "main" else f"@{version}"
    parts = [(lane.fader, signal) for lane, signal in lanes]
    steps: list[StepResult] = []
    for back in context.plan.returns:
        sent = _sent(context, back, lanes)
        if sent is not None:
            signal, results = run_steps(context, back.steps, sent, keys, suffix)
            parts.append((back.fader, signal))
            steps += results
    signal, first = _sum(context, parts, f"sum{suffix}")
    signal, results = run_steps(context, context.plan.master, signal, keys, suffix)
    return Bus(version, signal, (*steps, first, *results))


def _sent(context: Context, back: ReturnLane, lanes: Sounding) -> Signal | None:
    """What reaches a return: every lane's fader times its send; None where nothing is sent."""
    parts = [
        (lane.fader * gain, signal)
        for lane, signal in lanes
        for name, gain in lane.sends
        if name == back.id
    ]
    frames = context.plan.render_frames
    if not parts:
        return None
    key = sum_digest([(gain, signal.digest) for gain, signal in parts], frames)
    return Signal(
        key,
        frames,
        lambda: summed([Part(gain, signal.blocks()) for gain, signal in parts], frames),
    )


def _sum(
    context: Context, parts: Sequence[tuple[float, Signal]], step_id: str
) -> tuple[Signal, StepResult]:
    frames = context.plan.render_frames
    key = sum_digest([(gain, signal.digest) for gain, signal in parts], frames)
    entry = context.store.get(key)
    cached, seconds = entry is not None, 0.0
    if entry is None:
        context.events.busy(step_id)
        started = time.perf_counter()
        blocks = summed([Part(gain, signal.blocks()) for gain, signal in parts], frames)
        entry = store_signal(
            context.store, key, blocks, "float64", context.cancel, lambda: {"diagnostics": []}
        )
        seconds = time.perf_counter() - started
    context.events.done(step_id)
    result = step_result(step_id, "sum", (), entry, cached=cached, seconds=seconds)
    return stored_signal(context.store, entry), result


def final_frames(context: Context, bus: Signal) -> tuple[int, list[Diagnostic]]:
    """Where the master ends: at the longest stem, or where its tail has gone under -96 dBFS."""
    plan = context.plan
    if plan.window is not None:
        return plan.window.end - plan.window.start, []
    loud = bus.frames if bus.loud_frames is None else bus.loud_frames
    if loud <= plan.frames:
        return plan.frames, []
    whole = -(-loud // LENGTH_STEP_FRAMES) * LENGTH_STEP_FRAMES
    if whole < plan.render_frames:
        return whole, []
    seconds = (plan.render_frames - plan.frames) / plan.engine.sample_rate_hz
    return plan.render_frames, [
        Diagnostic(
            "warning",
            "tail_cut",
            "master",
            f"the master still sounds {seconds:.0f} s after the last stem and is cut there",
        )
    ]


def sounding(lanes: Sequence[tuple[Lane, Signal]], ids: Sequence[str]) -> list[tuple[Lane, Signal]]:
    """The lanes a version keeps, in chain order."""
    return [(lane, signal) for lane, signal in lanes if lane.id in ids]
