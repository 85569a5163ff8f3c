"""Probing a plugin: what it does to known signals, in how many ways it repeats itself, its pace.

Every reading comes from renders in children of their own, by the same road a render takes.
"""

from __future__ import annotations

import math
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import mkdtemp

import numpy as np
import numpy.typing as npt

from bridge.hosting.answers import Described
from bridge.hosting.child.scratch import scratch
from bridge.hosting.child.worker import SCREENS
from bridge.hosting.engines.audio_files import Audio
from bridge.hosting.finding import bundles
from bridge.hosting.finding.bundles import architecture
from bridge.hosting.finding.states import SUFFIXES
from bridge.hosting.hosts import other_host
from bridge.hosting.insert_children import ask
from bridge.hosting.jobs import repeat_job
from bridge.hosting.port import LOAD_DEADLINE_S, Host, HostedInsert, PrepareJob, RunJob, RunResult
from bridge.hosting.probing.cards import NOISE_DBFS, Card
from bridge.hosting.probing.describe import describe
from bridge.hosting.probing.signals import (
    IMPULSE_FRAME,
    RATE_HZ,
    TAIL_FRAMES,
    TONE_FRAMES,
    programme,
    ring,
    silence,
    steady,
)
from bridge.hosting.probing.warm_up import waiting
from bridge.plugins import Plugin, Slot
from stemwright.decibels import amplitude_db, linear
from stemwright.problems import RenderError, StemwrightError

Told = Callable[[str], None]
_USUAL_BPM, _SLOW_BPM, _FAST_BPM = 120.0, 80.0, 160.0
"""The usual tempo is the one that pedalboard tells plugins, whatever is asked."""

_BUSY = "import time; end = time.monotonic() + 120\nwhile time.monotonic() < end: pass"


def probe(
    plugin: Plugin,
    host: Host,
    *,
    state: Path | None = None,
    long: bool = False,
    deadline_s: float | None = None,
    tell: Told = lambda _: None,
) -> Card:
    """Make the card of `plugin` in `host`; `long` adds 95 s of noise and of silence.

    It is at its default settings, or at `state`. `tell` is told each stage. Raises RenderError for
    a plugin that fails on the way, InputError for a state that it refuses.
    """
    load_s = deadline_s or LOAD_DEADLINE_S
    with scratch() as folder:
        tell("loading")
        said, display_needed = _described(plugin, load_s)
        bench = _Bench(folder, host, plugin, deadline_s)
        bench.prepare(state, load_s)
        tell("repeating")
        card = _settled_card(bench, said, tell)
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

    def prepare(self, state: Path | None, deadline_s: float) -> None:
        job = PrepareJob(self.plugin, state, sample_rate_hz=RATE_HZ)
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

    def waited_for(self, seconds: float, folder: Path) -> _Bench:
        """The same plugin, given so long to load what it loads, in another folder."""
        if self.insert is None:
            raise ValueError("prepare the bench first")
        return replace(self, folder=folder, insert=replace(self.insert, warm_up_s=seconds))

    def repeat(self, audio: Audio) -> list[Audio]:
        job = self._job(audio, 512, _USUAL_BPM)
        outputs = [self.folder / f"again{index}.f32" for index in range(3)]
        deadline_s = 3 * (self.deadline_s or LOAD_DEADLINE_S) + 2 * job.insert.warm_up_s
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


def _settled_card(bench: _Bench, said: Described, tell: Told) -> Card:
    """The card, read again with the plugin waited for where that changes what comes out."""

    def heard(seconds: float) -> Audio:
        place = Path(mkdtemp(dir=bench.folder))
        return _or_silence(bench.waited_for(seconds, place), programme())

    with waiting(heard) as needed:
        read = _card_or_silence(bench, said, tell)
        tell("waiting for what it may load by itself")
        warm_up_s = needed()
    if warm_up_s:
        tell("repeating, loaded")
        read = _card(bench.waited_for(warm_up_s, bench.folder), said, tell)
    if isinstance(read, RenderError):
        raise read
    return replace(read, warm_up_s=warm_up_s)


def _card_or_silence(bench: _Bench, said: Described, tell: Told) -> Card | RenderError:
    """The card, or the error of a plugin that gives nothing: it may be loading."""
    try:
        return _card(bench, said, tell)
    except RenderError as error:
        return _silent(error)


def _card(bench: _Bench, said: Described, tell: Told) -> Card:
    fed = programme()
    first = bench.run(fed)
    again = bench.run(fed)
    apart = _differences(bench, fed, first, tell)
    other = _other(bench, fed)
    tell("listening to its tail")
    ringing = _rung(bench)
    quiet = bench.run(silence(long=False))
    lag = lag_frames(fed, first.audio)
    latency, differs = first.result.latency_frames, difference_dbfs
    plugin, binary = bench.plugin, bundles.plugin_binary(bench.plugin.path)
    waited_s = 0.0 if bench.insert is None else bench.insert.warm_up_s
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
        tail_s=tail_s(ringing),
        settle_s=settle_s(first.audio),
        fresh_dbfs=differs(first.audio, again.audio),
        other_host=None if other is None else other.result.host,
        other_host_dbfs=-math.inf if other is None else differs(first.audio, other.audio),
        latency_shifts=other is not None and other.result.latency_frames != latency,
        noise_dbfs=peak_dbfs(quiet.audio),
        dry=bool(np.array_equal(fed, first.audio)),
        muted_at_s=(),
        long=False,
        warm_up_s=None,
        load_s=max(ran.result.load_s for ran in (first, again)) - waited_s,
        real_time_factor=slowest_s * RATE_HZ / fed.shape[1],
        peak_memory_bytes=first.result.peak_memory_bytes,
        **apart,
    )


def _differences(bench: _Bench, fed: Audio, first: _Ran, tell: Told) -> dict[str, float]:
    """The card's differences from the first render, by field."""
    apart = difference_dbfs
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
    try:
        return bench.run(fed, host=other_host(bench.host.name))
    except StemwrightError:
        return None


def _rung(bench: _Bench) -> Audio:
    """What comes of the impulse; nothing, when a gate shuts it out."""
    return _or_silence(bench, ring())


def _or_silence(bench: _Bench, fed: Audio) -> Audio:
    """What comes of `fed`, where it may be nothing."""
    try:
        return bench.run(fed).audio
    except RenderError as error:
        _silent(error)
        return np.zeros_like(fed)


def _silent(error: RenderError) -> RenderError:
    """The same error, of a plugin that gives nothing; raises any other."""
    if error.problems[0].kind != "silent_output":
        raise error
    return error


def _listened(bench: _Bench, card: Card) -> Card:
    """The card with what 95 s of noise and of silence brought to light."""
    muted = muted_at_s(bench.run(steady()).audio)
    quiet = bench.run(silence(long=True)).audio
    return replace(
        card,
        long=True,
        muted_at_s=muted,
        noise_dbfs=max(card.noise_dbfs, peak_dbfs(quiet)),
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


_WINDOW_FRAMES = RATE_HZ // 100
_SETTLED_DB = 0.1
_MUTE_WINDOW_FRAMES = RATE_HZ // 10
_MUTE_DB = -20.0
_LEAST_CORRELATION = 0.1
_FARTHEST_FRAMES = RATE_HZ // 2


def difference_dbfs(one: Audio, other: Audio) -> float:
    """The peak of one minus the other; -inf when they are the same to the bit."""
    return amplitude_db(float(np.abs(one.astype(np.float64) - other).max(initial=0.0)))


def lag_frames(fed: Audio, came: Audio) -> int | None:
    """By how much `came` lies behind `fed`; None when they do not correlate."""
    one, other = (np.asarray(audio, np.float64)[:, TONE_FRAMES:] for audio in (fed, came))
    size = 1 << (one.shape[1] + _FARTHEST_FRAMES - 1).bit_length()
    spectra = np.conj(np.fft.rfft(one, size)) * np.fft.rfft(other, size)
    found = np.fft.irfft(spectra.sum(axis=0), size)
    lags = np.concatenate((found[-_FARTHEST_FRAMES:], found[:_FARTHEST_FRAMES]))
    at = int(np.argmax(np.abs(lags)))
    energy = math.sqrt(float((one**2).sum()) * float((other**2).sum()))
    if energy == 0 or abs(lags[at]) < _LEAST_CORRELATION * energy:
        return None
    return at - _FARTHEST_FRAMES


def tail_s(came: Audio) -> float | None:
    """How long the impulse of `ring` rings on over -96 dBFS; None for more than 10 s."""
    over = np.flatnonzero(np.abs(came).max(axis=0) > linear(NOISE_DBFS))
    last = int(over[-1]) - IMPULSE_FRAME if len(over) else 0
    return None if last > TAIL_FRAMES else max(0, last) / RATE_HZ


def peak_dbfs(came: Audio) -> float:
    """The peak of what came; -inf for nothing at all."""
    return amplitude_db(float(np.abs(came).max(initial=0.0)))


def settle_s(came: Audio) -> float | None:
    """When the level of the tone of `programme` comes to stay within 0.1 dB; None for never."""
    levels = _levels_db(came[:, :TONE_FRAMES], _WINDOW_FRAMES)
    end = float(np.median(levels[-20:]))
    if end == -math.inf:
        return 0.0
    off = np.flatnonzero(np.abs(levels - end) > _SETTLED_DB)
    first = int(off[-1]) + 1 if len(off) else 0
    return None if first >= len(levels) - 1 else first * _WINDOW_FRAMES / RATE_HZ


def muted_at_s(came: Audio) -> tuple[float, ...]:
    """Where the even noise of `steady` drops by 20 dB: the starts of the drops."""
    levels = _levels_db(came, _MUTE_WINDOW_FRAMES)
    low = levels < float(np.median(levels)) + _MUTE_DB
    starts = np.flatnonzero(low & ~np.concatenate(([False], low[:-1])))
    return tuple(float(start) * _MUTE_WINDOW_FRAMES / RATE_HZ for start in starts)


def _levels_db(audio: Audio, window: int) -> npt.NDArray[np.float64]:
    count = audio.shape[1] // window
    parts = np.asarray(audio[:, : count * window], np.float64).reshape(2, count, window)
    powers = (parts**2).mean(axis=(0, 2))
    with np.errstate(divide="ignore"):
        return np.asarray(10 * np.log10(powers))
