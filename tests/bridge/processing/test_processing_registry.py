"""The registry: what is versioned, what is refused, and processors run in a row."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from bridge.audio.blocks import Block
from bridge.processing.processors.gain import GainProcessor
from bridge.processing.registry import KEYED, SUPPORTED, VERSIONS, build, build_keyed, run
from chains import Gain, Plugin

RATE = 48000


def test_every_built_in_has_a_version() -> None:
    assert set(VERSIONS) == SUPPORTED > KEYED
    assert all(version >= 1 for version in VERSIONS.values())


def test_plugins_are_not_built_here() -> None:
    for builder in (build, build_keyed):
        with pytest.raises(ValueError, match="plugin"):
            builder(Plugin(plugin="Some Plugin"), RATE)


class Late:
    """A look-ahead processor at zero latency that gives nothing before the end."""

    def __init__(self) -> None:
        self._blocks: list[Block] = []

    def process(self, block: Block) -> Block:
        self._blocks.append(block)
        return np.zeros((2, 0))

    def finish(self) -> Block:
        return np.concatenate(self._blocks, axis=1)


@given(sizes=st.lists(st.integers(1, 50), min_size=1, max_size=6))
def test_what_one_holds_goes_through_those_after_it(sizes: list[int]) -> None:
    whole = np.random.default_rng(2).standard_normal((2, sum(sizes)))
    cuts = np.cumsum(sizes)
    blocks = [whole[:, end - size : end] for size, end in zip(sizes, cuts, strict=True)]
    half = Gain(gain_db=-6.0)
    row = [
        GainProcessor(half, RATE),
        Late(),
        GainProcessor(half, RATE),
        Late(),
        GainProcessor(half, RATE),
    ]
    out = list(run(row, blocks))
    once = GainProcessor(half, RATE)
    expected = once.process(once.process(once.process(whole)))
    assert np.array_equal(np.concatenate(out, axis=1), expected)
    assert all(block.shape[1] for block in out)


def test_no_processors_are_the_identity() -> None:
    block = np.ones((2, 10))
    assert [b.tolist() for b in run([], [block])] == [block.tolist()]
