"""What a project keeps of trims, sends, routing, gains and rates; what it loses has a name."""

from __future__ import annotations

import math
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from sessions import Automation, AutomationPoint, Clip, Device, Send, Session, Track
from sessions.formats.dawproject.reader import FORMAT as DAWPROJECT
from sessions.formats.dawproject.writer import write_dawproject
from sessions.formats.reaper.reader import FORMAT as REAPER
from sessions.formats.reaper.writer import write_rpp
from sessions.model.session import Media

FORMS = {"dawproject": (write_dawproject, DAWPROJECT), "rpp": (write_rpp, REAPER)}
KINDS = tuple(FORMS)
HALF_DB = 20.0 * math.log10(0.5)
BUS = Track("bus", "Bus", "return")
MASTER = Track("master", "Master", "master", output=None)


@pytest.fixture
def through(tmp_path: Path) -> Callable[..., tuple[dict[str, Track], dict[str, str]]]:
    """Write tracks as a project and read them; return them by name, and what was told, by code."""

    def go(
        kind: str, *tracks: Track, rate_hz: int = 48000
    ) -> tuple[dict[str, Track], dict[str, str]]:
        write, form = FORMS[kind]
        path = tmp_path / f"song.{kind}"
        told = write(Session("made", None, rate_hz, tracks), path, overwrite=True)
        read = {each.name: each for each in form.read([path]).tracks}
        return read, {each.code: each.message for each in told}

    return go


def trim_db(track: Track) -> float:
    """A track's trim, and what its envelope of one point adds."""
    lines = [line for line in track.automation if line.target == "trim_db"]
    return track.trim_db + sum(20.0 * math.log10(line.points[0].value) for line in lines)


def line(target: str, *values: float) -> Automation:
    points = tuple(AutomationPoint(float(at), value) for at, value in enumerate(values))
    return Automation(target, "linear", points)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("devices", [(), (Device("EQ", "x", "CLAP", "x.eq"),)])
def test_a_trim_reaches_fader_and_pre_fader_sends_once(kind, devices, through) -> None:
    sends = (Send("bus", -3.0, pre_fader=True), Send("late", -4.0))
    vox = Track("vox", "Vox", gain_db=-1.0, trim_db=HALF_DB, sends=sends, devices=devices)
    read, _ = through(kind, vox, BUS, Track("late", "Late", "return"), MASTER)
    back, gain = read["Vox"], trim_db(read["Vox"])
    levels = {send.pre_fader: send.gain_db for send in back.sends}
    assert gain + back.gain_db == pytest.approx(-1.0 + HALF_DB, abs=1e-9)
    assert gain + levels[True] == pytest.approx(-3.0 + HALF_DB, abs=1e-9)
    assert gain + back.gain_db + levels[False] == pytest.approx(-5.0 + HALF_DB, abs=1e-9)


@pytest.mark.parametrize("kind", KINDS)
def test_a_trim_stays_under_moving_faders_and_sends(kind, through) -> None:
    moved = (line("gain_db", 1.0, 0.5), line("send:bus", 0.8, 0.2))
    vox = Track(
        "vox", "Vox", trim_db=HALF_DB, sends=(Send("bus", pre_fader=True),), automation=moved
    )
    read, _ = through(kind, vox, BUS, MASTER)
    back = read["Vox"]
    trim = 10.0 ** (trim_db(back) / 20.0)
    heard = {each.target: [point.value * trim for point in each.points] for each in back.automation}
    send = next(name for name in heard if name.startswith("send:"))
    assert heard["gain_db"] == pytest.approx([0.5, 0.25])
    assert heard[send] == pytest.approx([0.4, 0.1])


def test_a_masters_trim_before_its_plugins_is_reapers_envelope(through) -> None:
    eq = Device("EQ", "x", "CLAP", "x.eq")
    read, told = through("rpp", BUS, replace(MASTER, name="MASTER", trim_db=-2.0, devices=(eq,)))
    master = next(each for each in read.values() if each.kind == "master")
    assert (trim_db(master), master.gain_db) == (pytest.approx(-2.0), 0.0)
    assert "MASTER" in told["trim_as_envelope"]


def test_an_envelope_of_the_trim_stands_alone(tmp_path) -> None:
    vox = Track("vox", "Vox", trim_db=-6.0, automation=(line("trim_db", 0.5, 1.0),))
    path = tmp_path / "a.rpp"
    write_rpp(Session("made", None, 48000, (vox,)), path)
    assert path.read_text().count("<VOLENV") == 1
    back = REAPER.read([path]).tracks[0]
    assert (back.gain_db, back.trim_db) == (0.0, 0.0)
    assert [point.value for point in back.automation[0].points] == [0.5, 1.0]


@pytest.mark.parametrize("kind", KINDS)
def test_a_track_that_feeds_its_sends_alone_goes_on_doing_so(kind, through) -> None:
    vox = Track("vox", "Vox", output=None, sends=(Send("bus", pre_fader=True),))
    off = Track("off", "Off", output=None)
    read, told = through(kind, vox, off, Track("plain", "Plain"), BUS, MASTER)
    outputs = [read[name].output for name in ("Vox", "Off", "Plain", "Bus")]
    assert outputs == [None, None, "master", "master"]
    if kind == "dawproject":
        assert "Vox, Off" in told["no_destination"]


def project(*channels: str) -> str:
    head = '<?xml version="1.0"?><Project version="1.0"><Transport><Tempo value="120"/></Transport>'
    return f"{head}<Structure>{''.join(channels)}</Structure></Project>"


def read_xml(folder: Path, xml: str) -> Session:
    path = folder / "made.dawproject"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("project.xml", xml)
    return DAWPROJECT.read([path])


TOP = '<Track id="m" name="Main"><Channel id="m-ch" role="master"/></Track>'


def test_a_project_that_states_no_destination_at_all_leads_to_the_master(tmp_path) -> None:
    plain = '<Track id="a" name="A"><Channel id="a-ch" role="regular"/></Track>'
    assert read_xml(tmp_path, project(plain, TOP)).tracks[0].output == "master"
    stated = '<Track id="b" name="B"><Channel id="b-ch" destination="m-ch"/></Track>'
    session = read_xml(tmp_path, project(plain, stated, TOP))
    assert [each.output for each in session.tracks] == [None, "master", None]
    assert "no_output" in {each.code for each in session.diagnostics}


def test_a_master_that_holds_tracks_and_leads_on_is_a_group(tmp_path) -> None:
    inner = '<Track id="a" name="A"><Channel id="a-ch" destination="g-ch" role="regular"/></Track>'
    group = '<Track id="g" name="Drums" contentType="tracks">'
    group += f'<Channel id="g-ch" role="master" destination="m-ch"/>{inner}</Track>'
    session = read_xml(tmp_path, project(group, TOP))
    told = [(each.id, each.kind, each.parent, each.output) for each in session.tracks]
    assert told == [
        ("g", "group", None, "master"),
        ("a", "unknown", "g", "g"),
        ("master", "master", None, None),
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_a_mono_plugin_that_ran_once_a_channel_is_told(kind, through) -> None:
    twice = Device("Comp", "x", "CLAP", "x.comp", instances=2, label="Glue")
    once = replace(twice, instances=1, label="Air")
    _, told = through(kind, Track("vox", "Vox", devices=(twice, once)), MASTER)
    assert "Vox/Glue" in told["instances_lost"]
    assert "Air" not in told["instances_lost"]


@pytest.mark.parametrize("gain_db", [-3.82, 6.0, -6.0000004906757844])
def test_a_clips_gain_comes_back_as_its_gain(gain_db, through, write_wav) -> None:
    media = Media(write_wav("a.wav", 48000).resolve(), None, 48000, 1, 48000, "WAV", "PCM_24")
    clip = Clip(media=media, length_s=0.5, gain_db=gain_db, name="a")
    read, _ = through("dawproject", Track("vox", "Vox", clips=(clip,)), MASTER)
    back = read["Vox"].clips[0]
    assert (back.gain_db, back.automation) == (pytest.approx(gain_db, abs=1e-12), ())


@pytest.mark.parametrize(
    ("rates", "lost"),
    [
        ((), True),
        ((48000,), True),
        ((44100, 48000), True),
        ((44100,), False),
        ((44100, 44100, 48000), False),
    ],
)
def test_a_sample_rate_that_the_audio_does_not_tell_is_named(
    rates, lost, tmp_path, write_wav
) -> None:
    clips = tuple(
        Clip(
            media=Media(
                write_wav(f"{at}.wav", 480, rate=rate).resolve(),
                None,
                rate,
                1,
                480,
                "WAV",
                "PCM_24",
            ),
            length_s=0.01,
        )
        for at, rate in enumerate(rates)
    )
    session = Session("made", None, 44100, (Track("vox", "Vox", clips=clips),))
    told = {
        each.code: each.message for each in write_dawproject(session, tmp_path / "a.dawproject")
    }
    back = DAWPROJECT.read([tmp_path / "a.dawproject"])
    assert ("sample_rate_lost" in told) is lost
    assert (back.sample_rate_hz != 44100) is lost
    if lost:
        assert "44100 Hz" in told["sample_rate_lost"]


@pytest.mark.parametrize("off", [{"muted": True}, {"enabled": False}])
def test_a_send_that_is_off_reads_alike_from_both(off, through) -> None:
    vox = Track("vox", "Vox", sends=(Send("bus", -6.0, **off), Send("on")))
    found = []
    for kind in KINDS:
        read, _ = through(kind, vox, BUS, Track("on", "On", "return"), MASTER)
        sends = sorted(read["Vox"].sends, key=lambda send: send.gain_db)
        found.append([(send.muted, send.enabled) for send in sends])
    assert found == [[(True, True), (False, True)]] * 2


def test_what_is_written_is_what_the_published_schema_asks_for(tmp_path, shared_data) -> None:
    schema = etree.XMLSchema(etree.parse(shared_data("corpus/dawproject-schema/Project.xsd")))
    low, high = Clip(length_s=3.0, media_path="a.wav"), Clip(position_s=1.0, length_s=1.0)
    vox = Track(
        "vox",
        "Vox",
        output=None,
        trim_db=-6.0,
        sends=(Send("bus", pre_fader=True),),
        clips=(low, replace(high, media_path="b.wav", opaque=True, layer=1, gain_db=-3.0)),
    )
    path = tmp_path / "a.dawproject"
    write_dawproject(Session("made", None, 44100, (vox, BUS, MASTER)), path)
    with zipfile.ZipFile(path) as archive:
        project_xml = etree.fromstring(archive.read("project.xml"))
    schema.assertValid(project_xml)
    assert len(project_xml.findall(".//Clip")) == 3
