"""Signals between steps: a digest that names the samples, and a way to stream them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain as joined
from pathlib import Path
from typing import TYPE_CHECKING

from bridge.audio import BLOCK_FRAMES
from bridge.gathering.render_events import Cancel
from bridge.storing import Content, Entry, Store
from stemwright.decibels import linear, rounded_db
from stemwright.problems import InputError
from stemwright.values import dataclass

if TYPE_CHECKING:  # numpy comes with what streams; a signal that the store has is but named
    from bridge.audio import Block, Dtype, GrowingPcm, PcmSummary

SILENCE = linear(-96.0)
"""Linear level under which the end of the bus counts as silent (-96 dBFS)."""


class DamagedEntryError(Exception):
    """A stored file no longer has the bytes that were put; the entry has been dropped."""


@dataclass(frozen=True)
class Levels:
    """Linear peak and RMS over both channels."""

    peak: float
    rms: float

    def as_json(self) -> dict[str, float | None]:
        """Peak and RMS in dBFS; null for silence."""
        return {"peak_dbfs": rounded_db(self.peak, 3), "rms_dbfs": rounded_db(self.rms, 3)}


@dataclass(frozen=True)
class Signal:
    """Stereo samples at zero latency: `digest` names them, `blocks` streams them anew each call.

    `loud_frames` is the frame after the last one above -96 dBFS, or None where nobody measured.
    `anew` makes the same of another process's hold on the store, and can travel there.
    """

    digest: str
    frames: int
    blocks: Callable[[], Iterator[Block]]
    loud_frames: int | None = None
    anew: Callable[[Store], Signal] | None = None


class Tap:
    """Passes blocks on and notes peak and RMS."""

    def __init__(self, blocks: Iterable[Block], cancel: Cancel) -> None:
        self._blocks = blocks
        self._cancel = cancel
        self._peak = 0.0
        self._squares = 0.0
        self._samples = 0

    def __iter__(self) -> Iterator[Block]:
        for block in self._blocks:
            self._cancel.check()
            self._note(block)
            yield block

    @property
    def levels(self) -> Levels:
        """Of what has passed so far."""
        mean = self._squares / self._samples if self._samples else 0.0
        return Levels(self._peak, math.sqrt(mean))

    def _note(self, block: Block) -> None:
        if not block.size:
            return
        from bridge.audio import block_levels

        top, squares = block_levels(block)
        self._peak = max(self._peak, top)
        self._squares += squares
        self._samples += block.size


class _Ended:
    """Passes blocks on and notes where their sound ends."""

    def __init__(self, blocks: Iterable[Block], cancel: Cancel) -> None:
        self._blocks = blocks
        self._cancel = cancel
        self._frames = 0
        self.loud_frames = 0

    def __iter__(self) -> Iterator[Block]:
        from bridge.audio import frames_until_quiet

        for block in self._blocks:
            self._cancel.check()
            if sounding := frames_until_quiet(block, SILENCE):
                self.loud_frames = self._frames + sounding
            self._frames += block.shape[1]
            yield block


def stored_signal(store: Store, entry: Entry) -> Signal:
    """The signal an entry holds. Its bytes are checked before the first block is given."""
    return Signal(
        entry.meta["pcm"],
        entry.meta["frames"],
        lambda: kept_pcm(store, entry, 2, entry.meta["dtype"]),
        entry.meta["loud_frames"],
        partial(_stored_anew, entry.key),
    )


def _stored_anew(key: str, store: Store) -> Signal:
    entry = store.get(key)
    if entry is None:
        raise DamagedEntryError(key)
    return stored_signal(store, entry)


def kept_signal(store: Store, key: str, pcm: str) -> Signal | None:
    """What a step left under `key`; None where the store has it no more, or other samples."""
    entry = store.get(key)
    if entry is None or entry.meta.get("pcm") != pcm:
        return None
    return stored_signal(store, entry)


def kept_pcm(store: Store, entry: Entry, channels: int, dtype: Dtype) -> Iterator[Block]:
    """Stream an entry's file. Raises DamagedEntryError where it is not, or no more, what was put.

    Another process may drop it at any time; once it is open, it is read to its end.
    """
    from bridge.audio import read_pcm

    if not store.intact(entry):
        store.drop(entry.key)
        raise DamagedEntryError(entry.key)
    blocks = read_pcm(entry.data, channels, dtype)
    try:
        first = next(blocks, None)
    except InputError as gone:
        store.drop(entry.key)
        raise DamagedEntryError(entry.key) from gone
    return blocks if first is None else joined([first], blocks)


def store_signal(
    store: Store,
    key: Callable[[], str],
    blocks: Iterable[Block],
    dtype: Dtype,
    cancel: Cancel,
    meta: Callable[[], dict[str, object]],
    grown: Callable[[GrowingPcm], None] | None = None,
) -> Entry:
    """Write a stereo stream into the store; `key` and `meta` are asked once it has ended.

    `grown` is told of the file after each block.
    """
    from bridge.audio import PcmWriter

    with store.staging() as folder:
        path, ended = folder / "pcm", _Ended(blocks, cancel)
        with PcmWriter(path, 2, dtype) as writer:
            for block in ended:
                writer.write(block)
                if grown is not None:
                    grown(writer.so_far)
        return _put(store, key(), path, dtype, writer.summary, ended.loud_frames, meta())


def store_file(
    store: Store, key: str, path: Path, dtype: Dtype, cancel: Cancel, meta: dict[str, object]
) -> Entry:
    """Move a raw stereo file into the store under `key`, read once: the entry is that of its
    samples written there. Raises as `read_pcm`."""
    from bridge.audio import PcmTally, read_pcm

    tally = PcmTally(2, dtype)
    ended = _Ended(read_pcm(path, 2, dtype, tally=tally), cancel)
    for _ in ended:
        pass
    return _put(store, key, path, dtype, tally.summary(), ended.loud_frames, meta)


def _put(
    store: Store,
    key: str,
    path: Path,
    dtype: Dtype,
    summary: PcmSummary,
    loud_frames: int,
    meta: dict[str, object],
) -> Entry:
    from bridge.audio import pcm_head

    told = {
        "pcm": summary.pcm_hash,
        "frames": summary.frames,
        "dtype": dtype,
        "loud_frames": loud_frames,
        "level_out": Levels(summary.peak, summary.rms).as_json(),
        **meta,
    }
    return store.put(key, told, path, Content(summary.pcm_hash, pcm_head(dtype, 2)))


def cut(blocks: Iterable[Block], frames: int, start: int = 0) -> Iterator[Block]:
    """Yield `frames` frames of a stream from frame `start` on."""
    skip, left = start, frames
    for block in blocks:
        if left <= 0:
            return
        kept = block[:, skip : skip + left]
        skip = max(0, skip - block.shape[1])
        left -= kept.shape[1]
        if kept.shape[1]:
            yield kept


def silent_signal(frames: int) -> Signal:
    """Stereo zeros."""
    return Signal("silence", frames, lambda: silence(frames), 0)


def silence(frames: int) -> Iterator[Block]:
    """Yield stereo zeros."""
    import numpy as np

    for start in range(0, frames, BLOCK_FRAMES):
        yield np.zeros((2, min(BLOCK_FRAMES, frames - start)))
