"""Zips: read in place when honest, refused when not."""

from __future__ import annotations

import io
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest
import soundfile
from hypothesis import given, strategies as st

import sessions

WriteWav = Callable[..., Path]


def kinds(path: Path) -> list[str]:
    with pytest.raises(sessions.SessionError) as caught:
        sessions.read(path)
    return [problem.kind for problem in caught.value.problems]


@pytest.fixture
def wav(write_wav: WriteWav) -> bytes:
    return write_wav("source/any.wav", 4800, 2).read_bytes()


def write_zip(path: Path, members: dict[str | zipfile.ZipInfo, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


@pytest.mark.parametrize("way", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA])
def test_a_zip_reads_as_its_folder(way: int, write_wav: WriteWav, tmp_path: Path) -> None:
    audio, rate = soundfile.read(write_wav("s/01 kick.wav", 480, 2, bext=48000))
    write_wav("s/02 vox.L.wav", 960, bext=50000, before_audio=False)
    write_wav("s/02 vox.R.wav", 960, bext=50000, before_audio=False)
    soundfile.write(tmp_path / "s" / "mix.flac", audio, rate)
    soundfile.write(tmp_path / "s" / "ref.aif", audio, rate, format="AIFF")
    path = tmp_path / "s.zip"
    with zipfile.ZipFile(path, "w", way) as archive:
        for file in (tmp_path / "s").iterdir():
            archive.write(file, f"Stems/{file.name}")
        archive.writestr("__MACOSX/Stems/._01 kick.wav", b"fork")
        archive.writestr("Stems/.DS_Store", b"junk")
    zipped, plain = sessions.read(path), sessions.read(tmp_path / "s")
    for ours, theirs in zip(zipped.tracks, plain.tracks, strict=True):
        assert (ours.id, ours.name, ours.role, ours.channels) == (
            theirs.id,
            theirs.name,
            theirs.role,
            theirs.channels,
        )
        one, other = ours.clips[0], theirs.clips[0]
        assert one.position_frames == other.position_frames
        assert one.media.member == f"Stems/{other.media.path.name}"
        assert one.media.path == path.resolve()
        assert (one.media.frames, one.media.format) == (other.media.frames, other.media.format)
    assert [track.clips[0].position_frames for track in zipped.tracks] == [0, 2000]
    assert [(each.kind, each.name) for each in zipped.references] == [
        ("mix", "mix"),
        ("reference", "ref"),
    ]
    assert zipped.diagnostics[0].code == "used_subfolder"


def test_windows_separators_and_unicode(wav: bytes, tmp_path: Path) -> None:
    path = write_zip(tmp_path / "s.zip", {"Stems\\Grün.wav": wav, "Stems\\kick.wav": wav})
    session = sessions.read(path)
    assert [track.id for track in session.tracks] == ["Grün", "kick"]


def test_silent_stems_are_no_bomb(tmp_path: Path) -> None:
    silent = io.BytesIO()
    soundfile.write(silent, [[0.0, 0.0]] * 200_000, 48000, subtype="PCM_24", format="WAV")
    path = write_zip(tmp_path / "s.zip", {"kick.wav": silent.getvalue()})
    assert sessions.read(path).tracks[0].clips[0].media.frames == 200_000


@pytest.mark.parametrize(
    "name", ["../kick.wav", "a/../../kick.wav", "/kick.wav", "..\\kick.wav", "C:\\kick.wav"]
)
def test_names_that_climb_out(name: str, wav: bytes, tmp_path: Path) -> None:
    path = write_zip(tmp_path / "s.zip", {"bass.wav": wav, name: wav})
    assert kinds(path) == ["unsafe_member"]


@pytest.mark.parametrize(
    "kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFSOCK]
)
def test_links_and_devices(kind: int, wav: bytes, tmp_path: Path) -> None:
    link = zipfile.ZipInfo("kick.wav")
    link.external_attr = (kind | 0o777) << 16
    path = write_zip(tmp_path / "s.zip", {"bass.wav": wav, link: b"/etc/passwd"})
    assert kinds(path) == ["unsafe_member"]


def patched(path: Path, at: int, field: bytes, *, local: int | None = None) -> Path:
    """Overwrite a field of the first directory entry, and of the first local header."""
    data = bytearray(path.read_bytes())
    central = data.index(b"PK\1\2")
    data[central + at : central + at + len(field)] = field
    if local is not None:
        data[local : local + len(field)] = field
    path.write_bytes(data)
    return path


def test_encryption(wav: bytes, tmp_path: Path) -> None:
    path = write_zip(tmp_path / "s.zip", {"kick.wav": wav})
    assert kinds(patched(path, 8, struct.pack("<H", 1), local=6)) == ["encrypted_member"]


def test_sizes_that_differ_between_directory_and_member(wav: bytes, tmp_path: Path) -> None:
    path = write_zip(tmp_path / "s.zip", {"kick.wav": wav})
    assert kinds(patched(path, 24, struct.pack("<I", len(wav) // 2))) == ["lying_size"]


def test_sizes_that_lie_in_both_places(wav: bytes, tmp_path: Path) -> None:
    path = write_zip(tmp_path / "s.zip", {"kick.wav": wav})
    assert kinds(patched(path, 24, struct.pack("<I", len(wav) // 2), local=22)) == [
        "truncated_audio"
    ]


def test_members_that_overlap(wav: bytes, tmp_path: Path) -> None:
    path = write_zip(tmp_path / "s.zip", {"a.wav": wav, "b.wav": wav})
    data = bytearray(path.read_bytes())
    second = data.rindex(b"PK\1\2")
    data[second + 42 : second + 46] = struct.pack("<I", 0)
    path.write_bytes(data)
    assert "lying_size" in kinds(path)


def test_bombs(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "s.zip", {"kick.wav": bytes(10 << 20)})
    assert kinds(path) == ["zip_bomb"]


def test_more_than_the_total_limit(wav: bytes, tmp_path: Path) -> None:
    path = tmp_path / "s.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("kick.wav", wav)
        archive.filelist[0].file_size = archive.filelist[0].compress_size = 65 << 30
    assert "zip_bomb" in kinds(path)


def test_not_a_zip_and_cut_zips(wav: bytes, tmp_path: Path) -> None:
    text = tmp_path / "text.zip"
    text.write_text("no zip")
    assert kinds(text) == ["bad_zip"]
    whole = write_zip(tmp_path / "s.zip", {"kick.wav": wav, "bass.wav": wav}).read_bytes()
    for part in (1, 2, 3):
        text.write_bytes(whole[: len(whole) * part // 4])
        assert kinds(text) == ["bad_zip"]


def test_bad_members_are_all_told(wav: bytes, tmp_path: Path) -> None:
    path = write_zip(tmp_path / "s.zip", {"a.wav": b"", "b.wav": b"words", "c.wav": wav})
    with pytest.raises(sessions.SessionError) as caught:
        sessions.read(path)
    assert [(each.kind, each.where["member"]) for each in caught.value.problems] == [
        ("empty_file", "a.wav"),
        ("unreadable_audio", "b.wav"),
    ]


def test_members_whose_checksum_fails(wav: bytes, tmp_path: Path) -> None:
    path = write_zip(tmp_path / "s.zip", {"kick.wav": wav[:400]})
    assert kinds(patched(path, 16, b"\1\2\3\4", local=14)) == ["unreadable_file"]


def test_zips_without_audio(tmp_path: Path) -> None:
    assert kinds(write_zip(tmp_path / "s.zip", {"notes.txt": b"hi"})) == ["no_audio"]
    assert kinds(write_zip(tmp_path / "e.zip", {})) == ["no_audio"]


@pytest.fixture(scope="module")
def small_zip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("zips")
    soundfile.write(folder / "a.wav", [0.5, -0.5] * 40, 48000)
    wav = (folder / "a.wav").read_bytes()
    return write_zip(folder / "s.zip", {"kick.wav": wav, "d/bass.wav": wav})


@given(edits=st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=6))
def test_mutated_zips_read_or_are_refused(small_zip: Path, edits: list[tuple[int, int]]) -> None:
    data = bytearray(small_zip.read_bytes())
    for at, byte in edits:
        data[at % len(data)] = byte
    mutated = small_zip.with_name("m.zip")
    mutated.write_bytes(data)
    tracks, problems = 0, ()
    try:
        tracks = len(sessions.read(mutated).tracks)
    except sessions.SessionError as error:
        problems = error.problems
    assert tracks in (1, 2) or problems
    assert all(each.message and each.where["file"] for each in problems)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_utf8_names_without_the_flag_are_read_as_finder_writes_them(
    form: Literal["NFC", "NFD"], write_wav: WriteWav, tmp_path: Path
) -> None:
    names = ["Bässe.wav", "ドラム.wav", "plain.wav"]
    write_wav("a.wav")
    assert stems_of(tmp_path, names, form) == sorted(["Bässe", "ドラム", "plain"])


def stems_of(folder: Path, names: list[str], form: Literal["NFC", "NFD"]) -> list[str]:
    """The stems of a zip whose names are UTF-8 and do not say so."""
    members = [unicodedata.normalize(form, name).encode() for name in names]
    audio = (folder / "a.wav").read_bytes()
    body, directory = b"", b""
    for member in members:
        sizes = (zlib.crc32(audio), len(audio), len(audio), len(member), 0)
        facts = struct.pack("<HHHHLLLHH", 0, 0, 0, 0, *sizes)
        directory += b"PK\1\2" + struct.pack("<HH", 20, 20) + facts
        directory += struct.pack("<HHHLL", 0, 0, 0, 0, len(body)) + member
        body += b"PK\3\4" + struct.pack("<H", 20) + facts + member + audio
    end = struct.pack("<HHHHLLH", 0, 0, len(names), len(names), len(directory), len(body), 0)
    (folder / "finder.zip").write_bytes(body + directory + b"PK\5\6" + end)
    return sorted(track.id for track in sessions.read(folder / "finder.zip").tracks)
