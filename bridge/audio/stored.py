"""The hash of a file's samples as they are stored, whatever lies around them in the file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from bridge.audio.decode import opened
from bridge.audio.framing import BLOCK_FRAMES


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
