"""Stems as long as wanted: seeded noise shaped like music, dense enough that every step works."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray
from scipy.signal import lfilter

NAMES = ("drums", "bass", "keys", "guitar", "pad", "lead", "backing", "fx")
LOOP_S = 240
"""Longer stems go round."""
BLOCK_S = 4
"""Seconds of a block, each with its own seed."""


def write_stems(
    folder: Path, seconds: int, rate_hz: int = 48000, names: Sequence[str] = NAMES
) -> list[Path]:
    """Write a 24-bit stereo stem of `seconds` for each name; return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{name}.wav" for name in names]
    for number, path in enumerate(paths):
        loop = [
            stem_block(number, start, rate_hz) for start in range(0, min(seconds, LOOP_S), BLOCK_S)
        ]
        with soundfile.SoundFile(path, "w", rate_hz, 2, "PCM_24") as file:
            for index, start in enumerate(range(0, seconds, BLOCK_S)):
                file.write(loop[index % len(loop)][: (seconds - start) * rate_hz])
    return paths


def stem_block(number: int, start: int, rate_hz: int) -> NDArray[np.int32]:
    """Return (4 s, 2) of the stem `number` from second `start` on."""
    rng = np.random.default_rng([number, start])
    frames = BLOCK_S * rate_hz
    pink = lfilter([1.0], [1.0, -0.95], rng.standard_normal((2, frames)), axis=1)
    beat = 0.4 + 0.6 * np.exp(-8.0 * (np.arange(frames) / rate_hz % (0.25 + number / 10)))
    return np.rint(0.03 * pink * beat * 2**31).T.astype(np.int32)
