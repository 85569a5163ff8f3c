"""Repairs that run through all of a stem: hum and offset taken out, sides turned over, moved."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np
from blake3 import blake3

from bridge.audio import Block
from bridge.checking.repairing.methods.hum import LEAST_GAIN_DB, mains_hum
from bridge.checking.repairing.methods.offsets import SteadyOffset
from bridge.checking.repairing.steps import Mended, RepairStep, TouchedRange
from bridge.checking.stem_audio import StemAudio
from stemwright.decibels import amplitude_db
from stemwright.words import counted

_Change = Callable[[Block, int], Block]
"""(block, its first frame) -> the block as it is afterwards."""


class WholeStem:
    """One step over all of a stem: applied block by block, then told."""

    def __init__(
        self, step: RepairStep, change: _Change, words: str, gain_db: float | None = None
    ) -> None:
        self.step = step
        self._change = change
        self._words, self._gain_db = words, gain_db
        self._peak, self._squares, self._samples = 0.0, 0.0, 0
        self._touched: list[bool] = []
        self._digest = blake3()

    def applied(self, block: Block, first: int) -> Block:
        """The next block, as it is afterwards."""
        after = self._change(block, first)
        changed = np.abs(np.nan_to_num(after - block))
        touched = changed.any(axis=1)
        self._touched = list(touched | np.array(self._touched or [False] * len(block)))
        self._peak = max(self._peak, float(changed.max(initial=0.0)))
        self._squares += float(np.square(changed).sum())
        self._samples += changed.shape[1]
        self._digest.update(after.astype("<f4").tobytes())
        return after

    def told(self, frames: int) -> Mended:
        """What it did, once every block was applied."""
        sides = [side for side, touched in enumerate(self._touched) if touched]
        mean = self._squares / max(1, self._samples * len(sides))
        return Mended(
            self.step,
            tuple(TouchedRange(side, 0, frames) for side in sides),
            amplitude_db(self._peak),
            amplitude_db(float(np.sqrt(mean))),
            self._words,
            self._gain_db,
            self._digest.hexdigest(16),
        )


def whole_stem(audio: StemAudio, step: RepairStep) -> WholeStem | str:
    """The step, ready to be applied; or why it is not done.

    Raises InputError as `StemAudio.passages` does.
    """
    return _READY[step.code](audio, step)


def _hum(audio: StemAudio, step: RepairStep) -> WholeStem | str:
    found = mains_hum(audio)
    if found is None:
        return "it is too short to know its hum from what is played"
    if not found.is_sure or found.gain_db < LEAST_GAIN_DB:
        return "its lines cannot be told from what is played: it would gain nothing"

    def change(block: Block, first: int) -> Block:
        return block - found.at(first, block.shape[1])

    words = f"{counted(found.lines, 'line')} of {found.mains_hz} Hz taken out"
    return WholeStem(step, change, words, found.gain_db)


def _dc_offset(audio: StemAudio, step: RepairStep) -> WholeStem | str:
    found = SteadyOffset(audio)
    if not found.is_there:
        return "its middle lies at zero"

    def change(block: Block, first: int) -> Block:
        return block - found.at(first, block.shape[1])

    told = ", ".join(f"{100 * offset:+.3f} %" for offset in found.offsets.tolist())
    moves = ", followed where it moves" if found.moves else ""
    return WholeStem(step, change, f"an offset of {told} taken out{moves}")


def _channel_polarity(_audio: StemAudio, step: RepairStep) -> WholeStem:
    def change(block: Block, _first: int) -> Block:
        after = block.copy()
        after[step.channel or 0] *= -1.0
        return after

    return WholeStem(step, change, "its right side turned over; the left one may be what was wrong")


def _polarity(_audio: StemAudio, step: RepairStep) -> WholeStem:
    return WholeStem(step, lambda block, _first: -block, "turned over")


def _offset(audio: StemAudio, step: RepairStep) -> WholeStem | str:
    late = int(step.parameters["late_frames"])
    if not late or abs(late) >= audio.facts.frames:
        return "it would be moved by nothing, or by all of it"
    cut, filled = ("start", "end") if late > 0 else ("end", "start")
    frames = counted(abs(late), "frame")
    first = 0 if late > 0 else audio.facts.frames + late
    peak = float(np.abs(audio.read(first, abs(late))).max(initial=0.0))
    lost = f"with peaks of {amplitude_db(peak):.0f} dBFS" if peak else "silent"
    words = f"{frames} cut off its {cut}, {lost}, and its {filled} filled"
    return WholeStem(step, lambda block, _first: block, words)


_READY: dict[str, Callable[[StemAudio, RepairStep], WholeStem | str]] = {
    "hum": _hum,
    "dc_offset": _dc_offset,
    "channel_polarity": _channel_polarity,
    "polarity": _polarity,
    "offset": _offset,
}


def moved(blocks: Iterable[Block], late: int, channels: int) -> Iterator[Block]:
    """The blocks without their first `late` frames and as many zeros behind; or the other way."""
    if late < 0:
        yield np.zeros((channels, -late))
    kept = -late if late < 0 else 0
    cut = max(0, late)
    held: Block = np.zeros((channels, 0))
    for block in blocks:
        skipped = min(cut, block.shape[1])
        cut -= skipped
        held = np.concatenate([held, block[:, skipped:]], axis=1)
        if held.shape[1] > kept:
            yield held[:, : held.shape[1] - kept]
            held = held[:, held.shape[1] - kept :].copy()
    if late > 0:
        yield np.zeros((channels, late))
