"""Studio One songs, made here from the layout that songs have (no real one can be shared).

As in real songs the prefix of `x:id` is nowhere declared. The tempo is 120 (half a second a beat)
up to beat 8, then 60.
"""

from __future__ import annotations

import random
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sessions.errors import SessionError
from sessions.formats.studio_one.reader import FORMAT
from sessions.model.session import Session, Track
from sessions.states.device_states import vst3

WriteWav = Callable[..., Path]

CLASS_ID = "72C4DB717A4D459AB97E51745D84B39D"
PRESET = vst3(CLASS_ID, b"component", b"controller").data

ABOUT = """<?xml version="1.0" encoding="UTF-8"?>
<MetaInformation>
  <Attribute id="Document:Title" value="Song"/>
  <Attribute id="Document:Generator" value="Studio One/7.2.3.108761"/>
  <Attribute id="Media:SampleRate" value="44100"/>
  <Attribute id="Media:Tempo" value="120"/>
  <Attribute id="Media:Length" value="90.5"/>
</MetaInformation>"""

SONG = """<?xml version="1.0" encoding="UTF-8"?>
<Song>
  <Attributes x:id="Root">
    <Attributes x:id="timeContext">
      <TempoMap x:id="tempoMap">
        <TempoMapSegment start="0" tempo="0.5"/><TempoMapSegment start="8" tempo="1"/>
      </TempoMap>
      <TimeSignatureMap x:id="timeSignatureMap">
        <TimeSignatureMapSegment start="0" numerator="6" denominator="8"/>
      </TimeSignatureMap>
    </Attributes>
    <List x:id="Tracks">
      <MarkerTrack timeFormat="2"><MarkerEvent start="10" timeFormat="2" name="End"/></MarkerTrack>
      <FolderTrack trackID="{F}" name="Drum Folder"/>
      <MediaTrack mediaType="Audio" tempoFollow="2" trackID="{T1}" parentFolder="{F}" name="Kick">
        <UID x:id="channelID" uid="{C1}"/>
        <List x:id="Events">
          <AudioEvent clipID="{A}" start="4" timeFormat="2" length="2" name="hit" speed="1"/>
          <AudioEvent clipID="{B}" start="6" timeFormat="2" length="1" offset="0.5" mute="1"/>
        </List>
      </MediaTrack>
      <MediaTrack mediaType="Audio" tempoFollow="0" trackID="{T2}" name="Vox" activeLayer="1">
        <UID x:id="channelID" uid="{C2}"/>
        <List x:id="Layers">
          <Attributes id="0" layerName="Take 1"><List x:id="Events">
            <AudioEvent clipID="{A}" start="2" timeFormat="0" length="1" name="old"/>
          </List></Attributes>
          <Attributes id="1" layerName="Take 2"><List x:id="Events">
            <AudioEvent clipID="{A}" start="1.5" timeFormat="0" length="0.5" name="new"/>
          </List></Attributes>
        </List>
      </MediaTrack>
      <MediaTrack mediaType="Audio" tempoFollow="2" trackID="{T3}" name="Loops">
        <List x:id="Events">
          <AudioPartEvent clipID="{P}" start="2" timeFormat="2" length="4"/>
        </List>
      </MediaTrack>
      <MediaTrack mediaType="Music" tempoFollow="2" trackID="{T4}" name="Keys">
        <List x:id="Events"><MusicPart clipID="{M}" start="4" timeFormat="2" length="8"/></List>
      </MediaTrack>
    </List>
  </Attributes>
</Song>"""

POOL = """<?xml version="1.0" encoding="UTF-8"?>
<MediaPool><Attributes x:id="rootFolder"><MediaFolder name="Audio">
  <AudioClip mediaID="{A}"><Url x:id="path" type="1" url="file:///D:/Song/Media/a%20b.wav"/></AudioClip>
  <AudioClip mediaID="{B}"><Url x:id="path" type="1" url="file:///D:/Song/Media/gone.wav"/></AudioClip>
  <AudioPartClip mediaID="{P}"><Attributes x:id="Events" timeFormat="2" length="4">
    <AudioEvent clipID="{A}" start="1" timeFormat="2" length="0.5"/>
  </Attributes></AudioPartClip>
</MediaFolder></Attributes></MediaPool>"""

MIXER = """<?xml version="1.0" encoding="UTF-8"?>
<AudioMixer><Attributes x:id="channels">
  <ChannelGroup name="AudioTrack">
    <AudioTrackChannel label="Kick" gain="0.5" pan="0.75" mute="1" solo="1">
      <UID x:id="uniqueID" uid="{C1}"/>
      <SpeakerSetup x:id="speakerType" type="Mono"/>
      <Connection x:id="destination" objectID="{BUS}/Input" friendlyName="Bus"/>
      <Attributes x:id="Inserts">
        <Attributes name="FX01" bypass="1">
          <Attributes x:id="deviceData" name="Pro-Q 3"/>
          <Attributes x:id="ghostData"><Attributes x:id="classInfo" name="Pro-Q 3"
            vendor="FabFilter" classID="{72C4DB71-7A4D-459A-B97E-51745D84B39D}"
            subCategory="(VST3)/EQ"/></Attributes>
          <String x:id="presetPath" text="Presets/Channels/Kick/1 - Pro-Q 3.vstpreset"/>
        </Attributes>
        <Attributes name="FX02">
          <Attributes x:id="deviceData" name="Compressor"/>
          <Attributes x:id="ghostData"><Attributes x:id="classInfo" name="Compressor"
            classID="{54F19B72}" subCategory="(Native)/Dynamics"/></Attributes>
          <String x:id="presetPath" text="Presets/Channels/Kick/2 - Compressor.dsppreset"/>
        </Attributes>
        <Attributes name="FX03"/>
        <Attributes x:id="Presets"/>
      </Attributes>
      <Attributes x:id="Sends">
        <Attributes name="Send01" level="0.25" pan="0.5" prefader="1">
          <Connection x:id="destination" objectID="{FX}/Input"/>
        </Attributes>
      </Attributes>
    </AudioTrackChannel>
    <AudioTrackChannel label="Vox"><UID x:id="uniqueID" uid="{C2}"/>
      <Connection x:id="destination" objectID="{OUT}/Input"/></AudioTrackChannel>
  </ChannelGroup>
  <ChannelGroup name="AudioGroup"><AudioGroupChannel label="Bus" gain="1">
    <UID x:id="uniqueID" uid="{BUS}"/><Connection x:id="destination" objectID="{OUT}/Input"/>
  </AudioGroupChannel></ChannelGroup>
  <ChannelGroup name="AudioEffect"><AudioEffectChannel label="Plate">
    <UID x:id="uniqueID" uid="{FX}"/><Connection x:id="destination" objectID="{LOST}/Input"/>
  </AudioEffectChannel></ChannelGroup>
  <ChannelGroup name="AudioOutput"><AudioOutputChannel label="Main">
    <UID x:id="uniqueID" uid="{OUT}"/></AudioOutputChannel></ChannelGroup>
</Attributes></AudioMixer>"""

MEMBERS = {
    "metainfo.xml": ABOUT.encode(),
    "Song/song.xml": SONG.encode(),
    "Song/mediapool.xml": POOL.encode(),
    "Devices/audiomixer.xml": MIXER.encode(),
    "Presets/Channels/Kick/1 - Pro-Q 3.vstpreset": PRESET,
    "Presets/Channels/Kick/2 - Compressor.dsppreset": b"<Attributes ratio='4'/>",
}


def write_song(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


@pytest.fixture
def song(tmp_path: Path, write_wav: WriteWav) -> Path:
    write_wav("Media/a b.wav", frames=480_000, rate=48_000)
    return write_song(tmp_path / "one.song", MEMBERS)


def read(path: Path) -> Session:
    return FORMAT.read([path])


def track(session: Session, name: str) -> Track:
    return next(each for each in session.tracks if each.name == name)


def test_songs_are_known_by_their_content(song: Path, tmp_path: Path) -> None:
    renamed = song.rename(tmp_path / "one.zip")
    assert FORMAT.score(renamed) == 1.0
    assert FORMAT.score(write_song(tmp_path / "other.song", {"a.xml": b"<a/>"})) == 0.0


def test_tracks_take_their_channels_and_folders(song: Path) -> None:
    told = [(each.id, each.name, each.kind, each.parent, each.output) for each in read(song).tracks]
    assert told == [
        ("{F}", "Drum Folder", "folder", None, None),
        ("{C1}", "Kick", "audio", "{F}", "{BUS}"),
        ("{C2}", "Vox", "audio", None, "master"),
        ("{T3}", "Loops", "audio", None, "master"),
        ("{T4}", "Keys", "midi", None, None),
        ("{BUS}", "Bus", "group", None, "master"),
        ("{FX}", "Plate", "return", None, "master"),
        ("master", "Main", "master", None, None),
    ]


def test_the_mixer_stands_as_written(song: Path) -> None:
    kick = track(read(song), "Kick")
    assert kick.gain_db == pytest.approx(-6.0206, abs=1e-4)
    assert (kick.pan, kick.muted, kick.soloed, kick.channels) == (0.5, True, True, 1)
    (send,) = kick.sends
    assert (send.target, send.pre_fader, send.pan) == ("{FX}", True, 0.0)
    assert send.gain_db == pytest.approx(-12.0412, abs=1e-4)


def test_inserts_carry_the_presets_of_the_song(song: Path) -> None:
    eq, compressor = track(read(song), "Kick").devices
    assert (eq.name, eq.vendor, eq.format, eq.id) == ("Pro-Q 3", "FabFilter", "VST3", CLASS_ID)
    assert eq.enabled is False
    assert eq.state is not None
    assert compressor.state is not None
    assert eq.state.data == PRESET
    assert (compressor.format, compressor.kind) == ("builtin", "builtin")
    assert (compressor.state.kind, compressor.state.data) == ("opaque", b"<Attributes ratio='4'/>")


def test_positions_follow_the_tracks_own_time(song: Path) -> None:
    session = read(song)
    hit, cut = track(session, "Kick").clips
    assert (hit.position_s, hit.length_s, hit.position_frames) == (2.0, 1.0, 96_000)
    assert (cut.position_s, cut.source_offset_s, cut.muted, cut.missing) == (3.0, 0.25, True, True)
    new, old = track(session, "Vox").clips
    assert (new.name, new.position_s, new.length_s, new.lane) == ("new", 1.5, 0.5, None)
    assert (old.name, old.position_s, old.lane, old.muted) == ("old", 2.0, "Take 1", True)
    (inside,) = track(session, "Loops").clips
    assert (inside.position_s, inside.length_s) == (1.5, 0.25)
    (notes,) = track(session, "Keys").clips
    assert (notes.kind, notes.position_s, notes.length_s) == ("midi", 2.0, 2.0 + 4.0)


def test_tempo_markers_and_provenance(song: Path) -> None:
    session = read(song)
    assert [(each.position_s, each.bpm) for each in session.tempo] == [(0.0, 120.0), (4.0, 60.0)]
    assert [(each.position_s, each.name) for each in session.markers] == [(6.0, "End")]
    assert [(each.numerator, each.denominator) for each in session.meters] == [(6, 8)]
    assert (session.daw, session.sample_rate_hz) == ("Studio One 7.2.3.108761", 44_100)
    assert session.length_s == 90.5


def test_media_of_another_machine_is_found_beside_the_song(song: Path) -> None:
    (hit, _) = track(read(song), "Kick").clips
    assert hit.media is not None
    assert hit.media.path == (song.parent / "Media/a b.wav").resolve()


def test_what_is_left_out_is_told(song: Path) -> None:
    codes = [each.code for each in read(song).diagnostics]
    assert codes == ["partly_read", "clip_offsets", "midi_clips", "unknown_output", "missing_media"]
    assert track(read(song), "Plate").unread == ("unknown_output",)


def test_a_song_without_its_song_is_refused(tmp_path: Path) -> None:
    path = write_song(tmp_path / "bad.song", {"metainfo.xml": ABOUT.encode()})
    with pytest.raises(SessionError) as caught:
        read(path)
    assert "DAWproject" in (caught.value.problems[0].hint or "")


STRANGE = (
    b'"%s"' % (b"9" * 5000),
    b'"1e400"',
    b'"nan"',
    b'"inf"',
    b'"-1"',
    b'"0"',
    b'"1e308"',
    b'"x"',
    b'""',
)


def mutated(data: bytes, dice: random.Random) -> bytes:
    """Change a value, or cut, double or overwrite a stretch."""
    at = dice.randrange(len(data))
    to = min(len(data), at + dice.randrange(1, 200))
    match dice.randrange(4):
        case 0:
            first = data.find(b'"', at)
            second = data.find(b'"', first + 1)
            return data[:first] + dice.choice(STRANGE) + data[second + 1 :]
        case 1:
            return data[:at] + data[to:]
        case 2:
            return data[:to] + data[at:to] + data[to:]
        case _:
            return data[:at] + dice.randbytes(dice.randrange(1, 4)) + data[at + 1 :]


def test_mutated_songs_read_or_are_refused(song: Path, fuzz: Callable[..., Any]) -> None:
    dice = random.Random(13)  # noqa: S311  # repeatable mutations, no secrets
    whole = song.read_bytes()
    path = song.with_name("mutated.song")

    def mutate(turn: int) -> Path:
        name = dice.choice(list(MEMBERS))
        write_song(path, {**MEMBERS, name: mutated(MEMBERS[name], dice)})
        if turn % 5 == 0:
            path.write_bytes(mutated(whole, dice))
        return path

    outcomes, problems = fuzz(FORMAT, mutate)
    assert outcomes == {"session", "refused"}
    assert all(problem.where.get("file") for problem in problems)


@pytest.mark.parametrize(
    ("left_out", "told"),
    [
        ('<Attribute id="Media:SampleRate" value="44100"/>', "sample_rate_assumed"),
        ('start="8" tempo="1"', "tempo_assumed"),
    ],
)
def test_a_rate_or_tempo_that_is_not_stated_is_told(
    tmp_path: Path, left_out: str, told: str
) -> None:
    changed = {
        name: data.replace(left_out.encode(), b'start="8"' if "tempo" in left_out else b"")
        for name, data in MEMBERS.items()
    }
    session = read(write_song(tmp_path / "less.song", changed))
    assert told in {each.code for each in session.diagnostics}
    assert told not in {
        each.code for each in read(write_song(tmp_path / "all.song", MEMBERS)).diagnostics
    }
