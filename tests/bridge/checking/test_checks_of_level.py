"""Level: what is silent, off its middle, or hot."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from bridge.checking.findings import Found
from bridge.checking.stem.level.dc_offset import DcOffset
from bridge.checking.stem.level.hot_peaks import HotPeaks
from bridge.checking.stem.level.silent import Silent

Hear = Callable[..., list[Found]]
RATE_HZ = 24000
NOISE = 0.1 * np.random.default_rng(6).standard_normal((2, 9 * RATE_HZ))


@pytest.mark.parametrize("offset", [0.001, -0.003, 0.05])
@pytest.mark.parametrize("side", [0, 1])
def test_an_offset_is_told_with_its_sign_and_size(hear: Hear, offset: float, side: int) -> None:
    time = np.arange(12 * RATE_HZ) / RATE_HZ
    bass = 0.3 * np.sin(2 * np.pi * 41.3 * time) * (0.6 + 0.4 * np.sin(time))
    signal = np.stack([bass, 0.8 * bass])
    assert hear(DcOffset, signal, RATE_HZ) == []
    signal[side] += offset
    (found,) = hear(DcOffset, signal, RATE_HZ)
    assert found.value == pytest.approx(offset, abs=1e-4)
    assert (found.severity, found.start, found.stop) == ("minor", 0, 12 * RATE_HZ)


def test_a_waveform_that_is_lopsided_where_it_is_loud_has_no_offset(hear: Hear) -> None:
    time = np.arange(20 * RATE_HZ) / RATE_HZ
    loud = 0.01 + 0.99 * (time % 4.0 < 2.5)
    tone = np.sin(2 * np.pi * 55.3 * time) + 0.015 * np.sin(2 * np.pi * 55.3 * time) ** 2
    signal = np.stack([0.3 * loud * tone] * 2)
    assert np.median(signal[0].reshape(20, -1).mean(axis=1)) > 0.001
    assert hear(DcOffset, signal, RATE_HZ) == []
    assert len(hear(DcOffset, signal + 0.003, RATE_HZ)) == 1


def test_an_offset_is_one_of_the_rests_as_well(hear: Hear) -> None:
    time = np.arange(16 * RATE_HZ) / RATE_HZ
    plays = (time % 1.0 < 0.55) * np.exp(-(time % 1.0))
    notes = 0.3 * plays * (np.sin(2 * np.pi * 55.3 * time) + 0.01)
    signal = np.stack([notes] * 2)
    assert hear(DcOffset, signal, RATE_HZ) == []
    assert len(hear(DcOffset, signal + 0.003, RATE_HZ)) == 1


def test_digital_silence_cut_into_a_recording_hides_no_offset(hear: Hear) -> None:
    time = np.arange(16 * RATE_HZ) / RATE_HZ
    breath = 0.002 * np.random.default_rng(5).standard_normal(len(time))
    played = 0.2 * np.exp(-3.0 * (time % 1.0)) * np.sin(2 * np.pi * 220.0 * time) + breath
    kept = time % 4.0 < 3.4
    assert hear(DcOffset, kept * played, RATE_HZ) == []
    assert len(hear(DcOffset, kept * (played + 0.002), RATE_HZ)) == 1


def test_a_second_of_noise_has_no_offset(hear: Hear) -> None:
    for seed in range(8):
        noise = 0.1 * np.random.default_rng(seed).standard_normal(RATE_HZ)
        assert hear(DcOffset, noise, RATE_HZ) == []


@pytest.mark.parametrize(("level", "told"), [(0.0, True), (5e-5, True), (2e-4, False)])
def test_what_no_ear_finds_is_silent(hear: Hear, level: float, told: bool) -> None:
    signal = np.zeros(3 * RATE_HZ)
    signal[52345] = -level
    assert bool(hear(Silent, signal, RATE_HZ)) == told


def test_the_highest_sample_is_told_where_it_is(hear: Hear) -> None:
    signal = NOISE.copy()
    assert hear(HotPeaks, np.clip(signal, -0.7, 0.7), RATE_HZ) == []
    signal[1, 150000] = -0.9
    (found,) = hear(HotPeaks, signal, RATE_HZ)
    assert (found.start, found.severity) == (150000, "info")
    assert found.value == pytest.approx(20 * np.log10(0.9))
