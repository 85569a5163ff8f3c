"""FL Studio projects against their raw events, walked here without the reader."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sessions.errors import SessionError
from sessions.formats._flstudio_plugins import device
from sessions.formats.flstudio import FORMAT
from sessions.model import Session, Track
from sessions.plugin_state import parse_fxp

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
    assert set(told) == {"levels_not_read", "content_not_read", "missing_media"}
    for words in ("5 pattern clips", "1 automation clips", "1 layers", "1 other arrangements"):
        assert words in told["content_not_read"]


def test_a_cut_project_is_refused_where_it_ends(shared_data: Shared, tmp_path: Path) -> None:
    data = shared_data(FULL).read_bytes()
    path = tmp_path / "cut.flp"
    path.write_bytes(data[:100_000])
    with pytest.raises(SessionError, match="runs past the end at byte") as told:
        FORMAT.read([path])
    place = told.value.problems[0].where["byte"]
    assert isinstance(place, int)
    assert 22 < place < 100_000
    path.write_bytes(b"FLhd" + bytes(40))
    assert FORMAT.score(path) == 1.0
    with pytest.raises(SessionError, match="its data is not there"):
        FORMAT.read([path])
