"""chain.lock: everything the sound depended on, by content, and what came out of it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bridge.planning import HostedStep, Plan, StemFile, Step
from bridge.rendering.context import Context
from bridge.rendering.finish import target_spec
from bridge.rendering.master import Rendering
from bridge.rendering.signals import Signal, silence
from bridge.rendering.steps import step_key
from bridge.storing import digest

LOCK_SCHEMA = 1


def lock_of(
    context: Context, subtype: str, folder: Path, rendering: Rendering | None = None
) -> dict[str, Any]:
    """Return the lock; source paths are relative to the output `folder`.

    Without a rendering it holds what was planned, and neither steps nor outputs.
    """
    plan = context.plan
    return {
        "schema": LOCK_SCHEMA,
        "stemwright": version("stemwright"),
        "engine": {
            **vars(plan.engine),
            "host_version": context.host.version,
            "offline": True,
            "transport": "playing",
        },
        "subtype": subtype,
        "sources": list(_sources(plan, folder)),
        "plugins": [_plugin(step) for step in hosted_steps(plan)],
        "specs": specs(context),
        "frames": rendering.frames if rendering else None,
        "drive_db": rendering.drive_db if rendering else None,
        "drive_held": rendering.drive_held if rendering else False,
        "range": range_of(plan),
        "steps": [
            {"id": step.id, "key": step.key, "pcm": step.pcm, "latency_frames": step.latency_frames}
            for step in (rendering.steps if rendering else ())
        ],
        "outputs": [
            {"version": output.version, "pcm_sha256": output.pcm_sha256}
            for output in (rendering.outputs if rendering else ())
        ],
    }


def range_of(plan: Plan) -> dict[str, float] | None:
    """The seconds of the song a plan renders; None for all of it."""
    window, rate_hz = plan.window, plan.engine.sample_rate_hz
    if window is None:
        return None
    return {"start_s": window.start / rate_hz, "end_s": window.end / rate_hz}


def as_text(lock: Mapping[str, Any]) -> str:
    """Return a lock as the text of chain.lock."""
    return json.dumps(lock, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def specs(context: Context) -> dict[str, str]:
    """What each step, target and version does, by name, apart from what comes into it."""
    plan = context.plan
    blank = Signal("spec", plan.render_frames, lambda: silence(0))
    runs = [lane.steps for lane in plan.lanes] + [back.steps for back in plan.returns]
    runs += [plan.master, plan.finish.driven if plan.finish else ()]
    found = {step.id: step_key(context, step, blank, {}) for run in runs for step in run}
    faders = [
        [lane.id, lane.fader, lane.trim, [list(to) for to in lane.sends]] for lane in plan.lanes
    ]
    returns = [[back.id, back.fader] for back in plan.returns]
    found["sum"] = digest("spec", faders=faders, returns=returns)
    if plan.finish is not None:
        found["target"] = target_spec(plan.finish)
    for made in plan.versions:
        found[f"version {made.id}"] = digest("spec", sounding=made.sounding)
    return found


def hosted_steps(plan: Plan) -> Iterator[HostedStep]:
    """Every hosted step of a plan, in signal order."""
    runs: list[tuple[Step, ...]] = [lane.steps for lane in plan.lanes]
    runs += [*(back.steps for back in plan.returns), plan.master]
    runs += [plan.finish.driven if plan.finish else ()]
    for run in runs:
        yield from (step for step in run if isinstance(step, HostedStep))


def _sources(plan: Plan, folder: Path) -> Iterator[dict[str, Any]]:
    for lane in plan.lanes:
        for stem in lane.stems:
            yield {
                "stem": stem.id,
                "name": stem.name,
                "role": stem.role,
                "group": lane.id,
                "offset_s": stem.offset_s,
                "files": [_file(file, folder) for file in stem.files],
            }


def _file(file: StemFile, folder: Path) -> dict[str, Any]:
    return {
        "path": _relative(file.archive or file.path, folder),
        "member": file.member,
        "pcm": file.pcm_hash,
    }


def _relative(path: Path, folder: Path) -> str:
    try:
        return Path(os.path.relpath(path, folder.resolve())).as_posix()
    except ValueError:  # another drive on Windows
        return path.as_posix()


def _plugin(step: HostedStep) -> dict[str, Any]:
    plugin = step.plugin
    return {
        "step": step.id,
        "name": plugin.name,
        "vendor": plugin.vendor,
        "version": plugin.version,
        "format": plugin.format,
        "class_id": plugin.class_id,
        "binary": plugin.binary_hash,
        "state": step.state_hash,
        "params": dict(step.params),
    }
