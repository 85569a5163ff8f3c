"""What a host does: every insert in a fresh child of its own.

A step's audio must depend on nothing but its input, its plugin and its state, because a later
render starts at the first step the store lacks. Inserts that share a process or a graph break
that: a second ZamHeadX2 in one graph differs from the same one alone from the first sample on, and
behind a latent insert the blocks fall elsewhere. So one child renders one insert, from zero latency
to zero latency; it costs about 0.2 s, names the culprit by itself, and bounds the memory.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from bridge.hosting import port
from bridge.hosting.answers import Refusal, Refused, problem_of
from bridge.hosting.child.process import ChildFailed, Ending, call
from bridge.hosting.child.scratch import scratch
from bridge.hosting.engines.table import Engine
from bridge.hosting.engines.tapes import library_of_tapes
from bridge.hosting.faults import (
    answered_error,
    child_error,
    diagnostics,
    key_unreachable,
    unhosted,
)
from bridge.hosting.finding.states import SUFFIXES, check_owner
from bridge.hosting.jobs import Answer, Job, prepare_job, run_job
from bridge.hosting.port import Prepared, PrepareJob, RunJob, RunResult
from bridge.plugins import Slot
from stemwright.problems import MachineError, RenderError

if TYPE_CHECKING:
    from bridge.hosting.engines.audio_files import HandedOver

TRIED_ELSEWHERE = frozenset(
    {"plugin_crashed", "plugin_exited", "plugin_hung", "plugin_unloadable", "host_failed"}
)
"""Problems in preparing that may be the preparing engine's own."""

FRAME_BYTES = 8
"""Two channels of float32."""

_T = TypeVar("_T")


def prepare(engine: Engine, job: PrepareJob, deadline_s: float) -> Prepared:
    """Set `job.plugin` up in a child of its own.

    A plugin that fails in another engine, and needs no parameter set, is tried in its own too.
    """
    _refuse(engine, job.slot)
    return first_of(
        engine.setting_up(job.plugin.format),
        lambda each: _prepare_in(each, job, deadline_s),
        again=not job.params,
    )


def run(engine: Engine, job: RunJob, deadline_s: float | None) -> RunResult:
    """Render one insert; the output appears under its own name only once it is whole."""
    insert = job.insert
    if job.frames < 1 or job.input.stat().st_size != job.frames * FRAME_BYTES:
        raise ValueError(f"{job.input.name} does not hold {job.frames} stereo frames")
    _refuse(engine, insert.slot)
    if insert.key_input is not None and insert.plugin.format not in engine.keyed_formats:
        raise RenderError(key_unreachable(insert.slot))
    if insert.preset is not None:
        check_owner(insert.preset, insert.slot)
    if deadline_s is None:
        deadline_s = port.deadline_s(job.frames, job.sample_rate_hz)
    part = job.output.with_name(job.output.name + ".part")
    try:
        wanted = run_job(engine.name, job, part, library_of_tapes())
        answer = ask(wanted, deadline_s + insert.warm_up_s, insert.slot)
        if not part.exists() or part.stat().st_size != job.frames * FRAME_BYTES:
            said = "its output is not there, or of another length"
            failed = ChildFailed(Ending.GARBLED, said)
            raise child_error(failed, insert.slot)
        checked = _checked(job, part, answer.latency_frames)
        part.replace(job.output)
    finally:
        with suppress(FileNotFoundError):
            part.unlink()
    return RunResult(
        latency_frames=answer.latency_frames,
        host=engine.name,
        host_version=engine.version,
        lag_frames=checked.lag_frames,
        peak_memory_bytes=answer.peak_memory_bytes,
        load_s=answer.load_s,
        process_s=answer.process_s,
        diagnostics=diagnostics(answer.diagnostics + checked.diagnostics, insert.slot),
    )


def _refuse(engine: Engine, slot: Slot) -> None:
    """Raise for a format that this host does not know."""
    if slot.plugin.format not in engine.formats:
        raise MachineError(unhosted(slot, engine.name))


def _checked(job: RunJob, output: Path, latency_frames: int) -> HandedOver:
    """Check what a child wrote, here, as a child of its own would load numpy for it."""
    from bridge.hosting.engines.audio_files import handed_over  # with numpy, as said

    chosen = job.insert.latency_frames is not None
    try:
        return handed_over(job.input, output, latency_frames, job.sample_rate_hz, chosen=chosen)
    except Refused as refused:
        raise answered_error(refused.problems, job.insert.slot) from None
    except OSError as error:
        raise answered_error([problem_of(error)], job.insert.slot) from error


def first_of(engines: Sequence[Engine], asked: Callable[[Engine], _T], *, again: bool) -> _T:
    """What the first engine says, or else the next, as long as the fault may be the engine's own.

    Not `again`, only the first is asked. The first one's error tells.
    """
    first, *others = engines
    try:
        return asked(first)
    except RenderError as error:
        if not again or not others or error.problems[0].kind not in TRIED_ELSEWHERE:
            raise
        try:
            return first_of(others, asked, again=True)
        except RenderError:
            raise error from None


def _prepare_in(engine: Engine, job: PrepareJob, deadline_s: float) -> Prepared:
    if job.state is not None:
        check_owner(job.state, job.slot)
    with scratch() as folder:
        preset = folder / f"prepared{SUFFIXES[job.plugin.format]}"
        answer = ask(prepare_job(engine.name, job, preset), deadline_s + job.warm_up_s, job.slot)
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
        host=engine.name,
        host_version=engine.version,
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
