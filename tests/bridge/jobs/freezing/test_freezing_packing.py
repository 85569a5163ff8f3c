"""Packed audio comes back to the bit, and what is no packed audio is told."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from bridge.jobs.freezing.packing import NotPackedError, pack, packed_size, unpack

WIDTHS = {"float32": ("<f4", "<u4"), "float64": ("<f8", "<u8")}


def through(folder: Path, octets: bytes, dtype) -> tuple[bytes, int]:
    raw, packed, back = folder / "raw", folder / "packed", folder / "back"
    raw.write_bytes(octets)
    with packed.open("wb") as file:
        pack(raw, dtype, file)
    unpack(packed, dtype, back, len(octets) // (2 * np.dtype(WIDTHS[dtype][0]).itemsize))
    assert packed_size(raw, dtype, 8) == packed.stat().st_size
    return back.read_bytes(), packed.stat().st_size


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), frames=st.integers(0, 300), special=st.booleans())
def test_any_bits_come_back(dtype, seed: int, frames: int, special: bool) -> None:
    rng = np.random.default_rng(seed)
    kind, whole = WIDTHS[dtype]
    words = rng.integers(0, np.iinfo(whole).max, (frames, 2), np.uint64).astype(whole)
    if special and frames > 4:
        words[:4, 0] = np.array([0.0, -0.0, np.inf, np.nan], kind).view(whole)
    with tempfile.TemporaryDirectory() as folder:
        assert through(Path(folder), words.tobytes(), dtype)[0] == words.tobytes()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_sound_of_several_blocks_becomes_smaller(tmp_path: Path, dtype) -> None:
    seconds = np.arange(3 * 65536 + 17) / 48000
    tone = 0.3 * np.sin(2 * np.pi * 220 * seconds)
    octets = np.stack([tone, 0.5 * tone], axis=1).astype(WIDTHS[dtype][0]).tobytes()
    back, size = through(tmp_path, octets, dtype)
    assert back == octets
    assert size < 0.9 * len(octets)
    about = packed_size(tmp_path / "raw", dtype, 2)
    assert about == pytest.approx(size, rel=0.3)


def test_silence_takes_next_to_nothing(tmp_path: Path) -> None:
    octets = bytes(8 * 480000)
    back, size = through(tmp_path, octets, "float32")
    assert back == octets
    assert size < len(octets) / 100


@pytest.mark.parametrize("cut", [3, 40, 100, -1])
def test_what_is_cut_is_no_packed_audio(tmp_path: Path, cut: int) -> None:
    through(tmp_path, np.random.default_rng(1).bytes(8 * 1000), "float32")
    packed = tmp_path / "packed"
    packed.write_bytes(packed.read_bytes()[:cut])
    with pytest.raises(NotPackedError):
        unpack(packed, "float32", tmp_path / "back", 1000)


@pytest.mark.parametrize("frames", [999, 1001])
def test_another_length_is_none_of_it(tmp_path: Path, frames: int) -> None:
    through(tmp_path, np.random.default_rng(1).bytes(8 * 1000), "float32")
    with pytest.raises(NotPackedError):
        unpack(tmp_path / "packed", "float32", tmp_path / "back", frames)
