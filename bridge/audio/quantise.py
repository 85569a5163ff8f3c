"""Float to integer samples, with a dither that is the same on every run and for every block size.

TPDF of +-1 LSB makes the total error's mean zero and its variance 1/4 LSB^2, whatever the signal
(Lipshitz, Wannamaker, Vanderkooy, "Quantization and Dither: A Theoretical Survey", JAES 40, 1992).
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from blake3 import blake3

from bridge.audio.blocks import Block, interleaved
from bridge.audio.facts.sizes import BITS, Subtype
from bridge.native import Library, library, rows
from stemwright.problems import Problem, RenderError

Quantised = npt.NDArray[np.int32] | npt.NDArray[np.float32] | npt.NDArray[np.float64]


class Quantiser:
    """Turn (channels, frames) float64 blocks into samples of `subtype`, one block after another.

    `seed_words` names the step whose output this is: each channel's dither is a Philox stream keyed
    by blake3 of those words and the channel. `clipped` counts samples beyond full scale; what
    dither alone lifts over the top code is held there and not counted.
    """

    def __init__(
        self, subtype: Subtype, channels: int, seed_words: str, dither: bool = True
    ) -> None:
        self.clipped = 0
        self._subtype = subtype
        self._frames = 0
        self._seeds = [_seed(seed_words, channel) for channel in range(channels)]
        self._streams = [
            np.random.Philox(key=int.from_bytes(seed, "little")) for seed in self._seeds
        ]
        self._dither = dither
        self._compiled = library()  # bound here: numpy's streams know no other frame than the next

    def process(self, block: Block) -> Quantised:
        """Return int32 codes (pcm16, pcm24), or the block as float32 or float64.

        Raises RenderError `not_finite` for NaN and infinity.
        """
        self._refuse_nonfinite(block)
        begun = self._frames
        self._frames += block.shape[1]
        if self._subtype == "float64":
            return block
        if self._subtype == "float32":
            return interleaved(block, np.float32).T  # as `as_stored` wants it
        scale = float(1 << (BITS[self._subtype] - 1))
        if self._compiled is None:
            return self._codes(block, scale)
        return self._compiled_codes(self._compiled, block, scale, begun)

    def _compiled_codes(
        self, compiled: Library, block: Block, scale: float, begun: int
    ) -> npt.NDArray[np.int32]:
        codes = np.empty(block.shape, np.int32)
        found = np.zeros(2, np.int64)
        for row, out, seed in zip(rows(block)[0], codes, self._seeds, strict=True):
            key = np.frombuffer(seed, "<u8")
            compiled.quantise(row, out, len(row), scale, self._dither, key, begun, found)
        out_of_reach, beyond = found.tolist()
        self.clipped += beyond if out_of_reach else 0
        return codes

    def _codes(self, block: Block, scale: float) -> npt.NDArray[np.int32]:
        scaled = block * scale
        if self._dither:
            for row, stream in zip(scaled, self._streams, strict=True):
                row += _tpdf(stream, block.shape[1])
        np.rint(scaled, out=scaled)
        if scaled.size and (scaled.max() >= scale or scaled.min() < -scale):
            self.clipped += int(np.count_nonzero(np.abs(block) > 1.0))
            np.clip(scaled, -scale, scale - 1.0, out=scaled)
        return scaled.astype(np.int32)

    def _refuse_nonfinite(self, block: Block) -> None:
        if self._compiled is not None and _all_finite(self._compiled, block):
            return
        finite = np.isfinite(block).all(axis=0)
        if not finite.all():
            at = self._frames + int(finite.argmin())
            raise RenderError(
                Problem(
                    "not_finite",
                    f"sample {at} of the output is not a number",
                    {"frame": at},
                    hint="bypass the inserts one by one to find the one that makes it",
                )
            )


def as_stored(samples: Quantised, subtype: Subtype) -> memoryview:
    """Return what `Quantiser.process` gave as the interleaved little-endian bytes of a file."""
    compiled = library()
    if compiled is not None and subtype.startswith("pcm"):
        sample_bytes = BITS[subtype] // 8
        octets = np.empty(samples.size * sample_bytes, np.uint8)
        compiled.pack(samples, *samples.shape, sample_bytes, octets)
        return octets.data
    if subtype == "pcm24":
        octets = interleaved(samples, "<i4").view(np.uint8).reshape(-1, 4)[:, :3]
        return np.ascontiguousarray(octets).data.cast("B") if len(octets) else memoryview(b"")
    coding = {"pcm16": "<i2", "float32": "<f4", "float64": "<f8"}[subtype]
    frames = samples.T
    if not frames.flags.c_contiguous or frames.dtype != coding:
        frames = interleaved(samples, coding)
    return frames.reshape(-1).view(np.uint8).data


def as_read(samples: Quantised, subtype: Subtype) -> Block:
    """Return what `Quantiser.process` gave as new float64, the way a reader of the file has it."""
    step = 2.0 ** (1 - BITS[subtype])
    if (compiled := library()) is not None and subtype.startswith("pcm"):
        block = np.empty(samples.shape)
        compiled.read_back(samples, block, samples.size, step)
        return block
    if subtype.startswith("pcm"):
        return samples.astype(np.float64) * step
    return samples.astype(np.float64)


def _all_finite(compiled: Library, block: Block) -> bool:
    largest = (compiled.largest_magnitude(row, len(row)) for row in rows(block)[0])
    return all(math.isfinite(each) for each in largest)


def _seed(seed_words: str, channel: int) -> bytes:
    return blake3(f"dither\n{seed_words}\n{channel}".encode()).digest()[:16]


def _tpdf(stream: np.random.Philox, frames: int) -> npt.NDArray[np.float64]:
    """Return the difference of two uniforms: one 64-bit draw a frame, its upper and lower half."""
    draws = np.asarray(stream.random_raw(frames), dtype="<u8").view("<u4")
    dither = draws[0::2].astype(np.float64)
    dither -= draws[1::2]
    dither *= 2.0**-32
    return dither
