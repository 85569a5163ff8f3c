"""Decoding audio files to blocks, streaming, with every fault of the library mapped."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import numpy as np
import soundfile

from bridge.audio.blocks import Block
from bridge.audio.facts.sizes import BLOCK_FRAMES
from bridge.audio.plain_samples import MOST_CHANNELS, SAMPLE_BYTES, decoded, read_fully
from bridge.native import Library, library
from sessions import (
    OTHER_AUDIO_EXTENSIONS,
    STREAMINFO_BYTES,
    Fault,
    Sound,
    View,
    file_extension,
    identify,
    with_frames,
)
from stemwright.files import unreadable
from stemwright.values import dataclass

_CUT_SHORT = re.compile(r"(?:data|SSND|riff|Riff size)\s*: (\d+) \(should be (\d+)\)")
_KINDS = {
    "empty_file": "empty_audio",
    "no_frames": "empty_audio",
    "truncated_audio": "truncated",
    "unknown_length": "truncated",
    "implausible_rate": "sample_rate",
}
_UNKNOWN_LENGTH = 0x7FFF0000
"""From here on a 32-bit chunk size is what a writer to a pipe puts, not a length."""


@dataclass(frozen=True)
class Header:
    """What a file says about itself; `subtype` and `format` in libsndfile's words (PCM_24, WAV).

    `speakers` is the mask of WAVE_FORMAT_EXTENSIBLE, None where the file names no speakers.
    `doubts` are sentences on a header that was not taken at its word, going on from the name.
    """

    sample_rate_hz: int
    channels: int
    frames: int
    subtype: str
    format: str
    speakers: int | None = None
    doubts: tuple[tuple[str, str], ...] = ()

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return self.frames / self.sample_rate_hz


def probe(path: Path) -> Header:
    """Read the header of an audio file.

    Raises InputError: missing_file, not_audio, empty_audio, truncated, unreadable_file.
    """
    with opened(path) as (_, header):
        return header


def read_blocks(path: Path, frames: int = BLOCK_FRAMES) -> Iterator[Block]:
    """Decode a file to contiguous (channels, n) float64 blocks of `frames`, the last one shorter.

    Integer samples are divided by 2**(bits - 1), exactly. Non-finite samples pass (see `inspect`).
    Raises InputError as `probe` does, and `truncated` when fewer frames decode than announced.
    """
    with _identified(path) as found:
        compiled = library()
        if compiled is not None and found.readable_plainly:
            yield from _plain_blocks(compiled, path, found, frames)
            return
        file, left = found.file, found.header.frames
        while left > 0:
            samples = file.read(min(frames, left), dtype="float64", always_2d=True)
            if not len(samples):
                raise getattr(file.name, "failure", None) or _truncated(path)
            left -= len(samples)
            yield np.ascontiguousarray(samples.T)


def _plain_blocks(compiled: Library, path: Path, found: _Found, frames: int) -> Iterator[Block]:
    header = found.header
    frame_bytes = SAMPLE_BYTES[header.subtype] * header.channels
    octets = np.empty(min(frames, header.frames) * frame_bytes, np.uint8)
    found.stream.seek(found.start)
    left = header.frames
    while left > 0:
        wanted = octets[: min(frames, left) * frame_bytes]
        whole = read_fully(found.stream, wanted) // frame_bytes
        if not whole:
            raise _truncated(path)
        left -= whole
        yield decoded(compiled, wanted[: whole * frame_bytes], header.subtype, header.channels)


class Samples:
    """An open file's samples, read anywhere; integers divided by 2**(bits - 1), exactly."""

    def __init__(self, path: Path, found: _Found) -> None:
        self._path, self._found = path, found
        self._compiled = library() if found.readable_plainly else None
        self.frames, self.channels = found.header.frames, found.header.channels

    def read(self, first: int, count: int) -> Block:
        """New (channels, count) float64 from frame `first` on, all of it inside the file.

        Raises InputError `truncated` where fewer frames decode than were announced.
        """
        found = self._found
        if self._compiled is None:
            found.file.seek(first)
            samples = found.file.read(count, dtype="float64", always_2d=True)
            if len(samples) < count:
                raise getattr(found.file.name, "failure", None) or _truncated(self._path)
            return np.ascontiguousarray(samples.T)
        subtype = found.header.subtype
        frame_bytes = SAMPLE_BYTES[subtype] * self.channels
        octets = np.empty(count * frame_bytes, np.uint8)
        found.stream.seek(found.start + first * frame_bytes)
        if read_fully(found.stream, octets) < len(octets):
            raise _truncated(self._path)
        return decoded(self._compiled, octets, subtype, self.channels)


@contextmanager
def opened_samples(path: Path) -> Iterator[Samples]:
    """Open a file for reading anywhere. Raises InputError as `probe` does."""
    with _identified(path) as found:
        yield Samples(path, found)


def named(path: Path) -> str | bytes:
    """A path the way the system has it: names that are not UTF-8 go to libsndfile as bytes."""
    return str(path) if os.name == "nt" else os.fsencode(path)


@contextmanager
def opened(path: Path) -> Iterator[tuple[Any, Header]]:
    """Open a file as a soundfile.SoundFile, with what it is as `sessions` reads it too.

    Raises InputError as `probe` does; what the library raises inside the block is mapped as well.
    """
    with _identified(path) as found:
        yield found.file, found.header


@dataclass(frozen=True)
class _Found:
    """An open file: as soundfile has it, and as its bytes, whose samples begin at `start`."""

    file: Any
    header: Header
    stream: IO[bytes]
    start: int
    readable_plainly: bool


def _is_readable_plainly(sound: Sound) -> bool:
    known = sound.order == "little" and sound.subtype in SAMPLE_BYTES
    return sound.plain and known and sound.channels <= MOST_CHANNELS


@contextmanager
def _identified(path: Path) -> Iterator[_Found]:
    if not path.exists():
        raise unreadable("missing_file", path, "no such file", "check the name and the folder")
    if not path.is_file():
        raise unreadable("not_audio", path, "is not a file", "name a WAV, AIFF or FLAC file")
    try:
        with path.open("rb") as stream:
            size = os.fstat(stream.fileno()).st_size
            sound = identify(stream, size)
            with _file(path, stream, size, sound) as file:
                header = _header(file, sound)
                if isinstance(sound, Fault):
                    yield _Found(file, header, stream, 0, readable_plainly=False)
                else:
                    yield _Found(file, header, stream, sound.start, _is_readable_plainly(sound))
    except OSError as cause:
        message = f"cannot be read: {cause.strerror or cause}"
        raise unreadable("unreadable_file", path, message, "check its permissions") from cause
    except soundfile.LibsndfileError as cause:
        raise _library_error(path, cause.code) from cause
    except TypeError as cause:  # headerless formats, guessed from the extension
        raise _library_error(path, 1) from cause


def _file(path: Path, stream: IO[bytes], size: int, sound: Sound | Fault) -> Any:
    if isinstance(sound, Fault):
        return _other_format(path, sound)
    if sound.plain:
        return _plain(path, stream, sound)
    if sound.format == "FLAC" and (sound.start or sound.doubts):
        view = View(stream, size - sound.start, sound.start)
        head = with_frames(view.read_at(0, STREAMINFO_BYTES), sound.frames)
        return soundfile.SoundFile(View(stream, size - sound.start, sound.start, head))
    if not sound.start:
        return soundfile.SoundFile(named(path))
    return soundfile.SoundFile(View(stream, size - sound.start, sound.start))


def _plain(path: Path, stream: IO[bytes], sound: Sound) -> Any:
    """The library's own reading where it is the same, which is faster; else the bare samples."""
    with suppress(soundfile.LibsndfileError):
        file = soundfile.SoundFile(named(path))
        if (file.frames, file.subtype, file.channels, file.samplerate) == (
            sound.frames,
            sound.subtype,
            sound.channels,
            sound.sample_rate_hz,
        ):
            return file
        file.close()
    return soundfile.SoundFile(
        View(stream, sound.size, sound.start),
        samplerate=sound.sample_rate_hz,
        channels=sound.channels,
        format="RAW",
        subtype=sound.subtype,
        endian="LITTLE" if sound.order == "little" else "BIG",
    )


def _other_format(path: Path, fault: Fault) -> Any:
    """Formats that are no stems, such as a preview in MP3, where the name says so too."""
    other = file_extension(path.name) in OTHER_AUDIO_EXTENSIONS
    if fault.kind != "unsupported_audio" or not other:
        kind = _KINDS.get(fault.kind, "not_audio")
        raise unreadable(kind, path, fault.reason, fault.hint)
    try:
        file = soundfile.SoundFile(named(path))
    except soundfile.LibsndfileError as cause:
        raise unreadable("not_audio", path, fault.reason, fault.hint) from cause
    try:
        _refuse_cut_short(path, file)
    except BaseException:
        file.close()
        raise
    return file


def _refuse_cut_short(path: Path, file: Any) -> None:
    for announced, present in _CUT_SHORT.findall(file.extra_info):
        if int(present) + 1 < int(announced) < _UNKNOWN_LENGTH:
            raise _truncated(path)
    if not file.frames:
        raise unreadable(
            "empty_audio", path, "holds no samples", "export it again, or take it out of the set"
        )


def _truncated(path: Path) -> Exception:
    return unreadable(
        "truncated",
        path,
        "is cut short: it holds fewer samples than its header says",
        "copy or export it again",
    )


def _library_error(path: Path, code: int) -> Exception:
    if path.stat().st_size == 0:
        return unreadable("empty_audio", path, "is an empty file", "export it again")
    if code > 4:  # sndfile.h: 1 unrecognised, 2 system, 3 malformed, 4 unsupported; above: decoding
        return unreadable(
            "truncated", path, "stops decoding before its end", "copy or export it again"
        )
    return unreadable(
        "not_audio",
        path,
        "is not audio this can read",
        "export WAV, AIFF or FLAC; other formats must be converted first",
    )


def _header(file: Any, sound: Sound | Fault) -> Header:
    found = file if isinstance(sound, Fault) else sound
    rate_hz = file.samplerate if isinstance(sound, Fault) else sound.sample_rate_hz
    facts = (int(rate_hz), int(found.channels), int(found.frames), found.subtype, found.format)
    if isinstance(sound, Fault):
        return Header(*facts)
    return Header(*facts, sound.speakers, sound.doubts)
