"""What REAPER files in the wild hold: every construct is read, or told, or refused with a place."""

from __future__ import annotations

import base64
import math
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from sessions import Session, SessionError
from sessions.formats.reaper.reader import FORMAT

WriteWav = Callable[..., Path]
WAVE = '<SOURCE WAVE\nFILE "a.wav"\n>'


def read(tmp_path: Path, text: str | bytes, name: str = "song.rpp") -> Session:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    assert FORMAT.score(path) >= 0.95
    return FORMAT.read([path])


def project(inside: str, head: str = "SAMPLERATE 48000 0 0") -> str:
    return f'<REAPER_PROJECT 0.1 "6.82/win64" 1700000000\n{head}\n{inside}\n>\n'


def track(inside: str, name: str = "Bass") -> str:
    return f"<TRACK\nNAME {name}\n{inside}\n>\n"


def item(inside: str = "", source: str = WAVE, at: float = 0.0, length: float = 1.0) -> str:
    return f"<ITEM\nPOSITION {at}\nLENGTH {length}\n{inside}\n{source}\n>\n"


def told(session: Session) -> dict[str, str]:
    return {each.code: each.message for each in session.diagnostics}


def test_a_project_of_the_first_versions_reads(tmp_path: Path) -> None:
    session = read(
        tmp_path,
        "<REAPER_PROJECT 0.1\n  SAMPLERATE 44100 0 0\n  TEMPO 90.0 3\n  <TRACK\n    NAME Kick\n"
        "    VOLPAN 0.5 -0.25 1.0\n    MUTESOLO 1 0\n    <ITEM\n      POSITION 1.5\n"
        "      LENGTH 2.0\n      FADEIN 1 0.01 0\n      VOLPAN 2 0 1 -1\n      <SOURCE WAVE\n"
        '        FILE "C:\\Audio\\kick.wav"\n      >\n    >\n  >\n>\n',
    )
    kick = session.tracks[0]
    assert (session.sample_rate_hz, session.tempo[0].bpm, session.meters[0].numerator) == (
        44_100,
        90.0,
        3,
    )
    assert kick.gain_db == pytest.approx(20 * math.log10(0.5))
    assert (kick.pan, kick.muted) == (-0.25, True)
    (clip,) = kick.clips
    assert (clip.position_frames, clip.fade_in_s, clip.media_path) == (
        66_150,
        0.01,
        "C:\\Audio\\kick.wav",
    )


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: text.replace("\n", "\r\n").encode("cp1252"),
        lambda text: text.replace("\n", "\r").encode(),
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.encode() + bytes(64),
    ],
    ids=["crlf-latin1", "cr", "bom", "zeros-behind"],
)
def test_names_survive_line_ends_and_encodings(
    tmp_path: Path, encode: Callable[[str], bytes]
) -> None:
    session = read(tmp_path, encode(project('<TRACK\nNAME "Bäss"\n>')))
    assert [each.name for each in session.tracks] == ["Bäss", "Master"]


def test_a_project_cut_short_is_refused_with_the_line(tmp_path: Path) -> None:
    path = tmp_path / "song.rpp"
    text = project(track(item()))
    path.write_text(text[: text.index("<SOURCE")])
    with pytest.raises(SessionError) as caught:
        FORMAT.read([path])
    assert caught.value.problems[0].where["line"] == 5


def test_numbers_that_are_none_leave_the_defaults(tmp_path: Path) -> None:
    lines = "VOLPAN nan inf -1\nMUTESOLO -1.#IND 0\nNCHAN 1e400\n"
    placed = item().replace("POSITION 0.0", "POSITION -1.#IND00")
    session = read(tmp_path, project(track(lines + placed)))
    bass = session.tracks[0]
    assert (bass.gain_db, bass.pan, bass.muted, bass.channels) == (0.0, 0.0, False, 2)
    assert bass.clips[0].position_s == 0.0


@pytest.mark.parametrize(
    ("mode", "read_as"),
    [
        (1, "swapped"),
        (2, "mono"),
        (3, "left"),
        (4, "right"),
        (5, "mono 3"),
        (66, "mono 64"),
        (67, "stereo 1"),
        (130, "stereo 64"),
        (131, "mono 65"),
        (194, "mono 128"),
        (195, "stereo 65"),
        (257, "stereo 127"),
    ],
)
def test_every_channel_mode_of_a_take(tmp_path: Path, mode: int, read_as: str) -> None:
    session = read(tmp_path, project(track(item(f"CHANMODE {mode}"))))
    assert session.tracks[0].clips[0].channel_mode == read_as


def test_every_kind_of_source_is_a_clip_or_told(tmp_path: Path) -> None:
    files = ["MP3", "FLAC", "VORBIS", "OPUS", "WAVPACK", "VIDEO", "REX", "_OFFLINE_WAVE"]
    sources = [f"<SOURCE {kind}\nFILE a.{at} 1\n>" for at, kind in enumerate(files)]
    sources += ["<SOURCE MIDI\nHASDATA 1 960 QN\nE 0 90 3c 60\n<X 0 0\n8AEC\n>\n>"]
    sources += ["<SOURCE MIDIPOOL\n>", "<SOURCE MIDI\nFILE x.mid\n>"]
    sources += ["<SOURCE LTC\nSTARTTIME 0\n>", "<SOURCE CLICK\nAUTO 1\n>", "<SOURCE EMPTY\n>"]
    session = read(tmp_path, project(track("".join(item("", each) for each in sources))))
    clips = session.tracks[0].clips
    assert [clip.media_path for clip in clips[:8]] == [f"a.{at}" for at in range(8)]
    assert [clip.kind for clip in clips[8:11]] == ["midi"] * 3
    assert len(clips) == 13
    said = told(session)
    assert said["missing_media"].startswith("8 media files")
    assert said["midi_clips"].startswith("3 MIDI")
    assert said["generated_clips"].startswith("2 clips")
    assert said["empty_items"].startswith("1 items")


def test_a_video_without_its_sound_is_muted(tmp_path: Path) -> None:
    silent = item("", "<SOURCE VIDEO\nAUDIO 0\nFILE v.mp4\n>")
    session = read(tmp_path, project(track(silent + item("", "<SOURCE VIDEO\nFILE v.mp4\n>"))))
    assert [clip.muted for clip in session.tracks[0].clips] == [True, False]
    assert told(session)["silent_pictures"].startswith("1 video")


def test_a_project_in_a_project_is_heard_from_its_render(
    tmp_path: Path, write_wav: WriteWav
) -> None:
    write_wav("sub.wav", 4_800).rename(tmp_path / "sub.rpp-PROX")
    source = "<SOURCE RPP_PROJECT\nFILE sub.rpp\n>"
    (clip,) = read(tmp_path, project(track(item("", source)))).tracks[0].clips
    assert clip.media is not None
    assert (clip.media.frames, clip.media_path) == (4_800, "sub.rpp")


@pytest.mark.parametrize(("length_s", "part"), [(8.0, (1.0, 2.0)), (2.0, (0.0, None))])
def test_a_clip_longer_than_its_section_plays_a_part(
    tmp_path: Path, length_s: float, part: tuple[float, float | None]
) -> None:
    section = f"<SOURCE SECTION\nLENGTH 2\nSTARTPOS 1\nOVERLAP 0.01\n{WAVE}\n>"
    session = read(tmp_path, project(track(item("LOOP 1", section, length=length_s))))
    (clip,) = session.tracks[0].clips
    assert (clip.source_offset_s, clip.looped) == (1.0, True)
    assert (clip.part_start_s, clip.part_length_s) == part


def test_a_reversed_section_of_a_reversed_file_plays_forwards(tmp_path: Path) -> None:
    inner = f"<SOURCE SECTION\nMODE 3\n{WAVE}\n>"
    outer = f"<SOURCE SECTION\nLENGTH 2\nMODE 2\nSTARTPOS 1\n{inner}\n>"
    session = read(tmp_path, project(track(item("", inner) + item("", outer))))
    assert [clip.reversed for clip in session.tracks[0].clips] == [True, False]


def test_sends_are_inverted_by_their_gain_or_switch_and_told_if_mono(tmp_path: Path) -> None:
    receives = (
        "AUXRECV 0 0 1 0 0 1 0 0 0 -1:U 0 -1 ''\nAUXRECV 0 3 -0.5 0 0 0 0 0 0 -1:U 0 -1 ''\n"
        "AUXRECV 0 3 -0.5 0 0 0 1 0 0 -1:U 0 -1 ''"
    )
    session = read(tmp_path, project(track("", "Vox") + track(receives, "Verb")))
    assert [send.pre_fader for send in session.tracks[0].sends] == [False, True, True]
    assert session.tracks[0].sends[1].gain_db == pytest.approx(-6.0206, abs=1e-4)
    assert [send.inverted for send in session.tracks[0].sends] == [False, True, False]
    assert told(session)["mono_sends"].startswith("1 sends")


def test_what_moves_time_is_told(tmp_path: Path) -> None:
    session = read(
        tmp_path,
        project(
            track("PLAYOFFS 0.05 0", "Late") + track("PLAYOFFS 480 1", "Bypassed"),
            "SAMPLERATE 48000 0 0\nPLAYRATE 0.8 0 0.25 4",
        ),
    )
    assert "project_play_rate" in told(session)
    assert told(session)["playback_offsets"].endswith(": Late")


@pytest.mark.parametrize(
    ("active", "value", "tells"), [(1, 0.9, True), (1, 1, False), (0, 2, False)]
)
def test_a_play_rate_line_is_told_when_it_moves(
    tmp_path: Path, active: int, value: float, tells: bool
) -> None:
    line = f"<MASTERPLAYSPEEDENV\nACT {active} -1\nPT 0 {value} 0\n>"
    assert ("project_play_rate" in told(read(tmp_path, project(line)))) is tells


def test_vcas_frozen_tracks_and_parents_channels_are_told(tmp_path: Path) -> None:
    follower = "GROUP_FLAGS " + " ".join(["0"] * 21) + " 4"
    session = read(
        tmp_path,
        project(
            track(follower, "Follows")
            + track("<FREEZE 0 x\nabcd\n>", "Frozen")
            + track("MAINSEND 1 2", "Key")
            + track("MAINSEND 0 2", "Apart")
        ),
    )
    said = told(session)
    assert said["vca_followers"].endswith(": Follows")
    assert said["frozen_tracks"].endswith(": Frozen")
    assert said["parent_channels"].endswith(": Key")


@pytest.mark.parametrize(
    ("behaviour", "inner", "tells"),
    [(0, (1.0, 1.0), True), (1, (1.0, 1.0), False), (0, (3.5, 2.0), False), (0, (4.0, 1.0), False)],
)
def test_items_inside_others_are_told_unless_all_mix(
    tmp_path: Path, behaviour: int, inner: tuple[float, float], tells: bool
) -> None:
    items = item(length=4.0) + item(at=inner[0], length=inner[1])
    session = read(tmp_path, project(track(items), f"SAMPLERATE 48000 0 0\nITEMMIX {behaviour}"))
    assert ("enclosed_items" in told(session)) is tells
    assert session.tracks[0].unread == (("enclosed_items",) if tells else ())


def chain(inside: str) -> str:
    return project(track(f"<FXCHAIN\n{inside}\n>"))


def test_effects_of_every_kind_keep_name_place_and_switch(tmp_path: Path) -> None:
    session = read(
        tmp_path,
        chain(
            'BYPASS 0 0 0\n<DX "DX: WavesHell" {1234}\nAAAA\n>\n'
            'BYPASS 0 1 0\n<JS "dir with space/eq" "my eq"\n0.5 - - "a b"\n>\n<JS_PINMAP\n1 2\n>\n'
            'BYPASS 1 0\n<AU "AU: AUGraphicEQ (Apple)" "Apple: AUGraphicEQ" "" 1635083896'
            " 1735550321 1634758764\nPGZvbz4=\n>\nWET 0.5\n"
            'BYPASS 0 0 0\n<CLAP "CLAP: Surge XT Effects (Surge Synth Team)" org.surge ""\n'
            'CFG 4 1 0 ""\n<STATE\nAAAA\n>\n>\n'
            'BYPASS 0 0 0\n<LV2 "LV2: Calf Comp (Calf)" http://calf/Comp ""\n'
            "<DATA\nAAAA\n>\n>\n"
            'BYPASS 0 0 0\n<VST `VST: He said "it\'s" (Vendor (x))` \'a b.dll\' 0 "" 1234<56>\n>\n'
            'BYPASS 0 0 0\n<VIDEO_EFFECT "Video processor" ""\n<CODE\n|// <x\n|>\n>\n>'
        ),
    )
    found = [(each.format, each.name, each.enabled) for each in session.tracks[0].devices]
    assert found == [
        ("DX", "WavesHell", True),
        ("JS", "eq", False),
        ("AU", "AUGraphicEQ", False),
        ("CLAP", "Surge XT Effects", True),
        ("LV2", "Calf Comp", True),
        ("VST2", 'He said "it\'s"', True),
        ("VIDEO_EFFECT", "Video processor", True),
    ]
    assert session.tracks[0].devices[5].file == "a b.dll"
    assert session.tracks[0].devices[2].mix == 0.5


def test_an_effect_of_a_kind_to_come_is_named_and_its_state_kept(tmp_path: Path) -> None:
    session = read(
        tmp_path,
        chain('BYPASS 0 0 0\n<AAX "AAX: Pro-Q (FabFilter)" q.aaxplugin ""\nAAEC\n>\nFXID {A}'),
    )
    (device,) = session.tracks[0].devices
    assert (device.name, device.vendor, device.format) == ("Pro-Q", "FabFilter", "AAX")
    assert device.state is not None
    assert device.state.data == b"\0\1\2"
    assert told(session)["unknown_effects"].endswith("Bass: Pro-Q")


def test_a_container_mixed_with_dry_sound_is_told(tmp_path: Path) -> None:
    inside = (
        'BYPASS 0 0 0\n<CONTAINER Container "box" ""\nBYPASS 0 0 0\n<JS eq ""\n0\n>\n>\nWET 0.5'
    )
    session = read(tmp_path, chain(inside))
    assert [each.name for each in session.tracks[0].devices] == ["eq"]
    assert {"container_flattened", "container_mix"} <= told(session).keys()


def test_a_plugin_without_audio_pins_keeps_its_state(tmp_path: Path) -> None:
    state = b"control" * 9
    head = struct.pack("<IIII", 7, 0xFEED5EEE, 0, 0) + struct.pack("<III", len(state), 1, 0x100000)
    lines = [base64.b64encode(each).decode() for each in (head, state, b"\0Init\0\x10\0\0\0")]
    text = '<VST "VST: ReaControlMIDI (Cockos)" x.dll 0 "" 7<56> ""\n' + "\n".join(lines) + "\n>"
    (device,) = read(tmp_path, chain(f"BYPASS 0 0 0\n{text}")).tracks[0].devices
    assert device.state is not None
    assert device.state.data.endswith(state)
    assert device.preset == "Init"


@pytest.mark.parametrize(
    "text",
    [
        "BYPASS 0 0 0\n",
        "REQUIRED_VER 6.0\nBYPASS 0 0 0\n",
        "WNDRECT 1 2 3 4\r\nSHOW 0\r\nLASTSEL 0\r\nDOCKED 0\r\nBYPASS 0 0 0\r\n",
        "",
        "<FXCHAIN\nSHOW 0\nBYPASS 0 0 0\n",
    ],
)
def test_an_fx_chain_however_it_begins(tmp_path: Path, text: str) -> None:
    end = ">\n" if text.startswith("<") else ""
    session = read(tmp_path, f'{text}<JS eq ""\n0\n>\n{end}', "x.RfxChain")
    assert [each.name for each in session.tracks[0].devices] == ["eq"]


@pytest.mark.parametrize("first", ["NAME x", "PEAKCOL 1", "VOLPAN 1 0 1", "BEAT -1", "TRACKID {A}"])
def test_a_track_template_however_it_begins(tmp_path: Path, first: str) -> None:
    session = read(tmp_path, f"<TRACK {{AAA}}\n  {first}\n>\n", "x.RTrackTemplate")
    assert [each.id for each in session.tracks] == ["AAA"]


def test_regions_with_colours_and_guids_are_pairs_of_lines(tmp_path: Path) -> None:
    session = read(
        tmp_path,
        project(
            'MARKER 1 2.5 "" 5 0 1 B {2A}\nMARKER 1 5.5 "" 5 0 1 B\n'
            "MARKER 2 3 Hook 8 0 1 R {C8} 0\n"
            'MARKER 3 6 Verse 1 33488896 1 R {B8} 0\nMARKER 3 8 "" 1'
        ),
    )
    assert [(each.name, each.position_s, each.length_s) for each in session.markers] == [
        ("", 2.5, 3.0),
        ("Hook", 3.0, None),
        ("Verse", 6.0, 2.0),
    ]
