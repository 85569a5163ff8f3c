"""Headers of audio files, on disk or inside a zip; no sample is ever decoded here."""

from __future__ import annotations

import os
import stat
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import soundfile

from sessions.archives import ZIP_FAILURES
from sessions.chunks import facts
from sessions.entry import Entry
from sessions.errors import SessionProblem, printable
from sessions.model import Diagnostic, Media
from sessions.naming import nfc

_FORMATS = frozenset({"WAV", "WAVEX", "RF64", "AIFF", "FLAC"})
# Only these go to libsndfile: its MP3 detection talks on stderr about whatever else it meets.
_MAGICS = (b"RIFF", b"RIFX", b"RF64", b"FORM", b"fLaC")
_OTHER_MAGICS = {
    b"OggS": "Ogg",
    b"ID3": "MP3",
    b"\xff\xfb": "MP3",
    b"caff": "CAF",
    b"riff": "Wave64",
    b"wvpk": "WavPack",
    b"MAC ": "Monkey's Audio",
}
_LOWEST_RATE_HZ, _HIGHEST_RATE_HZ = 4_000, 768_000
_LONGEST_FRAMES = 1 << 40
# Headers end well before this; a zip's member is unpacked further only when its header does not.
_PREFIX_BYTES = 1 << 20
_DAY_S = 86_400


@dataclass(frozen=True)
class Header:
    """A readable file: what it is, and its bext time (samples since midnight, at its own rate)."""

    entry: Entry
    media: Media
    time_reference_frames: int | None = None
    diagnostics: tuple[Diagnostic, ...] = ()


def read_headers(entries: Sequence[Entry]) -> tuple[list[Header], list[SessionProblem]]:
    """Read every header, in order, and every problem met on the way; each zip is opened once."""
    headers: list[Header] = []
    problems: list[SessionProblem] = []
    with ExitStack() as stack:
        archives: dict[Path, zipfile.ZipFile] = {}
        for entry in entries:
            outcome = _outcome(entry, _opener(entry, archives, stack))
            if isinstance(outcome, Header):
                headers.append(outcome)
            else:
                problems.append(outcome)
    return headers, problems


def read_header(entry: Entry) -> Header | SessionProblem:
    """Read one header: what the file is, or what is wrong with it."""
    headers, problems = read_headers([entry])
    return headers[0] if headers else problems[0]


class _View:
    """A stream that soundfile's callbacks cannot make raise: failures end it and are kept."""

    def __init__(self, stream: IO[bytes], size: int, limit: int | None = None) -> None:
        self.size = size
        self.failure: Exception | None = None
        self._stream = stream
        self._end = size if limit is None else min(size, limit)
        self._at = 0

    def read_at(self, start: int, count: int) -> bytes:
        count = min(count, self._end - start)
        if count <= 0 or start < 0:
            return b""
        try:
            self._stream.seek(start)
            return self._stream.read(count)
        except ZIP_FAILURES as error:
            self.failure = self.failure or error
            return b""

    def read(self, count: int = -1) -> bytes:
        data = self.read_at(self._at, self.size if count < 0 else count)
        self._at += len(data)
        return data

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        origin = {os.SEEK_CUR: self._at, os.SEEK_END: self.size}.get(whence, 0)
        self._at = max(0, origin + offset)
        return self._at

    def tell(self) -> int:
        return self._at


_Opener = Callable[[], AbstractContextManager[tuple[IO[bytes], int]]]


def _opener(entry: Entry, archives: dict[Path, zipfile.ZipFile], stack: ExitStack) -> _Opener:
    @contextmanager
    def opened() -> Iterator[tuple[IO[bytes], int]]:
        if entry.member is None:
            with entry.path.open("rb") as stream:
                yield stream, os.fstat(stream.fileno()).st_size
            return
        if entry.path not in archives:
            archives[entry.path] = stack.enter_context(zipfile.ZipFile(entry.path))
        archive = archives[entry.path]
        with archive.open(entry.member) as member:
            yield member, archive.getinfo(entry.member).file_size

    return opened


def _outcome(entry: Entry, opened: _Opener) -> Header | SessionProblem:
    try:
        if entry.member is None and not stat.S_ISREG(entry.path.stat().st_mode):
            return _problem(entry, "not_a_file", "is not a file", "leave it out")
        with opened() as (stream, size):
            return _examined(entry, stream, size)
    except OSError as error:
        reason = f"cannot be read: {error.strerror or printable(error)}"
        return _problem(
            entry, "unreadable_file", reason, "check that it exists and its permissions"
        )
    except ZIP_FAILURES as error:
        reason = f"cannot be unpacked: {printable(error)}"
        return _problem(entry, "unreadable_file", reason, "zip the stems again, or unpack them")


def _examined(entry: Entry, stream: IO[bytes], size: int) -> Header | SessionProblem:
    if size == 0:
        return _problem(entry, "empty_file", "is empty (0 bytes)", "export it again")
    view = _View(stream, size)
    head = view.read_at(0, 4)
    for magic, name in _OTHER_MAGICS.items():
        if head.startswith(magic):
            return _unsupported(entry, name)
    if head not in _MAGICS:
        return _damage(entry, view) or _unreadable(entry)
    found = _info(_View(stream, size, _PREFIX_BYTES)) or _info(view)
    if found is None:
        return _damage(entry, view) or _unreadable(entry)
    media = _media(entry, found)
    return _refusal(entry, media) or _with_facts(entry, media, view)


def _info(view: _View) -> soundfile.SoundFile | None:
    """The file's closed SoundFile, which still tells what the header said."""
    try:
        with soundfile.SoundFile(view) as opened:
            return opened
    except (soundfile.SoundFileError, ValueError, TypeError):
        return None


def _media(entry: Entry, found: soundfile.SoundFile) -> Media:
    return Media(
        path=Path(os.path.realpath(entry.path)),
        member=entry.member,
        sample_rate_hz=int(found.samplerate),
        channels=int(found.channels),
        frames=int(found.frames),
        format=str(found.format),
        subtype=str(found.subtype),
    )


def _refusal(entry: Entry, media: Media) -> SessionProblem | None:
    if media.format not in _FORMATS:
        return _unsupported(entry, media.format)
    if media.frames <= 0:
        return _problem(entry, "no_frames", "has a header but no audio", "export it again")
    if media.frames > _LONGEST_FRAMES:
        return _problem(entry, "unknown_length", "does not say its length", "export it again")
    if not _LOWEST_RATE_HZ <= media.sample_rate_hz <= _HIGHEST_RATE_HZ:
        reason = f"states a sample rate of {media.sample_rate_hz} Hz"
        return _problem(entry, "implausible_rate", reason, "export it again")
    return None


def _with_facts(entry: Entry, media: Media, view: _View) -> Header | SessionProblem:
    told = facts(view, view.size)
    if damage := _damage(entry, view):
        return damage
    if told.missing_frames:
        reason = f"is cut short: {told.missing_frames} frames of its audio are missing"
        return _problem(entry, "truncated_audio", reason, "export or copy it again")
    reference, notes = told.time_reference_frames, []
    if told.open_ended:
        message = f"{entry.name} does not say where its audio ends; it is read to the file's end"
        notes.append(Diagnostic("warning", "open_ended_audio", entry.name, message))
    if reference is not None and reference >= _DAY_S * media.sample_rate_hz:
        message = f"{entry.name}: its bext time is beyond a day after midnight, so it is not used"
        notes.append(Diagnostic("warning", "bext_implausible", entry.name, message))
        reference = None
    return Header(entry, media, reference, tuple(notes))


def _damage(entry: Entry, view: _View) -> SessionProblem | None:
    """The problem of a stream that failed while it was read."""
    if view.failure is None:
        return None
    return _problem(
        entry,
        "unreadable_file",
        f"cannot be read: {printable(view.failure)}",
        "copy or zip the stems again",
    )


def _unreadable(entry: Entry) -> SessionProblem:
    reason = "is no audio file, or its header is cut"
    return _problem(entry, "unreadable_audio", reason, "export it again, or leave it out")


def _unsupported(entry: Entry, format_name: str) -> SessionProblem:
    reason = f"holds {format_name} audio"
    return _problem(entry, "unsupported_audio", reason, "export it as WAV, AIFF or FLAC")


def _problem(entry: Entry, kind: str, reason: str, hint: str) -> SessionProblem:
    name = printable(nfc(entry.name))
    return SessionProblem(
        kind,
        f"{name} {reason}",
        entry.where,
        expected="a WAV, AIFF or FLAC file",
        hint=hint,
    )
