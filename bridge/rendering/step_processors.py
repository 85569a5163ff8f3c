"""The processors of a run of built-ins: each by itself, and as it stands in the run.

In a version with the main master's dynamics they are led: wherever a gain is decided, what the main
master has at that very place decides it. Its signal therefore goes through the same run beside.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import tee

from bridge.audio import Block
from bridge.gathering import Signal
from bridge.planning import NativeInsert, NativeStep
from bridge.processing import (
    LED,
    Keyed,
    Led,
    Mixed,
    Processor,
    Sided,
    build,
    build_keyed,
    build_led,
    run,
    split,
)
from stemwright.problems import InputError, Problem

Placed = tuple[Processor, Processor]
"""A processor, and the same on its side of the signal, under its key and beside the dry signal."""


def processors_of(
    step: NativeStep, rate_hz: int, heard: Signal | None, mains: Signal | None
) -> list[Placed]:
    """The processors of `step` in order.

    `heard` is what its only insert listens to; `mains` is what goes into the same step of the main
    master, whose gains are taken then. Raises InputError at the insert's line.
    """
    if heard is not None:
        return [_keyed(step, insert, rate_hz, heard) for insert in step.inserts]
    if mains is None:
        return [_plain(step, insert, rate_hz) for insert in step.inserts]
    return list(_led(step, rate_hz, mains.blocks()))


def placed(processor: Processor, insert: NativeInsert) -> Processor:
    """A processor on its side of the signal, and beside the dry signal."""
    sided = processor if insert.on == "stereo" else Sided(processor, insert.on)
    return sided if insert.mix == 1.0 else Mixed(sided, insert.mix)


def _plain(step: NativeStep, insert: NativeInsert, rate_hz: int) -> Placed:
    try:
        processor = build(insert.settings, rate_hz)
    except InputError as error:
        raise _at_its_line(error, step, insert) from error
    return processor, placed(processor, insert)


def _keyed(step: NativeStep, insert: NativeInsert, rate_hz: int, heard: Signal) -> Placed:
    try:
        processor = build_keyed(insert.settings, rate_hz)
    except InputError as error:
        raise _at_its_line(error, step, insert) from error
    return processor, placed(Keyed(processor, heard.blocks()), insert)


def _led(step: NativeStep, rate_hz: int, mains: Iterator[Block]) -> Iterator[Placed]:
    """As far as the last insert that is led, the main master's signal goes along."""
    leading = [number for number, each in enumerate(step.inserts) if each.settings.use in LED]
    for number, insert in enumerate(step.inserts):
        goes_on = number < max(leading, default=0)
        if number in leading:
            lead, mains = tee(mains) if goes_on else (mains, iter(()))
            yield _led_by(lead, insert, rate_hz)
        else:
            yield _plain(step, insert, rate_hz)
        if goes_on:
            mains = run([_plain(step, insert, rate_hz)[1]], mains)


def _led_by(mains: Iterator[Block], insert: NativeInsert, rate_hz: int) -> Placed:
    processor = build_led(insert.settings, rate_hz)
    return processor, placed(Led(processor, _side_of(mains, insert)), insert)


def _side_of(blocks: Iterator[Block], insert: NativeInsert) -> Iterator[Block]:
    on = insert.on
    return blocks if on == "stereo" else (split(block, on) for block in blocks)


def _at_its_line(error: InputError, step: NativeStep, insert: NativeInsert) -> InputError:
    return InputError([_located(each, step, insert) for each in error.problems])


def _located(problem: Problem, step: NativeStep, insert: NativeInsert) -> Problem:
    """A problem of a built-in at its insert's line; its path goes on from the insert's."""
    found = insert.where.as_json()
    path = [str(each["path"]) for each in (found, problem.where) if "path" in each]
    inside = {"path": ".".join(path)} if path else {}
    named = {"group": step.id.rpartition("/")[0], "insert": insert.id}
    return replace(problem, where={**found, **inside, **named})
