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


def _normed_hits() -> Block:
    """Hits of noise, each of its own length, all as high as the sampler allows."""
    dice, sound = np.random.default_rng(5), np.zeros(FRAMES)
    for at in range(0, FRAMES - 9000, 9000):
        hit = dice.standard_normal(8000) * np.exp(-np.arange(8000) / dice.uniform(300, 2500))
        sound[at : at + 8000] = 0.5 * hit / np.abs(hit).max()
    return np.stack([sound, sound])


def _sustained(release_s: float, partials: int) -> Block:
    """Notes of one level that are held for as long as the key is, and then released."""
    dice, sound, at = np.random.default_rng(6), np.zeros(FRAMES), 0
    while at < FRAMES - 2 * RATE_HZ:
        frames = int(dice.uniform(0.9, 1.8) * RATE_HZ)
        time_s = np.arange(frames) / RATE_HZ
        shape = np.minimum(time_s / 0.02, (frames / RATE_HZ - time_s) / release_s).clip(0, 1)
        turns = 220 * 2 ** (dice.choice(SEMITONES) / 12) * time_s
        tone = np.sum([np.sin(2 * np.pi * n * turns) / n for n in range(1, partials + 1)], axis=0)
        sound[at : at + frames] += 0.2 * shape * tone
        at += frames
    return np.stack([sound, sound])


def test_hits_that_are_all_as_high_are_not_limited(hear: Hear) -> None:
    assert hear(Limited, _normed_hits()) == []


def test_notes_that_overlap_are_limited_where_their_sums_are_as_high(hear: Hear) -> None:
    sums = _played(110.0, 0.25) + np.roll(_played(330.0, 0.4), 2000, axis=1)
    assert hear(Limited, sums) == []
    assert len(hear(Limited, _limited(sums, 6.0))) == 1


@pytest.mark.parametrize("partials", [1, 8])
@pytest.mark.parametrize("release_s", [0.1, 0.3])
def test_keys_that_are_held_and_released_are_not_limited(
    hear: Hear, partials: int, release_s: float
) -> None:
    assert hear(Limited, _sustained(release_s, partials)) == []
