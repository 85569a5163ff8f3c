"""The Hosts of real plugins: every insert in a fresh child of its own.

A step's audio must depend on nothing but its input, its plugin and its state, because a later
render starts at the first step the store lacks. Inserts that share a process or a graph break
that: a second ZamHeadX2 in one graph differs from the same one alone from the first sample on, and
behind a latent insert the blocks fall elsewhere. So one child renders one insert, from zero latency
to zero latency; it costs about 0.2 s, names the culprit by itself, and bounds the memory.
"""

from __future__ import annotations

import importlib.metadata
from contextlib import suppress
from typing import ClassVar

from bridge.hosting import port
from bridge.hosting.answers import Refusal
from bridge.hosting.child.process import ChildFailed, Ending, call
from bridge.hosting.child.scratch import scratch
from bridge.hosting.faults import (
    answered_error,
    child_error,
    diagnostics,
    key_unreachable,
    unhosted,
)
from bridge.hosting.finding.states import SUFFIXES, check_owner
from bridge.hosting.jobs import Answer, Job, prepare_job, run_job
from bridge.hosting.port import Host, Prepared, PrepareJob, RunJob, RunResult
from bridge.plugins import Slot
from stemwright.problems import InputError, MachineError, Problem, RenderError

TRIED_ELSEWHERE = frozenset(
    {"plugin_crashed", "plugin_exited", "plugin_hung", "plugin_unloadable", "host_failed"}
)
"""Problems in preparing that may be the preparing engine's own."""

FRAME_BYTES = 8
"""Two channels of float32."""


def host(name: str) -> Host:
    """The host a chain's `engine.host` names; InputError `unknown_host` for any other."""
    hosts: dict[str, type[DawDreamerHost | PedalboardHost]] = {
        DawDreamerHost.name: DawDreamerHost,
        PedalboardHost.name: PedalboardHost,
    }
    if name in hosts:
        return hosts[name]()
    raise InputError(
        Problem(
            kind="unknown_host",
            message=f'there is no plugin host "{name}"',
            expected=" or ".join(hosts),
            hint="Name another host in the chain's [engine].",
        )
    )


class _IsolatedHost:
    """What both hosts share; `name` is the engine that runs."""

    name: ClassVar[str]

    def run(self, job: RunJob, deadline_s: float | None = None) -> RunResult:
        """Render one insert; the output appears under its own name only once it is whole."""
        insert = job.insert
        if job.frames < 1 or job.input.stat().st_size != job.frames * FRAME_BYTES:
            raise ValueError(f"{job.input.name} does not hold {job.frames} stereo frames")
        self._refuse(insert.slot)
        if insert.key_input is not None and (self.name, insert.plugin.format) != KEYED:
            raise RenderError(key_unreachable(insert.slot))
        if insert.preset is not None:
            check_owner(insert.preset, insert.slot)
        if deadline_s is None:
            deadline_s = port.deadline_s(job.frames, job.sample_rate_hz)
        part = job.output.with_name(job.output.name + ".part")
        try:
            answer = ask(run_job(self.name, job, part), deadline_s, insert.slot)
            if not part.exists() or part.stat().st_size != job.frames * FRAME_BYTES:
                said = "its output is not there, or of another length"
                failed = ChildFailed(Ending.GARBLED, said)
                raise child_error(failed, insert.slot)
            part.replace(job.output)
        finally:
            with suppress(FileNotFoundError):
                part.unlink()
        return RunResult(
            latency_frames=answer.latency_frames,
            host=self.name,
            host_version=importlib.metadata.version(self.name),
            lag_frames=answer.lag_frames,
            peak_memory_bytes=answer.peak_memory_bytes,
            load_s=answer.load_s,
            process_s=answer.process_s,
            diagnostics=diagnostics(answer.diagnostics, insert.slot),
        )

    def _refuse(self, slot: Slot) -> None:
        """Raise for a format that this host does not know."""


class DawDreamerHost(_IsolatedHost):
    """Prepares through pedalboard, which reads display texts back, and renders in dawdreamer."""

    name = "dawdreamer"

    @property
    def version(self) -> str:
        """All that makes the sound: dawdreamer, and pedalboard, which makes the states."""
        return f"{importlib.metadata.version(self.name)}+pedalboard.{PedalboardHost().version}"

    def prepare(self, job: PrepareJob, deadline_s: float = port.LOAD_DEADLINE_S) -> Prepared:
        """Set `job.plugin` up in a child of its own.

        A VST2 is set up in dawdreamer alone. Another plugin that fails in pedalboard, and needs no
        parameter set, is tried in dawdreamer too.
        """
        if job.plugin.format == "VST2":
            return _prepare_in("dawdreamer", job, deadline_s)
        try:
            return _prepare_in("pedalboard", job, deadline_s)
        except RenderError as first:
            if job.params or first.problems[0].kind not in TRIED_ELSEWHERE:
                raise
            try:
                return _prepare_in("dawdreamer", job, deadline_s)
            except RenderError:
                raise first from None


class PedalboardHost(_IsolatedHost):
    """Prepares and renders in pedalboard: for files with several plugins, and as a second ear."""

    name = "pedalboard"

    @property
    def version(self) -> str:
        """The installed pedalboard's version."""
        return importlib.metadata.version(self.name)

    def prepare(self, job: PrepareJob, deadline_s: float = port.LOAD_DEADLINE_S) -> Prepared:
        """Set `job.plugin` up in a child of its own."""
        self._refuse(job.slot)
        return _prepare_in(self.name, job, deadline_s)

    def _refuse(self, slot: Slot) -> None:
        if slot.plugin.format == "VST2":
            raise MachineError(unhosted(slot, self.name))


KEYED = (DawDreamerHost.name, "VST2")
"""The one host and format whose side-chain can be reached."""


def _prepare_in(engine: str, job: PrepareJob, deadline_s: float) -> Prepared:
    if job.state is not None:
        check_owner(job.state, job.slot)
    with scratch() as folder:
        preset = folder / f"prepared{SUFFIXES[job.plugin.format]}"
        answer = ask(prepare_job(engine, job, preset), deadline_s, job.slot)
        data = preset.read_bytes() if preset.exists() else None
    return Prepared(
        preset=data,
        class_id=answer.class_id,
        latency_frames=answer.latency_frames,
        inputs=answer.inputs,
        outputs=answer.outputs,
        raw_params=answer.raw_params,
        read_back=answer.read_back,
        diagnostics=diagnostics(answer.diagnostics, job.slot),
        host=engine,
        host_version=importlib.metadata.version(engine),
    )


def ask(job: Job[Answer], deadline_s: float, slot: Slot) -> Answer:
    """Hand a job to a child and return its answer; whatever goes wrong names the plugin."""
    try:
        answer = call(job, deadline_s)
    except ChildFailed as failed:
        raise child_error(failed, slot) from None
    if isinstance(answer, Refusal):
        raise answered_error(answer.problems, slot)
    return answer
