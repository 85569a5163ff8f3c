"""Work for processes of their own; it loads little, so that a test need not wait for it."""

from __future__ import annotations

import sys

from benchmarks import peers
from benchmarks.apart import apart
from benchmarks.usage import Clock, Told, Usage

BURNT_S = 0.3


def summed_and_imported(paths: list[str], out: str) -> Told:
    told = peers.plain_sum(paths, out)
    return {**told, "imported": sorted({name.partition(".")[0] for name in sys.modules})}


def burning_in_a_child() -> Told:
    clock = Clock()
    told = apart(burning)
    return clock.told(child_s=told.work.cpu_s)


def burning() -> Told:
    clock = Clock()
    start = Usage.now()
    while Usage.now().since(start).cpu_s < BURNT_S:
        continue
    return clock.told()


def failing() -> Told:
    raise ValueError("no such thing here")
