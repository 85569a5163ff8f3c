"""Stems of other lengths, and such as were exported from their first sound on, are told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile

from bridge.audio import Block
from sketched_songs import between

RATE_HZ = 48000


def _noise(seconds: float, silence_s: float = 0.0, seed: int = 1) -> Block:
    sound = 0.1 * np.random.default_rng(seed).standard_normal((1, round(seconds * RATE_HZ)))
    return np.pad(sound, ((0, 0), (0, round(silence_s * RATE_HZ))))


def _told(folder: Path, **stems: Block) -> list[tuple[str, str, str, float]]:
    for name, samples in stems.items():
        soundfile.write(folder / f"{name}.wav", samples.T, RATE_HZ, subtype="PCM_24")
    return [(each.code, each.severity, each.stems[0], each.value) for each in between(folder)]


def test_a_shorter_stem_is_told_and_more_so_where_it_sounds_to_its_end(tmp_path: Path) -> None:
    long = np.pad(_noise(1.0, 2.0, seed=2), ((0, 0), (RATE_HZ, 0)))
    late = np.pad(_noise(2.0, seed=3), ((0, 0), (RATE_HZ, 0)))
    quiet = np.pad(_noise(1.0, 1.0, seed=4), ((0, 0), (RATE_HZ, 0)))
    assert _told(tmp_path, a=long, b=0.5 * _noise(4.0, seed=5), c=late, d=quiet) == [
        ("length", "minor", "c", -1.0),
        ("length", "info", "d", -1.0),
    ]


def test_a_longer_stem_is_told(tmp_path: Path) -> None:
    stems = {"a": _noise(2.0), "b": _noise(2.0, seed=2), "c": _noise(2.5, seed=3)}
    assert _told(tmp_path, **stems) == [("length", "info", "c", 0.5)]


def test_a_stem_that_sounds_at_once_and_leaves_silence_may_be_cut_at_its_start(
    tmp_path: Path,
) -> None:
    stems = {"a": _noise(6.0), "b": _noise(6.0, seed=2), "c": _noise(1.0, 2.5, seed=3)}
    found = _told(tmp_path, **stems)
    assert [each[0] for each in found] == ["length", "start"]
    assert found[1] == ("start", "minor", "c", 0.0)


def test_one_that_sounds_to_its_end_is_rather_cut_there(tmp_path: Path) -> None:
    found = _told(tmp_path, a=_noise(4.0), b=_noise(4.0, seed=2), c=_noise(2.0, seed=3))
    assert found == [("length", "minor", "c", -2.0)]


def test_stems_of_one_length_and_a_few_samples_more_are_as_they_should_be(tmp_path: Path) -> None:
    assert not _told(tmp_path, a=_noise(2.0), b=_noise(2.001, seed=2), c=_noise(2.0, seed=3))
