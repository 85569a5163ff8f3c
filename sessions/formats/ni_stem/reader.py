"""Native Instruments stem files (.stem.mp4): a mix and four stems as streams of one MP4.

JSON in moov/udta/stem names the stems and holds the compressor and limiter of the master.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from sessions.bundle.roles import role_of
from sessions.errors import SessionError
from sessions.model.session import Clip, Device, Media, Reference, Session, Track
from stemwright.problems import Diagnostic, Problem
from stemwright.words import printable

# What a file does not say: a box of size 0 reaches to the end, a track without edits plays whole
# from its beginning (ISO/IEC 14496-12: Box, Edit Box), and the timescale of a sound's media is its
# rate where the entry has no room for it and says 0 (FFmpeg, movenc.c).
_HEAD = struct.Struct(">I4s")
_LARGE = struct.Struct(">Q")
_LARGEST_MOOV = 64 << 20
_MOST_BOXES = 100_000
_AUDIO_ENTRY_BYTES = 28


class BoxError(ValueError):
    """Bytes that are no MP4 file, or one whose boxes are damaged; the message says why."""


@dataclass(frozen=True)
class Stream:
    """An audio stream; `length_s` is what its edit list leaves of it."""

    codec: str
    sample_rate_hz: int
    channels: int
    frames: int
    length_s: float


def read_moov(path: Path, *, whole: bool = True) -> bytes:
    """The body of the moov box; raises BoxError and OSError.

    When the file is to be `whole`, every box up to its end must be as long as it says.
    """
    moov: bytes | None = None
    with path.open("rb") as stream:
        if stream.read(8)[4:] != b"ftyp":
            raise BoxError("it does not begin as an MP4 file")
        for kind, body_at, after in _places(stream, path.stat().st_size):
            if kind == b"moov" and moov is None:
                stream.seek(body_at)
                moov = _taken(stream.read(min(after - body_at, _LARGEST_MOOV + 1)))
                if not whole:
                    break
    if moov is None:
        raise BoxError("it has no moov box: it may be cut short")
    return moov


def _places(stream: IO[bytes], end: int) -> Iterator[tuple[bytes, int, int]]:
    """Kind, first byte of the body and byte after every box from the file's beginning on."""
    at = 0
    for _ in range(_MOST_BOXES):
        stream.seek(at)
        head = stream.read(_HEAD.size)
        if not head:
            return
        if len(head) < _HEAD.size:
            raise BoxError(f"the box at byte {at} is cut short")
        size, kind = _HEAD.unpack(head)
        body_at = at + _HEAD.size
        if size == 1:
            size, body_at = _LARGE.unpack(stream.read(_LARGE.size).rjust(8, b"\0"))[0], at + 16
        after = end if size == 0 else at + size
        if not body_at <= after <= end:
            raise BoxError(f"the box at byte {at} reaches beyond the file: it may be cut short")
        yield kind, body_at, after
        at = after
    raise BoxError(f"it holds more than {_MOST_BOXES} boxes")


def _taken(moov: bytes) -> bytes:
    if len(moov) > _LARGEST_MOOV:
        raise BoxError("its moov box is larger than 64 MiB")
    return moov


def boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and body of every box side by side in `data`; raises BoxError."""
    at = 0
    while at + _HEAD.size <= len(data):
        size, kind = _HEAD.unpack_from(data, at)
        body_at = at + _HEAD.size
        if size == 1 and body_at + _LARGE.size <= len(data):
            (size,) = _LARGE.unpack_from(data, body_at)
            body_at += _LARGE.size
        after = len(data) if size == 0 else at + size
        if not body_at <= after <= len(data):
            name = kind.decode("latin-1")
            raise BoxError(f"the box {name!r} reaches beyond the one around it")
        yield kind, data[body_at:after]
        at = after
    # User data may end with a zero of 32 bits (QuickTime File Format, "User data atoms").
    if data[at:].strip(b"\0"):
        raise BoxError("a box is cut short inside the one around it")


def box(data: bytes, *path: bytes) -> bytes | None:
    """The body of the first box at `path`; raises BoxError."""
    for kind in path:
        found = next((body for name, body in boxes(data) if name == kind), None)
        if found is None:
            return None
        data = found
    return data


def streams(moov: bytes) -> list[Stream]:
    """The audio streams in file order; raises BoxError."""
    header = box(moov, b"mvhd") or b""
    movie_scale, _ = _times(header, at=12, wide_at=20)
    traks = [body for kind, body in boxes(moov) if kind == b"trak"]
    found = [_stream(trak, movie_scale) for trak in traks]
    return [stream for stream in found if stream is not None]


def _stream(trak: bytes, movie_scale: int) -> Stream | None:
    handler = box(trak, b"mdia", b"hdlr") or b""
    entry = box(trak, b"mdia", b"minf", b"stbl", b"stsd") or b""
    if handler[8:12] != b"soun":
        return None
    described = next(boxes(entry[8:]), None)
    if described is None or len(described[1]) < _AUDIO_ENTRY_BYTES:
        raise BoxError("an audio stream is not described")
    kind, body = described
    channels, fixed_rate = struct.unpack_from(">16xH6xI", body)
    scale, duration = _times(box(trak, b"mdia", b"mdhd") or b"", at=12, wide_at=20)
    rate_hz = fixed_rate >> 16 or scale
    if not (4_000 <= rate_hz <= 768_000 and 1 <= channels <= 64 and scale):
        raise BoxError(f"an audio stream states {rate_hz} Hz and {channels} channels")
    frames = duration * rate_hz // scale
    edited = _edited(box(trak, b"edts", b"elst") or b"", movie_scale)
    codec = "AAC" if kind == b"mp4a" else kind.decode("latin-1").upper()
    return Stream(codec, rate_hz, channels, frames, edited or frames / rate_hz)


def _times(header: bytes, *, at: int, wide_at: int) -> tuple[int, int]:
    """Timescale and duration of mvhd or mdhd, whose version 1 is wider."""
    wide = header[:1] == b"\x01"
    layout = struct.Struct(">IQ" if wide else ">II")
    start = wide_at if wide else at
    if len(header) < start + layout.size:
        raise BoxError("a time header is cut short")
    scale, duration = layout.unpack_from(header, start)
    return scale, duration


def _edited(edits: bytes, movie_scale: int) -> float:
    """Seconds that an edit list of one entry plays; 0 when there is none, or another."""
    if len(edits) < 20 or edits[:1] != b"\0" or not movie_scale:
        return 0.0
    count, duration = struct.unpack_from(">4xII", edits)
    return duration / movie_scale if count == 1 else 0.0


# What a file does not say, as Mixxx reads it too (steminfoimporter.cpp): a stem without a name is
# numbered, a compressor or limiter that is not said to be on is off (toBool of nothing). Native
# Instruments gives its specification to registered developers alone; that the mix comes first and
# four stems follow is as its writers do it (stempeg's NIStemsWriter); another count is told.
_MASTER = "master"
_USUAL_STEMS = 4
_LARGEST_SETTING = 1e9


@dataclass(frozen=True)
class NiStem:
    """Reads the headers of a .stem.mp4; its streams are decoded by whoever renders them."""

    name: str = "ni_stem"
    describe: str = "Native Instruments stem file (.stem.mp4)"

    def score(self, path: Path) -> float:
        """1 for an MP4 that holds the stem box."""
        try:
            return (
                1.0
                if path.is_file() and _stem_box(read_moov(path, whole=False)) is not None
                else 0.0
            )
        except (BoxError, OSError):
            return 0.0

    def read(self, paths: Sequence[Path], media: Sequence[Path] = ()) -> Session:  # noqa: ARG002  # the streams lie in the file
        """Read the one file; raises SessionError that says what is wrong with it."""
        if len(paths) != 1:
            path = paths[0] if paths else Path()
            raise SessionError(_problem(path, "is not the only file given"))
        try:
            moov = read_moov(paths[0])
            described, found = _stem_box(moov), streams(moov)
        except OSError as error:
            reason = f"cannot be read: {error.strerror}"
            raise SessionError(_problem(paths[0], reason)) from error
        except BoxError as error:
            raise SessionError(_problem(paths[0], f"is damaged: {error}")) from error
        if described is None or len(found) < 2:
            reason = f"holds {len(found)} audio streams and no description of stems"
            raise SessionError(_problem(paths[0], reason))
        return _session(paths[0], _parsed(paths[0], described), found)


FORMAT = NiStem()


def _stem_box(moov: bytes) -> bytes | None:
    return box(moov, b"udta", b"stem")


def _parsed(path: Path, described: bytes) -> dict[str, Any]:
    try:
        told = json.loads(described)
    except (ValueError, RecursionError) as error:
        reason = f"describes its stems in damaged JSON: {printable(error)}"
        raise SessionError(_problem(path, reason)) from error
    if not isinstance(told, dict):
        raise SessionError(_problem(path, "describes its stems by something else than an object"))
    return told


def _session(path: Path, told: dict[str, Any], found: Sequence[Stream]) -> Session:
    mix, *stems = found
    listed = told.get("stems")
    named = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    tracks = [
        _track(path, index, stream, named[index - 1] if index <= len(named) else {})
        for index, stream in enumerate(stems, 1)
    ]
    master = Track(_MASTER, "Master", _MASTER, output=None, devices=tuple(_devices(told)))
    return Session(
        format=FORMAT.name,
        daw="Native Instruments Stems",
        sample_rate_hz=mix.sample_rate_hz,
        tracks=(*tracks, master),
        references=(Reference("mix", "mix", _media(path, 0, mix)),),
        diagnostics=tuple(_told(path, stems, named)),
        provenance=(("stem version", printable(told.get("version", ""))[:40]),),
        length_s=mix.length_s,
    )


def _track(path: Path, index: int, stream: Stream, described: dict[str, Any]) -> Track:
    name = printable(described.get("name") or f"Stem {index}")[:200]
    media = _media(path, index, stream)
    clip = Clip(media=media, length_s=stream.length_s, media_path=media.member, name=name)
    return Track(str(index), name, channels=stream.channels, clips=(clip,), role=role_of(name))


def _media(path: Path, index: int, stream: Stream) -> Media:
    """A stream as a file: `member` is stream:0 for the mix, stream:1 and up for the stems."""
    return Media(
        path=path.resolve(),
        member=f"stream:{index}",
        sample_rate_hz=stream.sample_rate_hz,
        channels=stream.channels,
        frames=stream.frames,
        format="MP4",
        subtype=stream.codec,
    )


def _devices(told: dict[str, Any]) -> Iterator[Device]:
    """The compressor and the limiter that players apply to the sum of the stems."""
    dsp = told.get("mastering_dsp")
    for kind in ("compressor", "limiter"):
        settings = dsp.get(kind) if isinstance(dsp, dict) else None
        if isinstance(settings, dict):
            params = [
                (key, float(value))
                for key, value in sorted(settings.items())
                if type(value) in (int, float) and abs(value) <= _LARGEST_SETTING
            ]
            yield Device(
                kind.capitalize(),
                "Native Instruments",
                "builtin",
                f"mastering_dsp.{kind}",
                enabled=settings.get("enabled") is True,
                kind="builtin",
                params=tuple(params),
            )


def _told(
    path: Path, stems: Sequence[Stream], named: Sequence[dict[str, Any]]
) -> Iterator[Diagnostic]:
    where = printable(path.name)
    lossy = sorted({stem.codec for stem in stems} - {"ALAC"})
    if lossy:
        message = f"the stems are lossy ({', '.join(lossy)}): a better master starts from WAV stems"
        yield Diagnostic("warning", "lossy_stems", where, message)
    if len(stems) != _USUAL_STEMS or len(named) != len(stems):
        message = f"{len(stems)} stems and {len(named)} names, where a stem file has four of each"
        yield Diagnostic("warning", "unusual_stems", where, message)


def _problem(path: Path, reason: str) -> Problem:
    return Problem(
        "bad_stem_file",
        f"{printable(path.name)} {reason}",
        {"file": printable(path)},
        expected="a complete Native Instruments .stem.mp4",
        hint="copy it again, or export the stems as WAV files",
    )
