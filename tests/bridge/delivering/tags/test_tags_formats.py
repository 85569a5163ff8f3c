"""Tags of every format: they come back, the audio stays, a second time changes nothing."""

from __future__ import annotations

import os
import shutil
import tracemalloc
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import mutagen
import pytest
import soundfile
from hypothesis import given, settings, strategies as st

from benchmarks.tags.files import KINDS
from bridge.audio import pcm_sha256
from bridge.delivering.tags import (
    SongMetadata,
    TagOptions,
    checked,
    container_of,
    essence_sha256,
    read_tags,
    write_tags,
)
from chains import Source
from stemwright.problems import InputError, MachineError, RenderError

CONTAINERS = {
    "wav": "WAV",
    "rf64": "WAV",
    "aiff": "AIFF",
    "flac": "FLAC",
    "mp3": "MP3",
    "m4a": "M4A",
    "opus": "Opus",
    "ogg": "Vorbis",
}
IN_BEXT = ("description", "originator", "originator_reference")


def _refused(work: Callable[[], object]) -> InputError | None:
    try:
        work()
    except InputError as error:
        return error
    return None


def _samples(path: Path) -> str:
    """Of the samples as they are decoded; libsndfile decodes no M4A."""
    return essence_sha256(path, "M4A") if path.suffix == ".m4a" else pcm_sha256(path)


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_comes_back_and_no_sample_changes(
    tmp_path: Path, sounds: dict[str, Path], metadata: SongMetadata, kind: str
) -> None:
    target = tmp_path / f"tagged.{kind}"
    said = write_tags(sounds[kind], metadata, target)
    found = read_tags(target)
    wanted = dict(metadata.said())
    if found.container != "WAV":
        assert [each.code for each in said.diagnostics] == ["tag_nowhere"]
        wanted = {name: text for name, text in wanted.items() if name not in IN_BEXT}
    assert found.container == said.container == CONTAINERS[kind]
    assert dict(found.values) == wanted
    assert found.disagreeing == ()
    assert found.cover is not None
    assert (found.cover.width_px, found.cover.mime) == (1400, "image/png")
    assert _samples(target) == _samples(sounds[kind])
    assert said.audio_sha256 == essence_sha256(target, found.container)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_tags_make_the_same_bytes_once_and_again(
    tmp_path: Path, sounds: dict[str, Path], metadata: SongMetadata, kind: str
) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    write_tags(sounds[kind], metadata, one)
    write_tags(sounds[kind], metadata, other)
    assert one.read_bytes() == other.read_bytes()
    write_tags(other, metadata)
    assert one.read_bytes() == other.read_bytes()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["one", "other"]


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_said_stays_and_what_is_cleared_goes(
    tmp_path: Path, sounds: dict[str, Path], metadata: SongMetadata, kind: str
) -> None:
    path = tmp_path / "a"
    write_tags(sounds[kind], metadata, path)
    table = {"title": "Another", "composer": "", "track": "", "cover": ""}
    change, faults = checked(table, Source())
    assert faults == []
    write_tags(path, change)
    had, found = dict(metadata.said()), read_tags(path)
    gone = {"composer", "track"} if found.container == "WAV" else {"composer", "track", *IN_BEXT}
    wanted = {name: text for name, text in {**had, "title": "Another"}.items() if name not in gone}
    if found.container == "WAV":
        wanted["description"] = "Another"
    assert dict(found.values) == wanted
    assert found.cover is None


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("mp3", ("TXXX:theirs", "PRIV:theirs:mine")),
        ("aiff", ("TXXX:theirs",)),
        ("flac", ("THEIRS", "REPLAYGAIN_TRACK_GAIN")),
        ("opus", ("R128_TRACK_GAIN", "THEIRS")),
        ("m4a", ("----:com.example:theirs",)),
    ],
)
def test_tags_of_others_stay(
    tmp_path: Path, sounds: dict[str, Path], metadata: SongMetadata, kind: str, names: Any
) -> None:
    path = tmp_path / sounds[kind].name
    shutil.copyfile(sounds[kind], path)
    file: Any = mutagen.File(path)
    if file.tags is None:
        file.add_tags()
    for name in names:
        if name.startswith("TXXX"):
            file.tags.add(mutagen.id3.TXXX(encoding=3, desc="theirs", text=["mine"]))
        elif name.startswith("PRIV"):
            file.tags.add(mutagen.id3.PRIV(owner="theirs", data=b"mine"))
        else:
            file.tags[name] = [b"mine" if kind == "m4a" else "mine"]
    file.save()
    write_tags(path, metadata)
    after: Any = mutagen.File(path).tags
    assert [name for name in names if name not in after] == []
    assert after[names[-1]] == file.tags[names[-1]]


def test_playback_gain_is_never_written(
    tmp_path: Path, sounds: dict[str, Path], metadata: SongMetadata
) -> None:
    for kind in KINDS:
        write_tags(sounds[kind], metadata, tmp_path / "a", overwrite=True)
        octets = (tmp_path / "a").read_bytes().upper()
        assert b"R128_" not in octets
        assert b"REPLAYGAIN" not in octets


@pytest.mark.parametrize("kind", ["mp3", "aiff", "wav"])
def test_id3_of_the_older_version_says_the_same(
    tmp_path: Path, sounds: dict[str, Path], metadata: SongMetadata, kind: str
) -> None:
    path = tmp_path / f"a.{kind}"
    write_tags(sounds[kind], metadata, path, TagOptions(id3_version="2.3"))
    file: Any = mutagen.File(path)
    assert file.tags.version == (2, 3, 0)
    wanted = {name: text for name, text in metadata.said() if name not in IN_BEXT}
    found = {name: text for name, text in read_tags(path).values.items() if name not in IN_BEXT}
    assert found == wanted


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_cut_short_is_refused_or_keeps_its_audio(
    tmp_path: Path, sounds: dict[str, Path], metadata: SongMetadata, kind: str
) -> None:
    whole = tmp_path / "whole"
    write_tags(sounds[kind], metadata, whole)
    octets = whole.read_bytes()
    path, refused = tmp_path / "cut", 0
    for size in sorted({*range(0, 64, 3), *range(64, len(octets), max(1, len(octets) // 23))}):
        path.write_bytes(octets[:size])
        error = _refused(lambda: write_tags(path, metadata))
        if error is not None:
            refused += 1
            assert {each.kind for each in error.problems} <= {"damaged_file", "tags_unsupported"}
            assert str(path) in str(error)
            assert path.read_bytes() == octets[:size]
        else:
            assert kind in ("flac", "mp3", "opus", "ogg"), "whose ends only decoding can tell"
            before = tmp_path / "before"
            before.write_bytes(octets[:size])
            container = container_of(path)
            assert essence_sha256(path, container) == essence_sha256(before, container)
            before.unlink()
        assert {each.name for each in tmp_path.iterdir()} == {"whole", "cut"}
    assert refused >= 4


@pytest.mark.parametrize("kind", KINDS)
def test_any_damage_is_told_by_name(
    tmp_path_factory: pytest.TempPathFactory,
    sounds: dict[str, Path],
    metadata: SongMetadata,
    kind: str,
) -> None:
    folder = tmp_path_factory.mktemp("damaged")
    plain = replace(metadata, cover=None)
    write_tags(sounds[kind], plain, folder / "whole")
    octets = (folder / "whole").read_bytes()
    heads = [*range(min(400, len(octets))), *range(max(0, len(octets) - 1500), len(octets))]

    @settings(max_examples=60, deadline=None)
    @given(st.lists(st.tuples(st.sampled_from(heads), st.integers(0, 255)), min_size=1, max_size=4))
    def damaged(changes: list[tuple[int, int]]) -> None:
        mutated = bytearray(octets)
        for at, value in changes:
            mutated[at] = value
        path = folder / "mutated"
        path.write_bytes(mutated)
        for work in (lambda: read_tags(path), lambda: write_tags(path, plain)):
            error = _refused(work)
            if error is not None:
                assert str(path) in str(error)
                assert path.read_bytes() == mutated

    damaged()


def test_a_copy_is_never_put_over_another_file(
    tmp_path: Path, sounds: dict[str, Path], metadata: SongMetadata
) -> None:
    target = tmp_path / "b.wav"
    target.write_bytes(b"mine")
    with pytest.raises(InputError) as told:
        write_tags(sounds["wav"], metadata, target)
    assert [each.kind for each in told.value.problems] == ["would_overwrite"]
    assert target.read_bytes() == b"mine"
    with pytest.raises(InputError) as told:
        write_tags(tmp_path / "none.wav", metadata)
    assert [each.kind for each in told.value.problems] == ["no_file"]


def test_a_file_that_is_no_sound_gets_no_tags(tmp_path: Path, metadata: SongMetadata) -> None:
    for octets in (b"", b"text", b"caff\0\1\0\0", b"riff.Wave64", b"RIFX\0\0\0\4WAVE"):
        (tmp_path / "a").write_bytes(octets)
        with pytest.raises(InputError) as told:
            write_tags(tmp_path / "a", metadata)
        assert [each.kind for each in told.value.problems] == ["tags_unsupported"]
        with pytest.raises(InputError):
            read_tags(tmp_path / "a")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_takes_nothing_is_told(
    tmp_path: Path, sounds: dict[str, Path], metadata: SongMetadata
) -> None:
    path = tmp_path / "a.wav"
    shutil.copyfile(sounds["wav"], path)
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(MachineError) as told:
            write_tags(path, metadata)
    finally:
        tmp_path.chmod(0o700)
    assert [each.kind for each in told.value.problems] == ["not_writable"]


def test_a_folder_that_is_not_there_is_told(
    tmp_path: Path, sounds: dict[str, Path], metadata: SongMetadata
) -> None:
    with pytest.raises(MachineError) as told:
        write_tags(sounds["wav"], metadata, tmp_path / "none" / "a.wav")
    assert [each.kind for each in told.value.problems] == ["not_writable"]


def test_rights_and_links_stay(
    tmp_path: Path, sounds: dict[str, Path], metadata: SongMetadata
) -> None:
    path, link = tmp_path / "a.flac", tmp_path / "link.flac"
    shutil.copyfile(sounds["flac"], path)
    path.chmod(0o640)
    link.symlink_to(path)
    write_tags(link, metadata)
    assert link.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o640
    assert read_tags(path).values["label"] == "A Label"


def test_audio_that_would_change_is_left_as_it_was(
    tmp_path: Path,
    sounds: dict[str, Path],
    metadata: SongMetadata,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from bridge.delivering.tags import writing

    path = tmp_path / "a.mp3"
    shutil.copyfile(sounds["mp3"], path)

    def broken(staged: Path, *_: object) -> None:
        octets = bytearray(staged.read_bytes())
        octets[len(octets) // 2] ^= 1
        staged.write_bytes(octets)

    monkeypatch.setitem(writing._BY_LIBRARY, "MP3", broken)
    with pytest.raises(RenderError) as told:
        write_tags(path, metadata)
    assert [each.kind for each in told.value.problems] == ["audio_changed"]
    assert path.read_bytes() == sounds["mp3"].read_bytes()
    assert [each.name for each in tmp_path.iterdir()] == ["a.mp3"]


@pytest.mark.parametrize("version", [3, 4])
@pytest.mark.parametrize("kind", ["mp3", "aiff", "wav"])
def test_a_tag_that_would_unpack_to_more_is_not_unpacked(
    tmp_path: Path, sounds: dict[str, Path], metadata: SongMetadata, kind: str, version: int
) -> None:
    body = b"\3theirs\0" + bytes(24 << 20)
    packed = zlib.compress(body)
    packed = len(body).to_bytes(4, "big") + packed if version == 3 else bytes(4) + packed
    size = len(packed) if version == 3 else _seven_bits(len(packed))
    flags = b"\0\x80" if version == 3 else b"\0\x09"
    frames = b"TIT2\0\0\0\2\0\0\3x" + b"TXXX" + size.to_bytes(4, "big") + flags + packed
    head = b"ID3" + bytes([version, 0, 0]) + _seven_bits(len(frames)).to_bytes(4, "big")
    path = tmp_path / f"a.{kind}"
    octets = sounds[kind].read_bytes()
    order = "big" if kind == "aiff" else "little"
    tag = head + frames + b"\0" * (len(frames) & 1)
    if kind != "mp3":
        name = b"ID3 " if kind == "aiff" else b"id3 "
        octets += b"\0" * (len(octets) & 1) + name + len(tag).to_bytes(4, order) + tag
        octets = octets[:4] + (len(octets) - 8).to_bytes(4, order) + octets[8:]
    path.write_bytes(tag + octets if kind == "mp3" else octets)
    before = path.read_bytes()
    tracemalloc.start()
    for work in (lambda: read_tags(path), lambda: write_tags(path, replace(metadata, cover=None))):
        error = _refused(work)
        assert error is not None
        assert [each.kind for each in error.problems] == ["tags_unsupported"]
        assert str(path) in str(error)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak_bytes < 16 << 20
    assert path.read_bytes() == before


def _seven_bits(value: int) -> int:
    return sum((value >> 7 * at & 0x7F) << 8 * at for at in range(4))


def test_soundfile_reads_every_one_of_them(
    tmp_path: Path, sounds: dict[str, Path], metadata: SongMetadata
) -> None:
    for kind in (each for each in KINDS if each != "m4a"):
        write_tags(sounds[kind], metadata, tmp_path / kind)
        one, _ = soundfile.read(sounds[kind], always_2d=True)
        other, _ = soundfile.read(tmp_path / kind, always_2d=True)
        assert (one == other).all()
