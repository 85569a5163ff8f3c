"""Music-like signals, files of them, and small renders."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bridge.audio.wav_files import WavWriter
from bridge.demo.song import stem

RATE_HZ = 48000


@pytest.fixture(scope="session")
def tune() -> np.ndarray:
    """Five seconds of the demo song, faded in and out, (2, frames) on the 24-bit grid, wide."""
    parts = [stem(name, 32.0, RATE_HZ)[:, 8 * RATE_HZ : 13 * RATE_HZ] for name in ("drums", "lead")]
    wide = parts[0] + parts[1] * np.array([[0.9], [0.3]])
    fade = np.minimum(1.0, np.arange(wide.shape[1]) / 2400)
    wide *= fade * fade[::-1]
    return np.rint(0.5 * wide / np.abs(wide).max() * 2**23) / 2**23


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write (channels, frames) to a file; its name seeds the dither."""

    def to(name: str, x: np.ndarray, subtype="pcm24", *, dither=True, rate_hz=RATE_HZ) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with WavWriter(
            path, rate_hz, x.shape[0], subtype, name, dither=dither, overwrite=True
        ) as out:
            out.write(x)
        return path

    return to
