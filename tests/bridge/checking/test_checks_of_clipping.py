"""Peaks that were cut are found through gains, fades and coarse steps; held ones are none."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.ndimage import maximum_filter1d, uniform_filter1d

from bridge.checking.findings import Found
from bridge.checking.stem.damage.clipped import Clipped
from bridge.checking.stem.damage.limited import Limited
from damaged_sounds import FRAMES, RATE_HZ, Signal, quantised

Hear = Callable[..., list[Found]]


def _of_one_kind(kind: str, music: Signal) -> Signal:
    """A signal that reaches 1."""
    seconds = np.arange(FRAMES) / RATE_HZ
    dice = np.random.default_rng(21)
    signal = {
        "music": music,
        "noise": dice.standard_normal(FRAMES),
        "low sine": np.sin(2 * np.pi * 61.7 * seconds),
        "high sine": np.sin(2 * np.pi * 3011.3 * seconds),
        "swelling sine": np.sin(2 * np.pi * 233.1 * seconds) * (0.5 + 0.5 * np.sin(seconds)),
    }[kind]
    return np.asarray(signal / np.abs(signal).max())


@pytest.mark.parametrize("depth_db", [1.0, 3.0, 6.0])
@pytest.mark.parametrize(("gain_db", "bits"), [(0.0, 24), (-7.3, 24), (-4.1, 16), (2.2, 24)])
def test_clipping_is_found_also_after_a_gain(
    hear: Hear, music: Signal, depth_db: float, gain_db: float, bits: int
) -> None:
    level = float(np.abs(music).max()) * 10 ** (-depth_db / 20)
    dice = np.random.default_rng(8)
    signal = np.clip(music, -level, level) * 10 ** (gain_db / 20)
    if bits == 16:
        signal += (dice.random(FRAMES) - dice.random(FRAMES)) * 2.0**-15
    found = hear(Clipped, quantised(signal, bits))
    if bits == 16 and depth_db < 3.0:
        return  # the dither hides what little was cut
    assert found
    assert found[0].value == pytest.approx(20 * np.log10(level) + gain_db, abs=0.02)
    cut = np.flatnonzero(np.abs(music) >= level)
    inside = np.zeros(FRAMES, bool)
    for each in found:
        inside[each.start : each.stop] = True
    if bits == 24:
        assert inside[cut].mean() > 0.75


@pytest.mark.parametrize("bits", [8, 12, 16])
@pytest.mark.parametrize("steps", [40, 60, 100, 250])
@pytest.mark.parametrize("kind", ["music", "noise", "low sine", "high sine", "swelling sine"])
def test_coarse_steps_are_no_clipping(
    hear: Hear, music: Signal, kind: str, steps: int, bits: int
) -> None:
    step = 2.0 ** (1 - bits)
    signal = quantised(min(0.9, steps * step) * _of_one_kind(kind, music), bits)
    assert hear(Clipped, signal) == []


@pytest.mark.parametrize("bits", [8, 12])
def test_clipping_is_found_in_coarse_steps(hear: Hear, music: Signal, bits: int) -> None:
    signal = np.clip(2.0 * _of_one_kind("music", music), -1.0, 1.0 - 2.0 ** (1 - bits))
    found = hear(Clipped, quantised(signal, bits))
    assert found
    assert found[0].severity == "major"


@pytest.mark.parametrize("bits", [16, 24])
def test_clipping_is_found_under_a_fade(hear: Hear, music: Signal, bits: int) -> None:
    level = float(np.abs(music).max()) * 10 ** (-3.0 / 20)
    fade = np.linspace(1.0, 0.4, FRAMES)
    found = hear(Clipped, quantised(np.clip(music, -level, level) * fade, bits))
    assert found
    for each in found:
        middle = fade[(each.start + each.stop) // 2]
        assert each.value == pytest.approx(20 * np.log10(level * middle), abs=0.3)


def test_one_peak_that_was_cut_is_found_through_the_dither_of_16_bits(
    hear: Hear, music: Signal
) -> None:
    dice = np.random.default_rng(8)
    top = int(music.argmax())
    wall = float(np.sort(music[top - 40 : top + 40])[-8])
    lower = np.where(np.abs(np.arange(FRAMES) - top) < 40, 1.0, 0.9 * wall / music.max())
    dither = dice.random(FRAMES) - dice.random(FRAMES)
    signal = 0.5 * np.minimum(music * lower, wall) + 2.0**-15 * dither
    (found,) = hear(Clipped, quantised(signal, 16))
    assert found.start <= top < found.stop


def test_samples_that_are_held_are_no_clipping(hear: Hear, music: Signal) -> None:
    assert hear(Clipped, quantised(np.repeat(music[::5], 5)[:FRAMES], 16)) == []


def test_a_limiter_that_holds_every_peak_is_no_clipping(hear: Hear, music: Signal) -> None:
    wall = 0.4 * float(np.abs(music).max())
    held = maximum_filter1d(np.abs(music), 401)
    signal = music * np.minimum(1.0, wall / (held + 1e-12))
    assert hear(Clipped, quantised(signal)) == []


def test_a_limiter_that_looks_ahead_at_samples_in_pairs_is_no_clipping(
    hear: Hear, music: Signal
) -> None:
    pairs = np.repeat(music[::2], 2)
    wall = 0.4 * float(np.abs(pairs).max())
    gain = np.minimum(1.0, wall / (maximum_filter1d(np.abs(pairs), 481) + 1e-12))
    signal = quantised(pairs * uniform_filter1d(gain, 241))
    assert hear(Clipped, signal) == []
    (found,) = hear(Limited, signal)
    assert found.value == pytest.approx(20 * np.log10(wall), abs=0.01)


def test_a_moment_of_crushed_sound_is_no_clipping_under_a_fade(hear: Hear) -> None:
    seconds = np.arange(FRAMES) / RATE_HZ
    sound = (0.1 + 0.05 * seconds / seconds[-1]) * np.sin(2 * np.pi * 247.3 * seconds)
    sound[-RATE_HZ:] *= 2.0
    at = slice(2 * RATE_HZ, 2 * RATE_HZ + 4000)
    sound[at] = np.rint(12 * 1.1 * sound[at]) / 12 + 1e-3 * np.sin(2 * np.pi * 61 * seconds[at])
    sound[at] = np.where(np.abs(sound[at]) > 0.13, 0.14 * np.sign(sound[at]), sound[at])
    assert hear(Clipped, quantised(sound)) == []


def _reed() -> Signal:
    """A second of a bright tone that wavers, two samples of whose peaks a cut leaves."""
    seconds = np.arange(RATE_HZ) / RATE_HZ
    turns = np.cumsum(587.3 * (1.0 + 0.006 * np.sin(2 * np.pi * 5.3 * seconds))) / RATE_HZ
    partials = [np.sin(2 * np.pi * n * turns + n * n) / n**0.4 for n in range(1, 26)]
    sound = np.sum(partials, axis=0) * (0.7 + 0.3 * np.sin(2 * np.pi * 0.9 * seconds))
    return np.asarray(0.5 * sound / np.abs(sound).max())


def test_cut_peaks_of_two_samples_are_found_and_those_that_a_limiter_held_are_none(
    hear: Hear,
) -> None:
    reed = _reed()
    wall = 0.5 * 10 ** (-0.5 / 20)
    cut = quantised(np.clip(reed, -wall, wall))
    held = np.minimum(1.0, wall / (maximum_filter1d(np.abs(reed), 193) + 1e-12))
    assert {each.severity for each in hear(Clipped, cut)} == {"major"}
    assert hear(Clipped, quantised(reed * uniform_filter1d(held, 97))) == []
    assert hear(Clipped, quantised(reed)) == []


def test_cut_noise_that_leaves_single_samples_is_found(hear: Hear) -> None:
    dice = np.random.default_rng(4)
    hiss = np.diff(dice.standard_normal(2 * RATE_HZ + 1))
    hats = 0.1 * hiss * np.exp(-(np.arange(2 * RATE_HZ) % 6000) / 900)
    wall = 0.5 * float(np.abs(hats).max())
    assert hear(Clipped, quantised(np.clip(hats, -wall, wall)))
    assert hear(Clipped, quantised(hats)) == []


@pytest.mark.parametrize(("peaks", "severity"), [(1, "minor"), (3, "major")])
def test_how_bad_clipping_is_hangs_on_all_peaks_of_the_stem_that_are_cut(
    hear: Hear, peaks: int, severity: str
) -> None:
    seconds = np.arange(3 * RATE_HZ) / RATE_HZ
    loud = np.exp(-np.square((seconds % 1.0 - 0.5) / 0.0003)) * (seconds < peaks)
    sound = (0.2 + 0.3 * loud) * np.sin(2 * np.pi * 1371.3 * (seconds % 1.0 - 0.5) + np.pi / 2)
    found = hear(Clipped, quantised(np.minimum(sound, 0.489)))
    assert [each.severity for each in found] == peaks * [severity]
