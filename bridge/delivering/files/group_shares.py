"""Which stem group a codec's over comes from: the moment encoded again without each of them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bridge.audio import Block, FramePeaks, probe, read_blocks, reblocked, resampled
from bridge.delivering.files.encoding import Coding, encode
from bridge.delivering.files.making import decoded_copy
from bridge.delivering.profiles import ENDINGS
from stemwright.decibels import amplitude_db

_AROUND_S = 0.01
"""The peak is looked for so far to both sides: without a group, it lies elsewhere."""
_BLOCK_FRAMES = 65536


@dataclass(frozen=True)
class MasteredMoment:
    """A part of a master around an over, `at_s` from its start, and each group's share of it.

    The files of `parts`, by group, add up to `main`.
    """

    main: Path
    parts: Mapping[str, Path]
    at_s: float


@dataclass(frozen=True)
class GroupShare:
    """What a group does to a peak: so much lower it is without the group.

    `share` is that of what all of them do, each left out alone, 0 to 1.
    """

    group: str
    share: float
    lower_db: float


def group_shares(moment: MasteredMoment, coding: Coding) -> tuple[GroupShare, ...]:
    """Return the share of every group, the largest first.

    The codec hears the master without one group after the other; its own errors change with what
    it hears, so they are in the figures. Raises as `encode`.
    """
    whole = _peak(moment, (), coding)
    without = {group: _peak(moment, (part,), coding) for group, part in moment.parts.items()}
    lower = {group: max(0.0, whole - peak) for group, peak in without.items()}
    every = sum(lower.values()) or 1.0
    shares = [
        GroupShare(group, lower[group] / every, amplitude_db(whole / peak) if peak else np.inf)
        for group, peak in without.items()
    ]
    return tuple(sorted(shares, key=lambda each: -each.share))


def _peak(moment: MasteredMoment, without: Sequence[Path], coding: Coding) -> float:
    """The true peak at the moment, linear, after the codec."""
    header = probe(moment.main)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"moment{ENDINGS[coding.format]}"
        blocks = _less(moment.main, without)
        converted = resampled(blocks, header.channels, header.sample_rate_hz, coding.rate_hz)
        encode(converted, coding, header.channels, path)
        with decoded_copy(path) as readable:
            rate_hz = probe(readable).sample_rate_hz
            peaks = FramePeaks(header.channels)
            read = [peaks.add(block) for block in read_blocks(readable)]
            every = np.concatenate([*read, peaks.rest()])
    first = max(0, round((moment.at_s - _AROUND_S) * rate_hz))
    return float(every[first : round((moment.at_s + _AROUND_S) * rate_hz) + 1].max(initial=0.0))


def _less(main: Path, parts: Sequence[Path]) -> Iterator[Block]:
    streams = [reblocked(read_blocks(each), _BLOCK_FRAMES) for each in (main, *parts)]
    for block, *others in zip(*streams, strict=True):
        yield block - sum(others) if others else block
