"""The media of a session's clips, read anywhere, at the session's rate."""

from __future__ import annotations

from collections import OrderedDict
from contextlib import ExitStack
from pathlib import Path
from tempfile import mkdtemp
from typing import NamedTuple

import numpy as np

from bridge.audio import (
    BLOCK_FRAMES,
    Block,
    Samples,
    WavWriter,
    opened_samples,
    read_blocks,
    resampled,
)
from bridge.exchanging import media_file
from sessions import LOSSY_FORMATS, Media
from stemwright.files import unreadable

_MOST_OPEN = 64
_FINE = 1000
"""How finely a speed is taken: a thousandth of a hertz."""


class _Key(NamedTuple):
    path: Path
    member: str | None
    speed: float


class MediaFiles:
    """Open files, the least recently read closed first; a context manager.

    Members of zips and of AAFs are copied, and media of another rate or speed converted whole, into
    `folder` when they are first read; `frame_by_frame`, another rate is not converted.
    """

    def __init__(self, rate_hz: int, folder: Path, *, frame_by_frame: bool = False) -> None:
        self._frame_by_frame = frame_by_frame
        self._rate_hz, self._folder = rate_hz, Path(mkdtemp(dir=folder))
        self._open: OrderedDict[_Key, tuple[ExitStack, Samples]] = OrderedDict()
        self._copies: dict[_Key, Path] = {}

    def __enter__(self) -> MediaFiles:
        return self

    def __exit__(self, *_: object) -> None:
        for held, _file in self._open.values():
            held.close()
        self._open.clear()

    def frames(self, media: Media, speed: float = 1.0) -> int:
        """How long it is at the session's rate, played at `speed`."""
        return self._file(media, speed).frames

    def read(self, media: Media, first: int, count: int, speed: float = 1.0) -> Block:
        """(channels, count) float64 from frame `first` of the media; silence outside it.

        At another `speed` all of it is higher or lower too. Raises InputError as
        `bridge.audio.read_blocks` does.
        """
        file = self._file(media, speed)
        start, stop = max(0, first), min(file.frames, first + count)
        if stop - start == count:
            return file.read(first, count)
        block = np.zeros((file.channels, count))
        if start < stop:
            block[:, start - first : stop - first] = file.read(start, stop - start)
        return block

    def _file(self, media: Media, speed: float) -> Samples:
        key = _Key(media.path, media.member, speed)
        if key in self._open:
            self._open.move_to_end(key)
            return self._open[key][1]
        while len(self._open) >= _MOST_OPEN:
            self._open.popitem(last=False)[1][0].close()
        with ExitStack() as held:
            file = held.enter_context(opened_samples(self._path(media, key)))
            self._open[key] = held.pop_all(), file
        return file

    def _path(self, media: Media, key: _Key) -> Path:
        if key not in self._copies:
            plain = media_file(media, self._folder)
            if media.format in LOSSY_FORMATS:
                plain = self._decoded(plain, media)
            other_rate = media.sample_rate_hz != self._rate_hz and not self._frame_by_frame
            if other_rate or key.speed != 1.0:
                plain = self._converted(plain, media, key.speed)
            self._copies[key] = plain
        return self._copies[key]

    def _decoded(self, path: Path, media: Media) -> Path:
        """A lossy file's samples as libsndfile decodes them. Raises InputError."""
        import soundfile

        target = self._folder / f"{len(self._copies)} decoded.wav"
        rate_hz = media.sample_rate_hz
        try:
            with (
                soundfile.SoundFile(path) as coded,
                WavWriter(target, rate_hz, media.channels, "float64", "", dither=False) as file,
            ):
                for block in coded.blocks(BLOCK_FRAMES, dtype="float64", always_2d=True):
                    file.write(block.T)
        except (soundfile.SoundFileError, RuntimeError) as cause:
            said = f"it cannot be decoded: {cause}"
            raise unreadable("unreadable_audio", path, said, "export it again") from cause
        return target

    def _converted(self, path: Path, media: Media, speed: float) -> Path:
        target = self._folder / f"{len(self._copies)}.wav"
        to_hz = self._rate_hz
        from_hz = to_hz if self._frame_by_frame else media.sample_rate_hz
        if speed != 1.0:
            from_hz, to_hz = round(from_hz * speed * _FINE), to_hz * _FINE
        blocks = resampled(read_blocks(path), media.channels, from_hz, to_hz)
        with WavWriter(target, self._rate_hz, media.channels, "float64", "", dither=False) as file:
            for block in blocks:
                file.write(block)
        return target
