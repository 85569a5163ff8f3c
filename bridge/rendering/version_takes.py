"""Takes that no ceiling is kept for: with the main master's gains, or without our limiter."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from bridge.audio import Subtype
from bridge.gathering import Signal
from bridge.planning import Finish
from bridge.rendering.steps import mains_after, run_steps
from bridge.rendering.takes import HeldDrive, Take, TakeWriter, analysed, ceiling_of, gained
from stemwright.decibels import amplitude_db
from stemwright.problems import Diagnostic

if TYPE_CHECKING:
    from bridge.audio import Block
    from bridge.processing import FinishLimiter


def unjudged_take(
    take_writer: TakeWriter,
    signal: Signal,
    mains: Signal | None,
    target: Finish | None,
    held: HeldDrive,
) -> Take:
    """Finish `signal` at the drive and trim that are `held`, and keep no ceiling.

    With `mains`, the main master's bus, every gain is the one it gets there. What clips integers is
    written as float32.
    """
    if target is None:
        return _written(take_writer, lambda: take_writer.heard(signal), 0.0)
    if mains is not None and target.limiter is not None and not target.driven:
        return _limited(take_writer, signal, mains, target, held)
    context, keys = take_writer.context, take_writer.keys
    fed = gained(signal, held.drive_db)
    mains_fed = None if mains is None else gained(mains, held.drive_db)
    suffix = f"@{take_writer.version}"
    driven, steps = run_steps(context, target.driven, fed, keys, suffix, mains=mains_fed)
    if mains_fed is None or target.limiter is None:
        take = _written(take_writer, lambda: take_writer.heard(driven), held.trim_db)
    else:
        mains_driven = mains_after(context, target.driven, mains_fed, keys)
        at = HeldDrive(0.0, held.trim_db)
        take = _limited(take_writer, driven, mains_driven, target, at)
    return replace(take, drive_db=held.drive_db, steps=tuple(steps))


def what_it_is(
    take: Take, subtype: Subtype, target: Finish | None, version: str
) -> Iterator[Diagnostic]:
    """Say what such a take is that a file of `subtype` under the ceiling would not be."""
    where = f"finish/{version}"
    if take.levels.peak <= 0.0:
        yield Diagnostic("warning", "silent", where, f"{version}: nothing sounds in it")
    if take.subtype != subtype:
        peak = take.levels.as_json()["peak_dbfs"]
        said = (
            f"its peak is {peak:+.2f} dBFS; the file is {take.subtype}, since {subtype} would clip"
        )
        yield Diagnostic("note", "written_as_float", where, f"{version}: {said}")
    over_db = 0.0 if target is None else take.over_db(target.true_peak_dbtp)
    if target is not None and over_db > 0.0:
        said = (
            f"the true peak is {over_db:.2f} dB over {target.true_peak_dbtp:g} dBTP; no ceiling is "
            "kept in this version"
        )
        yield Diagnostic("note", "ceiling_not_kept", where, f"{version}: {said}")


def _limited(
    take_writer: TakeWriter, signal: Signal, mains: Signal, target: Finish, at: HeldDrive
) -> Take:
    from bridge.processing import FinishLimiter

    assert target.limiter is not None  # noqa: S101 - narrows for the type checker
    settings, ceiling_dbtp = target.limiter, ceiling_of(target.limiter, target)
    analysis = analysed(take_writer, mains)
    limiters: list[FinishLimiter] = []

    def blocks() -> Iterator[Block]:
        limiters.append(FinishLimiter(analysis, at.drive_db, ceiling_dbtp, settings))
        return _gains_of(limiters[-1], take_writer.heard(mains), take_writer.heard(signal))

    take = _written(take_writer, blocks, at.trim_db)
    return replace(
        take,
        lowest_gain_db=amplitude_db(limiters[-1].lowest_gain),
        gain_curve_db=limiters[-1].reductions.curve_db,
        drive_db=at.drive_db,
    )


def _gains_of(
    limiter: FinishLimiter, mains: Iterator[Block], blocks: Iterator[Block]
) -> Iterator[Block]:
    """Yield `blocks` with the drive and the gains that `limiter` has for `mains`."""
    import numpy as np

    from bridge.audio import Cursor

    samples = Cursor(blocks)

    def given() -> Block:
        taken = np.concatenate([np.zeros((2, 0)), *samples.take(len(limiter.gain))], axis=1)
        return (taken * limiter.drive) * limiter.gain

    for block in mains:
        limiter.process(block)
        yield given()
    limiter.finish()
    yield given()


def _written(
    take_writer: TakeWriter, blocks: Callable[[], Iterator[Block]], trim_db: float
) -> Take:
    """Write what `blocks` gives, each time anew; as float32 where integers cannot hold it."""
    take = take_writer.take(blocks(), trim_db)
    if not take.clipped:
        return take
    return replace(take_writer, subtype="float32").take(blocks(), trim_db)
