"""Jobs as the JSON that a worker child reads."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bridge.hosting.port import PrepareJob, RunJob
from bridge.plugins import Plugin

RawParams = Sequence[tuple[str, float]]
"""Parameters by name, 0 to 1."""


def plugin_wire(plugin: Plugin) -> dict[str, Any]:
    """Which plugin to load."""
    return {
        "name": plugin.name,
        "path": str(plugin.path.resolve()),  # hosts find no binary behind a link of another name
        "format": plugin.format,
        "class_id": plugin.class_id,
        "shell": plugin.classes_in_file > 1,
    }


def describe_wire(
    engine: str, plugin: Plugin, state: Path | None, raw_params: RawParams = ()
) -> dict[str, Any]:
    """Load `plugin`, apply `state` and raw values over it, and list its parameters."""
    return {
        "op": "describe",
        "host": engine,
        "plugin": plugin_wire(plugin),
        "state": _path(state),
        "raw_params": raw_params,
        "sample_rate_hz": 48000,
        "buffer_size": 512,
        "tempo_bpm": 120.0,
    }


def save_wire(plugin: Plugin, state: Path | None, raw: RawParams, out: Path) -> dict[str, Any]:
    """Save what `plugin` is with `state` and raw values over it to `out`, and try it out."""
    described = describe_wire("dawdreamer", plugin, state, raw)
    return described | {"op": "save", "preset_out": str(out.absolute())}


def prepare_wire(engine: str, job: PrepareJob, preset: Path) -> dict[str, Any]:
    """Set a plugin up and write its finished state to `preset`."""
    return {
        "op": "prepare",
        "host": engine,
        "plugin": plugin_wire(job.plugin),
        "state": _path(job.state),
        "params": job.params,
        "sample_rate_hz": job.sample_rate_hz,
        "buffer_size": job.buffer_size,
        "tempo_bpm": job.tempo_bpm,
        "preset_out": str(preset),
    }


def run_wire(engine: str, job: RunJob, output: Path) -> dict[str, Any]:
    """Run one insert, into `output`."""
    insert = job.insert
    return {
        "op": "run",
        "host": engine,
        "plugin": plugin_wire(insert.plugin),
        "preset": _path(insert.preset),
        "raw_params": insert.raw_params,
        "latency_frames": insert.latency_frames,
        "expected_latency_frames": insert.expected_latency_frames,
        "inputs": insert.inputs,
        "input": _path(job.input),
        "key": _path(insert.key_input),
        "output": str(output.absolute()),
        "frames": job.frames,
        "sample_rate_hz": job.sample_rate_hz,
        "buffer_size": job.buffer_size,
        "tempo_bpm": job.tempo_bpm,
    }


def repeat_wire(engine: str, job: RunJob, outputs: Sequence[Path]) -> dict[str, Any]:
    """Run one insert three times in one process, into `outputs`."""
    paths = [str(output.absolute()) for output in outputs]
    return run_wire(engine, job, job.output) | {"op": "repeat", "outputs": paths}


def window_wire(plugin: Plugin, state: Path | None, out: Path) -> dict[str, Any]:
    """Open the plugin's own window over `state`; what it holds afterwards goes to `out`."""
    return describe_wire("pedalboard", plugin, state) | {"op": "window", "preset_out": str(out)}


def _path(path: Path | None) -> str | None:
    return None if path is None else str(path.absolute())
