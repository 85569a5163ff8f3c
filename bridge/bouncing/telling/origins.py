"""What a bounce was made from, by hashes: so that who goes on with its stems hears of changes."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from bridge.bouncing.bounce import Bounce
from bridge.storing import read_json

RECORD = "bounce.json"
_MOST_BYTES = 64 * 2**20


def made_from(
    bounce: Bounce, folder: Path, session_path: Path | None, digest_of: Callable[[Path], str]
) -> dict[str, str]:
    """The session and the media of its clips by their hashes, as they lie seen from a folder.

    Raises OSError.
    """
    clips = [clip for track in bounce.network.tracks.values() for clip in track.clips]
    media = {each.path for clip in clips for each in (clip.media, clip.right) if each is not None}
    files = sorted(media | ({session_path.resolve()} if session_path is not None else set()))
    return {os.path.relpath(path, folder.resolve()): digest_of(path) for path in files}


def changed_since(folder: Path, digest_of: Callable[[Path], str]) -> tuple[str, ...]:
    """The files that the bounce in a folder was made from and that are others now, or gone."""
    try:
        told = read_json(folder / RECORD, _MOST_BYTES)
        files = {str(name): str(found) for name, found in told["made_from"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return ()
    return tuple(name for name in files if _digest(folder / name, digest_of) != files[name])


def _digest(path: Path, digest_of: Callable[[Path], str]) -> str | None:
    try:
        return digest_of(path)
    except OSError:
        return None
