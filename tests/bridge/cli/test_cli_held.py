"""What a render takes from before: only entries that are whole, and only its own master's drive."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytestmark = pytest.mark.usefixtures("no_report")

STEMS_RATE_HZ = 24000


TEXT = """
[[group]]
id = "all"
stems = ["*"]
  [[group.insert]]
  use = "compressor"
[target]
integrated_lufs = {lufs}
"""


def diagnostics(said) -> list[str]:
    return [each["code"] for each in json.loads(said.out)["diagnostics"]]


def test_a_damaged_master_in_the_store_is_made_anew(run, stems, chain, tmp_path) -> None:
    text = chain(TEXT.format(lufs=-20))
    assert run("render", stems, text, "-o", tmp_path / "one").code == 0
    for data in (tmp_path / "the store" / "v1").glob("*/*/data"):
        octets = bytearray(data.read_bytes())
        middle = len(octets) // 2
        octets[middle : middle + 4096] = b"\x11" * min(4096, len(octets) - middle)
        data.write_bytes(octets)
    assert run("render", stems, text, "-o", tmp_path / "other").code == 0
    made = [(tmp_path / name / "main.wav").read_bytes() for name in ("one", "other")]
    assert made[0] == made[1]


@pytest.mark.parametrize("before", ["nothing", "another target", "other stems"])
def test_a_drive_that_is_not_this_songs_is_not_held(
    run, stems: Path, chain, tmp_path, before: str
) -> None:
    out = tmp_path / "out"
    if before != "nothing":
        lufs = -26 if before == "another target" else -20
        assert run("render", stems, chain(TEXT.format(lufs=lufs)), "-o", out).code == 0
    if before == "other stems":
        (stems / "kick.wav").unlink()
    part = ("--range", "0.2:0.9", "--json")
    said = run("render", stems, chain(TEXT.format(lufs=-20)), "-o", out, *part)
    assert said.code == 0
    assert "drive_not_held" in diagnostics(said)
    reached = json.loads(said.out)["outputs"][0]["measures"]["integrated_lufs"]
    assert reached == pytest.approx(-20, abs=0.1)


def test_a_changed_insert_keeps_the_masters_drive(run, stems, chain, tmp_path) -> None:
    out, text = tmp_path / "out", TEXT.format(lufs=-20)
    assert run("render", stems, chain(text), "-o", out).code == 0
    held = json.loads((out / "render.json").read_text())["drive_db"]
    changed = chain(text.replace("[target]", "  ratio = 3\n[target]"))
    said = run("render", stems, changed, "-o", out, "--range", "0.2:0.9", "--json")
    assert json.loads(said.out)["drive_db"] == held
    assert "drive_not_held" not in diagnostics(said)


def test_a_store_in_the_output_folder_is_refused(run, stems, chain, tmp_path) -> None:
    out = tmp_path / "out"
    store = ("--store", out / "store")
    said = run("render", stems, chain(TEXT.format(lufs=-20)), "-o", out, *store)
    assert said.code == 2
    assert "the store would lie in the output folder" in said.err
    assert not out.exists()


def test_a_version_in_which_nothing_sounds_is_told(run, stems, chain, tmp_path) -> None:
    empty = '[[version]]\nid = "none"\nmute = ["all"]\n'
    text = chain(TEXT.format(lufs=-20) + empty)
    said = run("render", stems, text, "-o", tmp_path / "out", "--json")
    assert said.code == 0
    (silent,) = (each for each in json.loads(said.out)["diagnostics"] if each["code"] == "silent")
    assert silent["where"] == "finish/none"


def test_every_file_that_cannot_be_measured_is_told(run, stems, tmp_path) -> None:
    (tmp_path / "text.wav").write_text("words")
    (tmp_path / "empty.wav").write_bytes(b"")
    files = [tmp_path / "text.wav", stems / "kick.wav", tmp_path / "empty.wav"]
    said = run("measure", *files)
    assert said.code == 2
    assert "kick.wav" in said.out
    for name in ("text.wav", "empty.wav"):
        assert said.err.count(str(tmp_path / name)) == 1


def test_a_chain_that_is_not_the_demos_stops_it_before_any_work(run, tmp_path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "chain.toml").write_text("mine = 1\n")
    said = run("demo", tmp_path / "d")
    assert said.code == 2
    assert [path.name for path in (tmp_path / "d").iterdir()] == ["chain.toml"]
