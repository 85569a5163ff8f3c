"""chain.lock: everything the sound depended on, by content, and what came out of it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bridge.finished import LOCK_SCHEMA, Lock, Told
from bridge.planning import (
    Engine,
    HostedStep,
    Lane,
    NativeInsert,
    NativeStep,
    Plan,
    ReturnLane,
    Ride,
    StemFile,
    Step,
    hosted_key,
    native_key,
    points_of,
)
from bridge.processing import VERSIONS
from bridge.rendering import Context, Rendering, target_spec, target_words
from bridge.storing import digest
from stemwright.installation import installed_version

_ANY_ENGINE = Engine("", 0, 0, 0.0)
"""The engine is held by itself, so that a spec is about an insert alone."""


def lock_of(
    context: Context, subtype: str, folder: Path, rendering: Rendering | None = None
) -> Lock:
    """Return the lock; source paths are relative to the output `folder`.

    Without a rendering it holds what was planned, and neither steps nor outputs.
    """
    plan = context.plan
    told = {
        "schema": LOCK_SCHEMA,
        "stemwright": installed_version("stemwright"),
        "engine": {
            **vars(plan.engine),
            "host_version": context.host.version,
            "offline": True,
            "transport": "playing",
        },
        "subtype": subtype,
        "sources": list(_sources(plan, folder)),
        "skipped": [said.where for said in plan.diagnostics if said.code == "skipped_stem"],
        "plugins": [_plugin(step) for step in hosted_steps(plan)],
        "mixer": list(mixer(plan)),
        "specs": specs(plan),
        "settings": settings(plan),
        "frames": rendering.frames if rendering else None,
        "drive_db": rendering.drive_db if rendering else None,
        "trim_db": rendering.trim_db if rendering else None,
        "drive_held": rendering.drive_held if rendering else False,
        "range": range_of(plan, rendering.frames if rendering else None),
        "only": [*plan.only] or None,
        **({"overrides": dict(plan.overrides)} if plan.overrides else {}),
        "steps": [
            {"id": step.id, "key": step.key, "pcm": step.pcm, "latency_frames": step.latency_frames}
            for step in (rendering.steps if rendering else ())
        ],
        "outputs": [
            {"version": output.version, "pcm_sha256": output.pcm_sha256}
            for output in (rendering.outputs if rendering else ())
        ],
    }
    return Lock.model_validate(told)


def range_of(plan: Plan, frames: int | None) -> dict[str, float | None] | None:
    """The seconds of the song a plan renders, given the file's frames; None for all of it."""
    window, rate_hz = plan.window, plan.engine.sample_rate_hz
    if window is None:
        return None
    end = window.end if frames is None else window.start + frames
    return {
        "start_s": window.start / rate_hz,
        "end_s": None if end is None else end / rate_hz,
    }


def length_of(plan: Plan, frames: int) -> dict[str, float | str]:
    """What render.json says of the length of a file of `frames`.

    `set_by` is what ends it: the longest stem, its tail, `tail_s` of the chain, or the range.
    `stems_s` and `tail_s` are parts of the file; `preroll_s` ran before it.
    """
    rate_hz, tail = plan.engine.sample_rate_hz, plan.unheard_frames + frames - plan.frames
    if plan.window is not None and plan.window.end is not None:
        by = "range"
    elif plan.engine.tail_s is not None:
        by = "tail_s"
    else:
        by = "tail" if tail > 0 else "stems"
    return {
        "frames": frames,
        "stems_s": (plan.frames - plan.unheard_frames) / rate_hz,
        "tail_s": tail / rate_hz,
        "preroll_s": plan.unheard_frames / rate_hz,
        "set_by": by,
    }


def as_text(told: Told) -> str:
    """Return a lock or a record as the text of its file."""
    return json.dumps(told.as_json(), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def mixer(plan: Plan) -> Iterator[dict[str, Any]]:
    """Every group, return and the master bus, in summing order: inserts in order, linear gains."""
    for lane in plan.lanes:
        yield {
            "id": lane.id,
            "trim": lane.trim,
            "inserts": _insert_ids(lane.steps),
            "fader": lane.fader,
            "sends": dict(lane.sends),
            **_rides("rides", lane.rides),
            **_rides("pre_rides", lane.pre_rides),
        }
    for back in plan.returns:
        yield {"id": back.id, "inserts": _insert_ids(back.steps), "fader": back.fader}
    yield {"id": "master", "inserts": _insert_ids(_master(plan))}


def specs(plan: Plan) -> dict[str, str]:
    """What each insert, target and version does, by name, apart from what comes into it.

    Neither the engine nor the song's length is in it.
    """
    runs: list[tuple[str, tuple[Step, ...]]] = [(owner.id, owner.steps) for owner in _owners(plan)]
    runs.append(("master", _master(plan)))
    found = {
        f"{owner}/{name}": spec
        for owner, run in runs
        for step in run
        for name, spec in _insert_specs(step)
    }
    if plan.finish is not None:
        found["target"] = target_spec(plan.finish)
    for made in plan.versions:
        without = {"without": made.without} if made.without else {}
        found[f"version {made.id}"] = digest(
            "spec", sounding=made.sounding, **without, **made.words
        )
    return found


def settings(plan: Plan) -> dict[str, dict[str, Any]]:
    """What `specs` stands for, in the chain's words: each built-in, the target, each version.

    A setting inside a list goes by its place: `bands[0].hz`. Plugins have rows of their own.
    """
    runs: list[tuple[str, tuple[Step, ...]]] = [(owner.id, owner.steps) for owner in _owners(plan)]
    runs.append(("master", _master(plan)))
    found = {
        f"{owner}/{insert.id}": dict(_flat("", _words_of(insert)))
        for owner, run in runs
        for step in run
        if isinstance(step, NativeStep)
        for insert in step.inserts
    }
    if plan.finish is not None:
        found["target"] = dict(_flat("", target_words(plan.finish)))
    for made in plan.versions:
        found[f"version {made.id}"] = {
            "sounding": ", ".join(made.sounding) or "nothing",
            "without": ", ".join(made.without) or "nothing",
            **dict(_flat("", made.words)),
        }
    return found


def _words_of(insert: NativeInsert) -> dict[str, Any]:
    return {**insert.settings.model_dump(mode="json"), "mix": insert.mix, "on": insert.on}


def _flat(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _flat(f"{path}.{key}" if path else str(key), item)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _flat(f"{path}[{index}]", item)
    else:
        yield path, value


def _insert_specs(step: Step) -> Iterator[tuple[str, str]]:
    key = None if step.key is None else f"group {step.key}"
    if isinstance(step, HostedStep):
        yield step.insert_id, hosted_key(step, "spec", _ANY_ENGINE, 0, "", key)
        return
    for insert in step.inserts:
        alone = replace(step, inserts=(insert,))
        yield insert.id, native_key(alone, "spec", _ANY_ENGINE, 0, VERSIONS, key)


def _insert_ids(steps: tuple[Step, ...]) -> list[str]:
    return [each for step in steps for each in step.insert_ids]


def _owners(plan: Plan) -> tuple[Lane | ReturnLane, ...]:
    return (*plan.lanes, *plan.returns)


def _master(plan: Plan) -> tuple[Step, ...]:
    return (*plan.master, *(plan.finish.driven if plan.finish else ()))


def hosted_steps(plan: Plan) -> Iterator[HostedStep]:
    """Every hosted step of a plan, in signal order."""
    for run in (*(owner.steps for owner in _owners(plan)), _master(plan)):
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
                **({"gain_db": stem.gain_db} if stem.gain_db else {}),
                **_rides("rides", stem.rides),
            }


def _rides(name: str, rides: Sequence[Ride]) -> dict[str, Any]:
    """A row's rides; a song without any has none to tell."""
    return {name: points_of(rides)} if rides else {}


def _file(file: StemFile, folder: Path) -> dict[str, Any]:
    lies_in_memory = file.array is not None
    return {
        "path": file.place if lies_in_memory else relative(file.archive or file.path, folder),
        "member": file.member,
        "pcm": file.pcm_hash,
    }


def relative(path: Path, folder: Path) -> str:
    """Where `path` lies, seen from the output folder; absolute on another drive of Windows."""
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
        "mix": step.mix,
        "on": step.on,
        "latency_samples": step.latency_samples,
        "key": step.key,
        **({"warm_up_s": step.warm_up_s} if step.warm_up_s else {}),
    }
