"""Trying settings of one insert in pedalboard: loaded once, started anew for each of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bridge.hosting.answers import Done, Opened, Tell, Texts
from bridge.hosting.engines.audio_files import append_raw, rows_tried
from bridge.hosting.engines.pedalboard_plugin import parameters_of, settle
from bridge.hosting.engines.pedalboard_run import instances, rendered, reported_latency
from bridge.hosting.jobs import Shown, Tried, Try

_kept: list[tuple[Try, list[Any]]] = []
"""What this child was asked to keep: one job, with an instance or one a side."""


def try_out(job: Try, tell: Tell) -> Opened:
    """Load the insert and keep it."""
    plugins = instances(job, tell, settled=True)
    _kept[:] = [(job, plugins)]
    parameters = parameters_of(plugins[0])
    latency = reported_latency(plugins) if job.latency_frames is None else job.latency_frames
    return Opened(latency, tuple(parameters.raw(name) for name in job.names))


def tried(job: Tried, tell: Tell) -> Done:
    """Render the kept insert at each row of values."""
    ((kept, plugins),) = _kept
    tell("trying settings")
    with Path(job.output).open("wb") as file:
        fed = rows_tried(job.input, job.frames, len(job.values))
        for audio, values in zip(fed, job.values, strict=True):
            for plugin in plugins:
                parameters_of(plugin).set_raw(tuple(zip(kept.names, values, strict=True)))
                settle(plugin, kept.sample_rate_hz, kept.buffer_size)
                plugin.reset()
            shift, sides = rendered(plugins, audio, kept)
            append_raw(file, (sides[0, shift:], sides[1, shift:]), job.frames)
    return Done()


def shown(job: Shown, tell: Tell) -> Texts:
    """The display texts of the tried parameters at each row of values."""
    ((kept, plugins),) = _kept
    tell("reading its parameters")
    parameters, names = parameters_of(plugins[0]), kept.names
    return Texts(tuple(parameters.texts(zip(names, row, strict=True)) for row in job.values))
