"""Texts in a WAV file: they come back, and neither samples nor anybody else's chunks change."""

from __future__ import annotations

import hashlib
import os
import struct
import tracemalloc
import wave
import zlib
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, strategies as st
from mutagen.id3 import TIT2
from mutagen.wave import WAVE

from bridge.audio.decode import probe
from bridge.audio.inspection import inspect
from bridge.audio.tags import can_carry, read_texts, write_texts
from bridge.audio.wav_files import WavWriter, pcm_sha256
from sessions import read
from stemwright.problems import InputError

SUBTYPES = ("pcm16", "pcm24", "float32", "float64")
TEXTS = {"stemwright.version": "main", "stemwright.größe": "längs\nund quer ♫"}


def _write(path: Path, subtype: str = "pcm24", channels: int = 2, frames: int = 1001) -> str:
    samples = np.random.default_rng(1).uniform(-0.5, 0.5, (channels, frames))
    with WavWriter(path, 48000, channels, subtype, "a tag", overwrite=True) as writer:  # type: ignore[arg-type]
        writer.write(samples)
    return writer.result.pcm_sha256


@pytest.mark.parametrize("subtype", SUBTYPES)
@pytest.mark.parametrize("channels", [1, 2])
def test_texts_come_back_and_no_sample_changes(tmp_path, subtype, channels) -> None:
    path = tmp_path / "a.wav"
    written = _write(path, subtype, channels)
    before, head, octets = inspect(path), probe(path), path.read_bytes()
    assert can_carry(path)
    write_texts(path, TEXTS)
    assert read_texts(path) == TEXTS
    assert (inspect(path), probe(path), pcm_sha256(path)) == (before, head, written)
    after = path.read_bytes()
    assert after[8 : len(octets)] == octets[8:]  # behind the RIFF size everything is as it was
    assert struct.unpack("<I", after[4:8]) == (len(after) - 8,)


def test_the_same_texts_make_the_same_bytes(tmp_path) -> None:
    one, other = tmp_path / "one.wav", tmp_path / "other.wav"
    for path, texts in ((one, TEXTS), (other, dict(reversed(TEXTS.items())))):
        _write(path)
        write_texts(path, texts)
    assert one.read_bytes() == other.read_bytes()
    write_texts(one, TEXTS)
    assert one.read_bytes() == other.read_bytes()


def test_what_others_put_there_stays(tmp_path) -> None:
    path = tmp_path / "a.wav"
    _write(path)
    wav = WAVE(path)
    wav.add_tags()
    wav.tags.add(TIT2(encoding=3, text=["Ein Lied"]))
    wav.save()
    chunk = b"bext" + struct.pack("<I", 4) + b"mine"
    octets = path.read_bytes() + chunk
    path.write_bytes(octets[:4] + struct.pack("<I", len(octets) - 8) + octets[8:])
    write_texts(path, TEXTS)
    write_texts(path, {"stemwright.version": "instrumental"})
    assert read_texts(path) == TEXTS | {"stemwright.version": "instrumental"}
    assert WAVE(path).tags["TIT2"].text == ["Ein Lied"]
    assert chunk in path.read_bytes()


def test_a_tagged_master_is_a_stem_like_any_other(tmp_path) -> None:
    for name in ("plain", "tagged"):
        (tmp_path / name).mkdir()
        _write(tmp_path / name / "kick.wav")
    write_texts(tmp_path / "tagged" / "kick.wav", TEXTS)
    one, other = (read(tmp_path / name) for name in ("plain", "tagged"))
    assert one.diagnostics == other.diagnostics
    (a,), (b,) = one.tracks, other.tracks
    assert (a.id, a.channels, a.clips[0].length_s) == (b.id, b.channels, b.clips[0].length_s)


def test_files_without_room_are_told_from_others(tmp_path) -> None:
    path = tmp_path / "a.wav"
    _write(path)
    octets = path.read_bytes()
    path.write_bytes(b"RF64" + octets[4:])
    assert not can_carry(path)
    assert read_texts(path) == {}
    path.write_bytes(octets)
    with path.open("r+b") as file:
        file.truncate(2**32 - 1)  # sparse: it takes no room
    assert not can_carry(path)
    path.write_bytes(b"fLaC")
    assert not can_carry(path)
    with pytest.raises(ValueError, match=r"a\.wav"):
        write_texts(path, TEXTS)


@given(st.data())
def test_a_damaged_tag_is_no_tag_and_no_crash(tmp_path_factory, data) -> None:
    path = tmp_path_factory.mktemp("damaged") / "a.wav"
    _write(path, frames=8)
    start = path.stat().st_size
    write_texts(path, TEXTS)
    octets = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        octets[data.draw(st.integers(start, len(octets) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(octets[: data.draw(st.integers(start, len(octets)))])
    assert all(isinstance(text, str) for text in read_texts(path).values())


def test_a_reader_that_knows_no_tags_passes_over_them(tmp_path) -> None:
    path = tmp_path / "a.wav"
    written = _write(path)
    write_texts(path, TEXTS)
    with wave.open(str(path)) as file:
        samples = file.readframes(file.getnframes())
    assert hashlib.sha256(samples).hexdigest() == written


@pytest.mark.parametrize("subtype", SUBTYPES)
def test_the_stored_hash_is_the_data_chunks(tmp_path, subtype) -> None:
    path = tmp_path / "a.wav"
    written = _write(path, subtype)
    data = path.read_bytes().partition(b"data")[2][4:]
    assert pcm_sha256(path) == written == hashlib.sha256(data).hexdigest()


def test_a_flac_of_the_same_depth_has_the_same_hash(tmp_path) -> None:
    _write(tmp_path / "a.wav")
    samples, rate = soundfile.read(tmp_path / "a.wav", dtype="int32")
    soundfile.write(tmp_path / "a.flac", samples, rate, "PCM_24")
    soundfile.write(tmp_path / "b.flac", samples, rate, "PCM_16")
    assert pcm_sha256(tmp_path / "a.flac") == pcm_sha256(tmp_path / "a.wav")
    assert pcm_sha256(tmp_path / "b.flac") != pcm_sha256(tmp_path / "a.wav")


def test_a_cut_flac_is_told_as_truncated(tmp_path) -> None:
    samples = np.random.default_rng(1).uniform(-0.5, 0.5, (48000, 2))
    path = tmp_path / "a.flac"
    soundfile.write(path, samples, 48000, "PCM_24")
    path.write_bytes(path.read_bytes()[:50000])
    with pytest.raises(InputError) as error:
        pcm_sha256(path)
    assert [problem.kind for problem in error.value.problems] == ["truncated"]


def _tagged(path: Path, frames: bytes) -> None:
    size = len(frames)
    packed = bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))
    chunk = b"ID3\4\0\0" + packed + frames
    octets = path.read_bytes() + b"id3 " + struct.pack("<I", len(chunk)) + chunk
    path.write_bytes(octets[:4] + struct.pack("<I", len(octets) - 8) + octets[8:])


def test_a_tag_that_unpacks_to_gigabytes_is_left_packed(tmp_path) -> None:
    path = tmp_path / "a.wav"
    _write(path)
    body = zlib.compress(b"\3a\0" + bytes(64 << 20), 9)
    packed = bytes(len(body) + 4 >> shift & 0x7F for shift in (21, 14, 7, 0))
    frame = b"TXXX" + packed + b"\0\x09" + b"\x20\0\0\0" + body
    plain = b"TXXX\0\0\0\5\0\0\3b\0cd"
    _tagged(path, frame * 20 + plain)
    tracemalloc.start()
    texts = read_texts(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert texts == {"b": "cd"}
    assert peak < 1 << 20


def test_a_pipe_among_the_masters_is_not_waited_for(tmp_path) -> None:
    os.mkfifo(tmp_path / "main.wav")
    assert read_texts(tmp_path / "main.wav") == {}
