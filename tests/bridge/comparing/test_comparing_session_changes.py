"""Two DAW sessions: equal to themselves, and of a single edit exactly that is told."""

from __future__ import annotations

import base64
import gzip
import json
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bridge.comparing import session_changes
from sessions import (
    Automation,
    AutomationPoint,
    Clip,
    Device,
    DeviceState,
    Marker,
    Send,
    Session,
    SessionError,
    Tempo,
    Track,
    read,
)

Shared = Callable[[str], Path]


def edited(source: Path, folder: Path, *edits: tuple[str, str]) -> Path:
    """The session with the first of each text replaced, packed as its DAW packs it."""
    data, members = source.read_bytes(), dict[str, bytes]()
    if source.suffix == ".als":
        data = gzip.decompress(data)
    elif source.suffix == ".dawproject":
        with zipfile.ZipFile(source) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        data = members["project.xml"]
    for before, after in edits:
        assert before.encode() in data
        data = data.replace(before.encode(), after.encode(), 1)
    path = folder / source.name
    if members:
        with zipfile.ZipFile(path, "w") as archive:
            for name, member in {**members, "project.xml": data}.items():
                archive.writestr(name, member)
    else:
        path.write_bytes(gzip.compress(data) if source.suffix == ".als" else data)
    return path


REAPER = "rpp/reaper-projects__track2.rpp"
LIVE = "als/abletoolz__10.1.3.als"
DAWPROJECT = "dawproject/openDAW__automation.dawproject"
EQUALISER = "dawproject/openDAW__eq.dawproject"
WARPED = "dawproject/openDAW__audio-regions.dawproject"
ARDOUR = "ardour/made-here__ZamSession_Ardour7.3.ardour"
GUITARS = "ardour/ardour__TestSession.ardour"
SAMPLE = 'clip "ThirdStrike76.wav" at 0:25.263'

EDITS = [
    (REAPER, "TEMPO 76 4 4", "TEMPO 80 4 4", "tempo from 76 bpm to 80 bpm"),
    (REAPER, "TEMPO 76 4 4", "TEMPO 76 3 4", "meter from 4/4 to 3/4"),
    (REAPER, "NAME 3sSamples", "NAME Samples", 'track "3sSamples" is called "Samples" now'),
    (REAPER, "VOLPAN 0.56085967561807 0 ", "VOLPAN 0.56085967561807 -0.3 ",
     "ReaSynth pan from centre to 30 % left"),
    (REAPER, "VOLPAN 0.56085967561807 ", "VOLPAN 1 ",
     "ReaSynth fader +5.02 dB, from -5.02 dB to 0 dB"),
    (REAPER, "MUTESOLO 1 0 0", "MUTESOLO 0 0 0", "3sSamples no longer muted"),
    (REAPER, "IPHASE 0", "IPHASE 1", "ReaSynth polarity inverted"),
    (REAPER, "MAINSEND 1 0", "MAINSEND 0 0", "ReaSynth output from Master to none"),
    (REAPER, "BYPASS 0 0 0", "BYPASS 1 0 0", 'ReaSynth plugin "ReaSynth" bypassed'),
    (REAPER, "POSITION 26.05263157899027", "POSITION 26.15263157899027",
     'clip "ThirdStrike76.wav" at 0:26.053 moved 0.100 s later, from 0:26.053 to 0:26.153'),
    (REAPER, "LENGTH 0.78947368421053", "LENGTH 0.5",
     f"3sSamples {SAMPLE} 0.289 s shorter, from 0.789 s to 0.500 s"),
    (REAPER, "SOFFS 53.76124798773139", "SOFFS 53.9",
     f"3sSamples {SAMPLE} starts at 0:53.900 of its file, it was 0:53.761"),
    (REAPER, "FADEOUT 1 0 0 1", "FADEOUT 1 0.25 0 1",
     f"3sSamples {SAMPLE} fade-out from 0.000 s to 0.250 s"),
    (REAPER, "MUTE 0 0", "MUTE 1 0", f"3sSamples {SAMPLE} muted"),
    (REAPER, 'audio\\ThirdStrike76.wav"', 'audio\\Fourth.wav"',
     f'3sSamples {SAMPLE} plays "Fourth.wav", it was "ThirdStrike76.wav"'),
    (REAPER, "PT 3.15789474 0.25118864 0 0 1", "PT 3.15789474 0.5 0 0 1",
     "Master fader automation: the point at 0:03.158 from -12 dB to -6.02 dB"),
    (REAPER, "    PT 0.39473684 0.06091772 0\n", "",
     "Master fader automation: 1 point removed, at 0:00.395"),
    (LIVE, '<CurrentEnd Value="132.0"', '<CurrentEnd Value="131.0"',
     'kick clip "p65206.wav" at 0:44.138 0.345 s shorter, from 1.379 s to 1.034 s'),
    (LIVE, '<Disabled Value="false"', '<Disabled Value="true"',
     'kick clip "p65206.wav" at 0:44.138 muted'),
    (LIVE, '<EffectiveName Value="kick sparkle"', '<EffectiveName Value="ks"',
     'track "kick sparkle" is called "ks" now'),
    (DAWPROJECT, 'unit="linear" value="0.056333"', 'unit="linear" value="0.1"',
     "Inst 1 fader +4.98 dB, from -24.98 dB to -20 dB"),
    (DAWPROJECT, '<Mute value="false" id="id6"', '<Mute value="true" id="id6"', "Inst 1 muted"),
    (DAWPROJECT, 'value="0.000000" id="id18"', 'value="0.500000" id="id18"',
     "Inst 1 send to FX 1 level from -inf dB to -6.02 dB"),
    (DAWPROJECT, 'type="post" id="id17"', 'type="pre" id="id17"',
     "Inst 1 send to FX 1 pre-fader"),
    (DAWPROJECT, 'value="0.354813"', 'value="0.5"',
     "Inst 1 fader automation: the point at 0:00.818 from -9 dB to -6.02 dB"),
    (DAWPROJECT, 'name="FX 1"', 'name="Verb"', 'track "FX 1" is called "Verb" now'),
    (DAWPROJECT, '<Clip time="0.0"', '<Clip time="1.0"',
     "Inst 1 midi clip at 0:00.000 moved 0.545 s later, from 0:00.000 to 0:00.545"),
    (DAWPROJECT, 'value="110.000000"', 'value="100.000000"', "tempo from 110 bpm to 100 bpm"),
    (WARPED, 'value="110.000000"', 'value="120.000000"', "tempo from 110 bpm to 120 bpm"),
    (EQUALISER, 'unit="decibel" value="-9.000000"', 'unit="decibel" value="-6.000000"',
     'EQ+ plugin "EQ+" "Band 2 Gain" from -9 to -6'),
    (ARDOUR, 'id="142" flags="GainLike" value="0.5"', 'id="142" flags="GainLike" value="0.25"',
     "Drums 1 fader -6.02 dB, from -6.02 dB to -12.04 dB"),
    (ARDOUR, 'name="ZamComp" active="1"', 'name="ZamComp" active="0"',
     'Drums 1 plugin "ZamComp" bypassed'),
    (ARDOUR, 'id="121" name="Drums 1"', 'id="121" name="Kit"',
     'track "Drums 1" is called "Kit" now'),
    (ARDOUR, 'id="148" flags="Toggle,RealTime" value="0"',
     'id="148" flags="Toggle,RealTime" value="1"', "Drums 1 muted"),
    (GUITARS, 'length="22435212" position="1999229"', 'length="22435212" position="2043329"',
     'Keyboard-2%R.wav" at 0:45.334 moved 1.000 s later, from 0:45.334 to 0:46.334'),
]  # fmt: skip


@pytest.mark.parametrize(("session", "before", "after", "words"), EDITS)
def test_one_edit_of_a_file_is_told_and_nothing_else(
    session: str, before: str, after: str, words: str, shared_data: Shared, tmp_path: Path
) -> None:
    source = shared_data(f"corpus/{session}")
    found = session_changes(read(source), read(edited(source, tmp_path, (before, after))))
    (change,) = found
    assert change.words.endswith(words)
    json.dumps(change.as_json(), allow_nan=False)


def test_a_clip_of_live_moves_by_its_three_times(shared_data: Shared, tmp_path: Path) -> None:
    source = shared_data(f"corpus/{LIVE}")
    moved = edited(
        source,
        tmp_path,
        ('Time="128.0" Id="1"', 'Time="129.0" Id="1"'),
        ('<CurrentStart Value="128.0"', '<CurrentStart Value="129.0"'),
        ('<CurrentEnd Value="132.0"', '<CurrentEnd Value="133.0"'),
    )
    (change,) = session_changes(read(source), read(moved))
    assert change.words.endswith("moved 0.345 s later, from 0:44.138 to 0:44.483")


def test_a_state_that_differs_by_its_bytes_is_told_by_size_and_hash(
    shared_data: Shared, tmp_path: Path
) -> None:
    source = shared_data(f"corpus/{ARDOUR}")
    chunk = source.read_text(encoding="utf-8").partition("<chunk>")[2].partition("</chunk>")[0]
    state = base64.b64decode(chunk).replace(b"rat\x004\x00", b"rat\x006\x00")
    louder = edited(source, tmp_path, (chunk, base64.b64encode(state).decode()))
    (change,) = session_changes(read(source), read(louder))
    assert change.before["bytes"] == change.after["bytes"] == 197
    assert change.before["sha256"] != change.after["sha256"]
    assert change.words.startswith('Drums 1 plugin "ZamComp" state from 197 bytes (sha256 ')


def test_every_public_session_is_equal_to_itself(shared_data: Shared, tmp_path: Path) -> None:
    compared = 0
    for path in sorted(shared_data("corpus").rglob("*")):
        try:
            one = read(path) if path.is_file() else None
        except SessionError:
            continue
        if one is not None:
            copy = shutil.copyfile(path, tmp_path / path.name)
            again = read(copy) if path.stat().st_size < 100_000 else one
            assert session_changes(one, again) == (), path
            copy.unlink()
            compared += 1
    assert compared > 85


def song(*tracks: Track, **parts: object) -> Session:
    return replace(Session("reaper", None, 48000, tracks), **parts)  # type: ignore[arg-type]


def words(a: Session, b: Session) -> list[str]:
    assert session_changes(a, a) == session_changes(b, b) == ()
    return [each.words for each in session_changes(a, b)]


VOX = Track("1", "Vox", clips=(Clip(media_path="a.wav", position_s=1.0, length_s=4.0),))
EQ, COMP, SATURATOR = (Device(name, "", "VST3", name) for name in ("EQ", "Comp", "Sat"))
DRUMS = Track("2", "Drums", devices=(EQ, COMP))
ROOM = Track("3", "Room", kind="return")


def test_tracks_come_go_and_move() -> None:
    a = song(VOX, DRUMS, ROOM)
    assert words(a, song(ROOM, VOX, DRUMS)) == ['track "Room" moved from place 3 to place 1']
    assert words(a, song(VOX, ROOM)) == ['track "Drums" removed, with 2 plugins']
    assert words(song(VOX), a) == [
        'track "Drums" added in place 2, with 2 plugins',
        'track "Room" added in place 3',
    ]


def test_of_another_format_tracks_are_found_by_name() -> None:
    other = song(replace(VOX, id="2", muted=True), replace(DRUMS, id="1"), format="dawproject")
    assert words(song(VOX, DRUMS), other) == ["Vox muted"]


def test_of_another_format_what_is_unsaid_is_no_change_and_what_is_lost_is_one() -> None:
    curve = (AutomationPoint(0.0, 0.5, "exponential"), AutomationPoint(2.0, 1.0, "exponential"))
    a = replace(
        VOX,
        pan_law="balance",
        width=0.5,
        automation=(Automation("gain_db", "linear", curve),),
        devices=(replace(EQ, params=(("own", 1.0), ("Gain", 2.0))),),
    )
    straight = tuple(point._replace(shape="linear") for point in curve)
    b = replace(
        VOX,
        id="7",
        kind="midi",
        automation=(Automation("gain_db", "linear", straight),),
        devices=(replace(EQ, params=(("Gain", 3.0),)),),
    )
    ends = [Marker(0.0, "session", 4.0, kind="session"), Marker(0.0, "session", 4.0, kind="region")]
    one, other = song(a, markers=(ends[0],)), song(b, markers=(ends[1],), format="dawproject")
    assert words(one, other) == [
        'Vox plugin "EQ" "Gain" from 2 to 3',
        "Vox fader automation: shape of 2 points from exponential to linear, "
        "from 0:00.000 to 0:02.000",
    ]
    assert len(words(one, replace(other, format="reaper"))) > 5


def test_a_clip_is_found_on_another_track() -> None:
    empty, other = replace(VOX, clips=()), replace(ROOM, clips=VOX.clips)
    assert words(song(VOX, ROOM), song(empty, other)) == [
        'Vox clip "a.wav" at 0:01.000 moved to Room'
    ]


def test_a_start_that_was_trimmed_is_one_change() -> None:
    clip = replace(VOX.clips[0], position_s=1.5, length_s=3.5, source_offset_s=0.5)
    (said,) = words(song(VOX), song(replace(VOX, clips=(clip,))))
    assert said.endswith("start trimmed: 0.500 s later, from 0:01.000 to 0:01.500")


def test_plugins_come_go_and_move_and_their_automation_follows() -> None:
    line = Automation("device:1:Ratio", "normalized", (AutomationPoint(0.0, 0.5),))
    a = replace(DRUMS, automation=(line,))
    b = replace(a, devices=(COMP,), automation=(replace(line, target="device:0:Ratio"),))
    assert words(song(a), song(b)) == ['Drums plugin "EQ" removed']
    row = replace(DRUMS, devices=(EQ, COMP, SATURATOR))
    last = replace(DRUMS, devices=(COMP, SATURATOR, EQ))
    assert words(song(row), song(last)) == ['Drums plugin "EQ" moved from place 1 to place 3']
    between = replace(DRUMS, devices=(EQ, SATURATOR, COMP))
    assert words(song(DRUMS), song(between)) == ['Drums plugin "Sat" added in place 2']


def test_automation_comes_and_goes_with_its_plugin_and_its_send() -> None:
    points = (AutomationPoint(0.0, 0.5), AutomationPoint(1.0, 0.7))
    lines = (
        Automation("device:1:Ratio", "normalized", points),
        Automation("send:3", "linear", points),
    )
    a = replace(DRUMS, automation=lines, sends=(Send("3"),))
    b = replace(DRUMS, devices=(EQ,))
    assert words(song(a, ROOM), song(b, ROOM)) == [
        "Drums send to Room removed, it was at 0 dB",
        'Drums plugin "Comp" removed',
    ]
    assert words(song(b, ROOM), song(a, ROOM)) == [
        "Drums send to Room added at 0 dB",
        'Drums plugin "Comp" added in place 2',
    ]
    still = replace(a, automation=())
    assert words(song(a, ROOM), song(still, replace(ROOM, name="Plate"))) == [
        'Drums "Comp" Ratio automation removed, it had 2 points',
        "Drums send to Plate automation removed, it had 2 points",
        'track "Room" is called "Plate" now',
    ]


def test_sends_follow_their_tracks() -> None:
    a = replace(VOX, sends=(Send("3", -6.0),))
    renamed = replace(ROOM, name="Plate")
    assert words(song(a, ROOM), song(a, renamed)) == ['track "Room" is called "Plate" now']
    assert words(song(a, ROOM), song(VOX, ROOM)) == ["Vox send to Room removed, it was at -6 dB"]


def test_what_keeps_its_beat_has_not_moved_when_the_tempo_changes() -> None:
    a = song(VOX, tempo=(Tempo(0.0, 120.0),), markers=(Marker(2.0, "Verse"),))
    clip = replace(VOX.clips[0], position_s=1.2)
    b = song(
        replace(VOX, clips=(clip,)), tempo=(Tempo(0.0, 100.0),), markers=(Marker(2.4, "Verse"),)
    )
    assert words(a, b) == ["tempo from 120 bpm to 100 bpm"]
    late = song(replace(VOX, clips=(replace(clip, position_s=3.0),)), tempo=b.tempo)
    assert len(words(a, late)) == 3


def test_states_are_read_by_whoever_can() -> None:
    one, other = (replace(EQ, state=DeviceState("clap", data)) for data in (b"1", b"2"))
    a, b = (song(replace(DRUMS, devices=(each,))) for each in (one, other))

    def told(changed: list[tuple[str, str, str]] | None) -> list[str]:
        return [each.words for each in session_changes(a, b, read_states=lambda *_: changed)]

    assert told([("Gain", "1 dB", "2 dB")]) == ['Drums plugin "EQ" "Gain" from 1 dB to 2 dB']
    (same,) = told([])
    assert same.endswith("although every parameter reads the same")
    (unread,) = told(None)
    assert unread.startswith('Drums plugin "EQ" state from 1 bytes (sha256 6b86b273ff34)')


def test_audio_of_one_name_is_compared_where_it_lies_in_two_places(
    write_take: Callable[[str, int], Path],
) -> None:
    paths = [write_take("a/vox.wav", 1), write_take("b/vox.wav", 1), write_take("c/vox.wav", 2)]
    first, copy, other = (read([path]) for path in paths)
    assert session_changes(first, copy) == ()
    (change,) = session_changes(first, other)
    assert change.words == 'vox clip "vox.wav" at 0:00.000 plays another file of the name "vox.wav"'


@pytest.fixture
def write_take(tmp_path: Path) -> Callable[[str, int], Path]:
    import numpy as np
    import soundfile

    def write(name: str, seed: int) -> Path:
        path = tmp_path / name
        path.parent.mkdir()
        soundfile.write(path, np.random.default_rng(seed).uniform(-0.5, 0.5, 480), 48000)
        return path

    return write
