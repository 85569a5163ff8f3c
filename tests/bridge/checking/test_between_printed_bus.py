"""Stems that went through the mix's own dynamics are told; a pad ducked by the kick is not."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import soundfile
from scipy.signal import lfilter

from bridge.audio import Block
from bridge.checking import Finding, check
from bridge.checking.between.printed_bus import PrintedBus
from sessions import read
from sketched_songs import between

RATE_HZ = 48000
SECONDS = 20
BEAT = RATE_HZ // 2
FRAMES = SECONDS * RATE_HZ


def _beat(hz: float, fall_s: float, offset: int, level: float) -> Block:
    time_s = np.arange(BEAT) / RATE_HZ
    hit = level * np.sin(2 * np.pi * hz * time_s) * np.exp(-time_s / fall_s)
    return np.asarray(np.roll(np.tile(hit, FRAMES // BEAT), offset)[None])


def _held(seed: int, hz: float, level: float) -> Block:
    """Notes that last some beats, their levels alive."""
    dice = np.random.default_rng(seed)
    time_s = np.arange(FRAMES) / RATE_HZ
    tone = sum(np.sin(2 * np.pi * hz * part * time_s + part) / part for part in range(1, 9))
    alive = lfilter([0.001], [1.0, -0.999], dice.standard_normal(FRAMES))
    notes = np.repeat(0.5 + dice.random(SECONDS), RATE_HZ)
    return np.asarray(level * (tone * notes * (1.0 + 3.0 * alive))[None])


def _song() -> dict[str, Block]:
    return {
        "kick": _beat(60.0, 0.08, 0, 0.8),
        "snare": _beat(190.0, 0.05, BEAT // 2, 0.4),
        "pad": _held(1, 220.0, 0.03),
        "strings": _held(2, 331.0, 0.03),
        "organ": _held(3, 147.0, 0.03),
        "voice": _held(4, 410.0, 0.04),
    }


def _ducking(key: Block, threshold: float) -> Block:
    """The gain of a limiter without knee: at once down, back in 80 ms."""
    levels = np.abs(key).max(axis=0).reshape(-1, 48).max(axis=1)
    left, held = float(np.exp(-0.001 / 0.08)), 0.0
    gains = np.ones(len(levels))
    for at, level in enumerate(levels):
        held = max(level, held * left)
        gains[at] = min(1.0, threshold / max(held, 1e-9))
    return np.repeat(gains, 48)[None]


def _found(folder: Path, stems: Mapping[str, Block], mix: Path | None = None) -> list[Finding]:
    for name, samples in stems.items():
        soundfile.write(folder / f"{name}.wav", samples.T, RATE_HZ, subtype="PCM_24")
    found = between(folder) if mix is None else check(read([folder]), mix=mix).between
    return [each for each in found if each.code in PrintedBus.codes]


@pytest.mark.parametrize(("into_it_db", "louder"), [(6.0, 1.0), (12.0, 1.0), (12.0, 5.0)])
def test_stems_printed_through_the_mixs_limiter_are_told(
    tmp_path: Path, into_it_db: float, louder: float
) -> None:
    """Also where what sounds on is so loud that the wall has flattened the hits."""
    held = ("pad", "strings", "organ", "voice")
    song = {name: louder * each if name in held else each for name, each in _song().items()}
    mix = sum(song.values(), np.zeros((1, FRAMES)))
    gains = _ducking(mix, float(np.abs(mix).max()) * 10 ** (-into_it_db / 20))
    (found,) = _found(tmp_path, {name: gains * each for name, each in song.items()})
    assert (found.severity, found.start_s, found.end_s) == ("major", 0.0, SECONDS)
    assert set(found.stems) >= {*held, "snare"}
    assert 0.7 <= found.value < into_it_db


def test_a_printed_bus_is_minor_where_the_stems_sum_to_the_mix(tmp_path: Path) -> None:
    song = _song()
    mix = sum(song.values(), np.zeros((1, FRAMES)))
    gains = _ducking(mix, float(np.abs(mix).max()) * 10 ** (-12 / 20))
    rough, stems = tmp_path / "rough.wav", tmp_path / "stems"
    soundfile.write(rough, (gains * mix).T, RATE_HZ, subtype="PCM_24")
    stems.mkdir()
    (found,) = _found(stems, {name: gains * each for name, each in song.items()}, rough)
    assert found.severity == "minor"


def test_all_that_sounds_on_ducked_by_the_kick_alone_is_not(tmp_path: Path) -> None:
    song = _song()
    gains = _ducking(song["kick"], 0.2)
    song["snare"] *= 2.0
    held = ("pad", "strings", "organ", "voice")
    assert not _found(tmp_path, {**song, **{name: gains * song[name] for name in held}})


def test_all_others_ducked_a_little_by_a_kick_that_hits_alone_may_be_either(
    tmp_path: Path,
) -> None:
    song = _song()
    del song["snare"]
    gains = _ducking(song["kick"], 0.5)
    ducked = {name: each if name == "kick" else gains * each for name, each in song.items()}
    (found,) = _found(tmp_path, ducked)
    assert found.severity == "minor"
    assert found.stems[-1] == "kick"
    assert "when kick hits, and hardly when all else does: ducked by it, or" in found.words


def test_most_stems_ducked_beside_one_that_stays_are_not(tmp_path: Path) -> None:
    song = _song()
    gains = _ducking(song["kick"], 0.2)
    ducked = {name: gains * song[name] for name in ("pad", "strings")}
    assert not _found(tmp_path, {"kick": song["kick"], "voice": song["voice"], **ducked})


def _played_on_beats(seed: int, hz: float, level: float, late_s: float) -> Block:
    """Notes of half a second, let go of 25 ms before the next begins."""
    dice = np.random.default_rng(seed)
    time_s = np.arange(BEAT) / RATE_HZ
    falls = np.exp(-np.maximum(time_s - 0.475, 0.0) / 0.010) * np.minimum(time_s / 0.004, 1.0)
    tone = np.concatenate(
        [
            sum(np.sin(2 * np.pi * hz * pitch * k * time_s + k) / k for k in range(1, 9)) * falls
            for pitch in 2 ** (dice.integers(0, 8, FRAMES // BEAT) / 12)
        ]
    )
    return np.asarray(level * np.roll(tone, round(late_s * RATE_HZ))[None])


@pytest.mark.parametrize("late_ms", [30.0, 37.0])
def test_late_notes_that_end_where_the_others_hit_are_not(tmp_path: Path, late_ms: float) -> None:
    """Each falls at the beat, as if turned down, but it does not come back: it begins anew."""
    parts = {"bass": 110.0, "keys": 331.0, "brass": 247.0}
    late = {
        name: _played_on_beats(seed, hz, 0.03, late_ms / 1000)
        for seed, (name, hz) in enumerate(parts.items())
    }
    song = _song()
    rest = {name: song[name] for name in ("kick", "snare")}
    assert not _found(tmp_path, {**rest, **late})
