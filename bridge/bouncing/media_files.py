"""The media of a session's clips, read anywhere, at the session's rate."""

from __future__ import annotations

from collections import OrderedDict
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np

from bridge.audio import (
    Block,
    WavWriter,
    open_member,
    opened,
    read_blocks,
    resampled,
)
from sessions import Media
from stemwright.values import dataclass

_MOST_OPEN = 64


@dataclass(frozen=True)
class _Key:
    path: Path
    member: str | None


class MediaFiles:
    """Open files, the least recently read closed first; a context manager.

    Members of zips are copied, and media of another rate converted whole, into `folder` when they
    are first read.
    """

    def __init__(self, rate_hz: int, folder: Path) -> None:
        self._rate_hz, self._folder = rate_hz, folder
        self._open: OrderedDict[_Key, tuple[ExitStack, Any]] = OrderedDict()
        self._copies: dict[_Key, Path] = {}

    def __enter__(self) -> MediaFiles:
        return self

    def __exit__(self, *_: object) -> None:
        for held, _file in self._open.values():
            held.close()
        self._open.clear()

    def frames(self, media: Media) -> int:
        """How long it is at the session's rate."""
        return int(self._file(media).frames)

    def read(self, media: Media, first: int, count: int) -> Block:
        """(channels, count) float64 from frame `first` of the media; silence outside it.

        Raises InputError as `bridge.audio.read_blocks` does.
        """
        file = self._file(media)
        start, stop = max(0, first), min(int(file.frames), first + count)
        block = np.zeros((file.channels, count))
        if start < stop:
            file.seek(start)
            samples = file.read(stop - start, dtype="float64", always_2d=True)
            block[:, start - first : start - first + len(samples)] = samples.T
        return block

    def _file(self, media: Media) -> Any:
        key = _Key(media.path, media.member)
        if key in self._open:
            self._open.move_to_end(key)
            return self._open[key][1]
        while len(self._open) >= _MOST_OPEN:
            self._open.popitem(last=False)[1][0].close()
        with ExitStack() as held:
            file = held.enter_context(opened(self._path(media, key)))[0]
            self._open[key] = held.pop_all(), file
        return file

    def _path(self, media: Media, key: _Key) -> Path:
        if key not in self._copies:
            plain = media.path
            if media.member is not None:
                plain = open_member(media.path, media.member, self._folder)
            if media.sample_rate_hz != self._rate_hz:
                plain = self._converted(plain, media)
            self._copies[key] = plain
        return self._copies[key]

    def _converted(self, path: Path, media: Media) -> Path:
        target = self._folder / f"{len(self._copies)}.wav"
        blocks = resampled(read_blocks(path), media.channels, media.sample_rate_hz, self._rate_hz)
        with WavWriter(target, self._rate_hz, media.channels, "float64", "", dither=False) as file:
            for block in blocks:
                file.write(block)
        return target
