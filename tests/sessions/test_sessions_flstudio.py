"""FL Studio projects against their raw events, walked here without the reader."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sessions.errors import SessionError
from sessions.formats.flstudio.mixer import device
from sessions.formats.flstudio.reader import FORMAT
from sessions.model.session import Session, Track
from sessions.states.device_states import parse_fxp

Shared = Callable[[str], Path]
WriteWav = Callable[..., Path]
FULL = "corpus/flp/PyFLP__FL_20.8.4.flp"


def events(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 22
    while at < len(data):
        number = data[at]
        at += 1
        size = (1, 2, 4)[number >> 6] if number < 192 else 0
        if number >= 192:
            shift = 0
            while True:
                size |= (data[at] & 127) << shift
                at, shift = at + 1, shift + 7
                if data[at - 1] < 128:
                    break
        yield number, data[at : at + size]
        at += size


def by_name(session: Session) -> dict[str, Track]:
    return {track.name: track for track in session.tracks if track.id.startswith("channel")}


def test_every_project_reads_with_all_its_channels(shared_data: Shared) -> None:
    files = sorted(shared_data("corpus/flp").glob("*.flp"))
    assert len(files) == 4
    for path in files:
        raw = list(events(path.read_bytes()))
        session = FORMAT.read([path])
        kinds = [data[0] for number, data in raw if number == 21]
        heard = [kind for kind in kinds if kind not in (3, 5)]
        assert len(by_name(session)) == len(heard), path.name
        (tempo,) = [data for number, data in raw if number == 156]
        assert session.tempo[0].bpm == int.from_bytes(tempo, "little") / 1000
        version = next(data for number, data in raw if number == 199).rstrip(b"\0").decode()
        assert session.daw == f"FL Studio {version}"
        assert [track.kind for track in session.tracks].count("master") == 1


def test_audio_clips_stand_where_the_playlist_puts_them(shared_data: Shared) -> None:
    path = shared_data("corpus/flp/flp-to-dawproject__sample_project.flp")
    (playlist,) = [data for number, data in events(path.read_bytes()) if number == 233]
    found = {
        (struct.unpack_from("<I", playlist, at)[0], struct.unpack_from("<H", playlist, at + 6)[0])
        for at in range(0, len(playlist), 60)
    }
    session = FORMAT.read([path])
    clips = {
        (clip.position_s, int(track.id.split(":")[1]))
        for track in session.tracks
        for clip in track.clips
        if clip.written is not None
    }
    assert clips == {(ticks / 96 * 60 / 120, channel) for ticks, channel in found}
    cut = by_name(session)["kazik-cut"].clips[0]
    assert cut.written is not None
    assert (cut.written.value, cut.position_frames) == (181.0, round(181 / 192 * 44_100))
    assert cut.length_s == 1355 / 192


def test_channels_lead_to_their_inserts(shared_data: Shared) -> None:
    session = FORMAT.read([shared_data(FULL)])
    tracks = {track.id: track for track in session.tracks}
    assert by_name(session)["Instrument track"].output == "insert:2"
    assert tracks["insert:2"].name == "Instrument track"
    assert by_name(session)["Disabled"].muted
    assert tracks["insert:5"].name == "No routes"
    assert tracks["insert:5"].output is None
    assert tracks["insert:4"].output == "master"
    assert [device.name for device in tracks["insert:19"].devices] == [
        *("Fruity Balance", "Fruity Fast Dist", "Fruity Send", "Fruity Soft Clipper"),
        *("Fruity Stereo Enhancer", "Soundgoodizer", "OTT"),
    ]


def test_a_vst2_state_is_its_own_chunk(shared_data: Shared) -> None:
    path = shared_data(FULL)
    data = next(
        data for number, data in events(path.read_bytes()) if number == 213 and data[:1] == b"\n"
    )
    chunk = data[data.index(b"1lys", data.index(b"LennarDigital5")) :]
    found = by_name(FORMAT.read([path]))["VST2"].devices[0]
    assert (found.name, found.vendor, found.format) == ("Sylenth1", "LennarDigital", "VST2")
    assert found.id == str(int.from_bytes(b"syl1", "big"))
    assert found.file is not None
    assert found.file.endswith("Sylenth1.dll")
    assert found.state is not None
    fxp = parse_fxp(found.state.data)
    assert fxp.unique_id == int(found.id)
    assert hashlib.sha256(fxp.data).digest() == hashlib.sha256(chunk).digest()


def test_a_vst3_is_known_by_its_class_id(shared_data: Shared) -> None:
    session = FORMAT.read([shared_data(FULL)])
    (ott,) = [each for track in session.tracks for each in track.devices if each.name == "OTT"]
    assert (ott.format, ott.vendor) == ("VST3", "Xfer Records")
    assert bytes.fromhex(ott.id).rstrip(b"\0") == b"VSTXfTTott"
    assert ott.label == "OTT (failed to load)"


def record(number: int, data: bytes) -> bytes:
    return struct.pack("<IQ", number, len(data)) + data


def test_vst2_parameters_are_the_current_programs() -> None:
    values = struct.pack("<I4f", 4, 0.0, 0.25, 0.5, 1.0) + struct.pack("<I", 2) + bytes(50)
    state = bytes.fromhex("f7ffffff05feffffff") + struct.pack("<3I", len(values), 0, 1) + values
    data = b"\n\0\0\0" + record(51, b"dcba") + record(54, b"Comp") + record(53, state)
    found = device("Fruity Wrapper", "Comp", data)
    assert found.id == str(int.from_bytes(b"abcd", "big"))
    assert found.state is not None
    assert (found.state.kind, parse_fxp(found.state.data).values) == ("fxp_params", (0.5, 1.0))
    odd = device(
        "Fruity Wrapper", "Comp", b"\n\0\0\0" + record(51, b"dcba") + record(53, b"?" * 30)
    )
    assert odd.state is not None
    assert (odd.state.kind, odd.state.data) == ("opaque", b"?" * 30)


def test_markers_without_the_changes_of_meter(shared_data: Shared) -> None:
    session = FORMAT.read([shared_data("corpus/flp/dawtool__fl-markers.flp")])
    raw = list(events(shared_data("corpus/flp/dawtool__fl-markers.flp").read_bytes()))
    places = [int.from_bytes(data, "little") for number, data in raw if number == 148]
    names = [data.decode("utf-16-le").strip("\0 ") for number, data in raw if number == 205]
    told = [
        (place, name) for place, name in zip(places, names, strict=True) if place < 1 << 24 and name
    ]
    assert [marker.name for marker in session.markers] == [name for _, name in told]
    for marker, (place, _) in zip(session.markers, told, strict=True):
        assert marker.position_s == pytest.approx(place / 96 * 60 / 130)


def test_samples_are_found_below_the_media_folder(
    shared_data: Shared, tmp_path: Path, write_wav: WriteWav
) -> None:
    wav = write_wav("lib/Patches/Packs/Drums/Kicks/22in Kick.wav")
    session = FORMAT.read([shared_data(FULL)], [tmp_path / "lib"])
    clip = by_name(session)["22in Kick"].clips[0]
    assert clip.media is not None
    assert clip.media.path == wav
    assert clip.media_path is not None
    assert clip.media_path.startswith("%FLStudioFactoryData%")
    assert session.sample_rate_hz == 48_000
    assert "missing_media" not in {said.code for said in session.diagnostics}


def test_what_is_left_out_is_told(shared_data: Shared) -> None:
    told = {said.code: said.message for said in FORMAT.read([shared_data(FULL)]).diagnostics}
    usual = {"levels_not_read", "missing_media", "sample_rate_assumed"}
    assert set(told) == usual | {"content_not_read"}
    for words in ("5 pattern clips", "1 automation clips", "1 layers", "1 other arrangements"):
        assert words in told["content_not_read"]


def test_a_cut_project_is_refused_where_it_ends(shared_data: Shared, tmp_path: Path) -> None:
    data = shared_data(FULL).read_bytes()
    path = tmp_path / "cut.flp"
    path.write_bytes(data[:100_000])
    with pytest.raises(SessionError, match="holds 99978, and ends at byte") as told:
        FORMAT.read([path])
    place = told.value.problems[0].where["byte"]
    assert isinstance(place, int)
    assert place == 100_000
    path.write_bytes(b"FLhd" + bytes(40))
    assert FORMAT.score(path) == 1.0
    with pytest.raises(SessionError, match="its data is not there"):
        FORMAT.read([path])


def event(number: int, value: bytes) -> bytes:
    if number < 192:
        return bytes([number]) + value
    return bytes([number, len(value)]) + value


def item(tick: int, channel: int, length: int, size: int, base: int = 0x5000) -> bytes:
    """A clip of the playlist; bytes 24 to 32 say that it is heard from its file's beginning."""
    head = struct.pack("<I2HI4H", tick, base, channel, length, 499, 0, 120, 0x40)
    return (head + bytes(4) + struct.pack("<2f", -1.0, -1.0)).ljust(size, b"\0")[:size]


def flp(
    tmp_path: Path, *parts: bytes, channels: int = 1, stated: int | None = None, tail: bytes = b""
) -> Path:
    body = b"".join(parts)
    head = b"FLhd" + struct.pack("<IHHH", 6, 0, channels, 96)
    path = tmp_path / "made.flp"
    path.write_bytes(
        head + b"FLdt" + struct.pack("<I", len(body) if stated is None else stated) + body + tail
    )
    return path


VOX = event(64, b"\0\0") + event(21, b"\4") + event(196, b"C:\\x\\vox.wav\0")


def codes(session: Session) -> set[str]:
    usual = {"levels_not_read", "missing_media", "sample_rate_assumed"}
    return {said.code for said in session.diagnostics} - usual


def test_projects_of_fl_10_and_before(tmp_path: Path) -> None:
    """Tempo in 66 and 93, a channel's name in 192, as PyFLP and LMMS's importer know them."""
    path = flp(
        tmp_path,
        event(199, b"10.0.0\0"),
        event(66, struct.pack("<H", 125)) + event(93, struct.pack("<H", 250)),
        VOX + event(192, b"Lead Vox\0") + event(99, b"\0\0"),
        event(233, item(1536, 0, 384, 32)),
    )
    session = FORMAT.read([path])
    (track, *_) = session.tracks
    assert session.tempo[0].bpm == 125.25
    assert (track.name, track.role) == ("Lead Vox", "vocals/lead")
    assert track.clips[0].position_s == pytest.approx(16 * 60 / 125.25)
    assert codes(session) == set()


@pytest.mark.parametrize(
    ("version", "size"), [("8.0.0", 28), ("9.1", 32), ("21.0.3", 60), ("24.2.1", 80), ("25.1", 80)]
)
def test_a_clip_is_as_long_as_divides_and_fits(tmp_path: Path, version: str, size: int) -> None:
    """15 items of 80 bytes are 20 of 60 by their length alone."""
    clips = b"".join(item(96 * at, 0, 48, size) for at in range(15))
    text = version.encode() + b"\0"
    tempo = event(156, struct.pack("<I", 120_000))
    long = bytes([233]) + bytes([len(clips) & 127 | 128, len(clips) >> 7]) + clips
    found = FORMAT.read([flp(tmp_path, event(199, text), tempo, VOX, event(99, b"\0\0"), long)])
    starts = [clip.position_s for clip in found.tracks[0].clips]
    assert starts == [0.5 * at for at in range(15)]
    assert codes(found) == ({"source_offsets_unknown"} if size == 28 else set())


def test_a_playlist_of_unknown_clips_is_left_out_and_told(tmp_path: Path) -> None:
    tempo = event(156, struct.pack("<I", 120_000))
    path = flp(tmp_path, event(199, b"99.0\0"), tempo, VOX, event(233, item(0, 0, 9, 71)))
    session = FORMAT.read([path])
    assert codes(session) == {"playlist_not_read", "content_not_read"}
    assert session.tracks[0].name == "Channel 1"


def test_the_event_of_three_bytes_is_known_by_the_channels_behind_it(tmp_path: Path) -> None:
    """FL Studio 25 and 26 write three bytes of 172; a version that writes four is read as well."""
    for odd in (b"\1\1\0", b"\1\1\0\0"):
        tail = event(156, struct.pack("<I", 130_000)) + VOX
        session = FORMAT.read([flp(tmp_path, event(199, b"9.0\0"), event(172, odd), tail)])
        assert session.tempo[0].bpm == 130.0, odd
        assert [clip.media_path for clip in session.tracks[0].clips] == ["C:\\x\\vox.wav"]
        assert codes(session) == {"content_not_read"}


def test_what_contradicts_the_heads_count_is_told(tmp_path: Path) -> None:
    tempo = event(156, struct.pack("<I", 130_000))
    session = FORMAT.read([flp(tmp_path, event(199, b"9.0\0"), tempo, VOX, channels=3)])
    assert "channels_differ" in codes(session)
    assert "tempo_assumed" in codes(FORMAT.read([flp(tmp_path, event(199, b"9.0\0"), VOX)]))


def test_a_stream_ends_where_its_length_says(tmp_path: Path) -> None:
    parts = (event(199, b"9.0\0"), event(156, struct.pack("<I", 130_000)), VOX)
    whole = len(b"".join(parts))
    with pytest.raises(SessionError, match=f"it states {whole + 9} bytes of events, holds {whole}"):
        FORMAT.read([flp(tmp_path, *parts, stated=whole + 9)])
    with pytest.raises(SessionError, match="runs past the end"):
        FORMAT.read([flp(tmp_path, *parts, stated=whole - 1)])
    assert "bytes_left" in codes(FORMAT.read([flp(tmp_path, *parts, tail=b"more")]))


def test_every_cut_of_a_project_is_refused(tmp_path: Path) -> None:
    data = flp(tmp_path, event(199, b"9.0\0"), VOX, event(203, b"Vox\0")).read_bytes()
    path = tmp_path / "cut.flp"
    for end in range(22, len(data)):
        path.write_bytes(data[:end])
        with pytest.raises(SessionError):
            FORMAT.read([path])


@pytest.mark.parametrize(
    "moving",
    [
        event(227, struct.pack("<HIHHHII", 0, 1, 0, 5, 0x4000, 0, 0)),
        event(223, struct.pack("<IHHi", 384, 5, 0x4000, 140_000)),
    ],
)
def test_automation_of_the_tempo_is_told_as_moving_every_place(
    tmp_path: Path, moving: bytes
) -> None:
    parts = (event(199, b"20.8\0"), event(156, struct.pack("<I", 130_000)), VOX)
    session = FORMAT.read([flp(tmp_path, *parts, moving)])
    (said,) = [said for said in session.diagnostics if said.code == "tempo_automation"]
    assert "moves every place" in said.message
    volume = event(227, struct.pack("<HIHHHII", 0, 1, 0, 0, 0x4000, 0, 0))
    assert "tempo_automation" not in codes(FORMAT.read([flp(tmp_path, *parts, volume)]))


def test_a_plugin_whose_data_does_not_end_where_it_says_is_told(tmp_path: Path) -> None:
    data = b"\n\0\0\0" + record(51, b"dcba") + record(54, b"Comp")
    parts = (event(199, b"9.0\0"), event(66, b"\x78\0"), event(64, b"\0\0"), event(21, b"\2"))
    for held, told in ((data, set()), (data[:-2], {"damaged_state"})):
        plugin = event(201, b"Fruity Wrapper\0") + event(213, held)
        assert codes(FORMAT.read([flp(tmp_path, *parts, plugin)])) == told


def test_fl_studio_25_as_the_field_sends_it(shared_data: Shared) -> None:
    session = FORMAT.read([shared_data("field/sessions/fl2025_25.2.2_real_sanitised.flp")])
    assert session.tempo[0].bpm == 130.0
    names = ["808 Kick", "808 Clap", "808 HiHat", "808 Snare", "Praise"]
    assert list(by_name(session)) == names
    assert all(by_name(session)[name].clips[0].media_path for name in names[:4])
    assert [device.name for device in by_name(session)["Praise"].devices] == ["FLEX"]
