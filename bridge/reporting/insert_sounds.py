"""What every insert does at one place of the song, to hear before and after it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from itertools import groupby, pairwise

import numpy as np

from bridge.audio.blocks import Block
from bridge.finished.record import Row
from bridge.listening.excerpts import PREVIEW_HZ, Excerpt, short_preview
from bridge.rendering.signals import DamagedEntryError
from bridge.reporting.excerpts import between, from_json
from bridge.reporting.taps import Blocks, Folder, entered, inserts_of, left, through
from bridge.storing import digest
from stemwright.problems import InputError

SECONDS = 5
_BEFORE_S = 5
"""What a built-in that is run again for a row hears first, so that its gain has settled."""
_VERSION = 1


@dataclass(frozen=True)
class InsertSound:
    """One insert's input and output, as previews at `PREVIEW_HZ`."""

    before: Excerpt
    after: Excerpt


def insert_sounds(folder: Folder, start_s: float, jobs: int = 1) -> dict[str, InsertSound]:
    """Return every insert that was rendered for the main master, by `group/insert`.

    `start_s` is where all are heard. What the store no longer holds is left out.
    """
    rows = [row for row in folder.record.steps if row.inserts and not row.version]
    racks = [(owner, list(each)) for owner, each in groupby(rows, lambda row: row.owner)]
    with ThreadPoolExecutor(max_workers=max(1, jobs)) as pool:
        found = pool.map(lambda rack: _rack(folder, rack[0], rack[1], start_s), racks)
        return {name: sound for each in found for name, sound in each.items()}


def _rack(
    folder: Folder, owner: str, rows: Sequence[Row], start_s: float
) -> dict[str, InsertSound]:
    names = [f"{owner}/{name}" for row in rows for name in row.inserts]
    part = folder.record.range
    key = digest(
        "report.inserts",
        version=_VERSION,
        rows=[[row.key, row.pcm] for row in rows],
        range=None if part is None else part.model_dump(),
        start_s=start_s,
        seconds=SECONDS,
        played_hz=PREVIEW_HZ,
    )
    entry = folder.store.get(key)
    if entry is not None:
        excerpts = [from_json(each) for each in entry.meta["excerpts"]]
    else:
        try:
            excerpts = [*_excerpts(folder, rows, start_s)]
        except (InputError, DamagedEntryError):
            return {}
        folder.store.put(key, {"pcm": None, "excerpts": [asdict(each) for each in excerpts]})
    pairs = pairwise(excerpts)
    return {name: InsertSound(*pair) for name, pair in zip(names, pairs, strict=True)}


def _excerpts(folder: Folder, rows: Sequence[Row], start_s: float) -> Iterator[Excerpt]:
    """What goes into the first insert, then what comes out of each."""
    rate_hz = folder.engine.sample_rate_hz
    start = round(start_s * rate_hz)
    early = max(0, start - _BEFORE_S * rate_hz)
    end = min(folder.frames, start + SECONDS * rate_hz)

    def taken(blocks: Blocks) -> Block:
        return between(blocks(), early, end)

    def heard(samples: Block) -> Excerpt:
        return short_preview(samples[:, start - early :], rate_hz)

    ends = [left(folder, row) for row in rows]  # before stems are read for what is gone
    sounding = taken(entered(folder, rows[0]))
    yield heard(sounding)
    for row, end_blocks in zip(rows, ends, strict=True):
        for insert in inserts_of(folder, row)[:-1]:
            passed = [np.zeros((2, 0)), *through(folder, [insert], [sounding])]
            sounding = np.concatenate(passed, axis=1)
            yield heard(sounding)
        sounding = taken(end_blocks)
        yield heard(sounding)
