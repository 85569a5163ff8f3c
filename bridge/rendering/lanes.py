"""Lanes side by side: every stem group from its stems to the fader."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import NoReturn, TypeVar

from bridge.gathering import DamagedEntryError, Signal, cut, group_blocks, ridden_signal
from bridge.planning import Lane, NativeStep, Stem, VersionPlan, group_digest
from bridge.rendering.context import Context, StepResult
from bridge.rendering.steps import run_steps, step_key
from bridge.storing import Store
from bridge.workers import end_workers, workers
from stemwright.problems import MachineError, Problem, StemwrightError, StoppedError

LaneOutput = tuple[Signal, list[StepResult]]
_Name = TypeVar("_Name")

_LONG_FRAMES = 1 << 21


def render_lanes(context: Context) -> dict[str, LaneOutput]:
    """Render every lane, `context.jobs` at a time; return them by group id, in chain order.

    A lane that listens to another starts once that one is queued, and waits for it.
    A lane that fails does not stop the others: their steps are in the store for the next run.
    Raises the error of the failed lanes, all their problems in one.
    """
    futures: dict[str, Future[LaneOutput]] = {}
    context = replace(context, apart=_is_worth_workers(context))
    with ThreadPoolExecutor(max_workers=max(1, context.jobs)) as pool:
        for lane in keys_first(context.plan.lanes):
            futures[lane.id] = pool.submit(_render_lane, context, lane, dict(futures))
        return _awaited(context, {lane.id: futures[lane.id] for lane in context.plan.lanes})


def _is_worth_workers(context: Context) -> bool:
    """Whether several long lanes have built-ins to render; a worker takes half a second to begin.

    Threads alone share one interpreter, and hand it to each other at every block.
    """
    if context.plan.render_frames < _LONG_FRAMES:
        return False
    fresh: set[str] = set()
    for lane in keys_first(context.plan.lanes):
        if _begins_afresh(context, lane, fresh):
            fresh.add(lane.id)
    return len(fresh) > 1 and workers()


def _begins_afresh(context: Context, lane: Lane, fresh: Container[str]) -> bool:
    """Whether its first step is still to be rendered, as far as can be told before it is."""
    if not any(isinstance(step, NativeStep) for step in lane.steps):
        return False
    first = lane.steps[0]
    if first.key is not None:
        return first.key in fresh
    return context.store.get(step_key(context, first, lane_source(context, lane), {})) is None


def render_version_lanes(
    context: Context, keys: Mapping[str, Signal]
) -> dict[str, dict[str, LaneOutput]]:
    """Render the lanes that lose stems in a version; return them by group id, by version.

    `keys` holds the main master's groups after their inserts: what a lane listens to is the same
    in every version. Fails as `render_lanes` does.
    """
    with ThreadPoolExecutor(max_workers=max(1, context.jobs)) as pool:
        futures = {
            (version.id, lane.id): pool.submit(
                run_steps,
                context,
                lane.steps,
                lane_source(context, lane),
                keys,
                f"@{version.id}",
                mains=_mains_source(context, version, lane),
            )
            for version in context.plan.made
            for lane in version.lanes
        }
        done = _awaited(context, futures)
    return {
        version.id: {lane.id: done[version.id, lane.id] for lane in version.lanes}
        for version in context.plan.made
    }


def _mains_source(context: Context, version: VersionPlan, lane: Lane) -> Signal | None:
    """What goes into the main master's lane, for a version that takes the gains it gets there."""
    if version.dynamics == "own":
        return None
    return lane_source(context, next(each for each in context.plan.lanes if each.id == lane.id))


def _awaited(
    context: Context, futures: Mapping[_Name, Future[LaneOutput]]
) -> dict[_Name, LaneOutput]:
    """Wait for all lanes; what ends the wait early ends them too."""
    try:
        return _gathered(futures)
    except BaseException:
        from bridge.hosting import stop_all

        context.cancel.set()
        stop_all()
        end_workers()
        for future in futures.values():
            future.cancel()
        raise


def keys_first(lanes: Sequence[Lane]) -> list[Lane]:
    """Order lanes so that each comes after those it listens to; chain order otherwise."""
    ordered: list[Lane] = []
    waiting = list(lanes)
    while waiting:
        absent = {lane.id for lane in waiting}
        ready = next(lane for lane in waiting if not absent & set(lane.keys))
        waiting.remove(ready)
        ordered.append(ready)
    return ordered


def _gathered(futures: Mapping[_Name, Future[LaneOutput]]) -> dict[_Name, LaneOutput]:
    done: dict[_Name, LaneOutput] = {}
    failures: list[StemwrightError] = []
    for group, future in futures.items():
        try:
            done[group] = future.result()
        except StoppedError:
            raise
        except StemwrightError as error:
            failures.append(error)
    if failures:
        worst = min(failures, key=lambda error: error.exit_code)
        problems = [problem for error in failures for problem in error.problems]
        raise type(worst)([p for n, p in enumerate(problems) if p not in problems[:n]])
    return done


def lane_source(context: Context, lane: Lane) -> Signal:
    """The trimmed sum of a lane's stems under its pre rides, before its first insert."""
    plan = context.plan
    skip = 0 if plan.window is None else plan.window.skip
    rate_hz, frames = plan.engine.sample_rate_hz, plan.render_frames
    source = group_source(lane.stems, lane.trim, rate_hz, frames, skip, context.store)
    return ridden_signal(source, lane.pre_rides, rate_hz, skip)


def group_source(
    stems: Sequence[Stem], trim: float, rate_hz: int, frames: int, skip: int, store: Store
) -> Signal:
    """What goes into a group's first insert: the sum of its stems times its linear trim.

    `frames` of it, from the song's frame `skip` on.
    """
    return Signal(
        group_digest(stems, trim, rate_hz, frames, skip),
        frames,
        lambda: cut(group_blocks(stems, trim, rate_hz, skip + frames, store), frames, skip),
        anew=partial(group_source, stems, trim, rate_hz, frames, skip),
    )


def _render_lane(
    context: Context, lane: Lane, before: Mapping[str, Future[LaneOutput]]
) -> LaneOutput:
    keys = {key: before[key].result()[0] for key in lane.keys if key in before}
    return run_steps(context, lane.steps, lane_source(context, lane), keys)


def render_the_others(context: Context) -> NoReturn:
    """Render the lanes that can do without the plan's missing plugins, and raise MachineError."""
    missing = context.plan.missing
    if not any(lane.steps for lane in context.plan.able):
        raise MachineError(missing)
    context.events.missing(missing)
    context.events.steps(sum(len(lane.steps) for lane in context.plan.lanes))
    context.events.stage("lanes")
    others: list[Problem] = []
    try:
        render_lanes(context)
    except StoppedError:
        raise
    except StemwrightError as error:
        others += [problem for problem in error.problems if problem not in missing]
    except DamagedEntryError:
        pass  # it is dropped, and the next run renders it again
    raise MachineError([*(_kept(problem) for problem in missing), *others])


def _kept(problem: Problem) -> Problem:
    hint = f"{problem.hint}; what could be rendered without it is in the store for the next run"
    return replace(problem, hint=hint)
