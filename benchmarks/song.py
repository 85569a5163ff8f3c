"""Stems as long as wanted: seeded noise shaped like music, dense enough that every step works."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from scipy.signal import lfilter

from bridge.audio import WavWriter

NAMES = ("drums", "bass", "keys", "guitar", "pad", "lead", "backing", "fx")
_BLOCK_S = 4


def write_stems(folder: Path, seconds: int, rate_hz: int = 48000) -> list[Path]:
    """Write eight 24-bit stereo stems of `seconds`; return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number, name in enumerate(NAMES):
        path = folder / f"{name}.wav"
        with WavWriter(path, rate_hz, 2, "pcm24", name, overwrite=True) as writer:
            for start in range(0, seconds, _BLOCK_S):
                rng = np.random.default_rng([number, start])
                frames = min(_BLOCK_S, seconds - start) * rate_hz
                pink = lfilter([1.0], [1.0, -0.95], rng.standard_normal((2, frames)), axis=1)
                beat = 0.4 + 0.6 * np.exp(
                    -8.0 * (np.arange(frames) / rate_hz % (0.25 + number / 10))
                )
                writer.write(0.03 * pink * beat)
        paths.append(path)
    return paths
