"""A session that is one file: its first bytes, its content, and the refusal of several."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sessions.errors import SessionError, SessionProblem, printable

_HEAD_BYTES = 4096
MAX_BYTES = 1 << 30


def head(path: Path, size: int = _HEAD_BYTES) -> bytes:
    """The first `size` bytes; none of what cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(size)
    except (OSError, ValueError):
        return b""


def one_path(paths: Sequence[Path]) -> Path:
    """The only one of `paths`; raises SessionError for any other number of them."""
    if len(paths) == 1:
        return paths[0]
    raise SessionError(
        SessionProblem(
            "several_sessions",
            f"{len(paths)} sessions were named at once",
            {"file": printable(paths[0])} if paths else {},
            expected="one session",
            hint="read them one by one",
        )
    )


def content(path: Path) -> bytes:
    """The whole file; raises SessionError for one that is too large or cannot be read."""
    where = printable(path)
    try:
        if path.stat().st_size <= MAX_BYTES:
            return path.read_bytes()
        reason = f"is larger than {MAX_BYTES >> 30} GiB"
    except (OSError, ValueError) as error:
        reason = f"cannot be read: {getattr(error, 'strerror', None) or printable(error)}"
    raise SessionError(
        SessionProblem(
            "unreadable_file",
            f"{where} {reason}",
            {"file": where},
            hint="check that it is the session's file, and its permissions",
        )
    )
