"""Hum is found under what is played; what is played in time or in tune with it is none."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.signal import sawtooth

from bridge.checking.findings import Found
from bridge.checking.stem.damage.hum import Hum
from damaged_sounds import FRAMES, RATE_HZ, Signal, looped, quantised

Hear = Callable[..., list[Found]]


def test_hum_is_found_under_a_bass_that_never_rests(hear: Hear) -> None:
    dice = np.random.default_rng(9)
    seconds = np.arange(3 * FRAMES) / RATE_HZ
    pitch_hz = np.repeat(41.2 * 2 ** (dice.integers(0, 12, 300) / 12), 9000)[: len(seconds)]
    bass = 0.3 * sawtooth(2 * np.pi * np.cumsum(pitch_hz) / RATE_HZ)
    hum = sum(
        10 ** (below_db / 20) * np.sin(2 * np.pi * 50.05 * k * seconds + k)
        for k, below_db in ((1, 0), (2, -6), (3, -4), (4, -14), (5, -9), (7, -15))
    )
    assert hear(Hum, quantised(bass)) == []
    (found,) = hear(Hum, quantised(bass + 10 ** (-37 / 20) * hum))
    assert "50.0 Hz" in found.words or "50.1 Hz" in found.words


def test_low_hits_in_time_with_the_mains_are_no_hum(hear: Hear) -> None:
    seconds = np.arange(9000) / RATE_HZ
    hit = 0.5 * np.sin(2 * np.pi * 50 * seconds * (1 + 4 * np.exp(-60 * seconds)))
    kicks = looped(hit * np.exp(-20 * seconds) * (1 - seconds / seconds[-1]), RATE_HZ // 2)
    assert hear(Hum, quantised(kicks)) == []


@pytest.mark.parametrize("mains_hz", [50.0, 59.93, 60.1])
@pytest.mark.parametrize("level_db", [-50.0, -60.0])
def test_hum_is_found_under_music(
    hear: Hear, music: Signal, mains_hz: float, level_db: float
) -> None:
    seconds = np.arange(FRAMES) / RATE_HZ
    hum = sum(
        10 ** ((level_db + drop) / 20) * np.sin(2 * np.pi * mains_hz * number * seconds + number)
        for number, drop in ((1, 0), (2, -6), (3, -4), (5, -9))
    )
    (found,) = hear(Hum, quantised(music * 0.05 + hum))
    assert found.value == pytest.approx(level_db, abs=2.0)
    assert f"{mains_hz:.1f} Hz" in found.words


def test_hum_that_wanders_is_found_also_where_the_sides_cancel_it(
    hear: Hear, music: Signal
) -> None:
    seconds = np.arange(FRAMES) / RATE_HZ
    turns = 50.0 * np.cumsum(1 + 0.001 * np.sin(2 * np.pi * 0.05 * seconds)) / RATE_HZ
    hum = sum(10**-3.0 / n * np.sin(2 * np.pi * n * turns + n) for n in (1, 2, 3, 5, 7))
    hum *= 1 + 0.3 * np.sin(2 * np.pi * 0.4 * seconds)
    (found,) = hear(Hum, quantised(music * 0.05 + np.stack([hum, -hum])))
    assert found.value == pytest.approx(-60.0, abs=2.0)
    assert "5 lines" in found.words


def test_a_held_note_at_the_frequency_of_the_mains_is_no_hum(hear: Hear) -> None:
    seconds = np.arange(FRAMES) / RATE_HZ
    tone = sum(0.3 / n * np.sin(2 * np.pi * 60.05 * n * seconds + n) for n in (1, 2, 3, 4))
    assert hear(Hum, quantised(np.minimum(1.0, 3.0 - seconds / 2) * tone)) == []
