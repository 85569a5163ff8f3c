"""Probing a plugin: what it does to known signals, in how many ways it repeats itself, its pace.

Every reading comes from renders in children of their own, by the same road a render takes.
"""

from __future__ import annotations

import math
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from bridge.hosting import bundles, probe_readings, probe_signals
from bridge.hosting.architecture import architecture
from bridge.hosting.cards import Card
from bridge.hosting.describe import Described, describe
from bridge.hosting.handover import Audio
from bridge.hosting.isolated import DawDreamerHost, PedalboardHost, ask
from bridge.hosting.isolated import host as host_named
from bridge.hosting.jobs import repeat_job
from bridge.hosting.port import LOAD_DEADLINE_S, Host, HostedInsert, PrepareJob, RunJob, RunResult
from bridge.hosting.probe_signals import RATE_HZ
from bridge.hosting.scratch import scratch
from bridge.hosting.states import SUFFIXES
from bridge.hosting.worker import SCREENS
from bridge.plugins import Plugin, Slot
from stemwright.problems import RenderError, StemwrightError

Told = Callable[[str], None]
_USUAL_BPM, _SLOW_BPM, _FAST_BPM = 120.0, 80.0, 160.0
"""The usual tempo is the one that pedalboard tells plugins, whatever is asked."""

_BUSY = "import time; end = time.monotonic() + 120\nwhile time.monotonic() < end: pass"


def probe(
    plugin: Plugin,
    host: Host,
    *,
    params: Sequence[tuple[str, str]] = (),
    long: bool = False,
    deadline_s: float | None = None,
    tell: Told = lambda _: None,
) -> Card:
    """Make the card of `plugin` in `host`; `long` adds 95 s of noise and of silence.

    `tell` is told each stage. Raises RenderError (and InputError for `params`) for a plugin that
    fails on the way.
    """
    load_s = deadline_s or LOAD_DEADLINE_S
    with scratch() as folder:
        tell("loading")
        said, display_needed = _described(plugin, load_s)
        bench = _Bench(folder, host, plugin, deadline_s)
        bench.prepare(tuple(params), load_s)
        tell("repeating")
        card = _card(bench, said, tell)
        if long:
            tell("listening for 95 s")
            card = _listened(bench, card)
    return replace(card, display_needed=display_needed)


def _described(plugin: Plugin, deadline_s: float) -> tuple[Described, bool]:
    """What the plugin says of itself, and whether it says so only where there is a screen."""
    try:
        return describe(plugin, deadline_s, display=False), False
    except RenderError:
        if not any(name in os.environ for name in SCREENS):
            raise
        return describe(plugin, deadline_s), True


@dataclass
class _Bench:
    """One plugin, prepared, and a folder for its renders."""

    folder: Path
    host: Host
    plugin: Plugin
    deadline_s: float | None
    insert: HostedInsert | None = None

    def prepare(self, params: tuple[tuple[str, str], ...], deadline_s: float) -> None:
        job = PrepareJob(self.plugin, params=params, sample_rate_hz=RATE_HZ)
        prepared = self.host.prepare(job, deadline_s)
        preset = None
        if prepared.preset is not None:
            preset = self.folder / f"prepared{SUFFIXES[self.plugin.format]}"
            preset.write_bytes(prepared.preset)
        self.insert = HostedInsert(
            step_id="",
            plugin=self.plugin,
            preset=preset,
            raw_params=prepared.raw_params,
            expected_latency_frames=prepared.latency_frames,
            inputs=prepared.inputs,
            outputs=prepared.outputs,
        )

    def run(
        self,
        audio: Audio,
        buffer_size: int = 512,
        bpm: float = _USUAL_BPM,
        host: Host | None = None,
    ) -> _Ran:
        job = self._job(audio, buffer_size, bpm)
        result = (host or self.host).run(job, self.deadline_s)
        return _Ran(_read(job.output), result)

    def repeat(self, audio: Audio) -> list[Audio]:
        job = self._job(audio, 512, _USUAL_BPM)
        outputs = [self.folder / f"again{index}.f32" for index in range(3)]
        deadline_s = 3 * (self.deadline_s or LOAD_DEADLINE_S)
        ask(repeat_job(self.host.name, job, outputs), deadline_s, Slot(self.plugin))
        return [_read(output) for output in outputs]

    def _job(self, audio: Audio, buffer_size: int, bpm: float) -> RunJob:
        if self.insert is None:
            raise ValueError("prepare the bench first")
        source = self.folder / "in.f32"
        audio.T.astype("<f4").tofile(source)
        out = self.folder / "out.f32"
        return RunJob(self.insert, source, out, audio.shape[1], RATE_HZ, buffer_size, bpm)


@dataclass(frozen=True)
class _Ran:
    audio: Audio
    result: RunResult


def _read(path: Path) -> Audio:
    return np.fromfile(path, "<f4").reshape(-1, 2).T


def _card(bench: _Bench, said: Described, tell: Told) -> Card:
    fed = probe_signals.programme()
    first = bench.run(fed)
    again = bench.run(fed)
    apart = _differences(bench, fed, first, tell)
    other = _other(bench, fed)
    tell("listening to its tail")
    ringing = _rung(bench)
    quiet = bench.run(probe_signals.silence(long=False))
    lag = probe_readings.lag_frames(fed, first.audio)
    latency, differs = first.result.latency_frames, probe_readings.difference_dbfs
    plugin, binary = bench.plugin, bundles.binary(bench.plugin.path)
    slowest_s = max(ran.result.process_s for ran in (first, again))
    return Card(
        name=plugin.name,
        format=plugin.format,
        class_id=plugin.class_id,
        host=bench.host.name,
        host_version=bench.host.version,
        architecture="unknown" if binary is None else architecture(binary),
        display_needed=False,
        inputs=said.inputs,
        outputs=said.outputs,
        key_inputs=said.key_inputs,
        latency_reported_frames=latency,
        latency_measured_frames=None if lag is None else latency + lag,
        tail_s=probe_readings.tail_s(ringing),
        settle_s=probe_readings.settle_s(first.audio),
        fresh_dbfs=differs(first.audio, again.audio),
        other_host=None if other is None else other.result.host,
        other_host_dbfs=-math.inf if other is None else differs(first.audio, other.audio),
        latency_shifts=other is not None and other.result.latency_frames != latency,
        noise_dbfs=probe_readings.peak_dbfs(quiet.audio),
        dry=bool(np.array_equal(fed, first.audio)),
        muted_at_s=(),
        long=False,
        load_s=max(ran.result.load_s for ran in (first, again)),
        real_time_factor=slowest_s * RATE_HZ / fed.shape[1],
        peak_memory_bytes=first.result.peak_memory_bytes,
        **apart,
    )


def _differences(bench: _Bench, fed: Audio, first: _Ran, tell: Told) -> dict[str, float]:
    """The card's differences from the first render, by field."""
    apart = probe_readings.difference_dbfs
    with all_cores_busy():
        busy = bench.run(fed)
    once, reset, instance = bench.repeat(fed)
    tell("changing the buffer size and the tempo")
    slow, fast = (bench.run(fed, bpm=bpm).audio for bpm in (_SLOW_BPM, _FAST_BPM))
    return {
        "load_dbfs": apart(first.audio, busy.audio),
        "reset_dbfs": apart(once, reset),
        "instance_dbfs": apart(once, instance),
        "buffer_64_dbfs": apart(first.audio, bench.run(fed, 64).audio),
        "buffer_1024_dbfs": apart(first.audio, bench.run(fed, 1024).audio),
        "tempo_dbfs": apart(slow, fast),
    }


def _other(bench: _Bench, fed: Audio) -> _Ran | None:
    """The same in the other host; None where it cannot run the plugin."""
    name = DawDreamerHost.name if bench.host.name == PedalboardHost.name else PedalboardHost.name
    try:
        return bench.run(fed, host=host_named(name))
    except StemwrightError:
        return None


def _rung(bench: _Bench) -> Audio:
    """What comes of the impulse; nothing, when a gate shuts it out."""
    fed = probe_signals.ring()
    try:
        return bench.run(fed).audio
    except RenderError as error:
        if error.problems[0].kind != "silent_output":
            raise
        return np.zeros_like(fed)


def _listened(bench: _Bench, card: Card) -> Card:
    """The card with what 95 s of noise and of silence brought to light."""
    muted = probe_readings.muted_at_s(bench.run(probe_signals.steady()).audio)
    quiet = bench.run(probe_signals.silence(long=True)).audio
    return replace(
        card,
        long=True,
        muted_at_s=muted,
        noise_dbfs=max(card.noise_dbfs, probe_readings.peak_dbfs(quiet)),
    )


@contextmanager
def all_cores_busy() -> Iterator[None]:
    """Keep every core busy; the processes end by themselves should nobody end them."""
    command = [sys.executable, "-c", _BUSY]
    busy = [subprocess.Popen(command) for _ in range(os.cpu_count() or 1)]
    try:
        yield
    finally:
        for process in busy:
            process.kill()
            process.wait()
