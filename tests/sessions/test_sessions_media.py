"""Headers: damaged ones are refused, mutated ones never surprise."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
import soundfile

import sessions
from sessions.media.archives import Entry
from sessions.media.file_headers import Header, read_header
from stemwright.problems import Problem

WriteWav = Callable[..., Path]
MUTATIONS = 250


def outcome(path: Path) -> Header | Problem:
    return read_header(Entry(path.name, "", path))


def test_media_is_absolute_and_resolved(
    write_wav: WriteWav, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = write_wav("deep/kick.wav")
    (tmp_path / "link.wav").symlink_to(target)
    monkeypatch.chdir(tmp_path)
    media = sessions.read("link.wav").tracks[0].clips[0].media
    assert media.path == target.resolve()
    assert sessions.read("link.wav").tracks[0].id == "link"


@pytest.mark.parametrize("missing", [1, 100, 479])
def test_missing_frames_are_counted(missing: int, write_wav: WriteWav) -> None:
    path = write_wav("kick.wav", 480, 2)
    path.write_bytes(path.read_bytes()[: -missing * 6])
    found = outcome(path)
    assert isinstance(found, Problem)
    assert (found.kind, f" {missing} frames" in found.message) == ("truncated_audio", True)


def test_missing_frames_of_an_aiff(write_wav: WriteWav, tmp_path: Path) -> None:
    audio, rate = soundfile.read(write_wav("kick.wav", 480, 2))
    path = tmp_path / "kick.aiff"
    soundfile.write(path, audio, rate, subtype="PCM_16")
    path.write_bytes(path.read_bytes()[: -100 * 4])
    found = outcome(path)
    assert isinstance(found, Problem)
    assert (found.kind, " 100 frames" in found.message) == ("truncated_audio", True)


@pytest.mark.parametrize("size", [0x7FFFFFFF, 0xFFFFFFFF])
def test_streamed_files_are_read_to_their_end_and_told(size: int, write_wav: WriteWav) -> None:
    path = write_wav("kick.wav", 480, 2)
    data = path.read_bytes()
    at = data.index(b"data") + 4
    path.write_bytes(data[:at] + struct.pack("<I", size) + data[at + 4 :])
    found = outcome(path)
    assert isinstance(found, Header)
    assert found.media.frames == 480
    assert [each.code for each in found.diagnostics] == ["open_ended_audio"]


def test_implausible_rates(write_wav: WriteWav) -> None:
    found = outcome(write_wav("kick.wav", rate=11))
    assert isinstance(found, Problem)
    assert found.kind == "implausible_rate"


def test_flac_of_unknown_length(write_wav: WriteWav, tmp_path: Path) -> None:
    audio, rate = soundfile.read(write_wav("kick.wav"))
    path = tmp_path / "kick.flac"
    soundfile.write(path, audio, rate)
    data = bytearray(path.read_bytes())
    data[21] &= 0xF0  # STREAMINFO's total samples: 36 bits from the middle of byte 21
    data[22:26] = bytes(4)
    path.write_bytes(data)
    found = outcome(path)
    assert isinstance(found, Header)
    assert found.media.frames == 480
    assert [each.code for each in found.diagnostics] == ["length_from_frames"]
    path.write_bytes(data[:-20])
    found = outcome(path)
    assert isinstance(found, Problem)
    assert found.kind == "truncated_audio"


@pytest.mark.parametrize("container", ["WAV", "RF64", "AIFF", "FLAC"])
def test_mutated_headers_read_or_are_refused(
    container: str, write_wav: WriteWav, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "kick.wav"
    audio, rate = soundfile.read(write_wav("kick.wav", 64, 2, bext=48000))
    if container != "WAV":
        soundfile.write(path, audio, rate, format=container, subtype="PCM_16")
    whole = path.read_bytes()
    dice = random.Random(container)  # noqa: S311  # repeatable mutations, no secret
    told = []
    for _ in range(MUTATIONS):
        data = bytearray(whole)
        for _ in range(dice.randint(1, 4)):
            data[dice.randrange(min(len(data), 120))] = dice.choice(
                [0, 1, 127, 255, dice.randrange(256)]
            )
        if dice.random() < 0.2:
            del data[dice.randrange(len(data)) :]
        path.write_bytes(data)
        try:
            told.append(sessions.read(path).format)
        except sessions.SessionError as error:
            told += [problem.kind for problem in error.problems]
    assert len(told) == MUTATIONS
    assert {"stems", "unreadable_audio"} <= set(told)
    assert capfd.readouterr() == ("", "")
