"""What a plugin did to the main master, done to a version: nothing tells how it decides gains."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Literal

from bridge.gathering import Signal, Tap, store_signal, stored_signal
from bridge.rendering.context import Context
from bridge.storing import Entry, digest
from stemwright.decibels import rounded_db
from stemwright.problems import Diagnostic, RenderError
from stemwright.values import dataclass

if TYPE_CHECKING:
    from bridge.audio import Block
    from bridge.processing import Replay

MOST_MISSED_DBFS = -60.0
"""A model that misses more of the main master than this is none of what the plugin does."""

Model = Literal["gain", "gain a side", "linear", "bands", "none"]
_HOW = {
    "gain": "as a gain",
    "gain a side": "as a gain of each side",
    "linear": "by itself, since it adds up",
    "bands": "as a gain of each band",
}
REPLAY_VERSION = 2
"""Raise it when a bit of what a model gives changes."""


@dataclass(frozen=True)
class Replayed:
    """What came of it: `signal` by `model`, which misses `missed_dbfs` of the main at its peak.

    None of it where the model meets every bit. With the model "none" the plugin heard the version.
    """

    model: Model
    missed_dbfs: float | None
    entry: Entry
    cached: bool = True

    def as_json(self) -> dict[str, object]:
        """What render.json says of it."""
        missed_dbfs = self.missed_dbfs
        told = missed_dbfs if missed_dbfs is None or math.isfinite(missed_dbfs) else None
        return {"model": self.model, "missed_dbfs": told}

    def told(self, step_id: str, plugin: str) -> Diagnostic:
        """The same as a note."""
        missed_dbfs = self.missed_dbfs
        missed = "nothing" if missed_dbfs is None else f"{missed_dbfs:.1f} dBFS at most"
        if self.model != "none":
            said = (
                f"{plugin} is replayed {_HOW[self.model]}, which misses {missed} of the main master"
            )
            return Diagnostic("note", "replayed", step_id, f"{step_id}: {said}")
        said = (
            f"{plugin} does nothing that could be replayed (a gain of each band would miss "
            f"{missed}), so it hears this version alone, which need not add up with others"
        )
        return Diagnostic("note", "not_replayed", step_id, f"{step_id}: {said}")


def replayed(
    context: Context,
    source: Signal,
    mains: Signal,
    mains_after: Signal,
    hosted: Callable[[Signal], Entry],
) -> Replayed:
    """Make of `source` what a plugin, which made `mains_after` of `mains`, did there.

    `hosted` is the plugin itself. A gain for both sides is tried first, and one a side; then the
    plugin, whether what it makes of `source` and of the rest adds up; then a gain a band.
    """
    models: tuple[Model, ...] = ("gain", "gain a side")
    for model in models:
        missed_dbfs = _missed_dbfs(context, model, mains, mains_after)
        if _meets(missed_dbfs):
            return _made(context, model, source, mains, mains_after, missed_dbfs)
    own = hosted(source)
    missed_dbfs = _missed_by_hosting(context, own, source, mains, mains_after, hosted)
    if _meets(missed_dbfs):
        return Replayed("linear", missed_dbfs, own)
    missed_dbfs = _missed_dbfs(context, "bands", mains, mains_after)
    if _meets(missed_dbfs):
        return _made(context, "bands", source, mains, mains_after, missed_dbfs)
    return Replayed("none", missed_dbfs, own)


def _meets(missed_dbfs: float | None) -> bool:
    return missed_dbfs is None or missed_dbfs <= MOST_MISSED_DBFS


def _model(context: Context, model: Model) -> Replay:
    from bridge.processing import BandReplay, GainReplay

    rate_hz = context.plan.engine.sample_rate_hz
    if model == "bands":
        return BandReplay(rate_hz)
    return GainReplay(rate_hz, sides_apart=model == "gain a side")


def _facts(context: Context, model: str, mains: Signal, mains_after: Signal) -> dict[str, object]:
    return {
        "version": REPLAY_VERSION,
        "model": model,
        "rate_hz": context.plan.engine.sample_rate_hz,
        "mains": mains.digest,
        "mains_after": mains_after.digest,
    }


def _made(
    context: Context,
    model: Model,
    source: Signal,
    mains: Signal,
    mains_after: Signal,
    missed_dbfs: float | None,
) -> Replayed:
    """The version by a model, from the store or made there."""
    from bridge.processing import replay

    key = digest("replayed", source=source.digest, **_facts(context, model, mains, mains_after))
    entry = context.store.get(key)
    if entry is not None:
        return Replayed(model, missed_dbfs, entry)
    tap = Tap(source.blocks(), context.cancel)
    streams = mains.blocks(), mains_after.blocks(), iter(tap)
    entry = store_signal(
        context.store,
        lambda: key,
        replay(_model(context, model), *streams),
        "float64",
        context.cancel,
        lambda: {"level_in": tap.levels.as_json(), "diagnostics": []},
    )
    return Replayed(model, missed_dbfs, entry, cached=False)


def _missed_dbfs(
    context: Context, model: Model, mains: Signal, mains_after: Signal
) -> float | None:
    """What a model of the main master's own signal misses."""
    from bridge.processing import replay

    def missing() -> Iterator[Block]:
        streams = mains.blocks(), mains_after.blocks(), mains.blocks()
        return _less(mains_after, replay(_model(context, model), *streams))

    key = digest("replay_fit", **_facts(context, model, mains, mains_after))
    return _peak_dbfs(context, key, missing)


def _missed_by_hosting(
    context: Context,
    own: Entry,
    source: Signal,
    mains: Signal,
    mains_after: Signal,
    hosted: Callable[[Signal], Entry],
) -> float | None:
    """What the plugin's outputs for a version and for all else miss of the main's."""
    from bridge.rendering.master_bus import weighted_sum

    made = stored_signal(context.store, own)
    facts = _facts(context, "linear", mains, mains_after)
    key = digest("replay_fit", source=source.digest, own=made.digest, **facts)

    def missing() -> Iterator[Block]:
        rest = weighted_sum([(1.0, mains), (-1.0, source)], mains.frames)
        other = stored_signal(context.store, hosted(rest))
        return _less(mains_after, weighted_sum([(1.0, made), (1.0, other)], made.frames).blocks())

    try:
        return _peak_dbfs(context, key, missing)
    except RenderError:  # it cannot play the rest, so it is not what adds up
        return math.inf


def _less(signal: Signal, blocks: Iterator[Block]) -> Iterator[Block]:
    from bridge.audio import reblocked

    frames = 65536
    for one, other in zip(
        reblocked(signal.blocks(), frames), reblocked(blocks, frames), strict=True
    ):
        yield one - other


def _peak_dbfs(context: Context, key: str, blocks: Callable[[], Iterator[Block]]) -> float | None:
    """The peak of a stream as the store knows it, or told to it."""
    entry = context.store.get(key)
    if entry is None:
        tap = Tap(blocks(), context.cancel)
        for _ in tap:
            pass
        entry = context.store.put(key, {"peak_dbfs": rounded_db(tap.levels.peak, 1)})
    found: float | None = entry.meta["peak_dbfs"]
    return found
