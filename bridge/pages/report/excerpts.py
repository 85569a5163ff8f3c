"""What is listened to: whole songs as previews, and one place of each without loss."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import groupby, pairwise
from typing import Any

import numpy as np

from bridge.audio import Block, resampled
from bridge.finished import Row
from bridge.gathering import DamagedEntryError, Signal, silence
from bridge.pages import PREVIEW_HZ, Excerpt, Outline, excerpt as encoded, preview, short_preview
from bridge.pages.report.heard_signal import Heard
from bridge.pages.report.step_signals import StepSignals, entered, inserts_of, left, through
from bridge.storing import Store, digest
from stemwright.decibels import linear
from stemwright.problems import InputError
from stemwright.values import dataclass

LONGEST_S = 12
SHORTEST_S = 5
_TOGETHER_S = 22
"""Seconds all excerpts share: at 16 bit they then take about 4 MB of page."""
_VERSION = 3
_PREVIEW_VERSION = 5


def length_s(count: int) -> int:
    """How long each of `count` excerpts is."""
    return max(SHORTEST_S, min(LONGEST_S, _TOGETHER_S // max(1, count)))


def place_s(loudest_end_s: float | None, total_s: float, seconds: int) -> int:
    """Where an excerpt of `seconds` starts: around the loudest 3 s, on a whole second."""
    centre = 1.5 if loudest_end_s is None else loudest_end_s - 1.5
    latest = max(0, math.floor(total_s) - seconds)
    return min(max(0, round(centre - seconds / 2)), latest)


def excerpt(
    heard: Heard,
    store: Store,
    start_s: int,
    seconds: int,
    rate_hz: int,
    passed: Place | None = None,
) -> Excerpt | None:
    """Return `seconds` of a signal from `start_s` on, at `rate_hz`; None when it is gone.

    `passed` may have kept them while the signal was read for something else. A browser's own
    resampling would take treble off (0.7 LU of white noise from 44.1 kHz).
    """
    key = digest(
        "report.excerpt",
        version=_VERSION,
        source=heard.digest,
        rate_hz=heard.rate_hz,
        start_s=start_s,
        seconds=seconds,
        played_hz=rate_hz,
    )
    blocks = heard.blocks

    def made() -> Excerpt | None:
        if blocks is None:
            return None
        own_hz = heard.rate_hz
        samples = None if passed is None else passed.samples
        if samples is None:
            samples = between(blocks(), start_s * own_hz, (start_s + seconds) * own_hz)
        played = np.concatenate([*resampled([samples], 2, own_hz, rate_hz)], axis=1)
        return encoded(played, rate_hz)

    return remembered(store, key, made)


def whole(
    heard: Heard, store: Store, seconds: float, measures: Mapping[str, Any]
) -> Excerpt | None:
    """Return a signal from its start to `seconds` as a preview in a file; None when it is gone.

    `measures` are its readings.
    """
    frames = round(seconds * heard.rate_hz)
    key = digest(
        "report.preview",
        version=_PREVIEW_VERSION,
        source=heard.digest,
        rate_hz=heard.rate_hz,
        frames=frames,
        played_hz=PREVIEW_HZ,
    )
    entry = store.whole(key)
    if entry is None:
        if heard.blocks is None:
            return None
        peak_dbfs, lufs = measures.get("sample_peak_dbfs"), measures.get("integrated_lufs")
        peak = 0.0 if peak_dbfs is None else linear(peak_dbfs)
        blocks = exactly(heard.blocks(), frames)
        with store.staging() as folder:
            coded = folder / "preview.mp3"
            made = preview(blocks, heard.rate_hz, frames, peak, lufs, coded)
            told = {"pcm": None, "excerpt": as_json(replace(made, coded_file=None))}
            entry = store.put(key, told, coded)
    return replace(from_json(entry.meta["excerpt"]), coded_file=entry.data)


def exactly(blocks: Iterable[Block], frames: int) -> Iterator[Block]:
    """Yield `frames` frames of a stereo stream, silence where it has ended."""
    left = frames
    for block in blocks:
        kept = block[:, :left]
        left -= kept.shape[1]
        yield kept
        if not left:
            return
    yield from silence(left)


def remembered(store: Store, key: str, made: Callable[[], Excerpt | None]) -> Excerpt | None:
    """Take an excerpt from the store, or make it and put it there."""
    entry = store.get(key)
    if entry is not None:
        return from_json(entry.meta["excerpt"])
    new = made()
    if new is not None:
        store.put(key, {"pcm": None, "excerpt": as_json(new)})
    return new


def as_json(made: Excerpt) -> dict[str, Any]:
    """An excerpt as it lies in the store."""
    return {**vars(made), "outline": vars(made.outline)}


def from_json(stored: Mapping[str, Any]) -> Excerpt:
    """An excerpt as it lay in the store."""
    drawn = {side: tuple(values) for side, values in stored["outline"].items()}
    return Excerpt(**{**stored, "outline": Outline(**drawn)})


class Place:
    """Passes a stereo stream on and keeps its frames `start` to `end`, fewer where it ends before.

    `samples` is None until they have passed, (2, frames) then.
    """

    def __init__(self, start: int, end: int) -> None:
        self._start, self._end = start, end
        self.samples: Block | None = None

    def kept_of(self, blocks: Callable[[], Iterator[Block]]) -> Iterator[Block]:
        """Yield what `blocks` gives."""
        taken: list[Block] = [np.zeros((2, 0))]
        at = 0
        for block in blocks():
            kept = block[:, max(0, self._start - at) : max(0, self._end - at)]
            if kept.shape[1]:
                taken.append(kept.copy())
            at += block.shape[1]
            if at >= self._end and self.samples is None:
                self.samples = np.concatenate(taken, axis=1)
            yield block
        self.samples = np.concatenate(taken, axis=1)


def between(blocks: Iterable[Block], start: int, end: int) -> Block:
    """Return frames `start` to `end` of a stereo stream, fewer where it ends before."""
    taken: list[Block] = [np.zeros((2, 0))]
    at = 0
    for block in blocks:
        taken.append(block[:, max(0, start - at) : max(0, end - at)].copy())
        at += block.shape[1]
        if at >= end:
            break
    return np.concatenate(taken, axis=1)


SECONDS = 5
_BEFORE_S = 5
"""What a built-in that is run again for a row hears first, so that its gain has settled."""
_SOUNDS_VERSION = 2


@dataclass(frozen=True)
class InsertSound:
    """One insert's input and output, as previews at `PREVIEW_HZ`."""

    before: Excerpt
    after: Excerpt


def insert_sounds(signals: StepSignals, start_s: float, jobs: int = 1) -> dict[str, InsertSound]:
    """Return every insert that was rendered for the main master, by `group/insert`.

    `start_s` is where all are heard. What the store no longer holds is left out.
    """
    rows = [row for row in signals.folder.steps if row.inserts and row.version == "main"]
    racks = [(owner, list(each)) for owner, each in groupby(rows, lambda row: row.owner)]
    with ThreadPoolExecutor(max_workers=max(1, jobs)) as pool:
        found = pool.map(lambda rack: _rack(signals, rack[0], rack[1], start_s), racks)
        return {name: sound for each in found for name, sound in each.items()}


def _rack(
    signals: StepSignals, owner: str, rows: Sequence[Row], start_s: float
) -> dict[str, InsertSound]:
    names = [f"{owner}/{name}" for row in rows for name in row.inserts]
    part = signals.folder.record.range
    key = digest(
        "report.inserts",
        version=_SOUNDS_VERSION,
        rows=[[row.key, row.pcm] for row in rows],
        range=None if part is None else part.model_dump(),
        start_s=start_s,
        seconds=SECONDS,
        played_hz=PREVIEW_HZ,
    )
    entry = signals.store.get(key)
    if entry is not None:
        excerpts = [from_json(each) for each in entry.meta["excerpts"]]
    else:
        try:
            excerpts = [*_excerpts(signals, rows, start_s)]
        except (InputError, DamagedEntryError):
            return {}
        signals.store.put(key, {"pcm": None, "excerpts": [as_json(each) for each in excerpts]})
    pairs = pairwise(excerpts)
    return {name: InsertSound(*pair) for name, pair in zip(names, pairs, strict=True)}


def _excerpts(signals: StepSignals, rows: Sequence[Row], start_s: float) -> Iterator[Excerpt]:
    """What goes into the first insert, then what comes out of each."""
    folder = signals.folder
    rate_hz = folder.rate_hz
    start = round(start_s * rate_hz)
    early = max(0, start - _BEFORE_S * rate_hz)
    end = min(folder.frames, start + SECONDS * rate_hz)

    def taken(signal: Signal) -> Block:
        return between(signal.blocks(), early, end)

    def heard(samples: Block) -> Excerpt:
        return short_preview(samples[:, start - early :], rate_hz)

    ends = [left(signals, row) for row in rows]  # before stems are read for what is gone
    sounding = taken(entered(signals, rows[0]))
    yield heard(sounding)
    for row, ending in zip(rows, ends, strict=True):
        for insert in inserts_of(folder, row)[:-1]:
            passed = [np.zeros((2, 0)), *through(folder, [insert], [sounding])]
            sounding = np.concatenate(passed, axis=1)
            yield heard(sounding)
        sounding = taken(ending)
        yield heard(sounding)
