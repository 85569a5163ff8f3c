"""Tracktion edits against their own XML, and against the engine's formulas."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from sessions import Session, SessionError
from sessions.formats.tracktion.reader import FORMAT
from sessions.states import device_states

SharedData = Callable[[str], Path]
WriteWav = Callable[..., Path]


def read(path: Path) -> Session:
    return FORMAT.read([path])


def edit(tmp_path: Path, inside: str) -> Session:
    path = tmp_path / "song.tracktionedit"
    path.write_text(f'<?xml version="1.0"?>\n<EDIT appVersion="Waveform 12">{inside}</EDIT>')
    assert FORMAT.score(path) == 1.0
    return read(path)


def codes(session: Session) -> set[str]:
    return {said.code for said in session.diagnostics}


@pytest.fixture
def surge(shared_data: SharedData) -> Path:
    return shared_data("corpus/tracktion/tracktionedit-player__default-vst-surge.tracktionedit")


def test_the_corpus_edit_reads(surge: Path) -> None:
    session = read(surge)
    assert session.daw == "Waveform 10.1.5"
    assert [(each.id, each.kind) for each in session.tracks] == [
        ("1004", "audio"),
        ("1028", "midi"),
        ("master", "master"),
    ]
    assert session.tracks[-1].gain_db == pytest.approx(-3.0, abs=1e-5)
    (clip,) = session.tracks[1].clips
    assert (clip.kind, clip.name, clip.length_s) == ("midi", "Charles Midi Clip", 6.0)
    assert session.tempo[0].bpm == 120.0


def test_a_state_without_class_id_is_kept_byte_for_byte(surge: Path) -> None:
    session = read(surge)
    (device,) = session.tracks[1].devices
    assert (device.name, device.vendor, device.format) == ("Surge", "Vember Audio", "VST3")
    written = re.search(r' state="([^"]+)"', surge.read_text())
    assert written is not None
    assert device.state is not None
    assert device_states.to_juce_base64(device.state.data).decode() == written[1]
    assert device_states.parse_juce(device.state.data).component.startswith(b"sub3")
    assert "opaque_state" in codes(session)


def test_the_class_id_of_a_vst2s_successor_is_worked_out(tmp_path: Path) -> None:
    bank = device_states.fxp(int.from_bytes(b"Comp", "big"), b"xyz", bank=True).data
    component = b"VstW" + bytes([0, 0, 0, 8, 0, 0, 0, 1, 0, 0, 0, 0]) + bank
    raw = device_states.build_juce(component, b"ctrl")
    text = device_states.to_juce_base64(raw).decode()
    session = edit(
        tmp_path,
        f'<TRACK id="1" name="a"><PLUGIN type="vst" name="#TCompressor" uid="1" state="{text}" '
        'filename="x.vst3" base64:parameters="0."/></TRACK>',
    )
    (device,) = session.tracks[0].devices
    # What REAPER wrote for this very plugin: corpus/rpp/rppp__vst3-track-and-take-fx.RPP.
    assert device.id == "565354436F6D702374636F6D70726573"
    assert device.state is not None
    taken = device_states.parse_vstpreset(device.state.data)
    assert taken == (device.id, component, b"ctrl")


def test_faders_follow_the_engines_law(tmp_path: Path) -> None:
    position = math.exp((-12.5 - 6.0) / 20.0)
    session = edit(
        tmp_path,
        f'<TRACK id="1" name="a" mute="1"><PLUGIN type="volume" volume="{position}" pan="-0.5"/>'
        '</TRACK><TRACK id="2" name="b"><PLUGIN type="volume"/></TRACK>'
        '<TRACK id="3" name="c"><PLUGIN type="volume" volume="0"/></TRACK>',
    )
    first, second, third = session.tracks[:3]
    assert first.gain_db == pytest.approx(-12.5, abs=1e-9)
    assert (first.pan, first.muted) == (-0.5, True)
    assert second.gain_db == pytest.approx(0.0, abs=1e-9)
    assert third.gain_db == -math.inf


def test_clips_and_their_files(tmp_path: Path, write_wav: WriteWav) -> None:
    write_wav("audio/kick.wav", frames=4410, rate=44100)
    session = edit(
        tmp_path,
        '<TRACK id="1" name="a"><AUDIOCLIP name="k" start="1.5" length="2" offset="0.25" '
        'source="audio/kick.wav" gain="-3.5" fadeIn="0.1" fadeOut="0.2" fadeOutType="4" '
        'isReversed="1" channels="r"/><CLIP type="wave" start="2" length="1" '
        'source="34edd4/2a2b1aa"/><AUDIOCLIP start="4" length="1" source="gone.wav" '
        'autoTempo="1"/></TRACK>',
    )
    kick, item, gone = session.tracks[0].clips
    assert kick.media is not None
    assert (session.sample_rate_hz, kick.position_frames) == (44100, 66150)
    assert (kick.gain_db, kick.source_offset_s, kick.reversed) == (-3.5, 0.25, True)
    assert (kick.fade_in_shape, kick.fade_out_shape) == ("linear", "s_curve")
    assert kick.channel_mode == "right"
    assert (item.missing, item.media_path) == (True, "34edd4/2a2b1aa")
    assert (gone.missing, gone.warped) == (True, True)
    assert codes(session) >= {"project_items", "missing_media", "stretched_clips"}


def test_folders_and_sends(tmp_path: Path) -> None:
    session = edit(
        tmp_path,
        '<FOLDERTRACK id="1" name="bus"><PLUGIN type="volume"/><TRACK id="2" name="a">'
        '<PLUGIN type="auxsend" busNum="1"/><PLUGIN type="volume"/>'
        '<PLUGIN type="auxsend" busNum="9"/></TRACK></FOLDERTRACK>'
        '<FOLDERTRACK id="3" name="just a folder"><TRACK id="4" name="b"/></FOLDERTRACK>'
        '<TRACK id="5" name="verb"><PLUGIN type="auxreturn" busNum="1"/>'
        '<PLUGIN type="reverb" roomSize="0.5"/></TRACK>',
    )
    bus, a, folder, b, verb = session.tracks[:5]
    assert (bus.kind, folder.kind, verb.kind) == ("group", "folder", "return")
    assert (a.parent, a.output) == ("1", "1")
    assert (b.parent, b.output) == ("3", "master")
    (send,) = a.sends
    assert (send.target, send.pre_fader) == ("5", True)
    assert send.gain_db == pytest.approx(0.0, abs=1e-9)
    (reverb,) = verb.devices
    assert (reverb.kind, reverb.params) == ("builtin", (("roomSize", 0.5),))
    assert "sends_without_return" in codes(session)


def test_tempo_and_meter(tmp_path: Path) -> None:
    session = edit(
        tmp_path,
        '<TEMPOSEQUENCE><TEMPO startBeat="0" bpm="60" curve="1"/><TEMPO startBeat="4" bpm="120" '
        'curve="1"/><TIMESIG numerator="3" denominator="4" startBeat="6"/></TEMPOSEQUENCE>',
    )
    assert [(each.position_s, each.bpm) for each in session.tempo] == [(0.0, 60.0), (4.0, 120.0)]
    assert session.meters[0].position_s == 5.0


def test_a_tempo_without_curve_ramps_as_the_engine_has_it(tmp_path: Path) -> None:
    """TempoSetting's curve has no default of its own, so it is 0: straight to the next."""
    session = edit(
        tmp_path,
        '<TEMPOSEQUENCE><TEMPO startBeat="0" bpm="60"/><TEMPO startBeat="4" bpm="120"/>'
        "</TEMPOSEQUENCE>",
    )
    assert session.tempo[0].curve == "linear"
    assert session.tempo[1].position_s == pytest.approx(4 * math.log(2))


def test_a_cut_edit_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cut.tracktionedit"
    path.write_text('<EDIT appVersion="Waveform 12">\n<TRACK id="1"')
    with pytest.raises(SessionError) as caught:
        read(path)
    (problem,) = caught.value.problems
    assert (problem.kind, problem.where["file"]) == ("malformed_xml", str(path))
