"""Numbers of a long signal in a file that goes with the process: memory does not grow with it."""

from __future__ import annotations

import tempfile
import weakref
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from stemwright.files import cannot_write
from stemwright.problems import MachineError

Numbers = npt.NDArray[np.float32]

_BYTES = 4


class Series:
    """float32 numbers, appended and read by place; their file has no name and ends with them.

    Raises MachineError where the disk of `folder`, by default the system's for temporary files,
    takes no more. One thread at a time.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        """Where its file lies, None for the system's place."""
        self._length = 0
        try:
            self._file = tempfile.TemporaryFile(dir=folder, buffering=0)  # noqa: SIM115 - closed with the series
        except OSError as cause:
            raise self._refused(cause) from cause
        weakref.finalize(self, self._file.close)

    def __len__(self) -> int:
        return self._length

    def append(self, numbers: Numbers) -> None:
        """Put (n,) numbers behind all others."""
        try:
            self._file.seek(self._length * _BYTES)
            octets = np.ascontiguousarray(numbers).data.cast("B")
            while octets:  # a disk may take a part
                octets = octets[self._file.write(octets) :]
        except OSError as cause:
            raise self._refused(cause) from cause
        self._length += len(numbers)

    def read(self, start: int, stop: int) -> Numbers:
        """Return the numbers from `start` up to `stop`; fewer where the series ends."""
        numbers = np.empty(max(0, min(stop, self._length) - start), np.float32)
        self._file.seek(start * _BYTES)
        self._file.readinto(numbers.data.cast("B"))
        return numbers

    def all(self) -> Numbers:
        """Return the numbers in one piece."""
        return self.read(0, self._length)

    def parts(self, size: int) -> Iterator[Numbers]:
        """Yield all of it, `size` at a time."""
        for start in range(0, self._length, size):
            yield self.read(start, start + size)

    def _refused(self, cause: OSError) -> MachineError:
        return cannot_write(self.folder or Path(tempfile.gettempdir()), cause)
