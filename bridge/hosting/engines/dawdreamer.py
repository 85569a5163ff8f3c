"""What a worker child does in dawdreamer: run one insert, repeat it, set a plugin up.

dawdreamer neither compensates latency nor extends the render, so frames + latency are rendered, in
whole buffers, and the latency is cut off the front. Where there are tapes, audio passes through the
process a buffer at a time; else the host holds all of it, in and out.
"""

from __future__ import annotations

import time
from pathlib import Path

from bridge.hosting.answers import (
    LOADING,
    WARMING_UP,
    Described,
    Done,
    PrepareAnswer,
    Refused,
    RunAnswer,
    SaveAnswer,
    Tell,
    latency_differs,
    note,
    warning,
)
from bridge.hosting.engines.dawdreamer_rig import Rig, listed
from bridge.hosting.engines.parameters import Parameters
from bridge.hosting.engines.peak_memory import peak_memory_bytes
from bridge.hosting.jobs import Describe, Prepare, Repeat, Run, Save, Try
from stemwright.problems import Diagnostic, Problem


def run(job: Run, tell: Tell) -> RunAnswer:
    """Render `job.input` through one insert into `job.output`."""
    began = time.perf_counter()
    rig = ready(job, tell, job.tapes)
    latency, told = latency_of(rig, job)
    loaded = time.perf_counter()
    tell("processing")
    if rig.records:
        rig.record(job.output, latency, job.frames)
        done = time.perf_counter()
        tell("handing its output over")
    else:
        audio = rig.render(job.frames + latency, last=True)
        done = time.perf_counter()
        tell("handing its output over")
        from bridge.hosting.engines.audio_files import hand_over  # with numpy: tapes need none

        hand_over(audio, latency, job)
    return RunAnswer(
        latency_frames=latency,
        peak_memory_bytes=peak_memory_bytes(),
        load_s=loaded - began,
        process_s=done - loaded,
        diagnostics=told,
    )


def repeat(job: Repeat, tell: Tell) -> Done:
    """Render the same input three times in this process, into `job.outputs`.

    Twice through one instance, which the engine resets in between, then through another one.
    """
    from bridge.hosting.engines.audio_files import write_raw  # with numpy: tapes need none

    one, other, third = job.outputs
    rig = ready(job, tell)
    for output in (one, other):
        write_raw(rig.render(job.frames), job.frames, output)
    write_raw(ready(job, tell).render(job.frames), job.frames, third)
    return Done()


def prepare(job: Prepare, tell: Tell) -> PrepareAnswer:
    """Set a plugin up for which pedalboard is no road: a VST2, or one it cannot load."""
    tell(LOADING)
    rig = Rig(job)
    tell("applying its state")
    rig.load_state(job.state, [])
    if job.warm_up_s:
        tell(WARMING_UP)
        rig.warm_up(job.warm_up_s)
    tell("setting its parameters")
    parameters = Parameters(lambda: listed(rig.first))
    chosen, faults = parameters.resolve(job.params)
    for name, text in chosen:
        parameters.set(name, text)
    faults += parameters.refusals(chosen)
    if faults:
        raise Refused(*faults)
    raw = {name: parameters.raw(name) for name, _ in chosen}
    rig.load_state(None, list(raw.items()))
    rig.settle(primed=True)
    tell("being connected")
    rig.connect(None)
    if job.state is not None:
        Path(job.preset_out).write_bytes(Path(job.state).read_bytes())
    return PrepareAnswer(
        class_id=job.plugin.class_id,
        latency_frames=rig.latency_frames(),
        inputs=rig.channels[0],
        outputs=rig.channels[1],
        read_back=tuple((name, parameters.text(name)) for name in raw),
        raw_params=tuple(raw.items()),
        diagnostics=_how(job),
    )


def describe(job: Describe, tell: Tell) -> Described:
    """Load a plugin, set it up and list its parameters."""
    rig = _set_up(job, tell)
    tell("reading its parameters")
    parameters = Parameters(lambda: listed(rig.first))
    return Described(
        inputs=rig.channels[0],
        outputs=rig.channels[1],
        key_inputs=rig.key_inputs,
        parameters=parameters.described(),
    )


def save(job: Save, tell: Tell) -> SaveAnswer:
    """Save a VST2 as it is set up; the answer tells whether a new instance takes all of it back."""
    rig = _set_up(job, tell)
    tell("saving its state")
    rig.save_state(job.preset_out)
    tell("loading its saved state")
    again = Rig(job)
    again.load_state(job.preset_out, [])
    return SaveAnswer(held=_texts(rig) == _texts(again))


def _set_up(job: Describe | Save, tell: Tell) -> Rig:
    tell(LOADING)
    rig = Rig(job)
    tell("applying its state")
    rig.load_state(job.state, job.raw_params)
    return rig


def _texts(rig: Rig) -> list[tuple[str, str]]:
    return [(each.name, each.string_value) for each in listed(rig.first)]


def _how(job: Prepare) -> tuple[Diagnostic, ...]:
    if job.plugin.format != "VST2":
        return (warning("prepared_elsewhere", "pedalboard cannot prepare it"),)
    if job.params:
        return (note("state_incomplete", "a VST2's parameters are set at run, over its state"),)
    return ()


def ready(job: Run | Repeat | Try, tell: Tell, tapes: str | None = None) -> Rig:
    """An insert set up and connected to its input. Raises Refused."""
    tell(LOADING)
    rig = Rig(job, tapes)
    tell("applying its state")
    rig.load_state(job.preset, job.raw_params)
    rig.settle()
    rig.move(job.moved, job.frames + (job.expected_latency_frames or 0))
    tell("being connected")
    key = job.key
    if key is not None and not rig.key_inputs:
        said = "the plugin has no input for a side-chain key"
        raise Refused(Problem("key_unreachable", said, hint="Leave `key` out."))
    rig.connect(job.input, key)
    if _is_behind(rig, job):
        rig.settle(primed=True)
        rig.connect(job.input, key)
    if job.warm_up_s:
        tell(WARMING_UP)
        rig.warm_up(job.warm_up_s)
        rig.connect(job.input, key)
    return rig


def _is_behind(rig: Rig, job: Run | Repeat | Try) -> bool:
    """Tell whether a VST3's raw values are yet to change its latency.

    Only then is it fed a buffer ahead: some plugins carry over what they processed.
    """
    if not job.raw_params or job.plugin.format == "VST2":
        return False
    return job.expected_latency_frames not in (None, rig.latency_frames())


def latency_of(rig: Rig, job: Run | Try) -> tuple[int, tuple[Diagnostic, ...]]:
    """The frames to compensate, and what is odd about them."""
    reported, expected = rig.latency_frames(), job.expected_latency_frames
    if job.latency_frames is not None:
        return job.latency_frames, ()
    if expected is None or expected == reported:
        return reported, ()
    if job.plugin.format == "VST2":  # its figure is stale until it has run
        return expected, ()
    return reported, (latency_differs(reported, expected),)
