"""DAWproject: files by Bitwig Studio against their raw XML, and a project with everything in it.

Positions in the made project are worked out by hand, from the tempo its fixture tells of.
"""

from __future__ import annotations

import hashlib
import math
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from sessions.formats.dawproject.reader import FORMAT
from sessions.model.session import Session
from sessions.states.device_states import parse_vstpreset

SharedData = Callable[[str], Path]

MADE = Path(__file__).parents[2] / "fixtures" / "dawproject"
PROJECT = (MADE / "project.xml").read_text("utf-8")
CLIPS = (MADE / "clips.xml").read_text("utf-8")
CLASS_ID = "72C4DB717A4D459AB97E51745D84B39D"
BEAT_4 = 4.0 * math.log(2.0)


def read(path: Path, *media: Path) -> Session:
    return FORMAT.read([path], media)


def codes(session: Session) -> set[str]:
    return {each.code for each in session.diagnostics}


def test_the_made_project_is_what_the_published_schema_asks_for(shared_data: SharedData) -> None:
    schema = etree.XMLSchema(etree.parse(shared_data("corpus/dawproject-schema/Project.xsd")))
    schema.assertValid(etree.fromstring(PROJECT.replace("CLIPS", CLIPS).encode()))


def test_groups_nest_and_route_as_written(project: Callable[..., Path]) -> None:
    session = read(project())
    told = [(each.id, each.kind, each.parent, each.output) for each in session.tracks]
    assert told == [
        ("master", "master", None, None),
        ("inner", "group", "master", "master"),
        ("kick", "audio", "inner", "inner"),
        ("plate", "return", None, "main"),
        ("main", "group", None, "master"),
    ]


def test_levels_pans_switches_and_sends(project: Callable[..., Path]) -> None:
    session = read(project())
    kick = next(each for each in session.tracks if each.id == "kick")
    inner = next(each for each in session.tracks if each.id == "inner")
    assert (kick.muted, kick.soloed, kick.channels, kick.role) == (True, True, 1, "drums/kick")
    assert kick.gain_db == pytest.approx(-12.0, abs=0.01)
    assert (inner.gain_db, inner.pan) == (-3.5, -0.25)
    send = kick.sends[0]
    assert (send.target, send.pre_fader, send.enabled, send.pan) == ("plate", True, True, 0.5)
    assert send.gain_db == pytest.approx(-6.0206, abs=1e-4)


def test_devices_carry_their_states_byte_for_byte(
    project: Callable[..., Path], preset: bytes, bank: bytes
) -> None:
    session = read(project())
    eq, old, new, comp = next(each for each in session.tracks if each.id == "kick").devices
    assert (eq.name, eq.vendor, eq.format, eq.id) == ("Pro-Q 3", "FabFilter", "VST3", CLASS_ID)
    assert (eq.enabled, eq.label, eq.params) == (False, "Kick EQ", (("Gain", 1.5),))
    assert eq.state is not None
    assert old.state is not None
    assert eq.state.data == preset
    assert parse_vstpreset(eq.state.data).component == b"component \0\xff"
    assert (old.format, old.id, old.state.kind, old.state.data) == (
        "VST2",
        "1234",
        "fxp_chunk",
        bank,
    )
    assert (new.format, new.state) == ("CLAP", None)
    assert (comp.kind, comp.params) == ("builtin", (("Ratio", 4.0),))


def test_missing_plugin_states_are_reported(project: Callable[..., Path]) -> None:
    told = [each for each in read(project()).diagnostics if each.code == "missing_state"]
    assert len(told) == 1
    assert "New (plugins/gone.clap-preset)" in told[0].message


def test_a_state_of_another_plugin_is_reported(project: Callable[..., Path]) -> None:
    other = PROJECT.replace("72c4db71", "00000000")
    assert "foreign_state" in codes(read(project(xml=other)))


def test_automation_keeps_targets_units_and_shapes(project: Callable[..., Path]) -> None:
    kick = next(each for each in read(project()).tracks if each.id == "kick")
    told = {line.target: (line.unit, tuple(map(tuple, line.points))) for line in kick.automation}
    at = pytest.approx(BEAT_4)
    assert told == {
        "gain_db": ("linear", ((at, 1.0, "linear"), (pytest.approx(BEAT_4 + 1.0), 0.5, "hold"))),
        "mute": ("bool", ((0.0, 1.0, "hold"),)),
        "device:0:Gain": ("decibel", ((at, 2.0, "hold"),)),
        "send:plate": ("linear", ((at, 1.0, "hold"),)),
    }


def test_a_point_that_does_not_say_holds(project: Callable[..., Path]) -> None:
    """bitwig/dawproject, RealPoint.java: "Default to 'hold' when unspecified"."""
    unsaid = PROJECT.replace(' interpolation="linear"', "")
    assert unsaid != PROJECT
    kick = next(each for each in read(project(xml=unsaid)).tracks if each.id == "kick")
    (fader,) = (line for line in kick.automation if line.target == "gain_db")
    assert {point.shape for point in fader.points} == {"hold"}


def test_tempo_ramps_meters_and_markers(project: Callable[..., Path]) -> None:
    session = read(project())
    assert [(each.position_s, each.bpm, each.curve) for each in session.tempo] == [
        (0.0, 60.0, "linear"),
        (pytest.approx(BEAT_4), 120.0, "step"),
    ]
    assert [(each.position_s, each.numerator, each.denominator) for each in session.meters] == [
        (0.0, 7, 8),
        (pytest.approx(BEAT_4), 3, 4),
    ]
    assert [(each.position_s, each.name) for each in session.markers] == [(1.25, "Chorus")]
    assert session.daw == "Test DAW 7.2"
    assert ("Title", "Song") in session.provenance


def test_a_project_without_a_tempo_envelope_reads(project: Callable[..., Path]) -> None:
    plain = re.sub(r"<TempoAutomation.*</TempoAutomation>", "", PROJECT, flags=re.DOTALL)
    session = read(project(xml=plain))
    assert [each.bpm for each in session.tempo] == [99.0]
    bare = re.sub(r"<Transport>.*</Transport>", "", plain, flags=re.DOTALL)
    assert "no_tempo" in codes(read(project(xml=bare)))


def test_bitwigs_audio_regions_agree_with_their_xml(shared_data: SharedData) -> None:
    path = shared_data("corpus/dawproject/openDAW__audio-regions.dawproject")
    xml = zipfile.ZipFile(path).read("project.xml").decode()
    turn_s = float(re.findall(r'loopEnd="([\d.]+)"', xml)[0]) * 60 / 110
    session = read(path)
    clips = session.tracks[0].clips
    assert [each.position_frames for each in clips] == [
        round(n * turn_s * 44_100) for n in range(5)
    ]
    assert sum(each.length_s for each in clips) == pytest.approx(8 * 60 / 110, abs=1e-9)
    assert not any(each.warped for each in clips)
    assert session.tracks[0].gain_db == pytest.approx(20 * math.log10(0.316228), abs=1e-9)
    assert session.sample_rate_hz == 44_100
    media = clips[0].media
    assert media is not None
    held = zipfile.ZipFile(path).read("audio/chirp.wav")
    size_at = held.index(b"data") + 4
    assert media.frames == int.from_bytes(held[size_at : size_at + 4], "little") // 4


def test_bitwigs_automation_and_equalizer_agree_with_their_xml(shared_data: SharedData) -> None:
    session = read(shared_data("corpus/dawproject/openDAW__automation.dawproject"))
    lines = {line.target: line.points for line in session.tracks[0].automation}
    beat_s = 60 / 110
    assert [each.position_s for each in lines["gain_db"]] == pytest.approx(
        [0, 1.5 * beat_s, 4 * beat_s]
    )
    assert [each.value for each in lines["pan"]] == [0.0, -1.0, 1.0]
    eq = read(shared_data("corpus/dawproject/openDAW__eq.dawproject")).tracks[1].devices[0]
    params = dict(eq.params)
    assert (eq.format, params["Band 2 type"], params["Band 2 Gain"]) == ("builtin", "bell", -9.0)
    assert params["Band 2 Freq (Hz)"] == pytest.approx(440 * 2 ** ((81.389058 - 69) / 12))


@pytest.mark.parametrize("name", ["audio-regions", "automation", "eq", "note-regions"])
def test_track_counts_are_the_manifests(shared_data: SharedData, name: str) -> None:
    lines = shared_data("corpus/manifest.tsv").read_text().splitlines()
    file = f"dawproject/openDAW__{name}.dawproject"
    row = next(line.split("\t") for line in lines if line.startswith(file + "\t"))
    path = shared_data(f"corpus/{file}")
    assert FORMAT.score(path) == 1.0
    assert len(read(path).tracks) == int(row[8])


def test_reading_twice_gives_the_same_session(project: Callable[..., Path], preset: bytes) -> None:
    path = project()
    assert read(path) == read(path)
    state = next(each for each in read(path).tracks if each.id == "kick").devices[0].state
    assert state is not None
    assert state.as_json()["sha256"] == hashlib.sha256(preset).hexdigest()
