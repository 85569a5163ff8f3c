"""A small song of three stems in a folder, and new files beside it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

RATE_HZ = 16000
FRAMES = 2 * RATE_HZ


def part(seed: int) -> np.ndarray:
    """Two seconds of one part: (frames, 2)."""
    dice = np.random.default_rng(seed)
    level = np.interp(np.arange(FRAMES), np.arange(21) * FRAMES / 20, dice.uniform(0.2, 1, 21))
    return 0.1 * level[:, None] * dice.standard_normal((FRAMES, 2))


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write samples to a file of the song's folder."""

    def written(name: str, samples: np.ndarray, kind: str = "PCM_24") -> Path:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        soundfile.write(path, samples, RATE_HZ, kind)
        return path

    return written


@pytest.fixture
def song(written: Callable[[str], Path], write: Callable[..., Path]) -> Path:
    """A job whose stems are "Bass", "Lead Vox" and "Vox Double"."""
    for seed, name in enumerate(("Bass", "Lead Vox", "Vox Double")):
        write(f"stems/{name}.wav", part(seed))
    return written('[stem."Lead Vox"]  # as asked\ngain_db = -0.5\n')
