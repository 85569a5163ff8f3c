"""Ardour sessions against what was set in Ardour (facts.json), and against their own XML."""

from __future__ import annotations

import base64
import csv
import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from sessions import Session, SessionError, Track
from sessions.formats.ardour.reader import FORMAT

SharedData = Callable[[str], Path]
FADES = {
    "Linear": "linear",
    "ConstantPower": "equal_power",
    "Fast": "fast",
    "Slow": "slow",
    "Symmetric": "s_curve",
}
KINDS = {"master": {"master"}, "track": {"audio"}, "bus": {"group", "return"}}
RATE_HZ = 48000


def read(path: Path) -> Session:
    return FORMAT.read([path])


@pytest.fixture(scope="module", params=["A", "B", "C", "D"])
def both(request: pytest.FixtureRequest, shared_data: SharedData) -> tuple[Session, dict[str, Any]]:
    """A session, and what was set in Ardour when it was made."""
    folder = shared_data(f"ardour/{request.param}")
    facts = json.loads((folder / "facts.json").read_text())
    return read(folder / f"{request.param}.ardour"), facts


def pairs(both: tuple[Session, dict[str, Any]]) -> list[tuple[Track, dict[str, Any]]]:
    session, facts = both
    tracks = {track.name: track for track in session.tracks}
    assert set(tracks) == {route["name"] for route in facts["routes"]}
    return [(tracks[route["name"]], route) for route in facts["routes"]]


def test_kinds_channels_and_routing(both: tuple[Session, dict[str, Any]]) -> None:
    names = {track.id: track.name for track in both[0].tracks}
    for track, fact in pairs(both):
        assert track.kind in KINDS[fact["kind"]]
        assert track.channels == fact["channels"]
        assert (names[track.output] if track.output else None) == fact.get("output")


def test_faders_trims_pans_mutes_and_polarity(both: tuple[Session, dict[str, Any]]) -> None:
    for track, fact in pairs(both):
        assert track.gain_db == pytest.approx(fact.get("gain_db", 0.0), abs=1e-4)
        assert track.trim_db == pytest.approx(fact.get("trim_db", 0.0), abs=1e-4)
        assert track.pan == pytest.approx(2 * fact.get("pan", 0.5) - 1, abs=1e-6)
        assert track.muted == fact.get("mute", False)
        assert track.inverted == fact.get("polarity_inverted", False)
        if fact.get("panner"):
            assert track.pan_law == fact["panner"].rpartition("panner_")[2]
            assert track.width == pytest.approx(fact["width"], abs=1e-6)
        elif fact["kind"] != "master":
            assert track.pan_law == {1: "1in2out", 2: "balance"}[track.channels]
            assert track.width is None


def test_sends(both: tuple[Session, dict[str, Any]]) -> None:
    names = {track.id: track.name for track in both[0].tracks}
    for track, fact in pairs(both):
        for send, said in zip(track.sends, fact.get("sends", []), strict=True):
            assert names[send.target] == said["to"]
            assert send.pre_fader == said["pre_fader"]
            assert send.gain_db == pytest.approx(said["gain_db"], abs=1e-4)
            assert send.pan == track.pan


def test_clips_to_the_sample(both: tuple[Session, dict[str, Any]]) -> None:
    sources = {source["id"]: source for source in both[1]["sources"]}
    for track, fact in pairs(both):
        clips = {clip.name: clip for clip in track.clips}
        assert len(clips) == len(fact.get("regions", []))
        for said in fact.get("regions", []):
            clip, source = clips[said["name"]], sources[said["source"]]
            assert clip.position_frames == said["position"]
            assert clip.source_offset_s == said["src_offset"] / RATE_HZ
            assert clip.length_s == pytest.approx(said["length"] / RATE_HZ, abs=1e-12)
            assert clip.gain_db == pytest.approx(said.get("gain_db", 0.0), abs=1e-4)
            assert clip.muted == said.get("muted", False)
            assert clip.opaque == said.get("opaque", True)
            assert clip.media is not None
            assert (clip.media.path.name, clip.media.frames) == (source["file"], source["frames"])


def test_fades(both: tuple[Session, dict[str, Any]]) -> None:
    for track, fact in pairs(both):
        clips = {clip.name: clip for clip in track.clips}
        for said in fact.get("regions", []):
            clip = clips[said["name"]]
            found = {
                "fade_in": (clip.fade_in_s, clip.fade_in_shape),
                "fade_out": (clip.fade_out_s, clip.fade_out_shape),
            }
            for side, (length_s, shape) in found.items():
                frames = said[side]["length"] if said[side]["active"] else 0
                assert round(length_s * RATE_HZ) == frames
                assert shape == FADES[said[side]["shape"]]


def test_gain_envelopes(both: tuple[Session, dict[str, Any]]) -> None:
    for track, fact in pairs(both):
        for clip in track.clips:
            (said,) = [each for each in fact["regions"] if each["name"] == clip.name]
            lines = [line for line in clip.automation if line.target == "gain_db"]
            assert len(lines) == ("envelope" in said)
            for line in lines:
                found = [
                    [round((at - clip.position_s) * RATE_HZ), pytest.approx(value, abs=1e-6)]
                    for at, value, _ in line.points
                ]
                assert said["envelope"] == found


def test_automation(both: tuple[Session, dict[str, Any]]) -> None:
    targets = {"gain": "gain_db", "pan-azimuth": "pan", "pan-width": "width", "mute": "mute"}
    shapes = {"Exponential": "exponential", "Linear": "linear", "Discrete": "hold"}
    for track, fact in pairs(both):
        lines = {line.target: line for line in track.automation}
        said = fact.get("automation", {})
        assert set(lines) == {targets[name] for name in said}
        for name, written in said.items():
            line = lines[targets[name]]
            assert {point.shape for point in line.points} == {shapes[written["interp"]]}
            scale, shift = (0.5, 0.5) if name == "pan-azimuth" else (1.0, 0.0)
            found = [
                [round(at * RATE_HZ), pytest.approx(value * scale + shift, abs=1e-6)]
                for at, value, _ in line.points
            ]
            assert written["points"] == found


def test_plugins_and_their_parameters(both: tuple[Session, dict[str, Any]]) -> None:
    for track, fact in pairs(both):
        for device, said in zip(track.devices, fact.get("plugins", []), strict=True):
            assert (device.name, device.format) == (said["uid"], said["type"])
            held = dict(device.params)
            for name, value in said["params"].items():
                assert held[name] == pytest.approx(value, abs=1e-5)
            assert device.instances == (2 if device.name == "ZamEQ2" else 1)


def test_length_and_tempo(both: tuple[Session, dict[str, Any]]) -> None:
    session, facts = both
    start, end = facts["session_range"]
    assert session.length_s == (end - start) / RATE_HZ
    assert [(each.position_s, each.bpm) for each in session.tempo] == [
        (each["at"], each["bpm"]) for each in facts["tempo"]
    ]


@pytest.mark.parametrize(
    "name", ["ardour/D/D.ardour", "corpus/ardour/made-here__ZamSession_Ardour7.3.ardour"]
)
def test_vst3_chunks_are_kept_byte_for_byte(name: str, shared_data: SharedData) -> None:
    path = shared_data(name)
    written = re.findall(r"<chunk>([^<]+)</chunk>", path.read_text())
    expected = [hashlib.sha256(base64.b64decode(each)).hexdigest() for each in written]
    found = [
        hashlib.sha256(device.state.data).hexdigest()
        for track in read(path).tracks
        for device in track.devices
        if device.state is not None and device.state.kind == "vst3"
    ]
    assert sorted(found) == sorted(expected)
    assert expected


def test_every_corpus_session_reads_with_the_counts_of_the_manifest(
    shared_data: SharedData,
) -> None:
    rows = csv.DictReader(
        shared_data("corpus/manifest.tsv").read_text().splitlines(), delimiter="\t"
    )
    listed = [row for row in rows if row["format"] == "ardour"]
    assert len(listed) == 5
    for row in listed:
        path = shared_data(f"corpus/{row['file']}")
        assert FORMAT.score(path) == 1.0
        session = read(path)
        assert len(session.tracks) == int(row["tracks"])
        plugins = sum(int(count) for count in re.findall(r"=(\d+)", row["plugins"]))
        assert sum(len(track.devices) for track in session.tracks) == plugins
        assert f"sr={session.sample_rate_hz}" in row["notes"]


def test_a_session_of_version_2(shared_data: SharedData) -> None:
    path = shared_data("corpus/ardour/ardour__TestSession.ardour")
    session = read(path)
    root = etree.parse(str(path)).getroot()
    regions = root.findall("Playlists/Playlist/Region")
    played = {stream.get("playlist") for stream in root.findall("DiskStreams/AudioDiskstream")}
    expected = sorted(
        int(region.get("position", ""))
        for region in regions
        if region.getparent().get("name") in played
    )
    found = sorted(clip.position_frames for track in session.tracks for clip in track.clips)
    assert found == expected
    vocal = next(track for track in session.tracks if track.name == "Vocal1")
    assert vocal.gain_db == pytest.approx(2.0014, abs=1e-3)
    assert vocal.channels == 1
    assert "several_outputs" in {said.code for said in session.diagnostics}
    stomp = next(
        device for track in session.tracks for device in track.devices if device.name == "Boss DS-1"
    )
    assert (stomp.format, stomp.id, stomp.enabled) == ("VST2", "1648644921", False)
    assert stomp.state is not None
    assert stomp.state.kind == "fxp_params"


def session_xml(inside: str, version: str = "7002") -> str:
    return (
        f'<?xml version="1.0"?>\n<Session version="{version}" name="S" sample-rate="48000">'
        f"{inside}</Session>"
    )


def test_tempo_ramps_and_meters(tmp_path: Path) -> None:
    path = tmp_path / "S.ardour"
    path.write_text(
        session_xml(
            '<TempoMap superclocks-per-second="282240000"><Tempos>'
            '<Tempo npm="60" enpm="120" note-type="4" type="Tempo::Ramped" quarters="0:0"/>'
            '<Tempo npm="120" enpm="120" note-type="4" type="Tempo::Constant" quarters="16:0"/>'
            '</Tempos><Meters><Meter note-value="8" divisions-per-bar="7" sclock="282240000"/>'
            "</Meters></TempoMap>"
        )
    )
    session = read(path)
    end = session.tempo[-1]
    assert end.position_s == pytest.approx(16 * 0.6931471805599453, abs=1e-9)
    assert session.tempo[0].curve == "linear"
    assert session.meters[0].as_json() == {"position_s": 1.0, "numerator": 7, "denominator": 8}


def test_a_vca_stands_in_its_tracks_faders(tmp_path: Path) -> None:
    path = tmp_path / "S.ardour"
    path.write_text(
        session_xml(
            '<VCAManager><VCA name="Drums" number="1"><Controllable name="gaincontrol" '
            'flags="GainLike" value="0.5"/></VCA></VCAManager><Routes><Route id="1" name="Kick" '
            'audio-playlist="9"><Slavable><Master number="1"/></Slavable></Route></Routes>'
        )
    )
    kick, vca = read(path).tracks
    assert kick.gain_db == pytest.approx(-6.0206, abs=1e-4)
    assert (vca.kind, vca.name) == ("vca", "Drums")


def test_a_line_of_a_vca_stands_in_its_tracks_lines_where_the_vca_stood(tmp_path: Path) -> None:
    """The fader moves by what the line is over where the VCA stood; lines of mutes are told."""
    path = tmp_path / "S.ardour"
    path.write_text(
        session_xml(
            '<VCAManager><VCA name="V" number="1"><Controllable id="7" flags="GainLike" '
            'value="0.45"/><Automation><AutomationList automation-id="gain" state="Play" '
            'interpolation-style="Linear"><events>a0 0.5\na282240000 0.25\n</events>'
            '</AutomationList><AutomationList automation-id="mute" state="Play"/></Automation>'
            '</VCA></VCAManager><Routes><Route id="1" name="Kick" '
            'audio-playlist="9"><Slavable><Master number="1"/></Slavable>'
            '<Controllable name="gaincontrol"><masters><master id="7" val-master="0.5"/></masters>'
            "</Controllable></Route></Routes>"
        )
    )
    session = read(path)
    kick = session.tracks[0]
    (line,) = kick.automation
    assert (line.target, line.unit) == ("vca_gain_db:vca-1", "linear")
    assert [point[:2] for point in line.points] == [(0.0, 0.5), (1.0, 0.25)]
    assert kick.gain_db == pytest.approx(6.0206 - 6.9357, abs=1e-4)
    assert line.plus_db == pytest.approx(6.9357, abs=1e-4)
    assert "vca_lines" in {each.code for each in session.diagnostics}


def test_a_vca_moves_a_fader_by_what_it_moved_since_it_was_given_it(tmp_path: Path) -> None:
    """As Ardour saves it: 0.9 when it was assigned, 0.45 now; a fader's line goes along."""
    line = '<AutomationList automation-id="gain" state="Play"><events>a0 1</events>'
    path = tmp_path / "S.ardour"
    path.write_text(
        session_xml(
            '<VCAManager><VCA name="V" number="1"><Controllable id="7" flags="GainLike" '
            'value="0.45"/></VCA></VCAManager><Routes><Route id="1" name="Kick" '
            f'audio-playlist="9"><Processor type="amp"><Automation>{line}</AutomationList>'
            '</Automation><Controllable name="gaincontrol" value="1"><masters><master id="7" '
            'val-ctrl="1" val-master="0.9"/></masters></Controllable></Processor>'
            '<Slavable><Master number="1"/></Slavable></Route></Routes>'
        )
    )
    kick, _ = read(path).tracks
    assert kick.gain_db == pytest.approx(-6.0206, abs=1e-4)
    assert [each.plus_db for each in kick.automation] == [kick.gain_db]


@pytest.mark.parametrize("text", ["<Session version='2' sample-rate=''", "", "<Edit/>"])
def test_what_is_no_session_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "S.ardour"
    path.write_text(text)
    assert FORMAT.score(path) == 0.0
    with pytest.raises(SessionError) as caught:
        read(path)
    assert caught.value.problems[0].where["file"] == str(path)


def test_entities_are_never_resolved(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("do not read")
    path = tmp_path / "S.ardour"
    path.write_text(
        f'<?xml version="1.0"?><!DOCTYPE S [<!ENTITY x SYSTEM "file://{secret}">]>'
        '<Session version="7002" name="S" sample-rate="48000"><Metadata><title>&x;</title>'
        "</Metadata></Session>"
    )
    assert "do not read" not in json.dumps(read(path).as_json())
