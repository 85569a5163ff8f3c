"""Plugins of Live sets: their states byte for byte, and the parameters automation moves."""

from __future__ import annotations

import hashlib
import re
import struct
from collections.abc import Callable
from typing import Any

import pytest
from lxml import etree

from sessions.model.session import PluginParameter
from sessions.states.device_states import parse_fxp, parse_vstpreset

LiveSets = Callable[[str], Any]

LIVE_9 = "dawtool__live9-patch-2-0point"
LIVE_10 = "abletoolz__10.1.3"
LIVE_11 = "abletoolz__11.0.12"
LIVE_12 = "abletoolz__12.2.6"


def test_vst3_states_are_the_bytes_of_the_set(live_set: LiveSets) -> None:
    live = live_set(LIVE_10)
    expected = {}
    for info in live.tree.iter("Vst3PluginInfo"):
        fields = info.xpath("./Uid/*/@Value")
        class_id = b"".join(struct.pack(">i", int(field)) for field in fields).hex().upper()
        states = [info.findtext(f".//{part}State", "") for part in ("Processor", "Controller")]
        expected[class_id] = tuple(bytes.fromhex("".join(state.split())) for state in states)
    told = {}
    for device in live.plugins:
        if device.state is not None:
            preset = parse_vstpreset(device.state.data)
            assert device.id == device.state.class_id == preset.class_id
            told[device.id] = (preset.component, preset.controller)
    assert told == expected
    assert "72C4DB717A4D459AB97E51745D84B39D" in told  # Pro-Q 3, as REAPER writes it too


def test_audio_unit_states_are_the_property_lists_of_the_set(live_set: LiveSets) -> None:
    live = live_set(LIVE_9)
    buffers = re.findall(rb"<AuPreset.*?<Buffer>([0-9A-F\s]*)</Buffer>", live.xml, re.DOTALL)
    expected = {hashlib.sha256(bytes.fromhex(each.decode())).hexdigest() for each in buffers}
    found = [device for device in live.plugins if device.state is not None]
    assert {device.state.as_json()["sha256"] for device in found if device.state} == expected
    assert {device.format for device in found} == {"AU"}
    saturn = next(device for device in found if device.name == "FF Saturn")
    assert (saturn.vendor, saturn.id) == ("FabFilter", "aumf FSat FabF")
    assert saturn.state is not None
    assert saturn.state.data.startswith(b"<?xml")


@pytest.mark.parametrize(
    ("kind", "state_kind", "held"),
    [
        (1178747752, "fxp_chunk", b"a bank"),
        (1182286443, "fxp_params", struct.pack("<48f", *[0.25] * 48)),
    ],
    ids=["bank", "parameters"],
)
def test_vst2_buffers_become_preset_files(
    changed: Callable[..., Any], kind: int, state_kind: str, held: bytes
) -> None:
    spaced = b" ".join(b"%02X" % byte for byte in held)

    def change(xml: bytes) -> bytes:
        xml = xml.replace(b"<Buffer />", b"<Buffer>\n\t%s\n</Buffer>" % spaced, 1)
        return xml.replace(b'<Type Value="1178747752" />', b'<Type Value="%d" />' % kind)

    device = changed("ableton-test__test", change).plugins[0]
    assert device.state is not None
    assert (device.format, device.id, device.state.kind) == ("VST2", "5065029", state_kind)
    preset = parse_fxp(device.state.data)
    assert preset.unique_id == 5065029
    assert (preset.data, preset.values) == (
        (held, ()) if state_kind == "fxp_chunk" else (b"", (0.25,) * 48)
    )


def test_plugins_without_a_state_are_reported_together(live_set: LiveSets) -> None:
    live = live_set(LIVE_12)
    told = [each for each in live.session.diagnostics if each.code == "missing_state"]
    assert [each.message for each in told] == [
        "1 plugins without a state in the set: Main: FabFilter Pro-L 2"
    ]
    assert live.plugins[0].vendor == "FabFilter"


def test_damaged_states_are_reported(changed: Callable[..., Any]) -> None:
    session = changed(
        LIVE_10, lambda xml: xml.replace(b"<ProcessorState>", b"<ProcessorState>XYZ")
    ).session
    assert "damaged_state" in {each.code for each in session.diagnostics}


@pytest.mark.parametrize(
    ("name", "form", "index", "own"), [(LIVE_11, "VST2", 7, None), (LIVE_11, "VST3", None, "2")]
)
def test_plugin_automation_says_which_parameter_it_moves(
    changed: Callable[..., Any], name: str, form: str, index: int | None, own: str | None
) -> None:
    """Live's ParameterId: a VST2's index, a VST3's ParamID; its line is added to a real set."""
    tag = {"VST2": "VstPluginInfo", "VST3": "Vst3PluginInfo"}[form]
    number = own or str(index)

    def moved(xml: bytes) -> bytes:
        root = etree.fromstring(xml, etree.XMLParser(huge_tree=True))
        track, value = next(
            (track, parameter.find("ParameterValue"))
            for track in root.iter("AudioTrack")
            for plugin in track.iter("PluginDevice")
            if plugin.find(f"PluginDesc/{tag}") is not None
            for parameter in plugin.iterfind("ParameterList/PluginFloatParameter")
            if parameter.find("ParameterId").get("Value") == number
        )
        envelopes = track.find("AutomationEnvelopes/Envelopes")
        target = value.find("AutomationTarget").get("Id")
        envelopes.append(
            etree.fromstring(
                f'<AutomationEnvelope Id="9"><EnvelopeTarget><PointeeId Value="{target}"/>'
                '</EnvelopeTarget><Automation><Events><FloatEvent Id="0" Time="0" Value="0.25"/>'
                '<FloatEvent Id="1" Time="4" Value="0.75"/></Events></Automation>'
                "</AutomationEnvelope>"
            )
        )
        return etree.tostring(root)

    session = changed(name, moved).session
    lines = [line for track in session.tracks for line in track.automation if line.parameter]
    (line,) = lines
    assert line.parameter == PluginParameter(index, own)
    assert (line.unit, [point.value for point in line.points]) == ("normalized", [0.25, 0.75])
