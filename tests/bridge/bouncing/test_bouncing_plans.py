"""No clip is dropped unsaid: what is rendered, told and refused is all that is to be heard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bridge.bouncing import dialect_of, planned, seconds
from bridge.bouncing.bounce import refusals, stiff_settings
from bridge.bouncing.inserts import RackFacts, racks_of, stages
from sessions import (
    Automation,
    AutomationPoint,
    Clip,
    Device,
    Media,
    Session,
    Track,
    read,
)

_FILES = (
    "aaf/LibAAF__PT_Fades.aaf",
    "aaf/LibAAF__MC_Track_Solo_Mute.aaf",
    "als/abletoolz__9.0.1.als",
    "ardour/ardour__TestSession.ardour",
    "dawproject/openDAW__audio-regions.dawproject",
    "flp/PyFLP__FL_20.8.4.flp",
    "lmms/DirtyLove.mmpz",
    "ptxt/swift-daw-file-tools__SessionText_ExtendedChars_UTF8Format_PT2023.3.txt",
    "rpp/reaper_demo__demo.rpp",
    "rpp/rppp__audio-file-x4.RPP",
    "tracktion/tracktionedit-player__default-vst-surge.tracktionedit",
)


@pytest.mark.parametrize("name", _FILES)
def test_what_is_heard_is_rendered_told_or_refused(
    shared_data: Callable[[str], Path], name: str
) -> None:
    session = read([shared_data("corpus") / name])
    made = planned(session, dialect_of(session))
    heard = [clip for track in _playing(session) for clip in track.clips if not clip.muted]
    counted = seconds(made.accounts)
    assert sum(counted.values()) == pytest.approx(sum(clip.length_s for clip in heard))
    kept = {id(clip) for track in made.network.tracks.values() for clip in track.clips}
    assert [
        each.clip.name
        for each in made.accounts
        if (id(each.clip) in kept) is (each.fate == "refused")
    ] == []


def _playing(session: Session) -> Iterator[Track]:
    """The tracks that are neither muted nor beside another's solo, walked from each to the end."""
    tracks = {track.id: track for track in session.tracks}
    soloed = {track.id for track in session.tracks if track.soloed}
    for track in session.tracks:
        on, way = not track.muted, [track.id]
        alone = not soloed
        while way:
            here = tracks.get(way.pop())
            if here is not None:
                alone = alone or here.id in soloed
                way += [here.output or "", *(send.target for send in here.sends)]
        if on and (alone or _lies_in(track, soloed, tracks)):
            yield track


def _lies_in(track: Track, soloed: set[str], tracks: dict[str, Track]) -> bool:
    return any(track.parent == each or track.output == each for each in soloed & tracks.keys())


def test_missing_media_do_not_hide_what_else_is_in_the_way() -> None:
    lost = Clip(length_s=1.0, missing=True, media_path="a.wav", warped=True)
    session = Session("reaper", None, 48_000, (Track("1", "lead", clips=(lost,)),))
    (told,) = planned(session, dialect_of(session)).accounts
    assert told.reasons == ("missing_media", "stretched")


def test_where_a_file_is_entered_must_be_known() -> None:
    """A text of Pro Tools does not say it; a clip as long as its file begins where that does."""
    media = Media(Path("a.wav"), None, 48_000, 1, 48_000, "WAV", "PCM_24")
    whole = Clip(media=media, length_s=1.0)
    part = Clip(media=media, length_s=0.5)
    session = Session("protools_text", None, 48_000, (Track("1", "lead", clips=(whole, part)),))
    found = planned(session, dialect_of(session)).accounts
    assert [each.reasons for each in found] == [(), ("offset_unknown",)]
    elsewhere = replace(session, format="reaper")
    assert seconds(planned(elsewhere, dialect_of(elsewhere)).accounts)["refused"] == 0.0


def test_more_channels_than_two_are_refused_or_told() -> None:
    media = Media(Path("a.wav"), None, 48_000, 6, 48_000, "WAV", "PCM_24")
    clip = Clip(media=media, length_s=1.0)
    one = replace(clip, channel_mode="channel 3 of 6")
    left = replace(clip, channel_mode="left")
    wide = Track("1", "wide", channels=6, clips=(clip, one, left))
    session = Session("reaper", None, 48_000, (wide, Track("2", "lead", clips=(clip,))))
    found = planned(session, dialect_of(session)).accounts
    assert [each.reasons for each in found] == [
        ("surround",),
        ("surround",),
        (),
        ("more_channels",),
    ]


def test_tracks_that_lead_nowhere_are_told() -> None:
    clip = Clip(media=Media(Path("a.wav"), None, 48_000, 1, 48_000, "WAV", "PCM_24"), length_s=1.0)
    cue = Track("1", "cue", output="2", clips=(clip,))
    out = Track("2", "phones", kind="group", output=None)
    session = Session("reaper", None, 48_000, (cue, out, Track("3", "lead", clips=(clip,))))
    made = planned(session, dialect_of(session))
    assert [(each.track.name, each.reason) for each in made.tracks] == [("cue", "leads_nowhere")]
    assert [each.track.name for each in made.accounts] == ["lead"]


def test_a_line_that_switches_a_plugin_is_refused_where_the_plugin_is_asked_for() -> None:
    clip = Clip(media=Media(Path("a.wav"), None, 48_000, 1, 48_000, "WAV", "PCM_24"), length_s=1.0)
    moved = Automation("device:1:enabled", "bool", (AutomationPoint(0.0, 0.5),))
    off, on = Device("off", "", "VST3", "1", enabled=False), Device("Amp", "", "VST3", "2")
    track = Track("1", "lead", clips=(clip,), devices=(off, on), automation=(moved,))
    session = Session("reaper", None, 48_000, (track,))
    made = planned(session, dialect_of(session))
    assert [each.message.split(": ")[:3] for each in stiff_settings(made)] == [
        ["lead", "Amp", "enabled"]
    ]
    still = replace(session, tracks=(replace(track, devices=(off, replace(on, enabled=False))),))
    assert stiff_settings(planned(still, dialect_of(still))) == []


def test_a_group_with_plugins_stays_one_stem_and_says_so() -> None:
    media = Media(Path("a.wav"), None, 48_000, 1, 48_000, "WAV", "PCM_24")
    lead = Track("2", "lead", output="1", clips=(Clip(media=media, length_s=1.0),))
    band = Track("1", "band", kind="group", devices=(Device("Glue", "", "VST3", "1"),))
    session = Session("reaper", None, 48_000, (band, lead))
    told = {
        kind: [each.reason for each in planned(session, dialect_of(session), kind).tracks]
        for kind in ("tracks", "groups")
    }
    assert told == {"tracks": ["stays_whole"], "groups": []}


def test_an_instrument_is_told_and_not_hosted() -> None:
    notes = Clip(kind="midi", length_s=1.0)
    track = Track(
        "1", "keys", kind="midi", clips=(notes,), devices=(Device("Synth", "", "VST3", "1"),)
    )
    session = Session("reaper", None, 48_000, (track,))
    made = planned(session, dialect_of(session))
    assert [(each.reason, each.of) for each in made.tracks] == [("instrument", "Synth")]
    assert made.hosted == ()
    media = Media(Path("a.wav"), None, 48_000, 1, 48_000, "WAV", "PCM_24")
    lead = Track("2", "lead", output="1", clips=(Clip(media=media, length_s=1.0),))
    fed = replace(session, tracks=(track, lead))
    assert planned(fed, dialect_of(fed)).hosted == (replace(track, clips=()),)
    hall = Track("3", "hall", kind="return", devices=(Device("Hall", "", "VST3", "1"),))
    unfed = replace(session, tracks=(track, hall, replace(lead, output="master")))
    assert planned(unfed, dialect_of(unfed)).hosted == ()


def test_a_frozen_track_plays_what_was_frozen_and_names_it() -> None:
    """Its notes, its instrument and the lines of that are not asked for."""
    media = Media(Path("f.wav"), None, 48_000, 2, 48_000, "WAV", "PCM_24")
    frozen = Clip(media=media, length_s=1.0, media_path="Freeze/f.wav")
    moved = Automation("device:0:enabled", "bool", (AutomationPoint(0.0, 0.5),))
    faded = Automation("gain_db", "linear", (AutomationPoint(0.0, 0.5),))
    keys = Track(
        "1",
        "keys",
        "midi",
        clips=(Clip(kind="midi", length_s=2.0),),
        devices=(Device("Piano", "", "VST3", "1"),),
        automation=(moved, faded),
        frozen=(frozen,),
    )
    session = Session("ableton", None, 48_000, (keys,))
    made = planned(session, dialect_of(session))
    told = [(each.reason, each.of, each.fate) for each in made.tracks]
    assert told == [("frozen", "Freeze/f.wav", "told")]
    assert [(each.clip.media, each.fate) for each in made.accounts] == [(media, "rendered")]
    assert (made.hosted, refusals(made), stiff_settings(made)) == ((), [], [])
    assert made.network.tracks["1"].automation == (faded,)


def test_plugins_behind_a_late_one_get_blocks_that_begin_elsewhere(tmp_path: Path) -> None:
    """In Ardour behind its buffer of 256 frames and the latency from each plugin on."""
    clip = Clip(media=Media(Path("a.wav"), None, 48_000, 1, 48_000, "WAV", "PCM_24"), length_s=1.0)
    devices = tuple(Device(name, "", "VST3", name[0] * 32) for name in ("EQ", "Limiter", "Comp"))
    lead = Track("1", "lead", clips=(clip,), devices=devices)
    found = {}
    for format_ in ("ardour", "reaper"):
        session = Session(format_, None, 48_000, (lead,))
        made = planned(session, dialect_of(session))
        racks, _ = racks_of(made, tmp_path)
        order = stages(made, racks, {"1": RackFacts((0, 480, 0), 2)})
        found[format_] = [
            [(part.lead_frames, len(part.rack.inserts)) for part in stage] for stage in order
        ]
    assert found["ardour"] == [[(1024 - 256 - 480, 2)], [(1024 - 256, 1)]]
    assert found["reaper"] == [[(0, 3)]]
