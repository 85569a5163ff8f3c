"""Files whose tags cannot be read or written, told by their names."""

from __future__ import annotations

from pathlib import Path

from stemwright.files import unreadable
from stemwright.problems import InputError

_AGAIN = "make it again, or open and save it in an editor; nothing was changed"


def damaged(path: Path, message: str) -> InputError:
    """The file is not whole: `damaged_file`."""
    return unreadable("damaged_file", path, message, _AGAIN)


def unsupported(path: Path, message: str, hint: str) -> InputError:
    """The file is of a kind that gets no tags: `tags_unsupported`."""
    return unreadable("tags_unsupported", path, message, hint)
