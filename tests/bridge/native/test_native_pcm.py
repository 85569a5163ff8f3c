"""Samples between files, steps and rows: the same bytes compiled as by numpy and libsndfile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pytest
import soundfile
from hypothesis import given, strategies as st

from bridge.audio import (
    Part,
    PcmWriter,
    frames_until_quiet,
    inspect,
    read_blocks,
    read_pcm,
    summed,
)
from bridge.audio.inspection import block_print
from bridge.gathering import Tap
from bridge.native import library, numpy_path

Read = TypeVar("Read")

PATHS: tuple[Callable[[], AbstractContextManager[None]], ...] = (nullcontext, numpy_path)
ODD = [0.0, -0.0, 1.0, -1.0, 5e-324, -1e-310, 1e300, np.inf, -np.inf, np.nan, 1e-5, 1.6e-5]

pytestmark = pytest.mark.skipif(library() is None, reason="no kernels were built")


class NeverCancelled:
    """Lets every block pass."""

    def check(self) -> None:
        """Nobody cancels."""


@st.composite
def streams(draw: st.DrawFn) -> list[npt.NDArray[np.float64]]:
    """Blocks of a stereo stream, quiet or loud, some with numbers that are none."""
    seed, sizes = draw(st.integers(0, 9999)), draw(st.lists(st.integers(0, 700), max_size=4))
    random = np.random.default_rng(seed)
    blocks = [
        random.standard_normal((2, size)) * 10.0 ** draw(st.integers(-8, 1)) for size in sizes
    ]
    for block in blocks:
        if block.size and draw(st.booleans()):
            block.flat[random.integers(0, block.size, 3)] = draw(st.sampled_from(ODD))
    return blocks


def on_both(work: Callable[[], Read]) -> list[Read]:
    """What comes of it compiled, and with numpy."""
    found = []
    for path in PATHS:
        with path(), np.errstate(all="ignore"):
            found.append(work())
    return found


@given(streams(), st.sampled_from(["float64", "float32"]))
@pytest.mark.parametrize("view", [False, True], ids=["rows", "view"])
def test_a_raw_file_is_the_same(
    tmp_path_factory: pytest.TempPathFactory,
    view: bool,
    blocks: list[npt.NDArray[np.float64]],
    dtype: str,
) -> None:
    path = tmp_path_factory.mktemp("pcm") / "a.pcm"

    def written() -> tuple[bytes, str]:
        with PcmWriter(path, 2, dtype) as out:  # type: ignore[arg-type]  # drawn as a string
            for block in blocks:
                out.write(np.repeat(block, 2, axis=1)[:, ::2] if view else block)
        return path.read_bytes(), repr(out.summary)

    compiled, numpy = on_both(written)
    assert compiled == numpy

    def read() -> list[bytes]:
        return [each.tobytes() for each in read_pcm(path, 2, dtype, block=100)]  # type: ignore[arg-type]  # drawn as a string

    compiled_blocks, numpy_blocks = on_both(read)
    assert compiled_blocks == numpy_blocks


@given(streams())
def test_a_tap_hears_the_same(blocks: list[npt.NDArray[np.float64]]) -> None:
    def heard() -> str:
        tap = Tap(blocks, NeverCancelled())  # type: ignore[arg-type]  # asks for nothing else
        passed = sum(block.shape[1] for block in tap)
        ends = [frames_until_quiet(block, 0.01) for block in blocks if block.shape[1]]
        return repr((passed, tap.levels, ends))

    compiled, numpy = on_both(heard)
    assert compiled == numpy


@given(streams(), streams(), st.sampled_from([1.0, -1.0, 0.3]), st.integers(0, 500))
def test_a_sum_is_the_same(
    one: list[npt.NDArray[np.float64]],
    other: list[npt.NDArray[np.float64]],
    gain: float,
    offset: int,
) -> None:
    def added() -> bytes:
        parts = [Part(gain, (block[:1] for block in one), offset), Part(1.0, other)]
        total = np.concatenate(list(summed(parts, 900, 256)), axis=1)
        total[np.isnan(total)] = np.nan  # which of two is kept, the processor says
        return total.tobytes()

    compiled, numpy = on_both(added)
    assert compiled == numpy


@given(streams(), st.integers(0, 10**9))
def test_a_print_is_the_same_and_of_every_bit(
    blocks: list[npt.NDArray[np.float64]], chosen: int
) -> None:
    compiled, numpy = on_both(lambda: [block_print(block) for block in blocks])
    assert compiled == numpy
    for block, known in zip(blocks, compiled, strict=True):
        if block.size:
            block.view(np.uint64).flat[chosen % block.size] ^= np.uint64(1 << chosen % 64)
            assert block_print(block) != known


def test_a_print_tells_order_length_and_polarity() -> None:
    block = np.random.default_rng(1).standard_normal((2, 5000))
    others = [
        -block,
        block[::-1],
        block[:, ::-1],
        block[:, :-1],
        np.roll(block, 1024, axis=1),
        block[:1],
        np.zeros((2, 5000)),
        np.zeros((2, 4999)),
    ]
    prints = {block_print(each) for each in (block, *others)}
    assert len(prints) == 1 + len(others)


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE"])
@pytest.mark.parametrize("channels", [1, 2, 3, 6, 64])
@pytest.mark.parametrize("kind", ["WAV", "RF64", "WAVEX", "AIFF"])
def test_decodes_as_libsndfile_does(tmp_path: Path, subtype: str, channels: int, kind: str) -> None:
    path = tmp_path / "a.wav"
    random = np.random.default_rng(channels)
    codes = random.integers(-(2**31), 2**31, (3001, channels), dtype=np.int64)
    codes[:3] = [[-(2**31)], [2**31 - 1], [0]]
    endian = "LITTLE" if kind == "AIFF" and subtype.startswith("PCM") else "FILE"
    soundfile.write(path, codes / 2.0**31, 48000, subtype=subtype, format=kind, endian=endian)

    def read() -> list[bytes]:
        return [np.ascontiguousarray(block).tobytes() for block in read_blocks(path, 777)]

    compiled, numpy = on_both(read)
    assert compiled == numpy
    assert sum(len(each) for each in compiled) == 3001 * channels * 8


def test_odd_numbers_of_a_float_file_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    soundfile.write(path, np.array([ODD, ODD[::-1]]).T, 48000, subtype="DOUBLE")
    compiled, numpy = on_both(lambda: [block.tobytes() for block in read_blocks(path)])
    assert compiled == numpy


def test_each_block_is_new(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    samples = np.random.default_rng(0).uniform(-1, 1, (1000, 2))
    soundfile.write(path, samples, 48000, subtype="DOUBLE")
    with PcmWriter(tmp_path / "a.pcm", 1, "float64") as out:
        out.write(samples.T[:1])

    def kept() -> Iterator[npt.NDArray[np.float64]]:
        yield np.concatenate(list(read_blocks(path, 64)), axis=1)
        yield np.concatenate(list(read_pcm(tmp_path / "a.pcm", 1, "float64", block=64)), axis=1)

    for whole, mono in on_both(lambda: tuple(kept())):
        assert np.array_equal(whole, samples.T)
        assert np.array_equal(mono, samples.T[:1])


@pytest.mark.parametrize("channels", [1, 2, 3])
@pytest.mark.parametrize("odd", [False, True])
def test_an_inspection_finds_the_same(tmp_path: Path, channels: int, odd: bool) -> None:
    path = tmp_path / "a.wav"
    samples = np.random.default_rng(channels).uniform(-9, 9, (40007, channels))
    if odd:
        samples[20000 : 20000 + len(ODD), 0] = ODD
    soundfile.write(path, samples, 48000, subtype="DOUBLE")
    compiled, numpy = on_both(lambda: inspect(path, start=77))
    assert repr(compiled) == repr(numpy)
    assert compiled.first_nonfinite_frame == (20007 if odd else None)
