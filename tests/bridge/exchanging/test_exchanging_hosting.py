"""A plugin set by hand, its state through each DAW's own layout, hosted: the two null."""

from __future__ import annotations

import base64
import gzip
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bridge.exchanging import with_class_ids
from bridge.storing import Store
from sessions import Device, Session, Track, plugin_state
from sessions.formats.ableton import FORMAT as ABLETON
from sessions.formats.ardour import FORMAT as ARDOUR
from sessions.formats.dawproject import FORMAT as DAWPROJECT
from sessions.formats.reaper import FORMAT as REAPER
from sessions.formats.tracktion import FORMAT as TRACKTION
from sessions.plugin_state import parse_vstpreset
from sessions.writing import write_dawproject, write_rpp

SETTINGS = {
    "ZamCompX2": {"Threshold": "-27 dB", "Ratio": "6", "Makeup": "4 dB"},
    "ZamEQ2": {"Boost/Cut 1": "9 dB", "Frequency 1": "900 Hz"},
}


def device_of(name: str, preset: bytes) -> Device:
    state = plugin_state.vstpreset_file(preset)
    return Device(name, "Damien Zammit", "VST3", state.class_id or "", state=state)


def session_of(device: Device) -> Session:
    return Session("made", None, 48000, (Track("bus", "Bus", devices=(device,)),))


def reaper(folder: Path, device: Device) -> Session:
    write_rpp(session_of(device), folder / "s.rpp")
    return REAPER.read([folder / "s.rpp"])


def dawproject(folder: Path, device: Device) -> Session:
    write_dawproject(session_of(device), folder / "s.dawproject")
    return DAWPROJECT.read([folder / "s.dawproject"])


def ardour(folder: Path, device: Device) -> Session:
    """Ardour 7: <chunk> is base64 of a whole .vstpreset."""
    chunk = base64.b64encode(device.state.data).decode()
    path = folder / "s.ardour"
    path.write_text(
        f'<Session version="7002" name="s" sample-rate="48000"><Routes>'
        f'<Route version="7002" id="1" name="Bus" default-type="audio" active="1">'
        f'<Processor id="2" name="{device.name}" active="1" type="vst3" '
        f'unique-id="{device.id}" count="1"><vst3><chunk>{chunk}</chunk></vst3></Processor>'
        f"</Route></Routes></Session>"
    )
    return ARDOUR.read([path])


def ableton(folder: Path, device: Device) -> Session:
    """Live 11: hex in lines of 40 bytes; the class id as four signed numbers."""
    _, component, controller = parse_vstpreset(device.state.data)
    fields = struct.unpack(">4i", bytes.fromhex(device.id))
    uid = "".join(f'<Fields.{n} Value="{value}"/>' for n, value in enumerate(fields))

    def hexed(data: bytes) -> str:
        return "\n\t".join(data[at : at + 40].hex().upper() for at in range(0, len(data), 40))

    path = folder / "s.als"
    path.write_bytes(
        gzip.compress(
            (
                '<?xml version="1.0" encoding="UTF-8"?>\n<Ableton MajorVersion="5" '
                'MinorVersion="11.0_11300" Creator="Ableton Live 11.3.42"><LiveSet><Tracks>'
                '<AudioTrack Id="12"><Name><EffectiveName Value="Bus"/></Name><DeviceChain>'
                '<DeviceChain><Devices><PluginDevice Id="1"><On><Manual Value="true"/></On>'
                '<PluginDesc><Vst3PluginInfo Id="0"><Preset><Vst3Preset Id="0">'
                f"<ProcessorState>\n\t{hexed(component)}\n</ProcessorState>"
                f"<ControllerState>\n\t{hexed(controller or b'')}\n</ControllerState>"
                f'</Vst3Preset></Preset><Name Value="{device.name}"/><Uid>{uid}</Uid>'
                "</Vst3PluginInfo></PluginDesc></PluginDevice></Devices></DeviceChain>"
                "</DeviceChain></AudioTrack></Tracks></LiveSet></Ableton>"
            ).encode()
        )
    )
    return ABLETON.read([path])


def tracktion(folder: Path, device: Device) -> Session:
    """Waveform: what a JUCE host saves, in JUCE's base64, and no class id."""
    _, component, controller = parse_vstpreset(device.state.data)
    raw = plugin_state.build_juce(component, controller)
    state = plugin_state.to_juce_base64(raw).decode()
    path = folder / "s.tracktionedit"
    path.write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n<EDIT appVersion="Waveform 10.1.5" '
        f'projectID="1/1"><TRACK id="4" name="Bus"><PLUGIN type="vst" uid="abc" '
        f'filename="/usr/lib/vst3/{device.name}.vst3" name="{device.name}" '
        f'manufacturer="Damien Zammit" id="9" enabled="1" state="{state}"/></TRACK></EDIT>'
    )
    return with_class_ids(TRACKTION.read([path]), Store(folder / "store"))


LAYOUTS: dict[str, Callable[[Path, Device], Session]] = {
    "reaper": reaper,
    "dawproject": dawproject,
    "ardour": ardour,
    "ableton": ableton,
    "tracktion": tracktion,
}


@pytest.fixture(scope="module")
def by_hand() -> dict[str, tuple[bytes, np.ndarray]]:
    """Per plugin: its state set by hand, and what it makes of music."""
    return {}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", SETTINGS)
def test_a_state_through_a_daws_layout_nulls_with_the_plugin_set_by_hand(
    layout: str, name: str, plugins, by_hand, tmp_path: Path
) -> None:
    if name not in by_hand:
        made = plugins.preset(name, **SETTINGS[name])
        by_hand[name] = made, plugins.heard(name, made)
    preset, expected = by_hand[name]
    read = LAYOUTS[layout](tmp_path, device_of(name, preset))
    (device,) = (each for track in read.tracks for each in track.devices)
    assert device.id == plugins.plugin(name).class_id
    assert device.state.kind == "vst3"
    theirs, ours = parse_vstpreset(device.state.data), parse_vstpreset(preset)
    assert theirs.component == ours.component
    assert (theirs.controller or b"") == (ours.controller or b"")
    assert np.array_equal(plugins.heard(name, device.state.data), expected)


@pytest.mark.parametrize("name", SETTINGS)
def test_the_settings_by_hand_are_heard(name: str, plugins, by_hand) -> None:
    """The null above means something: at rest the plugin sounds otherwise."""
    if name not in by_hand:
        made = plugins.preset(name, **SETTINGS[name])
        by_hand[name] = made, plugins.heard(name, made)
    difference = plugins.heard(name, plugins.preset(name)) - by_hand[name][1]
    assert 20 * np.log10(np.abs(difference).max()) > -40
