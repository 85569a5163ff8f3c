"""Ableton Live 8 to 12: tracks, groups, faders and sends of corpus sets against their raw XML."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sessions.formats.ableton.reader import FORMAT

SharedData = Callable[[str], Path]
LiveSets = Callable[[str], Any]

LIVE_8 = "dawtool__live8-patch-markers-auto"
LIVE_9 = "dawtool__live9-patch-2-0point"
LIVE_10 = "abletoolz__10.1.3"
LIVE_11 = "abletoolz__11.0.12"
LIVE_12 = "abletoolz__12.2.6"
ALL = (
    *("GitLive__test", "ableton-test__test", LIVE_10, LIVE_11, "abletoolz__11.3.41"),
    *("abletoolz__11.3.42", LIVE_12, "abletoolz__9.0.1", "alsparser__final"),
    *("dawtool__automation-pathological", "dawtool__example-120", LIVE_8, LIVE_9, "pylive__Tests"),
)
SILENT = 0.0003162277571
"""What Live writes for a fader or send that is all the way down."""


@pytest.mark.parametrize("name", ALL)
def test_every_set_has_the_manifests_tracks_and_plugins(
    shared_data: SharedData, live_set: LiveSets, name: str
) -> None:
    lines = shared_data("corpus/manifest.tsv").read_text().splitlines()
    row = next(line.split("\t") for line in lines if line.startswith(f"als/{name}.als\t"))
    live = live_set(name)
    session = live.session
    assert FORMAT.score(live.path) == 1.0
    assert session.daw == row[2]
    assert len(session.tracks) == int(row[8]) + 1  # and the main track, which it leaves out
    stated = dict(pair.split("=") for pair in row[9].split(";") if "=" in pair)
    counted = [device.format for device in live.plugins]
    words = (("Vst3", "VST3"), ("Vst", "VST2"), ("Au", "AU"))
    assert {word: counted.count(form) for word, form in words} == {
        word: int(stated.get(word, 0)) for word, _ in words
    }


@pytest.mark.parametrize("name", ALL)
def test_every_fader_stands_where_the_xml_says(live_set: LiveSets, name: str) -> None:
    live = live_set(name)
    faders = live.tree.xpath("/Ableton/LiveSet/Tracks/*/DeviceChain/Mixer/Volume")
    stands = [
        (fader.xpath("./Manual/@Value") or fader.xpath("./ArrangerAutomation/Events/*/@Value"))[0]
        for fader in faders
    ]
    expected = [
        20 * math.log10(float(each)) if float(each) > SILENT else -math.inf for each in stands
    ]
    told = [track.gain_db for track in live.session.tracks if track.kind != "master"]
    assert told == pytest.approx(expected, abs=0.005)


def test_groups_nest_as_their_ids_say(live_set: LiveSets) -> None:
    live = live_set(LIVE_11)
    session = live.session
    by_id = {track.id: track for track in session.tracks}
    for element in live.tree.find("LiveSet/Tracks"):  # type: ignore[union-attr]  # every set has it
        group = element.find("TrackGroupId").get("Value")
        assert by_id[element.get("Id")].parent == (None if group == "-1" else group)
    assert [track.name for track in session.tracks if track.parent == "102"] == [
        *("snr2", "kcksnr1", "8-Drums to MIDI", "9-MIDI")
    ]
    assert live.track("snr2").output == "102"


def test_groups_and_tracks_of_one_number_are_told_apart(live_set: LiveSets) -> None:
    live = live_set("alsparser__final")
    ids = [track.id for track in live.session.tracks]
    assert len(set(ids)) == len(ids)
    assert live.track("this audio").parent == live.track("*** CHORDS GROUP ***").id


def test_sends_lead_to_the_returns_in_their_order(live_set: LiveSets) -> None:
    live = live_set(LIVE_9)
    returns = live.tree.xpath("/Ableton/LiveSet/Tracks/ReturnTrack/@Id")
    expected = {}
    for element in live.tree.find("LiveSet/Tracks"):  # type: ignore[union-attr]  # every set has it
        levels = [
            float(each) for each in element.xpath("./DeviceChain/Mixer/Sends/*/Send/Manual/@Value")
        ]
        pairs = zip(returns, levels, strict=True)
        expected[element.get("Id")] = {to: at for to, at in pairs if at > SILENT}
    for track in live.session.tracks:
        if track.kind != "master":
            levels = {send.target: 10 ** (send.gain_db / 20) for send in track.sends}
            assert levels == pytest.approx(expected[track.id], rel=1e-6)
    assert sum(map(len, expected.values())) == 6


def test_a_pre_fader_send_is_one(changed: Callable[..., Any]) -> None:
    session = changed(
        LIVE_11, lambda xml: re.sub(rb'(<SendPreBool Id="\d+" Value=")false', rb"\1true", xml)
    ).session
    assert [send.pre_fader for track in session.tracks for send in track.sends] == [True]


def test_a_send_that_live_12_switched_off_is_off(changed: Callable[..., Any]) -> None:
    """Its switch is EnabledByUser; up to Live 11 it was Active."""
    silent, up = (b'<Manual Value="%s" />' % each for each in (b"0.0003162277571", b"0.5"))
    live = changed(LIVE_12, lambda xml: xml.replace(silent, up))
    stated = [each == "true" for each in live.tree.xpath("//EnabledByUser/@Value")]
    sends = [send for track in live.session.tracks for send in track.sends]
    assert sorted(send.enabled for send in sends) == sorted(stated)
    assert (len(stated), stated.count(False)) == (12, 4)


def test_what_is_carried_but_not_rendered_is_counted(live_set: LiveSets) -> None:
    told = {each.code: each.message for each in live_set(LIVE_8).session.diagnostics}
    midi = len(live_set(LIVE_8).tree.xpath("//ClipTimeable//MidiClip"))
    assert told["midi_clips"].startswith(f"{midi} clips hold notes")
    assert "session_clips" in told
    assert "transposed_clips" in told
    assert len(told["missing_media"].splitlines()) == 1
