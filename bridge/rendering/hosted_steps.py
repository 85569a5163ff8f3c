"""Hosted inserts, each rendered into the store in a child of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from bridge.audio import Block, Cursor, read_pcm
from bridge.gathering import (
    Bench,
    Signal,
    Tap,
    prepare,
    store_file,
    store_signal,
    unreadable,
    untouched,
)
from bridge.hosting import (
    FILTER_FRAMES,
    SUFFIXES,
    Host,
    HostedInsert,
    Prepared,
    RunJob,
    RunResult,
    differs,
    find_card,
)
from bridge.planning import HostedStep
from bridge.processing import Mixed, Processor, Sided, run, split
from bridge.rendering.context import Context
from bridge.storing import Entry
from stemwright.files import cannot_write
from stemwright.problems import Diagnostic, MachineError, StemwrightError


def render_hosted(
    context: Context, step: HostedStep, source: Signal, heard: Signal | None, key: str
) -> Entry:
    """Render one hosted insert in a child of its own and store what comes out under `key`.

    `heard` is its side-chain key.
    Raises RenderError (group, insert and plugin named), InputError for a parameter, MachineError
    for a plugin that is not there.
    """
    if step.missing is not None:
        raise MachineError(step.missing)
    if step.unreadable is not None:
        raise unreadable(step)
    if step.id in context.failed:
        raise context.failed[step.id]
    with context.store.staging() as folder:
        tap = Tap(source.blocks(), context.cancel)
        with untouched(step):
            job, prepared = _job(context, step, tap, heard, folder)
            context.cancel.check()
            done = context.host.run(job, context.bench.deadline_for(step, source.frames))
        said = (*prepared.diagnostics, *done.diagnostics, *_by_card(context, step, done))
        meta = {
            "level_in": tap.levels.as_json(),
            "latency_frames": done.latency_frames,
            "diagnostics": [each.as_json() for each in said],
            "read_back": [list(pair) for pair in prepared.read_back],
        }
        if step.mix == 1.0 and step.on == "stereo":
            return store_file(context.store, key, Path(job.output), "float32", context.cancel, meta)
        blocks = run([plugin_placed(read_pcm(job.output, 2, "float32"), step)], source.blocks())
        return store_signal(
            context.store, lambda: key, blocks, "float64", context.cancel, lambda: meta
        )


def _by_card(context: Context, step: HostedStep, done: RunResult) -> Iterator[Diagnostic]:
    """What the plugin's card knows of its delay, where this render could not tell."""
    card = find_card(context.store, step.plugin, context.host)
    if done.lag_frames is not None or step.latency_samples is not None or card is None:
        return
    measured, reported = card.latency_measured_frames, card.latency_reported_frames
    if measured is None or abs(measured - reported) <= FILTER_FRAMES:
        return
    message = (
        f"{step.plugin.name} reports {reported} frames of latency, and its probe measured "
        f"{measured}; {done.latency_frames} were taken off here"
    )
    yield Diagnostic("warning", "latency_measured", step.id, message)


def _job(
    context: Context, step: HostedStep, tap: Tap, heard: Signal | None, folder: Path
) -> tuple[RunJob, Prepared]:
    """Write what the child needs into `folder`."""
    engine = context.plan.engine
    insert, prepared = insert_of(context.bench, step, folder)
    fed, key_input = folder / "in.f32", folder / "key.f32"
    on = step.on
    frames = _feed(fed, tap if on == "stereo" else (split(block, on) for block in tap))
    if heard is not None:
        insert = replace(insert, key_input=key_input)
        _feed(key_input, heard.blocks())
    job = RunJob(
        insert=insert,
        input=fed,
        output=folder / "out.f32",
        frames=frames,
        sample_rate_hz=engine.sample_rate_hz,
        buffer_size=engine.buffer_size,
        tempo_bpm=engine.tempo_bpm,
    )
    return job, prepared


def _feed(path: Path, blocks: Iterable[Block]) -> int:
    """Write what a child reads: stereo float32, neither hashed nor measured; return its frames."""
    frames = 0
    for number, block in enumerate(blocks):
        mixed = np.empty(block.shape[::-1], dtype="<f4")
        for index, channel in enumerate(block):  # numpy is slow at a transposing cast
            mixed[:, index] = channel
        try:
            with path.open("ab" if number else "wb") as file:
                file.write(mixed.data)
        except OSError as cause:  # but not one of reading the blocks
            raise cannot_write(path, cause) from cause
        frames += block.shape[1]
    return frames


def cross_check(
    context: Context, step: HostedStep, source: Signal, heard: Signal | None, other: Host
) -> Diagnostic:
    """Render one hosted insert in both hosts and say whether they agree."""
    with context.store.staging() as folder:
        job, _ = _job(context, step, Tap(source.blocks(), context.cancel), heard, folder)
        try:
            found = differs(job, context.host, other, context.deadline_s)
        except StemwrightError as error:
            reason = error.problems[0].message
            return Diagnostic("note", "not_cross_checked", step.id, f"{other.name}: {reason}")
    if found.equal:
        message = f"{step.id}: {other.name} renders the same bits"
        return Diagnostic("note", "hosts_agree", step.id, message)
    message = (
        f"{step.id}: {other.name} differs by {found.peak_dbfs:.1f} dBFS peak, "
        f"{found.rms_dbfs:.1f} dBFS rms"
    )
    return Diagnostic("warning", "hosts_differ", step.id, message)


class _Recorded:
    """What a plugin made of a stream, as the processor that made it."""

    def __init__(self, wet: Iterator[Block]) -> None:
        self._wet = Cursor(wet)

    def process(self, block: Block) -> Block:
        """Return the recording's next frames, as many as come in."""
        return np.concatenate([np.zeros((2, 0)), *self._wet.take(block.shape[1])], axis=1)

    def finish(self) -> Block:
        """Nothing is held."""
        return np.zeros((2, 0))


def plugin_placed(wet: Iterator[Block], step: HostedStep) -> Processor:
    """What a step's plugin made, on its side of the signal and beside the dry signal."""
    recorded = _Recorded(wet)
    return Mixed(recorded if step.on == "stereo" else Sided(recorded, step.on), step.mix)


def insert_of(bench: Bench, step: HostedStep, folder: Path) -> tuple[HostedInsert, Prepared]:
    """A step's plugin made ready, its preset in `folder`. Raises as Host.prepare."""
    prepared = prepare(bench, step)
    preset = None
    if prepared.preset is not None:
        preset = folder / f"prepared{SUFFIXES[step.plugin.format]}"
        preset.write_bytes(prepared.preset)
    return HostedInsert(
        step_id=step.id,
        lines=step.lines,
        plugin=step.plugin,
        preset=preset,
        raw_params=prepared.raw_params,
        latency_frames=step.latency_samples,
        expected_latency_frames=prepared.latency_frames,
        inputs=prepared.inputs,
        outputs=prepared.outputs,
        moved=step.moved,
        warm_up_s=step.warm_up_s,
    ), prepared
