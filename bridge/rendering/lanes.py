"""Lanes side by side: every stem group from its stems to the fader."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from bridge.errors import StemwrightError, StoppedError
from bridge.hosting import stop_all
from bridge.planning import Lane, group_digest
from bridge.rendering.context import Context, StepResult
from bridge.rendering.signals import Signal
from bridge.rendering.sources import group_blocks
from bridge.rendering.steps import run_steps

LaneOutput = tuple[Signal, list[StepResult]]


def render_lanes(context: Context) -> list[LaneOutput]:
    """Render every lane, `context.jobs` at a time; return them in chain order.

    A lane that fails does not stop the others: their steps are in the store for the next run.
    Raises the error of the failed lanes, all their problems in one.
    """
    lanes = context.plan.lanes
    with ThreadPoolExecutor(max_workers=max(1, context.jobs)) as pool:
        futures = [pool.submit(_render_lane, context, lane) for lane in lanes]
        try:
            return _gathered(futures)
        except BaseException:
            context.cancel.set()
            stop_all()
            for future in futures:
                future.cancel()
            raise


def _gathered(futures: Sequence[Future[LaneOutput]]) -> list[LaneOutput]:
    done: list[LaneOutput] = []
    failures: list[StemwrightError] = []
    for future in futures:
        try:
            done.append(future.result())
        except StoppedError:
            raise
        except StemwrightError as error:
            failures.append(error)
    if failures:
        worst = min(failures, key=lambda error: error.exit_code)
        raise type(worst)([problem for error in failures for problem in error.problems])
    return done


def lane_source(context: Context, lane: Lane) -> Signal:
    """The trimmed sum of a lane's stems, before its first insert."""
    rate_hz, frames = context.plan.engine.sample_rate_hz, context.plan.render_frames
    return Signal(
        group_digest(lane.stems, lane.trim, rate_hz, frames),
        frames,
        lambda: group_blocks(lane.stems, lane.trim, rate_hz, frames, context.store),
    )


def _render_lane(context: Context, lane: Lane) -> LaneOutput:
    return run_steps(context, lane.steps, lane_source(context, lane))
