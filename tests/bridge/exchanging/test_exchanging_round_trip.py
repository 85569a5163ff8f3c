"""The road back: a finished folder into a DAW project, and captured onto its own chain."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from bridge.audio.zip_members import open_member
from bridge.exchanging import Finisher, capture_onto, export, write_chain
from bridge.exchanging.chain_folder import chain_text
from bridge.finished import open_finished, read_lock
from bridge.gathering.signals import stored_signal
from bridge.storing import Store
from chains import Chain, load, loads
from sessions import Send, Session, Track
from sessions.formats.dawproject.reader import FORMAT as DAWPROJECT
from sessions.formats.dawproject.writer import write_dawproject
from sessions.formats.reaper.reader import FORMAT as REAPER
from sessions.formats.reaper.writer import write_rpp
from sessions.states.device_states import parse_vstpreset, vstpreset_file

FORMATS = {"rpp": REAPER, "dawproject": DAWPROJECT}
WRITERS = {"rpp": write_rpp, "dawproject": write_dawproject}


def exported(song, kind: str, folder: Path) -> Session:
    path = folder / f"song.{kind}"
    export([song.folder], path, song.store)
    return FORMATS[kind].read([path])


def captured(song, session: Session):
    chain = load(song.folder / "chain.toml")
    finisher = Finisher(chain, song.store, (), read_lock(song.folder))
    return chain, capture_onto(session, chain, finisher)


def changed(session: Session, named: str, **facts: object) -> Session:
    """The session with one track changed, as an engineer in a DAW would."""
    tracks = [replace(track, **facts) if track.name == named else track for track in session.tracks]
    return replace(session, tracks=tuple(tracks))


@pytest.mark.parametrize("kind", FORMATS)
def test_an_unchanged_project_gives_an_equal_chain(kind: str, song, tmp_path) -> None:
    chain, found = captured(song, exported(song, kind, tmp_path))
    assert found.differences == ()
    assert found.chain == chain
    write_chain(found, tmp_path / "again" / "chain.toml")
    assert load(tmp_path / "again" / "chain.toml") == chain
    states = sorted((tmp_path / "again" / "states").iterdir())
    assert [path.read_bytes() for path in states] == [
        (song.folder / "states" / path.name).read_bytes() for path in states
    ]
    assert [path.name for path in states] == ["Vocals-squeeze.vstpreset"]


@pytest.mark.parametrize("kind", FORMATS)
def test_a_tweaked_insert_is_the_only_difference_named(kind, song, plugins, tmp_path) -> None:
    session = exported(song, kind, tmp_path)
    tweaked = plugins.preset("ZamCompX2", Threshold="-24", Ratio="7")
    vocals = next(track for track in session.tracks if track.name == "Vocals")
    first = replace(vocals.devices[0], state=vstpreset_file(tweaked))
    path = tmp_path / f"tweaked.{kind}"
    WRITERS[kind](changed(session, "Vocals", devices=(first, *vocals.devices[1:])), path)
    chain, found = captured(song, FORMATS[kind].read([path]))
    (difference,) = found.differences
    assert (difference.where, difference.what) == ("Vocals/squeeze", "state")
    insert = found.chain.groups[0].inserts[0]
    assert insert.settings.state == "states/Vocals-squeeze-2.vstpreset"
    state = found.states["states/Vocals-squeeze-2.vstpreset"]
    assert parse_vstpreset(state)[:2] == parse_vstpreset(tweaked)[:2]
    undone = replace(insert, settings=chain.groups[0].inserts[0].settings)
    groups = (
        replace(found.chain.groups[0], inserts=(undone, *found.chain.groups[0].inserts[1:])),
        *found.chain.groups[1:],
    )
    assert replace(found.chain, groups=groups) == chain


def test_params_that_are_tweaked_go_into_a_state(song, plugins, tmp_path) -> None:
    session = exported(song, "rpp", tmp_path)
    master = next(track for track in session.tracks if track.kind == "master")
    tweaked = vstpreset_file(plugins.preset("ZamCompX2", Ratio="9", Threshold="-12"))
    device = replace(master.devices[0], state=tweaked)
    _, found = captured(song, changed(session, "Master", devices=(device,)))
    assert [(each.where, each.what) for each in found.differences] == [("master/glue", "state")]
    settings = found.chain.master[0].settings
    assert (settings.state, settings.params) == ("states/master-glue.vstpreset", {})
    assert found.chain.master[1].settings.use == "limiter"


def test_faders_sends_bypass_and_mix_are_named_one_by_one(song, tmp_path) -> None:
    session = exported(song, "rpp", tmp_path)
    vocals = next(track for track in session.tracks if track.name == "Vocals")
    (plate,) = [track.id for track in session.tracks if track.name == "plate"]
    session = changed(
        session,
        "Vocals",
        gain_db=1.0,
        sends=(Send(plate, -12.0),),
        devices=(
            replace(vocals.devices[0], enabled=False),
            replace(vocals.devices[1], mix=0.5),
        ),
    )
    _, found = captured(song, changed(session, "plate", gain_db=-6.0))
    assert [(each.where, each.what, each.before, each.after) for each in found.differences] == [
        ("Vocals", "gain_db", "2.25 dB", "1 dB"),
        ("Vocals", "send to plate", "-18.5 dB", "-12 dB"),
        ("Vocals/squeeze", "bypass", "on", "bypassed"),
        ("Vocals/gate", "mix", "0.75", "0.5"),
        ("plate", "gain_db", "-3 dB", "-6 dB"),
    ]
    group = found.chain.groups[0]
    assert (group.gain_db, group.sends) == (1.0, (("plate", -12.0),))
    assert [insert.bypass for insert in group.inserts] == [True, False, False]
    assert group.inserts[2].mix == 0.5


def test_moved_added_and_removed_plugins_keep_the_built_ins_in_place(song, tmp_path) -> None:
    session = exported(song, "rpp", tmp_path)
    vocals = next(track for track in session.tracks if track.name == "Vocals")
    one, two = vocals.devices
    new = replace(one, label="Third", id="0" * 32, state=None)
    _, found = captured(song, changed(session, "Vocals", devices=(two, one, new)))
    assert [each.id for each in found.chain.groups[0].inserts] == [
        "gate",
        "eq",
        "squeeze",
        "Third",
    ]
    told = [(each.where, each.what) for each in found.differences]
    assert told == [("Vocals", "order"), ("Vocals/Third", "insert")]
    _, less = captured(song, changed(session, "Vocals", devices=(two,)))
    assert [(each.where, each.after) for each in less.differences] == [
        ("Vocals/squeeze", "removed")
    ]
    assert [each.id for each in less.chain.groups[0].inserts] == ["gate", "eq"]


def test_tracks_that_are_gone_or_new_are_told(song, tmp_path) -> None:
    session = exported(song, "rpp", tmp_path)
    renamed = changed(session, "band", name="Strings", kind="group")
    chain, found = captured(song, renamed)
    assert [(each.where, each.what) for each in found.differences] == [("band", "track")]
    assert "track_not_in_chain" in {each.code for each in found.diagnostics}
    assert found.chain.groups[1] == chain.groups[1]


@pytest.mark.parametrize("kind", FORMATS)
def test_the_project_has_the_stems_groups_faders_and_sends(kind, song, tmp_path) -> None:
    """Against the chain's own text, not against what capture reads."""
    session = exported(song, kind, tmp_path)
    rows = {track.name: track for track in session.tracks}
    names = {track.id: track.name for track in session.tracks}
    assert {
        track.name: names.get(track.parent or "") for track in session.tracks if track.clips
    } == {"lead vox": "Vocals", "kick": "band", "bass": "band", "Finished master": None}
    assert rows["lead vox"].gain_db == pytest.approx(-1.5)
    assert rows["Vocals"].gain_db == pytest.approx(2.25)
    (send,) = rows["Vocals"].sends
    assert (names[send.target], send.pre_fader) == ("plate", False)
    assert send.gain_db == pytest.approx(-18.5)
    assert rows["plate"].kind == "return"
    assert [device.label for device in rows["Vocals"].devices] == ["squeeze", "gate"]
    clip = rows["lead vox"].clips[0]
    assert (clip.position_frames, clip.media.frames) == (0, 24000)
    assert session.tempo[0].bpm == 120.0


def test_a_state_file_is_carried_byte_for_byte(song, tmp_path) -> None:
    session = exported(song, "dawproject", tmp_path)
    vocals = next(track for track in session.tracks if track.name == "Vocals")
    state = vocals.devices[0].state
    assert state.data == (song.folder / "states" / "Vocals-squeeze.vstpreset").read_bytes()


def test_what_no_daw_has_is_named_once_and_the_master_lies_muted_beside_it(song, tmp_path) -> None:
    done = export([song.folder], tmp_path / "song.rpp", song.store)
    told = {each.code: each.where for each in done.diagnostics}
    assert told["builtin_not_carried"] == "Vocals/eq, plate/reverb, master/limiter"
    assert len(told) == len(done.diagnostics)
    assert not {"state_not_prepared", "state_lost"} & told.keys()
    rows = {track.name: track for track in REAPER.read([tmp_path / "song.rpp"]).tracks}
    finished = rows["Finished master"]
    assert finished.muted
    assert finished.clips[0].media.path == (song.folder / "main.wav").resolve()


@pytest.mark.parametrize("kind", FORMATS)
def test_printed_groups_at_their_faders_are_the_sum_that_the_master_bus_got(
    kind, song, tmp_path
) -> None:
    path = tmp_path / f"song.{kind}"
    done = export([song.folder], path, song.store, printed=True)
    told = {each.code: each.where for each in done.diagnostics}
    assert told["printed"] == "Vocals, plate"
    assert told["builtin_not_carried"] == "master/limiter"
    tracks = done.session.tracks
    heard = [each for each in tracks if each.clips and not each.muted]
    assert not any(each.devices or each.sends for each in heard)
    faders = {each.id: each.gain_db for each in tracks if each.kind == "group"}
    back = {each.name: each for each in FORMATS[kind].read([path]).tracks}
    step = open_finished(song.folder).step("sum")
    stored = stored_signal(song.store, song.store.get(step.key))
    bus = np.concatenate([*stored.blocks()], axis=1).T
    total = np.zeros_like(bus)
    for track in heard:
        media = back[track.name].clips[0].media
        folder = tmp_path / "heard"
        folder.mkdir(exist_ok=True)
        found = (
            media.path if media.member is None else open_member(media.path, media.member, folder)
        )
        level_db = track.gain_db + faders.get(track.parent, 0.0)
        samples = soundfile.read(found, always_2d=True)[0]
        total[: len(samples)] += samples * 10.0 ** (level_db / 20.0)
    length = soundfile.info(song.folder / "main.wav").frames
    assert np.abs(bus).max() > 0.01
    assert np.abs(total - bus)[:length].max() < 1e-6


def test_sources_that_changed_are_refused(song, tmp_path) -> None:
    from stemwright.problems import InputError

    kick = song.stems / "kick.wav"
    kept = kick.read_bytes()
    try:
        kick.write_bytes((song.stems / "bass.wav").read_bytes())
        with pytest.raises(InputError, match="not what was rendered: kick"):
            export([song.folder], tmp_path / "song.rpp", song.store)
        kick.unlink()
        with pytest.raises(InputError, match="kick"):
            export([song.folder], tmp_path / "song.rpp", song.store)
    finally:
        kick.write_bytes(kept)
    assert list(tmp_path.glob("song*")) == []


def test_the_text_of_a_captured_chain_names_the_plugins(song, tmp_path) -> None:
    from bridge.exchanging import Pick, capture

    session = exported(song, "rpp", tmp_path)
    found = capture(session, Pick("bus", "vocals"))
    text = chain_text(found)
    assert "# ZamCompX2 (Damien Zammit)" in text
    plugin = tomllib.loads(text)["group"][0]["insert"][0]["plugin"]
    assert plugin == {"format": "VST3", "id": found.lifted[0].device.id}
    (tmp_path / "states").mkdir()
    for name, data in found.states.items():
        (tmp_path / name).write_bytes(data)
    again: Chain = loads(text)
    assert again == found.chain
    assert isinstance(session.tracks[0], Track)


@pytest.mark.parametrize("kind", FORMATS)
def test_rows_without_stems_are_no_difference(kind: str, tmp_path: Path) -> None:
    """A group this song has no stem for, and a return nobody sends to."""
    text = "schema = 1\n" + "".join(
        f'[[{row}]]\nid = "{name}"\ngain_db = -2.0\n{more}\n'
        for row, name, more in (
            ("group", "strings", 'stems = ["role:strings"]'),
            ("group", "all", 'stems = ["*"]'),
            ("return", "plate", ""),
        )
    )
    chain = loads(text)
    tracks = (
        Track("1", "strings", "group", gain_db=-2.0),
        Track("2", "all", "group", gain_db=-2.0),
        Track("3", "kick", parent="2", output="2"),
        Track("4", "plate", "return", gain_db=-2.0),
    )
    path = tmp_path / f"song.{kind}"
    WRITERS[kind](Session("made", None, 48000, tracks), path)
    finisher = Finisher(chain, Store(tmp_path / "store"))
    found = capture_onto(FORMATS[kind].read([path]), chain, finisher)
    assert (found.differences, found.chain) == ((), chain)
