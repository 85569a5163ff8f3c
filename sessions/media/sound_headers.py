"""What an audio file is, read from its bytes alone: the one place where headers are interpreted.

Readers of sessions and the decoder both ask here, so that they say the same of every file.
"""

from __future__ import annotations

import os
from typing import IO, TYPE_CHECKING, Any

from sessions.media import flac
from sessions.media.archives import ZIP_FAILURES
from sessions.media.chunks import (
    LOSSY_IN_WAV,
    MAX_CHUNKS,
    Chunks,
    Encoding,
    Order,
    Readable,
    read_chunks,
)
from stemwright.values import dataclass

if TYPE_CHECKING:
    import soundfile

LOWEST_RATE_HZ, HIGHEST_RATE_HZ = 8_000, 384_000
"""What can be metered, and so what can be mastered."""

# MP3 and the like are told by name; libsndfile's own detection talks on stderr.
_OTHER_MAGICS = {
    b"OggS": "Ogg",
    b"\xff\xfb": "MP3",
    b"\xff\xfa": "MP3",
    b"\xff\xf3": "MP3",
    b"\xff\xf2": "MP3",
    b"caff": "CAF",
    b"riff": "Wave64",
    b"wvpk": "WavPack",
    b"MAC ": "Monkey's Audio",
    b"\xff\xf1": "AAC",
    b"\xff\xf9": "AAC",
    b"\x30\x26\xb2\x75": "WMA",
}
LOSSY_FORMATS = frozenset({"MP3", "OGG"})
"""Formats, in libsndfile's words, that clips of a session may have and stems may not."""
_MP4_BRAND = b"ftyp"
"""In bytes 4 to 7 of MP4, M4A and QuickTime files: ISO 14496-12, 4.3."""
_RIFF_MAGICS = (b"RIFF", b"RIFX", b"RF64", b"BW64", b"FORM")
_FLAC_SUBTYPES = {8: "PCM_S8", 16: "PCM_16", 24: "PCM_24"}
"""What libsndfile decodes."""
_ID3_BYTES = 10
_MOST_TAGS = 8
_LONGEST_FRAMES = 1 << 40
# Headers end well before this; a zip's member is unpacked further only when its header does not.
_PREFIX_BYTES = 1 << 20


@dataclass(frozen=True)
class Sound:
    """An audio file; `format` and `subtype` in libsndfile's words, or "BW64".

    Plain samples (`plain`) are `size` bytes from `start`, in `order`; a FLAC's stream begins at
    `start`. `speakers` is the channel mask of WAVE_FORMAT_EXTENSIBLE, None where nothing says it.
    `doubts` are (code, sentence going on from the file's name) of a header not taken at its word.
    """

    format: str
    subtype: str
    sample_rate_hz: int
    channels: int
    frames: int
    start: int
    size: int
    order: Order = "little"
    plain: bool = True
    speakers: int | None = None
    time_reference_frames: int | None = None
    doubts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Fault:
    """Why a file is no audio that can be read; `reason` goes on from the file's name."""

    kind: str
    reason: str
    hint: str


class View:
    """A stream from byte `base` on, `size` bytes of it, its first bytes replaced by `head`.

    It is what soundfile's callbacks read, which must not raise: a failure ends it and is kept.
    """

    def __init__(self, stream: IO[bytes], size: int, base: int = 0, head: bytes = b"") -> None:
        self.size = size
        self.failure: Exception | None = None
        self._stream = stream
        self._base = base
        self._head = head
        self._end = size
        self._at = 0

    def up_to(self, limit: int) -> View:
        """The same stream, where nothing can be read from `limit` on."""
        view = View(self._stream, self.size, self._base, self._head)
        view._end = min(self.size, limit)
        return view

    def read_at(self, start: int, count: int) -> bytes:
        """Up to `count` bytes from `start`; fewer where there are no more."""
        count = min(count, self._end - start)
        if count <= 0 or start < 0:
            return b""
        try:
            self._stream.seek(self._base + start)
            data = self._stream.read(count)
        except ZIP_FAILURES as error:
            self.failure = self.failure or error
            return b""
        head = self._head[start : start + len(data)]
        return head + data[len(head) :]

    def read(self, count: int = -1) -> bytes:
        """Read on, as a file does."""
        data = self.read_at(self._at, self.size if count < 0 else count)
        self._at += len(data)
        return data

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move, as a file does."""
        origin = {os.SEEK_CUR: self._at, os.SEEK_END: self.size}.get(whence, 0)
        self._at = max(0, origin + offset)
        return self._at

    def tell(self) -> int:
        """Where it stands, as a file does."""
        return self._at


def identify(
    stream: IO[bytes], size: int, *, packed: bool = False, lossy: bool = False
) -> Sound | Fault:
    """Say what the audio file of `size` bytes is.

    A `packed` stream is a zip's, of which no more is unpacked than the answer needs. With `lossy`,
    MP3 and Ogg are audio too, as libsndfile reads them, whose length theirs is.
    Raises what reading `stream` raises.
    """
    whole = View(stream, size)
    found = _identified(whole, stream, packed=packed)
    if lossy and not packed and isinstance(found, Fault) and found.reason in _LOSSY_FAULTS:
        found = _lossy(View(stream, size)) or found
    if whole.failure is not None:
        raise whole.failure
    return _refused(found) or found if isinstance(found, Sound) else found


def _identified(whole: View, stream: IO[bytes], *, packed: bool) -> Sound | Fault:
    size = whole.size
    if size == 0:
        return Fault("empty_file", "is empty (0 bytes)", "export it again")
    base = _behind_tags(whole)
    view = View(stream, size - base, base)
    head = view.read_at(0, 8)
    magic = head[:4]
    if magic == flac.MAGIC:
        found = _flac(view, base, packed=packed)
    elif magic in _RIFF_MAGICS:
        found = _riff(view, base)
    else:
        name = "MP3" if base else _other(head)
        found = _unsupported(name) if name else _no_audio()
    whole.failure = whole.failure or view.failure
    return found


def _other(head: bytes) -> str | None:
    if head[4:] == _MP4_BRAND:
        return "M4A or MP4"
    return next((name for start, name in _OTHER_MAGICS.items() if head.startswith(start)), None)


def _behind_tags(source: Readable) -> int:
    """Where the file proper begins: some programs put ID3v2 tags before a FLAC or a RIFF."""
    at = 0
    for _ in range(_MOST_TAGS):
        tag = source.read_at(at, _ID3_BYTES)
        if tag[:3] != b"ID3" or len(tag) < _ID3_BYTES or any(each >> 7 for each in tag[6:]):
            break
        length = 0
        for each in tag[6:]:
            length = length << 7 | each
        at += _ID3_BYTES + length + (_ID3_BYTES if tag[5] & 0x10 else 0)
    return at


def _flac(view: View, base: int, *, packed: bool) -> Sound | Fault:
    info = flac.stream_info(view.read_at(0, flac.STREAMINFO_BYTES))
    if info is None:
        return _no_audio()
    if info.bits not in _FLAC_SUBTYPES:
        return _unsupported(f"{info.bits}-bit FLAC")
    frames, doubts = info.frames, []
    end = None if packed and frames else flac.stream_end(view, view.size, info)
    if end is not None and (not end.whole or end.frames < frames):
        return _cut_short(max(0, frames - end.frames))
    if end is not None and end.frames > frames:
        said = f"states {frames} samples" if frames else "does not say its length"
        doubts.append(("length_from_frames", f"{said}; its last frame ends at {end.frames}"))
        frames = end.frames
    return Sound(
        format="FLAC",
        subtype=_FLAC_SUBTYPES[info.bits],
        sample_rate_hz=info.sample_rate_hz,
        channels=info.channels,
        frames=frames,
        start=base,
        size=view.size,
        plain=False,
        doubts=tuple(doubts),
    )


def _riff(view: View, base: int) -> Sound | Fault:
    chunks = read_chunks(view, view.size)
    if chunks is None:
        return _no_audio()
    if chunks.too_many:
        reason = f"has more than {MAX_CHUNKS} chunks"
        return Fault("too_many_chunks", reason, "export it again")
    encoding = chunks.encoding
    if encoding is None:
        return _no_audio()
    if chunks.start is None:
        return Fault("no_frames", "has a header but no audio", "export it again")
    if chunks.missing >= encoding.frame_bytes:
        return _cut_short(chunks.missing // encoding.frame_bytes)
    if encoding.subtype is None:
        return _coded(view, base, chunks, encoding)
    return _sound(chunks, encoding, base, encoding.subtype)


def _sound(chunks: Chunks, encoding: Encoding, base: int, subtype: str, **more: Any) -> Sound:
    extended = chunks.container == "WAV" and encoding.extensible
    made: dict[str, Any] = {
        "format": "WAVEX" if extended else chunks.container,
        "subtype": subtype,
        "sample_rate_hz": encoding.sample_rate_hz,
        "channels": encoding.channels,
        "frames": chunks.size // encoding.frame_bytes,
        "start": base + (chunks.start or 0),
        "size": chunks.size,
        "order": encoding.order,
        "speakers": encoding.speakers,
        "time_reference_frames": chunks.time_reference_frames,
        "doubts": chunks.doubts,
    }
    return Sound(**{**made, **more})


def _coded(view: View, base: int, chunks: Chunks, encoding: Encoding) -> Sound | Fault:
    """A WAV or AIFF whose samples are coded: what libsndfile makes of it, lossy streams refused."""
    if encoding.name in LOSSY_IN_WAV:
        return _unsupported(f"{encoding.name} audio inside WAV", "")
    opened = _by_library(view.up_to(_PREFIX_BYTES)) or _by_library(view)
    if opened is None:
        return _unsupported(encoding.name)
    return _sound(
        chunks,
        encoding,
        base,
        str(opened.subtype),
        frames=int(opened.frames),
        start=base,
        size=view.size,
        plain=False,
    )


def _by_library(view: View) -> soundfile.SoundFile | None:
    """The file's closed SoundFile, which still tells what the header said."""
    import soundfile  # and with it numpy, which most headers never need

    try:
        with soundfile.SoundFile(view) as opened:
            return opened
    except (soundfile.SoundFileError, ValueError, TypeError):
        return None


def _refused(sound: Sound) -> Fault | None:
    if sound.frames <= 0:
        return Fault("no_frames", "has a header but no audio", "export it again")
    if sound.frames > _LONGEST_FRAMES:
        return Fault("unknown_length", "does not say its length", "export it again")
    if not LOWEST_RATE_HZ <= sound.sample_rate_hz <= HIGHEST_RATE_HZ:
        reason = (
            f"states a sample rate of {sound.sample_rate_hz} Hz, where {LOWEST_RATE_HZ} to"
            f" {HIGHEST_RATE_HZ} Hz can be mastered"
        )
        return Fault("implausible_rate", reason, "export it at 44100, 48000, 88200 or 96000 Hz")
    return None


def _cut_short(frames: int) -> Fault:
    missing = f"{frames} frames of its audio are missing" if frames else "its end is missing"
    hint = "export or copy it again"
    return Fault("truncated_audio", f"is cut short: {missing}", hint)


def _lossy(view: View) -> Sound | None:
    opened = _by_library(view)
    if opened is None or opened.format not in LOSSY_FORMATS:
        return None
    return Sound(
        format=str(opened.format),
        subtype=str(opened.subtype),
        sample_rate_hz=int(opened.samplerate),
        channels=int(opened.channels),
        frames=int(opened.frames),
        start=0,
        size=view.size,
        plain=False,
    )


def _no_audio() -> Fault:
    reason = "is no audio file, or its header is cut"
    return Fault("unreadable_audio", reason, "export it again, or leave it out")


def _unsupported(name: str, audio: str = " audio") -> Fault:
    return Fault("unsupported_audio", f"holds {name}{audio}", "export it as WAV, AIFF or FLAC")


_LOSSY_FAULTS = frozenset(_unsupported(name).reason for name in ("MP3", "Ogg"))
