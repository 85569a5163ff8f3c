"""DAWproject: files by Bitwig Studio against their raw XML, and a project with everything in it.

Positions in the made project are worked out by hand. Its tempo ramps from 60 to 120 over the
first 4 beats, so that beat b stands at 60*4/60 * ln(1 + b/4) s, then holds: beat 4 is 4*ln 2 s,
and every beat after it takes half a second.
"""

from __future__ import annotations

import hashlib
import math
import os
import random
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from sessions.errors import SessionError
from sessions.formats.dawproject import FORMAT
from sessions.model import Clip, Session
from sessions.plugin_state import fxp, parse_vstpreset, vst3

SharedData = Callable[[str], Path]
WriteWav = Callable[..., Path]

CLASS_ID = "72C4DB717A4D459AB97E51745D84B39D"
PRESET = vst3(CLASS_ID, b"component \0\xff", b"controller").data
FXB = fxp(1234, b"chunk", bank=True).data
BEAT_4 = 4.0 * math.log(2.0)

CLIPS = """
<Clip time="4" duration="8" fadeTimeUnit="seconds" fadeInTime="0.25" fadeOutTime="0.5" name="outer">
  <Clips>
    <Clip time="0" duration="8" contentTimeUnit="seconds" playStart="1.5">
      <Audio channels="1" sampleRate="48000" duration="10"><File path="audio/a.wav"/></Audio>
    </Clip>
  </Clips>
</Clip>
"""

PROJECT = """<?xml version="1.0" encoding="UTF-8"?>
<Project version="1.0">
  <Application name="Test DAW" version="7.2"/>
  <Transport>
    <Tempo unit="bpm" value="99" id="tempo"/>
    <TimeSignature numerator="7" denominator="8" id="signature"/>
  </Transport>
  <Structure>
    <Track id="outer" name="Band" contentType="tracks">
      <Channel id="outer-ch" role="master" destination="main-ch">
        <Volume unit="linear" value="1"/>
      </Channel>
      <Track id="inner" name="Drums" contentType="tracks">
        <Channel id="inner-ch" role="submix" destination="outer-ch">
          <Pan unit="linear" min="-1" max="1" value="-0.25" id="inner-pan"/>
          <Volume unit="decibel" value="-3.5" id="inner-vol"/>
        </Channel>
        <Track id="kick" name="Kick" contentType="audio">
          <Channel id="kick-ch" role="regular" audioChannels="1" destination="inner-ch" solo="true">
            <Devices>
              <Vst3Plugin deviceID="72c4db71-7a4d-459a-b97e-51745d84b39d" deviceName="Pro-Q 3"
                  deviceVendor="FabFilter" deviceRole="audioFX" name="Kick EQ">
                <Parameters>
                  <RealParameter unit="decibel" value="1.5" name="Gain" id="kick-p"/>
                </Parameters>
                <Enabled value="false" id="kick-on"/>
                <State path="plugins/kick.vstpreset"/>
              </Vst3Plugin>
              <Vst2Plugin deviceID="1234" deviceName="Old" deviceRole="audioFX">
                <State path="plugins/old.fxb"/>
              </Vst2Plugin>
              <ClapPlugin deviceID="org.x.y" deviceName="New" deviceRole="audioFX">
                <State path="plugins/gone.clap-preset"/>
              </ClapPlugin>
              <Compressor deviceName="Comp" deviceRole="audioFX">
                <Ratio unit="linear" value="4" id="ratio"/>
              </Compressor>
            </Devices>
            <Mute value="true" id="kick-mute"/>
            <Sends>
              <Send destination="plate-ch" type="pre">
                <Enable value="true"/>
                <Pan unit="normalized" value="0.75"/>
                <Volume unit="linear" value="0.5" id="kick-send"/>
              </Send>
            </Sends>
            <Volume unit="linear" min="0" max="2" value="0.251189" id="kick-vol"/>
          </Channel>
        </Track>
      </Track>
    </Track>
    <Track id="plate" name="Plate" contentType="audio">
      <Channel id="plate-ch" role="effect" destination="main-ch"/>
    </Track>
    <Track id="main" name="Main" contentType="audio">
      <Channel id="main-ch" role="submix"/>
    </Track>
  </Structure>
  <Arrangement>
    <Lanes timeUnit="beats">
      <Lanes track="kick">
        <Clips>CLIPS</Clips>
        <Points unit="linear">
          <Target parameter="kick-vol"/>
          <RealPoint time="4" value="1" interpolation="linear"/>
          <RealPoint time="6" value="0.5" interpolation="hold"/>
        </Points>
        <Points><Target parameter="kick-mute"/><BoolPoint time="0" value="true"/></Points>
        <Points unit="decibel"><Target parameter="kick-p"/><RealPoint time="4" value="2"/></Points>
        <Points unit="linear">
          <Target parameter="kick-send"/><RealPoint time="4" value="1"/>
        </Points>
      </Lanes>
    </Lanes>
    <Markers timeUnit="seconds"><Marker time="1.25" name="Chorus"/></Markers>
    <TempoAutomation timeUnit="beats" unit="bpm">
      <Target parameter="tempo"/>
      <RealPoint time="0" value="60" interpolation="linear"/>
      <RealPoint time="4" value="120" interpolation="hold"/>
    </TempoAutomation>
    <TimeSignatureAutomation>
      <Target parameter="signature"/>
      <TimeSignaturePoint time="4" numerator="3" denominator="4"/>
    </TimeSignatureAutomation>
  </Arrangement>
</Project>
"""


@pytest.fixture
def project(tmp_path: Path, write_wav: WriteWav) -> Callable[..., Path]:
    """Write a .dawproject of the clips given, or of a whole other XML."""

    def write(clips: str = CLIPS, xml: str = PROJECT, **members: bytes) -> Path:
        wav = write_wav("embedded/a.wav", frames=480_000)
        path = tmp_path / "song.dawproject"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("project.xml", xml.replace("CLIPS", clips))
            archive.writestr("metadata.xml", "<MetaData><Title>Song</Title><Artist/></MetaData>")
            archive.write(wav, "audio/a.wav")
            archive.writestr("plugins/kick.vstpreset", PRESET)
            archive.writestr("plugins/old.fxb", FXB)
            for name, data in members.items():
                archive.writestr(name, data)
        return path

    return write


def read(path: Path, *media: Path) -> Session:
    return FORMAT.read([path], media)


def clips_of(session: Session, track: str = "kick") -> tuple[Clip, ...]:
    return next(each for each in session.tracks if each.id == track).clips


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


def test_devices_carry_their_states_byte_for_byte(project: Callable[..., Path]) -> None:
    session = read(project())
    eq, old, new, comp = next(each for each in session.tracks if each.id == "kick").devices
    assert (eq.name, eq.vendor, eq.format, eq.id) == ("Pro-Q 3", "FabFilter", "VST3", CLASS_ID)
    assert (eq.enabled, eq.label, eq.params) == (False, "Kick EQ", (("Gain", 1.5),))
    assert eq.state is not None
    assert old.state is not None
    assert eq.state.data == PRESET
    assert parse_vstpreset(eq.state.data).component == b"component \0\xff"
    assert (old.format, old.id, old.state.kind, old.state.data) == (
        "VST2",
        "1234",
        "fxp_chunk",
        FXB,
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


def test_double_wrapped_clips_stand_in_song_time(project: Callable[..., Path]) -> None:
    (clip,) = clips_of(read(project()))
    assert clip.position_s == pytest.approx(BEAT_4, abs=1e-12)
    assert clip.position_frames == round(BEAT_4 * 48_000)
    assert clip.length_s == pytest.approx(4.0, abs=1e-9)
    assert clip.source_offset_s == 1.5
    assert (clip.fade_in_s, clip.fade_out_s) == pytest.approx((0.25, 0.5), abs=1e-9)
    assert (clip.name, clip.warped, clip.missing) == ("outer", False, False)
    assert clip.media is not None
    assert clip.media.as_json().endswith("song.dawproject!/audio/a.wav")
    assert clip.written is not None
    assert clip.written.as_json() == {"unit": "beats", "value": 4.0}


def test_an_outer_clip_cuts_the_clips_inside_it(project: Callable[..., Path]) -> None:
    cut = CLIPS.replace('time="4" duration="8"', 'time="8" duration="2" playStart="3"')
    (clip,) = clips_of(read(project(cut)))
    assert clip.position_s == pytest.approx(BEAT_4 + 2.0)
    assert clip.length_s == pytest.approx(1.0)
    assert clip.source_offset_s == pytest.approx(1.5 + 3 * 0.5, abs=1e-9)


def test_seconds_are_not_read_as_beats(project: Callable[..., Path]) -> None:
    audio = (
        '<Audio channels="1" sampleRate="48000" duration="10"><File path="audio/a.wav"/></Audio>'
    )
    seconds = f'</Clips><Clips timeUnit="seconds"><Clip time="5" duration="2">{audio}</Clip>'
    (clip,) = clips_of(read(project(seconds)))
    assert (clip.position_s, clip.length_s, clip.position_frames) == (5.0, 2.0, 240_000)
    assert clip.written is not None
    assert clip.written.unit == "seconds"


def test_loops_are_unrolled_to_the_sample(project: Callable[..., Path]) -> None:
    looped = CLIPS.replace(
        'duration="8" fade', 'duration="8" playStart="1" loopStart="0" loopEnd="3" fade'
    )
    clips = clips_of(read(project(looped)))
    heard = [(each.position_s - BEAT_4, each.length_s, each.source_offset_s) for each in clips]
    expected = [(0.0, 1.0, 2.0), (1.0, 1.5, 1.5), (2.5, 1.5, 1.5)]
    assert [
        each == pytest.approx(want, abs=1e-9) for each, want in zip(heard, expected, strict=True)
    ]
    assert [each.fade_in_s for each in clips] == pytest.approx([0.25, 0, 0])
    assert [each.fade_out_s for each in clips] == pytest.approx([0, 0, 0.5])


def warped_clip(algorithm: str, first_s: float, last_s: float) -> str:
    """A clip on beats 4 to 8 (two seconds), whose markers stand at its two ends."""
    return f"""<Clip time="4" duration="4"><Warps contentTimeUnit="seconds" timeUnit="beats">
      <Audio algorithm="{algorithm}" channels="1" sampleRate="48000" duration="10">
        <File path="audio/a.wav"/>
      </Audio>
      <Warp time="0" contentTime="{first_s}"/><Warp time="4" contentTime="{last_s}"/>
    </Warps></Clip>"""


@pytest.mark.parametrize(
    ("second", "warped", "rate"), [("2.0", False, 1.0), ("2.5", True, 1.25)], ids=["same", "other"]
)
def test_warps_count_only_when_they_stretch(
    project: Callable[..., Path], second: str, warped: bool, rate: float
) -> None:
    session = read(project(warped_clip("stretch", 0.5, float(second) + 0.5)))
    (clip,) = clips_of(session)
    assert (clip.warped, clip.source_offset_s) == (warped, 0.5)
    assert clip.play_rate == pytest.approx(rate)
    assert ("warped_clips" in codes(session)) is warped


def test_tape_like_warps_are_a_play_rate(project: Callable[..., Path]) -> None:
    (clip,) = clips_of(read(project(warped_clip("repitch", 0.0, 4.0))))
    assert (clip.warped, clip.play_rate) == (False, pytest.approx(2.0))


def test_missing_media_is_reported_once_and_carried(project: Callable[..., Path]) -> None:
    gone = CLIPS.replace(
        '<File path="audio/a.wav"/>', '<File path="D:\\takes\\b.wav" external="true"/>'
    )
    session = read(project(gone * 2))
    assert [(each.missing, each.media_path) for each in clips_of(session)] == [
        (True, "D:\\takes\\b.wav")
    ] * 2
    assert [each.code for each in session.diagnostics].count("missing_media") == 1


def test_external_media_is_found_in_a_folder_of_media(
    project: Callable[..., Path], write_wav: WriteWav
) -> None:
    wav = write_wav("elsewhere/deep/b.wav")
    gone = CLIPS.replace(
        '<File path="audio/a.wav"/>', '<File path="D:\\takes\\B.WAV" external="true"/>'
    )
    (clip,) = clips_of(read(project(gone), wav.parent.parent))
    assert clip.media is not None
    assert clip.media.path == wav.resolve()


def test_automation_keeps_targets_units_and_shapes(project: Callable[..., Path]) -> None:
    kick = next(each for each in read(project()).tracks if each.id == "kick")
    told = {line.target: (line.unit, tuple(map(tuple, line.points))) for line in kick.automation}
    at = pytest.approx(BEAT_4)
    assert told == {
        "gain_db": ("linear", ((at, 1.0, "linear"), (pytest.approx(BEAT_4 + 1.0), 0.5, "hold"))),
        "mute": ("bool", ((0.0, 1.0, "hold"),)),
        "device:0:Gain": ("decibel", ((at, 2.0, "linear"),)),
        "send:plate": ("linear", ((at, 1.0, "linear"),)),
    }


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


def test_tempo_points_in_seconds_reach_the_same_beats(project: Callable[..., Path]) -> None:
    timed = PROJECT.replace(
        '<TempoAutomation timeUnit="beats"', '<TempoAutomation timeUnit="seconds"'
    )
    timed = timed.replace(
        '<RealPoint time="4" value="120"', f'<RealPoint time="{BEAT_4}" value="120"'
    )
    (clip,) = clips_of(read(project(xml=timed)))
    assert clip.position_s == pytest.approx(BEAT_4, abs=1e-12)


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


@pytest.mark.parametrize("name", ["sends", "test3x"])
def test_projects_from_before_version_1_are_refused_with_a_way_out(
    shared_data: SharedData, name: str
) -> None:
    path = shared_data(f"corpus/dawproject/bitwig-prerelease__{name}.dawproject")
    assert FORMAT.score(path) == 1.0
    with pytest.raises(SessionError) as caught:
        read(path)
    (problem,) = caught.value.problems
    assert problem.kind == "early_dawproject"
    assert "Export Project" in (problem.hint or "")


def test_faults_name_their_line(project: Callable[..., Path]) -> None:
    with pytest.raises(SessionError) as caught:
        read(project(xml=PROJECT.replace('value="-3.5"', 'value="loud"')))
    problem = caught.value.problems[0]
    line = PROJECT[: PROJECT.index('value="-3.5"')].count("\n") + 1
    assert problem.kind == "malformed_number"
    assert problem.where["line"] == line


def test_entities_are_not_resolved(project: Callable[..., Path]) -> None:
    bomb = '<!DOCTYPE Project [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
    xml = PROJECT.replace("<Project ", bomb + "<Project ", 1).replace("</Project>", "&a;</Project>")
    session = read(project(xml=xml))
    assert Path("/etc/hostname").read_text().strip() not in repr(session)


@pytest.mark.parametrize("trick", ["nested", "itself", "short"])
def test_clips_without_end_are_refused(project: Callable[..., Path], trick: str) -> None:
    many = '<Clip time="0" duration="0.1"><Notes/></Clip>' * 40
    itself = '<Clip time="0" duration="9" reference="loop"/>'
    xml = {
        "nested": f'<Clip time="0" duration="1000" loopEnd="0.2"><Clips>{many}</Clips></Clip>',
        "itself": f'<Clip time="0" duration="9"><Clips id="loop">{itself * 3}</Clips></Clip>',
        "short": '<Clip time="0" duration="1e6" loopEnd="1e-10"><Clips/></Clip>',
    }[trick]
    with pytest.raises(SessionError) as caught:
        read(project(xml))
    assert caught.value.problems[0].kind in ("endless_loop", "nested_too_deep")


def test_reading_twice_gives_the_same_session(project: Callable[..., Path]) -> None:
    path = project()
    assert read(path) == read(path)
    state = next(each for each in read(path).tracks if each.id == "kick").devices[0].state
    assert state is not None
    assert state.as_json()["sha256"] == hashlib.sha256(PRESET).hexdigest()


NUMBER = re.compile(rb'"-?[\d.]+"')
STRANGE = (b"nan", b"inf", b"-1", b"0", b"1e308", b"1e-320", b"99999999999999999999", b"", b"x")


def mutated(data: bytes, dice: random.Random) -> bytes:
    """Change a number, or cut, double or overwrite a stretch."""
    at = dice.randrange(len(data))
    to = min(len(data), at + dice.randrange(1, 200))
    numbers = list(NUMBER.finditer(data))
    match dice.randrange(4):
        case 0 if numbers:
            found = dice.choice(numbers)
            return data[: found.start()] + b'"%s"' % dice.choice(STRANGE) + data[found.end() :]
        case 1:
            return data[:at] + data[to:]
        case 2:
            return data[:to] + data[at:to] + data[to:]
        case _:
            return data[:at] + dice.randbytes(dice.randrange(1, 4)) + data[at + 1 :]


def test_mutated_projects_read_or_are_refused(
    project: Callable[..., Path], shared_data: SharedData, tmp_path: Path
) -> None:
    corpus = shared_data("corpus/dawproject")
    files = [project(), *sorted(corpus.glob("openDAW__*"))]
    documents = [zipfile.ZipFile(file).read("project.xml") for file in files]
    dice = random.Random(7)  # noqa: S311  # repeatable mutations, no secrets
    path = tmp_path / "mutated.dawproject"
    outcomes, problems = set(), []
    for turn in range(int(os.environ.get("STEMWRIGHT_FUZZ", "150"))):
        if turn % 5:
            with zipfile.ZipFile(path, "w") as archive:
                archive.writestr("project.xml", mutated(dice.choice(documents), dice))
                archive.writestr("plugins/kick.vstpreset", mutated(PRESET, dice))
        else:
            path.write_bytes(mutated(dice.choice(files).read_bytes(), dice))
        FORMAT.score(path)
        try:
            FORMAT.read([path]).as_json()
            outcomes.add("session")
        except SessionError as error:
            problems += error.problems
            outcomes.add("refused")
    assert outcomes == {"session", "refused"}
    assert all(problem.where.get("file") for problem in problems)
