"""Dithered codes and the bytes of a file: the same compiled as by numpy."""

from __future__ import annotations

import hashlib
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, strategies as st

from bridge.audio import WavWriter
from bridge.audio.facts.sizes import Subtype
from bridge.audio.quantise import Quantiser, as_stored
from bridge.native import library, numpy_path
from stemwright.problems import RenderError

pytestmark = pytest.mark.skipif(library() is None, reason="no kernels were built")

Stream = list[npt.NDArray[np.float64]]

EDGES = [1.0, -1.0, 1.0 + 2**-52, 1 - 2**-23, 1 - 2**-24, 2.0, -3e300, 5e-324, -0.0, 2**-24, 3e18]


@st.composite
def streams(draw: st.DrawFn) -> Stream:
    """Blocks of 1 to 64 channels, some of them at full scale and beyond it."""
    channels = draw(st.sampled_from([1, 2, 3, 64]))
    random = np.random.default_rng(draw(st.integers(0, 9999)))
    sizes = draw(st.lists(st.integers(0, 1100), max_size=3))
    blocks = [random.uniform(-1, 1, (channels, size)) for size in sizes]
    for block in blocks:
        if block.size and draw(st.booleans()):
            block.flat[random.integers(0, block.size, 4)] = draw(st.sampled_from(EDGES))
    return blocks


@given(streams(), st.sampled_from(["pcm16", "pcm24", "float32", "float64"]), st.booleans())
def test_codes_bytes_and_clipped_samples(blocks: Stream, subtype: Subtype, dither: bool) -> None:
    found = []
    for path in (nullcontext, numpy_path):
        with path():
            quantiser = Quantiser(subtype, len(blocks[0]) if blocks else 1, "seed", dither)
            with np.errstate(over="ignore"):
                samples = [quantiser.process(block) for block in blocks]
            octets = [bytes(as_stored(each, subtype)) for each in samples]
            found.append((samples and samples[0].dtype, octets, quantiser.clipped))
    assert found[0] == found[1]


@given(st.integers(0, 9), st.integers(1, 5000), st.integers(0, 5000))
def test_the_draws_are_those_of_philox(seed: int, frames: int, cut: int) -> None:
    block = np.zeros((1, frames))
    quantiser = Quantiser("pcm24", 1, str(seed))
    parts = [block[:, :cut], block[:, cut:]]
    codes = np.concatenate([quantiser.process(part) for part in parts], axis=1)
    with numpy_path():
        assert np.array_equal(codes, Quantiser("pcm24", 1, str(seed)).process(block))


@pytest.mark.parametrize("fault", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("channel", [0, 1])
def test_numbers_that_are_none_are_refused_at_their_frame(fault: float, channel: int) -> None:
    block = np.zeros((2, 900))
    block[channel, 700:800] = fault
    told = []
    for path in (nullcontext, numpy_path):
        with path():
            quantiser = Quantiser("pcm24", 2, "seed")
            quantiser.process(block[:, :300])
            with pytest.raises(RenderError) as refused:
                quantiser.process(block[:, 300:])
            told.append(refused.value.problems[0])
    assert told[0] == told[1]
    assert told[0].where == {"frame": 700}


def test_a_file_keeps_its_bytes(tmp_path: Path) -> None:
    samples = np.random.default_rng(4).uniform(-1.01, 1.01, (2, 40001))
    found = []
    for path in (nullcontext, numpy_path):
        with (
            path(),
            WavWriter(tmp_path / "a.wav", 48000, 2, "pcm24", "seed", overwrite=True) as out,
        ):
            out.write(samples[:, :12345])
            out.write(samples[:, 12345:])
        octets = (tmp_path / "a.wav").read_bytes()
        found.append((hashlib.sha256(octets).hexdigest(), out.result))
    assert found[0] == found[1]
