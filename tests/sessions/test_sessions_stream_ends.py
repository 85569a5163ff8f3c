"""A stream that does not end where its length says is refused or told, never read as whole."""

from __future__ import annotations

import gzip
import io
import struct
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from sessions import SessionError
from sessions.formats.aaf import reader as aaf
from sessions.formats.aaf.container import write_embedded
from sessions.formats.ableton import reader as ableton
from sessions.formats.lmms import reader as lmms
from sessions.formats.ni_stem import reader as ni_stem
from sessions.formats.protools import reader as protools_text
from sessions.formats.reaper.plugin_data import split_vst3
from sessions.states.device_states import StateError, parse_fxp
from stemwright.problems import Diagnostic

Shared = Callable[[str], Path]
SET = b'<Ableton MajorVersion="5"><LiveSet/></Ableton>'
SONG = b'<lmms-project type="song"><head/><song><trackcontainer/></song></lmms-project>'
TEXT = (
    "SESSION NAME:\tS\nSAMPLE RATE:\t48000\n# OF AUDIO TRACKS:\t{tracks}\n\n"
    "T R A C K  L I S T I N G\nTRACK NAME:\tVox\nCOMMENTS:\t\n"
    "CHANNEL \tEVENT\tCLIP NAME\tSTART TIME\tEND TIME\tDURATION\tSTATE\n"
    "1\t1\tvox\t48000\t96000\t48000\tUnmuted\n"
)


def codes(diagnostics: Iterable[Diagnostic]) -> set[str]:
    return {said.code for said in diagnostics}


def test_what_stands_behind_a_packed_set_is_read_when_it_is_packed_too_else_told(
    tmp_path: Path,
) -> None:
    """RFC 1952, 2.2: a gzip file is members one after the other."""
    path = tmp_path / "set.als"
    for data, left in (
        (gzip.compress(SET), False),
        (gzip.compress(SET[:20]) + gzip.compress(SET[20:]), False),
        (gzip.compress(SET) + b"more", True),
        (gzip.compress(SET) + bytes(2_000_000), True),
    ):
        path.write_bytes(data)
        assert ("bytes_left" in codes(ableton.FORMAT.read([path]).diagnostics)) == left
    path.write_bytes(gzip.compress(SET) + gzip.compress(b"more")[:-1])
    with pytest.raises(SessionError, match="is cut short"):
        ableton.FORMAT.read([path])
    path.write_bytes(gzip.compress(SET) + gzip.compress(b"") * 100)
    with pytest.raises(SessionError, match="is packed in more than 64 pieces"):
        ableton.FORMAT.read([path])


def test_a_packed_lmms_project_ends_with_its_checksum(tmp_path: Path) -> None:
    path = tmp_path / "song.mmpz"
    packed = len(SONG).to_bytes(4, "big") + zlib.compress(SONG)
    path.write_bytes(packed)
    assert "bytes_left" not in codes(lmms.FORMAT.read([path]).diagnostics)
    path.write_bytes(packed + b"more")
    assert "bytes_left" in codes(lmms.FORMAT.read([path]).diagnostics)
    for lacking in range(1, 5):
        path.write_bytes(packed[:-lacking])
        with pytest.raises(SessionError, match="is cut short"):
            lmms.FORMAT.read([path])


def box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def test_a_stem_file_is_proven_to_its_end_though_its_description_stands_first(
    tmp_path: Path,
) -> None:
    entry = box(
        b"mp4a", bytes(16), struct.pack(">HH", 2, 16), bytes(4), struct.pack(">I", 44100 << 16)
    )
    times = struct.pack(">4xIIII", 0, 0, 44_100, 441_000)
    trak = box(
        b"trak",
        box(
            b"mdia",
            box(b"mdhd", times, bytes(4)),
            box(b"hdlr", bytes(8), b"soun", bytes(13)),
            box(b"minf", box(b"stbl", box(b"stsd", bytes(4), struct.pack(">I", 1), entry))),
        ),
    )  # fmt: skip
    moov = box(
        b"moov",
        box(b"mvhd", times, bytes(80)),
        trak * 5,
        box(b"udta", box(b"stem", b"{}"), bytes(4)),
    )
    data = box(b"ftyp", bytes(8)) + moov + box(b"mdat", bytes(4000))
    path = tmp_path / "song.stem.mp4"
    path.write_bytes(data)
    assert len(ni_stem.FORMAT.read([path]).tracks) == 5
    for cut in (len(data) - 1, len(data) - 3990, len(data) - 4004):
        path.write_bytes(data[:cut])
        assert ni_stem.FORMAT.score(path) == 1.0
        with pytest.raises(SessionError, match="cut short"):
            ni_stem.FORMAT.read([path])


def test_a_session_text_that_is_cut_or_lists_fewer_tracks_is_told(tmp_path: Path) -> None:
    path = tmp_path / "session.txt"
    usual = {"clips_without_file", "missing_media"}
    for text, told in (
        (TEXT.format(tracks=1), set()),
        (TEXT.format(tracks=3), {"tracks_missing"}),
        (TEXT.format(tracks=1)[:-1], {"cut_short"}),
    ):
        path.write_text(text)
        assert codes(protools_text.FORMAT.read([path]).diagnostics) - usual == told


def test_an_aaf_without_its_last_bytes_is_told(shared_data: Shared, tmp_path: Path) -> None:
    """[MS-CFB] 2.2: the container is whole sectors."""
    data = shared_data("corpus/aaf/LibAAF__MC_Clip_Mute.aaf").read_bytes()
    path = tmp_path / "cut.aaf"
    path.write_bytes(data)
    assert "cut_short" not in codes(aaf.FORMAT.read([path]).diagnostics)
    for lacking in (1, 100, 512):
        path.write_bytes(data[:-lacking])
        (told,) = (s for s in aaf.FORMAT.read([path]).diagnostics if s.code == "cut_short")
        assert told.message.startswith(f"{lacking} bytes are missing")


def test_embedded_audio_that_ends_early_is_not_written_as_whole(shared_data: Shared) -> None:
    session = aaf.FORMAT.read([shared_data("corpus/aaf/LibAAF__PT_PCM_Internal.aaf")])
    media = session.tracks[0].clips[0].media
    assert media is not None
    longer = type(media)(**{**vars(media), "frames": media.frames + 1, "format": "RAW"})
    with pytest.raises(SessionError, match="ends after"):
        write_embedded(longer, io.BytesIO())


def test_plugin_states_end_where_they_say() -> None:
    whole = struct.pack("<II", 3, 1) + b"abc" + struct.pack("<II", 2, 0) + b"de"
    assert split_vst3(whole) == (b"abc", b"de")
    for wrong in (whole[:-1], whole + b"f"):
        with pytest.raises(StateError, match="the controller state of 2 bytes is"):
            split_vst3(wrong)
    bank = b"CcnK" + struct.pack(">i4siiii", 20 + 128 + 8, b"FxBk", 1, 7, 1, 1) + bytes(136)
    assert parse_fxp(bank).data == bytes(8)
    with pytest.raises(StateError, match="is cut short"):
        parse_fxp(bank[:-1])
