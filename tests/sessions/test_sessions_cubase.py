"""Cubase track archives: the corpus by XPath, audio events by hand-written archives."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from sessions.errors import SessionError
from sessions.formats.cubase.reader import FORMAT
from sessions.model.session import Session
from sessions.states.device_states import parse_vstpreset

Shared = Callable[[str], Path]
WriteWav = Callable[..., Path]
FOLDER = "corpus/cubase-trackarchive"
BOTH = f"{FOLDER}/swift-daw-file-tools__MusicalAndLinearTest.xml"


def test_every_archive_reads_with_all_its_markers(shared_data: Shared) -> None:
    files = sorted(shared_data(FOLDER).glob("*.xml"))
    assert len(files) == 2
    for path in files:
        root = etree.parse(str(path)).getroot()
        events = root.xpath("//obj[@class='MMarkerEvent' or @class='MRangeMarkerEvent']")
        session = FORMAT.read([path])
        assert FORMAT.score(path) == 1.0
        names = [event.xpath("string(string[@name='Name']/@value)") for event in events]
        assert sorted(marker.name for marker in session.markers) == sorted(names)
        tempos = root.xpath("//obj[@class='MTempoEvent']/float[@name='BPM']/@value")
        assert [tempo.bpm for tempo in session.tempo] == [float(bpm) for bpm in tempos]
        assert session.sample_rate_hz == 48_000


def test_musical_markers_stand_where_their_linear_twins_do(shared_data: Shared) -> None:
    """Cubase wrote the same ten markers in ticks and in seconds, over steps and a ramp."""
    path = shared_data(BOTH)
    root = etree.parse(str(path)).getroot()
    linear = root.xpath(
        "//obj[@class='MMarkerTrackEvent'][obj/member[@name='Domain']/int[@name='Type']/@value='1']"
        "//list[@name='Events']/obj"
    )
    seconds = {
        event.xpath("string(string[@name='Name']/@value)"): float(
            event.xpath("string(float[@name='Start']/@value)")
        )
        for event in linear
    }
    assert len(seconds) == 10
    markers = FORMAT.read([path]).markers
    assert len(markers) == 20
    for marker in markers:
        # Cubase keeps tempos in single precision, which 3025 s make 22 microseconds of.
        assert marker.position_s == pytest.approx(seconds[marker.name], rel=1e-8, abs=2e-7)
    assert [tempo.curve for tempo in FORMAT.read([path]).tempo].count("linear") == 1


DOMAIN = (
    '<member name="Domain"><int name="Type" value="0"/><obj class="MTempoTrackEvent"'
    ' name="Tempo Track" ID="1"><list name="TempoEvent" type="obj"><obj class="MTempoEvent"'
    ' ID="2"><float name="BPM" value="90"/><float name="PPQ" value="0"/></obj></list></obj>'
    "</member>"
)
LINEAR = (
    '<member name="Domain"><int name="Type" value="1"/><float name="Period" value="1"/></member>'
)
AUDIO_CLIP = (
    '<obj class="PAudioClip" name="AudioClip" ID="9"><string name="Name" value="Kick"/>'
    '<obj class="FNPath" name="Path" ID="8"><string name="Name" value="kick.wav"/>'
    '<string name="Path" value="C:\\Songs\\Song\\Audio\\"/></obj></obj>'
)


def event(start: str, clip: str, extra: str = "") -> str:
    return (
        f'<obj class="MAudioEvent" ID="{hash(start) % 9999 + 100}"><float name="Start"'
        f' value="{start}"/><float name="Length" value="24000"/><float name="Offset" value="4800"/>'
        f"{extra}{clip}</obj>"
    )


def track(name: str, domain: str, events: str, device: str = "") -> str:
    return (
        f'<obj class="MAudioTrackEvent" ID="{len(name) + 50}"><obj class="MListNode" name="Node"'
        f' ID="{len(name) + 60}"><string name="Name" value="{name}"/>{domain}'
        f'<list name="Events" type="obj">{events}</list></obj>{device}</obj>'
    )


def archive(tmp_path: Path, *tracks: str) -> Session:
    path = tmp_path / "song.xml"
    setup = (
        '<obj class="PArrangeSetup" name="Setup" ID="7"><float name="SampleRate" value="48000"/>'
    )
    listed = "".join(tracks)
    path.write_text(
        f'<?xml version="1.0"?><tracklist2><list name="track" type="obj">{listed}</list>'
        f"{setup}</obj></tracklist2>"
    )
    return FORMAT.read([path])


def test_events_in_ticks_and_in_seconds(tmp_path: Path, write_wav: WriteWav) -> None:
    wav = write_wav("Audio/kick.wav", 48_000)
    musical = event("1440", AUDIO_CLIP, '<float name="Volume" value="0.5"/>')
    timed = event("2.5", '<obj name="AudioClip" ID="9"/>')
    first, second = archive(
        tmp_path, track("Musical", DOMAIN, musical), track("Timed", LINEAR, timed)
    ).tracks
    (clip,) = first.clips
    assert clip.position_frames == 3 * 32_000
    assert (clip.source_offset_s, clip.length_s) == (0.1, 0.5)
    assert clip.gain_db == pytest.approx(-6.0206, abs=1e-4)
    assert clip.written is not None
    assert (clip.written.unit, clip.written.value) == ("ticks", 1440.0)
    (shared,) = second.clips
    assert (shared.position_frames, shared.name) == (120_000, "Kick")
    assert clip.media is not None
    assert clip.media == shared.media
    assert clip.media.path == wav


def test_an_archive_without_a_tempo_track_reads_at_120(tmp_path: Path) -> None:
    session = archive(tmp_path, track("Timed", LINEAR, event("2.5", AUDIO_CLIP)))
    assert [(tempo.position_s, tempo.bpm) for tempo in session.tempo] == [(0.0, 120.0)]
    (clip,) = session.tracks[0].clips
    assert (clip.position_s, clip.missing) == (2.5, True)
    (said,) = session.diagnostics
    assert (said.code, "C:\\Songs\\Song\\Audio\\kick.wav" in said.message) == (
        "missing_media",
        True,
    )


def test_an_empty_tempo_track_reads_too(tmp_path: Path) -> None:
    empty = DOMAIN.replace("MTempoEvent", "MOther").replace('<obj class="MOther" ID="2">', "<x>")
    empty = empty.replace('<float name="PPQ" value="0"/></obj>', "</x>")
    session = archive(tmp_path, track("Musical", empty, event("960", AUDIO_CLIP)))
    assert session.tracks[0].clips[0].position_s == 1.0


def test_insert_states_become_presets(tmp_path: Path) -> None:
    component, controller = bytes(range(40)), b"\x01\x02"
    uid = "72C4DB717A4D459AB97E51745D84B39D"
    device = (
        '<obj class="MAudioTrack" name="Track Device" ID="31"><member name="DeviceAttributes">'
        '<member name="InsertFolder"><list name="Slot" type="list"><item><int name="State"'
        ' value="0"/></item><item><member name="Plugin"><member name="Plugin UID"><string'
        f' name="GUID" value="{uid}"/></member><string name="Plugin Name" value="Pro-Q 3"/>'
        f'<bin name="audioComponent">\n\t{component.hex().upper()}\n</bin>'
        f'<bin name="editController">{controller.hex()}</bin></member></item></list></member>'
        '<member name="Volume"><float name="Value" value="17694.07"/></member>'
        '<member name="Panner"><member name="Plugin UID"><string name="GUID"'
        ' value="44E1149EDB3E4387BDD827FEA3A39EE7"/></member><bin name="audioComponent">'
        f"{struct.pack('<f', 0.75).hex()}</bin></member></member></obj>"
    )
    session = archive(tmp_path, track("Bus", DOMAIN, "", device))
    (found,) = session.tracks[0].devices
    assert (found.name, found.format, found.id) == ("Pro-Q 3", "VST3", uid)
    assert found.state is not None
    preset = parse_vstpreset(found.state.data)
    assert (preset.component, preset.controller) == (component, controller)
    assert session.tracks[0].pan == 0.5
    assert [said.code for said in session.diagnostics] == ["levels_not_read"]


def test_other_xml_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "song.xml"
    path.write_text("<?xml version='1.0'?><song/>")
    assert FORMAT.score(path) == 0.0
    with pytest.raises(SessionError, match="holds a song, no track archive"):
        FORMAT.read([path])
    path.write_text("<?xml version='1.0'?>\n<tracklist2>\n<list>")
    with pytest.raises(SessionError, match="not readable XML") as told:
        FORMAT.read([path])
    assert told.value.problems[0].where["line"] == 3


def test_a_fixed_tempo_switches_the_tempo_track_off(tmp_path: Path) -> None:
    fixed = DOMAIN.replace(
        "</list></obj></member>",
        '</list><float name="RehearsalTempo" value="165"/>'
        '<int name="RehearsalMode" value="1"/></obj></member>',
    )
    session = archive(tmp_path, track("Musical", fixed, event("660", AUDIO_CLIP)))
    assert [tempo.bpm for tempo in session.tempo] == [165.0]
    assert session.tracks[0].clips[0].position_s == pytest.approx(0.5)
    off = fixed.replace('"RehearsalMode" value="1"', '"RehearsalMode" value="0"')
    session = archive(tmp_path, track("Musical", off, event("660", AUDIO_CLIP)))
    assert [tempo.bpm for tempo in session.tempo] == [90.0]


def test_places_in_beats_without_a_tempo_are_told(tmp_path: Path) -> None:
    bare = '<member name="Domain"><int name="Type" value="0"/></member>'
    for domain, told in ((bare, True), (DOMAIN, False), (LINEAR, False)):
        session = archive(tmp_path, track("Vox", domain, event("480", AUDIO_CLIP)))
        assert ("no_tempo" in {said.code for said in session.diagnostics}) == told
