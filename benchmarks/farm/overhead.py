"""What it costs to have a step done elsewhere: the same small insert, here and on the farm."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil

from benchmarks.farm.processes import Processes
from benchmarks.farm.songs import Plugins
from benchmarks.usage import Usage
from bridge.farming import Farm
from bridge.hosting import Host, HostedInsert, PrepareJob, RunJob, host, scan
from bridge.plugins import Wanted
from stemwright.values import dataclass

_RATE_HZ = 48000


@dataclass(frozen=True)
class Steps:
    """So many steps in a time, and what each took of the CPU, workers and scheduler included."""

    a_second: float
    cpu_s_a_step: float
    bytes_a_step: float
    scheduler_cpu_s_a_step: float = 0.0


def steps(place: Path, plugins: Plugins, count: int, seconds: float) -> tuple[Steps, Steps]:
    """Run a gain over so many seconds of sound, two at once: here, and on two workers."""
    place.mkdir()
    frames = int(seconds * _RATE_HZ)
    for number in range(count):
        sound = 0.1 * np.random.default_rng(number).standard_normal((frames, 2))
        (place / f"{number}.f32").write_bytes(sound.astype("<f4").tobytes())
    local = host("dawdreamer")
    here = _timed(local, place, "here", plugins, count, frames)
    with ExitStack() as held:
        farm = Processes(place / "farm", plugins, held)
        for number in range(2):
            farm.begin_worker(f"w{number}")
        farm.ready(2)
        client = Farm(farm.address)
        held.callback(client.close)
        before_s = _cpu_s(farm.scheduler.pid)
        there = _timed(client.hosting(local), place, "there", plugins, count, frames)
        there = replace(
            there, scheduler_cpu_s_a_step=(_cpu_s(farm.scheduler.pid) - before_s) / count
        )
    for number in range(count):
        one, other = (place / f"{number}.{where}" for where in ("here", "there"))
        if one.read_bytes() != other.read_bytes():
            raise RuntimeError("a step of the farm is not the local one")
    return here, there


def _cpu_s(process_id: int) -> float:
    times = psutil.Process(process_id).cpu_times()
    return times.user + times.system


def _timed(
    engine: Host, place: Path, where: str, plugins: Plugins, count: int, frames: int
) -> Steps:
    (plugin,) = scan([Wanted(name=plugins.named("gain"))], [plugins.folder], None).plugins
    prepared = engine.prepare(PrepareJob(plugin, params=(("Gain", "-3 dB"),), step_id="a/gain"))
    preset = place / "preset.vstpreset"
    if prepared.preset is not None:
        preset.write_bytes(prepared.preset)
    insert = HostedInsert(
        "a/gain",
        plugin,
        preset if prepared.preset is not None else None,
        prepared.raw_params,
        expected_latency_frames=prepared.latency_frames,
        inputs=prepared.inputs,
        outputs=prepared.outputs,
    )

    def jobs() -> Iterator[RunJob]:
        for number in range(count):
            fed, out = place / f"{number}.f32", place / f"{number}.{where}"
            yield RunJob(insert, fed, out, frames, _RATE_HZ)

    began, began_s = Usage.now(), time.monotonic()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(engine.run, jobs()))
    wall_s, cpu_s = time.monotonic() - began_s, Usage.now().since(began).cpu_s
    return Steps(count / wall_s, cpu_s / count, 2 * 8 * frames)
