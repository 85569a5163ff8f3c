"""Stored audio packed without loss: the bits of samples as whole numbers, second differences, zlib.

A float of either width orders like the whole number of its bits, with those of negative ones
turned round. Of such numbers a signal's second differences are small, so that their upper bytes
are alike: each of their bytes is a plane of its own, and is packed alone.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from bridge.audio import Dtype

_HEAD = b"stemwright packed pcm 1\n"
_FRAMES = 65536
"""Of a block: each is packed apart from the others."""

_LEVEL = 1
_COUNT = struct.Struct("<I")
_CHANNELS = 2
_SIGNED: dict[Dtype, np.dtype[Any]] = {"float32": np.dtype("<i4"), "float64": np.dtype("<i8")}

Words = npt.NDArray[np.signedinteger[Any]]


class NotPackedError(Exception):
    """The bytes are not those of packed audio."""


def pack(source: Path, dtype: Dtype, target: IO[bytes]) -> None:
    """Write a raw stereo file packed. Raises OSError."""
    target.write(_HEAD)
    for block in _blocks(source, dtype):
        target.write(_packed(block))
    target.write(_COUNT.pack(0))


def packed_size(source: Path, dtype: Dtype, most_blocks: int) -> int:
    """About how many bytes `pack` makes of a file: of one with `most_blocks` at most, exactly."""
    frames = source.stat().st_size // (_CHANNELS * _SIGNED[dtype].itemsize)
    every = -(-frames // (_FRAMES * most_blocks)) or 1
    found = [(block.nbytes, len(_packed(block))) for block in _blocks(source, dtype, every)]
    read, size = sum(each for each, _ in found), sum(each for _, each in found)
    share: float = source.stat().st_size / max(1, read)
    return len(_HEAD) + _COUNT.size + round(size * share)


def unpack(source: Path, dtype: Dtype, target: Path, frames: int) -> None:
    """Write the raw stereo file of `frames` that was packed. Raises OSError, NotPackedError."""
    with source.open("rb") as file, target.open("wb") as made:
        if file.read(len(_HEAD)) != _HEAD:
            raise NotPackedError
        while count := _counted(file):
            frames -= count
            if count > _FRAMES or frames < 0:
                raise NotPackedError
            made.write(_unpacked(file, count, _SIGNED[dtype]).data)
    if frames:
        raise NotPackedError


def _blocks(source: Path, dtype: Dtype, every: int = 1) -> Iterator[Words]:
    """Yield one in `every` block of a raw file, (frames, 2) words of its samples' bits."""
    width = _CHANNELS * _SIGNED[dtype].itemsize
    with source.open("rb") as file:
        number = 0
        while True:
            file.seek(number * _FRAMES * width)
            octets = file.read(_FRAMES * width)
            if not octets:
                return
            yield np.frombuffer(octets, _SIGNED[dtype]).reshape(-1, _CHANNELS)
            number += every


def _packed(block: Words) -> bytes:
    """A block as it is written: its frames, then every plane with its size."""
    bits = block.dtype.itemsize * 8
    steps = _ordered(block.T)
    for _ in range(2):
        steps = np.diff(steps, prepend=steps.dtype.type(0), axis=1)
    folded = (steps << 1) ^ (steps >> (bits - 1))  # small ones of either sign become small
    planes = np.ascontiguousarray(folded).reshape(-1).view(np.uint8).reshape(-1, bits // 8).T
    parts = [_COUNT.pack(len(block))]
    for plane in planes:
        octets = plane.tobytes()
        packed = zlib.compress(octets, _LEVEL)
        kept = packed if len(packed) < len(octets) else octets
        parts += [_COUNT.pack(len(kept)), kept]
    return b"".join(parts)


def _unpacked(file: IO[bytes], frames: int, signed: np.dtype[Any]) -> Words:
    width = signed.itemsize
    planes = [_plane(file, frames * _CHANNELS) for _ in range(width)]
    folded = np.ascontiguousarray(np.stack(planes).T).reshape(-1).view(f"<u{width}")
    one = folded.dtype.type(1)
    steps = ((folded >> one) ^ (~(folded & one) + one)).view(signed).reshape(_CHANNELS, frames)
    for _ in range(2):
        steps = np.cumsum(steps, axis=1, dtype=signed)
    return np.ascontiguousarray(_ordered(steps).T)


def _plane(file: IO[bytes], size: int) -> npt.NDArray[np.uint8]:
    kept = _counted(file)
    octets = file.read(min(kept, size))
    if kept < size:
        try:
            opened = zlib.decompressobj()
            octets = opened.decompress(octets, size)
        except zlib.error as error:
            raise NotPackedError from error
    if len(octets) != size:
        raise NotPackedError
    return np.frombuffer(octets, np.uint8)


def _ordered(words: Words) -> Words:
    """Bits of floats as numbers that order as they do; of such numbers the bits again."""
    bits = words.dtype.itemsize * 8
    most = words.dtype.type((1 << (bits - 1)) - 1)
    return np.asarray(words ^ ((words >> (bits - 1)) & most))


def _counted(file: IO[bytes]) -> int:
    octets = file.read(_COUNT.size)
    if len(octets) < _COUNT.size:
        raise NotPackedError
    return int(_COUNT.unpack(octets)[0])
