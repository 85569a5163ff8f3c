"""A wall that notes were held by, and notes that are of one level by themselves."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from bridge.audio import Block
from bridge.checking.findings import Found
from bridge.checking.stem.damage.limited import Limited
from bridge.processing import build, run
from chains import Limiter

Hear = Callable[..., list[Found]]
RATE_HZ = 48000
FRAMES = 8 * RATE_HZ
STEP_FRAMES = 6000
SEMITONES = (0, 3, 5, 7, 10, 12)


def _played(hz: float, ringing_s: float | None, rest_frames: int = 0) -> Block:
    """(2, frames): a saw's notes one after the other, dying away or of one level to their end."""
    dice = np.random.default_rng(3)
    sound = np.zeros(FRAMES)
    at = 0
    while at < FRAMES - 3 * STEP_FRAMES:
        frames = STEP_FRAMES * int(dice.integers(1, 4)) - rest_frames
        time_s = np.arange(frames) / RATE_HZ
        edges = np.minimum(time_s / 0.003, (frames / RATE_HZ - time_s) / 0.005).clip(0, 1)
        shape = 1.0 if ringing_s is None else dice.uniform(0.5, 1) * np.exp(-time_s / ringing_s)
        turns = hz * 2 ** (dice.choice(SEMITONES) / 12) * time_s
        saw = np.sum([np.sin(2 * np.pi * n * turns) / n for n in range(1, 9)], axis=0)
        sound[at : at + frames] = 0.25 * shape * edges * saw
        at += frames + rest_frames
    return np.stack([sound, sound])


def _limited(sound: Block, into_it_db: float) -> Block:
    ceiling_db = 20 * np.log10(np.abs(sound).max()) - into_it_db
    wall = build(Limiter(ceiling_dbtp=float(ceiling_db), release_ms=60.0), RATE_HZ)
    return np.concatenate(list(run([wall], [sound])), axis=1)


@pytest.mark.parametrize("hz", [55.0, 330.0])
@pytest.mark.parametrize("ringing_s", [0.12, 0.25])
def test_notes_of_one_timbre_that_a_limiter_held_are_found(
    hear: Hear, hz: float, ringing_s: float
) -> None:
    played = _played(hz, ringing_s)
    assert hear(Limited, played) == []
    walled = _limited(played, 12.0)
    (found,) = hear(Limited, walled)
    assert found.value == pytest.approx(20 * np.log10(np.abs(walled).max()), abs=0.05)


@pytest.mark.parametrize("hz", [41.0, 55.0, 110.0, 330.0])
@pytest.mark.parametrize("rest_frames", [0, 2000])
def test_a_synthesizer_of_one_level_is_not_limited(hear: Hear, hz: float, rest_frames: int) -> None:
    assert hear(Limited, _played(hz, None, rest_frames)) == []
