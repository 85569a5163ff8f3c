"""chain.lock: everything the sound depended on, by content, and what came out of it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bridge.planning import HostedStep, Plan, Step
from bridge.rendering.context import Context
from bridge.rendering.master import Rendering

LOCK_SCHEMA = 1


def lock_text(context: Context, rendering: Rendering, subtype: str, folder: Path) -> str:
    """Return the lock as JSON text; source paths are relative to the output `folder`."""
    plan = context.plan
    lock = {
        "schema": LOCK_SCHEMA,
        "stemwright": version("stemwright"),
        "engine": {
            **vars(plan.engine),
            "host_version": context.host.version,
            "offline": True,
            "transport": "playing",
        },
        "frames": rendering.frames,
        "drive_db": rendering.drive_db,
        "subtype": subtype,
        "sources": list(_sources(plan, folder)),
        "plugins": [_plugin(step) for step in hosted_steps(plan)],
        "steps": [
            {"id": step.id, "key": step.key, "pcm": step.pcm, "latency_frames": step.latency_frames}
            for step in rendering.steps
        ],
        "outputs": [
            {"version": output.version, "pcm_sha256": output.pcm_sha256}
            for output in rendering.outputs
        ],
    }
    return json.dumps(lock, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


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
                "group": lane.id,
                "offset_s": stem.offset_s,
                "files": [
                    {"path": _relative(file.path, folder), "pcm": file.pcm_hash}
                    for file in stem.files
                ],
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
