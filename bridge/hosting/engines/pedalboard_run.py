"""Running one insert in pedalboard, inside a worker child.

pedalboard compensates the latency a plugin reports when processing starts, by holding its first
frames back; what it held is counted, the rest of the latency cut off, and zeros are fed behind the
input until all of it came out. Blocks are fixed, the last one padded: some plugins sound different
on a partial one. A mono plugin on stereo is one instance a side.
"""

from __future__ import annotations

import time
from itertools import pairwise
from typing import Any

import numpy as np

from bridge.hosting.answers import (
    LOADING,
    WARMING_UP,
    Done,
    Refused,
    RunAnswer,
    Tell,
    latency_differs,
)
from bridge.hosting.engines.audio_files import (
    Audio,
    hand_over,
    raw_slices,
    write_raw,
)
from bridge.hosting.engines.peak_memory import peak_memory_bytes
from bridge.hosting.engines.pedalboard_plugin import (
    apply_state,
    check_class,
    load,
    mismatch_in,
    parameters_of,
    settle,
    warm_up,
)
from bridge.hosting.jobs import Repeat, Run, Try
from stemwright.problems import Diagnostic, Problem

_BLOCKS_AT_ONCE = 64
_LONGEST_WAIT_S = 60


def run(job: Run, tell: Tell) -> RunAnswer:
    """Render `job.input` through one insert into `job.output`."""
    began = time.perf_counter()
    audio = np.concatenate(list(raw_slices(job.input)), axis=1)
    plugins = instances(job, tell)
    loaded = time.perf_counter()
    tell("processing")
    shift, sides = rendered(plugins, audio, job)
    if job.raw_params and reported_latency(plugins) != job.expected_latency_frames:
        plugins = instances(job, tell, settled=True)
        shift, sides = rendered(plugins, audio, job)
    done = time.perf_counter()
    tell("handing its output over")
    hand_over((sides[0], sides[1]), shift, job)
    reported, expected = reported_latency(plugins), job.expected_latency_frames
    latency = reported if job.latency_frames is None else job.latency_frames
    told: tuple[Diagnostic, ...] = ()
    if job.latency_frames is None and expected not in (None, reported):
        told = (latency_differs(reported, expected),)
    return RunAnswer(
        latency_frames=latency,
        peak_memory_bytes=peak_memory_bytes(),
        load_s=loaded - began,
        process_s=done - loaded,
        diagnostics=told,
    )


def repeat(job: Repeat, tell: Tell) -> Done:
    """Render the same input three times in this process, into `job.outputs`.

    Twice through one instance, reset in between, then through another one.
    """
    audio = np.concatenate(list(raw_slices(job.input)), axis=1)
    one, other, third = job.outputs
    first = instances(job, tell)
    for output in (one, other):
        _once(first, audio, job, output)
        for plugin in first:
            plugin.reset()
    _once(instances(job, tell), audio, job, third)
    return Done()


def _once(plugins: list[Any], audio: Audio, job: Repeat, output: str) -> None:
    shift, sides = rendered(plugins, audio, job)
    write_raw((sides[0, shift:], sides[1, shift:]), job.frames, output)


def instances(job: Run | Repeat | Try, tell: Tell, *, settled: bool = False) -> list[Any]:
    """One stereo instance, or a mono one a side, as the plugin was prepared.

    `settled`, they are started anew with what was set one by one. Not all are: some carry over what
    they processed.
    """
    plugins = [_ready(job, tell, settled) for _ in range(3 - job.inputs)]
    if job.warm_up_s:
        tell(WARMING_UP)
        warm_up(plugins, job.warm_up_s, job.sample_rate_hz, job.buffer_size)
    return plugins


def _ready(job: Run | Repeat | Try, tell: Tell, settled: bool) -> Any:
    tell(LOADING)
    plugin = load(job.plugin)
    check_class(plugin, job.plugin)
    tell("applying its state")
    apply_state(plugin, job.plugin, job.preset)
    parameters_of(plugin).set_raw(job.raw_params)
    if settled:
        settle(plugin, job.sample_rate_hz, job.buffer_size)
        plugin.reset()
    return plugin


def reported_latency(plugins: list[Any]) -> int:
    """The frames of latency that an insert's instances report."""
    return max(int(plugin.reported_latency_samples) for plugin in plugins)


def rendered(plugins: list[Any], audio: Audio, job: Run | Repeat | Try) -> tuple[int, Audio]:
    """Where the output begins in what came out, and that, (2, frames or more).

    An override below the reported latency asks for frames that pedalboard drops: silence fed
    ahead of the input, in whole buffers, moves the drop into it.
    """
    asked, size = job.latency_frames, job.buffer_size
    expected = job.expected_latency_frames or 0
    short = 0 if asked is None else max(0, expected - asked)
    lead = -(-short // size) * size
    fed = np.concatenate((np.zeros((2, lead), np.float32), audio), axis=1)
    width = 2 // len(plugins)
    sides = [
        _Stream(plugin, fed[side * width : side * width + width], job, lead)
        for side, plugin in enumerate(plugins)
    ]
    held = [side.feed_all() for side in sides]
    latency = reported_latency(plugins) if asked is None else asked
    shift = lead + latency - held[0]
    if shift < 0 or len(set(held)) > 1:
        reported = reported_latency(plugins)
        said = f"pedalboard holds {held} frames back, of {reported} the plugin reports"
        raise Refused(Problem("wrong_length", said, hint="Leave `latency_samples` out."))
    return shift, np.concatenate([side.until(shift + audio.shape[1]) for side in sides])


class _Stream:
    """A plugin being fed in fixed blocks, `lead` frames ahead, and what came out of it so far."""

    def __init__(self, plugin: Any, audio: Audio, job: Run | Repeat | Try, lead: int) -> None:
        self._plugin = plugin
        self._audio = audio
        self._rate_hz = float(job.sample_rate_hz)
        self._size = job.buffer_size
        self._came: list[Audio] = []
        self._fed = 0
        self._moves: dict[int, list[tuple[str, float]]] = {}
        for name, values in job.moved:
            for buffer, value in values:
                at = 0 if buffer == 0 else lead + buffer * self._size
                self._moves.setdefault(at, []).append((name, value))

    def feed_all(self) -> int:
        """Feed the input, its last block padded; how many frames were held back."""
        width, frames = self._audio.shape
        for start, stop in pairwise(self._cuts(frames)):
            self._move(start)
            part = self._audio[:, start:stop]
            short = -part.shape[1] % self._size
            padded = np.concatenate((part, np.zeros((width, short), np.float32)), axis=1)
            self._feed(padded)
        return self._fed - self._frames()

    def _cuts(self, frames: int) -> list[int]:
        """Where what is fed at once ends: after some buffers, and wherever a parameter moves."""
        step = self._size * _BLOCKS_AT_ONCE
        return sorted({*range(0, frames, step), *(at for at in self._moves if at < frames), frames})

    def _move(self, frame: int) -> None:
        for name, value in self._moves.get(frame, ()):
            parameters_of(self._plugin).set_raw([(name, value)])

    def until(self, frames: int) -> Audio:
        """Feed zeros until `frames` frames came out; all that came, (width, frames or more)."""
        silence = np.zeros((self._audio.shape[0], self._size), np.float32)
        left = int(_LONGEST_WAIT_S * self._rate_hz)
        while self._frames() < frames:
            if left <= 0:
                said = f"the plugin gave {self._frames()} frames for {frames}"
                raise Refused(Problem("wrong_length", said))
            self._feed(silence)
            left -= self._size
        return np.concatenate(self._came, axis=1)[:, :frames]

    def _frames(self) -> int:
        return sum(part.shape[1] for part in self._came)

    def _feed(self, block: Audio) -> None:
        try:
            out = self._plugin.process(block, self._rate_hz, self._size, reset=False)
        except ValueError as error:
            raise mismatch_in(error) or error from error
        if out.shape[0] != block.shape[0]:
            said = f"the plugin gave {out.shape[0]} channels for {block.shape[0]}"
            raise Refused(Problem("wrong_length", said))
        self._fed += block.shape[1]
        self._came.append(np.asarray(out, np.float32))
