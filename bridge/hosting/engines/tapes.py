"""The ends of a dawdreamer graph that hold no audio: they play a file into it, and record into one.

They are effects of the compiled library (bridge/native/sources/tape.c, Linux alone), which
dawdreamer loads like any other. Its own player and its recording hold all audio at once.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
from collections.abc import Iterator
from enum import IntEnum
from typing import Any

from bridge.hosting.answers import kept

_HELD_FLOATS = 1 << 14


class Sides(IntEnum):
    """What is played of a stereo file: one side, both, or their mean."""

    LEFT = 0
    RIGHT = 1
    BOTH = 2
    MEAN = 3


class _Tape(ctypes.Structure):
    _fields_ = (
        ("file", ctypes.c_int32),
        ("records", ctypes.c_int32),
        ("sides", ctypes.c_int32),
        ("error", ctypes.c_int32),
        ("position", ctypes.c_int64),
        ("skip", ctypes.c_int64),
        ("frames", ctypes.c_int64),
        ("not_finite", ctypes.c_int64),
        ("held_from", ctypes.c_int64),
        ("held_frames", ctypes.c_int64),
        ("held", ctypes.c_float * _HELD_FLOATS),
    )


class Tapes:
    """The tapes of one engine; raw files of interleaved stereo float32 on their other side.

    They stay as long as the process does, as the host's effects use them.
    """

    def __init__(self, library: str, engine: Any) -> None:
        """`library` is the compiled one's path.

        Raises OSError or AttributeError for another, RuntimeError where the host refuses it.
        """
        self._path = library
        self._next = ctypes.CDLL(library).sw_next_tape
        self._next.argtypes = [ctypes.c_void_p]
        self._next.restype = None
        self._engine = engine
        self._tapes: list[_Tape] = kept([])
        self._players: dict[str, Any] = {}
        self._record = _Tape(file=-1, records=1)
        self.recorder = self._made("recorder", self._record)
        """The processor that takes two channels, and keeps none before `record_to`."""

    def player(self, name: str, source: str | None, sides: Sides) -> Any:
        """The processor of this name, which gives `sides` of `source`, or silence."""
        if name not in self._players:
            file = -1 if source is None else os.open(source, os.O_RDONLY | os.O_CLOEXEC)
            self._players[name] = self._made(name, _Tape(file=file, sides=sides))
        return self._players[name]

    def record_to(self, output: str, skip: int, frames: int) -> None:
        """Have the next render leave `skip` frames out and write `frames` from there to a file."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC
        self._record.file = os.open(output, flags, 0o666)
        self._record.skip, self._record.frames = skip, frames

    def not_finite_from(self) -> int | None:
        """The first frame of what was recorded, before any was left out, that is no number."""
        found = int(self._record.not_finite)
        return None if found < 0 else found

    def finish(self) -> None:
        """Close the record. Raises the OSError of the first read or write that failed."""
        os.close(self._record.file)
        for tape in self._tapes:
            if tape.error:
                raise OSError(tape.error, os.strerror(tape.error))

    def _made(self, name: str, tape: _Tape) -> Any:
        self._tapes.append(tape)
        self._next(ctypes.addressof(tape))
        with _unheard():
            return kept(self._engine.make_plugin_processor(name, self._path))


def library_of_tapes() -> str | None:
    """The compiled library where it holds tapes, None where audio is handed over in memory."""
    from bridge.native import LIBRARY, library  # with numpy, which a scan does not need

    return str(LIBRARY) if sys.platform == "linux" and library() is not None else None


@contextlib.contextmanager
def _unheard() -> Iterator[None]:
    """Keep the host's talk of loading a tape out of what is kept of a plugin's last lines."""
    said = os.dup(2), os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        os.dup2(nowhere, 1)
        yield
    finally:
        os.dup2(said[0], 2)
        os.dup2(said[1], 1)
        for each in (*said, nowhere):
            os.close(each)
