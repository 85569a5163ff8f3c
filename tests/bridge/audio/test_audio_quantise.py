"""Quantising: the law of TPDF dither, saturation, and blocks that do not matter."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from bridge.audio.blocks import Block
from bridge.audio.facts.sizes import Subtype
from bridge.audio.quantise import Quantiser
from stemwright.problems import RenderError

LSB = {"pcm16": 2.0**-15, "pcm24": 2.0**-23}


def quantised(block: Block, subtype: Subtype, seed: str = "a", dither: bool = True) -> Block:
    codes = Quantiser(subtype, block.shape[0], seed, dither).process(block)
    return codes.astype(np.float64)


@pytest.mark.parametrize("subtype", ["pcm16", "pcm24"])
@pytest.mark.parametrize("offset", [0.0, 0.25, 0.5, 0.75])
def test_the_error_has_no_mean_and_a_quarter_lsb_of_variance_at_any_level(
    subtype: Subtype, offset: float
) -> None:
    frames = 1_000_000
    block = np.full((1, frames), (100 + offset) * LSB[subtype])
    error = quantised(block, subtype)[0] - (100 + offset)
    # Standard errors: 0.5/1000 for the mean, about 0.3/1000 for the variance.
    assert abs(error.mean()) < 0.002
    assert abs(error.var() - 0.25) < 0.002
    assert np.abs(error).max() <= 1.5


def test_the_error_has_nothing_to_do_with_the_signal() -> None:
    t = np.arange(1_000_000)
    block = 20 * LSB["pcm16"] * np.sin(2 * np.pi * 0.01 * t)[None]
    error = quantised(block, "pcm16")[0] - block[0] / LSB["pcm16"]
    assert abs(np.corrcoef(error, block[0])[0, 1]) < 0.004
    assert abs(np.corrcoef(error**2, block[0])[0, 1]) < 0.004
    spectrum = np.abs(np.fft.rfft(error)) ** 2 / len(error)
    assert spectrum[30000 - 2 : 30000 + 3].max() < 25 * 0.25  # no third harmonic in white noise


def test_the_dither_is_white_and_each_channel_has_its_own() -> None:
    codes = quantised(np.zeros((2, 500_000)), "pcm24")
    assert abs(np.corrcoef(codes)[0, 1]) < 0.006
    assert abs(np.corrcoef(codes[0, 1:], codes[0, :-1])[0, 1]) < 0.006


def test_the_seed_words_choose_the_dither() -> None:
    silence = np.zeros((1, 1000))
    assert np.array_equal(quantised(silence, "pcm24", "x"), quantised(silence, "pcm24", "x"))
    assert not np.array_equal(quantised(silence, "pcm24", "x"), quantised(silence, "pcm24", "y"))


@given(sizes=st.lists(st.integers(0, 60), max_size=8), subtype=st.sampled_from(["pcm16", "pcm24"]))
def test_blocks_do_not_matter(sizes: list[int], subtype: Subtype) -> None:
    whole = np.random.default_rng(3).uniform(-1.1, 1.1, (2, 500))
    quantiser, at, parts = Quantiser(subtype, 2, "w"), 0, []
    for size in [*sizes, 500]:
        parts.append(quantiser.process(whole[:, at : at + size]))
        at += size
    once = Quantiser(subtype, 2, "w")
    assert np.array_equal(np.concatenate(parts, axis=1), once.process(whole))
    assert quantiser.clipped == once.clipped == np.count_nonzero(np.abs(whole) > 1)


@pytest.mark.parametrize("subtype", ["pcm16", "pcm24"])
@given(code=st.integers(-32768, 32767))
def test_without_dither_every_code_is_its_own(subtype: Subtype, code: int) -> None:
    assert quantised(np.array([[code * LSB[subtype]]]), subtype, dither=False)[0, 0] == code


def test_over_range_is_held_and_counted() -> None:
    quantiser = Quantiser("pcm16", 1, "w")
    codes = quantiser.process(np.array([[2.0, -2.0, 1.0, -1.0, 0.0]]))
    assert (codes[0, 0], codes[0, 1], codes[0, 2]) == (32767, -32768, 32767)
    assert quantiser.clipped == 2


def test_floats_pass_through() -> None:
    block = np.array([[1.5, -3.0e-9, 0.1]])
    assert np.array_equal(quantised(block, "float64"), block)
    assert np.array_equal(Quantiser("float32", 1, "w").process(block), block.astype(np.float32))


@pytest.mark.parametrize("subtype", ["pcm16", "pcm24", "float32", "float64"])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_not_a_number_is_refused_with_its_place(subtype: Subtype, value: float) -> None:
    quantiser = Quantiser(subtype, 2, "w")
    quantiser.process(np.zeros((2, 100)))
    block = np.zeros((2, 50))
    block[1, 7] = value
    with pytest.raises(RenderError, match="sample 107") as caught:
        quantiser.process(block)
    assert caught.value.problems[0].where == {"frame": 107}
