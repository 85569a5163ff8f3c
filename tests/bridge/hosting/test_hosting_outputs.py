"""What a child does to its output, and what memory that takes."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, strategies as st

from bridge.hosting.engines.output_checks import LAG_FRAMES, loudest

Audio = npt.NDArray[np.float32]
HALF = LAG_FRAMES // 2


def loudest_by_all(audio: Audio) -> tuple[int, int]:
    """Every window of (frames, 2), added up row by row."""
    starts = range(0, len(audio), HALF)
    powers = [(audio[start : start + LAG_FRAMES] ** 2).sum(axis=0) for start in starts]
    found = int(np.argmax(np.sum(powers, axis=1)))
    return starts[found], int(np.argmax(powers[found]))


def loudest_of(audio: Audio) -> tuple[int, int, int]:
    """The same as it is found, and how many windows were asked for."""
    asked = []

    def window(start: int) -> Audio:
        asked.append(start)
        return audio[start : start + LAG_FRAMES].T

    halves = [audio[start : start + HALF].ravel() for start in range(0, len(audio), HALF)]
    start, side = loudest(window, [float(np.dot(half, half)) for half in halves])
    return start, side, len(asked)


@given(
    st.integers(0, 2**31),
    st.integers(1, 9 * HALF),
    st.sampled_from([0.0, 1e-25, 1e-4, 0.3, 1e18]),
    st.sampled_from([0.0, 0.02, 1.0]),
)
def test_the_loudest_window_is_the_one_that_adding_all_up_finds(
    seed: int, frames: int, level: float, swing: float
) -> None:
    rng = np.random.default_rng(seed)
    swings = 1.0 + swing * rng.uniform(-0.9, 0.9, frames // HALF + 1).repeat(HALF)[:frames, None]
    audio = (level * swings * rng.standard_normal((frames, 2))).astype(np.float32)
    with np.errstate(over="ignore", under="ignore"):
        assert loudest_of(audio)[:2] == loudest_by_all(audio)


def test_windows_far_below_the_loudest_are_not_added_up_one_by_one() -> None:
    audio = np.full((20 * HALF, 2), 0.1, np.float32)
    audio[7 * HALF : 9 * HALF, 1] = 0.5
    assert loudest_of(audio) == (7 * HALF, 1, 1)


@pytest.mark.parametrize("plugin", ["gain", "mono"])
def test_a_child_holds_its_audio_twice_and_no_third_time(bench: Any, plugin: str) -> None:
    rng = np.random.default_rng(3)
    long = rng.uniform(-0.5, 0.5, (2, 100 * 48000)).astype(np.float32)
    insert = bench.insert(plugin, ("Gain", "-6 dB"))
    _, brief = bench.run(insert, long[:, : 2 * LAG_FRAMES])
    _, whole = bench.run(insert, long)
    audio_bytes = long.nbytes - 16 * LAG_FRAMES
    assert whole.peak_memory_bytes - brief.peak_memory_bytes < 2.3 * audio_bytes
