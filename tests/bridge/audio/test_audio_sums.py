"""Sums: the order of addition is the law, blocks are not."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, strategies as st

from bridge.audio.blocks import Block, Part, reblocked, summed


def noise(seed: int, channels: int, frames: int) -> Block:
    return np.random.default_rng(seed).standard_normal((channels, frames))


def cut(block: Block, sizes: list[int]) -> Iterator[Block]:
    at = 0
    for size in sizes:
        yield block[:, at : at + size]
        at += size
    yield block[:, at:]


def joined(blocks: Iterator[Block]) -> Block:
    return np.concatenate(list(blocks), axis=1)


sizes = st.lists(st.integers(0, 90), max_size=8)


@given(first=sizes, second=sizes, third=sizes, block=st.integers(1, 400))
def test_the_sum_is_acc_plus_gain_times_x_for_any_blocks(
    first: list[int], second: list[int], third: list[int], block: int
) -> None:
    a, b, c = noise(1, 2, 300), noise(2, 1, 150), noise(3, 2, 500)
    parts = (
        Part(0.3, cut(a, first)),
        Part(-1.7, cut(b, second), offset_frames=77),
        Part(1.0, cut(c, third), offset_frames=210),
    )
    expected = np.zeros((2, 400))
    expected[:, :300] += 0.3 * a
    expected[:, 77:227] += -1.7 * b
    expected[:, 210:] += c[:, :190]
    assert np.array_equal(joined(summed(parts, 400, block)), expected)


def test_mono_goes_to_both_sides_at_unity() -> None:
    mono = noise(4, 1, 10)
    (both,) = summed([Part(1.0, [mono])], 10)
    assert np.array_equal(both, np.vstack([mono, mono]))


def test_no_parts_sum_to_silence_of_the_length_asked_for() -> None:
    assert np.array_equal(joined(summed([], 70000)), np.zeros((2, 70000)))


def test_what_has_no_place_in_a_stereo_sum_is_refused() -> None:
    with pytest.raises(ValueError, match="3 channels"):
        list(summed([Part(1.0, [noise(5, 3, 10)])], 10))
    with pytest.raises(ValueError, match="before the sum"):
        list(summed([Part(1.0, [noise(5, 2, 10)], offset_frames=-1)], 10))


@given(lengths=sizes, size=st.integers(1, 120))
def test_reblocked_keeps_the_samples_and_makes_blocks_of_one_size(
    lengths: list[int], size: int
) -> None:
    whole = noise(6, 2, 700)
    blocks = list(reblocked(cut(whole, lengths), size))
    assert np.array_equal(np.concatenate(blocks, axis=1), whole)
    assert {block.shape[1] for block in blocks[:-1]} <= {size}
    assert 0 < blocks[-1].shape[1] <= size
