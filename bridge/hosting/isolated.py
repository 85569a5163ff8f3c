"""The Host of real plugins: every insert in a fresh child of its own.

A step's audio must depend on nothing but its input, its plugin and its state, because a later
render starts at the first step the store lacks. Inserts that share a process or a graph break
that: a second ZamHeadX2 in one graph differs from the same one alone from the first sample on, and
behind a latent insert the blocks fall elsewhere. So one child renders one insert, from zero latency
to zero latency; it costs about 0.2 s, names the culprit by itself, and bounds the memory.
"""

from __future__ import annotations

import importlib.metadata
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from bridge.errors import Diagnostic, InputError, Problem, RenderError
from bridge.hosting import port
from bridge.hosting.child import ChildFailed, call, stops
from bridge.hosting.faults import answered_error, child_error, diagnostics
from bridge.hosting.port import (
    Host,
    HostedInsert,
    InsertResult,
    Prepared,
    PrepareJob,
    RunJob,
    RunResult,
)
from bridge.hosting.vstpreset import check_owner
from bridge.plugins import Plugin

TRIED_ELSEWHERE = frozenset(
    {"plugin_crashed", "plugin_exited", "plugin_hung", "plugin_unloadable", "host_failed"}
)
"""Problems in preparing that may be the preparing engine's own."""

FRAME_BYTES = 8
"""Two channels of float32."""


def host(name: str) -> Host:
    """The host a chain's `engine.host` names; InputError `unknown_host` for any other."""
    if name == DawDreamerHost.name:
        return DawDreamerHost()
    raise InputError(
        Problem(
            kind="unknown_host",
            message=f'there is no plugin host "{name}"',
            expected=DawDreamerHost.name,
            hint="Name another host in the chain's [engine].",
        )
    )


class DawDreamerHost:
    """Prepares through pedalboard, which reads display texts back, and renders in dawdreamer."""

    name = "dawdreamer"

    @property
    def version(self) -> str:
        """The installed dawdreamer's version."""
        return importlib.metadata.version("dawdreamer")

    def prepare(self, job: PrepareJob, deadline_s: float = port.LOAD_DEADLINE_S) -> Prepared:
        """Set `job.plugin` up in a child of its own.

        A plugin that fails in pedalboard, and needs no parameter set, is tried in dawdreamer too.
        """
        if job.state is not None:
            check_owner(job.state, job.plugin, job.step_id)
        try:
            return self._prepare_in("pedalboard", job, deadline_s)
        except RenderError as first:
            if job.params or first.problems[0].kind not in TRIED_ELSEWHERE:
                raise
            try:
                return self._prepare_in("dawdreamer", job, deadline_s)
            except RenderError:
                raise first from None

    def run(self, job: RunJob, deadline_s: float | None = None) -> RunResult:
        """Render insert after insert, each output under its own name only once it is whole."""
        since = stops()
        if deadline_s is None:
            deadline_s = port.deadline_s(job.frames, job.sample_rate_hz)
        results: list[InsertResult] = []
        told: list[Diagnostic] = []
        source = job.input
        for insert, output in zip(job.inserts, job.outputs, strict=True):
            if insert.preset is not None:
                check_owner(insert.preset, insert.plugin, insert.step_id)
            answer = _render(job, insert, source, output, deadline_s, since)
            results.append(
                InsertResult(insert.step_id, answer["latency_frames"], answer["peak_memory_bytes"])
            )
            told += diagnostics(answer["diagnostics"], insert.plugin, insert.step_id)
            source = output
        return RunResult(tuple(results), self.name, self.version, tuple(told))

    def _prepare_in(self, engine: str, job: PrepareJob, deadline_s: float) -> Prepared:
        with tempfile.TemporaryDirectory(prefix="stemwright-") as folder:
            preset = Path(folder) / "prepared.vstpreset"
            wire = _prepare_wire(engine, job, preset)
            answer = _call(wire, deadline_s, job.plugin, job.step_id)
            data = preset.read_bytes() if preset.exists() else None
        return Prepared(
            preset=data,
            class_id=answer["class_id"],
            latency_frames=answer["latency_frames"],
            inputs=answer["inputs"],
            outputs=answer["outputs"],
            raw_params=tuple((name, value) for name, value in answer["raw_params"]),
            read_back=tuple((name, text) for name, text in answer["read_back"]),
            diagnostics=diagnostics(answer["diagnostics"], job.plugin, job.step_id),
            host=engine,
            host_version=importlib.metadata.version(engine),
        )


def _render(
    job: RunJob,
    insert: HostedInsert,
    source: Path,
    output: Path,
    deadline_s: float,
    since: int,
) -> dict[str, Any]:
    if job.frames < 1 or source.stat().st_size != job.frames * FRAME_BYTES:
        raise ValueError(f"{source.name} does not hold {job.frames} stereo frames")
    part = output.with_name(output.name + ".part")
    try:
        wire = _run_wire(job, insert, source, part)
        answer = _call(wire, deadline_s, insert.plugin, insert.step_id, since)
        part.replace(output)
    finally:
        with suppress(FileNotFoundError):
            part.unlink()
    return answer


def _call(
    wire: Mapping[str, Any],
    deadline_s: float,
    plugin: Plugin,
    step_id: str,
    since: int | None = None,
) -> dict[str, Any]:
    try:
        answer = call(wire, deadline_s, since)
    except ChildFailed as failed:
        raise child_error(failed, plugin, step_id) from None
    if "problems" in answer:
        raise answered_error(answer["problems"], plugin, step_id)
    return answer


def _plugin_wire(plugin: Plugin) -> dict[str, Any]:
    return {
        "name": plugin.name,
        "path": str(plugin.path.absolute()),
        "class_id": plugin.class_id,
        "shell": plugin.classes_in_file > 1,
    }


def _prepare_wire(engine: str, job: PrepareJob, preset: Path) -> dict[str, Any]:
    return {
        "op": "prepare",
        "host": engine,
        "plugin": _plugin_wire(job.plugin),
        "state": None if job.state is None else str(job.state.absolute()),
        "params": job.params,
        "sample_rate_hz": job.sample_rate_hz,
        "buffer_size": job.buffer_size,
        "tempo_bpm": job.tempo_bpm,
        "preset_out": str(preset),
    }


def _run_wire(job: RunJob, insert: HostedInsert, source: Path, output: Path) -> dict[str, Any]:
    return {
        "op": "run",
        "host": DawDreamerHost.name,
        "plugin": _plugin_wire(insert.plugin),
        "preset": None if insert.preset is None else str(insert.preset.absolute()),
        "raw_params": insert.raw_params,
        "latency_frames": insert.latency_frames,
        "expected_latency_frames": insert.expected_latency_frames,
        "input": str(source.absolute()),
        "output": str(output.absolute()),
        "frames": job.frames,
        "sample_rate_hz": job.sample_rate_hz,
        "buffer_size": job.buffer_size,
        "tempo_bpm": job.tempo_bpm,
    }
