"""A stem that lacks at its start what it is shorter is told as early, and no other short one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soundfile

from bridge.audio import Block
from sketched_songs import between

RATE_HZ = 16000
SECONDS = 12
GONE_S = 1.37
BEAT_S = 0.5


def _struck(times_s: npt.NDArray[np.float64], seed: int) -> Block:
    """(1, frames): a noisy hit at each time, dying away in 50 ms."""
    dice = np.random.default_rng(seed)
    sound = np.zeros((1, SECONDS * RATE_HZ))
    shape = np.exp(-np.arange(RATE_HZ // 4) / (0.05 * RATE_HZ))
    for at_s in times_s:
        at = round(float(at_s) * RATE_HZ)
        sound[0, at : at + len(shape)] += 0.2 * shape * dice.standard_normal(len(shape))
    return sound


def _told(folder: Path, **stems: Block) -> list[tuple[str, str, float]]:
    for name, samples in stems.items():
        soundfile.write(folder / f"{name}.wav", samples.T, RATE_HZ, subtype="PCM_24")
    found = (each for each in between(folder) if each.code == "offset")
    return [(each.stems[0], each.severity, round(each.value)) for each in found]


def _song() -> dict[str, Block]:
    """Three stems that play the same uneven rhythm."""
    times_s = np.sort(np.random.default_rng(1).uniform(0.2, SECONDS - 0.5, 30))
    return {name: _struck(times_s, seed) for seed, name in enumerate("abc")}


@pytest.mark.parametrize("gone_s", [GONE_S, 4.0])
def test_a_stem_exported_from_its_first_sound_on_is_early(tmp_path: Path, gone_s: float) -> None:
    song = _song()
    song["c"] = song["c"][:, round(gone_s * RATE_HZ) :]
    assert _told(tmp_path, **song) == [("c", "major", round(-1000 * gone_s))]


def test_one_that_lacks_its_end_or_plays_beside_the_others_is_not(tmp_path: Path) -> None:
    song = _song()
    song["c"] = song["c"][:, : -round(GONE_S * RATE_HZ)]
    song["d"] = _struck(np.sort(np.random.default_rng(2).uniform(0.2, 9.0, 30)), 4)
    song["d"] = song["d"][:, round(GONE_S * RATE_HZ) :]
    assert _told(tmp_path, **song) == []


def test_a_clap_between_kicks_that_is_a_beat_shorter_is_in_its_place(tmp_path: Path) -> None:
    kicks = np.arange(0.25, SECONDS - 1.0, 2 * BEAT_S)
    hats = np.arange(0.25, SECONDS - 1.0, 4 * BEAT_S)
    clap = _struck(kicks[:-1] + BEAT_S, 2)[:, : -round(BEAT_S * RATE_HZ)]
    lead = _struck(np.sort(np.random.default_rng(3).choice(kicks, 8, replace=False)), 5)
    assert (
        _told(tmp_path, kick=_struck(kicks, 1), hats=_struck(hats, 3), lead=lead, clap=clap) == []
    )
