"""One streaming pass over a stem: its hash, its peak, and samples that must not be summed."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np
from blake3 import blake3

from bridge.audio.block_levels import BlockLevels, block_levels
from bridge.audio.blocks import Block, Framer, interleaved
from bridge.audio.decode import probe, read_blocks
from bridge.audio.facts.ends import EndsMeter
from bridge.audio.facts.inspected import Inspection, Sketch
from bridge.native import Lasting, library, rows

SIZE = 512
"""Numbers in the sketch of one channel."""
_WINDOW_FRAMES = 64
_MOST_CHANNELS = 2
_WINDOW_SIGNS = 65537
"""Windows meet in a bucket every 512, each time under another sign: it is a prime."""


class Sketches:
    """The sketch of every channel of a stream that begins at frame `start` of the song."""

    def __init__(self, channels: int, start: int = 0) -> None:
        self._sums = np.zeros((channels, SIZE))
        self._framer = Framer(channels, _WINDOW_FRAMES)
        self._window, before = divmod(start, _WINDOW_FRAMES)
        if before:
            self._framer.add(np.zeros((channels, before)))

    def add(self, block: Block) -> None:
        """Take (channels, frames); more than two channels are not sketched."""
        if len(block) <= _MOST_CHANNELS:
            self._take(self._framer.add(block))

    def result(self) -> tuple[Sketch, ...]:
        """Return the sketch of each channel; none of signals that are not finite."""
        rest = self._framer.rest()
        if rest.shape[1]:
            self._take(np.pad(rest, ((0, 0), (0, _WINDOW_FRAMES - rest.shape[1]))))
        if len(self._sums) > _MOST_CHANNELS or not np.isfinite(self._sums).all():
            return ()
        return tuple(tuple(float(f"{each:.8g}") for each in row) for row in self._sums)

    def _take(self, whole: Block) -> None:
        count = whole.shape[1] // _WINDOW_FRAMES
        if not count:
            return
        windows = self._window + np.arange(count)
        with np.errstate(invalid="ignore", over="ignore"):
            sums = _signed_sums(whole, count)
            sums *= _signs()[1][windows % _WINDOW_SIGNS]
            for row, values in zip(self._sums, sums, strict=True):
                row += np.bincount(windows % SIZE, weights=values, minlength=SIZE)
        self._window += count


@functools.cache
def _signs() -> tuple[Block, Block]:
    """The signs of the frames in a window, and of windows; drawn where a file is inspected."""
    dice = np.random.Generator(np.random.PCG64(1))
    return dice.choice([-1.0, 1.0], _WINDOW_FRAMES), dice.choice([-1.0, 1.0], _WINDOW_SIGNS)


def _signed_sums(whole: Block, count: int) -> Block:
    """Return (channels, count) sums of windows under the signs of their frames."""
    if (compiled := library()) is None:
        sums: Block = (whole.reshape(len(whole), count, _WINDOW_FRAMES) * _signs()[0]).sum(axis=2)
        return sums
    sums = np.empty((len(whole), count))
    for row, out in zip(rows(whole)[0], sums, strict=True):
        compiled.signed_sums(row, _signs()[0], out, count)
    return sums


_LOUDEST = 7.943282347242816  # +18 dBFS: samples above it are damage, not music


_TILE_FRAMES = 1024
_FACTOR = 0x9E3779B97F4A7C15
_ALL_BITS = (1 << 64) - 1
_KEYS = Lasting(
    np.random.Generator(np.random.PCG64(2)).integers(0, 1 << 32, 2 * _TILE_FRAMES, dtype=np.uint32)
)


def block_print(block: Block) -> str:
    """Return 16 hex digits of (channels, frames): other samples have them once in 2**32 times.

    Every bit of a sample counts: -0.0 is not 0.0.
    """
    count, frames = block.shape
    if (compiled := library()) is not None and frames:
        heard, stride = rows(block)
        return f"{compiled.block_print(heard, stride, count, frames, _KEYS, _FACTOR):016x}"
    found = count
    for row in block:
        for start in range(0, len(row), _TILE_FRAMES):
            words = row[start : start + _TILE_FRAMES].astype("<f8", copy=False).view("<u4")
            keyed = (words + _KEYS.array[: len(words)]).astype(np.uint64).reshape(-1, 2)
            found = (found * _FACTOR + int((keyed[:, 0] * keyed[:, 1]).sum())) & _ALL_BITS
    return f"{found:016x}"


class _Findings:
    def __init__(self) -> None:
        self.frames = 0
        self.peak = 0.0
        self.peak_frame = 0
        self.nonfinite: int | None = None
        self.over: int | None = None

    def add(self, block: Block, top: float) -> None:
        """Take (channels, frames) whose largest magnitude is `top`."""
        if top > self.peak or not math.isfinite(top) or (self.over is None and top > _LOUDEST):
            self._look(block)
        self.frames += block.shape[1]

    def _look(self, block: Block) -> None:
        level = np.abs(block).max(axis=0)
        if not np.isfinite(level).all():
            self._note_nonfinite(level)
            level = np.where(np.isfinite(block), np.abs(block), 0.0).max(axis=0)
        top = float(level.max())
        if top > self.peak:
            self.peak = top
            self.peak_frame = self.frames + int(level.argmax())
        if self.over is None and top > _LOUDEST:
            self.over = self.frames + int((level > _LOUDEST).argmax())

    def _note_nonfinite(self, level: Block) -> None:
        if self.nonfinite is None:
            self.nonfinite = self.frames + int((~np.isfinite(level)).argmax())


def inspect(path: Path, start: int = 0) -> Inspection:
    """Decode a file once and return its hash, peak, faults and the sketch it makes from `start` on.

    Raises InputError as `bridge.audio.decode.read_blocks` does.
    """
    header = probe(path)
    digest = PcmHash(header.channels, header.sample_rate_hz)
    found, sketches = _Findings(), Sketches(header.channels, start)
    ends = EndsMeter(header.channels, header.sample_rate_hz)
    prints: list[str] = []
    levels: list[float] = []
    for block in read_blocks(path):
        sketches.add(block)
        digest.add(block)
        prints.append(block_print(block))
        level = block_levels(block)
        levels.append(_rms(level, block.size))
        found.add(block, level.peak)
        ends.add(block, level)
    return Inspection(
        pcm_hash=digest.result(),
        frames=found.frames,
        channels=header.channels,
        sample_rate_hz=header.sample_rate_hz,
        peak=found.peak,
        peak_frame=found.peak_frame,
        first_nonfinite_frame=found.nonfinite,
        first_over_frame=found.over,
        sketches=sketches.result(),
        prints="".join(prints),
        levels=tuple(levels),
        subtype=header.subtype,
        ends=ends.result(),
    )


def _rms(level: BlockLevels, samples: int) -> float:
    mean = level.squares / samples
    return float(f"{math.sqrt(mean):.3g}") if math.isfinite(mean) else 0.0


def unchanged(
    blocks: Iterable[Block], prints: str, changed: Callable[[], Exception]
) -> Iterator[Block]:
    """Yield what `read_blocks` gives of a file, each block only if it is the one inspected.

    What is heard is so what was hashed, however briefly a file was another. Raises `changed()`.
    """
    at = 0
    for block in blocks:
        found = block_print(block)
        if prints[at : at + len(found)] != found:
            raise changed()
        at += len(found)
        yield block
    if at != len(prints):
        raise changed()


class PcmHash:
    """The `pcm_hash` of a stream, taken block by block."""

    def __init__(self, channels: int, sample_rate_hz: int) -> None:
        self._digest = blake3(f"pcm {sample_rate_hz} Hz {channels} f64le\n".encode())

    def add(self, block: Block) -> None:
        """Take (channels, frames)."""
        self._digest.update(interleaved(block, "<f8").view(np.uint8).data)

    def result(self) -> str:
        """64 hex digits."""
        return self._digest.hexdigest()
