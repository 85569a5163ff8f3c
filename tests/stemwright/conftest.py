"""A small song as arrays, a chain for it, and a store of one's own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from chains import Chain, Gain, Group, Insert, Target, Version

RATE_HZ = 8000


@pytest.fixture
def own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty store, and an empty folder to work in, which is returned."""
    monkeypatch.setenv("STEMWRIGHT_STORE", str(tmp_path / "store"))
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def arrays() -> dict[str, tuple[np.ndarray, int]]:
    """A stem in each of the formats that arrays have in practice, one of them in two halves."""
    noise = np.random.default_rng(4).standard_normal((2 * RATE_HZ, 2)) * 0.1
    return {
        "vox": (noise, RATE_HZ),
        "bass": (noise[:, 0].astype(np.float32), RATE_HZ),
        "drums L": ((noise[::-1, 0] * 20000).astype(np.int16), RATE_HZ),
        "drums R": ((noise[::-1, 1] * 20000).astype(np.int16), RATE_HZ),
    }


@pytest.fixture
def song_chain() -> Chain:
    """Two groups, a target, two versions."""
    return Chain(
        "Song",
        groups=(
            Group("vocals", ("vox*",), inserts=(Insert("trim", Gain(gain_db=-2.0)),)),
            Group("rest", ("*",)),
        ),
        target=Target(-20.0),
        versions=(Version("tv", mute=("vocals",)),),
    )
