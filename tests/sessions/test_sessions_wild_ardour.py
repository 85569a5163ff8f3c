"""What Ardour sessions of versions 2 to 8 hold, as Ardour's own readers of old sessions tell it."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pytest

from sessions import Session, SessionError, Track
from sessions.formats.ardour.reader import FORMAT

SharedData = Callable[[str], Path]


def io(name: str, to: str) -> str:
    ports = "".join(f'<Port type="audio" name="{name}/audio_in {at}"/>' for at in (1, 2))
    outs = "".join(
        f'<Port type="audio" name="{name}/audio_out {at}">'
        f'<Connection other="{to}/audio_in {at}"/></Port>'
        for at in (1, 2)
    )
    return (
        f'<IO name="{name}" direction="Input">{ports}</IO>'
        f'<IO name="{name}" direction="Output">{outs}</IO>'
    )


MASTER = f'<Route id="1" name="Main" flags="MasterOut">{io("Main", "system")}</Route>'


def read(tmp_path: Path, inside: str, version: str = "3002") -> Session:
    path = tmp_path / "x.ardour"
    head = f'<Session version="{version}" name="x" sample-rate="48000">'
    path.write_text(f'<?xml version="1.0" encoding="UTF-8"?>\n{head}{inside}</Session>')
    assert FORMAT.score(path) == 1.0
    return FORMAT.read([path])


def one(session: Session, name: str) -> Track:
    return next(track for track in session.tracks if track.name == name)


def codes(session: Session) -> set[str]:
    return {each.code for each in session.diagnostics}


def test_faders_and_pans_of_session_version_3_0_0(tmp_path: Path) -> None:
    amp = '<Processor name="Amp" active="yes" type="amp" gain="0.5"/>'
    panner = '<Processor type="main-outs"><Panner><StreamPanner x="0.25"/></Panner></Processor>'
    route = f'<Route id="9" name="Bass">{io("Bass", "Main")}{amp}{panner}</Route>'
    session = read(tmp_path, f"<Routes>{MASTER}{route}</Routes>", "3.0.0")
    bass = one(session, "Bass")
    assert bass.gain_db == pytest.approx(20 * math.log10(0.5))
    assert (bass.pan, bass.output) == (-0.5, "master")


def test_sends_before_version_6_hold_their_gain_in_an_amp(tmp_path: Path) -> None:
    events = "<events>0 1 48000 0.5</events>"
    line = f'<AutomationList automation-id="gain" state="Play">{events}</AutomationList>'
    amp = (
        '<Processor type="amp"><Controllable name="gaincontrol" value="0.25"/>'
        f"<Automation>{line}</Automation></Processor>"
    )
    send = f'<Processor type="intsend" role="Aux" target="2" active="1">{amp}</Processor>'
    fader = '<Processor type="amp"><Controllable name="gaincontrol" value="0.5"/></Processor>'
    bus = f'<Route id="2" name="Verb">{io("Verb", "Main")}</Route>'
    bass = f'<Route id="9" name="Bass">{io("Bass", "Main")}{send}{fader}</Route>'
    session = read(tmp_path, f"<Routes>{MASTER}{bus}{bass}</Routes>")
    track = one(session, "Bass")
    (sent,) = track.sends
    assert sent.gain_db == pytest.approx(20 * math.log10(0.25))
    assert (sent.target, sent.pre_fader) == ("2", True)
    assert track.gain_db == pytest.approx(20 * math.log10(0.5))
    (automation,) = track.automation
    assert automation.target == "send:2"
    assert [point[:2] for point in automation.points] == [(0.0, 1.0), (1.0, 0.5)]
    assert one(session, "Verb").kind == "return"


def test_version_2_sends_feed_the_busses_they_are_connected_to(shared_data: SharedData) -> None:
    session = FORMAT.read([shared_data("corpus/ardour/ardour__TestSession.ardour")])
    names = {track.id: track.name for track in session.tracks}
    sends = [send for track in session.tracks for send in track.sends]
    assert [names[send.target] for send in sends] == ["Reverb"] * 5
    gains = sorted(10 ** (send.gain_db / 20) for send in sends)
    assert gains[0] == pytest.approx(0.043564416468)
    assert gains[-1] == pytest.approx(0.204929262400)
    assert not any(send.pre_fader for send in sends)
    assert one(session, "Reverb").kind == "return"


def test_a_version_2_meter_states_beats_per_bar(shared_data: SharedData) -> None:
    session = FORMAT.read([shared_data("corpus/ardour/ardour__TestSession.ardour")])
    assert [(each.numerator, each.denominator) for each in session.meters] == [(5, 4)]
    assert session.tempo[0].bpm == 145.0


def test_version_2_plugins_behind_the_fader_are_told(shared_data: SharedData) -> None:
    session = FORMAT.read([shared_data("corpus/ardour/ardour__TestSession.ardour")])
    said = {each.code: each.message for each in session.diagnostics}
    assert said["devices_after_fader"].startswith("19 plugins")


def test_bars_are_as_long_as_the_meter_in_force(tmp_path: Path) -> None:
    tempo = (
        '<Tempo start="1|1|0" beats-per-minute="120" note-type="4" movable="no"/>'
        '<Meter start="1|1|0" note-type="4" beats-per-bar="3" movable="no"/>'
        '<Meter start="3|1|0" note-type="8" divisions-per-bar="6" movable="yes"/>'
        '<Tempo start="5|4|960" beats-per-minute="60" note-type="4" movable="yes"/>'
    )
    session = read(tmp_path, f"<TempoMap>{tempo}</TempoMap>")
    # Two bars of 3/4, two of 6/8, three and a half eighths: 6 + 6 + 1.75 quarter notes.
    assert [each.position_s for each in session.tempo] == [0.0, 13.75 / 2]
    assert [(each.position_s, each.numerator) for each in session.meters] == [(0.0, 3), (3.0, 6)]


@pytest.mark.parametrize(
    "first",
    [
        'beats-per-minute="120" note-type="4" tempo-type="Ramp" active="yes"',
        'beats-per-minute="120" note-type="4" clamped="0" end-beats-per-minute="60" active="1"',
    ],
    ids=["5.0", "5.11"],
)
def test_ramps_of_versions_5_and_6(tmp_path: Path, first: str) -> None:
    last = '<Tempo pulse="2" frame="0" beats-per-minute="60" note-type="4" active="1"/>'
    off = '<Tempo pulse="1" frame="0" beats-per-minute="300" note-type="4" active="0"/>'
    tempo = f'<TempoMap><Tempo pulse="0" frame="0" {first}/>{off}{last}</TempoMap>'
    session = read(tmp_path, tempo)
    # Ardour's ramps are T(t) = T0 exp(ct); 8 quarter notes from 120 to 60 take 8 ln 2 seconds.
    assert session.tempo[0].curve == "linear"
    assert session.tempo[-1].position_s == pytest.approx(8 * math.log(2))
    assert {each.bpm for each in session.tempo} == {120.0, 60.0}


def test_a_constant_tempo_of_version_5_does_not_ramp(tmp_path: Path) -> None:
    kinds = ("120", "Constant"), ("60", "Ramp")
    tempo = "".join(
        f'<Tempo pulse="{at}" beats-per-minute="{bpm}" note-type="4" tempo-type="{kind}"/>'
        for at, (bpm, kind) in enumerate(kinds)
    )
    session = read(tmp_path, f"<TempoMap>{tempo}</TempoMap>")
    assert session.tempo[0].curve == "step"
    assert session.tempo[1].position_s == 2.0


def test_the_masters_second_fader_where_a_processor_holds_it(tmp_path: Path) -> None:
    volume = '<Controllable name="mastervolume" value="0.5"/>'
    inside = f'<Processor type="main-volume">{volume}</Processor>'
    route = f'<Route id="1" name="Main" flags="MasterOut">{inside}</Route>'
    session = read(tmp_path, f"<Routes>{route}</Routes>", "7002")
    assert one(session, "Main").gain_db == pytest.approx(20 * math.log10(0.5))


def test_an_external_version_2_send_is_told(tmp_path: Path) -> None:
    send = (
        '<Send><Redirect placement="PreFader"><IO outputs="{synth/in}" gain="1"/></Redirect></Send>'
    )
    session = read(tmp_path, f'<Routes><Route name="Bass">{send}</Route></Routes>', "2.0.0")
    assert one(session, "Bass").sends == ()
    assert "external_routing" in codes(session)


def test_a_session_whose_attributes_stand_in_another_order(tmp_path: Path) -> None:
    path = tmp_path / "x.ardour"
    path.write_text('<Session sample-rate="44100" name="x"\n version="3002"><Routes/></Session>')
    assert FORMAT.score(path) == 1.0
    assert FORMAT.read([path]).sample_rate_hz == 44_100


def test_a_session_cut_short_is_refused_with_the_line(tmp_path: Path) -> None:
    path = tmp_path / "x.ardour"
    path.write_text(
        '<Session version="3002" name="x" sample-rate="48000">\n<Routes>\n<Route name="B'
    )
    with pytest.raises(SessionError) as caught:
        FORMAT.read([path])
    assert caught.value.problems[0].where["line"] == 3


@pytest.mark.parametrize(
    ("places", "pan", "width", "law"),
    [
        ((0.0, 1.0), 0.0, None, "balance"),
        ((0.2, 0.6), -0.2, 0.4, "2in2out"),
        ((1.0, 0.0), 0.0, -1.0, "2in2out"),
        ((0.25,), -0.5, None, "balance"),
    ],
)
def test_version_2_pans_every_stream_by_itself(
    tmp_path: Path, places: tuple[float, ...], pan: float, width: float | None, law: str
) -> None:
    streams = "".join(f'<StreamPanner x="{place}" type="Equal Power Stereo"/>' for place in places)
    ports = 'inputs="{a}{b}" outputs="{master/in 1}{master/in 2}"'
    io_2 = f'<IO name="Bass" gain="1" {ports}><Panner bypassed="no">{streams}</Panner></IO>'
    session = read(tmp_path, f"<Routes><Route>{io_2}</Route></Routes>", "2.0.0")
    bass = one(session, "Bass")
    assert bass.pan == pytest.approx(pan)
    assert bass.width == (None if width is None else pytest.approx(width))
    assert bass.pan_law == law


def test_a_version_2_panner_that_is_bypassed(tmp_path: Path) -> None:
    panner = '<Panner bypassed="yes"><StreamPanner x="0"/><StreamPanner x="0.5"/></Panner>'
    io_2 = f'<IO name="Bass" gain="1" inputs="{{a}}{{b}}">{panner}</IO>'
    session = read(tmp_path, f"<Routes><Route>{io_2}</Route></Routes>", "2.0.0")
    assert one(session, "Bass").pan_law == "bypassed"


def test_a_template_states_no_rate(tmp_path: Path) -> None:
    path = tmp_path / "Band.template"
    path.write_text(
        f'<Session version="6000" id-counter="99"><Routes>{MASTER}<Route id="3" name="Bass">'
        f"{io('Bass', 'Main')}</Route></Routes></Session>"
    )
    assert FORMAT.score(path) == 1.0
    session = FORMAT.read([path])
    assert [(each.name, each.output) for each in session.tracks] == [
        ("Bass", "master"),
        ("Main", None),
    ]
    assert "no_sample_rate" in codes(session)


def test_what_a_send_and_a_plugin_do_not_say_is_what_ardour_begins_with(tmp_path: Path) -> None:
    send = '<Processor type="intsend" target="2"><PannerShell/></Processor>'
    plugin = '<Processor type="lv2" name="EQ" unique-id="urn:eq"><lv2/></Processor>'
    pan = '<Pannable><Controllable name="pan-azimuth" value="0.25"/></Pannable>'
    bus = f'<Route id="2" name="Verb">{io("Verb", "Main")}</Route>'
    bass = f'<Route id="9" name="Bass">{io("Bass", "Main")}{pan}{plugin}{send}</Route>'
    track = one(read(tmp_path, f"<Routes>{MASTER}{bus}{bass}</Routes>"), "Bass")
    (sent,) = track.sends
    assert (sent.gain_db, sent.pan, sent.enabled) == (-math.inf, -0.5, False)
    assert [device.enabled for device in track.devices] == [False]
    assert (track.gain_db, track.pan, track.muted) == (0.0, -0.5, False)


def test_sends_before_a_mute_into_one_channel_and_by_a_pan_of_their_own(tmp_path: Path) -> None:
    mono = '<IO name="Mono" direction="Input"><Port type="audio" name="Mono/audio_in 1"/></IO>'
    bus = f'<Route id="8" name="Mono">{mono}</Route>'
    line = '<AutomationList automation-id="mute" state="{}"><events>a0 1</events></AutomationList>'
    muted = '<Controllable name="mute" value="1"/><Automation>{}</Automation>'
    send = (
        '<Processor type="intsend" role="Aux" target="8" active="1">'
        '<PannerShell linked-to-route="0"/><Pannable><Automation>'
        '<AutomationList automation-id="pan-azimuth" state="Play"><events>a0 0.75</events>'
        '</AutomationList></Automation></Pannable></Processor><Processor type="amp"/>'
    )
    points = '<MuteMaster mute-point="{}"/>'
    routes = [
        f'<Route id="{at}" name="{at}">{io(str(at), "Main")}{points.format(point)}'
        f"{muted.format(line.format(state))}{send}</Route>"
        for at, point, state in (
            (10, "PostFader,Listen,Main", "Off"),
            (11, "PreFader,PostFader,Listen,Main", "Play"),
        )
    ]
    session = read(tmp_path, f"<Routes>{MASTER}{bus}{''.join(routes)}</Routes>", "7002")
    early, late = one(session, "10"), one(session, "11")
    assert (early.muted, late.muted) == (True, False)
    assert [send.before_mute for send in (*early.sends, *late.sends)] == [True, False]
    assert {(send.pan_law, send.own_pan) for send in early.sends} == {("summed", True)}
    assert [(line.target, line.points[0].value) for line in early.automation] == [
        ("send:8:pan", 0.5)
    ]
