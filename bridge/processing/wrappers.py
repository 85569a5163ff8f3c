"""What stands around a processor: one side of the signal, a side-chain key, dry beside wet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

import numpy as np

from bridge.audio import Block, Cursor
from bridge.processing.gain_series import Array
from bridge.processing.port import KeyedProcessor, LedProcessor, Processor
from bridge.processing.registry import run

OneSide = Literal["mid", "side", "left", "right"]


def split(block: Block, on: OneSide) -> Block:
    """Return the wanted side of (2, frames) in both channels, as any stereo processor takes it.

    Mid is (L + R) / 2, side (L - R) / 2.
    """
    one = _one(block, on)
    return np.stack([one, one])


def join(block: Block, wet: Block, on: OneSide) -> Block:
    """Return `block` with its side `on` replaced by the mean of the channels of (2, frames) `wet`.

    `block` is the same frames before `split`.
    """
    new = (wet[0] + wet[1]) * 0.5
    if on == "left":
        return np.stack([new, block[1]])
    if on == "right":
        return np.stack([block[0], new])
    old = _one(block, on)
    # x - (+0.0) is x for both zeros, x + (+0.0) is not.
    right_loss = old - new if on == "mid" else new - old
    return np.stack([block[0] - (old - new), block[1] - right_loss])


class Sided:
    """A processor on one side of the signal, at zero latency as the processor is."""

    def __init__(self, processor: Processor, on: OneSide) -> None:
        self._processor = processor
        self._on: OneSide = on
        self._dry: Block = np.zeros((2, 0))

    def process(self, block: Block) -> Block:
        """Return the frames the processor has ready, back in stereo."""
        held = self._dry.shape[1]
        self._dry = np.concatenate((self._dry, block), axis=1) if held else block
        return self._joined(self._processor.process(split(block, self._on)))

    def finish(self) -> Block:
        """Return the frames still held."""
        return self._joined(self._processor.finish())

    def _joined(self, wet: Block) -> Block:
        frames = wet.shape[1]
        dry, self._dry = self._dry[:, :frames], self._dry[:, frames:].copy()
        return join(dry, wet, self._on)


def _one(block: Block, on: OneSide) -> Array:
    left: Array = block[0]
    right: Array = block[1]
    match on:
        case "mid":
            return (left + right) * 0.5
        case "side":
            return (left - right) * 0.5
        case "left":
            return left
        case "right":
            return right


class Led:
    """A led processor bound to its key stream, hence a plain Processor: mix it, side it, row it.

    Every processor's n-th frame in is the stream's n-th, however late it comes, so the key is read
    as fast as the signal arrives. After the key's end the detector hears silence; what the key has
    beyond the signal's end is never read.
    """

    def __init__(self, processor: LedProcessor, key_blocks: Iterable[Block]) -> None:
        self._processor = processor
        self._key = Cursor(key_blocks)

    def process(self, block: Block) -> Block:
        """Return the frames that are ready, the detector having heard as many of the key."""
        frames = block.shape[1]
        key = np.concatenate([np.zeros((2, 0)), *self._key.take(frames)], axis=1)
        if key.shape[1] < frames:
            key = np.pad(key, ((0, 0), (0, frames - key.shape[1])))
        return self._processor.process(block, key)

    def finish(self) -> Block:
        """Return what is still held."""
        return self._processor.finish()


class Keyed(Led):
    """The same of a keyed processor, which tells how far it has turned down."""

    def __init__(self, processor: KeyedProcessor, key_blocks: Iterable[Block]) -> None:
        super().__init__(processor, key_blocks)
        self._reduces = processor

    @property
    def lowest_gain_db(self) -> float:
        """The deepest reduction so far: 0.0 or less."""
        return self._reduces.lowest_gain_db

    @property
    def gain_curve_db(self) -> tuple[float, ...]:
        """The deepest reduction in every 100 ms so far, 0.0 or less."""
        return self._reduces.gain_curve_db


def run_keyed(
    processor: KeyedProcessor, blocks: Iterable[Block], key_blocks: Iterable[Block]
) -> Iterator[Block]:
    """Yield `blocks` through `processor` under the key, both cut in any way."""
    return run((Keyed(processor, key_blocks),), blocks)


class Mixed:
    """(1 - mix)*dry + mix*wet, the dry side waiting until the wet frames come.

    `mix` 1 is the processor alone and 0 its input, bit for bit.
    """

    def __init__(self, processor: Processor, mix: float) -> None:
        if not 0.0 <= mix <= 1.0:
            raise ValueError(f"a mix of {mix} is outside 0..1")
        self._processor = processor
        self._mix = mix
        self._dry = np.zeros((2, 0))

    def process(self, block: Block) -> Block:
        """Return the mixed frames the processor has ready."""
        if self._mix == 1.0:
            return self._processor.process(block)
        held = self._dry.shape[1]
        self._dry = np.concatenate((self._dry, block), axis=1) if held else block
        return self._blend(self._processor.process(block))

    def finish(self) -> Block:
        """Return the mixed frames still held."""
        rest = self._processor.finish()
        return rest if self._mix == 1.0 else self._blend(rest)

    def _blend(self, wet: Block) -> Block:
        frames = wet.shape[1]
        dry, self._dry = self._dry[:, :frames], self._dry[:, frames:]
        return dry if self._mix == 0.0 else (1.0 - self._mix) * dry + self._mix * wet
