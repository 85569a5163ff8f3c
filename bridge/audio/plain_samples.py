"""Plain interleaved samples of a file, read into a buffer and made rows of float64."""

from __future__ import annotations

from typing import IO, Any

import numpy as np
import numpy.typing as npt

from bridge.audio.blocks import Block
from bridge.native import Library, library

SAMPLE_BYTES = {"PCM_16": 2, "PCM_24": 3, "PCM_32": 4, "FLOAT": 4, "DOUBLE": 8}
"""The codings `decoded` knows, in libsndfile's words, and the bytes a sample takes."""

MOST_CHANNELS = 64
"""What `decoded` takes."""

Octets = npt.NDArray[np.uint8]


def read_fully(file: IO[bytes], octets: Octets) -> int:
    """Fill a contiguous array from `file`; return how many bytes there were. Raises OSError."""
    have = 0
    while have < len(octets):
        some: int = file.readinto(octets[have:].data)  # type: ignore[attr-defined]  # IO has none
        if not some:
            break
        have += some
    return have


def planar(samples: npt.NDArray[Any], channels: int) -> Block:
    """Return interleaved (frames * channels,) float64 or float32 as new (channels, frames)."""
    compiled = library()
    if compiled is None or channels == 1:
        return np.array(samples.reshape(-1, channels).T, dtype=np.float64, order="C")
    block = np.empty((channels, len(samples) // channels))
    wide = samples.dtype == np.float64
    run = compiled.deinterleave if wide else compiled.deinterleave_narrow
    run(samples, channels, block, block.shape[1], block.shape[1])
    return block


def decoded(compiled: Library, octets: Octets, subtype: str, channels: int) -> Block:
    """Return whole little-endian frames as new (channels, frames): codes over 2**(bits - 1)."""
    if subtype in ("FLOAT", "DOUBLE"):
        return planar(octets.view("<f4" if subtype == "FLOAT" else "<f8"), channels)
    sample_bytes = SAMPLE_BYTES[subtype]
    block = np.empty((channels, len(octets) // (sample_bytes * channels)))
    compiled.decode_pcm(octets, sample_bytes, channels, block, block.shape[1], block.shape[1])
    return block
