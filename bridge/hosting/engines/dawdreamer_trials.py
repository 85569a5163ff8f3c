"""Trying settings of one insert in dawdreamer: loaded once, started anew for each of them."""

from __future__ import annotations

from pathlib import Path

from bridge.hosting.answers import Done, Opened, Tell, Texts
from bridge.hosting.engines.audio_files import append_raw, rows_tried
from bridge.hosting.engines.dawdreamer import latency_of, ready
from bridge.hosting.engines.dawdreamer_rig import Rig, listed
from bridge.hosting.engines.parameters import Parameters
from bridge.hosting.jobs import Shown, Tried, Try

_kept: list[_Kept] = []
"""What this child was asked to keep: one."""


class _Kept:
    """A loaded insert, what it was asked for, and the latency it was opened with."""

    def __init__(self, job: Try, rig: Rig) -> None:
        self.job = job
        self.rig = rig
        self.latency_frames = latency_of(rig, job)[0]
        self.parameters = Parameters(lambda: listed(rig.first))


def try_out(job: Try, tell: Tell) -> Opened:
    """Load the insert and keep it."""
    kept = _Kept(job, ready(job, tell))
    _kept[:] = [kept]
    values = tuple(kept.parameters.raw(name) for name in job.names)
    return Opened(kept.latency_frames, values)


def tried(job: Tried, tell: Tell) -> Done:
    """Render the kept insert at each row of values."""
    (kept,) = _kept
    latency = kept.latency_frames
    tell("trying settings")
    with Path(job.output).open("wb") as file:
        fed = rows_tried(job.input, job.frames, len(job.values))
        for audio, values in zip(fed, job.values, strict=True):
            kept.rig.try_out(audio, tuple(zip(kept.job.names, values, strict=True)))
            left, right = kept.rig.render(job.frames + latency)
            append_raw(file, (left[latency:], right[latency:]), job.frames)
    return Done()


def shown(job: Shown, tell: Tell) -> Texts:
    """The display texts of the tried parameters at each row of values."""
    (kept,) = _kept
    tell("reading its parameters")
    names = kept.job.names
    return Texts(tuple(kept.parameters.texts(zip(names, row, strict=True)) for row in job.values))
