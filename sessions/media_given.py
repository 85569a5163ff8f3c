"""What was named, before any of it is opened: sessions, and folders to look for audio in."""

from __future__ import annotations

import difflib
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from sessions.errors import SessionError
from stemwright.problems import Problem
from stemwright.words import printable


def check_given(paths: Sequence[Path], media: Sequence[Path] = ()) -> None:
    """Raise SessionError for `paths` that are devices or pipes, and `media` that are no folders.

    Reading from a device or a pipe may never end. Paths that are not there are left to the reader.
    """
    problems = [problem for path in paths if (problem := _endless(path))]
    problems += [problem for folder in media if (problem := _no_folder(folder))]
    if problems:
        raise SessionError(problems)


def _endless(path: Path) -> Problem | None:
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return None
    if stat.S_ISREG(mode) or stat.S_ISDIR(mode):
        return None
    return Problem(
        "not_a_file",
        f"{printable(path)} is neither a file nor a folder, but a device, a pipe or a socket",
        {"file": printable(path)},
        expected="a session's file, or a folder",
        hint="save it to a file and name that",
    )


def _no_folder(folder: Path) -> Problem | None:
    where = {"file": printable(folder)}
    hint = "name with --media the folder that holds the audio files"
    try:
        if stat.S_ISDIR(folder.stat().st_mode):
            return None
        reason = "is no folder"
    except FileNotFoundError:
        reason = "does not exist"
    except (OSError, ValueError) as error:
        reason = f"cannot be opened: {getattr(error, 'strerror', None) or printable(error)}"
    message = f"{printable(folder)} {reason}"
    nearest = next(_near(folder), None)
    return Problem("no_media_folder", message, where, "a folder", nearest, hint)


def _near(folder: Path) -> Iterator[str]:
    """The folders beside it that are called nearly so, the nearest first."""
    try:
        names = sorted(each.name for each in folder.parent.iterdir() if each.is_dir())
    except (OSError, ValueError):
        return
    for name in difflib.get_close_matches(folder.name, names):
        if name != folder.name:
            yield printable(folder.parent / name)
