"""Stems that are called clean are so by measures of their own, not by what is measured on them."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from benchmarks.defects.clean import facts_of, synthesised
from benchmarks.defects.material.kinds import KINDS
from benchmarks.defects.songs import KEPT, RETURN
from benchmarks.defects.sound import BITS, Sound

_SOME = (("guiro", 0), ("zaps", 0), ("theremin", 0), ("turned cymbal", 1), ("whistled", 0))
"""Of 16 and 24 bit and float, 44.1 to 96 kHz, one and two channels; quickly made."""


def _faults(sound: Sound) -> set[str]:
    """What an engineer would see in the samples of a stem that he calls clean."""
    samples, found = sound.samples, set()
    if not -12.1 < 20 * np.log10(sound.peak) < -5.9:
        found.add("peak")
    seconds = samples[:, : sound.frames // sound.rate_hz * sound.rate_hz]
    means = seconds.reshape(samples.shape[0], -1, sound.rate_hz).mean(axis=2)
    if np.abs(np.median(means, axis=1)).max() > 1.5e-4:
        found.add("offset")
    loudest = np.abs(samples) == np.abs(samples).max(axis=1, keepdims=True)
    if (loudest[:, 2:] & loudest[:, 1:-1] & loudest[:, :-2]).any():
        found.add("plateau")
    ends = np.concatenate([samples[:, : sound.rate_hz // 100], samples[:, -sound.rate_hz // 100 :]])
    if np.abs(ends).max() > 2.0 ** (2 - BITS.get(sound.subtype, 24)):
        found.add("ends")
    if samples.shape[0] == 2 and np.corrcoef(samples)[0, 1] > 0.995:
        found.add("mono in stereo")
    return found


@pytest.fixture(scope="module")
def made() -> dict[tuple[str, int], Sound]:
    """Some of the stems."""
    return {each: synthesised(*each) for each in _SOME}


def test_clean_stems_are_clean(made: dict[tuple[str, int], Sound]) -> None:
    assert {name: _faults(sound) for name, sound in made.items()} == {name: set() for name in _SOME}
    assert {sound.rate_hz for sound in made.values()} >= {44100, 48000, 96000}
    assert {sound.subtype for sound in made.values()} == {"PCM_16", "PCM_24", "FLOAT"}


def test_what_is_not_clean_would_be_seen(made: dict[tuple[str, int], Sound]) -> None:
    sound = made["turned cymbal", 1]
    wall = 0.7 * sound.peak
    louder = sound.holding(1.4 * np.clip(sound.samples, -wall, wall))
    assert _faults(louder) == {"plateau"}
    assert _faults(sound.holding(sound.samples + 1e-3)) == {"offset", "ends"}
    assert _faults(sound.holding(2 * sound.samples)) == {"peak"}
    assert _faults(sound.holding(sound.samples[:, : sound.frames // 2])) == {"ends"}
    assert _faults(sound.holding(sound.samples[[0, 0]])) == {"mono in stereo"}


def test_a_seed_gives_the_same_samples(made: dict[tuple[str, int], Sound]) -> None:
    def digest(sound: Sound) -> str:
        return hashlib.sha256(sound.samples.tobytes()).hexdigest()

    digests = [digest(sound) for sound in made.values()]
    assert len(set(digests)) == len(_SOME)
    assert [digest(synthesised(*each)) for each in reversed(_SOME[:2])] == digests[1::-1]


def test_what_is_kept_is_as_sessions_export_it() -> None:
    kept = [name for name, kind in KINDS.items() if kind.kept]
    assert all(KINDS[name].exported for name in kept)
    facts = frozenset().union(*(facts_of(name, variant) for name in kept for variant in (0, 1)))
    assert facts == {"wrong_depth"}
    assert all(6 <= len({*parts, RETURN}) <= 9 for parts in KEPT.values())
