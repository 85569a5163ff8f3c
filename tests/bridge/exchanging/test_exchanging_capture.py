"""Plugins of a session lifted into a chain, and what is told of those that were not."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from bridge.exchanging import Pick, capture, write_chain
from bridge.exchanging.lifting import slug
from chains import Gain, load, loads
from sessions import Automation, AutomationPoint, Clip, Device, DeviceState, Send, Session, Track
from sessions.formats.reaper.reader import FORMAT as REAPER
from sessions.states import device_states
from stemwright.problems import InputError

PRO_Q = "72C4DB717A4D459AB97E51745D84B39D"
AUDIO = (Clip(length_s=1.0),)


def vst3(name: str = "Pro-Q 3", **facts: object) -> Device:
    state = device_states.vst3(PRO_Q, name.encode() * 9)
    return Device(name, "FabFilter", "VST3", PRO_Q, state=state, **facts)  # type: ignore[arg-type]


def song() -> Session:
    """A group with two stems, a lone track, a return, and a master."""
    old = device_states.fxp(1919247729, b"chunk", bank=True)
    return Session(
        "made",
        None,
        48000,
        (
            Track("1", "Lead & BVs", "group", gain_db=-2.123456, sends=(Send("5", -9.0),),
                  devices=(vst3(label="Air EQ", mix=0.5), vst3(enabled=False))),
            Track("2", "Lead", parent="1", output="1", clips=AUDIO, gain_db=-1.0),
            Track("3", "BV [all]", parent="1", output="1", clips=AUDIO, gain_db=-1.0),
            Track("4", "Kick", clips=AUDIO,
                  devices=(Device("ReaEQ", "Cockos", "VST2", "1919247729", state=old),)),
            Track("5", "Plate", "return", gain_db=-3.0),
            Track("master", "Master", "master", output=None, devices=(vst3(),)),
        ),
    )  # fmt: skip


def with_devices(*devices: Device) -> Session:
    return replace(song(), tracks=(Track("1", "Bus", devices=devices),))


def codes(session: Session, pick: Pick) -> list[str]:
    return [each.code for each in capture(session, pick).diagnostics]


def test_a_bus_is_lifted_with_order_bypass_mix_and_states() -> None:
    found = capture(song(), Pick("bus", "lead & bvs"))
    (group,) = found.chain.groups
    assert (group.id, group.stems, group.gain_db) == ("Lead-BVs", ("Lead", "BV [[]all]"), 0.0)
    first, second = group.inserts
    assert (first.id, first.mix, first.bypass) == ("Air-EQ", 0.5, False)
    assert (second.id, second.mix, second.bypass) == ("Pro-Q-3", 1.0, True)
    assert first.settings.plugin.model_dump(exclude_none=True) == {"format": "VST3", "id": PRO_Q}
    assert found.states == {
        "states/Lead-BVs-Air-EQ.vstpreset": song().tracks[0].devices[0].state.data,
        "states/Lead-BVs-Pro-Q-3.vstpreset": song().tracks[0].devices[1].state.data,
    }


def test_the_master_goes_behind_all_stems() -> None:
    found = capture(song(), Pick("master"))
    assert [group.stems for group in found.chain.groups] == [("*",)]
    assert [insert.id for insert in found.chain.master] == ["Pro-Q-3"]
    assert found.chain.name == "Master"


def test_a_whole_mixer_is_lifted_with_faders_trims_and_sends() -> None:
    chain = capture(song(), Pick("all")).chain
    assert [(each.id, each.trim_db, each.gain_db, each.sends) for each in chain.groups] == [
        ("Lead-BVs", -1.0, -2.1235, (("Plate", -9.0),)),
        ("Kick", 0.0, 0.0, ()),
    ]
    assert [(each.id, each.gain_db) for each in chain.returns] == [("Plate", -3.0)]
    assert [insert.settings.plugin.id for insert in chain.groups[1].inserts] == ["72656571"]


@pytest.mark.parametrize("pick", [Pick("all"), Pick("master"), Pick("track", "Kick")])
def test_what_is_written_is_a_chain_that_loads_equal(pick: Pick, tmp_path: Path) -> None:
    found = capture(song(), pick)
    write_chain(found, tmp_path / "new" / "chain.toml")
    assert load(tmp_path / "new" / "chain.toml") == found.chain
    for name, data in found.states.items():
        assert (tmp_path / "new" / name).read_bytes() == data


def test_nothing_is_overwritten_and_nothing_left_behind(tmp_path: Path) -> None:
    found = capture(song(), Pick("track", "Kick"))
    state = tmp_path / "states" / "Kick-ReaEQ.fxb"
    state.parent.mkdir()
    state.write_bytes(b"mine")
    with pytest.raises(InputError, match=r"Kick-ReaEQ\.fxb is there already"):
        write_chain(found, tmp_path / "chain.toml")
    assert state.read_bytes() == b"mine"
    assert not (tmp_path / "chain.toml").exists()
    state.unlink()
    state.parent.rmdir()
    (tmp_path / "chain.toml").write_text("mine")
    with pytest.raises(InputError, match=r"chain\.toml is there already"):
        write_chain(found, tmp_path / "chain.toml")
    assert [path.name for path in tmp_path.iterdir()] == ["chain.toml"]


def test_effects_of_the_daw_and_foreign_formats_are_named() -> None:
    session = with_devices(
        Device("EQ Eight", "Ableton", "builtin", "Eq8", kind="builtin"),
        vst3(),
        Device("Surge", "", "CLAP", "org.surge", state=DeviceState("clap", b"x")),
        Device("loser/DDC", "", "JS", "loser/DDC"),
    )
    found = capture(session, Pick("track", "Bus"))
    assert [each.insert.id for each in found.lifted] == ["Pro-Q-3"]
    told = [(each.code, each.where, each.message.split(",")[0]) for each in found.diagnostics]
    assert told == [
        ("not_lifted", "Bus/EQ Eight", "EQ Eight is a built-in effect of the DAW"),
        ("not_lifted", "Bus/Surge", "Surge is a CLAP"),
        ("not_lifted", "Bus/loser/DDC", "loser/DDC is a JS"),
    ]


def test_states_and_keys_that_did_not_come_are_named() -> None:
    opaque = DeviceState("opaque", b"cut")
    session = with_devices(
        vst3(sidechain="Kick"), replace(vst3(), state=None), replace(vst3(), state=opaque)
    )
    found = capture(session, Pick("track", "Bus"))
    assert [each.code for each in found.diagnostics] == [
        "sidechain_not_lifted", "state_not_lifted", "state_not_lifted",
    ]  # fmt: skip
    assert [each.insert.id for each in found.lifted] == ["Pro-Q-3", "Pro-Q-3-2", "Pro-Q-3-3"]
    assert [each.insert.settings.state for each in found.lifted][1:] == [None, None]


def test_a_key_is_named_as_its_track_is_and_nothing_is_lifted_as_nothing() -> None:
    empty = replace(vst3(), state=device_states.vst3(PRO_Q, b"\0"), sidechain="4")
    tracks = (Track("1", "Bus", devices=(empty,)), *song().tracks[3:])
    found = capture(replace(song(), tracks=tracks), Pick("track", "Bus"))
    assert [each.state for each in found.lifted] == [None]
    told = {each.code: each.message for each in found.diagnostics}
    assert set(told) == {"empty_state", "sidechain_not_lifted"}
    assert "is keyed by Kick," in told["sidechain_not_lifted"]


def test_automation_mutes_and_sends_that_no_chain_holds_are_named() -> None:
    session = song()
    line = Automation("gain_db", "linear", (AutomationPoint(0.0, 1.0),))
    odd = replace(
        session.tracks[0],
        muted=True,
        soloed=True,
        inverted=True,
        automation=(line,),
        sends=(Send("4"), Send("5", -3.0, enabled=False)),
    )
    loud = replace(session.tracks[1], gain_db=3.0, devices=(vst3(),))
    tracks = (odd, loud, *session.tracks[2:])
    found = capture(replace(session, tracks=tracks), Pick("all"))
    assert found.chain.groups[0].sends == ()
    assert [each.code for each in found.diagnostics] == [
        "automation_not_lifted",
        *["send_not_lifted"] * 2,
        *["mute_not_lifted", "solo_not_lifted", "polarity_not_lifted"],
        "nested_inserts_not_lifted",
        "stem_gains_not_lifted",
    ]


def test_a_send_before_the_fader_becomes_one_behind_it_as_loud() -> None:
    session = song()
    early = replace(session.tracks[0], gain_db=-6.0, sends=(Send("5", -9.0, pre_fader=True),))
    closed = replace(early, gain_db=-math.inf)
    for track, sends, told in (
        (early, (("Plate", -3.0),), ["send_after_fader"]),
        (closed, (), ["send_not_lifted"]),
    ):
        found = capture(replace(session, tracks=(track, *session.tracks[1:])), Pick("all"))
        assert found.chain.groups[0].sends == sends
        assert [each.code for each in found.diagnostics] == told


@pytest.mark.parametrize(
    ("law", "pan", "left", "right"),
    [
        ("balance", 0.5, 0.5, 1.0),
        ("stereo balance, centre 0.0 dB", -0.75, 1.0, 0.25),
        ("balance", 1.0, 1e-6, 1.0),
        ("1in2out", 0.4, 0.474674 / 0.707946, 0.874674 / 0.707946),
    ],
)
def test_a_pan_becomes_gains_on_the_sides(law: str, pan: float, left: float, right: float) -> None:
    panned = replace(song().tracks[3], pan=pan, pan_law=law)
    found = capture(replace(song(), tracks=(panned, *song().tracks[4:])), Pick("all"))
    sides = {"left": 1.0, "right": 1.0}
    for each in found.chain.groups[0].inserts[1:]:
        sides[each.on] *= 10.0 ** (each.settings.gain_db / 20.0)
    assert (sides["left"], sides["right"]) == pytest.approx((left, right), abs=1e-5)
    assert [(each.severity, each.code) for each in found.diagnostics] == [("note", "pan_as_gain")]


@pytest.mark.parametrize(
    ("facts", "told", "gains"),
    [
        ({"pan": 0.5}, ("warning", "pan_as_gain"), 1),
        ({"pan": 0.5, "pan_law": "2in2out", "width": 1.0}, ("warning", "pan_not_lifted"), 0),
        ({"width": 0.2, "pan_law": "stereo pan"}, ("warning", "pan_not_lifted"), 0),
    ],
)
def test_a_panner_of_another_law_is_named(facts, told, gains) -> None:
    panned = replace(song().tracks[3], **facts)
    found = capture(replace(song(), tracks=(panned, *song().tracks[4:])), Pick("all"))
    assert len(found.chain.groups[0].inserts) == 1 + gains
    assert [(each.severity, each.code) for each in found.diagnostics] == [told]


def test_the_master_fader_is_a_gain_behind_the_masters_plugins() -> None:
    session = song()
    last = replace(session.tracks[5], gain_db=-1.25)
    found = capture(replace(session, tracks=(*session.tracks[:5], last)), Pick("all"))
    assert [each.id for each in found.chain.master] == ["Pro-Q-3", "fader"]
    assert found.chain.master[-1].settings == Gain(gain_db=-1.25)
    assert found.diagnostics == ()


def test_a_name_that_is_not_there_or_there_twice() -> None:
    with pytest.raises(InputError) as caught:
        capture(song(), Pick("track", "Kik"))
    (problem,) = caught.value.problems
    assert (problem.kind, problem.nearest) == ("unknown_track", "Kick")
    with pytest.raises(InputError) as caught:
        capture(song(), Pick("bus", "Kick"))
    assert caught.value.problems[0].expected == "Lead & BVs, Plate"
    twins = replace(song(), tracks=(Track("a", "Vox"), Track("b", "vox")))
    with pytest.raises(InputError, match='2 tracks are called "Vox"'):
        capture(twins, Pick("track", "Vox"))
    assert capture(twins, Pick("track", "b")).chain.name == "vox"


def test_a_session_without_stems_has_no_chain() -> None:
    empty = replace(song(), tracks=song().tracks[4:])
    with pytest.raises(InputError, match="no track that could be a group"):
        capture(empty, Pick("all"))


@given(st.lists(st.text(max_size=80), max_size=6))
def test_every_name_becomes_an_id_of_its_own(names: list[str]) -> None:
    ids: list[str] = []
    for name in names:
        ids.append(slug(name, ids))
    text = "schema = 1\n" + "".join(
        f'[[group]]\nid = "{each}"\nstems = ["{each}"]\n' for each in ids
    )
    reserved = {"master", "sum", "finish"}
    if ids and not {each.casefold() for each in ids} & reserved:
        assert [group.id for group in loads(text).groups] == ids


def test_a_plain_id_stays_what_it_is() -> None:
    assert [slug(name, []) for name in ("Vocals", "drum_bus-2", "a")] == [
        "Vocals", "drum_bus-2", "a",
    ]  # fmt: skip


def test_a_real_reaper_track_is_lifted(shared_data, tmp_path: Path) -> None:
    """The class id and state size stand in the project's text: 0x54B bytes of component."""
    path = shared_data("corpus/rpp/rppp__vst3-track-and-take-fx.RPP")
    found = capture(REAPER.read([path]), Pick("track", "kick"))
    (lifted,) = found.lifted
    assert lifted.device.id == "565354436F6D702374636F6D70726573"
    component = device_states.parse_vstpreset(lifted.state).component
    assert (len(component), component[:4]) == (0x54B, b"VstW")
    write_chain(found, tmp_path / "kick.toml")
    assert "# #TCompressor (Tracktion)" in (tmp_path / "kick.toml").read_text()


def test_a_plugin_on_one_channel_becomes_an_insert_on_it() -> None:
    session = with_devices(vst3(pins="left"), vst3(pins="right"), vst3(), vst3(pins="swapped"))
    found = capture(session, Pick("track", "Bus"))
    assert [each.insert.on for each in found.lifted] == ["left", "right", "stereo", "stereo"]
    assert [each.code for each in found.diagnostics] == ["pins_not_lifted"]
    assert "swapped" in found.diagnostics[0].message
