"""A folder of preset files becomes a chain, in natural order."""

from __future__ import annotations

import plistlib
from pathlib import Path

import pytest

from bridge.exchanging import capture_presets, write_chain
from chains import load
from sessions import Device, Session, Track
from sessions.formats.reaper.writer import write_rpp
from sessions.states import device_states
from stemwright.problems import InputError

PRO_Q = "72C4DB717A4D459AB97E51745D84B39D"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Presets whose names sort otherwise by letters than by numbers."""
    made = tmp_path / "presets"
    made.mkdir()
    (made / "10 last.vstpreset").write_bytes(device_states.vst3(PRO_Q, b"ten" * 9).data)
    (made / "2 eq.vstpreset").write_bytes(device_states.vst3(PRO_Q, b"two" * 9, b"c").data)
    (made / "1-comp.fxp").write_bytes(device_states.fxp(0x72656571, b"chunk").data)
    return made


def test_presets_stand_in_natural_order(folder: Path, tmp_path: Path) -> None:
    found = capture_presets(folder)
    assert [(each.insert.id, each.state_path) for each in found.lifted] == [
        ("comp", "states/master-comp.fxp"),
        ("eq", "states/master-eq.vstpreset"),
        ("last", "states/master-last.vstpreset"),
    ]
    assert [each.insert.settings.plugin.id for each in found.lifted] == ["72656571", PRO_Q, PRO_Q]
    write_chain(found, tmp_path / "chain.toml")
    chain = load(tmp_path / "chain.toml")
    assert (chain, chain.name) == (found.chain, "presets")
    kept = (tmp_path / "states" / "master-eq.vstpreset").read_bytes()
    assert kept == (folder / "2 eq.vstpreset").read_bytes()


def test_an_fx_chain_of_reaper_gives_all_its_plugins(folder: Path) -> None:
    state = device_states.vst3(PRO_Q, b"chain" * 9)
    devices = (
        Device("Pro-Q 3", "FabFilter", "VST3", PRO_Q, state=state, label="surgical", mix=0.3),
        Device("loser/DDC", "", "JS", "loser/DDC"),
    )
    session = Session("made", None, 48000, (Track("1", "Bus", devices=devices),))
    write_rpp(session, folder / "whole.rpp")
    lines = (folder / "whole.rpp").read_text().splitlines()
    start = next(at for at, line in enumerate(lines) if "BYPASS" in line)
    end = max(at for at, line in enumerate(lines) if "WAK" in line)
    (folder / "whole.rpp").unlink()
    (folder / "3 bus.RfxChain").write_text(
        "\n".join(line.strip() for line in lines[start : end + 1])
    )
    found = capture_presets(folder)
    assert [each.insert.id for each in found.lifted] == ["comp", "eq", "surgical", "last"]
    assert found.lifted[2].insert.mix == 0.3
    assert found.lifted[2].state == state.data
    assert [each.code for each in found.diagnostics] == ["not_lifted"]


def test_an_audio_unit_preset_is_known_by_its_codes(folder: Path) -> None:
    codes = {"type": "aufx", "subtype": "FQ3p", "manufacturer": "FabF"}
    numbers = {key: int.from_bytes(text.encode(), "big") for key, text in codes.items()}
    (folder / "3 au.aupreset").write_bytes(plistlib.dumps({**numbers, "data": b"x", "version": 0}))
    lifted = capture_presets(folder).lifted[2]
    plugin = lifted.insert.settings.plugin
    assert (plugin.format, plugin.id) == ("AU", "aufx:FQ3p:FabF")
    assert lifted.state_path == "states/master-au.aupreset"


def test_a_pro_tools_preset_is_refused_with_the_route(folder: Path) -> None:
    (folder / "4 bus.tfx").write_bytes(b"\0\1")
    (folder / "5 cut.vstpreset").write_bytes(b"VST3")
    with pytest.raises(InputError) as caught:
        capture_presets(folder)
    refused = {problem.kind: problem for problem in caught.value.problems}
    assert set(refused) == {"tfx_unreadable", "bad_preset"}
    assert ".vstpreset" in refused["tfx_unreadable"].hint
    assert "5 cut.vstpreset" in refused["bad_preset"].message


def test_other_files_are_left_out_and_named(folder: Path) -> None:
    (folder / "readme.txt").write_text("settings of 2024")
    (told,) = capture_presets(folder).diagnostics
    assert (told.code, told.where) == ("not_a_preset", "readme.txt")


def test_a_folder_without_presets_or_without_being_one(folder: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(InputError, match="no preset file"):
        capture_presets(empty)
    with pytest.raises(InputError, match="cannot be read"):
        capture_presets(folder / "1-comp.fxp")


def test_a_real_preset_is_taken_as_it_is(shared_data, tmp_path: Path) -> None:
    source = shared_data("corpus/vstpreset/pedalboard__CHOWTapeModel.vst3.vstpreset")
    made = tmp_path / "presets"
    made.mkdir()
    (made / "tape.vstpreset").write_bytes(source.read_bytes())
    (lifted,) = capture_presets(made).lifted
    assert lifted.insert.settings.plugin.id == source.read_bytes()[8:40].decode().upper()
    assert lifted.state == source.read_bytes()
