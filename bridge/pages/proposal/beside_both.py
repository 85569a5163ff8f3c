"""A song before and after a proposal, beside the rough mix and references: listened to once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from bridge.audio import Block
from bridge.finished import BesideTold
from bridge.gathering import Signal, cut
from bridge.pages.report import (
    Heard,
    Reference,
    Row,
    beside_others,
    looked,
    references_heard,
)
from bridge.planning import Plan
from bridge.storing import Store
from stemwright.values import dataclass


@dataclass(frozen=True)
class Beside:
    """What was heard: `own` the song before and after, `others` the music that lies beside it.

    `told` are figures and distances of the song's, by its names; without other music those of what
    the proposal changes.
    """

    own: tuple[Row, ...]
    others: tuple[Row, ...]
    told: tuple[tuple[str, BesideTold], ...]


def beside_both(
    before: Signal,
    after: Signal,
    references: Iterable[Reference],
    plan: Plan,
    store: Store,
    jobs: int = 1,
) -> Beside:
    """Listen to two sums of a plan's groups and to `references`, `jobs` signals at a time.

    Both count until the longest stem ends. Where they are the same there is but one, `before`. What
    is found is kept in the store, and no sample of it. What cannot be read says so in its row. The
    rough mix comes first.
    """
    rate_hz = plan.engine.sample_rate_hz
    stems = [stem for lane in plan.lanes for stem in lane.stems]
    frames = max((stem.frames_at(rate_hz) for stem in stems), default=0)
    signals = {"before": before, "after": after}
    if before.digest == after.digest:
        del signals["after"]
    own = [_heard(name, each, frames, rate_hz) for name, each in signals.items()]
    ordered = sorted(references, key=lambda each: each[0] != "mix")
    heard = [*own, *references_heard(ordered, plan, frames, store)]
    with ThreadPoolExecutor(max_workers=max(1, jobs)) as pool:
        rows = tuple(pool.map(partial(looked, store=store), heard))
    kept, others = rows[: len(own)], rows[len(own) :]
    return Beside(kept, others, tuple(_told(kept, others, store).items()))


def _heard(name: str, signal: Signal, frames: int, rate_hz: int) -> Heard:
    def blocks() -> Iterator[Block]:
        return cut(signal.blocks(), frames)

    return Heard("version", name, signal.digest, rate_hz, frames, blocks, offset_s=0.0)


def _told(own: Sequence[Row], others: Sequence[Row], store: Store) -> dict[str, BesideTold]:
    """Each of the song's beside all others, and the later one beside the earlier one too."""
    found: dict[str, BesideTold] = {}
    for number, row in enumerate(own):
        if row.found is None:
            continue
        beside = [each.heard for each in (*others, *own[:number]) if each.found is not None]
        told = beside_others(row.heard, beside, row.found.measures, store)
        if told is not None:
            found[row.heard.name] = BesideTold.model_validate(told)
    alone = [each for told in found.values() for each in told.others if each.name not in found]
    earlier = {
        each.name: BesideTold(main=each.figures, others=())
        for each in alone
        if each.kind == "version"
    }
    return {**earlier, **found}
