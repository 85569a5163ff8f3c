"""The sound of a stem, whether it lies in one file or in a left and a right one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bridge.audio import BLOCK_FRAMES, Block, Header, probe, read_blocks, reblocked, resampled
from sessions import Track
from stemwright.problems import InputError, Problem


@dataclass(frozen=True)
class StemSound:
    """One stem's audio; `paths` are one file, or the left and the right one of a pair."""

    paths: tuple[Path, ...]
    heads: tuple[Header, ...]

    @property
    def rate_hz(self) -> int:
        """The sample rate."""
        return self.heads[0].sample_rate_hz

    @property
    def channels(self) -> int:
        """The channels of both files together."""
        return sum(head.channels for head in self.heads)

    @property
    def frames(self) -> int:
        """The frames of the longer file."""
        return max(head.frames for head in self.heads)

    @property
    def kind(self) -> str:
        """Format and sample format in libsndfile's words: "WAV PCM_24"."""
        return f"{self.heads[0].format} {self.heads[0].subtype}"

    def blocks(self) -> Iterator[Block]:
        """Decode to (channels, n) float64. Raises InputError as `read_blocks` does."""
        if len(self.paths) == 1:
            yield from read_blocks(self.paths[0])
            return
        sides = [reblocked(read_blocks(path), BLOCK_FRAMES) for path in self.paths]
        for one, other in padded_together(*sides):
            yield np.concatenate([one, other])

    def heard(self, rate_hz: int, channels: int) -> Iterator[Block]:
        """The same at another rate; one channel as two alike, where two are wanted.

        Samples that are no numbers, which a new file may be there to mend, are heard as silence.
        """
        finite = (np.nan_to_num(each, posinf=0.0, neginf=0.0) for each in self.blocks())
        for block in resampled(finite, self.channels, self.rate_hz, rate_hz):
            if self.channels == 1 < channels:
                yield np.repeat(block, channels, axis=0)
            else:
                yield block


def sound_of(track: Track) -> StemSound:
    """The sound of a stem's track. Raises InputError for one that lies in a zip, or as `probe`."""
    paths = []
    for media in (track.clips[0].media, track.clips[0].right):
        if media is None:
            continue
        if media.member is not None:
            raise InputError(
                Problem(
                    "in_a_zip",
                    f"{media.path} is a zip, whose stems cannot be replaced one by one",
                    {"file": str(media.path)},
                    hint="unpack it, and name the folder in its place",
                )
            )
        paths.append(media.path)
    return StemSound(tuple(paths), tuple(probe(path) for path in paths))


def padded_together(one: Iterator[Block], other: Iterator[Block]) -> Iterator[tuple[Block, Block]]:
    """Yield both streams, cut alike, until both have ended; the shorter goes on with zeros."""
    first, second = next(one, None), next(other, None)
    while first is not None or second is not None:
        first = _silent_like(second) if first is None else first
        second = _silent_like(first) if second is None else second
        frames = max(first.shape[1], second.shape[1])
        yield _filled(first, frames), _filled(second, frames)
        first, second = next(one, None), next(other, None)


def _silent_like(block: Block | None) -> Block:
    return np.zeros((1, 0) if block is None else block.shape)


def _filled(block: Block, frames: int) -> Block:
    return np.pad(block, ((0, 0), (0, frames - block.shape[1])))
