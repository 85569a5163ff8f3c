"""Native Instruments stem files, built here box by box (ISO/IEC 14496-12)."""

from __future__ import annotations

import json
import random
import struct
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from sessions.errors import SessionError
from sessions.formats.ni_stem.reader import FORMAT
from sessions.model.session import Session

RATE_HZ, FRAMES, PRIMING = 44_100, 441_000 + 2112, 2112
TOLD = {
    "version": 1,
    "mastering_dsp": {
        "compressor": {"enabled": True, "ratio": 3, "threshold": -12.5, "dry_wet": 50},
        "limiter": {"enabled": False, "ceiling": -0.35, "release": 0.05},
    },
    "stems": [
        {"name": "Drums", "color": "#009E73"},
        {"name": "Bass", "color": "#D55E00"},
        {"name": "Synths", "color": "#CC79A7"},
        {"name": "Vox", "color": "#56B4E9"},
    ],
}


def box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def movie_header(scale: int, duration: int) -> bytes:
    return bytes(4) + struct.pack(">IIII", 0, 0, scale, duration) + bytes(80)


def trak(handler: bytes = b"soun", codec: bytes = b"mp4a", *, wide: bool = False) -> bytes:
    entry = box(
        codec, bytes(16), struct.pack(">HH", 2, 16), bytes(4), struct.pack(">I", RATE_HZ << 16)
    )
    media = (
        b"\x01\0\0\0" + struct.pack(">QQIQ", 0, 0, RATE_HZ, FRAMES)
        if wide
        else bytes(4) + struct.pack(">IIII", 0, 0, RATE_HZ, FRAMES)
    )
    edits = bytes(4) + struct.pack(">IIiI", 1, 10_000, PRIMING, 1 << 16)
    return box(
        b"trak",
        box(b"edts", box(b"elst", edits)),
        box(
            b"mdia",
            box(b"mdhd", media, bytes(4)),
            box(b"hdlr", bytes(8), handler, bytes(12), b"\0"),
            box(b"minf", box(b"stbl", box(b"stsd", bytes(4), struct.pack(">I", 1), entry))),
        ),
    )


def stem_file(
    told: object = TOLD, traks: Sequence[bytes] | None = None, raw: bytes | None = None
) -> bytes:
    streams = [trak(wide=index == 2) for index in range(5)] if traks is None else traks
    described = json.dumps(told).encode() if raw is None else raw
    cover = trak(b"vide", b"jpeg")
    user = box(b"udta", box(b"meta", bytes(4)), box(b"stem", described))
    moov = box(b"moov", box(b"mvhd", movie_header(1000, 10_000)), *streams, cover, user)
    data = struct.pack(">I4sQ", 1, b"mdat", 16 + 32) + bytes(32)  # a box with a 64-bit size
    return box(b"ftyp", b"M4A \0\0\0\0") + data + moov


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "song.stem.mp4"
    path.write_bytes(stem_file())
    return path


def read(path: Path) -> Session:
    return FORMAT.read([path])


def test_the_four_stems_are_tracks_with_their_names(path: Path) -> None:
    session = read(path)
    *stems, master = session.tracks
    assert [(each.name, each.role) for each in stems] == [
        *(("Drums", "drums"), ("Bass", "bass"), ("Synths", "synth"), ("Vox", "vocals")),
    ]
    assert (master.id, master.kind) == ("master", "master")
    assert (session.sample_rate_hz, session.length_s) == (RATE_HZ, 10.0)


def test_each_stem_is_a_stream_of_the_file(path: Path) -> None:
    session = read(path)
    media = [each.clips[0].media for each in session.tracks[:4]]
    assert [each.member for each in media if each] == [f"stream:{n}" for n in (1, 2, 3, 4)]
    assert {(each.frames, each.channels, each.subtype) for each in media if each} == {
        (FRAMES, 2, "AAC")
    }
    assert {each.clips[0].length_s for each in session.tracks[:4]} == {10.0}
    (mix,) = session.references
    assert (mix.kind, mix.media.member) == ("mix", "stream:0")


def test_the_masters_dsp_is_two_devices(path: Path) -> None:
    compressor, limiter = read(path).tracks[-1].devices
    assert (compressor.name, compressor.enabled, limiter.name, limiter.enabled) == (
        *("Compressor", True, "Limiter", False),
    )
    assert compressor.params == (("dry_wet", 50.0), ("ratio", 3.0), ("threshold", -12.5))
    assert limiter.params == (("ceiling", -0.35), ("release", 0.05))


def test_lossy_stems_are_told_lossless_ones_are_not(path: Path) -> None:
    assert [each.code for each in read(path).diagnostics] == ["lossy_stems"]
    path.write_bytes(stem_file(traks=[trak(codec=b"alac") for _ in range(5)]))
    assert read(path).diagnostics == ()


def test_names_may_be_missing(path: Path) -> None:
    path.write_bytes(stem_file({"stems": [{"name": "Drums"}, 7]}))
    session = read(path)
    assert [each.name for each in session.tracks] == [
        *("Drums", "Stem 2", "Stem 3", "Stem 4", "Master"),
    ]
    assert "unusual_stems" in {each.code for each in session.diagnostics}


def test_an_mp4_without_stems_is_not_ours(tmp_path: Path) -> None:
    plain = tmp_path / "film.mp4"
    plain.write_bytes(box(b"ftyp", b"isom") + box(b"moov", box(b"mvhd", movie_header(1000, 5))))
    assert FORMAT.score(plain) == 0.0
    plain.write_bytes(b"RIFF....WAVE")
    assert FORMAT.score(plain) == 0.0


def test_a_stem_file_is_known_whatever_its_name(path: Path) -> None:
    assert FORMAT.score(path.rename(path.with_name("x.wav"))) == 1.0


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (stem_file()[:-40], "reaches beyond"),
        (stem_file(raw=b"{not json"), "damaged JSON"),
        (stem_file(raw=b"[]"), "something else than an object"),
        (stem_file(traks=[trak()]), "1 audio streams"),
        (b"", "does not begin"),
    ],
    ids=["cut", "json", "list", "one stream", "empty"],
)
def test_damaged_stem_files_are_refused(tmp_path: Path, data: bytes, reason: str) -> None:
    path = tmp_path / "bad.stem.mp4"
    path.write_bytes(data)
    with pytest.raises(SessionError, match=reason):
        read(path)


def test_mutated_stem_files_read_or_are_refused(tmp_path: Path, fuzz: Callable[..., Any]) -> None:
    whole = stem_file()
    dice = random.Random(17)  # noqa: S311  # repeatable mutations, no secrets
    path = tmp_path / "mutated.stem.mp4"

    def mutate(_: int) -> Path:
        data = bytearray(whole)
        for _ in range(dice.randrange(1, 6)):
            data[dice.randrange(len(data))] = dice.choice((0, 1, 0x7F, 0x80, 0xFF, 0x22, 0x30))
        cut = dice.randrange(len(data)) if dice.random() < 0.2 else len(data)
        path.write_bytes(bytes(data[:cut]))
        return path

    outcomes, problems = fuzz(FORMAT, mutate)
    assert outcomes == {"session", "refused"}
    assert all(problem.where.get("file") for problem in problems)
