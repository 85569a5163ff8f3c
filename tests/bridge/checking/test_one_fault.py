"""What one fault is, is told once: corners of cut peaks are clipping, a click among them is one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from bridge.checking.findings import Found
from bridge.checking.stem.damage.clicks import Clicks
from bridge.checking.stem.damage.clipped import Clipped
from bridge.checking.stem.damage.corrupt_samples import CorruptSamples
from damaged_sounds import RATE_HZ, Signal, quantised

HearTogether = Callable[..., list[Found]]
FRAMES = 3 * RATE_HZ // 2
CHECKS = (Clicks, Clipped, CorruptSamples)


def _bells() -> Signal:
    """Notes of modes that are no multiples of each other; it reaches 1."""
    dice, sound = np.random.default_rng(7), np.zeros(FRAMES)
    ratios = np.array([0.5, 1.0, 1.19, 1.5, 2.0, 2.74, 3.8, 5.4])
    for at in range(2400, FRAMES - 24000, 9600):
        seconds = np.arange(FRAMES - at)[:, None] / RATE_HZ
        hz = 523.25 * 2 ** (dice.integers(0, 12) / 12) * ratios
        modes = np.sin(2 * np.pi * hz * seconds) * np.exp(-seconds * hz / 700)
        sound[at:] += np.minimum(seconds[:, 0] / 0.001, 1.0) * modes.sum(axis=1)
    sound *= np.minimum(1.0, np.arange(FRAMES)[::-1] / 9600)
    return np.asarray(sound / np.abs(sound).max())


@pytest.mark.parametrize("depth_db", [1.0, 6.0])
def test_corners_of_cut_peaks_are_no_clicks(hear_together: HearTogether, depth_db: float) -> None:
    level = 0.4 * 10 ** (-depth_db / 20)
    cut = quantised(np.clip(0.4 * _bells(), -level, level))
    assert {each.code for each in hear_together((Clicks,), cut)} == {"clicks"}
    assert {each.code for each in hear_together(CHECKS, cut)} == {"clipped"}


@pytest.mark.parametrize("after", [True, False])
def test_a_click_among_cut_peaks_is_one(hear_together: HearTogether, after: bool) -> None:
    bells = 0.4 * _bells()
    places = [at + int(np.abs(bells[at : at + 99]).argmin()) for at in (9000, 22000, 33000, 46000)]
    clicks = np.zeros(FRAMES)
    clicks[places] = [0.4, -0.4, 0.35, -0.3]
    level = 0.25
    signal = np.clip(bells + (0.0 if after else clicks), -level, level)
    found = hear_together(CHECKS, quantised(signal + (clicks if after else 0.0)))
    told = [each.start for each in found if each.code == "clicks"]
    for place in places:
        assert any(abs(start - place) < 40 for start in told)
    assert len(told) == len(places)


def test_struck_bars_and_hats_driven_into_full_scale_are_sound(
    hear_together: HearTogether,
) -> None:
    dice = np.random.default_rng(2)
    seconds = np.arange(12000) / RATE_HZ
    signal = np.zeros(FRAMES)
    for at in range(6000, FRAMES - 12000, 12000):
        bar = sum(
            gain * np.sin(2 * np.pi * ratio * dice.uniform(900, 1400) * seconds + ratio)
            * np.exp(-seconds / rings_s)
            for ratio, gain, rings_s in ((1, 1, 0.3), (3.98, 1, 0.05), (9.7, 1.5, 0.03))
        )  # fmt: skip
        hat = 2.0 * np.diff(dice.standard_normal(12001), n=1) * np.exp(-seconds / 0.02)
        signal[at : at + 12000] += bar if at % 24000 else hat
    signal /= np.abs(signal).max()
    for drive in (1.0, 2.0, 4.0):
        assert hear_together((CorruptSamples,), quantised(np.clip(drive * signal, -1, 1))) == []


def test_a_rectangle_at_full_scale_is_sound(hear_together: HearTogether) -> None:
    hz = np.repeat([220.0, 523.3, 311.1, 880.0, 130.8, 440.0], FRAMES // 6)
    square = np.where(np.cumsum(hz) / RATE_HZ % 1.0 < 0.25, 0.9, -0.9)
    assert hear_together((CorruptSamples,), quantised(square)) == []
