"""The tags of a WAV: each chunk as its standard has it, others' chunks as they were."""

from __future__ import annotations

import math
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import wavinfo
from lxml import etree

from benchmarks.tags.files import write_sound
from bridge.audio import WavWriter, pcm_sha256, read_texts, write_texts
from bridge.delivering.tags import (
    Loudness,
    SongMetadata,
    TagOptions,
    checked,
    read_tags,
    write_tags,
)
from bridge.delivering.tags.wave.wave_tags import write_wave_tags
from chains import Source
from sessions import read
from stemwright.problems import InputError

LOUDNESS = Loudness(-14.126, 5.5, -1.004, -9.1, math.nan)
TITLE = SongMetadata(title="A Song", artist="A Singer", isrc="GBAYE0601498")


def _chunks(octets: bytes) -> list[tuple[bytes, bytes]]:
    """Every chunk of a file, its sizes and pad bytes held to the standard."""
    assert octets[8:12] == b"WAVE"
    top, size = struct.unpack("<4sI", octets[:8])
    long_sizes = None
    if top != b"RIFF":
        assert size == 0xFFFFFFFF
        assert octets[12:20] == struct.pack("<4sI", b"ds64", 28)
        long_sizes = struct.unpack("<QQQ", octets[20:44])
    assert (size if long_sizes is None else long_sizes[0]) == len(octets) - 8
    rows, at = [], 12
    while at < len(octets):
        name, size = struct.unpack("<4sI", octets[at : at + 8])
        if name == b"data" and size == 0xFFFFFFFF:
            size = long_sizes[1]  # type: ignore[index]
        rows.append((name, octets[at + 8 : at + 8 + size]))
        if size & 1:
            assert octets[at + 8 + size] == 0
        at += 8 + size + (size & 1)
    return rows


def _riff(*chunks: tuple[bytes, bytes]) -> bytes:
    body = b"".join(
        struct.pack("<4sI", name, len(each)) + each + b"\0" * (len(each) & 1)
        for name, each in chunks
    )
    return struct.pack("<4sI4s", b"RIFF", 4 + len(body), b"WAVE") + body


def _ours(path: Path, subtype: Any = "pcm24") -> Path:
    samples = np.random.default_rng(1).uniform(-0.5, 0.5, (1, 1001))
    with WavWriter(path, 48000, 1, subtype, "a seed") as writer:
        writer.write(samples)
    return path


def test_bext_is_version_two_with_the_files_loudness(tmp_path: Path) -> None:
    path = _ours(tmp_path / "a.wav")
    table = {"title": "Björk", "artist": "東京", "date": "2026-12-04", "engineer": "Ü"}
    metadata, _ = checked(table, Source())
    said = write_tags(path, metadata, options=TagOptions(LOUDNESS, time_reference_frames=2**33 + 5))
    body = dict(_chunks(path.read_bytes()))[b"bext"]
    assert body[:256].rstrip(b"\0") == b"DongJing - Bjork"
    assert body[256:288].rstrip(b"\0") == b"U"
    assert body[320:338] == b"2026-12-0400:00:00"
    assert struct.unpack("<QH", body[338:348]) == (2**33 + 5, 2)
    assert body[348:412] == bytes(64)
    assert struct.unpack("<5h", body[412:422]) == (-1413, 550, -100, -910, 0x7FFF)
    assert body[422:602] == bytes(180)
    assert body[602:] == b"A=PCM,F=48000,W=24,M=mono,T=stemwright\r\n"
    assert [each.code for each in said.diagnostics] == ["tag_in_ascii", "tag_in_ascii"]
    assert 'its description is "DongJing - Bjork"' in said.diagnostics[0].message
    assert read_tags(path).values["description"] == "東京 - Björk"


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (-22.644, -2264),
        (-22.645001, -2265),
        (-22.6449, -2264),
        (0.0, 0),
        (99.99, 9999),
        (100.0, 0x7FFF),
        (-math.inf, 0x7FFF),
        (math.nan, 0x7FFF),
    ],
)
def test_loudness_is_stored_in_hundredths_or_as_not_valid(
    tmp_path: Path, value: float, stored: int
) -> None:
    path = _ours(tmp_path / "a.wav")
    write_tags(path, TITLE, options=TagOptions(Loudness(value, 0.0, 0.0, 0.0, 0.0)))
    body = dict(_chunks(path.read_bytes()))[b"bext"]
    assert struct.unpack("<h", body[412:414]) == (stored,)


def test_wavinfo_finds_the_same(tmp_path: Path) -> None:
    path = _ours(tmp_path / "a.wav")
    write_tags(path, TITLE, options=TagOptions(LOUDNESS, time_reference_frames=96000))
    found = wavinfo.WavInfoReader(path)
    assert found.bext.description == "A Singer - A Song"
    assert (found.bext.time_reference, found.bext.version) == (96000, 2)
    assert (found.bext.loudness_value, found.bext.max_true_peak) == (-14.13, -1.0)
    assert (found.info.title, found.info.artist) == ("A Song", "A Singer")
    assert found.ixml.project == "A Song"


def test_stems_start_where_their_tags_put_them(tmp_path: Path) -> None:
    for name, frames in (("a", 48000), ("b", 96000)):
        path = _ours(tmp_path / f"{name}.wav")
        write_tags(path, TITLE, options=TagOptions(time_reference_frames=frames))
    tracks = read(tmp_path).tracks
    assert [float(each.clips[0].position_s) for each in tracks] == [0.0, 1.0]


def test_chunks_of_others_stay_where_and_as_they_are(tmp_path: Path) -> None:
    form = struct.pack("<HHIIHH", 1, 1, 48000, 144000, 3, 24)
    theirs = [(b"junk", b"odd"), (b"fmt ", form), (b"cue ", bytes(4)), (b"data", b"\1\2\3")]
    after = [(b"LIST", b"adtlnote"), (b"afsp", b"x"), (b"JUNK", bytes(5))]
    path = tmp_path / "a.wav"
    path.write_bytes(_riff(*theirs, *after))
    write_tags(path, TITLE)
    rows = _chunks(path.read_bytes())
    ours = (b"bext", b"iXML", b"axml", b"id3 ")
    is_ours = [name in ours or each.startswith(b"INFO") for name, each in rows]
    assert [row for row, own in zip(rows, is_ours, strict=True) if not own] == [*theirs, *after]
    names = [name for name, _ in rows]
    assert names.index(b"bext") < names.index(b"data") < names.index(b"iXML")
    write_tags(path, TITLE, options=TagOptions(before_audio=True))
    assert [name for name, _ in _chunks(path.read_bytes())][-4:] == [
        b"data",
        b"LIST",
        b"afsp",
        b"JUNK",
    ]


def test_what_our_own_renders_wrote_stays(tmp_path: Path) -> None:
    path = _ours(tmp_path / "a.wav")
    before = pcm_sha256(path)
    write_texts(path, {"stemwright.version": "main"})
    write_tags(path, TITLE)
    assert read_texts(path) == {"stemwright.version": "main"}
    assert pcm_sha256(path) == before
    assert _chunks(path.read_bytes())[0] == (b"JUNK", bytes(28))


def test_above_four_gigabytes_it_is_rf64(tmp_path: Path) -> None:
    path, staged = _ours(tmp_path / "a.wav"), tmp_path / "b.wav"
    write_wave_tags(path, staged, TITLE.changes(), None, TagOptions(), largest=3000)
    octets = staged.read_bytes()
    rows = _chunks(octets)
    assert octets[:4] == b"RF64"
    assert struct.unpack("<QQI", octets[28:48]) == (3003, 1001, 0)
    assert b"JUNK" not in dict(rows)
    assert dict(rows)[b"data"] == dict(_chunks(path.read_bytes()))[b"data"]
    assert pcm_sha256(staged) == pcm_sha256(path)


@pytest.mark.parametrize("top", [b"RF64", b"BW64"])
def test_long_files_stay_what_they_are(tmp_path: Path, top: bytes) -> None:
    path = write_sound(tmp_path / "a.wav", "rf64")
    octets = path.read_bytes()
    path.write_bytes(top + octets[4:])
    write_tags(path, TITLE)
    assert path.read_bytes()[:4] == top
    assert dict(_chunks(path.read_bytes()))[b"data"] == dict(_chunks(octets))[b"data"]


def test_a_scene_in_axml_stays_and_is_told(tmp_path: Path) -> None:
    path = _ours(tmp_path / "a.wav")
    write_tags(path, TITLE)
    assert read_tags(path).places["axml"] == {"isrc": "GBAYE0601498"}
    octets = path.read_bytes()
    scene = b"<ebuCoreMain><audioFormatExtended/></ebuCoreMain>"
    rows = [(name, scene if name == b"axml" else each) for name, each in _chunks(octets)]
    path.write_bytes(_riff(*rows))
    said = write_tags(path, TITLE)
    assert [each.code for each in said.diagnostics] == ["axml_kept"]
    assert dict(_chunks(path.read_bytes()))[b"axml"] == scene


def test_elements_of_others_in_ixml_stay(tmp_path: Path) -> None:
    path = _ours(tmp_path / "a.wav")
    theirs = b"<?xml version='1.0'?><BWFXML><SCENE>12A</SCENE><BEXT><X>1</X></BEXT></BWFXML>\0"
    path.write_bytes(_riff(*_chunks(path.read_bytes()), (b"iXML", theirs)))
    write_tags(path, TITLE)
    root = etree.fromstring(dict(_chunks(path.read_bytes()))[b"iXML"])
    assert (root.findtext("SCENE"), root.findtext("BEXT/X")) == ("12A", "1")
    assert root.findtext("ASWG/songTitle") == "A Song"
    assert root.findtext("BEXT/BWF_DESCRIPTION") == "A Singer - A Song"


@pytest.mark.parametrize(
    "theirs",
    [
        b"<BWFXML><SCENE>",
        b"<other/>",
        b'<!DOCTYPE BWFXML [<!ENTITY a "aaaa">]><BWFXML><SCENE>&a;</SCENE></BWFXML>',
    ],
)
def test_ixml_that_cannot_be_read_stays_and_is_told(tmp_path: Path, theirs: bytes) -> None:
    path = _ours(tmp_path / "a.wav")
    path.write_bytes(_riff(*_chunks(path.read_bytes()), (b"iXML", theirs)))
    said = write_tags(path, TITLE)
    assert [each.code for each in said.diagnostics] == ["ixml_kept"]
    assert dict(_chunks(path.read_bytes()))[b"iXML"] == theirs


def test_info_says_its_code_page_where_it_is_no_ascii(tmp_path: Path) -> None:
    path = _ours(tmp_path / "a.wav")
    info = b"INFOINAM\3\0\0\0old\0IKEY\5\0\0\0na\xefve\0"
    path.write_bytes(_riff(*_chunks(path.read_bytes()), (b"LIST", info)))
    write_tags(path, SongMetadata(title="東京"))
    rows = dict(_chunks(path.read_bytes()))
    assert struct.unpack("<HHHH", rows[b"CSET"]) == (65001, 0, 0, 0)
    assert "東京\0".encode() in rows[b"LIST"]
    assert "naïve".encode() in rows[b"LIST"]
    assert b"old" not in rows[b"LIST"]
    plain = _ours(tmp_path / "b.wav")
    write_tags(plain, TITLE)
    assert b"CSET" not in dict(_chunks(plain.read_bytes()))


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda octets: octets[:-1], "before its RIFF chunk does"),
        (lambda octets: octets + b"more", "after its RIFF chunk"),
        (lambda octets: octets[:4] + bytes(4) + octets[8:], "never finished"),
        (lambda octets: octets.replace(b"fmt ", b"fmt_"), "0 fmt chunks"),
        (lambda octets: octets.replace(b"data", b"fmt "), "2 fmt chunks"),
        (lambda octets: octets.replace(b"data\xbb\x0b", b"data\xff\x7f"), "after the file"),
    ],
)
def test_damage_is_told_and_nothing_changes(tmp_path: Path, damage: Any, said: str) -> None:
    path = _ours(tmp_path / "a.wav")
    octets = damage(path.read_bytes())
    path.write_bytes(octets)
    for work in (lambda: write_tags(path, TITLE), lambda: read_tags(path)):
        with pytest.raises(InputError, match=said) as told:
            work()
        assert [each.kind for each in told.value.problems] == ["damaged_file"]
    assert path.read_bytes() == octets
