"""What waits between two stages of the limiter: appended at one end, taken from the other."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

_Frames = npt.NDArray[np.float64]


class Queue:
    """(..., frames) float64 in one array that is moved up when full, and grows when it must.

    What is given out is a view, good until the next `append` or `room`.
    """

    def __init__(self, begins_with: _Frames) -> None:
        self._array = begins_with.copy()
        self._start = 0
        self._stop = len(begins_with.T)

    def __len__(self) -> int:
        """Frames held."""
        return self._stop - self._start

    @property
    def held(self) -> _Frames:
        """All of it."""
        return self._array[..., self._start : self._stop]

    def room(self, frames: int) -> _Frames:
        """Append `frames` frames for the caller to fill; return them."""
        if self._stop + frames > self._array.shape[-1]:
            self._make_room(frames)
        self._stop += frames
        return self._array[..., self._stop - frames : self._stop]

    def append(self, frames: _Frames) -> None:
        """Append a copy of (..., frames)."""
        self.room(frames.shape[-1])[...] = frames

    def first(self, frames: int) -> _Frames:
        """The first `frames` frames, or as many as there are, which stay."""
        return self._array[..., self._start : min(self._stop, self._start + frames)]

    def take(self, frames: int) -> _Frames:
        """The same, and take them out."""
        taken = self.first(frames)
        self._start += taken.shape[-1]
        return taken

    def _make_room(self, frames: int) -> None:
        held = len(self)
        wanted = 2 * (held + frames)
        array = self._array
        if wanted > array.shape[-1]:
            array = np.empty((*array.shape[:-1], wanted))
        elif self._start < held:  # it would be moved over itself
            array = np.empty_like(array)
        array[..., :held] = self.held
        self._array, self._start, self._stop = array, 0, held
