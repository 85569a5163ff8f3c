"""Reading a session: a file of a DAW, a folder, a zip, or a list of audio files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sessions.formats import read as _read
from sessions.model.session import Session


def read(
    source: str | Path | Sequence[str | Path],
    media: Sequence[str | Path] = (),
    *,
    skip: Sequence[str] = (),
    long: bool = False,
) -> Session:
    """Read a session: a DAW's file, a folder, a zip, or a list of audio files.

    `media` are further folders in which its audio files may lie. Of stems, files named by the globs
    `skip` are left out, and times may make the song longer than three hours if it is `long`; a
    diagnostic of severity "error" says why they must not be summed. Raises SessionError holding
    every problem found.
    """
    given = [source] if isinstance(source, str | Path) else source
    folders = tuple(Path(folder) for folder in media)
    return _read(tuple(Path(path) for path in given), folders, skip, long=long)
