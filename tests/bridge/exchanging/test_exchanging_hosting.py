"""Plugins set by hand, their states through each DAW's own layout, hosted: the two null.

By hand is a child of its own that knows nothing of ours: dawdreamer sets the parameters one by one,
renders, and saves. Every state goes through every layout, byte for byte; a plugin is then hosted
from one of them, and ZamCompX2 from all. STEMWRIGHT_ALL_PLUGINS=1 hosts every plugin from every
layout; without it those are left out that are built as another one is, and the slow ones.
"""

from __future__ import annotations

import base64
import gzip
import json
import os
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from bridge.exchanging import Pick, capture, with_class_ids
from bridge.hosting import HostedInsert, RunJob, describe, host, scan
from bridge.plugins import Plugin, Wanted
from bridge.storing import Store
from sessions import Device, Session, Track
from sessions.formats.ableton.reader import FORMAT as ABLETON
from sessions.formats.ardour.reader import FORMAT as ARDOUR
from sessions.formats.dawproject.reader import FORMAT as DAWPROJECT
from sessions.formats.dawproject.writer import write_dawproject
from sessions.formats.reaper.reader import FORMAT as REAPER
from sessions.formats.reaper.writer import write_rpp
from sessions.formats.studio_one.reader import FORMAT as STUDIO_ONE
from sessions.formats.tracktion.reader import FORMAT as TRACKTION
from sessions.states import device_states
from sessions.states.device_states import parse_vstpreset

Audio = npt.NDArray[np.float32]

ALL = os.environ.get("STEMWRIGHT_ALL_PLUGINS") == "1"
FRAMES, RATE_HZ = 47 * 512, 48000
TAIL_FRAMES = 1024

SETTINGS: dict[str, dict[str, float]] = {
    "ZaMaximX2": {"Release": 0.6, "Output Ceiling": 0.9, "Threshold": 0.5},
    "ZaMultiComp": {"Threshold 1": 0.35, "Ratio1": 0.5, "Makeup 1": 0.2, "ZamComp 1 ON": 1.0},
    "ZaMultiCompX2": {"Threshold 1": 0.35, "Ratio1": 0.5, "Makeup 1": 0.2, "ZamComp 1 ON": 1.0},
    "ZamComp": {"Threshold": 0.5, "Ratio": 0.4, "Makeup": 0.2},
    "ZamCompX2": {"Threshold": 0.5, "Ratio": 0.4, "Makeup": 0.2},
    "ZamDelay": {"Time": 0.01, "Feedback": 0.4, "Dry/Wet": 0.7},
    "ZamDynamicEQ": {"Threshold": 0.5, "Ratio": 0.6, "Low Shelf": 1.0},
    "ZamEQ2": {"Boost/Cut 1": 0.9, "Frequency 1": 0.06, "Peaks ON": 1.0, "Master Gain": 0.6},
    "ZamGEQ31": {"Master Gain": 0.6, "999Hz": 0.8, "100Hz": 0.3},
    "ZamGate": {"Threshold": 0.6, "Makeup": 0.6, "Attack": 0.02},
    "ZamGateX2": {"Threshold": 0.6, "Makeup": 0.6, "Attack": 0.02},
    "ZamGrains": {"Grains": 0.1, "Grain Speed": 0.1, "Loop time": 0.3},
    "ZamHeadX2": {"Width": 0.7},
    "ZamPhono": {"Phono Filter Type": 0.25, "Reproduction/Production": 1.0},
    "ZamTube": {"Tube Drive": 0.5, "Bass": 0.8, "Input level": 0.55},
    "ZamVerb": {"Wet / Dry": 0.8, "Master level": 0.6},
}
"""Parameters as the plugin calls them, from 0 to 1; ZamAutoSat has none to set."""

LEFT_OUT = {
    "ZaMultiComp": "ZaMultiCompX2",
    "ZamComp": "ZamCompX2",
    "ZamGate": "ZamCompX2",
    "ZamGateX2": "ZamCompX2",
    "ZamDynamicEQ": "ZamEQ2",
    "ZamGrains": "ZamDelay",
    "ZamHeadX2": "ZamTube",
    "ZamVerb": "ZamTube",
}
"""What is hosted only with all, and which stays that has parameters and a state like it."""
HOSTED = [name for name in SETTINGS if ALL or name not in LEFT_OUT]
THREADED = ("ZamHeadX2", "ZamVerb")
"""Their convolution runs in threads of its own: on a busy machine a block may come late."""

BY_HAND = """
import json, os, sys
import numpy as np
import dawdreamer as dd

bundle, folder, values, rate, tail = sys.argv[1], sys.argv[2], *map(json.loads, sys.argv[3:6])
engine = dd.RenderEngine(rate, 512)

def rendered(name, values):
    plugin = engine.make_plugin_processor(name, bundle)
    at = {each["name"]: each["index"] for each in plugin.get_parameters_description()}
    for parameter, value in values.items():
        plugin.set_parameter(at[parameter], value)
    fed = np.fromfile(folder + "/in.f32", "<f4").reshape(-1, 2).T
    fed = np.pad(fed[: plugin.get_num_input_channels()], ((0, 0), (0, tail)))
    engine.load_graph([(engine.make_playback_processor("in", fed), []), (plugin, ["in"])])
    engine.render((fed.shape[1] + 0.5) / rate)
    engine.get_audio().T.astype("<f4").tofile(f"{folder}/{name}.f32")
    return plugin, {parameter: plugin.get_parameter_text(at[parameter]) for parameter in values}

plugin, texts = rendered("hand", values)
plugin.save_state(folder + "/hand.state")
channels = plugin.get_num_input_channels(), plugin.get_num_output_channels()
if values:
    rendered("rest", {})
with open(folder + "/hand.json", "w") as file:
    json.dump({"channels": channels, "texts": texts}, file)
os._exit(0)
"""


@dataclass(frozen=True)
class Hand:
    """A plugin set by hand: its state, its display texts, and what it made of the music."""

    plugin: Plugin
    preset: bytes
    texts: dict[str, str]
    channels: tuple[int, int]
    heard: Audio
    at_rest: Audio
    folder: Path


def music() -> Audio:
    """A swelling noise burst; (2, frames) float32, left and right of their own."""
    rng = np.random.default_rng(3)
    swell = 0.5 + 0.5 * np.sin(np.arange(FRAMES) / 2000)
    return np.asarray(rng.standard_normal((2, FRAMES)) * 0.2 * swell, np.float32)


def set_by_hand(plugin: Plugin, folder: Path) -> Hand:
    folder.mkdir()
    music().T.astype("<f4").tofile(folder / "in.f32")
    words = [json.dumps(each) for each in (SETTINGS.get(plugin.name, {}), RATE_HZ, TAIL_FRAMES)]
    command = [sys.executable, "-c", BY_HAND, str(plugin.path), str(folder), *words]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    told = json.loads((folder / "hand.json").read_text())
    component, controller = device_states.parse_juce((folder / "hand.state").read_bytes())
    outputs = told["channels"][1]
    sounds = [folder / f"{name}.f32" for name in ("hand", "rest")]
    heard = [np.fromfile(each, "<f4").reshape(-1, outputs).T for each in sounds if each.exists()]
    preset = device_states.vst3(plugin.class_id, component, controller).data
    return Hand(plugin, preset, told["texts"], tuple(told["channels"]), heard[0], heard[-1], folder)


@pytest.fixture(scope="module")
def hands(zam: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Hand]:
    """Every plugin, each set by hand in a child of its own, two at a time."""
    names = [*HOSTED, "ZamAutoSat"]
    top = tmp_path_factory.mktemp("by hand")
    paths = [zam(name) for name in names]
    found = scan([Wanted(path=path) for path in paths], [], trusted=paths).plugins
    with ThreadPoolExecutor(2) as pool:
        done = pool.map(lambda plugin: set_by_hand(plugin, top / plugin.name), found)
        return {hand.plugin.name: hand for hand in done}


def device_of(name: str, preset: bytes) -> Device:
    state = device_states.vstpreset_file(preset)
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
    raw = device_states.build_juce(component, controller)
    state = device_states.to_juce_base64(raw).decode()
    path = folder / "s.tracktionedit"
    path.write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n<EDIT appVersion="Waveform 10.1.5" '
        f'projectID="1/1"><TRACK id="4" name="Bus"><PLUGIN type="vst" uid="abc" '
        f'filename="/usr/lib/vst3/{device.name}.vst3" name="{device.name}" '
        f'manufacturer="Damien Zammit" id="9" enabled="1" state="{state}"/></TRACK></EDIT>'
    )
    return with_class_ids(TRACKTION.read([path]), Store(folder / "store"))


def studio_one(folder: Path, device: Device) -> Session:
    """A .song: every insert's preset is a .vstpreset of its own in the zip."""
    path = f"Presets/Channels/Bus/1 - {device.name}.vstpreset"
    mixer = (
        '<AudioMixer><Attributes x:id="channels"><AudioGroupChannel label="Bus">'
        '<UID x:id="uniqueID" uid="{B}"/><Attributes x:id="Inserts"><Attributes name="FX01">'
        f'<Attributes x:id="deviceData" name="{device.name}"/><String x:id="presetPath" '
        f'text="{path}"/></Attributes></Attributes></AudioGroupChannel></Attributes></AudioMixer>'
    )
    with zipfile.ZipFile(folder / "s.song", "w") as archive:
        archive.writestr("Song/song.xml", '<Song><Attributes x:id="Root"/></Song>')
        archive.writestr("Devices/audiomixer.xml", mixer)
        archive.writestr(path, device.state.data)
    return STUDIO_ONE.read([folder / "s.song"])


LAYOUTS: dict[str, Callable[[Path, Device], Session]] = {
    "reaper": reaper,
    "dawproject": dawproject,
    "ardour": ardour,
    "ableton": ableton,
    "tracktion": tracktion,
    "studio_one": studio_one,
}


def through(layout: str, hand: Hand, folder: Path) -> Device:
    """The device that a reader finds in a session of that layout."""
    session = LAYOUTS[layout](folder, device_of(hand.plugin.name, hand.preset))
    (device,) = (each for track in session.tracks for each in track.devices)
    return device


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", [*HOSTED, "ZamAutoSat"])
def test_a_state_comes_out_of_a_daws_layout_byte_for_byte(
    layout: str, name: str, hands: dict[str, Hand], tmp_path: Path
) -> None:
    hand = hands[name]
    device = through(layout, hand, tmp_path)
    assert (device.format, device.id) == ("VST3", hand.plugin.class_id)
    assert device.state.kind == "vst3"
    assert device.state.data == hand.preset


def hosted_from() -> list[tuple[str, str]]:
    """Which plugins are hosted from which layouts."""
    layouts = list(LAYOUTS)
    turns = [(name, layouts[at % len(layouts)]) for at, name in enumerate(HOSTED)]
    every = [(name, layout) for name in HOSTED for layout in layouts]
    some = {*turns, *(pair for pair in every if pair[0] == "ZamCompX2")}
    return every if ALL else [pair for pair in every if pair in some]


def figure(text: str) -> str:
    """A number without the noise of single precision; any other word as it is."""
    try:
        return f"{float(text):.6g}"
    except ValueError:
        return text


@pytest.mark.parametrize(("name", "layout"), hosted_from())
def test_a_state_through_a_daws_layout_nulls_with_the_plugin_set_by_hand(
    name: str, layout: str, hands: dict[str, Hand], tmp_path: Path
) -> None:
    """In a child: every parameter set by hand reads the same, and the sound is the same bits."""
    hand = hands[name]
    state = tmp_path / "state.vstpreset"
    state.write_bytes(through(layout, hand, tmp_path).state.data)
    parameters = {each.name: each for each in describe(hand.plugin, state=state).parameters}
    texts = {each: parameters[each].value.split(" ")[0] for each in hand.texts}
    assert texts == {each: figure(text) for each, text in hand.texts.items()}
    assert all(parameters[each].value != parameters[each].default for each in hand.texts)
    for _ in range(3 if name in THREADED else 1):
        heard, latency_frames = hosted(hand, state, tmp_path)
        expected = hand.heard[:, latency_frames : latency_frames + FRAMES]
        same = np.array_equal(heard[: len(expected)], expected)
        if same:
            break
    assert latency_frames == (480 if name == "ZaMaximX2" else 0)
    assert same


def hosted(hand: Hand, state: Path | None, folder: Path) -> tuple[Audio, int]:
    """The music through our host, and the latency it took out; (2, frames) float32."""
    inputs, outputs = hand.channels
    insert = HostedInsert("test/plugin", hand.plugin, state, inputs=inputs, outputs=outputs)
    fed, out = hand.folder / "in.f32", folder / "out.f32"
    done = host("dawdreamer").run(RunJob(insert, fed, out, FRAMES, RATE_HZ))
    return np.fromfile(out, "<f4").reshape(-1, 2).T, done.latency_frames


@pytest.mark.parametrize("name", HOSTED)
def test_the_settings_by_hand_are_heard(name: str, hands: dict[str, Hand]) -> None:
    """The nulls above mean something: at rest the plugin sounds otherwise."""
    difference = np.abs(hands[name].heard - hands[name].at_rest).max()
    assert 20 * np.log10(difference) > -40


def test_a_plugin_that_keeps_nothing_is_lifted_without_a_state(
    hands: dict[str, Hand], tmp_path: Path
) -> None:
    """ZamAutoSat saves nothing, and refuses it back: hosted without, it sounds as by hand."""
    hand = hands["ZamAutoSat"]
    assert parse_vstpreset(hand.preset)[1:] == (b"\0", None)
    session = reaper(tmp_path, device_of(hand.plugin.name, hand.preset))
    found = capture(session, Pick("track", "Bus"))
    assert [each.state for each in found.lifted] == [None]
    assert [each.code for each in found.diagnostics] == ["empty_state"]
    heard, _ = hosted(hand, None, tmp_path)
    assert np.array_equal(heard[:1], hand.heard[:, :FRAMES])
