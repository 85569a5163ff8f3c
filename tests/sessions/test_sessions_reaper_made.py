"""REAPER projects written here, a construct at a time: groups, items, routing, envelopes."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from sessions import Clip, Session, SessionError
from sessions.formats.reaper.reader import FORMAT, tempo_map

SharedData = Callable[[str], Path]
WriteWav = Callable[..., Path]


def read(path: Path) -> Session:
    return FORMAT.read([path])


def all_clips(session: Session) -> list[Clip]:
    return [clip for track in session.tracks for clip in track.clips]


def codes(session: Session) -> set[str]:
    return {said.code for said in session.diagnostics}


def project(tmp_path: Path, inside: str, head: str = "SAMPLERATE 48000 0 0") -> Session:
    path = tmp_path / "song.rpp"
    path.write_text(f'<REAPER_PROJECT 0.1 "7.0/win64" 1700000000\n{head}\n{inside}\n>\n')
    assert FORMAT.score(path) == 1.0
    return read(path)


def track(name: str, inside: str = "") -> str:
    return f"<TRACK\n NAME {name}\n{inside}\n>"


def item(inside: str, source: str = '<SOURCE WAVE\nFILE "a.wav"\n>') -> str:
    return f"<ITEM\n{inside}\n{source}\n>"


def test_nested_groups_are_rebuilt(tmp_path: Path) -> None:
    session = project(
        tmp_path,
        "\n".join(
            [
                track("drums", "ISBUS 1 1"),
                track("tops", "ISBUS 1 1"),
                track("hats", "ISBUS 2 -2\nMAINSEND 1 0"),
                track("bass", "ISBUS 0 0\nMAINSEND 0 0"),
            ]
        ),
    )
    drums, tops, hats, bass = session.tracks[:4]
    assert [each.kind for each in session.tracks] == ["group", "group", "audio", "audio", "master"]
    assert (drums.parent, tops.parent, hats.parent, bass.parent) == (None, drums.id, tops.id, None)
    assert (drums.output, tops.output, hats.output, bass.output) == (
        *("master", drums.id, tops.id),
        None,
    )


def test_a_project_without_a_tempo_envelope_has_its_one_tempo(tmp_path: Path) -> None:
    session = project(tmp_path, "TEMPO 93.5 7 8")
    assert [(each.position_s, each.bpm) for each in session.tempo] == [(0.0, 93.5)]
    assert session.meters[0].as_json() == {"position_s": 0.0, "numerator": 7, "denominator": 8}


def test_tempo_ramps_are_linear_in_time(tmp_path: Path) -> None:
    session = project(
        tmp_path,
        f"TEMPO 60 4 4\n<TEMPOENVEX\nACT 1 -1\nPT 0 60 0 {4 * 65536 + 3}\nPT 10 120 1\n>",
    )
    assert [(each.position_s, each.bpm, each.curve) for each in session.tempo] == [
        (0.0, 60.0, "linear"),
        (10.0, 120.0, "step"),
    ]
    assert (session.meters[0].numerator, session.meters[0].denominator) == (3, 4)
    assert tempo_map(session).beats(10.0) == pytest.approx(15.0, abs=1e-9)


def test_loops_fades_gains_and_polarity_of_a_clip(tmp_path: Path, write_wav: WriteWav) -> None:
    write_wav("a.wav", frames=4800, rate=44100)
    session = project(
        tmp_path,
        track(
            "vox",
            item(
                "POSITION 1.5\nLENGTH 4\nLOOP 1\nFADEIN 1 0.25 0 5 0 0 0\n"
                "FADEOUT 1 0.01 0.5 2 0 0.25 0\nMUTE 1 0\nNAME hello\n"
                "VOLPAN 0.5 -0.25 -0.5 -1\nSOFFS 0.125\nPLAYRATE 2 0 0 -1\nCHANMODE 3"
            ),
        ),
    )
    (clip,) = session.tracks[0].clips
    assert clip.media is not None
    assert (clip.position_frames, clip.media.frames) == (66150, 4800)
    assert (clip.looped, clip.muted, clip.inverted, clip.warped) == (True, True, True, False)
    assert (clip.fade_in_s, clip.fade_in_shape) == (0.25, "s_curve")
    assert (clip.fade_out_s, clip.fade_out_shape) == (0.5, "slow+0.25")
    assert clip.gain_db == pytest.approx(-12.0412, abs=1e-4)
    assert (clip.pan, clip.source_offset_s, clip.play_rate) == (-0.25, 0.125, 2.0)
    assert (clip.channel_mode, clip.name) == ("left", "hello")


def test_a_stretched_clip_is_carried_and_named(tmp_path: Path) -> None:
    session = project(tmp_path, track("vox", item("POSITION 0\nLENGTH 1\nPLAYRATE 0.75 1 0 -1")))
    assert session.tracks[0].clips[0].warped
    assert "stretched_clips" in codes(session)


def test_a_section_moves_the_start_and_may_run_backwards(
    tmp_path: Path, write_wav: WriteWav
) -> None:
    write_wav("a.wav", 4 * 48_000)
    section = "<SOURCE SECTION\nLENGTH 2\nMODE {}\nSTARTPOS 0.5\n<SOURCE WAVE\nFILE a.wav\n>\n>"
    inside = [item("POSITION 0\nSOFFS 0.25", section.format(mode)) for mode in (0, 2, 3)]
    clips = project(tmp_path, track("vox", "\n".join(inside))).tracks[0].clips
    assert [(clip.source_offset_s, clip.reversed) for clip in clips] == [
        (0.75, False),
        (4 - (0.5 + 2) + 0.25, True),
        (0.25, True),
    ]


def test_missing_media_are_told_together(tmp_path: Path) -> None:
    paths = (r"C:\Songs\Media\kick.wav", "Media/snare.wav")
    items = [item("POSITION 0\nLENGTH 1", f'<SOURCE WAVE\nFILE "{path}"\n>') for path in paths]
    session = project(tmp_path, track("drums", "\n".join(items)))
    (told,) = [said for said in session.diagnostics if said.code == "missing_media"]
    assert all(path in told.message for path in paths)
    assert [(clip.missing, clip.media_path) for clip in all_clips(session)] == [
        (True, path) for path in paths
    ]


def test_windows_paths_are_found_beside_the_project(tmp_path: Path, write_wav: WriteWav) -> None:
    write_wav("Media/Kick.wav", frames=100)
    inside = item("POSITION 0\nLENGTH 1", '<SOURCE WAVE\nFILE "Media\\kick.wav"\n>')
    (clip,) = all_clips(project(tmp_path, track("drums", inside)))
    assert clip.media is not None
    assert clip.media.frames == 100


def test_sends_stand_on_their_source(tmp_path: Path) -> None:
    session = project(
        tmp_path,
        "\n".join(
            [
                track("vox"),
                track("gtr"),
                track("plate", "AUXRECV 0 3 0.5 -0.5 1 0 0 0 0 -1 0 -1\nAUXRECV 1 0 1 0 0 0 0 0 0"),
                track("midi", "AUXRECV 0 0 1 0 0 0 0 -1 0"),
            ]
        ),
    )
    vox, gtr, plate, _ = session.tracks[:4]
    (send,) = vox.sends
    assert (send.target, send.pre_fader, send.muted, send.pan) == (plate.id, True, True, -0.5)
    assert send.gain_db == pytest.approx(-6.0206, abs=1e-4)
    assert [each.target for each in gtr.sends] == [plate.id]
    assert not gtr.sends[0].pre_fader
    assert plate.kind == "return"
    assert "midi_sends" in codes(session)


def test_a_key_input_names_the_tracks_that_feed_it(tmp_path: Path, shared_data: SharedData) -> None:
    text = shared_data("corpus/rpp/rppp__vst3-track-and-take-fx.RPP").read_text("utf-8")
    found = re.search(r"    <FXCHAIN\n.*?\n    >\n", text, re.DOTALL)
    assert found is not None
    session = project(
        tmp_path,
        "\n".join([track("kick"), track("bass", f"AUXRECV 0 0 1 0 0 0 0 0 2 -1 0 -1\n{found[0]}")]),
    )
    kick, bass = session.tracks[:2]
    assert kick.sends[0].to_channels == "3/4"
    assert bass.devices[0].sidechain == kick.id
    assert bass.kind == "audio"


def test_automation_is_what_is_heard(tmp_path: Path) -> None:
    envelope = "<VOLENV2\nACT 1 -1\nDEFSHAPE 0 -1 -1\nPT 0 1 0\nPT 2 0.5 1\nPT 3 0.25 -1\n>"
    off = envelope.replace("ACT 1", "ACT 0")
    mute = "<MUTEENV\nACT 1 -1\nPT 0 1 1\nPT 4 0 1\n>"
    session = project(
        tmp_path,
        "\n".join(
            [
                track("trim", f"AUTOMODE 0\nVOLPAN 0.5 0 -1\n{envelope}\n{mute}"),
                track("read", f"AUTOMODE 1\nVOLPAN 0.5 0 -1\n{envelope}"),
                track("off", off),
            ]
        ),
    )
    trim, read_mode, switched_off = session.tracks[:3]
    volume, muting = trim.automation
    assert (volume.target, volume.unit) == ("gain_db", "linear")
    assert volume.points == ((0.0, 0.5, "linear"), (2.0, 0.25, "hold"), (3.0, 0.125, "linear"))
    assert [(at, value) for at, value, _ in muting.points] == [(0.0, 0.0), (4.0, 1.0)]
    assert [value for _, value, _ in read_mode.automation[0].points] == [1.0, 0.5, 0.25]
    assert switched_off.automation == ()


def test_bypass_wet_and_the_chains_switch(tmp_path: Path) -> None:
    chain = (
        '<FXCHAIN\nBYPASS 0 0 0\n<JS utility/volume "my label"\n -6 0 -\n>\nWET 0.25\n'
        'BYPASS 1 0 0\n<JS a/b ""\n 1\n>\nBYPASS 0 1 0\n<JS c ""\n 1\n>\n>'
    )
    session = project(tmp_path, track("on", chain) + "\n" + track("off", f"FX 0\n{chain}"))
    on, off = session.tracks[:2]
    assert [device.enabled for device in on.devices] == [True, False, False]
    assert [device.enabled for device in off.devices] == [False, False, False]
    volume = on.devices[0]
    assert (volume.name, volume.mix, volume.label) == ("volume", 0.25, "my label")
    assert volume.params == (("slider1", -6.0), ("slider2", 0.0))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("<REAPER_PROJECT 0.1\n<TRACK\nNAME a\n", 2),
        ("<REAPER_PROJECT 0.1\n>\n>\n", 3),
    ],
)
def test_a_cut_project_is_refused_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    path = tmp_path / "cut.rpp"
    path.write_text(text)
    with pytest.raises(SessionError) as caught:
        read(path)
    (problem,) = caught.value.problems
    assert problem.where == {"file": str(path), "line": line}


def test_what_only_looks_like_a_project_scores_nothing(tmp_path: Path) -> None:
    path = tmp_path / "song.rpp"
    path.write_text("<html>\n<TRACK>\n</html>")
    assert FORMAT.score(path) == 0.0
    assert FORMAT.score(tmp_path) == 0.0
    with pytest.raises(SessionError):
        read(path)


def test_of_several_versions_in_a_backup_the_one_saved_last_is_read(tmp_path: Path) -> None:
    path = tmp_path / "song.rpp-bak"
    versions = [
        f'<REAPER_PROJECT 0.1 "7.22/win64" {saved}\nSAMPLERATE 48000 0 0\nTEMPO {bpm} 4 4\n'
        f"<TRACK\nNAME {name}\n>\n>\n"
        for saved, bpm, name in ((1725545821, 100, "Old"), (1725545839, 140, "New"))
    ]
    for order in (versions, versions[::-1]):
        path.write_text("".join(order))
        session = FORMAT.read([path])
        assert (session.tracks[0].name, session.tempo[0].bpm) == ("New", 140.0)
        assert "older_versions" in {said.code for said in session.diagnostics}
    path.write_text(versions[0])
    assert "older_versions" not in {said.code for said in FORMAT.read([path]).diagnostics}
