"""Sessions written as DAWproject and as REAPER project, and read back."""

from __future__ import annotations

import math
import zipfile
from dataclasses import replace

import pytest
from lxml import etree

from sessions import (
    Session,
    SessionError,
    Tempo,
)
from sessions.formats.dawproject.reader import FORMAT as DAWPROJECT
from sessions.formats.dawproject.time import beat_points
from sessions.formats.dawproject.writer import write_dawproject
from sessions.formats.project_files.automation_lines import standing_gain_db
from sessions.formats.reaper.reader import FORMAT as REAPER
from sessions.formats.reaper.writer import write_rpp

KINDS = ("dawproject", "rpp")


def near(value: float) -> object:
    return pytest.approx(value, rel=1e-9, abs=1e-9)


def facts(session: Session) -> list[tuple[object, ...]]:
    """What a track is, with names for ids."""
    names = {track.id: track.name for track in session.tracks} | {"master": "master"}
    return [
        (
            track.name,
            track.kind,
            names.get(track.parent or ""),
            names.get(track.output or ""),
            near(track.gain_db),
            near(track.pan),
            track.muted,
            track.soloed,
            sorted(
                (names[each.target], near(each.gain_db), each.pre_fader, each.enabled or each.muted)
                for each in track.sends
            ),
            [
                (
                    each.position_frames,
                    near(each.position_s),
                    near(each.length_s),
                    near(each.source_offset_s),
                    near(each.fade_in_s),
                    near(each.fade_out_s),
                    each.muted,
                    each.name,
                )
                for each in track.clips
            ],
            [
                (each.name, each.vendor, each.format, each.id, each.enabled, each.label)
                for each in track.devices
            ],
            [each.state and each.state.as_json()["sha256"] for each in track.devices],
        )
        for track in session.tracks
    ]


def plain(session: Session) -> Session:
    """Without what the format at hand has no words for: whether a send is off or muted."""
    return replace(
        session,
        tracks=tuple(
            replace(
                track,
                sends=tuple(
                    replace(each, enabled=each.enabled and not each.muted, muted=False)
                    for each in track.sends
                ),
            )
            for track in session.tracks
        ),
    )


@pytest.mark.parametrize("kind", KINDS)
def test_tracks_clips_sends_and_plugins_read_back_equal(kind, song, tmp_path, written) -> None:
    _, back = written(kind, song, tmp_path)
    assert facts(plain(back)) == facts(plain(song))


@pytest.mark.parametrize("kind", KINDS)
def test_clip_gains_are_carried(kind, song, tmp_path, written) -> None:
    _, back = written(kind, song, tmp_path)
    gains = [standing_gain_db(each) for each in back.tracks[2].clips]
    assert gains == [near(0.0), near(-4.25), near(0.0)]


@pytest.mark.parametrize("kind", KINDS)
def test_tempo_ramps_meters_and_markers_read_back_at_their_seconds(
    kind, song, tmp_path, written
) -> None:
    _, back = written(kind, song, tmp_path)
    tempos = [(near(each.position_s), near(each.bpm), each.curve) for each in song.tempo]
    assert [(each.position_s, each.bpm, each.curve) for each in back.tempo] == tempos
    meters = [(near(each.position_s), each.numerator, each.denominator) for each in song.meters]
    assert [(each.position_s, each.numerator, each.denominator) for each in back.meters] == meters
    markers = [(near(each.position_s), each.name) for each in song.markers]
    assert [(each.position_s, each.name) for each in back.markers] == markers


def test_the_beat_of_a_ramp_is_where_its_seconds_say(song) -> None:
    """120 to 160 over L beats takes L * 60 * ln(160/120) / 40 seconds: 2 s are 4.6346 beats."""
    (first, _, _), (second, _, _), _ = beat_points(song)
    assert (first, second) == (0.0, near(2.0 * 40.0 / (60.0 * math.log(160 / 120))))


def test_times_of_a_dawproject_stand_in_beats(song, tmp_path, written) -> None:
    """Raw XML, no reader of ours: at 120 BPM, second 1.5 is beat 3."""
    flat = replace(song, tempo=(Tempo(0.0, 120.0),))
    moved = replace(flat.tracks[3], clips=(replace(flat.tracks[3].clips[0], position_s=1.5),))
    path, _ = written("dawproject", replace(flat, tracks=(*flat.tracks[:3], moved)), tmp_path)
    root = etree.fromstring(zipfile.ZipFile(path).read("project.xml"))
    found = root.find(".//Lanes[@track='vox']/Clips/Clip")
    assert (found.get("time"), found.get("duration")) == ("3.0", "1.0")
    assert root.find(".//Arrangement/Lanes").get("timeUnit") == "beats"


def test_audio_of_a_dawproject_goes_into_a_reaper_project(song, tmp_path, written) -> None:
    _, inside = written("dawproject", song, tmp_path / "first")
    path, back = written("rpp", inside, tmp_path / "second")
    assert facts(plain(back)) == facts(plain(song))
    assert back.tracks[2].clips[0].media.path.parent == path.with_name("song-media").resolve()


def corpus_sessions(shared_data, folder: str, form: object) -> list[tuple[str, Session]]:
    found = []
    for path in sorted(shared_data(f"corpus/{folder}").iterdir()):
        if form.score(path) == 1.0:  # type: ignore[attr-defined]
            try:
                found.append((path.name, form.read([path])))  # type: ignore[attr-defined]
            except SessionError:
                continue
    assert found
    return found


def test_every_reaper_project_of_the_corpus_is_written_and_read_back(shared_data, tmp_path) -> None:
    """Faders, nesting, states and clips of real projects; notes and JS code are not written."""
    for name, session in corpus_sessions(shared_data, "rpp", REAPER):
        path = tmp_path / f"{name}.rpp"
        write_rpp(session, path)
        back = REAPER.read([path])
        heard = replace(
            session,
            tracks=tuple(
                replace(track, clips=tuple(each for each in track.clips if each.kind == "audio"))
                for track in session.tracks
            ),
        )
        kinds = [track.kind for track in back.tracks]
        made = [
            (fact[0], kind, *fact[2:])
            for fact, kind in zip(facts(plain(heard)), kinds, strict=True)
        ]
        assert facts(plain(back)) == made, name


def test_every_corpus_project_makes_a_valid_dawproject(shared_data, tmp_path) -> None:
    schema = etree.XMLSchema(etree.parse(shared_data("corpus/dawproject-schema/Project.xsd")))
    for folder, form in (("rpp", REAPER), ("dawproject", DAWPROJECT)):
        for name, session in corpus_sessions(shared_data, folder, form):
            path = tmp_path / f"{name}.dawproject"
            write_dawproject(session, path)
            with zipfile.ZipFile(path) as archive:
                root = etree.fromstring(archive.read("project.xml"))
            schema.assertValid(root)
            back = DAWPROJECT.read([path])
            names = [track.name for track in session.tracks]
            found = [track.name for track in back.tracks]
            assert [name or read for name, read in zip(names, found, strict=True)] == found
