"""The one finish: drive, limiter, quantising, and a measurement of the finished file."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from bridge.audio import Subtype
from bridge.gathering import Signal
from bridge.planning import Finish, VersionPlan
from bridge.processing import VERSIONS
from bridge.rendering.context import Context, StepResult, step_from_json, step_result
from bridge.rendering.hosted_replays import REPLAY_VERSION
from bridge.rendering.master_bus import Bus
from bridge.rendering.steps import step_key
from bridge.rendering.takes import HeldDrive, Take, TakeWriter, driven_take, limited_take
from bridge.rendering.version_takes import unjudged_take, what_it_is
from bridge.storing import Entry, digest
from stemwright.problems import Diagnostic, Problem, RenderError
from stemwright.values import dataclass

LOUDNESS_TOLERANCE_LU = 0.1
"""How far the finished file may be from the target and still count as reached."""

MUCH_LIMITING_DB = 6.0
"""More gain reduction than this by the last limiter is told."""

_VERSION = 7
_DRIVE_END_DB = 40.0
_NOTHING_LEFT_DB = 0.5
"""A limiter that is at its end leaves less than this under its ceiling."""
_MISSES = frozenset({"over_ceiling", "not_measurable", "loudness_missed"})


@dataclass(frozen=True)
class Finished:
    """A finished file in the store, the drive and trim it took, whether it is what was asked."""

    entry: Entry
    held: HeldDrive
    reached: bool
    steps: tuple[StepResult, ...]


@dataclass(frozen=True)
class Ending:
    """How a bus is finished: at a drive and trim that are `held`, or else to be found.

    `mains` is the main master's bus, where a version has the gains of that. Then, and where our
    last limiter is left out, no ceiling is kept.
    """

    target: Finish | None
    held: HeldDrive | None
    mains: Signal | None = None
    is_limited: bool = True


def version_ending(
    target: Finish | None, version: VersionPlan, held: HeldDrive, main: Bus, bus: Bus
) -> Ending:
    """How a version's bus is finished; the main master's drive and trim are `held`."""
    is_led = version.dynamics == "main" and main.signal.digest != bus.signal.digest
    if target is not None and not version.limiter:
        target = replace(target, limiter=None)
    return Ending(target, held, main.signal if is_led else None, version.limiter)


def finish(
    context: Context,
    bus: Bus,
    frames: int,
    subtype: Subtype,
    keys: Mapping[str, Signal],
    ending: Ending,
) -> Finished:
    """Finish a bus to a file of `frames` frames.

    `keys` are the signals that driven inserts may listen to.
    Raises RenderError `clipped` when integer samples would clip for want of a target.
    """
    step_id = f"finish/{bus.version}"
    take_writer = TakeWriter(context, bus.version, frames, subtype, keys)
    key = _key(take_writer, bus, ending)
    entry = context.store.whole(key)
    cached, seconds = entry is not None, 0.0
    if entry is None:
        context.events.busy(step_id)
        started = time.perf_counter()
        entry = _make(take_writer, bus, ending, key)
        seconds = time.perf_counter() - started
    label = f"drive {entry.meta['drive_db']:+.3f} dB"
    result = step_result(step_id, label, (), entry, cached=cached, seconds=seconds)
    told = tuple(_blamed(each, ending.target) for each in result.diagnostics)
    result = replace(result, diagnostics=told)
    context.events.done(step_id)
    driven = tuple(
        replace(step_from_json(step), cached=step["cached"] or cached)
        for step in entry.meta["driven_steps"]
    )
    made = HeldDrive(entry.meta["drive_db"], entry.meta["trim_db"])
    return Finished(entry, made, entry.meta["reached"], (*driven, result))


def _key(take_writer: TakeWriter, bus: Bus, ending: Ending) -> str:
    context, target, held = take_writer.context, ending.target, ending.held
    source = Signal("driven", bus.signal.frames, bus.signal.blocks)
    return digest(
        "finish",
        version=_VERSION,
        limiter_version=VERSIONS["limiter"],
        seed=bus.version,
        source=bus.signal.digest,
        start=take_writer.start,
        frames=take_writer.frames,
        rate_hz=take_writer.rate_hz,
        subtype=take_writer.subtype,
        held=None if held is None else [held.drive_db, held.trim_db],
        target=None
        if target is None
        else {
            **_settings(target),
            "driven": [step_key(context, step, source, take_writer.keys) for step in target.driven],
        },
        **({} if ending.mains is None else {"mains": [ending.mains.digest, REPLAY_VERSION]}),
        **({} if ending.is_limited else {"limited": False}),
    )


def target_spec(target: Finish) -> str:
    """What a target asks of the finish, apart from what comes into it."""
    versions = {"version": _VERSION, "limiter_version": VERSIONS["limiter"]}
    return digest("spec", **versions, drive_at=target.drive_at, target=_settings(target))


def target_words(target: Finish) -> dict[str, Any]:
    """The same, as JSON values."""
    return {"drive_at": target.drive_at, **_settings(target)}


def _settings(target: Finish) -> dict[str, Any]:
    return {
        "limiter": None if target.limiter is None else target.limiter.model_dump(mode="json"),
        "integrated_lufs": target.integrated_lufs,
        "true_peak_dbtp": target.true_peak_dbtp,
        "trim_if_over": target.trim_if_over,
    }


def _make(take_writer: TakeWriter, bus: Bus, ending: Ending, key: str) -> Entry:
    from bridge.rendering.native_steps import rounded_curve  # with all that renders

    context = take_writer.context
    with context.store.staging() as folder:
        here, target, held = replace(take_writer, folder=folder), ending.target, ending.held
        if held is not None and (ending.mains is not None or not ending.is_limited):
            take = unjudged_take(here, bus.signal, ending.mains, target, held)
            judged = what_it_is(take, take_writer.subtype, target, bus.version)
        else:
            take = _take(here, bus.signal, target, held)
            judged = _judged(take, target, held, bus.version)
        said = [
            *judged,
            *(each for step in take.steps for each in step.diagnostics),
        ]
        meta: dict[str, Any] = {
            "pcm": take.pcm_sha256,
            "drive_db": take.drive_db,
            "trim_db": take.trim_db,
            "measures": take.measures,
            "reached": not any(each.code in _MISSES for each in said),
            "diagnostics": [each.as_json() for each in said],
            "level_out": take.levels.as_json(),
            "lowest_gain_db": []
            if take.lowest_gain_db is None
            else [round(take.lowest_gain_db, 3)],
            "gain_curves_db": [] if not take.gain_curve_db else [rounded_curve(take.gain_curve_db)],
            "driven_steps": [step.as_json() for step in take.steps],
        }
        return context.store.put(key, meta, take.path)


def _take(
    take_writer: TakeWriter, signal: Signal, target: Finish | None, held: HeldDrive | None
) -> Take:
    if target is None:
        take = take_writer.take(take_writer.heard(signal))
        if take.clipped:
            raise RenderError(_clipping(take, take_writer.version))
        return take
    if target.driven or target.limiter is None:
        return driven_take(take_writer, signal, target, held)
    return limited_take(take_writer, signal, target.limiter, target, held)


def _clipping(take: Take, version: str) -> Problem:
    peak = take.levels.as_json()["peak_dbfs"]
    return Problem(
        "clipped",
        f"{version}: {take.clipped} samples are over full scale (peak {peak} dBFS) and the chain "
        "has no [target]",
        {"group": "master", "insert": f"finish/{version}"},
        hint="lower the faders, add a [target], or write --subtype float32",
    )


def _judged(
    take: Take, target: Finish | None, held: HeldDrive | None, version: str
) -> Iterator[Diagnostic]:
    """Say what the file is not, and what was done to it beyond the drive."""
    where = f"finish/{version}"
    if target is None:
        return
    if take.trim_db and (held is None or take.trim_db != held.trim_db):
        yield Diagnostic(
            "note",
            "trimmed",
            where,
            f"{version}: trimmed by {-take.trim_db:.3f} dB for the ceiling",
        )
    yield from _peaks(take, target, version)
    if held is not None and take.levels.peak <= 0.0:
        yield Diagnostic("warning", "silent", where, f"{version}: nothing sounds in it")
    if target.integrated_lufs is None or held is not None:
        return
    if take.measures["integrated_lufs"] is None:
        why = "silent, or shorter than 0.4 s"
        yield Diagnostic("error", "not_measurable", where, f"{version}: {why}; no loudness to set")
    elif abs(take.miss_lu(target.integrated_lufs)) > LOUDNESS_TOLERANCE_LU:
        yield Diagnostic("error", "loudness_missed", where, _missed(take, target, version))


def _blamed(said: Diagnostic, target: Finish | None) -> Diagnostic:
    """Lay a peak over the ceiling at the insert that has the last word, where that is not ours."""
    if said.code != "over_ceiling" or target is None or target.limiter is not None:
        return said
    return replace(said, where=target.driven[-1].id) if target.driven else said


def _peaks(take: Take, target: Finish, version: str) -> Iterator[Diagnostic]:
    """Say that peaks are over the ceiling, and how hard our limiter had to work."""
    over = take.over_db(target.true_peak_dbtp)
    if over > 0.0:
        yield Diagnostic(
            "error",
            "over_ceiling",
            f"finish/{version}",
            f"{version}: the true peak is {over:.2f} dB over {target.true_peak_dbtp:g} dBTP; "
            'put a limiter last, or set safety = "trim"',
        )
    limited_db = -(take.lowest_gain_db or 0.0)
    if version == "main" and limited_db > MUCH_LIMITING_DB:
        yield Diagnostic(
            "warning",
            "much_limiting",
            f"finish/{version}",
            f"{version}: the limiter takes up to {limited_db:.1f} dB off; under "
            f"{MUCH_LIMITING_DB:g} dB it is seldom heard",
        )


def _missed(take: Take, target: Finish, version: str) -> str:
    """Why the loudness is not what was asked for."""
    from bridge.rendering.takes import ceiling_of

    found, wanted = take.measures["integrated_lufs"], target.integrated_lufs
    said = f"{version}: {found:.2f} LUFS, and {wanted:g} cannot be reached with this chain"
    ceiling_dbtp = target.true_peak_dbtp
    if target.limiter is not None:
        ceiling_dbtp = ceiling_of(target.limiter, target)
    left = -take.over_db(ceiling_dbtp)
    limited = -(take.lowest_gain_db or 0.0) > MUCH_LIMITING_DB
    if found < wanted and limited and left < _NOTHING_LEFT_DB:
        return (
            f"{said}: the limiter is at its end, nothing is left under {ceiling_dbtp:g} dBTP; ask "
            "for a lower integrated_lufs, or allow a higher true peak"
        )
    if abs(take.drive_db) < _DRIVE_END_DB - LOUDNESS_TOLERANCE_LU:
        return f"{said} under {target.true_peak_dbtp:g} dBTP"
    return (
        f"{said}: the drive ends at {take.drive_db:+.0f} dB, with {left:.1f} dB left under the "
        f"ceiling; bring the stems {'up' if take.drive_db > 0.0 else 'down'} with trim_db"
    )
