"""Raw PCM files: how audio travels between steps, children and the store.

Little-endian, interleaved, float64 or float32, no header: format and channels are the caller's.
"""

from __future__ import annotations

import contextlib
import math
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from blake3 import blake3

from bridge.audio.blocks import Block, interleaved
from bridge.audio.facts.sizes import BLOCK_FRAMES
from bridge.audio.plain_samples import planar, read_fully
from bridge.native import Lasting, library, rows
from stemwright.files import WholeOrNothing, cannot_write, unreadable
from stemwright.reserved import Reserved
from stemwright.values import dataclass

Dtype = Literal["float64", "float32"]

_STORED: dict[Dtype, np.dtype[np.float64] | np.dtype[np.float32]] = {
    "float64": np.dtype("<f8"),
    "float32": np.dtype("<f4"),
}

_CUT_SHORT = ("is shorter than it should be", "render it again")


@dataclass(frozen=True)
class PcmSummary:
    """What was written: hash of the bytes framed with dtype and channels; |peak| and RMS, linear.

    Peak and RMS are of the samples as stored, over all channels. Neither depends on block sizes.
    """

    pcm_hash: str
    frames: int
    peak: float
    rms: float


def pcm_head(dtype: Dtype, channels: int) -> bytes:
    """What stands before a file's bytes where they are hashed, so that equal bytes name no other
    samples."""
    return f"pcm {dtype}le {channels}\n".encode()


class PcmTally:
    """Hash, peak and squares of samples as they are stored, from blocks of any size."""

    def __init__(self, channels: int, dtype: Dtype) -> None:
        self._channels = channels
        self._stored = _STORED[dtype]
        self._digest = blake3(pcm_head(dtype, channels))
        self.frames = 0
        """How many were counted."""
        self._peak = 0.0
        self._squares = Lasting(np.zeros(1))

    def hash(self, octets: memoryview) -> None:
        """Take the next bytes of the file."""
        self._digest.update(octets)

    def count(self, block: Block) -> npt.NDArray[Any]:
        """Take the next (channels, frames) samples; return them as they are stored."""
        self.frames += block.shape[1]
        compiled = library()
        if compiled is None or self._channels != 2:
            stored = interleaved(block, self._stored)
            self._account(block if stored.dtype == np.float64 else stored.T.astype(np.float64))
            return stored
        heard, stride = rows(block)
        frames = block.shape[1]
        stored = np.empty((frames, 2), self._stored)
        wide = self._stored == np.float64
        run = compiled.interleave if wide else compiled.interleave_narrow
        self._peak = max(self._peak, run(heard, stride, stored, frames, self._squares))
        return stored

    def _account(self, block: Block) -> None:
        self._peak = max(self._peak, float(block.max()), -float(block.min()))
        squares = block[0] * block[0]
        for row in block[1:]:
            squares += row * row
        total = self._squares.array
        squares[0] += total[0]
        # One running sum: np.sum adds in pairs, whose order depends on the block's length.
        total[0] = np.add.accumulate(squares, out=squares)[-1]

    def summary(self) -> PcmSummary:
        """What was taken so far."""
        samples = self.frames * self._channels
        rms = math.sqrt(float(self._squares.array[0]) / samples) if samples else 0.0
        return PcmSummary(self._digest.hexdigest(), self.frames, self._peak, rms)


@dataclass(frozen=True)
class GrowingPcm:
    """A raw file that is being written: `frames` are there so far."""

    path: Path
    channels: int
    dtype: Dtype
    frames: int


class PcmWriter(WholeOrNothing):
    """Write blocks of (channels, frames) float64 to a raw file, hashing on the way.

    Blocks of digital silence are left out of it as holes, which read as zeros and take no disk. A
    context manager: the file is complete, and `summary` readable, after a normal exit. After an
    exception the file is removed. Raises MachineError: disk_full, not_writable.
    """

    def __init__(self, path: Path, channels: int, dtype: Dtype) -> None:
        self._path = path
        self._channels = channels
        self._dtype = dtype
        self._tally = PcmTally(channels, dtype)
        self._summary: PcmSummary | None = None
        try:
            self._file = path.open("wb", buffering=0)
        except OSError as cause:
            raise cannot_write(path, cause) from cause
        self._reserved = Reserved(self._file.fileno())
        self._written = 0

    def write(self, block: Block) -> None:
        """Append (channels, frames) samples."""
        if block.shape[0] != self._channels:
            raise ValueError(f"{block.shape[0]} channels written to a file of {self._channels}")
        if not block.shape[1]:
            return
        stored = self._tally.count(block)
        octets = stored.view(np.uint8).data.cast("B")
        self._tally.hash(octets)
        begun = self._written
        self._written += len(octets)
        try:
            if _is_silent(stored):
                self._reserved.give_back(begun)
                self._file.seek(len(octets), os.SEEK_CUR)
                return
            self._reserved.take(begun, len(octets))
            while octets:  # a disk may take a part
                octets = octets[self._file.write(octets) :]
        except OSError as cause:
            raise cannot_write(self._path, cause) from cause

    @property
    def so_far(self) -> GrowingPcm:
        """The file as others can read it before it is complete."""
        return GrowingPcm(self._path, self._channels, self._dtype, self._tally.frames)

    @property
    def summary(self) -> PcmSummary:
        """What was written; only after the file was closed complete."""
        if self._summary is None:
            raise ValueError("the PCM file is not complete yet")
        return self._summary

    def close(self) -> PcmSummary:
        """Complete the file."""
        try:
            self._file.truncate()  # where silence ends it, or room is left over
            self._file.close()
        except OSError as cause:
            raise cannot_write(self._path, cause) from cause
        self._summary = self._tally.summary()
        return self._summary

    def discard(self) -> None:
        """Drop what was written so far."""
        with contextlib.suppress(OSError):
            self._file.close()
        self._path.unlink(missing_ok=True)


def _is_silent(stored: npt.NDArray[Any]) -> bool:
    """Whether every bit is 0, which -0.0 is not; a block that sounds is hardly looked at."""
    words = stored.reshape(-1).view(np.uint32)
    return not (words[0] or words[-1] or words.any())


def read_pcm(
    path: Path,
    channels: int,
    dtype: Dtype,
    start: int = 0,
    frames: int | None = None,
    block: int = BLOCK_FRAMES,
    tally: PcmTally | None = None,
) -> Iterator[Block]:
    """Yield (channels, n) float64 blocks of a raw file, from frame `start`, `frames` of them.

    A `tally` takes the samples and bytes that are yielded, as if they had been written with it.
    Raises InputError: missing_file, truncated (when fewer frames are there than asked for).
    """
    if not path.is_file():
        raise unreadable("missing_file", path, "no such file", "render the step again")
    stored = _STORED[dtype]
    frame_bytes = stored.itemsize * channels
    there, odd = divmod(path.stat().st_size, frame_bytes)
    left = max(0, there - start) if frames is None else frames
    if odd or start + left > max(there, start):
        raise unreadable("truncated", path, *_CUT_SHORT)
    with path.open("rb") as file:
        file.seek(start * frame_bytes)
        octets = np.empty(min(block, left) * frame_bytes, np.uint8)
        while left > 0:
            taken = min(block, left)
            if read_fully(file, octets[: taken * frame_bytes]) < taken * frame_bytes:
                raise unreadable("truncated", path, *_CUT_SHORT)
            samples = planar(octets[: taken * frame_bytes].view(stored), channels)
            if tally is not None:
                tally.hash(octets[: taken * frame_bytes].data)
                tally.count(samples)
            yield samples
            left -= taken


def read_growing_pcm(grown: Iterable[GrowingPcm]) -> Iterator[Block]:
    """Yield what came to one file each time it is said to have grown, (channels, new frames).

    Raises OSError.
    """
    with contextlib.ExitStack() as held:
        file, had = None, 0
        for now in grown:
            if file is None:
                file = held.enter_context(now.path.open("rb", buffering=0))
            stored = _STORED[now.dtype]
            octets = np.empty((now.frames - had) * now.channels * stored.itemsize, np.uint8)
            there = read_fully(file, octets)
            if there < len(octets):  # silence was left out, and nothing after it is there yet
                octets[there:] = 0
                file.seek(now.frames * now.channels * stored.itemsize)
            had = now.frames
            yield planar(octets.view(stored), now.channels)
