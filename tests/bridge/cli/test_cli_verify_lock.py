"""`verify` of edited folders: names as diff has them, missing files told once, the lock's notes."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.usefixtures("prepared_once", "no_report")

STEMS_RATE_HZ = 24000

TEXT = """
[[group]]
id = "low"
stems = ["kick", "bass"]
trim_db = -1.0
  [[group.insert]]
  id = "gain"
  use = "plugin"
  plugin = "Fixture Gain"
  params = { "Gain" = "-3.0 dB" }
  [[group.insert]]
  id = "body"
  use = "eq"
  bands = [{ shape = "bell", hz = 300, gain_db = -2.75 }]
[[group]]
id = "rest"
stems = ["*"]
gain_db = -2.25
[[version]]
id = "tv"
mute = ["low"]
"""
EDITS = [
    ("trim_db = -1.0", "trim_db = -1.5", "low trim"),
    ("gain_db = -2.25", "gain_db = -2.5", "rest fader"),
    ('"-3.0 dB"', '"-4.0 dB"', "low/gain"),
    ("gain_db = -2.75", "gain_db = -2.5", "low/body"),
    ('mute = ["low"]', 'mute = ["rest"]', "version tv"),
]


@pytest.fixture
def master(run, stems, chain, fixture_plugins, made_once, tmp_path) -> Path:
    def make() -> None:
        bundle = fixture_plugins("gain")
        shutil.copytree(bundle, tmp_path / "old" / bundle.name)
        more = ("-o", tmp_path / "out", "--plugin-path", tmp_path / "old")
        assert run("render", stems, chain(TEXT), *more).code == 0

    made_once("verify_lock", tmp_path, make)
    return tmp_path / "out"


@pytest.fixture
def verified(run, tmp_path) -> Callable[..., tuple[int, dict]]:
    """Verify with the old build, or another; exit code and JSON."""

    def call(folder: Path, build: str = "old") -> tuple[int, dict]:
        said = run("verify", folder, "--json", "--plugins", tmp_path / build)
        return said.code, json.loads(said.out)

    return call


def test_an_edited_chain_is_named_as_diff_names_it(
    run, verified, master, stems, chain, tmp_path
) -> None:
    for number, (was, now, name) in enumerate(EDITS):
        edited = shutil.copytree(master, tmp_path / f"edited {number}")
        text = (edited / "chain.toml").read_text()
        assert was in text
        (edited / "chain.toml").write_text(text.replace(was, now, 1))
        code, found = verified(edited)
        assert (code, found["first"]["kind"], found["first"]["name"]) == (1, "chain", name)
        other = tmp_path / f"rendered {number}"
        more = ("-o", other, "--plugin-path", tmp_path / "old")
        assert run("render", stems, chain(TEXT.replace(was, now, 1)), *more).code == 0
        said = json.loads(run("diff", master, other, "--json").out)
        assert said["renderings"]["first"]["name"] == name


def test_a_trim_comes_before_the_first_insert(verified, master) -> None:
    path = master / "chain.toml"
    text = path.read_text().replace("trim_db = -1.0", "trim_db = -1.5")
    path.write_text(text.replace('"-3.0 dB"', '"-4.0 dB"'))
    _, found = verified(master)
    assert found["first"]["name"] == "low trim"
    assert {row["name"] for row in found["lock"]} >= {"low trim"}


@pytest.mark.parametrize("name", ["out", "out/main.wav"])
@pytest.mark.parametrize("quick", [(), ("--quick",)])
def test_a_broken_record_is_bad_input_both_ways(run, master, name: str, quick) -> None:
    path = master / "render.json"
    path.write_text("{")
    said = run("verify", master.parent / name, "--json", *quick)
    errors = json.loads(said.out)["errors"]
    assert (said.code, [each["kind"] for each in errors]) == (2, ["bad_record"])
    path.unlink()
    said = run("verify", master.parent / name, *quick)
    assert said.code == 2
    assert "render.json" in said.err


@pytest.mark.parametrize("quick", [(), ("--quick",)])
def test_every_missing_stem_is_told_once(run, master, stems, quick) -> None:
    for name in ("kick.wav", "lead vox.wav"):
        (stems / name).unlink()
    said = run("verify", master, *quick)
    assert said.code == 2
    told = [row for row in said.err.splitlines() if row.startswith("error:")]
    assert len(told) == 2
    assert ["kick.wav" in told[0], "lead vox.wav" in told[1]] == [True, True]


def test_another_build_that_sounds_the_same_is_noted(run, verified, master, tmp_path) -> None:
    shutil.copytree(tmp_path / "old", tmp_path / "new")
    (binary,) = (tmp_path / "new").glob("*/Contents/*/*.so")
    with binary.open("ab") as file:
        file.write(bytes(16))
    code, found = verified(master, "new")
    assert (code, found["verdict"], found["first"]) == (0, "exact", None)
    assert found["lock"] == [
        {
            "kind": "plugin",
            "name": "low/gain binary",
            "message": "Fixture Gain's binary is another one; it sounds the same",
        }
    ]
    said = run("verify", master, "--plugins", tmp_path / "new")
    assert "Fixture Gain's binary is another one" in said.out


@pytest.mark.parametrize(
    ("was", "now", "name"),
    [
        ('"buffer_size": 512', '"buffer_size": 300', "engine.buffer_size"),
        ('"offline": true', '"offline": false', "engine.offline"),
        ('"transport": "playing"', '"transport": "stopped"', "engine.transport"),
    ],
)
def test_what_was_edited_in_the_lock_is_named(verified, master, was, now, name) -> None:
    path = master / "chain.lock"
    text = path.read_text()
    assert was in text
    path.write_text(text.replace(was, now))
    code, found = verified(master)
    assert (code, found["verdict"], found["digests"]["same"]) == (1, "exact", False)
    assert [(row["kind"], row["name"]) for row in found["lock"]] == [("host", name)]
