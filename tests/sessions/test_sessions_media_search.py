"""Paths as other machines wrote them, found on this one."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from sessions.media.search import MediaFinder, MediaSearch, find_media, parts_of

WriteWav = Callable[..., Path]


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ("Audio/kick.wav", ("Audio", "kick.wav")),
        ("./Audio//kick.wav", ("Audio", "kick.wav")),
        ("..\\Audio\\kick.wav", ("..", "Audio", "kick.wav")),
        ("C:\\Songs\\One\\kick.wav", ("C:", "Songs", "One", "kick.wav")),
        ("\\\\server\\share\\kick.wav", ("server", "share", "kick.wav")),
        ("Disk:Songs:One:kick.wav", ("Disk", "Songs", "One", "kick.wav")),
        ("file:///C%3a/My%20Songs/kick.wav", ("C:", "My Songs", "kick.wav")),
        ("file://localhost/C:/res/kick.wav", ("localhost", "C:", "res", "kick.wav")),
        ("/Volumes/Disk/50% wet.wav", ("Volumes", "Disk", "50% wet.wav")),
        ("file:///Disk/50%25%20wet.wav", ("Disk", "50% wet.wav")),
        ("", ()),
    ],
)
def test_parts_of_paths_of_every_system(written: str, parts: tuple[str, ...]) -> None:
    assert parts_of(written) == parts


@pytest.mark.parametrize(
    "written",
    [
        "Audio/kick.wav",
        "AUDIO\\KICK.WAV",
        "D:\\Work\\Song\\Audio\\kick.wav",
        "/Users/ann/Music/Song/Audio/kick.wav",
        "Macintosh HD:Users:ann:Song:Audio:kick.wav",
        "file:///Users/ann/Song/Audio/kick.wav",
        "file://localhost/C:/Song/Audio/kick.wav",
    ],
)
def test_a_moved_project_keeps_its_folder(
    tmp_path: Path, write_wav: WriteWav, written: str
) -> None:
    wav = write_wav("song/Audio/kick.wav")
    assert find_media(written, tmp_path / "song" / "song.rpp") == wav


def test_absolute_paths_and_paths_upwards(tmp_path: Path, write_wav: WriteWav) -> None:
    wav = write_wav("shared/kick.wav")
    session = tmp_path / "song" / "song.rpp"
    session.parent.mkdir()
    assert find_media(str(wav), session) == wav
    assert find_media(wav.as_uri(), session) == wav
    assert find_media("../shared/kick.wav", session) == wav
    assert find_media("..\\Shared\\Kick.WAV", session) == wav


@pytest.mark.parametrize("on_disk", ["NFC", "NFD"])
@pytest.mark.parametrize("in_session", ["NFC", "NFD"])
def test_unicode_forms(tmp_path: Path, write_wav: WriteWav, on_disk: str, in_session: str) -> None:
    name = "Ch\u00f6re \u30c9\u30e9\u30e0.wav"
    wav = write_wav(unicodedata.normalize(on_disk, name))  # type: ignore[arg-type]  # a form's name
    written = unicodedata.normalize(in_session, name)  # type: ignore[arg-type]  # a form's name
    assert find_media(f"C:\\x\\{written}", tmp_path / "song.als") == wav


def test_the_exact_name_wins_over_the_folded_one(tmp_path: Path, write_wav: WriteWav) -> None:
    wavs = {name: write_wav(name) for name in ("Kick.wav", "kick.wav", "KICK.wav")}
    for name, wav in wavs.items():
        assert find_media(name, tmp_path / "song.rpp") == wav


def test_extra_folders_are_searched_through_and_the_likeliest_file_wins(
    tmp_path: Path, write_wav: WriteWav
) -> None:
    write_wav("media/old/Song A/kick.wav")
    second = write_wav("media/old/Song B/kick.wav")
    session = tmp_path / "song" / "song.flp"
    session.parent.mkdir()
    written = "E:\\Projects\\Song B\\kick.wav"
    assert find_media(written, session) is None
    assert find_media(written, session, [tmp_path / "media"]) == second
    assert find_media("kick.wav", session, [tmp_path / "nowhere", tmp_path / "media"]) is not None


def test_a_folder_of_that_name_is_no_media(tmp_path: Path) -> None:
    (tmp_path / "kick.wav").mkdir()
    assert find_media("kick.wav", tmp_path / "song.rpp") is None


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no such pipes")
def test_pipes_and_devices_hide_no_file_of_their_name(tmp_path: Path, write_wav: WriteWav) -> None:
    kick = write_wav("media/z/kick.wav")
    for folder in ("a", "Song/Audio"):
        (tmp_path / "media" / folder).mkdir(parents=True)
    os.mkfifo(tmp_path / "media" / "a" / "kick.wav")
    (tmp_path / "media" / "Song" / "Audio" / "kick.wav").symlink_to("/dev/zero")
    session = tmp_path / "song.rpp"
    assert find_media("/x/Song/Audio/kick.wav", session, [tmp_path / "media"]) == kick


@given(st.text(max_size=60))
def test_no_path_at_all_makes_it_fail(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.getbasetemp() / "nothing_here"
    folder.mkdir(exist_ok=True)
    found = MediaSearch(folder / "song.rpp", [folder]).find(text)
    assert found is None or found.is_file()


def test_missing_and_unreadable_files_are_told_together_and_once(
    tmp_path: Path, write_wav: WriteWav
) -> None:
    wav = write_wav("kick.wav")
    (tmp_path / "bad.wav").write_bytes(b"RIFFnonsense")
    finder = MediaFinder(tmp_path / "song.rpp")
    for _ in range(2):
        assert finder.media("gone/one.wav") is None
        assert finder.media("gone\\two.wav", "also/two.wav") is None
        assert finder.media("bad.wav") is None
        found = finder.media("elsewhere/x.wav", "kick.wav")
        assert found is not None
        assert found.path == wav
    missing, unreadable = finder.diagnostics()
    assert (missing.code, missing.where) == ("missing_media", "gone/one.wav, gone\\two.wav")
    assert missing.message.startswith("2 media files are not found")
    assert unreadable.code == "unreadable_media"
    assert "bad.wav" in unreadable.message


def test_files_of_the_name_elsewhere_in_the_session_s_folder_are_asked_for(
    tmp_path: Path, write_wav: WriteWav
) -> None:
    """Which is meant a name alone does not say, even where there is one."""
    first, second = write_wav("song/x1/dup.wav"), write_wav("song/x2/dup.wav", frames=7)
    lone = write_wav("song/x2/lone.wav")
    finder = MediaFinder(tmp_path / "song" / "song.rpp")
    assert [finder.media(f"C:\\gone\\{name}") for name in ("dup.wav", "lone.wav")] == [None, None]
    told = [(each.code, each.message) for each in finder.diagnostics()]
    assert [code for code, _ in told] == ["ambiguous_media"] * 2
    assert f"{first} or {second}" in told[0][1]
    assert str(lone) in told[1][1]
