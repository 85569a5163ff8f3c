"""A song before and after a proposal, beside the rough mix and references: listened to once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial

from blake3 import blake3

from bridge.audio import Block
from bridge.gathering import Signal, cut
from bridge.pages.beside import Beside, beside_songs
from bridge.pages.report import Heard, Kind, Reference, references_heard
from bridge.planning import Plan
from bridge.storing import Store, digest


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
    own = [
        _heard("version", name, signal.digest, (rate_hz, frames), partial(_cut, signal, frames))
        for name, signal in (("before", before), ("after", after))
    ]
    ordered = sorted(references, key=lambda each: each[0] != "mix")
    return beside_songs(own, references_heard(ordered, plan, frames, store), store, jobs)


def _cut(signal: Signal, frames: int) -> Iterator[Block]:
    return cut(signal.blocks(), frames)


def beside_excerpt(
    before: Block, after: Block, target: Block, rate_hz: int, store: Store, *, is_other_music: bool
) -> Beside:
    """The same of some seconds of a song, (2, frames) each, and of what they shall be like."""
    kind: Kind = "reference" if is_other_music else "target"
    named: list[tuple[Kind, str, Block]]
    named = [("version", "before", before), ("version", "after", after), (kind, kind, target)]
    heard = [
        _heard(
            kind,
            name,
            digest("excerpt", samples=blake3(samples.tobytes()).hexdigest()),
            (rate_hz, samples.shape[1]),
            partial(iter, [samples]),
        )
        for kind, name, samples in named
    ]
    return replace(beside_songs(heard[:2], heard[2:], store), is_song=False)


def _heard(
    kind: Kind,
    name: str,
    named: str,
    form: tuple[int, int],
    blocks: Callable[[], Iterator[Block]],
) -> Heard:
    """Of a rate and so many frames."""
    return Heard(kind, name, named, *form, blocks, offset_s=None if kind == "reference" else 0.0)
