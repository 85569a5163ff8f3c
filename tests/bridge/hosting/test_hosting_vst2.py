"""VST2 in dawdreamer: identity, states, parameters by text, and the one side-chain there is."""

from __future__ import annotations

import plistlib
import struct
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from bridge.hosting import PrepareJob, describe, scan, search_folders
from bridge.hosting.answers import PluginClass
from bridge.hosting.finding.audio_unit import audio_unit_class_id as au_class_id, components
from bridge.hosting.finding.bundles import bundles, format_of
from bridge.plugins import Plugin, Wanted, find
from sessions.states.device_states import fxp_unique_id
from stemwright.problems import InputError, RenderError

Audio = npt.NDArray[np.float32]
VST2 = Path("/usr/lib/vst")


@pytest.fixture(scope="module")
def vst2() -> Callable[[str], Plugin]:
    def get(name: str) -> Plugin:
        path = VST2 / f"{name}-vst.so"
        if not path.exists():
            pytest.skip(f"no {path.name}: install zam-plugins")
        (found,) = scan([Wanted(path=path)], [], trusted=[path]).plugins
        return found

    return get


def unique_id(four: str) -> str:
    return four.encode().hex().upper()


def test_identity_is_the_unique_id(vst2: Callable[[str], Plugin]) -> None:
    found = vst2("ZamCompX2")
    assert (found.name, found.vendor, found.version) == ("ZamCompX2", "Damien Zammit", "4.1.0")
    assert (found.format, found.class_id) == ("VST2", unique_id("ZCP2"))


def test_a_name_means_the_vst3_and_a_format_the_other(vst2: Callable[[str], Plugin]) -> None:
    vst2("ZamCompX2")
    found = scan([Wanted(name="ZamCompX2")], search_folders())
    assert [each.format for each in find(found, Wanted(name="ZamCompX2"))] == ["VST3"]
    wanted = Wanted(name="ZamCompX2", format="VST2")
    assert [each.format for each in find(found, wanted)] == ["VST2"]


def test_only_libraries_that_export_a_vst2_count(tmp_path: Path) -> None:
    (tmp_path / "some.so").write_bytes(b"\x7fELF" + bytes(100))
    (tmp_path / "plugin.so").write_bytes(b"\x7fELF\0VSTPluginMain\0")
    (tmp_path / "empty.so").write_bytes(b"")
    found = bundles([tmp_path])
    expected = ["plugin.so"] if sys.platform == "linux" else []
    assert [each.name for each in found] == expected
    assert scan([], [tmp_path]).plugins == ()


def test_parameters_are_found_by_their_text(bench: Any, vst2: Callable[[str], Plugin]) -> None:
    plugin = vst2("ZamCompX2")
    prepared = bench.prepare(plugin, ("threshold", "-18 dB"), ("Ratio", "3"), ("Sidechain", "1"))
    shown = dict(prepared.read_back)
    assert float(shown["Threshold"].split()[0]) == pytest.approx(-18, abs=1e-4)
    assert float(shown["Ratio"]) == pytest.approx(3, abs=1e-4)
    assert dict(prepared.raw_params)["Threshold"] == pytest.approx(62 / 80, abs=1e-5)
    assert (prepared.inputs, prepared.outputs, prepared.preset) == (2, 2, None)
    with pytest.raises(InputError) as caught:
        bench.prepare(plugin, ("Treshold", "-1"), ("Ratio", "loud"), ("Makeup", "99 dB"))
    assert [each.kind for each in caught.value.problems] == [
        "unknown_parameter",
        "parameter_refused",
        "parameter_refused",
    ]


def test_it_sounds_as_the_vst3_with_the_same_settings(
    bench: Any, music: Audio, vst2: Callable[[str], Plugin]
) -> None:
    asked = ("Threshold", "-30 dB"), ("Ratio", "6"), ("Makeup", "3 dB")
    theirs, _ = bench.run(bench.insert("ZamCompX2", *asked), music)
    ours, result = bench.run(inserted(bench, vst2("ZamCompX2"), *asked), music)
    np.testing.assert_allclose(ours, theirs, atol=2e-6)
    assert (result.host, result.latency_frames) == ("dawdreamer", 0)


def inserted(bench: Any, plugin: Plugin, *params: tuple[str, str]) -> Any:
    prepared = bench.prepare(plugin, *params)
    return replace(bench.insert("gain"), plugin=plugin, preset=None, raw_params=prepared.raw_params)


@pytest.mark.parametrize("name", ["ZamCompX2", "ZamComp"])
def test_a_key_presses_the_sound_down_and_a_silent_one_changes_nothing(
    bench: Any, vst2: Callable[[str], Plugin], name: str
) -> None:
    rng = np.random.default_rng(11)
    quiet = rng.uniform(-0.1, 0.1, (2, 48000)).astype(np.float32)
    loud = rng.uniform(-1, 1, (2, 48000)).astype(np.float32)
    asked = ("Sidechain", "1"), ("Threshold", "-56 dB"), ("Ratio", "20")
    insert = inserted(bench, vst2(name), *asked)
    key = bench.folder / "key.f32"
    outs = {}
    for kind, audio in (("silent", 0 * loud), ("loud", loud)):
        audio.T.tofile(key)
        outs[kind], _ = bench.run(replace(insert, key_input=key), quiet)
    alone, _ = bench.run(insert, quiet)
    np.testing.assert_array_equal(outs["silent"], alone)
    pressed_db = 20 * np.log10(
        np.abs(outs["loud"][:, 24000:]).max() / np.abs(alone[:, 24000:]).max()
    )
    assert -60 < pressed_db < -25


def test_a_vst2_without_a_key_input_refuses_a_key(
    bench: Any, music: Audio, vst2: Callable[[str], Plugin]
) -> None:
    insert = inserted(bench, vst2("ZamEQ2"))
    with pytest.raises(RenderError) as caught:
        bench.run(replace(insert, key_input=bench.folder / "in.f32"), music)
    assert caught.value.problems[0].kind == "key_unreachable"


def fxp(four: str, values: list[float]) -> bytes:
    """An .fxp of plain parameters (VST 2.4 SDK, vstfxstore.h)."""
    body = struct.pack(">4si4sii28s", b"FxCk", 1, four.encode(), 1, len(values), b"")
    body += struct.pack(f">{len(values)}f", *values)
    return b"CcnK" + struct.pack(">i", len(body)) + body


def test_an_fxp_is_a_state(
    bench: Any, music: Audio, tmp_path: Path, vst2: Callable[[str], Plugin]
) -> None:
    plugin = vst2("ZamCompX2")
    insert = inserted(bench, plugin, ("Threshold", "-30 dB"), ("Ratio", "6"))
    by_name, _ = bench.run(insert, music)
    count = len(describe(plugin).parameters)
    defaults = [float(each) for each in raw_defaults(plugin, count)]
    for name, value in insert.raw_params:
        defaults[[each.name for each in describe(plugin).parameters].index(name)] = value
    state = tmp_path / "state.fxp"
    state.write_bytes(fxp("ZCP2", defaults))
    prepared = bench.host.prepare(PrepareJob(plugin, state, step_id="vox/air"))
    assert prepared.preset == state.read_bytes()
    by_state, _ = bench.run(replace(insert, preset=state, raw_params=()), music)
    np.testing.assert_array_equal(by_state, by_name)


def raw_defaults(plugin: Plugin, count: int) -> list[str]:
    code = (
        "import os, sys, dawdreamer\n"
        "engine = dawdreamer.RenderEngine(48000.0, 512)\n"
        "plugin = engine.make_plugin_processor('p', sys.argv[1])\n"
        "print('raw', *(plugin.get_parameter(n) for n in range(int(sys.argv[2]))), flush=True)\n"
        "os._exit(0)\n"
    )
    command = [sys.executable, "-c", code, str(plugin.path), str(count)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return said.splitlines()[-1].split()[1:]


def test_whose_fxp_it_is_is_known_before_it_is_loaded(
    bench: Any, tmp_path: Path, vst2: Callable[[str], Plugin]
) -> None:
    state = tmp_path / "state.fxp"
    state.write_bytes(fxp("ZEQ2", [0.5]))
    with pytest.raises(RenderError) as caught:
        bench.host.prepare(PrepareJob(vst2("ZamCompX2"), state))
    assert caught.value.problems[0].kind == "wrong_state"
    state.write_bytes(b"RIFF" + bytes(40))
    with pytest.raises(InputError, match=r"is not a \.fxp"):
        bench.host.prepare(PrepareJob(vst2("ZamCompX2"), state))
    assert fxp_unique_id(fxp("ZEQ2", [])) == int(unique_id("ZEQ2"), 16)


def test_an_audio_unit_is_read_from_its_property_list(tmp_path: Path) -> None:
    bundle = tmp_path / "Q.component"
    (bundle / "Contents").mkdir(parents=True)
    told = {"type": "aufx", "subtype": "FQ3p", "manufacturer": "FabF"}
    listed = [
        {**told, "name": "FabFilter: Pro-Q 3", "version": 0x30104},
        {**told, "type": "aumu", "name": "FabFilter: One"},
    ]
    plist = bundle / "Contents" / "Info.plist"
    plist.write_bytes(plistlib.dumps({"AudioComponents": listed}))
    assert format_of(bundle) == "AU"
    (found,) = components(bundle)
    assert found == PluginClass("Pro-Q 3", "FabFilter", "3.1.4", "aufx:FQ3p:FabF")
    numbers = {word: int.from_bytes(four.encode(), "big") for word, four in told.items()}
    assert au_class_id(plistlib.dumps(numbers)) == "aufx:FQ3p:FabF"
    assert au_class_id(b"junk") is None
    plist.write_bytes(b"junk")
    assert components(bundle) == ()
