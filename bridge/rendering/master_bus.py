"""The master bus before the target: the ordered sum of the faders, then the master inserts."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from bridge.gathering import Signal, ridden_signal, store_signal, stored_signal
from bridge.planning import Lane, Plan, ReturnLane, sum_digest
from bridge.rendering.behind_sum import BehindSum, behind_sum
from bridge.rendering.context import Context, StepResult, step_result
from bridge.rendering.steps import run_steps
from stemwright.problems import Diagnostic, InputError, Problem
from stemwright.values import dataclass

if TYPE_CHECKING:
    from bridge.audio import Block

_Part = TypeVar("_Part")


@dataclass(frozen=True)
class Bus:
    """One version's bus: `version` is "main" or a version's id.

    `summed` goes into its first master insert, `sent` into each return that anything is sent to.
    """

    version: str
    signal: Signal
    steps: tuple[StepResult, ...]
    summed: Signal
    sent: Mapping[str, Signal]


Sounding = Sequence[tuple[Lane, Signal]]


def render_bus(
    context: Context,
    version: str,
    lanes: Sounding,
    keys: Mapping[str, Signal],
    mains: Bus | None = None,
) -> Bus:
    """Sum `lanes` with rides and faders and the returns, in chain order; run the master inserts.

    `keys` holds every group's signal after its inserts, muted ones too, without its rides. With
    `mains`, the main master's bus, every gain is the one it has there.
    """
    lanes = [(lane, _ridden(context.plan, lane, signal)) for lane, signal in lanes]
    suffix = "" if version == "main" else f"@{version}"
    parts = [(lane.fader, signal) for lane, signal in lanes]
    steps: list[StepResult] = []
    sent: dict[str, Signal] = {}
    for back in context.plan.returns:
        entering = _sent(context, back, lanes)
        if entering is not None:
            sent[back.id] = entering
            led_by = None if mains is None else mains.sent[back.id]
            signal, results = run_steps(context, back.steps, entering, keys, suffix, mains=led_by)
            parts.append((back.fader, signal))
            steps += results
    inserts = context.plan.master
    led_by = None if mains is None else mains.summed
    with behind_sum(context, inserts, keys, led_by) as behind:
        summed, first = _sum(context, parts, f"sum{suffix}", behind)
        signal, results = run_steps(
            context, inserts, summed, keys, suffix, behind.made, mains=led_by
        )
    return Bus(version, signal, (*steps, first, *results), summed, sent)


def _ridden(plan: Plan, lane: Lane, signal: Signal) -> Signal:
    """What comes out of a lane's inserts, under the lane's rides."""
    skip = 0 if plan.window is None else plan.window.skip
    return ridden_signal(signal, lane.rides, plan.engine.sample_rate_hz, skip)


def _sent(context: Context, back: ReturnLane, lanes: Sounding) -> Signal | None:
    """What reaches a return; None where nothing is sent."""
    parts = sent_parts(back.id, ((lane.fader, lane.sends, signal) for lane, signal in lanes))
    return weighted_sum(parts, context.plan.render_frames) if parts else None


def sent_parts(
    back: str, groups: Iterable[tuple[float, Iterable[tuple[str, float]], _Part]]
) -> list[tuple[float, _Part]]:
    """What goes into the return `back`, each with its linear gain: the fader times the send.

    `groups` are (linear fader, (return, linear gain) of every send, what comes out of the inserts).
    """
    return [
        (fader * gain, output)
        for fader, sends, output in groups
        for name, gain in sends
        if name == back
    ]


def weighted_sum(parts: Sequence[tuple[float, Signal]], frames: int) -> Signal:
    """The ordered sum of signals, each times its linear gain, `frames` long."""
    return Signal(
        sum_digest([(gain, signal.digest) for gain, signal in parts], frames),
        frames,
        lambda: _summed(parts, frames),
    )


def _summed(parts: Sequence[tuple[float, Signal]], frames: int) -> Iterator[Block]:
    from bridge.audio import Part, summed  # with numpy, which a stored sum never needs

    return summed([Part(gain, signal.blocks()) for gain, signal in parts], frames)


def _sum(
    context: Context, parts: Sequence[tuple[float, Signal]], step_id: str, behind: BehindSum
) -> tuple[Signal, StepResult]:
    wanted = weighted_sum(parts, context.plan.render_frames)
    entry = context.store.get(wanted.digest)
    cached, seconds = entry is not None, 0.0
    if entry is None:
        context.events.busy(step_id)
        started = time.perf_counter()
        entry = store_signal(
            context.store,
            lambda: wanted.digest,
            wanted.blocks(),
            "float64",
            context.cancel,
            lambda: {"diagnostics": []},
            behind.grown,
        )
        seconds = time.perf_counter() - started
    context.events.done(step_id)
    result = step_result(step_id, "sum", (), entry, cached=cached, seconds=seconds)
    return stored_signal(context.store, entry), result


def final_frames(context: Context, bus: Signal) -> tuple[int, list[Diagnostic]]:
    """How long the master is: `bus` is its sound before the target.

    It ends with the longest stem when it stays under -96 dBFS from there on, else the fewest whole
    seconds later from which it does, at the latest where rendering ends; or where it was told to.
    Raises InputError for a range that begins after that.
    """
    plan = context.plan
    loud = bus.frames if bus.loud_frames is None else bus.loud_frames
    end = plan.fixed_frames
    if end is None:
        rate_hz = plan.engine.sample_rate_hz
        whole = plan.frames - (-max(0, loud - plan.frames) // rate_hz) * rate_hz
        end = min(whole, plan.render_frames)
    if end <= plan.unheard_frames:
        raise InputError(_after_the_end(plan, end))
    return end - plan.unheard_frames, [*_cut(plan, end, loud)]


def _after_the_end(plan: Plan, end: int) -> Problem:
    """A range that begins in the tail, but after what the master has of it."""
    assert plan.window is not None  # noqa: S101 - nothing else is unheard
    rate_hz = plan.engine.sample_rate_hz
    return Problem(
        "range_empty",
        f"the range begins at {plan.window.start / rate_hz:g} s, and the master ends at "
        f"{(plan.window.skip + end) / rate_hz:.2f} s",
        expected="a start before the master's end",
        hint="[engine] tail_s gives the master a longer tail",
    )


def _cut(plan: Plan, end: int, loud: int) -> Iterator[Diagnostic]:
    """Say that the sound goes on where the master ends; a part of the song is no master."""
    seconds = (end - plan.frames) / plan.engine.sample_rate_hz
    after = f"the master still sounds {seconds:g} s after the last stem and is cut there"
    if plan.window is not None and plan.window.end is not None:
        return
    if end == plan.fixed_frames:
        if loud > end:
            said = f"{after}, as [engine] tail_s says"
            yield Diagnostic("note", "tail_cut", "master", said)
    elif loud >= plan.render_frames:
        said = f"{after}; set [engine] tail_s to give it more"
        yield Diagnostic("warning", "tail_cut", "master", said)
