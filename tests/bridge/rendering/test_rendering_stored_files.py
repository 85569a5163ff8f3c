"""A raw file becomes the entry that its samples would, read once; what was damaged is found."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from blake3 import blake3

from bridge.audio import PcmWriter, read_pcm
from bridge.gathering import (
    Cancel,
    DamagedEntryError,
    store_file,
    store_signal,
    stored_signal,
)
from bridge.native import numpy_path
from bridge.storing import Entry, Store
from stemwright.problems import InputError

FRAMES = 40_001


def _samples() -> np.ndarray:
    """(frames, 2) float32: noise, then silence, with zeros of both signs and tiny numbers."""
    samples = np.random.default_rng(2).standard_normal((FRAMES, 2)).astype("<f4")
    samples[7] = (-0.0, np.float32(1e-41))
    samples[-5000:] = 0.0
    return samples


def _of_samples(store: Store, path: Path) -> Entry:
    blocks = read_pcm(path, 2, "float32", block=777)
    return store_signal(store, lambda: "a" * 64, blocks, "float32", Cancel(), lambda: {"more": 1})


def _of_file(store: Store, path: Path) -> Entry:
    return store_file(store, "a" * 64, path, "float32", Cancel(), {"more": 1})


@pytest.mark.parametrize("path_of", [nullcontext, numpy_path])
def test_a_file_becomes_the_entry_of_its_samples(
    tmp_path: Path, path_of: Callable[[], Any]
) -> None:
    raw = tmp_path / "out.f32"
    _samples().tofile(raw)
    octets = raw.read_bytes()
    with path_of():
        copied = _of_samples(Store(tmp_path / "one"), raw)
        moved = _of_file(Store(tmp_path / "two"), raw)
    assert moved.meta == copied.meta
    assert moved.meta["frames"] == FRAMES
    assert moved.meta["loud_frames"] == FRAMES - 5000
    assert moved.data.read_bytes() == copied.data.read_bytes() == octets
    assert not raw.exists()


def test_a_file_of_half_a_frame_is_refused(tmp_path: Path) -> None:
    raw = tmp_path / "out.f32"
    raw.write_bytes(bytes(12))
    with pytest.raises(InputError, match="shorter"):
        _of_file(Store(tmp_path / "store"), raw)


@pytest.mark.parametrize("made", [_of_samples, _of_file])
def test_what_was_hashed_on_the_way_is_not_read_again_and_damage_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: Callable[[Store, Path], Entry]
) -> None:
    raw = tmp_path / "out.f32"
    _samples().tofile(raw)
    read: list[Path] = []
    monkeypatch.setattr(
        "bridge.storing.store.file_digest", lambda path, *_: read.append(path) or "0" * 64
    )
    made(Store(tmp_path / "store"), raw)
    assert read == []
    monkeypatch.undo()
    store = Store(tmp_path / "store")
    entry = store.get("a" * 64)
    assert entry is not None
    assert store.intact(entry)
    assert store.damaged() == []
    with entry.data.open("r+b") as file:
        file.seek(100_000)
        file.write(b"\x01")
    store = Store(tmp_path / "store")
    assert store.damaged() == ["a" * 64]
    with pytest.raises(DamagedEntryError):
        stored_signal(store, entry).blocks()
    assert store.get("a" * 64) is None


def test_silence_takes_no_disk_and_reads_as_it_was(tmp_path: Path) -> None:
    samples = np.zeros((2, 20 * 16384))
    samples[:, 5 * 16384 : 5 * 16384 + 10] = 0.5
    samples[1, 7 * 16384] = -0.0
    store = Store(tmp_path / "store")
    blocks = [samples[:, start : start + 16384] for start in range(0, samples.shape[1], 16384)]
    entry = store_signal(store, lambda: "a" * 64, blocks, "float64", Cancel(), dict)
    whole = np.ascontiguousarray(samples.T).tobytes()
    assert entry.data.read_bytes() == whole
    assert entry.meta["pcm"] == blake3(b"pcm float64le 2\n" + whole).hexdigest()
    assert entry.intact()
    (held,) = store.held()
    if entry.data.stat().st_blocks * 512 < len(whole):  # the disk knows holes
        assert held.size_bytes < 3 * 16384 * 16  # two blocks sound
    back = np.concatenate([*stored_signal(store, entry).blocks()], axis=1)
    assert np.array_equal(back, samples)
    assert np.signbit(back[1, 7 * 16384])


class _Sparing:
    """A raw file that takes a thousand bytes at a time."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def write(self, octets: memoryview) -> int:
        return int(self._file.write(octets[:1000]))

    def truncate(self) -> None:
        self._file.truncate()

    def close(self) -> None:
        self._file.close()


def test_a_disk_that_takes_a_part_gets_the_rest(tmp_path: Path) -> None:
    samples = _samples().T.astype(np.float64)
    with PcmWriter(tmp_path / "whole", 2, "float32") as whole:
        whole.write(samples)
    with PcmWriter(tmp_path / "parts", 2, "float32") as parts:
        parts._file = _Sparing(parts._file)  # type: ignore[assignment]  # what the system may do
        parts.write(samples)
    assert (tmp_path / "parts").read_bytes() == (tmp_path / "whole").read_bytes()
    assert parts.summary == whole.summary
