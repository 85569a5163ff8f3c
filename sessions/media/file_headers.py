"""Headers of audio files, on disk or inside a zip; no sample is ever decoded here."""

from __future__ import annotations

import os
import stat
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import IO

from sessions.bundle.naming import nfc
from sessions.media.archives import ZIP_FAILURES, Entry
from sessions.media.sound_headers import Fault, Sound, identify
from sessions.model.session import Media
from stemwright.problems import Diagnostic, Problem
from stemwright.values import dataclass
from stemwright.words import printable, quoted

A_STEM = "a WAV, AIFF or FLAC file"
"""What the problem of a stem's file says it expected."""
_DAY_S = 86_400


@dataclass(frozen=True)
class Header:
    """A readable file: what it is, and its bext time (samples since midnight, at its own rate)."""

    entry: Entry
    media: Media
    time_reference_frames: int | None = None
    diagnostics: tuple[Diagnostic, ...] = ()


def read_headers(
    entries: Sequence[Entry], *, lossy: bool = False
) -> tuple[list[Header], list[Problem]]:
    """Read every header, in order, and every problem met on the way; each zip is opened once.

    With `lossy`, MP3 and Ogg are read too.
    """
    headers: list[Header] = []
    problems: list[Problem] = []
    with ExitStack() as stack:
        archives: dict[Path, zipfile.ZipFile] = {}
        for entry in entries:
            outcome = _outcome(entry, _opener(entry, archives, stack), lossy=lossy)
            if isinstance(outcome, Header):
                headers.append(outcome)
            else:
                problems.append(outcome)
    return headers, problems


def read_header(entry: Entry, *, lossy: bool = False) -> Header | Problem:
    """Read one header: what the file is, or what is wrong with it."""
    headers, problems = read_headers([entry], lossy=lossy)
    return headers[0] if headers else problems[0]


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


def _outcome(entry: Entry, opened: _Opener, *, lossy: bool) -> Header | Problem:
    try:
        if entry.member is None and not stat.S_ISREG(entry.path.stat().st_mode):
            return _problem(entry, "not_a_file", "is not a file", "leave it out")
        with opened() as (stream, size):
            return _examined(entry, stream, size, lossy=lossy)
    except OSError as error:
        reason = f"cannot be read: {error.strerror or printable(error)}"
        return _problem(
            entry, "unreadable_file", reason, "check that it exists and its permissions"
        )
    except ZIP_FAILURES as error:
        reason = f"cannot be unpacked: {printable(error)}"
        return _problem(entry, "unreadable_file", reason, "zip the stems again, or unpack them")


def _turned(path: Path) -> str:
    """How a file that may be lossy becomes one that can be read."""
    wav = quoted(path.with_suffix(".wav"))
    return (
        "export it as WAV, AIFF, FLAC or MP3, or make one of it and name that:"
        f" ffmpeg -i {quoted(path)} -c:a pcm_s24le {wav}"
    )


def _examined(entry: Entry, stream: IO[bytes], size: int, *, lossy: bool) -> Header | Problem:
    found = identify(stream, size, packed=entry.member is not None, lossy=lossy)
    if isinstance(found, Fault):
        can_be_turned = lossy and entry.member is None and found.kind == "unsupported_audio"
        hint = _turned(entry.path) if can_be_turned else found.hint
        return _problem(entry, found.kind, found.reason, hint)
    notes = [
        Diagnostic("warning", code, entry.name, f"{entry.name} {said}")
        for code, said in found.doubts
    ]
    reference = found.time_reference_frames
    if reference is not None and reference >= _DAY_S * found.sample_rate_hz:
        message = f"{entry.name}: its bext time is beyond a day after midnight, so it is not used"
        notes.append(Diagnostic("warning", "bext_implausible", entry.name, message))
        reference = None
    return Header(entry, _media(entry, found), reference, tuple(notes))


def _media(entry: Entry, found: Sound) -> Media:
    return Media(
        path=Path(os.path.realpath(entry.path)),
        member=entry.member,
        sample_rate_hz=found.sample_rate_hz,
        channels=found.channels,
        frames=found.frames,
        format=found.format,
        subtype=found.subtype,
    )


def _problem(entry: Entry, kind: str, reason: str, hint: str) -> Problem:
    name = printable(nfc(entry.name))
    return Problem(
        kind,
        f"{name} {reason}",
        entry.where,
        expected=A_STEM,
        hint=hint,
    )
