"""Two audios beside each other: offset, gain and polarity as made, by samples at full rate."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from scipy import fft

from bridge.audio import Block
from bridge.checking.correlation import NOT_ALIKE, aligned, together, weighted_median
from bridge.checking.envelopes import Envelopes
from bridge.checking.excerpts import excerpt, loud_places, loudness_by_row
from bridge.checking.hearing import Heard, sketched
from bridge.checking.sketch import STEP_S
from bridge.checking.stem_audio import stem_audio

RATE_HZ = 48000
LEAD = 4000


def _noise(seed: int, frames: int = 1 << 16, channels: int = 2) -> Block:
    return 0.1 * np.random.default_rng(seed).standard_normal((channels, frames))


def _delayed(samples: Block, frames: float) -> Block:
    turns = 2 * np.pi * np.arange(samples.shape[1] // 2 + 1) / samples.shape[1]
    return np.asarray(fft.irfft(fft.rfft(samples) * np.exp(-1j * turns * frames)))


def _within(samples: Block) -> tuple[Block, Block]:
    return samples[:, LEAD:-LEAD], samples


@pytest.mark.parametrize(("late", "gain"), [(0, 1.0), (1, -0.5), (-3000.0, 0.25), (37.4, -2.0)])
def test_a_copy_is_found_with_its_offset_gain_and_polarity(late: float, gain: float) -> None:
    other = _noise(1)
    one, _ = _within(gain * _delayed(other, late))
    found = aligned(one, other, LEAD)
    assert found.offset_frames == pytest.approx(late, abs=1e-3)
    assert found.gain == pytest.approx(gain, rel=1e-4)
    assert found.polarity == np.sign(gain)
    assert found.likeness > 0.9999


def test_what_is_unrelated_is_not_alike() -> None:
    one, _ = _within(_noise(2))
    assert aligned(one, _noise(3), LEAD).likeness < 0.05
    assert aligned(one, _noise(3), LEAD, whitened=True).sharpness < 7.0


def test_a_quiet_part_of_a_mix_is_found_between_the_samples() -> None:
    part = _noise(4)
    one, _ = _within(part)
    mix = 3.0 * _noise(5) - 0.5 * _delayed(part, 120.3)
    found = aligned(one, mix, LEAD, whitened=True)
    assert found.offset_frames == pytest.approx(-120.3, abs=0.1)
    assert found.polarity == -1
    assert found.sharpness > 20.0


def test_silence_is_like_nothing() -> None:
    one, other = _within(_noise(6))
    assert aligned(np.zeros_like(one), other, LEAD) == NOT_ALIKE
    assert aligned(one, np.zeros_like(other), LEAD) == NOT_ALIKE


def test_what_differs_in_width_is_compared_in_mono() -> None:
    other = _noise(7)
    one, _ = _within(other)
    assert aligned(one.mean(axis=0, keepdims=True), other, LEAD).likeness > 0.9999


def test_of_several_places_the_middle_one_counts() -> None:
    assert weighted_median([5.0, 1.0, 900.0], [1.0, 1.0, 1.0]) == 5.0
    assert weighted_median([5.0, 1.0, 900.0], [1.0, 1.0, 5.0]) == 900.0
    assert together([], []) == NOT_ALIKE


def _stem(path: Path, samples: Block, rate_hz: int = RATE_HZ, position: int = 0) -> Heard:
    soundfile.write(path, samples.T, rate_hz, subtype="FLOAT")
    return sketched(stem_audio(path.stem, path.stem, "other", (path,), position))


def test_an_excerpt_lies_in_the_song_at_the_rate_asked_for(tmp_path: Path) -> None:
    time_s = np.arange(3 * RATE_HZ) / RATE_HZ
    tone = 0.5 * np.sin(2 * np.pi * 441.0 * time_s)[None]
    stem = _stem(tmp_path / "a.wav", tone, position=4800)
    assert np.allclose(excerpt(stem.audio, 4900, 1000, RATE_HZ), tone[:, 100:1100], atol=1e-6)
    assert not excerpt(stem.audio, 0, 4800, RATE_HZ).any()
    at = np.arange(44100, 88200) / 44100 - 4800 / RATE_HZ
    assert np.allclose(
        excerpt(stem.audio, 44100, 44100, 44100), 0.5 * np.sin(2 * np.pi * 441.0 * at), atol=1e-4
    )


def test_loud_places_lie_where_it_sounds_in_different_parts(tmp_path: Path) -> None:
    samples = np.zeros((1, 20 * RATE_HZ))
    for second in (3, 9, 16):
        samples[:, second * RATE_HZ : (second + 1) * RATE_HZ] = _noise(second, RATE_HZ, 1)
    powers = loudness_by_row(_stem(tmp_path / "a.wav", samples))
    assert loud_places(powers, 1.0, 3) == pytest.approx((3.0, 9.0, 16.0), abs=0.03)
    assert loud_places(powers * 0.0, 1.0, 3) == ()


def test_envelopes_tell_how_late_a_copy_is_in_the_song(tmp_path: Path) -> None:
    gate = np.repeat(np.random.default_rng(8).random(200) > 0.6, RATE_HZ // 20)
    sound = _noise(9, len(gate), 1) * gate
    late = np.pad(0.1 * sound, ((0, 0), (RATE_HZ // 2, 0)))
    one, other = _stem(tmp_path / "a.wav", late), _stem(tmp_path / "b.wav", sound, position=RATE_HZ)
    ((offset_s, likeness),) = Envelopes([one, other]).offsets_s(0, 1, 1, 10.0)
    assert offset_s == pytest.approx(-0.5, abs=STEP_S)
    assert likeness > 0.95
