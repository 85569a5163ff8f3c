"""`stemwright plugins`, as a user meets it."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from bridge.cli.plugins.command import app
from bridge.cli.plugins.probe import HEAD
from bridge.hosting import HostedInsert, PrepareJob, scan
from bridge.hosting.finding.states import SUFFIXES
from bridge.plugins import Plugin, Wanted
from chains import Plugin as PluginSettings, load
from sessions.states.device_states import vstpreset_class_id

pytestmark = pytest.mark.usefixtures("prepared_once")

Audio = npt.NDArray[np.float32]

Finder = Callable[[str], Path]
CHAIN = """\
schema = 1
name = "x"   # a name

[[group]]
id = "vocals"
stems = ["*"]

  [[group.insert]]
  use = "gain"

  [[group.insert]]
  id = "comp"          # the glue
  use = "plugin"
  plugin = "ZamCompX2"
  params = { Ratio = "3" }   # for now
  mix = 0.5            # parallel

[master]
  [[master.insert]]
  use = "plugin"
  plugin = "ZamAutoSat"
"""


@pytest.fixture
def run(command_line: Callable[..., Any]) -> Callable[..., Any]:
    return command_line(app)


@pytest.fixture
def chain(tmp_path: Path, zam: Finder) -> Path:
    zam("ZamCompX2")
    path = tmp_path / "song" / "chain.toml"
    path.parent.mkdir()
    path.write_text(CHAIN, encoding="utf-8")
    return path


@pytest.fixture
def folder(tmp_path: Path, fixture_plugins: Finder) -> Path:
    """A folder with a plugin, one that crashes, and a file with two."""
    top = tmp_path / "plugins"
    for kind in ("gain", "crash-load", "shell"):
        bundle = fixture_plugins(kind)
        shutil.copytree(bundle, top / bundle.name)
    return top


def test_a_scan_lists_what_is_there_and_tells_what_is_broken(
    run: Callable[..., Any], folder: Path
) -> None:
    said = run("scan", "--plugin-path", folder, "--json")
    assert said.code == 0
    told = json.loads(said.out)
    ours = [each for each in told["plugins"] if str(folder) in each["path"]]
    assert [each["name"] for each in ours] == [
        "Fixture Gain",
        "Fixture Shell",
        "Fixture Shell Second",
    ]
    assert [each["classes_in_file"] for each in ours] == [1, 2, 2]
    (broken,) = told["unscannable"]
    assert broken["reason"] == "crashed (SIGSEGV) while entering its module"
    assert str(folder) in told["searched"]
    listed = run("list", "fixture", "second", "--plugin-path", folder)
    assert "Fixture Shell Second" in listed.out
    assert "Fixture Gain" not in listed.out
    assert "Fixture Crash Load.vst3: crashed (SIGSEGV)" in listed.err


def test_a_plugin_is_shown_with_its_parameters(
    run: Callable[..., Any], fixture_plugins: Finder
) -> None:
    path = fixture_plugins("gain")
    told = json.loads(run("show", path, "--json").out)
    gain = next(each for each in told["parameters"] if each["name"] == "Gain")
    assert gain == {
        "name": "Gain",
        "value": "0 dB",
        "default": "0 dB",
        "min": "-60 dB",
        "max": "24 dB",
        "steps": None,
        "automatable": True,
        "values": [],
    }
    assert (told["inputs"], told["outputs"], told["card"]) == (2, 2, None)
    shown = run("show", path).out
    assert "Fixture Gain 1.2.3, Stemwright Fixtures (VST3)" in shown
    assert re.search(r"Gain +│ 0 dB +│ -60 dB", shown)


def test_a_plugin_that_is_not_there_is_this_machines_fault(
    run: Callable[..., Any], zam: Finder
) -> None:
    zam("ZamCompX2")
    said = run("show", "ZamCompX3")
    assert said.code == 3
    assert "did you mean: ZamCompX2" in said.err


def test_a_probe_prints_and_keeps_a_card_and_survives_a_crash(
    run: Callable[..., Any], fixture_plugins: Finder
) -> None:
    good, bad = fixture_plugins("gain"), fixture_plugins("crash-process")
    said = run("probe", good, bad, "--json")
    assert said.code == 4
    told = json.loads(said.out)
    (card,) = told["cards"]
    assert (card["name"], card["fresh_dbfs"], card["repeatable"]) == ("Fixture Gain", None, True)
    assert [each["kind"] for each in told["errors"]] == ["plugin_crashed"]
    assert json.loads(run("show", good, "--json").out)["card"] == card


def test_a_probe_needs_to_know_what(run: Callable[..., Any]) -> None:
    assert run("probe").code == 2
    assert run("probe", "x", "--all").code == 2
    assert run("probe", "x", "y", "--state", "z.vstpreset").code == 2
    assert "z.vstpreset" in run("probe", "x", "--state", "z.vstpreset").err


def test_set_bakes_a_state_and_keeps_the_files_comments(
    run: Callable[..., Any], chain: Path
) -> None:
    said = run("set", chain, "vocals/comp", "threshold=-18 dB", "--json")
    assert said.code == 0
    told = json.loads(said.out)
    (change,) = told["changes"]
    assert (change["name"], change["asked"]) == ("Threshold", "-18 dB")
    assert change["before"] == "0 dB"
    assert change["after"] == "-18 dB"
    state = chain.parent / "states" / "vocals-comp.vstpreset"
    assert told["state"] == str(state)
    assert vstpreset_class_id(state.read_bytes()) == "2046504473616C633250435A00000000"
    text = chain.read_text(encoding="utf-8")
    expected = CHAIN.replace('  params = { Ratio = "3" }   # for now\n', "  # for now\n").replace(
        "# parallel\n", '# parallel\n  state = "states/vocals-comp.vstpreset"\n'
    )
    assert text == expected
    settings = load(chain).groups[0].inserts[1].settings
    assert settings.params == {}  # type: ignore[union-attr]  # a plugin


def test_set_carries_the_params_it_replaces_into_the_state(
    run: Callable[..., Any], chain: Path
) -> None:
    run("set", chain, "vocals/comp", "threshold=-18 dB")
    said = run("set", chain, "vocals/comp", "Ratio=8", "--yes", "--json")
    (change,) = json.loads(said.out)["changes"]
    assert change["before"] == "3"


def test_set_overwrites_only_the_inserts_own_state_and_only_when_told(
    run: Callable[..., Any], chain: Path
) -> None:
    other = chain.parent / "states" / "vocals-comp.vstpreset"
    other.parent.mkdir()
    other.write_bytes(b"someone else's")
    said = run("set", chain, "vocals/comp", "Ratio=4", "--yes")
    assert said.code == 2
    assert "is not the state of vocals/comp" in said.err
    assert other.read_bytes() == b"someone else's"
    mine = chain.parent / "mine.vstpreset"
    assert run("set", chain, "vocals/comp", "Ratio=4", "-o", mine).code == 0
    before = mine.read_bytes()
    said = run("set", chain, "vocals/comp", "Ratio=5", "-o", mine)
    assert (said.code, mine.read_bytes()) == (2, before)
    assert "--yes" in said.err
    assert run("set", chain, "vocals/comp", "Ratio=5", "-o", mine, "--yes").code == 0
    assert mine.read_bytes() != before
    assert 'state = "mine.vstpreset"' in chain.read_text(encoding="utf-8")


def test_a_dry_run_and_a_refused_value_write_nothing(run: Callable[..., Any], chain: Path) -> None:
    said = run("set", chain, "vocals/comp", "Threshold=-18 dB", "--dry-run")
    assert said.code == 0
    assert "-18 dB" in said.out
    said = run("set", chain, "vocals/comp", "Threshold=-999 dB")
    assert said.code == 2
    assert "from -80 dB to 0 dB" in said.err
    assert chain.read_text(encoding="utf-8") == CHAIN
    assert [each.name for each in chain.parent.iterdir()] == ["chain.toml"]


def chain_with(folder: Path, plugin: str, more: str = "") -> Path:
    path = folder / "chain.toml"
    head = 'schema = 1\n[[group]]\nid = "vox"\nstems = ["*"]\n\n'
    insert = f'  [[group.insert]]\n  id = "air"  # thin\n  use = "plugin"\n  plugin = {plugin}\n'
    path.write_text(head + insert + more, encoding="utf-8")
    return path


def heard(bench: Any, chain: Path, plugin: Plugin, audio: Audio) -> Audio:
    """What a render makes of `audio` in the chain's only insert."""
    parsed = load(chain)
    settings = parsed.groups[0].inserts[0].settings
    assert isinstance(settings, PluginSettings)
    state = None if settings.state is None else parsed.resolve(settings.state)
    job = PrepareJob(plugin, state, tuple(settings.params.items()), step_id="vox/air")
    done = bench.host.prepare(job)
    preset = bench.folder / f"prepared{SUFFIXES[plugin.format]}"
    if done.preset is not None:
        preset.write_bytes(done.preset)
    insert = HostedInsert(
        "vox/air",
        plugin,
        preset if done.preset is not None else None,
        done.raw_params,
        expected_latency_frames=done.latency_frames,
    )
    return np.asarray(bench.run(insert, audio)[0])


def test_what_a_state_does_not_hold_goes_into_the_chain(
    run: Callable[..., Any], bench: Any, tmp_path: Path, music: Audio
) -> None:
    plugin = bench.plugin("forgetful")
    after = "  mix = 1.0   # all of it\n"
    chain = chain_with(tmp_path, f'"{plugin.path}"', after)
    before = chain.read_text(encoding="utf-8")
    said = run("set", chain, "vox/air", "gain=-6 dB", "--dry-run")
    assert (said.code, chain.read_text(encoding="utf-8")) == (0, before)
    assert "Fixture Forgetful does not keep its parameters in a state" in said.err
    assert 'would write vox/air: params = { "Gain" = "-6 dB" }' in said.err
    assert "-6 dB" in said.out
    assert run("set", chain, "vox/air", "gain=-6 dB").code == 0
    expected = before.replace(after, after + '  params = { Gain = "-6 dB" }\n')
    assert chain.read_text(encoding="utf-8") == expected
    np.testing.assert_allclose(heard(bench, chain, plugin, music), music * 10 ** (-6 / 20), 1e-6)
    told = json.loads(run("set", chain, "vox/air", "Gain=3 dB", "--json").out)
    assert (told["state"], told["params"], told["written"]) == (None, {"Gain": "3 dB"}, True)
    (change,) = told["changes"]
    assert (change["before"], change["asked"]) == ("-6 dB", "3 dB")
    assert chain.read_text(encoding="utf-8") == expected.replace("-6 dB", "3 dB")
    assert not (tmp_path / "states").exists()


def test_params_keep_their_spelling_and_what_stands_beside(
    run: Callable[..., Any], bench: Any, tmp_path: Path
) -> None:
    own = '  params = { "gain" = "-3 dB" }   # its only one\n'
    chain = chain_with(tmp_path, f'"{bench.plugin("forgetful").path}"', own)
    expected = chain.read_text(encoding="utf-8").replace("-3 dB", "-6 dB")
    assert run("set", chain, "vox/air", "Gain=-6 dB").code == 0
    assert chain.read_text(encoding="utf-8") == expected


def test_a_vst2_is_baked_into_a_bank_that_sounds_as_set(
    run: Callable[..., Any], bench: Any, tmp_path: Path, music: Audio
) -> None:
    path = Path("/usr/lib/vst/ZamCompX2-vst.so")
    if not path.exists():
        pytest.skip(f"no {path.name}: install zam-plugins")
    chain = chain_with(tmp_path, f'"{path}"', '  params = { threshold = "-30 dB" }\n')
    said = run("set", chain, "vox/air", "Ratio=6", "Makeup=3 dB", "--json")
    told = json.loads(said.out)
    state = tmp_path / "states" / "vox-air.fxb"
    assert (said.code, told["state"], told["params"]) == (0, str(state), {})
    assert [(each["name"], each["after"]) for each in told["changes"]] == [
        ("Ratio", "6"),
        ("Makeup", "3 dB"),
    ]
    assert state.read_bytes()[8:12] == b"FxBk"
    assert "params" not in chain.read_text(encoding="utf-8")
    (plugin,) = scan([Wanted(path=path)], [], trusted=[path]).plugins
    asked = ("Threshold", "-30 dB"), ("Ratio", "6"), ("Makeup", "3 dB")
    vst3, _ = bench.run(bench.insert("ZamCompX2", *asked), music)
    np.testing.assert_allclose(heard(bench, chain, plugin, music), vst3, atol=2e-6)
    assert run("set", chain, "vox/air", "Ratio=2", "--yes").code == 0
    assert not np.allclose(heard(bench, chain, plugin, music), vst3, atol=1e-3)


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("vocals/gain", "a=b"), 2, "expected: vocals/comp, master/plugin"),
        (("vocals/comp", "Threshold"), 2, "sets nothing"),
        (("vocals/comp", "Oops=1"), 2, "has no parameter"),
    ],
)
def test_what_cannot_be_set_is_told(
    run: Callable[..., Any], chain: Path, words: tuple[str, ...], code: int, told: str
) -> None:
    said = run("set", chain, *words)
    assert said.code == code
    assert told in said.err


def test_windows_are_not_promised_where_there_are_none(
    run: Callable[..., Any], chain: Path
) -> None:
    said = run("edit", chain, "vocals/comp")
    assert said.code == 3
    assert "save its state there as a preset" in said.err
    said = run("authorise", "ZamCompX2")
    assert said.code == 3
    assert "authorise it there" in said.err


def test_the_page_shows_the_table_that_probing_prints() -> None:
    page = Path(__file__).resolve().parents[3] / "docs" / "plugins.md"
    text = page.read_text(encoding="utf-8")
    head = "| " + " | ".join(HEAD) + " |"
    table = text.partition(head)[2].partition("\n\n")[0].splitlines()[2:]
    assert len(table) == 17
    assert all(line.count(" | ") == len(HEAD) - 1 for line in table)
