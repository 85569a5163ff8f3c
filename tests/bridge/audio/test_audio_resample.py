"""Sample-rate conversion: length, alignment, images, and blocks that do not matter."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from bridge.audio.blocks import Block
from bridge.audio.resample import resampled, resampled_frames

PAIRS = [(44100, 48000), (48000, 44100), (96000, 48000), (88200, 48000), (44100, 96000)]


def convert(block: Block, from_hz: int, to_hz: int) -> Block:
    return np.concatenate(list(resampled([block], block.shape[0], from_hz, to_hz)), axis=1)


@given(frames=st.integers(0, 3000), pair=st.sampled_from(PAIRS))
def test_the_length_is_the_nearest_whole_number(frames: int, pair: tuple[int, int]) -> None:
    out = convert(np.zeros((1, frames)), *pair)
    assert out.shape[1] == resampled_frames(frames, *pair)
    assert abs(out.shape[1] - frames * pair[1] / pair[0]) <= 0.5


@given(size=st.integers(1, 50000))
def test_blocks_do_not_matter(size: int) -> None:
    whole = np.random.default_rng(1).standard_normal((2, 100000))
    blocks = (whole[:, at : at + size] for at in range(0, 100000, max(size, 500)))
    kept = np.concatenate(
        [whole[:, at : at + size] for at in range(0, 100000, max(size, 500))], axis=1
    )
    out = np.concatenate(list(resampled(blocks, 2, 44100, 48000)), axis=1)
    assert np.array_equal(out, convert(kept, 44100, 48000))


@pytest.mark.parametrize("pair", PAIRS)
def test_an_impulse_stays_in_its_place_to_a_thousandth_of_a_sample(pair: tuple[int, int]) -> None:
    from_hz, to_hz = pair
    at = from_hz // 4  # a quarter of a second: a whole frame at both rates
    block = np.zeros((1, from_hz // 2))
    block[0, at] = 1.0
    out = convert(block, from_hz, to_hz)[0]
    spectrum = np.fft.rfft(np.roll(out, -to_hz // 4))
    hz = np.fft.rfftfreq(len(out), 1 / to_hz)
    band = (hz > 20) & (hz < 15000)
    delay_s = -np.polyfit(2 * np.pi * hz[band], np.unwrap(np.angle(spectrum[band])), 1)[0]
    assert abs(delay_s * to_hz) < 1e-3


@pytest.mark.parametrize("pair", PAIRS)
def test_a_tone_comes_out_as_itself_with_images_under_150_db(pair: tuple[int, int]) -> None:
    from_hz, to_hz = pair
    hz = 11025.3
    tone = np.sin(2 * np.pi * hz * np.arange(from_hz) / from_hz)[None]
    out = convert(tone, from_hz, to_hz)[0]
    ideal = np.sin(2 * np.pi * hz * np.arange(to_hz) / to_hz)
    error = (out - ideal)[to_hz // 4 : -to_hz // 4]
    residue = error * np.blackman(len(error))
    # What is not the tone itself: its bin and neighbours are left out.
    spectrum = np.abs(np.fft.rfft(residue)) / (0.42 * len(error) / 2)
    own = round(hz * len(error) / to_hz)
    spectrum[own - 5 : own + 6] = 0
    assert 20 * np.log10(spectrum.max()) < -150
    assert np.abs(error).max() < 1e-4


def test_one_rate_is_no_conversion() -> None:
    block = np.random.default_rng(2).standard_normal((2, 1000))
    assert np.array_equal(convert(block, 48000, 48000), block)
