"""Plugin states: every layout taken apart and put together again, byte for byte."""

from __future__ import annotations

import contextlib
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from sessions.formats.reaper import plugin_data
from sessions.states import device_states

SharedData = Callable[[str], Path]

CLASS_ID = "72C4DB717A4D459AB97E51745D84B39D"
PARTS = st.binary(max_size=300)


@given(PARTS, st.none() | PARTS)
def test_a_vst3_state_becomes_a_preset_and_comes_back(
    component: bytes, controller: bytes | None
) -> None:
    state = device_states.vst3(CLASS_ID, component, controller)
    assert (state.kind, state.class_id) == ("vst3", CLASS_ID)
    taken = device_states.parse_vstpreset(state.data)
    assert taken == (CLASS_ID, component, controller or None)
    assert device_states.vst3(*taken).data == state.data


def test_a_preset_has_the_layout_of_the_sdk() -> None:
    data = device_states.vst3(CLASS_ID, b"component", b"ctrl").data
    assert data[:8] == b"VST3" + struct.pack("<i", 1)
    assert data[8:40] == CLASS_ID.encode()
    (at,) = struct.unpack_from("<q", data, 40)
    assert data[48:at] == b"componentctrl"
    assert data[at : at + 8] == b"List" + struct.pack("<i", 2)
    assert data[at + 8 :] == (
        b"Comp" + struct.pack("<qq", 48, 9) + b"Cont" + struct.pack("<qq", 57, 4)
    )


def test_a_preset_saved_by_a_host_keeps_its_bytes(shared_data: SharedData) -> None:
    data = shared_data("corpus/vstpreset/pedalboard__CHOWTapeModel.vst3.vstpreset").read_bytes()
    state = device_states.vstpreset_file(data)
    assert state.data == data
    assert state.class_id == data[8:40].decode()
    (at,) = struct.unpack_from("<q", data, 40)
    assert device_states.parse_vstpreset(data).component == data[48:at]


@pytest.mark.parametrize(
    "text",
    ["{72c4db71-7a4d-459a-b97e-51745d84b39d}", "72C4DB717A4D459AB97E51745D84B39D"],
)
def test_class_ids_have_one_form(text: str) -> None:
    assert device_states.canonical_class_id(text) == CLASS_ID


@pytest.mark.parametrize("text", ["", "72C4", "Z" * 32, "0" * 33])
def test_what_is_no_class_id_is_told(text: str) -> None:
    with pytest.raises(device_states.StateError, match="class id"):
        device_states.canonical_class_id(text)


@given(st.data())
def test_a_damaged_preset_raises_nothing_else(data: st.DataObject) -> None:
    good = device_states.vst3(CLASS_ID, b"component", b"ctrl").data
    at = data.draw(st.integers(0, len(good) - 1))
    junk = good[:at] + data.draw(st.binary(max_size=8)) + good[at + 1 :]
    for parse in (device_states.parse_vstpreset, device_states.parse_fxp, device_states.parse_juce):
        with contextlib.suppress(device_states.StateError):
            assert parse(junk)


@given(PARTS, st.booleans())
def test_a_vst2_chunk_comes_back(chunk: bytes, bank: bool) -> None:
    state = device_states.fxp(0x5A656261, chunk, bank=bank, name="Größe" * 9)
    taken = device_states.parse_fxp(state.data)
    assert (taken.kind, taken.unique_id, taken.data) == (
        "FBCh" if bank else "FPCh",
        0x5A656261,
        chunk,
    )
    assert bank or ("Größe" * 9).startswith(taken.name)
    assert device_states.fxp_file(state.data) == state


def test_the_head_of_an_fxp_is_big_endian_and_counts_what_follows() -> None:
    data = device_states.fxp(1919247213, b"xyz", bank=True).data
    assert data[:4] == b"CcnK"
    assert struct.unpack_from(">i", data, 4) == (len(data) - 8,)
    assert data[8:12] == b"FBCh"
    assert data[16:20] == b"recm"
    assert data[156:] == struct.pack(">i", 3) + b"xyz"


@given(st.lists(st.floats(0, 1, width=32), max_size=40))
def test_vst2_parameters_come_back(values: list[float]) -> None:
    state = device_states.fxp_params(7, values, name="A")
    assert state.kind == "fxp_params"
    assert device_states.parse_fxp(state.data).values == tuple(values)


@given(PARTS)
def test_juce_base64_comes_back(data: bytes) -> None:
    assert device_states.from_juce_base64(device_states.to_juce_base64(data)) == data


def test_juce_base64_as_waveform_wrote_it() -> None:
    text = b"48.v.v+w+uyw.v+w+uyx.v+w+uyy.v+w+uyz.v+w+uy0.v+w+uy1.v+w+uy2.v+w+uy"
    data = device_states.from_juce_base64(text)
    assert data == b"".join(b"%d\0\xff\xf1\xff\xce" % digit for digit in range(8))
    assert device_states.to_juce_base64(data) == text


@given(PARTS, st.none() | PARTS)
def test_a_juce_state_comes_back(component: bytes, controller: bytes | None) -> None:
    raw = device_states.build_juce(component, controller)
    assert device_states.parse_juce(raw) == (component, controller)


# In a child: the plugin leaves the process's floating-point mode changed.
SAVED_BY_PEDALBOARD = """
import sys, pedalboard
plugin = pedalboard.load_plugin(sys.argv[1])
print(plugin.raw_state.hex(), plugin.preset_data.hex())
"""


def test_a_juce_state_has_the_bytes_pedalboard_saves() -> None:
    bundle = Path("/usr/lib/vst3/ZamCompX2.vst3")
    if not bundle.exists():
        pytest.skip("zam-plugins are not installed")
    command = [sys.executable, "-c", SAVED_BY_PEDALBOARD, str(bundle)]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    raw, preset = map(bytes.fromhex, said.split()[-2:])
    assert device_states.build_juce(*device_states.parse_juce(raw)) == raw
    assert device_states.juce(device_states.parse_vstpreset(preset).class_id, raw).data == preset


@given(PARTS, st.none() | PARTS.filter(bool), st.integers(1, 64))
def test_reapers_lines_come_back(component: bytes, controller: bytes | None, channels: int) -> None:
    preset = device_states.vst3(CLASS_ID, component, controller).data
    lines = plugin_data.vst3_lines(preset, 756089518, channels, "Größe")
    data = plugin_data.parse_vst(lines)
    assert data is not None
    assert (data.unique_id, data.program, data.missing_bytes) == (756089518, "Größe", 0)
    assert data.inputs == tuple(1 << pin for pin in range(channels))
    assert plugin_data.split_vst3(data.data) == (component, controller)
