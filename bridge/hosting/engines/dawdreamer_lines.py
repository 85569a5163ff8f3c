"""Lines as dawdreamer takes them: a value for every pulse of a quarter note.

It reads a line where a buffer begins. One value a frame, which it takes too, would be held in
memory for every parameter and all of the song.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

_PULSES_A_BUFFER = 4


def pulses_of(
    values: Sequence[tuple[int, float]], frames: int, buffer_size: int, quarter_frames: float
) -> tuple[npt.NDArray[np.float32], int]:
    """A value for every pulse, and how many pulses a quarter note has.

    `values` are (buffer, value), each from that buffer on. A value comes a pulse early, so that no
    rounding of where a buffer begins has it late.
    """
    pulses = math.ceil(_PULSES_A_BUFFER * quarter_frames / buffer_size)
    whole = math.ceil((frames + 2 * buffer_size) * pulses / quarter_frames)
    begun = np.array([buffer for buffer, _ in values[1:]]) * buffer_size
    starts = np.floor(begun * pulses / quarter_frames).astype(np.int64) - 1
    ends = np.clip([0, *starts, whole], 0, whole)
    return np.repeat(np.array([each for _, each in values], np.float32), np.diff(ends)), pulses
