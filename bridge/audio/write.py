"""Finished WAV files: quantised, hashed, and there only once they are whole."""

from __future__ import annotations

import contextlib
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from bridge.audio.framing import Block
from bridge.audio.interleaving import interleaved
from bridge.audio.quantise import Quantised, Quantiser, Subtype
from bridge.audio.wave_header import frame_bytes, wave_header
from stemwright.files import Staged, cannot_write
from stemwright.problems import InputError, Problem


@dataclass(frozen=True)
class Written:
    """A finished file; `pcm_sha256` is over the samples as stored in its data chunk."""

    path: Path
    frames: int
    pcm_sha256: str
    clipped: int


class WavWriter:
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
    ) -> None:
        self._path = path
        self._overwrite = overwrite
        self._format = (sample_rate_hz, channels, subtype)
        self._quantiser = Quantiser(subtype, channels, seed_words, dither)
        self._digest = hashlib.sha256()
        self._frames = 0
        self._result: Written | None = None
        self._refuse_overwriting()
        try:
            self._staged = Staged(path)
            self._file = self._staged.path.open("wb")
            self._file.write(wave_header(*self._format, frames=0))
        except OSError as cause:
            raise cannot_write(path, cause) from cause

    def write(self, block: Block) -> None:
        """Append (channels, frames) samples."""
        octets = _stored(self._quantiser.process(block), self._format[2])
        self._digest.update(octets)
        try:
            self._file.write(octets)
        except OSError as cause:
            raise cannot_write(self._path, cause) from cause
        self._frames += block.shape[1]

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
                self._file.write(b"\0")  # RIFF chunks are padded to whole words
            self._file.seek(0)
            self._file.write(wave_header(*self._format, frames=self._frames))
            self._file.flush()
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

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None:
            self.discard()
            return
        try:
            self.close()
        except BaseException:
            self.discard()
            raise


def _stored(samples: Quantised, subtype: Subtype) -> memoryview:
    """Return interleaved little-endian bytes as the data chunk holds them."""
    if subtype == "pcm24":
        codes = interleaved(samples, "<i4")
        octets = codes.view(np.uint8).reshape(-1, 4)[:, :3]
        return np.ascontiguousarray(octets).data.cast("B") if len(octets) else memoryview(b"")
    stored = {"pcm16": "<i2", "float32": "<f4", "float64": "<f8"}[subtype]
    return memoryview(interleaved(samples, stored).tobytes())
