"""Written files: exact, equal every time, whole or not there."""

from __future__ import annotations

import hashlib
import math
import resource
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, strategies as st

from bridge.audio.blocks import Block
from bridge.audio.facts.sizes import Subtype
from bridge.audio.pcm import Dtype, PcmWriter, read_pcm
from bridge.audio.wav_files import WavWriter, Written, wave_header
from stemwright.problems import InputError, MachineError, RenderError

SUBTYPES: tuple[Subtype, ...] = ("pcm16", "pcm24", "float32", "float64")


def noise(frames: int, channels: int = 2) -> Block:
    return np.random.default_rng(9).uniform(-0.9, 0.9, (channels, frames))


def write(path: Path, block: Block, subtype: Subtype, step: int = 4096) -> Written:
    with WavWriter(path, 48000, block.shape[0], subtype, "finish/main", overwrite=True) as out:
        for at in range(0, block.shape[1], step):
            out.write(block[:, at : at + step])
    return out.result


@pytest.mark.parametrize("subtype", SUBTYPES)
@pytest.mark.parametrize("channels", [1, 2])
def test_another_reader_finds_the_samples(tmp_path: Path, subtype: Subtype, channels: int) -> None:
    block = noise(10001, channels)
    written = write(tmp_path / "a.wav", block, subtype)
    samples, rate = soundfile.read(tmp_path / "a.wav", dtype="float64", always_2d=True)
    error = np.abs(samples.T - block).max()
    limit = {"pcm16": 1.5 / 2**15, "pcm24": 1.5 / 2**23, "float32": 2.0**-24, "float64": 0.0}
    assert (rate, samples.shape) == (48000, (10001, channels))
    assert error <= limit[subtype]
    assert (written.frames, written.clipped) == (10001, 0)


@pytest.mark.parametrize("subtype", SUBTYPES)
def test_the_same_samples_make_the_same_bytes(tmp_path: Path, subtype: Subtype) -> None:
    first = write(tmp_path / "a.wav", noise(9999), subtype, step=9999)
    second = write(tmp_path / "b.wav", noise(9999), subtype, step=777)
    assert (tmp_path / "a.wav").read_bytes() == (tmp_path / "b.wav").read_bytes()
    assert first.pcm_sha256 == second.pcm_sha256


@pytest.mark.parametrize("subtype", SUBTYPES)
def test_the_hash_is_of_the_data_chunk(tmp_path: Path, subtype: Subtype) -> None:
    written = write(tmp_path / "a.wav", noise(1001, 1), subtype)
    data = (tmp_path / "a.wav").read_bytes()
    at = data.index(b"data")
    (size,) = struct.unpack_from("<I", data, at + 4)
    assert hashlib.sha256(data[at + 8 : at + 8 + size]).hexdigest() == written.pcm_sha256
    assert len(data) % 2 == 0
    assert struct.unpack_from("<I", data, 4)[0] == len(data) - 8


def test_a_file_over_4_gib_is_rf64(tmp_path: Path) -> None:
    frames = 800_000_000
    header = wave_header(96000, 2, "pcm24", frames)
    assert len(header) == len(wave_header(96000, 2, "pcm24", 1))
    path = tmp_path / "long.wav"
    with path.open("wb") as file:
        file.write(header)
        file.truncate(len(header) + frames * 6)  # sparse: no disk is used
    info = soundfile.info(path)
    assert (info.format, info.frames, info.samplerate) == ("RF64", frames, 96000)


def test_an_exception_leaves_nothing(tmp_path: Path) -> None:
    out = WavWriter(tmp_path / "a.wav", 48000, 2, "pcm24", "w")
    out.write(noise(100))
    with pytest.raises(RenderError, match="not a number"), out:
        out.write(np.full((2, 5), np.nan))
    with pytest.raises(ValueError, match="not finished"):
        _ = out.result
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten_unasked(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_text("mine")
    with pytest.raises(InputError) as caught:
        WavWriter(path, 48000, 2, "pcm24", "w")
    assert caught.value.problems[0].kind == "would_overwrite"
    path.unlink()
    out = WavWriter(path, 48000, 2, "pcm24", "w")
    out.write(noise(10))
    with pytest.raises(InputError, match="exists already"), out:
        path.write_text("somebody was faster")
    assert [p.name for p in tmp_path.iterdir()] == ["a.wav"]
    assert path.read_text() == "somebody was faster"


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """A disk with room for `size` bytes a file, as the system enforces it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_no_space_is_a_machine_error_and_leaves_nothing(tmp_path: Path) -> None:
    with largest_file(100_000):
        with (
            pytest.raises(MachineError) as wav,
            WavWriter(tmp_path / "a.wav", 48000, 2, "pcm24", "w") as out,
        ):
            out.write(noise(50_000))
        with (
            pytest.raises(MachineError) as pcm,
            PcmWriter(tmp_path / "a.pcm", 2, "float64") as raw,
        ):
            raw.write(noise(50_000))
    assert wav.value.problems[0].kind == pcm.value.problems[0].kind == "disk_full"
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_a_machine_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(MachineError) as wav:
        WavWriter(tmp_path / "file" / "a.wav", 48000, 2, "pcm24", "w")
    with pytest.raises(MachineError) as pcm:
        PcmWriter(tmp_path / "none" / "a.pcm", 2, "float64")
    assert wav.value.problems[0].kind == pcm.value.problems[0].kind == "not_writable"


def test_a_finished_file_has_the_rights_the_user_gives_new_files(tmp_path: Path) -> None:
    (tmp_path / "plain").touch()
    write(tmp_path / "a.wav", noise(10), "pcm24")
    assert (tmp_path / "a.wav").stat().st_mode == (tmp_path / "plain").stat().st_mode


@given(
    sizes=st.lists(st.integers(0, 300), min_size=1, max_size=6),
    channels=st.integers(1, 3),
    dtype=st.sampled_from(["float64", "float32"]),
    start=st.integers(0, 50),
    block=st.integers(1, 400),
)
def test_raw_files_give_back_what_was_written(
    tmp_path_factory: pytest.TempPathFactory,
    sizes: list[int],
    channels: int,
    dtype: Dtype,
    start: int,
    block: int,
) -> None:
    path = tmp_path_factory.mktemp("raw") / "a.pcm"
    whole = noise(sum(sizes), channels)
    with PcmWriter(path, channels, dtype) as out:
        for size, end in zip(sizes, np.cumsum(sizes), strict=True):
            out.write(whole[:, end - size : end])
    with PcmWriter(path.with_name("b.pcm"), channels, dtype) as once:
        once.write(whole)
    assert out.summary == once.summary
    stored = whole.astype(dtype).astype(np.float64)
    back = [np.zeros((channels, 0)), *read_pcm(path, channels, dtype, start, block=block)]
    assert np.array_equal(np.concatenate(back, axis=1), stored[:, start:])
    assert out.summary.frames == whole.shape[1]
    assert out.summary.peak == (np.abs(stored).max() if stored.size else 0.0)
    rms = np.sqrt(np.mean(stored**2)) if stored.size else 0.0
    assert math.isclose(out.summary.rms, rms, rel_tol=1e-12)


def test_format_and_channels_are_part_of_the_raw_hash(tmp_path: Path) -> None:
    hashes = set()
    for channels, dtype, frames in ((1, "float64", 40), (2, "float64", 20), (1, "float32", 80)):
        with PcmWriter(tmp_path / "a.pcm", channels, dtype) as out:  # type: ignore[arg-type] # literal types do not survive the tuple
            out.write(np.zeros((channels, frames)))
        hashes.add(out.summary.pcm_hash)
    assert len(hashes) == 3


def test_a_slice_of_a_raw_file_and_a_slice_too_long(tmp_path: Path) -> None:
    whole = noise(1000)
    with PcmWriter(tmp_path / "a.pcm", 2, "float64") as out:
        out.write(whole)
    (part,) = read_pcm(tmp_path / "a.pcm", 2, "float64", start=900, frames=100)
    assert np.array_equal(part, whole[:, 900:])
    with pytest.raises(InputError, match="shorter"):
        list(read_pcm(tmp_path / "a.pcm", 2, "float64", start=900, frames=101))
    with (tmp_path / "a.pcm").open("r+b") as file:
        file.truncate(15_995)
    with pytest.raises(InputError, match="shorter"):
        list(read_pcm(tmp_path / "a.pcm", 2, "float64"))


def test_an_exception_leaves_no_raw_file(tmp_path: Path) -> None:
    out = PcmWriter(tmp_path / "a.pcm", 2, "float32")
    out.write(noise(10))
    with pytest.raises(KeyError), out:
        raise KeyError
    with pytest.raises(ValueError, match="not complete"):
        _ = out.summary
    assert list(tmp_path.iterdir()) == []
