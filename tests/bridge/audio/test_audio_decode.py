"""Decoding: exact samples, and every fault told by name."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, strategies as st

from bridge.audio.decode import probe, read_blocks
from bridge.audio.facts.inspected import refuse_bad_samples
from bridge.audio.inspection import inspect
from bridge.audio.zip_members import open_member
from stemwright.problems import InputError

RATE = 48000


def wav(path: Path, samples: np.ndarray, subtype: str = "PCM_24", form: str = "WAV") -> Path:
    soundfile.write(path, samples, RATE, subtype=subtype, format=form)
    return path


def noise(frames: int, channels: int = 2) -> np.ndarray:
    return np.random.default_rng(7).uniform(-0.5, 0.5, (frames, channels))


def kind_of(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        for _ in read_blocks(path):
            pass
    (problem,) = caught.value.problems
    assert problem.where == {"file": str(path)}
    assert path.name in problem.message
    assert problem.hint
    return problem.kind


def test_codes_decode_to_exact_fractions(tmp_path: Path) -> None:
    codes = np.array([[-(1 << 23), -1, 0, 1, (1 << 23) - 1]], dtype=np.int32).T
    path = wav(tmp_path / "a.wav", codes << 8)
    (block,) = read_blocks(path)
    assert block.dtype == np.float64
    assert np.array_equal(block[0] * (1 << 23), codes[:, 0])


@pytest.mark.parametrize("form", ["WAV", "AIFF", "FLAC", "W64", "RF64"])
def test_probe_says_what_the_header_says(tmp_path: Path, form: str) -> None:
    path = wav(tmp_path / f"a.{form.lower()}", noise(1000), form=form)
    header = probe(path)
    assert (header.sample_rate_hz, header.channels, header.frames) == (RATE, 2, 1000)
    assert (header.subtype, header.format) == ("PCM_24", form)
    assert header.seconds == 1000 / RATE


@given(frames=st.integers(1, 400), block=st.integers(1, 450))
def test_blocks_joined_are_the_file(
    tmp_path_factory: pytest.TempPathFactory, frames: int, block: int
) -> None:
    path = wav(tmp_path_factory.mktemp("joined") / "a.wav", noise(frames), "DOUBLE")
    blocks = list(read_blocks(path, block))
    assert all(b.flags.c_contiguous and b.shape[1] == block for b in blocks[:-1])
    assert np.array_equal(np.concatenate(blocks, axis=1), noise(frames).T)


@pytest.mark.parametrize("form", ["WAV", "AIFF", "FLAC", "W64", "RF64"])
def test_a_file_cut_short_is_refused(tmp_path: Path, form: str) -> None:
    path = wav(tmp_path / f"cut.{form.lower()}", noise(20000), form=form)
    path.write_bytes(path.read_bytes()[:-40000])
    assert kind_of(path) == "truncated"


@pytest.mark.parametrize("size", [0xFFFFFFFF, 0x7FFFFFFF])
def test_a_wav_streamed_through_a_pipe_has_no_length_and_is_read_whole(
    tmp_path: Path, size: int
) -> None:
    data = bytearray(wav(tmp_path / "pipe.wav", noise(1000)).read_bytes())
    data[40:44] = struct.pack("<I", size)
    (tmp_path / "pipe.wav").write_bytes(data)
    assert sum(block.shape[1] for block in read_blocks(tmp_path / "pipe.wav")) in (1000, 999)


def test_faults_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "text.wav").write_text("this is not a sound file, whatever its name says")
    (tmp_path / "zero.wav").write_bytes(b"")
    (tmp_path / "folder.wav").mkdir()
    (tmp_path / "samples.raw").write_bytes(bytes(400))
    wav(tmp_path / "header_only.wav", np.zeros((0, 2)))
    assert kind_of(tmp_path / "text.wav") == "not_audio"
    assert kind_of(tmp_path / "zero.wav") == "empty_audio"
    assert kind_of(tmp_path / "header_only.wav") == "empty_audio"
    assert kind_of(tmp_path / "folder.wav") == "not_audio"
    assert kind_of(tmp_path / "samples.raw") == "not_audio"
    assert kind_of(tmp_path / "none.wav") == "missing_file"


@given(cut=st.integers(0, 3043), garbage=st.binary(max_size=40))
def test_a_damaged_file_never_raises_anything_but_an_input_error(
    tmp_path_factory: pytest.TempPathFactory, cut: int, garbage: bytes
) -> None:
    path = wav(tmp_path_factory.mktemp("fuzz") / "a.wav", noise(500))
    data = path.read_bytes()
    path.write_bytes(data[:cut] + garbage + data[cut + len(garbage) :][: 3044 - cut])
    try:
        frames = sum(block.shape[1] for block in read_blocks(path))
    except InputError:
        frames = 1
    assert frames > 0


def test_the_same_samples_hash_alike_in_every_format(tmp_path: Path) -> None:
    samples = np.round(noise(70000) * 2**23) / 2**23
    hashes = {
        inspect(wav(tmp_path / name, samples, form=form)).pcm_hash
        for name, form in (("a.wav", "WAV"), ("b.aiff", "AIFF"), ("c.flac", "FLAC"))
    }
    assert len(hashes) == 1
    samples[69999, 1] += 2.0**-23
    assert inspect(wav(tmp_path / "d.wav", samples)).pcm_hash not in hashes


def test_rate_and_channels_are_part_of_the_hash(tmp_path: Path) -> None:
    wav(tmp_path / "mono.wav", np.full((200, 1), 0.25))
    wav(tmp_path / "stereo.wav", np.full((100, 2), 0.25))
    soundfile.write(tmp_path / "slow.wav", np.full((100, 2), 0.25), 44100, subtype="PCM_24")
    names = ("mono.wav", "stereo.wav", "slow.wav")
    assert len({inspect(tmp_path / name).pcm_hash for name in names}) == 3


def test_inspection_finds_the_peak_and_the_first_bad_samples(tmp_path: Path) -> None:
    samples = noise(200000)
    samples[150000, 1] = -7.9
    good = inspect(wav(tmp_path / "good.wav", samples, "DOUBLE"))
    assert (good.peak, good.peak_frame, good.frames) == (7.9, 150000, 200000)
    assert good.first_nonfinite_frame is None
    assert good.first_over_frame is None
    refuse_bad_samples(good, "good")
    samples[[160000, 170000], 0] = np.nan, -np.inf
    samples[180000, 1] = -8.0
    bad = inspect(wav(tmp_path / "bad.wav", samples, "DOUBLE"))
    assert (bad.first_nonfinite_frame, bad.first_over_frame) == (160000, 180000)
    assert (bad.peak, bad.peak_frame) == (8.0, 180000)
    with pytest.raises(InputError, match=r"bad: .*sample 160000 \(3\.333 s\)") as caught:
        refuse_bad_samples(bad, "bad")
    assert [p.kind for p in caught.value.problems] == ["not_finite", "over_range"]
    assert [p.where["frame"] for p in caught.value.problems] == [160000, 180000]


def test_a_real_export_with_damaged_samples_is_refused(shared_data) -> None:  # type: ignore[no-untyped-def] # the fixture is the tree's
    files = sorted(shared_data("stems/garbage").rglob("*.[wW][aA][vV]"))
    worst = max((inspect(path) for path in files), key=lambda found: found.peak)
    assert worst.peak > 1e9
    with pytest.raises(InputError, match="above \\+18 dBFS"):
        refuse_bad_samples(worst, "garbage")


def zipped(path: Path, method: int = zipfile.ZIP_DEFLATED) -> Path:
    wav(path / "kick.wav", noise(5000))
    with zipfile.ZipFile(path / "stems.zip", "w", method) as bundle:
        member = zipfile.ZipInfo("song/../../Kick Ä.WAV")
        member.compress_type = method
        bundle.writestr(member, (path / "kick.wav").read_bytes())
    return path / "stems.zip"


def test_a_zip_member_is_copied_under_a_safe_name(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    copy = open_member(zipped(tmp_path), "song/../../Kick Ä.WAV", tmp_path / "out")
    assert copy.parent == tmp_path / "out"
    assert copy.suffix == ".wav"
    assert copy.read_bytes() == (tmp_path / "kick.wav").read_bytes()


def test_zip_faults_are_told_apart_and_leave_nothing(tmp_path: Path) -> None:
    bundle, out = zipped(tmp_path, zipfile.ZIP_STORED), tmp_path / "out"
    out.mkdir()
    member = "song/../../Kick Ä.WAV"
    (tmp_path / "text.zip").write_text("no zip")
    whole = bundle.read_bytes()
    (tmp_path / "rotten.zip").write_bytes(whole[:500] + b"\xff" * 40 + whole[540:])
    lying = bytearray(whole)
    entry = whole.rindex(b"PK\x01\x02")
    struct.pack_into("<II", lying, entry + 20, 1000, 1000)
    (tmp_path / "lying.zip").write_bytes(lying)
    for name, wanted, kind in (
        ("none.zip", member, "missing_file"),
        ("text.zip", member, "bad_zip"),
        ("stems.zip", "snare.wav", "missing_member"),
        ("rotten.zip", member, "bad_zip"),
        ("lying.zip", member, "bad_zip"),
    ):
        with pytest.raises(InputError) as caught:
            open_member(tmp_path / name, wanted, out)
        assert (name, caught.value.problems[0].kind) == (name, kind)
    assert list(out.iterdir()) == []
