"""Ableton Live 8 to 12: corpus sets against their raw XML, and small changes to them."""

from __future__ import annotations

import gzip
import hashlib
import math
import os
import random
import re
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from sessions.errors import SessionError
from sessions.formats.ableton import FORMAT
from sessions.model import Clip, Device, PluginParameter, Session, Track
from sessions.plugin_state import parse_fxp, parse_vstpreset

SharedData = Callable[[str], Path]
WriteWav = Callable[..., Path]

LIVE_8 = "dawtool__live8-patch-markers-auto"
LIVE_9 = "dawtool__live9-patch-2-0point"
LIVE_10 = "abletoolz__10.1.3"
LIVE_11 = "abletoolz__11.0.12"
LIVE_12 = "abletoolz__12.2.6"
ALL = (
    *("GitLive__test", "ableton-test__test", LIVE_10, LIVE_11, "abletoolz__11.3.41"),
    *("abletoolz__11.3.42", LIVE_12, "abletoolz__9.0.1", "alsparser__final"),
    *("dawtool__automation-pathological", "dawtool__example-120", LIVE_8, LIVE_9, "pylive__Tests"),
)
SILENT = 0.0003162277571
"""What Live writes for a fader or send that is all the way down."""


def set_of(shared_data: SharedData, name: str) -> Path:
    return shared_data(f"corpus/als/{name}.als")


def xml_of(path: Path) -> bytes:
    data = path.read_bytes()
    return gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data


def tree_of(path: Path) -> etree._Element:
    return etree.fromstring(xml_of(path), etree.XMLParser(huge_tree=True))


def read(path: Path, *media: Path) -> Session:
    return FORMAT.read([path], media)


def plugins(session: Session) -> list[Device]:
    return [
        device for track in session.tracks for device in track.devices if device.kind == "plugin"
    ]


def named(session: Session, name: str) -> Track:
    return next(track for track in session.tracks if track.name == name)


@pytest.fixture
def changed(shared_data: SharedData, tmp_path: Path) -> Callable[..., Path]:
    """Write a corpus set with its XML changed."""

    def write(name: str, change: Callable[[bytes], bytes]) -> Path:
        path = tmp_path / "changed.als"
        path.write_bytes(change(xml_of(set_of(shared_data, name))))
        return path

    return write


@pytest.mark.parametrize("name", ALL)
def test_every_set_has_the_manifests_tracks_and_plugins(shared_data: SharedData, name: str) -> None:
    lines = shared_data("corpus/manifest.tsv").read_text().splitlines()
    row = next(line.split("\t") for line in lines if line.startswith(f"als/{name}.als\t"))
    path = set_of(shared_data, name)
    session = read(path)
    assert FORMAT.score(path) == 1.0
    assert session.daw == row[2]
    assert len(session.tracks) == int(row[8]) + 1  # and the main track, which it leaves out
    stated = dict(pair.split("=") for pair in row[9].split(";") if "=" in pair)
    counted = [device.format for device in plugins(session)]
    words = (("Vst3", "VST3"), ("Vst", "VST2"), ("Au", "AU"))
    assert {word: counted.count(form) for word, form in words} == {
        word: int(stated.get(word, 0)) for word, _ in words
    }


@pytest.mark.parametrize("name", ALL)
def test_every_fader_stands_where_the_xml_says(shared_data: SharedData, name: str) -> None:
    path = set_of(shared_data, name)
    faders = tree_of(path).xpath("/Ableton/LiveSet/Tracks/*/DeviceChain/Mixer/Volume")
    stands = [
        (fader.xpath("./Manual/@Value") or fader.xpath("./ArrangerAutomation/Events/*/@Value"))[0]
        for fader in faders
    ]
    expected = [
        20 * math.log10(float(each)) if float(each) > SILENT else -math.inf for each in stands
    ]
    told = [track.gain_db for track in read(path).tracks if track.kind != "master"]
    assert told == pytest.approx(expected, abs=0.005)


def test_vst3_states_are_the_bytes_of_the_set(shared_data: SharedData) -> None:
    path = set_of(shared_data, LIVE_10)
    expected = {}
    for info in tree_of(path).iter("Vst3PluginInfo"):
        fields = info.xpath("./Uid/*/@Value")
        class_id = b"".join(struct.pack(">i", int(field)) for field in fields).hex().upper()
        states = [info.findtext(f".//{part}State", "") for part in ("Processor", "Controller")]
        expected[class_id] = tuple(bytes.fromhex("".join(state.split())) for state in states)
    told = {}
    for device in plugins(read(path)):
        if device.state is not None:
            preset = parse_vstpreset(device.state.data)
            assert device.id == device.state.class_id == preset.class_id
            told[device.id] = (preset.component, preset.controller)
    assert told == expected
    assert "72C4DB717A4D459AB97E51745D84B39D" in told  # Pro-Q 3, as REAPER writes it too


def test_audio_unit_states_are_the_property_lists_of_the_set(shared_data: SharedData) -> None:
    path = set_of(shared_data, LIVE_9)
    buffers = re.findall(rb"<AuPreset.*?<Buffer>([0-9A-F\s]*)</Buffer>", xml_of(path), re.DOTALL)
    expected = {hashlib.sha256(bytes.fromhex(each.decode())).hexdigest() for each in buffers}
    found = [device for device in plugins(read(path)) if device.state is not None]
    assert {device.state.as_json()["sha256"] for device in found if device.state} == expected
    assert {device.format for device in found} == {"AU"}
    saturn = next(device for device in found if device.name == "FF Saturn")
    assert (saturn.vendor, saturn.id) == ("FabFilter", "aumf FSat FabF")
    assert saturn.state is not None
    assert saturn.state.data.startswith(b"<?xml")


@pytest.mark.parametrize(
    ("kind", "state_kind", "held"),
    [
        (1178747752, "fxp_chunk", b"a bank"),
        (1182286443, "fxp_params", struct.pack("<48f", *[0.25] * 48)),
    ],
    ids=["bank", "parameters"],
)
def test_vst2_buffers_become_preset_files(
    changed: Callable[..., Path], kind: int, state_kind: str, held: bytes
) -> None:
    spaced = b" ".join(b"%02X" % byte for byte in held)

    def change(xml: bytes) -> bytes:
        xml = xml.replace(b"<Buffer />", b"<Buffer>\n\t%s\n</Buffer>" % spaced, 1)
        return xml.replace(b'<Type Value="1178747752" />', b'<Type Value="%d" />' % kind)

    device = plugins(read(changed("ableton-test__test", change)))[0]
    assert device.state is not None
    assert (device.format, device.id, device.state.kind) == ("VST2", "5065029", state_kind)
    preset = parse_fxp(device.state.data)
    assert preset.unique_id == 5065029
    assert (preset.data, preset.values) == (
        (held, ()) if state_kind == "fxp_chunk" else (b"", (0.25,) * 48)
    )


def test_plugins_without_a_state_are_reported_together(shared_data: SharedData) -> None:
    session = read(set_of(shared_data, LIVE_12))
    told = [each for each in session.diagnostics if each.code == "missing_state"]
    assert [each.message for each in told] == [
        "1 plugins without a state in the set: Main: FabFilter Pro-L 2"
    ]
    assert plugins(session)[0].vendor == "FabFilter"


def test_damaged_states_are_reported(changed: Callable[..., Path]) -> None:
    session = read(
        changed(LIVE_10, lambda xml: xml.replace(b"<ProcessorState>", b"<ProcessorState>XYZ"))
    )
    assert "damaged_state" in {each.code for each in session.diagnostics}


def test_groups_nest_as_their_ids_say(shared_data: SharedData) -> None:
    path = set_of(shared_data, LIVE_11)
    session = read(path)
    by_id = {track.id: track for track in session.tracks}
    for element in tree_of(path).find("LiveSet/Tracks"):  # type: ignore[union-attr]  # every set has it
        group = element.find("TrackGroupId").get("Value")
        assert by_id[element.get("Id")].parent == (None if group == "-1" else group)
    assert [track.name for track in session.tracks if track.parent == "102"] == [
        *("snr2", "kcksnr1", "8-Drums to MIDI", "9-MIDI")
    ]
    assert named(session, "snr2").output == "102"


def test_groups_and_tracks_of_one_number_are_told_apart(shared_data: SharedData) -> None:
    session = read(set_of(shared_data, "alsparser__final"))
    ids = [track.id for track in session.tracks]
    assert len(set(ids)) == len(ids)
    assert named(session, "this audio").parent == named(session, "*** CHORDS GROUP ***").id


def test_sends_lead_to_the_returns_in_their_order(shared_data: SharedData) -> None:
    path = set_of(shared_data, LIVE_9)
    tree = tree_of(path)
    returns = tree.xpath("/Ableton/LiveSet/Tracks/ReturnTrack/@Id")
    expected = {}
    for element in tree.find("LiveSet/Tracks"):  # type: ignore[union-attr]  # every set has it
        levels = [
            float(each) for each in element.xpath("./DeviceChain/Mixer/Sends/*/Send/Manual/@Value")
        ]
        pairs = zip(returns, levels, strict=True)
        expected[element.get("Id")] = {to: at for to, at in pairs if at > SILENT}
    for track in read(path).tracks:
        if track.kind != "master":
            levels = {send.target: 10 ** (send.gain_db / 20) for send in track.sends}
            assert levels == pytest.approx(expected[track.id], rel=1e-6)
    assert sum(map(len, expected.values())) == 6


def test_a_pre_fader_send_is_one(changed: Callable[..., Path]) -> None:
    session = read(
        changed(
            LIVE_11, lambda xml: re.sub(rb'(<SendPreBool Id="\d+" Value=")false', rb"\1true", xml)
        )
    )
    assert [send.pre_fader for track in session.tracks for send in track.sends] == [True]


@pytest.mark.parametrize(("name", "bpm"), [(LIVE_10, 174), ("dawtool__example-120", 120)])
def test_clips_stand_at_their_beats_to_the_sample(
    shared_data: SharedData, name: str, bpm: float
) -> None:
    path = set_of(shared_data, name)
    expected = [
        (float(clip.find("CurrentStart").get("Value")), clip)
        for clip in tree_of(path).xpath(
            "//MainSequencer/Sample/ArrangerAutomation/Events/AudioClip"
        )
    ]
    session = read(path)
    clips = [clip for track in session.tracks for clip in track.clips]
    starts = sorted(beat * 60 / bpm for beat, _ in expected)
    rate_hz = int(expected[0][1].find("SampleRef/DefaultSampleRate").get("Value"))
    assert session.sample_rate_hz == rate_hz
    assert [clip.position_frames for clip in clips] == [round(at * rate_hz) for at in starts]
    assert [clip.position_s for clip in clips] == pytest.approx(starts, abs=1e-9)


def test_tempo_ramps_resolve_in_closed_form(shared_data: SharedData) -> None:
    session = read(set_of(shared_data, LIVE_8))
    first = 60 * 4 * math.log(138.3 / 95.3) / (138.3 - 95.3)
    second = 60 * 196 * math.log(160 / 138.3) / (160 - 138.3)
    at_200 = first + second
    assert [(each.name, each.position_s) for each in session.markers] == [
        ("b", pytest.approx(at_200, abs=1e-9)),
        ("c", pytest.approx(at_200 + 118 * 60 / 160, abs=1e-9)),
    ]
    assert [each.curve for each in session.tempo] == ["linear", "linear", "step"]


def test_a_set_without_a_tempo_envelope_reads(changed: Callable[..., Path]) -> None:
    without = re.compile(rb"<AutomationEnvelopes>.*?</AutomationEnvelopes>", re.DOTALL)
    session = read(changed(LIVE_10, lambda xml: without.sub(b"", xml)))
    assert [each.bpm for each in session.tempo] == [174.0]
    bare = changed(
        LIVE_10, lambda xml: re.sub(rb"<MasterTrack.*</MasterTrack>", b"", xml, flags=re.S)
    )
    assert [each.bpm for each in read(bare).tempo] == [120.0]


def test_meters_are_decoded(changed: Callable[..., Path]) -> None:
    six_eight = str(5 + 3 * 99).encode()
    session = read(
        changed(LIVE_12, lambda xml: xml.replace(b'Value="201"', b'Value="%s"' % six_eight))
    )
    assert [(each.numerator, each.denominator) for each in session.meters] == [(6, 8)]


def test_loops_are_unrolled(shared_data: SharedData) -> None:
    clips = named(read(set_of(shared_data, LIVE_11)), "snr2").clips
    beat_s = 60 / 172
    first = clips[:15]  # beats 64 to 120.5 in turns of 4
    assert [clip.position_s for clip in first] == pytest.approx(
        [(64 + 4 * turn) * beat_s for turn in range(15)]
    )
    assert first[-1].length_s == pytest.approx(0.5 * beat_s)
    assert {clip.source_offset_s for clip in first} == {0.0}
    assert not any(clip.warped for clip in clips)  # its markers agree with the song's tempo


def test_loops_and_fades_of_a_ramped_song_end_in_beats(shared_data: SharedData) -> None:
    clip = named(read(set_of(shared_data, LIVE_9)), "fx atmos").clips[1]
    beat_s = 60 / 175
    assert clip.warped
    assert clip.written is not None
    assert clip.written.as_json() == {"unit": "beats", "value": 12.0}
    assert clip.length_s == pytest.approx((48.439560439560438 - 12) * beat_s)
    assert clip.fade_out_s == pytest.approx(16.571428571428573 * beat_s)
    assert clip.source_offset_s == pytest.approx(12 * 39.07310657596372 / 64)


def test_automation_moves_the_right_fader(shared_data: SharedData) -> None:
    path = set_of(shared_data, LIVE_9)
    session = read(path)
    strings = named(session, "strings")
    lines = {line.target: line for line in strings.automation}
    events = tree_of(path).xpath(
        "//AudioTrack[Name/UserName/@Value='strings']/DeviceChain/Mixer/Volume"
        "/ArrangerAutomation/Events/FloatEvent"
    )
    assert float(events[0].get("Time")) == -63072000  # what holds until the first real event
    beats = [max(0.0, float(event.get("Time"))) for event in events]
    assert [point.value for point in lines["gain_db"].points] == [
        float(event.get("Value")) for event in events
    ]
    ramp_s = 60 * 4 * math.log(175 / 135) / (175 - 135)
    assert [point.position_s for point in lines["gain_db"].points] == pytest.approx(
        [0.0, *(ramp_s + (beat - 4) * 60 / 175 for beat in beats[1:])]
    )
    assert set(lines) == {"gain_db", "send:3"}
    assert lines["gain_db"].unit == "linear"


@pytest.mark.parametrize(
    ("name", "form", "index", "own"), [(LIVE_11, "VST2", 7, None), (LIVE_11, "VST3", None, "2")]
)
def test_plugin_automation_says_which_parameter_it_moves(
    changed: Callable[..., Path], name: str, form: str, index: int | None, own: str | None
) -> None:
    """Live's ParameterId: a VST2's index, a VST3's ParamID; its line is added to a real set."""
    tag = {"VST2": "VstPluginInfo", "VST3": "Vst3PluginInfo"}[form]
    number = own or str(index)

    def moved(xml: bytes) -> bytes:
        root = etree.fromstring(xml, etree.XMLParser(huge_tree=True))
        track, value = next(
            (track, parameter.find("ParameterValue"))
            for track in root.iter("AudioTrack")
            for plugin in track.iter("PluginDevice")
            if plugin.find(f"PluginDesc/{tag}") is not None
            for parameter in plugin.iterfind("ParameterList/PluginFloatParameter")
            if parameter.find("ParameterId").get("Value") == number
        )
        envelopes = track.find("AutomationEnvelopes/Envelopes")
        target = value.find("AutomationTarget").get("Id")
        envelopes.append(
            etree.fromstring(
                f'<AutomationEnvelope Id="9"><EnvelopeTarget><PointeeId Value="{target}"/>'
                '</EnvelopeTarget><Automation><Events><FloatEvent Id="0" Time="0" Value="0.25"/>'
                '<FloatEvent Id="1" Time="4" Value="0.75"/></Events></Automation>'
                "</AutomationEnvelope>"
            )
        )
        return etree.tostring(root)

    session = read(changed(name, moved))
    lines = [line for track in session.tracks for line in track.automation if line.parameter]
    (line,) = lines
    assert line.parameter == PluginParameter(index, own)
    assert (line.unit, [point.value for point in line.points]) == ("normalized", [0.25, 0.75])


def test_mute_automation_counts_muted_as_1(shared_data: SharedData) -> None:
    path = set_of(shared_data, LIVE_10)
    switches = tree_of(path).xpath(
        "//AudioTrack[Name/UserName/@Value='kick sparkle']/AutomationEnvelopes//BoolEvent/@Value"
    )
    track = named(read(path), "kick sparkle")
    (line,) = track.automation
    assert (line.target, line.unit, track.muted) == ("mute", "bool", True)
    assert [point.value for point in line.points] == [float(on == "false") for on in switches]
    assert {point.shape for point in line.points} == {"hold"}


def test_what_is_carried_but_not_rendered_is_counted(shared_data: SharedData) -> None:
    told = {each.code: each.message for each in read(set_of(shared_data, LIVE_8)).diagnostics}
    midi = len(tree_of(set_of(shared_data, LIVE_8)).xpath("//ClipTimeable//MidiClip"))
    assert told["midi_clips"].startswith(f"{midi} clips hold notes")
    assert "session_clips" in told
    assert "transposed_clips" in told
    assert len(told["missing_media"].splitlines()) == 1


CLIP_PATHS = {
    "folders": '<RelativePath><RelativePathElement Dir="Samples" /></RelativePath>'
    '<Name Value="a.wav" />',
    "path": '<RelativePath Value="x/a.wav" /><Path Value="C:/old/Samples/a.wav" />',
    "case": '<RelativePath Value="SAMPLES/A.WAV" /><Path Value="" />',
}


@pytest.mark.parametrize("where", CLIP_PATHS)
def test_an_unwarped_clip_is_the_file_from_its_start(
    changed: Callable[..., Path], write_wav: WriteWav, where: str
) -> None:
    wav = write_wav("Samples/a.wav", frames=480_000, rate=48_000)
    clip = f"""<AudioClip Time="2"><CurrentStart Value="2" /><CurrentEnd Value="6" />
      <Loop><LoopStart Value="1.5" /><LoopEnd Value="3.5" /><StartRelative Value="0" />
      <LoopOn Value="false" /></Loop><Name Value="take" /><Disabled Value="true" />
      <IsWarped Value="false" /><SampleRef><FileRef>{CLIP_PATHS[where]}</FileRef></SampleRef>
      <Fade Value="true" /><Fades><FadeInLength Value="0.5" /><FadeOutLength Value="0.25" />
      <FadeInCurveSkew Value="0.5" /></Fades><SampleVolume Value="0.5" /></AudioClip>"""
    session = read(changed("abletoolz__11.3.42", lambda xml: with_clip(xml, clip)))
    found: list[Clip] = [clip for track in session.tracks for clip in track.clips]
    (heard,) = found
    assert heard.media is not None
    assert heard.media.path == wav.resolve()
    assert session.tempo[0].bpm == 120.0
    assert (heard.position_s, heard.position_frames, heard.length_s) == (1.0, 48_000, 2.0)
    assert heard.source_offset_s == 1.5
    assert heard.gain_db == pytest.approx(-6.0206, abs=1e-4)
    assert (heard.muted, heard.name, heard.warped) == (True, "take", False)
    assert (heard.fade_in_shape, heard.fade_out_shape) == ("curve", "linear")
    assert (heard.fade_in_s, heard.fade_out_s) == (0.25, 0.125)


def with_clip(xml: bytes, clip: str) -> bytes:
    root = etree.fromstring(xml)
    (events,) = root.xpath("//AudioTrack//MainSequencer/Sample/ArrangerAutomation/Events")
    events.append(etree.fromstring(clip))
    return etree.tostring(root)


def test_live_sets_in_other_wrappings_are_known(shared_data: SharedData, tmp_path: Path) -> None:
    xml = xml_of(set_of(shared_data, LIVE_12))
    renamed = tmp_path / "set.bin"
    renamed.write_bytes(gzip.compress(xml))
    assert FORMAT.score(renamed) == 1.0
    plain = tmp_path / "plain.als"
    plain.write_bytes(xml)
    assert FORMAT.score(plain) == 1.0
    assert read(plain).tracks == read(renamed).tracks
    (tmp_path / "other.als").write_bytes(b"not a set")
    assert FORMAT.score(tmp_path / "other.als") == 0.0


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (gzip.compress(b"<Ableton><LiveSet/></Ableton>")[:-9], "cut short"),
        (b"\x1f\x8bgarbage of all kinds", "cannot be unpacked"),
        (b"<Ableton><Preset/></Ableton>", "no Live set"),
        (b"<Ableton><LiveSet>", "readable XML"),
        (b"", "readable XML"),
    ],
    ids=["cut", "no gzip", "preset", "open", "empty"],
)
def test_what_is_no_set_is_refused(tmp_path: Path, data: bytes, reason: str) -> None:
    path = tmp_path / "bad.als"
    path.write_bytes(data)
    with pytest.raises(SessionError) as caught:
        read(path)
    assert reason in caught.value.problems[0].message
    assert str(path) in str(caught.value.problems[0].where["file"])


def test_a_set_that_unpacks_without_end_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sessions.formats._ableton_document._LARGEST", 1 << 20)
    path = tmp_path / "bomb.als"
    path.write_bytes(gzip.compress(b"<Ableton>" + bytes(2 << 20)))
    with pytest.raises(SessionError, match="unpacks to more"):
        read(path)


NUMBER = re.compile(rb'"-?[\d.]+"')
STRANGE = (b"nan", b"inf", b"-1", b"0", b"1e308", b"1e-320", b"99999999999999999999", b"", b"x")


def mutated(data: bytes, dice: random.Random) -> bytes:
    """Change some numbers, or cut, double or overwrite a stretch."""
    at = dice.randrange(len(data))
    to = min(len(data), at + dice.randrange(1, 2000))
    match dice.randrange(4):
        case 0:
            for _ in range(8):
                found = NUMBER.search(data, dice.randrange(len(data)))
                if found:
                    strange = b'"%s"' % dice.choice(STRANGE)
                    data = data[: found.start()] + strange + data[found.end() :]
            return data
        case 1:
            opened = data.find(b"\n", to)
            return data[:at] + data[max(opened, to) :]
        case 2:
            return data[:to] + data[at:to] + data[to:]
        case _:
            return data[:at] + dice.randbytes(dice.randrange(1, 4)) + data[at + 1 :]


def test_mutated_sets_read_or_are_refused(shared_data: SharedData, tmp_path: Path) -> None:
    names = ("dawtool__example-120", LIVE_12, "dawtool__automation-pathological", "pylive__Tests")
    documents = [xml_of(set_of(shared_data, name)) for name in names]
    packed = [set_of(shared_data, name).read_bytes() for name in names]
    dice = random.Random(11)  # noqa: S311  # repeatable mutations, no secrets
    path = tmp_path / "mutated.als"
    outcomes, problems = set(), []
    for turn in range(int(os.environ.get("STEMWRIGHT_FUZZ", "150"))):
        data = dice.choice(documents if turn % 8 else packed)
        path.write_bytes(mutated(data, dice))
        FORMAT.score(path)
        try:
            FORMAT.read([path]).as_json()
            outcomes.add("session")
        except SessionError as error:
            problems += error.problems
            outcomes.add("refused")
    assert outcomes == {"session", "refused"}
    assert all(problem.where.get("file") for problem in problems)
