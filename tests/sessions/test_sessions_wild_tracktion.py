"""What Tracktion edits in the wild hold beside what the engine's demo edits do."""

from __future__ import annotations

from pathlib import Path

from sessions import Session
from sessions.formats.tracktion.reader import FORMAT

FADER = '<PLUGIN type="volume" volume="0.7"/>'


def read(tmp_path: Path, inside: str, opening: str = "<EDIT ") -> Session:
    path = tmp_path / "song.tracktionedit"
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n{opening}appVersion="Waveform 12">'
    path.write_text(f"{head}{inside}</EDIT>")
    assert FORMAT.score(path) == 1.0
    return FORMAT.read([path])


def track(own: str, output: str, inside: str = FADER) -> str:
    device = f'<OUTPUTDEVICES><DEVICE name="{output}"/></OUTPUTDEVICES>'
    return f'<TRACK id="{own}" name="{own.upper()}">{device}{inside}</TRACK>'


def told(session: Session) -> dict[str, str]:
    return {each.code: each.message for each in session.diagnostics}


def outputs(session: Session) -> dict[str, str | None]:
    return {each.id: each.output for each in session.tracks}


def test_a_track_feeds_the_track_its_output_numbers(tmp_path: Path) -> None:
    folder = f'<FOLDERTRACK id="f" name="F">{track("a", "track 2")}</FOLDERTRACK>'
    session = read(
        tmp_path,
        folder
        + track("bus", "(default audio output)")
        + track("c", "track 2 (Bus)")
        + track("d", "")
        + track("e", "track 99"),
    )
    assert outputs(session) == {
        "f": "master",
        "a": "bus",
        "bus": "master",
        "c": "bus",
        "d": "master",
        "e": "master",
        "master": None,
    }
    assert {each.id: each.kind for each in session.tracks}["bus"] == "group"


def test_an_output_of_the_sound_card_is_told(tmp_path: Path) -> None:
    session = read(tmp_path, track("a", "Output 3 + 4") + track("b", "(default MIDI output)"))
    assert outputs(session)["a"] == "master"
    assert told(session)["hardware_outputs"].endswith(": A")


def test_tracks_that_feed_each_other_go_to_the_master(tmp_path: Path) -> None:
    session = read(tmp_path, track("a", "track 2") + track("b", "track 1") + track("c", "track 1"))
    assert outputs(session) == {"a": "master", "b": "master", "c": "a", "master": None}


def test_racks_clip_effects_and_clips_of_clips_are_told(tmp_path: Path) -> None:
    clips = (
        '<CLIP type="wave" start="1" length="2" source="a.wav"><EFFECTS><EFFECT/></EFFECTS></CLIP>'
        '<CLIP type="container" start="1" length="1"><CLIP type="wave" source="z.wav"/></CLIP>'
        '<CLIP type="chord" start="1" length="1"/>'
    )
    rack = '<PLUGIN type="rack" rackType="77" name="Chain"/>'
    session = read(tmp_path, track("a", "", rack + clips))
    assert [clip.media_path for clip in session.tracks[0].clips] == ["a.wav"]
    said = told(session)
    assert said["racks"].endswith("Chain")
    assert said["clip_effects"].startswith("1 clips")
    assert said["nested_clips"].startswith("1 clips")
    assert said["other_clips"].startswith("1 clips")


def test_the_undeclared_prefix_behind_a_line_break(tmp_path: Path) -> None:
    plugin = '<PLUGIN type="vst" name="Q" filename="q.vst3" base64:layout="3.abc"/>'
    session = read(tmp_path, track("a", "", plugin), "<EDIT\n  ")
    assert [device.name for device in session.tracks[0].devices] == ["Q"]
