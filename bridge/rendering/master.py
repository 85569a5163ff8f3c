"""A plan becomes masters: lanes, sum, master bus, finish; then the versions with the same drive."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bridge.audio import Subtype
from bridge.gathering import DamagedEntryError
from bridge.rendering.context import Context, StepResult
from bridge.rendering.finish import Ending, Finished, finish, version_ending
from bridge.rendering.lanes import render_lanes, render_version_lanes
from bridge.rendering.master_bus import final_frames, render_bus
from bridge.rendering.takes import HeldDrive
from bridge.rendering.version_sums import VersionsSum, version_sums
from bridge.workers import dismiss_workers, working
from stemwright.problems import Diagnostic, Problem, RenderError
from stemwright.values import dataclass

WORKER_MODULES = (
    "bridge.rendering.native_steps",
    "bridge.gathering.sources",
    "bridge.audio.inspection",
    "bridge.audio.resample",
    "bridge.audio.pcm",
)
"""What a worker of a render has to have imported."""

_ATTEMPTS = 8


@dataclass(frozen=True)
class Output:
    """One finished file, still in the store: `path` there, and what it measures."""

    version: str
    path: Path
    pcm_sha256: str
    measures: Mapping[str, Any]
    reached: bool
    trim_db: float


@dataclass(frozen=True)
class Rendering:
    """What a render made; `reached` is false when a target was missed.

    Drive and trim are the main master's, whether it was written or not.
    """

    outputs: tuple[Output, ...]
    steps: tuple[StepResult, ...]
    drive_db: float
    trim_db: float
    drive_held: bool
    frames: int
    diagnostics: tuple[Diagnostic, ...]
    sums: tuple[VersionsSum, ...] = ()

    @property
    def reached(self) -> bool:
        """Whether every file is what the target asked for."""
        return all(output.reached for output in self.outputs)


def render(
    context: Context,
    subtype: Subtype = "pcm24",
    drive_db: float | None = None,
    trim_db: float = 0.0,
) -> Rendering:
    """Render `context.plan`, taking from the store what it holds.

    `drive_db` is held when given, and the `trim_db` that went with it.

    Raises RenderError, InputError or MachineError with every lane's problems; finished steps stay.
    A store entry found damaged is dropped and made again.
    """
    held = None if drive_db is None else HeldDrive(drive_db, trim_db)
    for _ in range(_ATTEMPTS):
        try:
            with working(context.jobs, WORKER_MODULES), context.store.holding():
                return _render(context, subtype, held)
        except DamagedEntryError:
            continue
    raise RenderError(
        Problem(
            "store_damaged",
            "entries of the store keep losing their contents while they are used",
            {"file": str(context.store.root)},
            hint="check the disk, or name another folder with --store",
        )
    )


def _render(context: Context, subtype: Subtype, held: HeldDrive | None) -> Rendering:
    plan, events = context.plan, context.events
    events.steps(_step_count(context))
    events.stage("lanes")
    lanes = render_lanes(context)
    keys = {group: signal for group, (signal, _) in lanes.items()}
    sounds = [(lane, keys[lane.id]) for lane in plan.lanes]
    steps = [result for _, results in lanes.values() for result in results]
    others = render_version_lanes(context, keys)
    events.stage("sum")
    main = render_bus(context, "main", sounds, keys)
    frames, said = final_frames(context, main.signal)
    events.stage("finish")
    outputs, main_held = [], held
    steps += main.steps
    if main_held is None or "main" in plan.written:
        finished = finish(context, main, frames, subtype, keys, Ending(plan.finish, held))
        outputs += [_output("main", finished)] if "main" in plan.written else []
        main_held = finished.held
        steps += finished.steps
    for version in plan.made:
        own = others[version.id]
        heard = {**keys, **{group: signal for group, (signal, _) in own.items()}}
        sounding = [
            (version.faded(lane), heard[lane.id])
            for lane, _ in sounds
            if lane.id in version.sounding
        ]
        led_by = main if version.dynamics == "main" else None
        bus = render_bus(context, version.id, sounding, keys, led_by)
        ending = version_ending(plan.finish, version, main_held, main, bus)
        made = finish(context, bus, frames, subtype, keys, ending)
        outputs.append(_output(version.id, made))
        steps += [*(step for _, results in own.values() for step in results), *bus.steps]
        steps += made.steps
    dismiss_workers()
    steps_told = [each for step in steps for each in step.diagnostics]
    remarks = sorted(context.remarks, key=lambda each: each.where)
    sums = tuple(
        version_sums(plan, outputs, steps, context.store, by_insert=context.sums_by_insert)
    )
    told = [*plan.diagnostics, *said, *steps_told, *remarks, *(each.told() for each in sums)]
    return Rendering(
        outputs=tuple(outputs),
        steps=tuple(steps),
        drive_db=main_held.drive_db,
        trim_db=main_held.trim_db,
        drive_held=held is not None,
        frames=frames,
        diagnostics=tuple(told),
        sums=sums,
    )


def _output(version: str, finished: Finished) -> Output:
    return Output(
        version,
        finished.entry.data,
        str(finished.entry.meta["pcm"]),
        finished.entry.meta["measures"],
        finished.reached,
        finished.entry.meta["trim_db"],
    )


def _step_count(context: Context) -> int:
    plan = context.plan
    partial = [lane for version in plan.made for lane in version.lanes]
    lanes = sum(len(lane.steps) for lane in (*plan.lanes, *partial))
    bus = sum(len(back.steps) for back in plan.returns) + len(plan.master) + 2
    return lanes + (1 + len(plan.made)) * bus
