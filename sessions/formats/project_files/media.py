"""A project's file, and its audio files: copied along with it, or pointed at."""

from __future__ import annotations

import os
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Literal, cast

from sessions.bundle.naming import AUDIO_EXTENSIONS, OTHER_AUDIO_EXTENSIONS, file_extension
from sessions.errors import SessionError
from sessions.formats.aaf.container import write_embedded
from sessions.model.session import Clip, Media, Session
from stemwright.files import Staged
from stemwright.problems import Problem
from stemwright.words import printable

Audio = Literal["copy", "link"]

_SLICE_BYTES = 1 << 20
_EXTENSIONS = {
    "WAV": "wav",
    "WAVEX": "wav",
    "RF64": "wav",
    "AIFF": "aif",
    "FLAC": "flac",
    "RAW": "wav",
}


def used_media(session: Session) -> Iterator[Media]:
    """Every audio file the session's clips play, once, in track order."""
    seen: set[str] = set()
    for track in session.tracks:
        for clip in track.clips:
            if clip.media is not None and clip.media.as_json() not in seen:
                seen.add(clip.media.as_json())
                yield clip.media


def refuse_pairs(session: Session) -> None:
    """Raise SessionError for clips that are two mono files: no project holds such a clip."""
    pairs = [
        track.name for track in session.tracks for clip in track.clips if clip.right is not None
    ]
    if pairs:
        raise SessionError(
            Problem(
                "split_stereo",
                f"two mono files make one stem: {', '.join(printable(name) for name in pairs)}",
                expected="one stereo file a clip",
                hint="join left and right to a stereo file first",
            )
        )


class Names:
    """Gives every media file a name of its own, after the file's, whatever the case."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._taken: set[str] = set()

    def name(self, media: Media) -> str:
        """The file's name in the project; the same for the same file."""
        key = media.as_json()
        if key not in self._names:
            self._names[key] = self._free(_file_name(media))
        return self._names[key]

    def _free(self, wanted: str) -> str:
        stem, dot, extension = wanted.rpartition(".")
        name, count = wanted, 1
        while name.casefold() in self._taken:
            count += 1
            name = f"{stem} ({count}){dot}{extension}"
        self._taken.add(name.casefold())
        return name


def _file_name(media: Media) -> str:
    told = media.path.name if media.member is None else PurePosixPath(media.member).name
    name = "".join("_" if each in '<>:"/\\|?*' or ord(each) < 32 else each for each in told)
    known = file_extension(name) in AUDIO_EXTENSIONS | OTHER_AUDIO_EXTENSIONS
    return name if known else f"{name}.{_EXTENSIONS.get(media.format, 'wav')}"


class _Target:
    """A file that is written; its own failure is kept apart from those of what is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self.failure: OSError | None = None
        self._file = file

    def write(self, data: bytes) -> int:
        """Write to the file itself, and keep what it raises."""
        try:
            return self._file.write(data)
        except OSError as error:
            self.failure = error
            raise


class Copier:
    """Copies the bytes of media files; keeps zips open from one member to the next."""

    def __init__(self) -> None:
        self._zips: dict[Path, zipfile.ZipFile] = {}

    def __enter__(self) -> Copier:
        """Nothing is open yet."""
        return self

    def __exit__(self, *_: object) -> None:
        for archive in self._zips.values():
            archive.close()

    def copy(self, media: Media, target: IO[bytes]) -> None:
        """Write the file's bytes to `target`.

        Raises SessionError when they cannot be read, OSError when they cannot be written.
        """
        guarded = _Target(target)
        try:
            self._read_into(media, guarded)
        except (SessionError, OSError, zipfile.BadZipFile, zlib.error, KeyError) as error:
            if guarded.failure is not None:
                raise guarded.failure from None
            if isinstance(error, SessionError):
                raise
            raise SessionError(
                Problem(
                    "unreadable_media",
                    f"{printable(media.as_json())} cannot be read: {printable(error)}",
                    {"file": printable(media.path)},
                    hint="check that the file is still there and its permissions",
                )
            ) from error

    def _read_into(self, media: Media, target: _Target) -> None:
        if media.member is not None and not zipfile.is_zipfile(media.path):
            write_embedded(media, cast(IO[bytes], target))
            return
        with self._opened(media) as source:
            shutil.copyfileobj(source, target, _SLICE_BYTES)

    def _opened(self, media: Media) -> IO[bytes]:
        if media.member is None:
            return media.path.open("rb")
        if media.path not in self._zips:
            self._zips[media.path] = zipfile.ZipFile(media.path)
        return self._zips[media.path].open(media.member)


def relative(path: Path, folder: Path) -> str:
    """`path` seen from `folder`, with `/`; absolute when there is no way between them."""
    try:
        return Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix()
    except ValueError:  # another drive on Windows (untested)
        return path.resolve().as_posix()


def written_path(clip: Clip) -> str:
    """The path of a file that is not at hand, as its session wrote it."""
    return clip.media_path or clip.name or "missing.wav"


def refuse_existing(path: Path) -> None:
    """Raise SessionError when there is something at `path` already."""
    if path.exists() or path.is_symlink():
        raise SessionError(
            Problem(
                "output_exists",
                f"{printable(path)} is there already",
                {"file": printable(path)},
                expected="a name that is free",
                hint="name another file with -o, or move that one away",
            )
        )


def staged(path: Path, *, overwrite: bool) -> Staged:
    """A file beside `path`, its folder made, that takes its name when its block ends well.

    Raises SessionError when `path` exists and `overwrite` is not said; OSError of the system.
    """
    if not overwrite:
        refuse_existing(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    return Staged(path, overwrite=overwrite)
