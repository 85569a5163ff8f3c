"""What the DAW exported, as a frozen Session: names and headers, never audio."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sessions.errors import SessionError, SessionProblem
from sessions.formats import read as _read
from sessions.model import (
    Automation,
    Clip,
    Device,
    DeviceState,
    Diagnostic,
    Marker,
    Media,
    Reference,
    Send,
    Session,
    Tempo,
    Track,
)

__all__ = [
    "Automation",
    "Clip",
    "Device",
    "DeviceState",
    "Diagnostic",
    "Marker",
    "Media",
    "Reference",
    "Send",
    "Session",
    "SessionError",
    "SessionProblem",
    "Tempo",
    "Track",
    "read",
]


def read(source: str | Path | Sequence[str | Path]) -> Session:
    """Read a session: a folder, a zip, or a list of files.

    Raises SessionError holding every problem found.
    """
    given = [source] if isinstance(source, str | Path) else source
    return _read(tuple(Path(path) for path in given))
