"""`verify FILE`: a master's digests find its folder and name what is not what it was."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import soundfile
from mutagen.id3 import TIT2, TXXX
from mutagen.wave import WAVE

pytestmark = pytest.mark.usefixtures("no_report", "prepared_once")

STEMS_RATE_HZ = 24000


TEXT = """
[[group]]
id = "low"
stems = ["kick", "bass"]
gain_db = -1.5
[[group]]
id = "rest"
stems = ["*"]
[[version]]
id = "instrumental"
mute = ["rest"]
"""


@pytest.fixture
def master(run, stems, chain, made_once, tmp_path) -> Path:
    """A finished folder of two masters."""

    def make() -> None:
        assert run("render", stems, chain(TEXT), "-o", tmp_path / "out").code == 0

    made_once("verify_file", tmp_path, make)
    return tmp_path / "out"


@pytest.fixture
def quick(run) -> Callable[..., tuple[int, dict]]:
    """Check digests alone and return (exit code, what differs)."""

    def call(path: Path, *more: object) -> tuple[int, dict]:
        said = run("verify", path, "--quick", "--json", *more)
        return said.code, json.loads(said.out)

    return call


def _differing(found: dict) -> set[tuple[str, str]]:
    rows = found["digests"]["checks"]
    return {(row["digest"], row["subject"]) for row in rows if not row["same"]}


def _said_by(found: dict, digest: str) -> list[list[str]]:
    return [row["said_by"] for row in found["digests"]["checks"] if row["digest"] == digest]


@pytest.mark.parametrize("name", ["main.wav", "instrumental.wav", "main.wav.digests.json", "."])
def test_what_was_rendered_is_what_its_digests_say(quick, master, name) -> None:
    code, found = quick(master / name)
    assert (code, found["digests"]["same"], found["digests"]["notes"]) == (0, True, [])
    assert {row["digest"] for row in found["digests"]["checks"]} == {
        "stems", "chain", "lock", "output",
    }  # fmt: skip
    file = "instrumental.wav" if name.startswith("instr") else "main.wav"
    everybody = [f"the tag of {file}", f"{file}.digests.json", "render.json", "chain.lock"]
    assert everybody in _said_by(found, "output")


def test_a_master_is_rendered_anew_from_its_folder(run, master) -> None:
    before = {path.name: path.read_bytes() for path in master.iterdir()}
    said = run("verify", master / "main.wav", "--json")
    found = json.loads(said.out)
    assert (said.code, found["verdict"], found["digests"]["same"]) == (0, "exact", True)
    assert {each["name"] for each in found["outputs"]} == {"main", "instrumental"}
    assert {path.name: path.read_bytes() for path in master.iterdir()} == before


def test_one_changed_sample_is_the_output(quick, run, master) -> None:
    octets = bytearray((master / "main.wav").read_bytes())
    octets[4000] ^= 1
    (master / "main.wav").write_bytes(octets)
    code, found = quick(master / "main.wav")
    assert (code, _differing(found)) == (1, {("output", "main.wav")})
    (row,) = [row for row in found["digests"]["checks"] if not row["same"]]
    record = json.loads((master / "render.json").read_text())
    assert row["expected"] == "sha256:" + record["outputs"][0]["pcm_sha256"] != row["found"]
    assert quick(master / "instrumental.wav")[0] == 0
    said = run("verify", master / "main.wav", "--quick")
    assert f"output differs: main.wav is {row['found'][:23]}" in said.out


@pytest.mark.parametrize(
    ("name", "old", "new", "differing"),
    [
        ("chain.toml", "-1.5", "-1.6", {("chain", "chain.toml")}),
        ("chain.toml", "schema", "# mine\nschema", {("chain", "chain.toml")}),
        ("chain.lock", '"subtype": "pcm24"', '"subtype": "pcm16"', {("lock", "chain.lock")}),
        ("render.json", '"pcm_sha256": "', '"pcm_sha256": "0', {("output", "main.wav")}),
    ],
)
def test_an_edited_text_is_named(quick, master, name, old, new, differing) -> None:
    path = master / name
    path.write_text(path.read_text().replace(old, new, 1))
    code, found = quick(master / "main.wav")
    assert (code, _differing(found)) == (1, differing)


def test_a_changed_stem_is_named_and_a_gone_one_too(quick, stems, master) -> None:
    samples, rate = soundfile.read(stems / "bass.wav")
    samples[100, 1] += 2.0**-23
    soundfile.write(stems / "bass.wav", samples, rate, "PCM_24")
    code, found = quick(master / "main.wav")
    assert (code, _differing(found)) == (1, {("stems", "bass")})
    (stems / "kick.wav").unlink()
    code, found = quick(master)
    assert (code, [each["kind"] for each in found["errors"]]) == (2, ["missing_file"])
    assert "kick.wav" in found["errors"][0]["message"]


def test_a_chain_edited_by_a_comment_sounds_the_same_and_is_told(run, master) -> None:
    path = master / "chain.toml"
    path.write_text("# mine\n" + path.read_text())
    said = run("verify", master, "--json")
    found = json.loads(said.out)
    assert (said.code, found["verdict"], found["first"]) == (1, "exact", None)
    assert _differing(found) == {("chain", "chain.toml")}


def test_a_pipe_in_the_chains_place_is_told_and_not_waited_for(quick, master) -> None:
    (master / "chain.toml").unlink()
    os.mkfifo(master / "chain.toml")
    code, found = quick(master)
    assert (code, _differing(found)) == (1, {("chain", "chain.toml")})


def test_a_master_that_went_away_says_what_it_carries(quick, run, master, tmp_path) -> None:
    away = tmp_path / "to the label"
    away.mkdir()
    sent = shutil.copy(master / "main.wav", away / "Song v3 final.wav")
    code, found = quick(sent)
    (error,) = found["errors"]
    assert (code, error["kind"]) == (2, "folder_not_found")
    carried = json.loads((master / "main.wav.digests.json").read_text())["digests"]
    assert all(text in error["message"] for text in carried.values())
    assert "its samples are those of its digest" in error["message"]
    assert "--folder" in error["hint"]
    assert quick(sent, "--folder", master)[0] == 0
    assert run("verify", sent, "--folder", master).code == 0
    assert quick(sent, "--folder", away)[0] == 2
    assert quick(master, "--folder", master)[0] == 2


def test_a_tag_of_another_program_does_not_matter(quick, master) -> None:
    wav = WAVE(master / "main.wav")
    wav.tags.add(TIT2(encoding=1, text=["Ein Lied"]))
    wav.save(v2_version=3)
    code, found = quick(master / "main.wav")
    assert (code, found["digests"]["notes"]) == (0, [])


def test_a_stripped_tag_leaves_the_sidecar_and_the_folder(quick, master) -> None:
    WAVE(master / "main.wav").tags.delete(master / "main.wav")
    code, found = quick(master / "main.wav")
    assert (code, len(found["digests"]["notes"])) == (0, 1)
    assert "main.wav.digests.json speaks for it" in found["digests"]["notes"][0]
    (master / "main.wav.digests.json").unlink()
    code, found = quick(master / "main.wav")
    assert (code, _said_by(found, "output")) == (0, [["render.json", "chain.lock"]])
    assert "carries no digests" in found["digests"]["notes"][0]
    (master / "main.wav").rename(master / "by another name.wav")
    assert quick(master / "by another name.wav")[0] == 0


def test_a_tag_and_a_sidecar_that_disagree_are_told(quick, master) -> None:
    wav = WAVE(master / "main.wav")
    wav.tags.add(TXXX(encoding=3, desc="stemwright.lock", text=["sha256:" + "0" * 64]))
    wav.save()
    code, found = quick(master / "main.wav")
    assert (code, _differing(found)) == (1, {("lock", "chain.lock")})
    assert "disagree on lock" in found["digests"]["notes"][0]
    assert ["the tag of main.wav"] in _said_by(found, "lock")


def test_a_range_is_checked_but_not_rendered_anew(quick, run, stems, chain, tmp_path) -> None:
    out = tmp_path / "out"
    assert run("render", stems, chain(TEXT), "-o", out, "--range", "0.2:0.6").code == 0
    assert quick(out / "range" / "main.wav")[0] == 0
    said = run("verify", out / "range" / "main.wav")
    assert (said.code, "whole render" in said.err) == (2, True)


def test_a_changed_state_is_the_chain(quick, run, stems, chain, fixture_plugins, tmp_path) -> None:
    plugin = f'[[group.insert]]\nuse = "plugin"\nplugin = "{fixture_plugins("gain")}"\n'
    text = chain('[[group]]\nid = "all"\nstems = ["*"]\n' + plugin)
    baked = tmp_path / "quiet.vstpreset"
    assert run("plugins", "set", text, "all/plugin", "Gain=-3 dB", "-o", baked).code == 0
    chain('[[group]]\nid = "all"\nstems = ["*"]\n' + plugin + f'state = "{baked.name}"\n')
    assert run("render", stems, text, "-o", tmp_path / "out").code == 0
    assert quick(tmp_path / "out")[0] == 0
    (state,) = (tmp_path / "out" / "states").iterdir()
    state.write_bytes(state.read_bytes() + b"\0")
    code, found = quick(tmp_path / "out" / "main.wav")
    assert (code, _differing(found)) == (1, {("chain", "chain.toml")})


@pytest.mark.parametrize("path", ["nothing.wav", "nothing.wav.digests.json"])
def test_what_is_not_there_is_told(quick, tmp_path, path) -> None:
    code, found = quick(tmp_path / path)
    assert (code, found["errors"][0]["kind"]) == (2, "missing_file")


def test_what_is_not_a_master_is_told(quick, stems, master) -> None:
    code, found = quick(stems / "kick.wav")
    assert (code, found["errors"][0]["kind"]) == (2, "folder_not_found")
    shutil.copy(stems / "kick.wav", master / "kick.wav")
    code, found = quick(master / "kick.wav")
    assert (code, found["errors"][0]["kind"]) == (2, "unknown_master")
    (master / "note.wav").write_text("not audio at all")
    code, found = quick(master / "note.wav")
    assert (code, found["errors"][0]["kind"]) == (2, "not_audio")
    lock = json.loads((master / "chain.lock").read_text())
    (master / "chain.lock").write_text(json.dumps(lock | {"sources": [1]}))
    code, found = quick(master / "main.wav")
    assert (code, found["errors"][0]["kind"]) == (2, "bad_lock")
