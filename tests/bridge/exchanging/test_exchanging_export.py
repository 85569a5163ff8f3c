"""Sessions as projects: stems, pairs, names, refusals, and the commands."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import typer

from bridge.cli.commands.capture import capture
from bridge.cli.commands.export import export as export_command
from bridge.exchanging import Exported, export
from bridge.storing import Store
from sessions import Clip, Device, DeviceState, Session, SessionError, Track
from sessions.formats.dawproject.reader import FORMAT as DAWPROJECT
from sessions.formats.dawproject.writer import write_dawproject
from sessions.formats.reaper.reader import FORMAT as REAPER
from sessions.formats.reaper.writer import write_rpp
from sessions.states import device_states
from stemwright.problems import InputError

RATE_HZ = 44100
PRO_Q = "72C4DB717A4D459AB97E51745D84B39D"
FORMATS = {"rpp": REAPER, "dawproject": DAWPROJECT}
WRITERS = {"rpp": write_rpp, "dawproject": write_dawproject}


@pytest.fixture
def stems(tmp_path: Path) -> Path:
    """A stereo stem and a pair of mono files, 24 bit."""
    folder = tmp_path / "stems"
    folder.mkdir()
    rng = np.random.default_rng(5)
    for name, channels in (("bass", 2), ("keys.L", 1), ("keys.R", 1)):
        samples = np.rint(rng.uniform(-0.5, 0.5, (4410, channels)) * 2**23) / 2**23
        soundfile.write(folder / f"{name}.wav", samples, RATE_HZ, "PCM_24")
    return folder


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


@pytest.mark.parametrize("kind", FORMATS)
def test_a_pair_of_mono_files_becomes_one_stereo_file_bit_for_bit(
    kind: str, stems: Path, store: Store, tmp_path: Path
) -> None:
    path = tmp_path / f"song.{kind}"
    done = export([stems], path, store)
    assert done.diagnostics == ()
    back = FORMATS[kind].read([path])
    keys = next(track for track in back.tracks if track.name == "keys")
    media = keys.clips[0].media
    assert (media.channels, media.frames, media.subtype) == (2, 4410, "PCM_24")
    if media.member is None:
        both = soundfile.read(media.path, dtype="int32")[0]
        sides = [soundfile.read(stems / f"keys.{side}.wav", dtype="int32")[0] for side in "LR"]
        assert np.array_equal(both, np.stack(sides, axis=1))
        assert media.path.name == "keys.wav"


def test_an_existing_project_is_kept(stems: Path, store: Store, tmp_path: Path) -> None:
    path = tmp_path / "song.rpp"
    path.write_text("mine")
    with pytest.raises(SessionError, match="is there already"):
        export([stems], path, store)
    assert path.read_text() == "mine"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["song.rpp", "stems", "store"]


def test_a_name_says_which_daw(stems: Path, store: Store, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        export([stems], tmp_path / "song.als", store)
    (problem,) = caught.value.problems
    assert problem.kind == "unknown_project"
    assert ".dawproject" in problem.expected


@pytest.fixture
def run(command_line: Callable[..., Any]) -> Callable[..., Any]:
    """The two commands on a command line of their own."""
    app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)
    app.command("capture")(capture)
    app.command("export")(export_command)
    return command_line(app)


def test_export_tells_what_is_in_the_project(run, stems: Path, tmp_path: Path) -> None:
    code, out, _ = run("export", stems, "-o", tmp_path / "song.dawproject", "--json")
    told = json.loads(out)
    assert (code, told["tracks"], told["clips"], told["plugins"]) == (0, 2, 2, 0)
    code, out, err = run("export", stems, "-o", tmp_path / "song.dawproject")
    assert (code, out) == (2, "")
    assert "is there already" in err


@pytest.mark.parametrize(("kind", "plugins", "states"), [("rpp", 3, 2), ("dawproject", 3, 3)])
def test_only_what_is_in_the_project_is_counted(
    kind: str, plugins: int, states: int, tmp_path: Path
) -> None:
    """REAPER takes no opaque VST3 state, neither project a DAW's own effect, neither notes."""
    vst3 = Device("EQ", "Maker", "VST3", PRO_Q, state=device_states.vst3(PRO_Q, b"state"))
    devices = (
        vst3,
        replace(vst3, state=DeviceState("opaque", b"cut")),
        Device("Old", "Maker", "VST2", "1", state=device_states.fxp(1, b"chunk", bank=True)),
        Device("EQ Eight", "Ableton", "builtin", "Eq8", state=vst3.state, kind="builtin"),
    )
    notes = Clip(length_s=1.0, kind="midi")
    session = Session("made", None, 48000, (Track("1", "", devices=devices, clips=(notes,)),))
    path = tmp_path / f"song.{kind}"
    lost = WRITERS[kind](session, path)
    told = Exported(path, session, ()).as_json()
    assert (told["clips"], told["plugins"], told["states"]) == (0, plugins, states)
    back = FORMATS[kind].read([path])
    found = [device for device in back.tracks[0].devices if device.kind == "plugin"]
    assert len(found) == plugins
    assert sum(device.state is not None for device in found) == states
    assert "notes are not written: (no name)" in [each.message for each in lost]


@pytest.mark.parametrize("command", ["capture", "export"])
def test_both_commands_have_help_with_an_example(run, command: str) -> None:
    code, out, _ = run(command, "--help")
    assert code == 0
    assert f"Example: stemwright {command}" in out


def test_capture_of_presets_prints_what_was_lifted(run, tmp_path: Path) -> None:
    folder = tmp_path / "presets"
    folder.mkdir()
    (folder / "1 air.vstpreset").write_bytes(device_states.vst3(PRO_Q, b"state").data)
    chain = tmp_path / "chain.toml"
    code, out, _ = run("capture", "--presets", folder, "-o", chain)
    assert code == 0
    assert out.split()[:3] == ["master/air", "air", "states/master-air.vstpreset"]
    assert out.splitlines()[-1] == f"{chain}: 1 plugin lifted"
    code, out, _ = run("capture", "--presets", folder, "-o", chain, "--json")
    assert code == 2
    assert [error["kind"] for error in json.loads(out)["errors"]] == ["output_exists"]


@pytest.mark.parametrize(
    "words",
    [["--master"], ["song.rpp"], ["song.rpp", "--master", "--all"], ["song.rpp", "--presets", "p"]],
)
def test_capture_asks_for_one_source_and_one_way(run, words: list[str], tmp_path: Path) -> None:
    code, out, _ = run("capture", *words, "-o", tmp_path / "chain.toml", "--json")
    assert code == 2
    assert [error["kind"] for error in json.loads(out)["errors"]] == ["usage"]


@pytest.fixture
def reaper_registered(tmp_path: Path, monkeypatch) -> None:
    """The REAPER format as a distribution of its own registers it."""
    told = tmp_path / "site" / "a_format-1.dist-info"
    told.mkdir(parents=True)
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: a-format\nVersion: 1\n")
    (told / "entry_points.txt").write_text(
        "[stemwright.session_formats]\nreaper = sessions.formats.reaper.reader:FORMAT\n"
    )
    monkeypatch.syspath_prepend(told.parent)


@pytest.mark.usefixtures("reaper_registered")
def test_the_commands_make_the_whole_round(run, song, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("STEMWRIGHT_STORE", str(song.store.root))
    project = tmp_path / "song.rpp"
    code, out, err = run("export", song.folder, "-o", project)
    assert code == 0
    assert "3 plugins, 3 with their states" in out
    assert "no DAW has" in err
    like = song.folder / "chain.toml"
    back = tmp_path / "back.toml"
    code, out, _ = run("capture", project, "--like", like, "-o", back, "--json")
    assert (code, json.loads(out)["differences"]) == (0, [])
    assert len(json.loads(out)["lifted"]) == 3
    text = project.read_text(encoding="utf-8").replace("BYPASS 0 0 0", "BYPASS 1 0 0", 1)
    project.write_text(text, encoding="utf-8")
    code, out, _ = run("capture", project, "--like", like, "-o", tmp_path / "other" / "c.toml")
    assert code == 0
    assert [line for line in out.splitlines() if "->" in line] == [
        "master/glue: bypass: on -> bypassed"
    ]
    code, out, err = run("capture", project, "--bus", "Vocal", "-o", tmp_path / "v.toml")
    assert (code, out) == (2, "")
    assert "did you mean: Vocals" in err
