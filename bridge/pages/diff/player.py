"""What the page plays of a pair: A, B at A's loudness, and what remains."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from bridge.audio import Block, probe, read_blocks
from bridge.comparing import Alignment, FileDiff, aligned_blocks, aligned_overlap, opened_streams
from bridge.metering import measure
from bridge.pages import (
    COLUMNS,
    NULL_COLOUR,
    PREVIEW_HZ,
    Deck,
    Excerpt,
    Outline,
    Track,
    change,
    clock,
    excerpt,
    extremes,
    lowered,
    matching_db,
    outlined,
    preview,
)
from stemwright.decibels import linear

EXCERPT_S = 12
HIGH_RATE_EXCERPT_S = 10
_HIGH_RATE_HZ = 48000
_WALK_FRAMES = 65536


@dataclass(frozen=True)
class Signals:
    """One pair as the page needs it: everything in A's time, from `start_s` for `seconds`.

    `whole` are the outlines of A, B and B minus A; `a` and `b` (channels, frames) the excerpt,
    which starts at `excerpt_s`. `undone_db` is the gain that alignment gave B.
    """

    rate_hz: int
    start_s: float
    seconds: float
    whole: tuple[Outline, Outline, Outline]
    excerpt_s: float
    undone_db: float
    a: Block
    b: Block


def signals(found: FileDiff) -> Signals | None:
    """Read a pair once, in memory that does not grow with it; None where nothing was subtracted.

    Raises InputError as `bridge.audio.decode.read_blocks` does.
    """
    if found.aligned is None or found.a is None or found.b is None:
        return None
    pair = opened_streams(Path(found.a), Path(found.b))
    alignment = found.alignment or Alignment()
    first, frames = aligned_overlap(pair, alignment)
    if frames < 1:
        return None
    low, high = _excerpt(found, first, frames)
    bucket = math.ceil(frames / COLUMNS)
    columns: list[Block] = []
    kept: list[tuple[Block, Block]] = []
    at = first
    for one, other in aligned_blocks(pair, alignment, bucket * max(1, _WALK_FRAMES // bucket)):
        columns.append(np.stack([extremes(each, bucket) for each in (one, other, other - one)]))
        cut = slice(max(0, low - at), max(0, high - at))
        # Copies, since a view, even an empty one, would keep all of the file in memory.
        kept.append((one[:, cut].copy(), other[:, cut].copy()))
        at += one.shape[1]
    a, b, left = (outlined(each) for each in np.concatenate(columns, axis=2))
    return Signals(
        rate_hz=pair.rate_hz,
        start_s=first / pair.rate_hz,
        seconds=frames / pair.rate_hz,
        whole=(a, b, left),
        excerpt_s=low / pair.rate_hz,
        undone_db=-alignment.gain_db,
        a=np.concatenate([each for each, _ in kept], axis=1),
        b=np.concatenate([each for _, each in kept], axis=1),
    )


def previews(found: FileDiff, heard: Signals) -> tuple[Excerpt, Excerpt]:
    """All that both have, as previews: A, and B brought to A's time, in memory that stays small.

    Raises InputError as `bridge.audio.decode.read_blocks` does.
    """
    assert found.a is not None  # noqa: S101 - `heard` was read from both
    assert found.b is not None  # noqa: S101
    pair = opened_streams(Path(found.a), Path(found.b))
    alignment = found.alignment or Alignment()
    frames = aligned_overlap(pair, alignment)[1]

    def coded(side: int) -> Excerpt:
        blocks = (_stereo(both[side]) for both in aligned_blocks(pair, alignment, _WALK_FRAMES))
        lufs = None
        if found.sounds is not None:
            lufs = found.sounds[side].measures.integrated_lufs + side * heard.undone_db
        known = lufs if lufs is not None and math.isfinite(lufs) else None
        return preview(blocks, pair.rate_hz, frames, heard.whole[side].peak, known)

    with ThreadPoolExecutor(2) as pool:
        a, b = pool.map(coded, (0, 1))
    return a, b


def alone(path: Path) -> Excerpt:
    """All of one file as a preview. Raises InputError as `bridge.audio.decode.read_blocks` does."""
    header = probe(path)
    measured = measure(path)
    peak = linear(measured.sample_peak_dbfs)
    lufs = measured.integrated_lufs if math.isfinite(measured.integrated_lufs) else None
    blocks = (_stereo(block) for block in read_blocks(path))
    return preview(blocks, header.sample_rate_hz, header.frames, peak, lufs)


def _stereo(block: Block) -> Block:
    """The first two channels; mono on both sides."""
    return block[:2] if len(block) > 1 else np.concatenate([block, block])


def _excerpt(found: FileDiff, first: int, frames: int) -> tuple[int, int]:
    """Frames of A around the loudest 10 ms of residual, as far as both go."""
    assert found.aligned is not None  # noqa: S101 - narrows for the type checker
    rate_hz = found.sample_rate_hz or 1
    seconds = EXCERPT_S if rate_hz <= _HIGH_RATE_HZ else HIGH_RATE_EXCERPT_S
    length = min(frames, seconds * rate_hz)
    worst = found.aligned.windows
    middle = round(worst[0].start_s * rate_hz) if worst else first + frames // 2
    low = min(max(first, middle - length // 2), first + frames - length)
    return low, low + length


Names = tuple[str, str]
"""What A and B are called."""


def decks(found: FileDiff, heard: Signals | None, names: Names, *, short: bool) -> list[Deck]:
    """A pair's players: all of it at preview quality, unless `short`, and the worst moment."""
    if heard is None:
        return [] if short or not found.exact or found.a is None else [_equal(found, names)]
    return [*([] if short else [_whole(found, heard, names)]), decked(heard, names)]


def _equal(found: FileDiff, names: Names) -> Deck:
    track = Track(f"A: {names[0]}", "every sample of B is equal", "a", alone(Path(found.a or "")))
    return Deck(PREVIEW_HZ, (track,), (0, 0), name="whole song", said="A and B are equal.")


def _whole(found: FileDiff, heard: Signals, names: Names) -> Deck:
    a, b = previews(found, heard)
    match_db = matching_db(b, a)
    start_s = heard.start_s
    deck = Deck(
        rate_hz=PREVIEW_HZ,
        tracks=(
            Track(f"A: {names[0]}", "as it is", "a", a, 0.0, start_s),
            Track(f"B: {names[1]}", _moved(match_db + heard.undone_db), "b", b, match_db, start_s),
        ),
        name="whole song",
        rest=heard.whole[2],
    )
    said = (
        f"All that both have, {clock(start_s)} to {clock(start_s + heard.seconds)} of A, B aligned "
        f"to it and as loud as A is over all, at preview quality (MP3). {lowered(deck)}The null "
        "and the blind test are in the lossless excerpt."
    )
    return replace(deck, said=said)


def decked(found: Signals, names: Names = ("A", "B")) -> Deck:
    """Encode the excerpts; more channels than two are played by the first two."""
    start_s = found.excerpt_s
    a, b, left = (
        excerpt(each[:2], found.rate_hz, fill)
        for each, fill in ((found.a, False), (found.b, False), (found.b - found.a, True))
    )
    match_db = matching_db(b, a)
    moved_db = match_db + found.undone_db
    deck = Deck(
        rate_hz=found.rate_hz,
        tracks=(
            Track(f"A: {names[0]}", "as it is", "a", a, 0.0, start_s),
            Track(f"B: {names[1]}", _moved(moved_db), "b", b, match_db, start_s),
        ),
        null=Track("B minus A", "", NULL_COLOUR, left, 0.0, start_s),
        name="excerpt, lossless",
    )
    return replace(deck, said=_said(found, deck, moved_db))


def _moved(gain_db: float) -> str:
    return "as it is" if abs(gain_db) < 0.005 else change(gain_db, 2, "dB")


def _said(found: Signals, deck: Deck, louder_db: float) -> str:
    seconds = found.a.shape[1] / found.rate_hz
    where = (
        f"{seconds:.1f} s around the largest difference, from {clock(found.excerpt_s)}, aligned. "
    )
    matched = (
        f"B plays {_louder(louder_db)}, which makes it as loud as A here; the null is B minus "
        "A after alignment alone. "
    )
    front = "Only the first two channels are played. " * (found.a.shape[0] > 2)
    kept = "FLAC excerpts of 16 bit: what has more bits than that is rounded, with dither."
    return f"{where}{matched}{lowered(deck)}{front}{kept}"


def _louder(gain_db: float) -> str:
    if abs(gain_db) < 0.005:
        return "as it is"
    return f"{abs(gain_db):.2f} dB {'louder' if gain_db > 0.0 else 'softer'} than it is"
