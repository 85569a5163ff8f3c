"""Finished WAV files: quantised, hashed, and there only once they are whole."""

from __future__ import annotations

import contextlib
import hashlib
import os
import struct
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np

from bridge.audio.blocks import Block
from bridge.audio.decode import opened
from bridge.audio.facts.sizes import BITS, BLOCK_FRAMES, Subtype
from bridge.audio.plain_samples import decoded, read_fully
from bridge.audio.quantise import Quantiser, as_read, as_stored
from bridge.native import Library
from stemwright.files import Staged, WholeOrNothing, cannot_write
from stemwright.problems import InputError, Problem

_PCM, _FLOAT = 1, 3
_DS64_BYTES = 28
_LARGEST = 0xFFFFFFFF


def wave_header(
    sample_rate_hz: int, channels: int, subtype: Subtype, frames: int, bext: bytes = b""
) -> bytes:
    """Return everything before the first sample; its length does not depend on `frames`.

    `bext` is the body of a Broadcast Wave's chunk, none where it is empty. A JUNK chunk keeps the
    place of the ds64 chunk, as EBU Tech 3306 advises.
    """
    data_bytes = frames * frame_bytes(channels, subtype)
    body = _format_chunk(sample_rate_hz, channels, subtype)
    if bext:
        padding = b"\0" * (len(bext) & 1)
        body = struct.pack("<4sI", b"bext", len(bext)) + bext + padding + body
    if subtype.startswith("float"):
        body += struct.pack("<4sII", b"fact", 4, min(frames, _LARGEST))
    riff_bytes = 4 + 8 + _DS64_BYTES + len(body) + 8 + data_bytes + (data_bytes & 1)
    if riff_bytes <= _LARGEST:
        spare = struct.pack("<4sI", b"JUNK", _DS64_BYTES) + bytes(_DS64_BYTES)
        top = struct.pack("<4sI4s", b"RIFF", riff_bytes, b"WAVE")
        return top + spare + body + struct.pack("<4sI", b"data", data_bytes)
    sizes = struct.pack("<4sIQQQI", b"ds64", _DS64_BYTES, riff_bytes, data_bytes, frames, 0)
    top = struct.pack("<4sI4s", b"RF64", _LARGEST, b"WAVE")
    return top + sizes + body + struct.pack("<4sI", b"data", _LARGEST)


def frame_bytes(channels: int, subtype: Subtype) -> int:
    """Return the bytes one frame takes in the data chunk."""
    return channels * BITS[subtype] // 8


def _format_chunk(sample_rate_hz: int, channels: int, subtype: Subtype) -> bytes:
    tag = _FLOAT if subtype.startswith("float") else _PCM
    size = frame_bytes(channels, subtype)
    fields = (tag, channels, sample_rate_hz, sample_rate_hz * size, size, BITS[subtype])
    return struct.pack("<4sIHHIIHH", b"fmt ", 16, *fields)


@dataclass(frozen=True)
class Written:
    """A finished file; `pcm_sha256` is over the samples as stored in its data chunk."""

    path: Path
    frames: int
    pcm_sha256: str
    clipped: int


@dataclass(frozen=True)
class GrowingWav:
    """A file of WavWriter's, `staged` till it is whole, with `frames` so far."""

    path: Path
    staged: Path
    channels: int
    subtype: Subtype
    frames: int


def read_growing_wav(compiled: Library, grown: Iterable[GrowingWav]) -> Iterator[Block]:
    """Yield what came to a file each time it is said to have grown, as a reader of it will have it.

    (channels, new frames) float64. Raises OSError; EOFError where it has not grown as was said.
    """
    with contextlib.ExitStack() as held:
        file, had = None, 0
        for now in grown:
            if file is None:
                file = held.enter_context(_opened(now))
                file.seek(_header_bytes(now.subtype))
            octets = np.empty((now.frames - had) * frame_bytes(now.channels, now.subtype), np.uint8)
            if read_fully(file, octets) < len(octets):
                raise EOFError(now.path)
            had = now.frames
            yield decoded(compiled, octets, _CODINGS[now.subtype], now.channels)


def _opened(growing: GrowingWav) -> IO[bytes]:
    try:
        return growing.staged.open("rb", buffering=0)
    except FileNotFoundError:
        return growing.path.open("rb", buffering=0)


_CODINGS: dict[Subtype, str] = {
    "pcm16": "PCM_16",
    "pcm24": "PCM_24",
    "float32": "FLOAT",
    "float64": "DOUBLE",
}


def _header_bytes(subtype: Subtype) -> int:
    return len(wave_header(48000, 1, subtype, frames=0))


class WavWriter(WholeOrNothing):
    """Write blocks of (channels, frames) float64 to a WAV file; above 4 GiB it becomes RF64.

    A context manager: a normal exit puts the file under its name in one move, an exception leaves
    nothing. The same samples make the same bytes, whenever and however they arrive.
    Raises InputError `would_overwrite`; MachineError `disk_full`, `not_writable`;
    RenderError `not_finite`.
    """

    def __init__(
        self,
        path: Path,
        sample_rate_hz: int,
        channels: int,
        subtype: Subtype,
        seed_words: str,
        *,
        dither: bool = True,
        overwrite: bool = False,
        listener: Callable[[Block], None] | None = None,
        bext: bytes = b"",
    ) -> None:
        """`listener` is given every block as a reader of the file will have it.

        `bext` is the body of the file's bext chunk; such a file cannot be read while it grows.
        """
        self._bext = bext
        self._path = path
        self._overwrite = overwrite
        self._listener = listener
        self._format = (sample_rate_hz, channels, subtype)
        self._quantiser = Quantiser(subtype, channels, seed_words, dither)
        self._digest = hashlib.sha256()
        self._frames = 0
        self._result: Written | None = None
        self._refuse_overwriting()
        try:
            self._staged = Staged(path)
            self._file = self._staged.path.open("wb", buffering=0)
            self._put(memoryview(wave_header(*self._format, 0, bext)))
        except OSError as cause:
            raise cannot_write(path, cause) from cause

    def write(self, block: Block) -> None:
        """Append (channels, frames) samples."""
        samples = self._quantiser.process(block)
        octets = as_stored(samples, self._format[2])
        self._digest.update(octets)
        try:
            self._put(octets)
        except OSError as cause:
            raise cannot_write(self._path, cause) from cause
        self._frames += block.shape[1]
        if self._listener is not None:
            self._listener(as_read(samples, self._format[2]))

    @property
    def so_far(self) -> GrowingWav:
        """The file as others can read it before it has its name."""
        _rate, channels, subtype = self._format
        return GrowingWav(self._path, self._staged.path, channels, subtype, self._frames)

    @property
    def result(self) -> Written:
        """What was written; only after the file was put under its name."""
        if self._result is None:
            raise ValueError("the file is not finished yet")
        return self._result

    def close(self) -> Written:
        """Complete the file and put it under its name."""
        _rate, channels, subtype = self._format
        try:
            if self._frames * frame_bytes(channels, subtype) % 2:
                self._put(memoryview(b"\0"))  # RIFF chunks are padded to whole words
            self._file.seek(0)
            self._put(memoryview(wave_header(*self._format, self._frames, self._bext)))
            os.fsync(self._file.fileno())
            self._file.close()
            self._refuse_overwriting()
            self._staged.commit()
        except OSError as cause:
            raise cannot_write(self._path, cause) from cause
        self._result = Written(
            self._path, self._frames, self._digest.hexdigest(), self._quantiser.clipped
        )
        return self._result

    def discard(self) -> None:
        """Drop what was written so far."""
        with contextlib.suppress(OSError):  # a full disk refuses the last flush too
            self._file.close()
        self._staged.drop()

    def _put(self, octets: memoryview) -> None:
        while octets:  # a disk may take a part
            octets = octets[self._file.write(octets) :]

    def _refuse_overwriting(self) -> None:
        if self._path.exists() and not self._overwrite:
            raise InputError(
                Problem(
                    "would_overwrite",
                    f"{self._path} exists already",
                    {"file": str(self._path)},
                    hint="choose another name, or allow overwriting",
                )
            )


def _three_bytes(samples: Any) -> Any:
    """24-bit samples come in the upper bytes of 32."""
    octets = samples.astype("<i4", copy=False).view(np.uint8).reshape(-1, 4)
    return np.ascontiguousarray(octets[:, 1:])


def _as(stored: str) -> Callable[[Any], Any]:
    return lambda samples: samples.astype(stored, copy=False)


_STORED: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "PCM_16": ("int16", _as("<i2")),
    "PCM_24": ("int32", _three_bytes),
    "PCM_32": ("int32", _as("<i4")),
    "FLOAT": ("float32", _as("<f4")),
}
_OTHERS = "float64", _as("<f8")


def pcm_sha256(path: Path) -> str:
    """Return the sha256 of interleaved little-endian samples, as a WAV's data chunk holds them.

    It is what WavWriter returns for the same samples; a FLAC of the same bit depth has it too.
    Raises InputError as `bridge.audio.decode.probe` does.
    """
    digest = hashlib.sha256()
    with opened(path) as (file, header):
        read_as, stored = _STORED.get(header.subtype, _OTHERS)
        for block in file.blocks(BLOCK_FRAMES, dtype=read_as, always_2d=True):
            digest.update(np.ascontiguousarray(stored(block)).data)
    return digest.hexdigest()
