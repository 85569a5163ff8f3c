"""Sample-rate conversion: libsoxr at its very high quality, streaming, exact in length."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import soxr

from bridge.audio.blocks import Block, reblocked

_GRID_FRAMES = 32768


def resampled_frames(frames: int, from_hz: int, to_hz: int) -> int:
    """Return how long `frames` become at another rate: the nearest whole number, halves up."""
    return (2 * frames * to_hz + from_hz) // (2 * from_hz)


def resampled(blocks: Iterable[Block], channels: int, from_hz: int, to_hz: int) -> Iterator[Block]:
    """Yield the stream at `to_hz`: float64, linear phase, no delay, `resampled_frames` long.

    The input is fed on a grid of its own, so the result does not depend on the blocks given.
    """
    if from_hz == to_hz:
        yield from blocks
        return
    stream = soxr.ResampleStream(from_hz, to_hz, channels, dtype="float64", quality="VHQ")
    fed = given = 0
    for block in reblocked(blocks, _GRID_FRAMES):
        fed += block.shape[1]
        ready = _channels_first(stream.resample_chunk(np.ascontiguousarray(block.T)))
        given += ready.shape[1]
        yield ready
    rest = _channels_first(stream.resample_chunk(np.zeros((0, channels)), last=True))
    yield _fitted(rest, resampled_frames(fed, from_hz, to_hz) - given)


def _channels_first(samples: Block) -> Block:
    return np.ascontiguousarray(samples.T)


def _fitted(block: Block, frames: int) -> Block:
    """Cut or zero-pad to `frames`: soxr's own count differs by a frame at most."""
    if frames <= block.shape[1]:
        return np.ascontiguousarray(block[:, : max(0, frames)])
    return np.pad(block, ((0, 0), (0, frames - block.shape[1])))
