"""A stem's audio as the checks hear it: whole in passages, or any stretch of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

from bridge.audio import Block, opened, probe, read_blocks, reblocked
from bridge.checking.port import AROUND_S, CORE_FRAMES, Passage, StemFacts
from stemwright.problems import InputError, Problem

_LOUDEST = 1000.0
"""Full scale is 1: a sample 60 dB over it is none, and powers of 1e300 are no numbers."""


@dataclass(frozen=True)
class StemAudio:
    """A stem's file, or the two of a .L/.R pair; `position` is its first frame in the song.

    Samples that are no sound, for they are not finite or beyond +60 dBFS, read as 0. `slower_ppm`
    is how much slower it runs than the song's clock, `side_gain`, linear, is the gain of its sides;
    only excerpts heed both.
    """

    facts: StemFacts
    paths: tuple[Path, ...]
    position: int = 0
    slower_ppm: float = 0.0
    side_gain: float = 1.0

    @property
    def width(self) -> int:
        """How many channels an excerpt of it is compared in: 1 where its sides have no gain."""
        return min(2, self.facts.channels) if self.side_gain else 1

    @property
    def sides(self) -> tuple[slice, ...]:
        """The channels that come from each file."""
        if len(self.paths) == 1:
            return (slice(0, self.facts.channels),)
        return tuple(slice(side, side + 1) for side in range(len(self.paths)))

    def passages(self) -> Iterator[Passage]:
        """The stem from its first frame to its last, each core with what is around it.

        Raises InputError as `bridge.audio.read_blocks` does, in the midst of it too.
        """
        around = round(AROUND_S * self.facts.sample_rate_hz)
        before: Block = np.zeros((self.facts.channels, 0))
        core: Block | None = None
        first = 0
        for after in self._cores():
            if core is not None:
                yield self._passage(before, core, after[:, :around], first)
                first += core.shape[1]
                before = core[:, -around:]
            core = after
        if core is not None:
            yield self._passage(before, core, core[:, :0], first)

    def read(self, start: int, frames: int) -> Block:
        """(channels, frames) float64 from frame `start` of the file on; zeros where it has none.

        Raises InputError as `bridge.audio.opened` does.
        """
        samples = self.stretch(start, frames)
        samples[no_sound(samples)] = 0.0
        return samples

    def stretch(self, start: int, frames: int) -> Block:
        """As `read`, samples that are no sound as they are."""
        found = np.zeros((self.facts.channels, frames))
        begin, end = max(start, 0), min(start + frames, self.facts.frames)
        if begin < end:
            sides = [_stretch(path, begin, end - begin) for path in self.paths]
            joined = np.concatenate(sides)
            found[:, begin - start : begin - start + joined.shape[1]] = joined
        return found

    def blocks(self, frames: int) -> Iterator[Block]:
        """The stem in blocks of so many frames.

        Raises InputError as `bridge.audio.read_blocks` does, in the midst of it too.
        """
        for block in self._joined(frames):
            block[no_sound(block)] = 0.0
            yield block

    def _cores(self) -> Iterator[Block]:
        return self._joined(CORE_FRAMES)

    def _joined(self, frames: int) -> Iterator[Block]:
        streams = [reblocked(read_blocks(path), frames) for path in self.paths]
        for sides in zip(*streams, strict=True):
            yield sides[0] if len(sides) == 1 else np.concatenate(sides)

    def _passage(self, before: Block, core: Block, after: Block, first: int) -> Passage:
        samples = np.concatenate([before, core, after], axis=1)
        broken, beyond = no_sound(samples), None
        if broken.any():
            beyond = broken & np.isfinite(samples)
            samples[broken] = 0.0
        begin = before.shape[1]
        rate_hz = self.facts.sample_rate_hz
        return Passage(
            samples,
            first - begin,
            begin,
            begin + core.shape[1],
            rate_hz,
            broken=broken if beyond is not None else None,
            beyond=beyond,
        )


def no_sound(samples: Block) -> npt.NDArray[np.bool_]:
    """Where samples are not finite, or beyond full scale by more than anything that sounds."""
    return ~(np.abs(samples) <= _LOUDEST)


def stem_audio(
    stem_id: str, name: str, role: str, paths: tuple[Path, ...], position: int = 0
) -> StemAudio:
    """Look at the headers of a stem's file, or of its two sides.

    Raises InputError as `bridge.audio.probe` does; `sides_differ` for sides that do not match.
    """
    heads = [probe(path) for path in paths]
    head = heads[0]
    if any(
        (each.sample_rate_hz, each.frames, each.channels) != (head.sample_rate_hz, head.frames, 1)
        for each in heads[1:]
    ):
        said = f"its right side {paths[1].name} is of another length, rate or width than its left"
        raise InputError(Problem("sides_differ", said, {"file": str(paths[0])}))
    facts = StemFacts(
        id=stem_id,
        name=name,
        role=role,
        channels=sum(each.channels for each in heads),
        sample_rate_hz=head.sample_rate_hz,
        frames=head.frames,
        subtype=head.subtype,
        format=head.format,
    )
    return StemAudio(facts, paths, position)


def _stretch(path: Path, start: int, frames: int) -> Block:
    with opened(path) as (file, _):
        try:
            file.seek(start)
            samples = file.read(frames, dtype="float64", always_2d=True)
        except soundfile.LibsndfileError as cause:
            said = f"{path.name} cannot be read at frame {start}"
            raise InputError(Problem("truncated", said, {"file": str(path)})) from cause
    return np.ascontiguousarray(samples.T)
