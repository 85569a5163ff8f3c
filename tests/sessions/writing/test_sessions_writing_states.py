"""Plugin states in written projects, each where its format keeps it, byte for byte."""

from __future__ import annotations

import base64
import struct
from dataclasses import replace

import pytest

from sessions import Device, DeviceState
from sessions.formats.reaper.plugin_data import pin_mapping, reaper_id
from sessions.states import device_states

KINDS = ("dawproject", "rpp")
PRO_Q = "72C4DB717A4D459AB97E51745D84B39D"
COMP = "565354436F6D702374636F6D70726573"


def test_a_vst3_chunk_lies_as_reaper_writes_it(song, tmp_path, written) -> None:
    """Own parse of the text: header, sizes, component, controller, by the layout's numbers."""
    path, _ = written("rpp", song, tmp_path)
    lines = path.read_text(encoding="utf-8").splitlines()
    at = next(i for i, line in enumerate(lines) if "VST3: Pro-Q 3 (FabFilter)" in line)
    assert f"756089518{{{PRO_Q}}}" in lines[at]
    end = next(i for i in range(at, len(lines)) if lines[i].strip() == ">")
    parts = [base64.b64decode(line.strip()) for line in lines[at + 1 : end]]
    data = b"".join(parts[:-1])
    assert struct.unpack_from("<II", data) == (756089518, 0xFEED5EEE)
    size, flag = struct.unpack_from("<II", data, 8 + 2 * (4 + 16))
    body = data[-size:]
    assert flag == 1
    component = bytes(range(256)) * 3
    assert body == (
        struct.pack("<II", len(component), 1)
        + component
        + struct.pack("<II", 18, 0)
        + b"controller \0 state"
    )


@pytest.mark.parametrize(
    ("class_id", "number"),
    [(PRO_Q, 756089518), (COMP, 457774091), ("4D656C646170726F4D7574694D757469", 1423054497)],
)
def test_reapers_number_of_a_vst3_is_the_one_it_wrote_itself(class_id: str, number: int) -> None:
    assert reaper_id(class_id) == number


@pytest.mark.parametrize("kind", KINDS)
def test_a_vst2s_program_and_its_parameters_come_back(kind, song, tmp_path, written) -> None:
    """REAPER asks VST2s for banks: a program's chunk comes back as a bank's, the bytes the same."""
    states = (
        device_states.fxp(1919247729, b"program" * 40, name="Loud"),
        device_states.fxp_params(1919247729, (0.0, 0.25, 1.0), name="Soft"),
    )
    devices = tuple(Device("ReaEQ", "Cockos", "VST2", "1919247729", state=each) for each in states)
    track = replace(song.tracks[3], devices=devices, automation=(), sends=())
    _, back = written(kind, replace(song, tracks=(track,)), tmp_path)
    chunk, values = [device_states.parse_fxp(each.state.data) for each in back.tracks[0].devices]
    assert (chunk.unique_id, chunk.data) == (1919247729, b"program" * 40)
    assert (values.unique_id, values.values, values.name) == (1919247729, (0.0, 0.25, 1.0), "Soft")


@pytest.mark.parametrize("kind", KINDS)
def test_other_states_are_carried_as_they_are(kind, song, tmp_path, written) -> None:
    """CLAP and JS in REAPER; in a DAWproject every state, whoever can use it."""
    devices = (
        Device("Surge", "Synth", "CLAP", "org.surge", state=DeviceState("clap", b"clap" * 60)),
        Device("DDC", "", "JS", "loser/DDC", state=DeviceState("js", b"-20 20 39 0.5")),
        Device("Mda", "mda", "LV2", "urn:mda", state=DeviceState("lv2", b"clap lv2" * 60)),
    )
    track = replace(song.tracks[3], devices=devices, automation=(), sends=())
    _, back = written(kind, replace(song, tracks=(track,)), tmp_path)
    found = back.tracks[0].devices
    assert [each.state.data for each in found] == [each.state.data for each in devices]
    assert [each.id for each in found] == [each.id for each in devices]


@pytest.mark.parametrize("pins", [None, "left", "right", "swapped"])
def test_pins_come_back_as_reaper_connects_them(pins, song, tmp_path, written) -> None:
    """Masks of track channels, a u64 a pin (VST header of REAPER's layout)."""
    first, *others = song.tracks
    eq = replace(next(each for each in song_devices(song) if each.name == "Pro-Q 3"), pins=pins)
    wired = replace(song, tracks=(replace(first, devices=(eq,)), *others))
    path, back = written("rpp", wired, tmp_path)
    (found,) = (each for track in back.tracks[:1] for each in track.devices)
    assert found.pins == pins
    masks = {None: (1, 2), "left": (1, 0), "right": (0, 2), "swapped": (2, 1)}[pins]
    head = struct.pack("<II", 756089518, 0xFEED5EEE) + 2 * struct.pack("<I2Q", 2, *masks)
    lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    assert any(base64.b64encode(head)[:60].decode() in line for line in lines)


@pytest.mark.parametrize(
    ("inputs", "outputs", "told"),
    [
        ((1, 2), (1, 2), None),
        ((1, 2, 4, 8), (1, 2), None),
        ((), (1, 2, 4, 8, 16, 32), None),
        ((1,), (3,), None),
        ((1, 0), (1, 0), "left"),
        ((0, 2), (0, 2), "right"),
        ((2, 1), (2, 1), "swapped"),
        ((3, 3), (1, 2), "in 1+2 1+2, out 1 2"),
        ((4, 8), (4, 8), "in 3 4, out 3 4"),
        ((1, 2), (3, 3), "in 1 2, out 1+2 1+2"),
        ((1, 2, 1), (1, 2), "in 1 2 1, out 1 2"),
    ],
)
def test_what_pins_are_connected_to_is_told(inputs, outputs, told) -> None:
    assert pin_mapping(inputs, outputs) == told


def song_devices(song):
    return [device for track in song.tracks for device in track.devices]
