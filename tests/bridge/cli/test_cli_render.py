"""`render` as a user meets it: what it writes, what it refuses, what it leaves alone."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
import tomllib
import zipfile
from pathlib import Path

import numpy as np
import pytest
import soundfile

from bridge.cli.commands.render import tell
from bridge.finished import Record
from bridge.finished.record import Measured

GROUPS = """
[[group]]
id = "low"
stems = ["role:drums", "bass"]
  [[group.insert]]
  use = "eq"
  bands = [{ shape = "high_pass", hz = 30 }]
[[group]]
id = "rest"
stems = ["*"]
[[master.insert]]
use = "compressor"
[target]
integrated_lufs = -16.0
[[version]]
id = "instrumental"
mute = ["rest"]
"""


def test_a_folder_of_stems_becomes_a_finished_folder(run, stems, chain, tmp_path) -> None:
    said = run("render", stems, chain(GROUPS), "-o", tmp_path / "out", "--no-check")
    assert said.code == 0
    met, other = said.err.splitlines()
    assert re.fullmatch(r"main: met, -16 LUFS under -1 dBTP; drive \+\d\.\d\d dB, .*limited.*", met)
    assert other.startswith("instrumental: under -1 dBTP, no loudness asked for; the main's drive")
    names = {path.name for path in (tmp_path / "out").iterdir()}
    texts = {"render.json", "chain.lock", "chain.toml", "report.html"}
    masters = {"main.wav", "instrumental.wav"}
    assert names == masters | {f"{name}.digests.json" for name in masters} | texts
    info = soundfile.info(tmp_path / "out" / "main.wav")
    assert (info.subtype, info.samplerate, info.channels) == ("PCM_24", 48000, 2)
    assert str(tmp_path / "out" / "main.wav") in said.out


@pytest.mark.usefixtures("no_report")
def test_render_json_has_the_keys_scripts_rely_on(run, stems, chain, tmp_path) -> None:
    said = run("render", stems, chain(GROUPS), "-o", tmp_path / "out", "--json")
    record = json.loads(said.out)
    assert record == json.loads((tmp_path / "out" / "render.json").read_text())
    assert {"outputs", "steps", "groups", "drive_db", "diagnostics"} <= record.keys()
    assert {"version", "path", "pcm_sha256", "measures"} <= record["outputs"][0].keys()
    assert {
        "id", "label", "key", "pcm", "cached", "seconds", "latency_frames", "level_in", "level_out",
    } <= record["steps"][0].keys()  # fmt: skip
    assert record["groups"][0] == {"id": "low", "stems": ["bass", "kick"]}
    ids = [step["id"] for step in record["steps"]]
    assert ids[:4] == ["low/eq", "sum", "master/compressor", "finish/main"]


def test_the_folder_does_not_depend_on_where_it_lies_or_on_jobs(run, stems, chain, tmp_path):
    def made(name: str, *more: object) -> dict[str, bytes]:
        folder = tmp_path / name / "out"
        store = tmp_path / f"store of {name}"
        run("render", stems, chain(GROUPS), "-o", folder, "--store", store, *more)
        return {path.name: path.read_bytes() for path in folder.iterdir()}

    one, two = made("here", "--jobs", 1), made("there", "--jobs", 2)
    clock = json.loads(one.pop("render.json")), json.loads(two.pop("render.json"))
    for record in clock:
        for step in record["steps"]:
            del step["seconds"]
    assert clock[0] == clock[1]
    assert one == two


@pytest.mark.usefixtures("no_report")
def test_the_chain_in_the_folder_renders_the_same_master(run, stems, chain, tmp_path) -> None:
    run("render", stems, chain(GROUPS), "-o", tmp_path / "out")
    run("render", stems, tmp_path / "out" / "chain.toml", "-o", tmp_path / "again")
    first, again = (tmp_path / name / "main.wav" for name in ("out", "again"))
    assert first.read_bytes() == again.read_bytes()


@pytest.mark.usefixtures("no_report")
def test_the_lock_names_sources_steps_and_outputs_by_content(run, stems, chain, tmp_path) -> None:
    run("render", stems, chain(GROUPS), "-o", tmp_path / "out")
    lock = json.loads((tmp_path / "out" / "chain.lock").read_text())
    record = json.loads((tmp_path / "out" / "render.json").read_text())
    assert [row["pcm"] for row in lock["steps"]] == [step["pcm"] for step in record["steps"]]
    source = lock["sources"][0]["files"][0]
    assert (tmp_path / "out" / source["path"]).resolve() == stems / "bass.wav"
    assert lock["outputs"][0]["pcm_sha256"] == record["outputs"][0]["pcm_sha256"]


@pytest.mark.usefixtures("no_report")
def test_a_zip_and_a_folder_give_the_same_bits(run, stems, chain, tmp_path) -> None:
    bundle = tmp_path / "stems.zip"
    with zipfile.ZipFile(bundle, "w", zipfile.ZIP_DEFLATED) as out:
        for path in stems.iterdir():
            out.write(path, f"Song/{path.name}")
    for source, name in ((stems, "a"), (bundle, "b")):
        assert run("render", source, chain(GROUPS), "-o", tmp_path / name).code == 0
    assert (tmp_path / "a/main.wav").read_bytes() == (tmp_path / "b/main.wav").read_bytes()


@pytest.mark.usefixtures("no_report")
def test_a_list_of_files_and_the_default_folder(run, stems, chain, tmp_path) -> None:
    files = sorted(stems.iterdir())
    assert run("render", *files, chain(GROUPS)).code == 0
    assert run("render", stems, chain(GROUPS)).code == 0
    first, again = stems / "master" / "main.wav", tmp_path / "stems-master" / "main.wav"
    assert first.read_bytes() == again.read_bytes()


def test_someone_elses_folder_is_never_touched(run, stems, chain, tmp_path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "main.wav").write_bytes(b"precious")
    said = run("render", stems, chain(GROUPS), "-o", theirs)
    assert said.code == 2
    assert "not replaced" in said.err
    assert [path.name for path in theirs.iterdir()] == ["main.wav"]
    assert (theirs / "main.wav").read_bytes() == b"precious"


def test_our_own_folder_is_replaced_and_the_users_notes_in_it_stay(run, stems, chain, tmp_path):
    out = tmp_path / "out"
    run("render", stems, chain(GROUPS), "-o", out)
    (out / "notes.txt").write_text("louder vocals")
    run("render", stems, chain(GROUPS.split("[[version]]")[0]), "-o", out)
    names = {path.name for path in out.iterdir()}
    texts = {"render.json", "chain.lock", "chain.toml", "report.html"}
    assert names == {"main.wav", "main.wav.digests.json", "notes.txt"} | texts


@pytest.mark.usefixtures("no_report")
def test_a_missed_target_is_written_and_exits_1(run, chain, tmp_path) -> None:
    (tmp_path / "quiet").mkdir()
    soundfile.write(tmp_path / "quiet" / "pad.wav", np.zeros((48000, 2)), 48000, "PCM_24")
    text = '[[group]]\nid = "a"\nstems = ["*"]\n[target]\nintegrated_lufs = -14\n'
    said = run("render", tmp_path / "quiet", chain(text), "-o", tmp_path / "out")
    assert said.code == 1
    assert "TARGET MISSED" in said.out
    last = said.err.splitlines()[-1]
    assert last.startswith(
        "main: TARGET MISSED: silent, or shorter than 0.4 s; no loudness to set;"
    )
    assert said.err.count("no loudness to set") == 1
    untold = run(
        "render", tmp_path / "quiet", chain(text.split("[target]")[0]), "-o", tmp_path / "o"
    )
    assert untold.err.splitlines()[-1] == "main: no target; not driven, not limited"
    assert (tmp_path / "out" / "main.wav").exists()


def _bad(tmp_path: Path, what: str) -> Path:
    folder = tmp_path / "bad"
    if what == "missing":
        return tmp_path / "nowhere"
    folder.mkdir()
    if what == "text":
        (folder / "kick.wav").write_text("this is a text file " * 100)
    if what == "empty file":
        (folder / "kick.wav").touch()
    if what == "not finite":
        samples = np.zeros((4800, 2), np.float32)
        samples[1234, 1] = np.nan
        soundfile.write(folder / "kick.wav", samples, 48000, "FLOAT")
    if what == "far over":
        samples = np.zeros((4800, 2), np.float32)
        samples[1234] = 4e14
        soundfile.write(folder / "kick.wav", samples, 48000, "FLOAT")
    if what == "six channels":
        soundfile.write(folder / "kick.wav", np.zeros((4800, 6)), 48000, "PCM_24")
    return folder


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("missing", "nowhere"),
        ("empty folder", "WAV, AIFF or FLAC"),
        ("text", "kick.wav"),
        ("empty file", "kick.wav"),
        ("not finite", "1234"),
        ("far over", "+18 dBFS"),
        ("six channels", "6 channels"),
    ],
)
def test_bad_stems_are_told_and_nothing_is_written(run, chain, tmp_path, what, told) -> None:
    said = run("render", _bad(tmp_path, what), chain(GROUPS), "-o", tmp_path / "out")
    assert said.code == 2
    assert told in said.err
    assert not (tmp_path / "out").exists()


def test_real_garbage_is_refused_by_file_and_position(run, chain, tmp_path, shared_data) -> None:
    text = '[[group]]\nid = "a"\nstems = ["*"]\n'
    said = run("render", shared_data("stems/garbage"), chain(text), "-o", tmp_path / "out")
    assert said.code == 2
    assert "synth_nonfinite_float32.wav" in said.err
    assert "at sample" in said.err


def test_five_faults_of_one_chain_are_told_at_once_with_their_lines(run, stems, chain, tmp_path):
    text = """
[[group]]
id = "a"
stems = ["role:drumz"]
  [[group.insert]]
  use = "compresor"
  [[group.insert]]
  use = "limiter"
  release_ms = -3
[[group]]
id = "a"
stems = ["*"]
gain_bd = 1
"""
    said = run("render", stems, chain(text), "-o", tmp_path / "out", "--json")
    assert said.code == 2
    errors = json.loads(said.out)["errors"]
    lines = {error["where"]["line"] for error in errors}
    assert {5, 7, 10, 12, 14} <= lines
    assert {"compressor", "gain_db", "role:drums"} <= {error["nearest"] for error in errors}


def test_unmatched_and_twice_taken_stems_are_all_told(run, stems, chain, tmp_path) -> None:
    text = (
        '[[group]]\nid = "a"\nstems = ["kick"]\n[[group]]\nid = "b"\nstems = ["role:drums"]\n'
        '[[group]]\nid = "c"\nstems = ["choir"]\nrequired = true\n'
    )
    said = run("render", stems, chain(text), "-o", tmp_path / "out", "--json")
    assert said.code == 2
    kinds = sorted(error["kind"] for error in json.loads(said.out)["errors"])
    assert kinds == ["group_empty", "stem_taken_twice", "stem_unmatched", "stem_unmatched"]


def test_a_missing_plugin_is_the_machines_fault(run, stems, chain, tmp_path) -> None:
    text = '[[group]]\nid = "a"\nstems = ["*"]\n[[group.insert]]\nuse = "plugin"\nplugin = "Nope"\n'
    said = run("render", stems, chain(text), "-o", tmp_path / "out", "--json")
    assert said.code == 3
    (error,) = json.loads(said.out)["errors"]
    assert error["kind"] == "plugin_not_found"
    assert (error["where"]["group"], error["where"]["insert"]) == ("a", "plugin")


def test_an_output_that_cannot_be_written_stops_before_the_work(run, stems, chain, tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir()
    closed.chmod(0o555)
    out = Path("/proc") if os.geteuid() == 0 else closed
    said = run("render", stems, chain(GROUPS), "-o", out / "out")
    assert said.code == 3
    assert "cannot be written" in said.err
    assert not (tmp_path / "the store").exists()


def test_rate_conversion_is_planned_and_refused_when_strict(run, stems, chain) -> None:
    soundfile.write(stems / "pad.wav", np.zeros((44100, 2)), 44100, "PCM_24")
    text = chain('[[group]]\nid = "a"\nstems = ["*"]\n')
    said = run("plan", stems, text)
    assert said.code == 0
    assert "pad: 44100 Hz is converted to 48000 Hz" in said.err
    assert run("plan", stems, text, "--strict").code == 2


def test_plan_shows_lanes_and_the_end(run, stems, chain) -> None:
    said = run("plan", stems, chain(GROUPS))
    assert said.code == 0
    for words in ("low", "bass, kick", "lead vox", "compressor", "-16 LUFS", "instrumental"):
        assert words in said.out
    made = json.loads(run("plan", stems, chain(GROUPS), "--json").out)
    assert [group["stems"] for group in made["groups"]] == [["bass", "kick"], ["lead vox"]]


def test_wrong_usage_is_told(run, stems, chain) -> None:
    said = run("render", stems, chain(GROUPS), "--subtype", "pcm20")
    assert said.code == 2
    assert "pcm20" in said.err
    assert json.loads(run("render", "--json").out)["errors"][0]["kind"] == "usage"


@pytest.mark.usefixtures("no_report")
def test_the_lock_and_the_chain_are_text_a_person_can_read(run, stems, chain, tmp_path) -> None:
    run("render", stems, chain(GROUPS), "-o", tmp_path / "out")
    assert tomllib.loads((tmp_path / "out/chain.toml").read_text())["group"][0]["id"] == "low"


def test_ctrl_c_leaves_no_output_and_keeps_what_was_done(
    stems, chain, fixture_plugins, tmp_path
) -> None:
    endless = f'[[group.insert]]\nuse = "plugin"\nplugin = "{fixture_plugins("hang-process")}"\n'
    text = chain(GROUPS.replace("[[master.insert]]", endless + "[[master.insert]]", 1))
    command = [sys.executable, "-c", "from bridge.cli import main; main()", "render", stems, text]
    command += ["-o", tmp_path / "out", "--store", tmp_path / "s", "--jobs", "2"]
    child = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    while not list((tmp_path / "s" / "v1").glob("*/*/data")) and child.poll() is None:
        time.sleep(0.05)
    child.terminate()
    _, err = child.communicate(timeout=60)
    assert child.returncode == 130
    assert "stopped" in err
    assert not (tmp_path / "out").exists()
    left = [path.name for path in (tmp_path / "s" / "staging").iterdir()]
    assert left == ["collecting"]  # what collections lock stays
    assert list((tmp_path / "s" / "v1").glob("*/*"))


def test_a_verdict_names_the_insert_that_is_over(capsys, tmp_path) -> None:
    """What is blamed stands in the verdict, and no reason is lost or told twice."""
    over = {"severity": "error", "code": "over_ceiling", "where": "master/max"}
    step = dict.fromkeys(("label", "key", "pcm"), "") | dict.fromkeys(("level_in", "level_out"))
    step |= {"inserts": [], "seconds": 0.0, "latency_frames": 0}
    shape = {"sample_rate_hz": 48000, "channels": 2, "frames": 1, "dc": [], "path": "main.wav"}
    record = {
        "schema": 1,
        "stemwright": "0",
        "groups": [],
        "files": [],
        "diagnostics": [{**over, "message": "main: the true peak is 1.00 dB over -1 dBTP"}],
        "steps": [{**step, "id": "finish/main", "cached": False, "lowest_gain_db": [-3.24]}],
        "outputs": [
            {
                "version": "main",
                "path": "main.wav",
                "reached": False,
                "trim_db": -0.5,
                "pcm_sha256": "",
                "measures": dict.fromkeys(Measured.model_fields) | shape,
            }
        ],
        "target": {"integrated_lufs": -14.0, "true_peak_dbtp": -1.0},
        "range": None,
        "drive_db": 2.0,
    }
    (tmp_path / "report.html").touch()
    tell(Record.model_validate(record), tmp_path)
    assert capsys.readouterr().err == (
        "main: TARGET MISSED: master/max: the true peak is 1.00 dB over -1 dBTP; "
        "drive +2.00 dB, limited by up to 3.2 dB, trimmed by 0.50 dB\n"
    )


PAIR = """
[[version]]
id = "rest-alone"
only = ["rest"]
"""


@pytest.mark.usefixtures("no_report")
def test_the_residual_is_what_versions_leave_of_main(run, stems, chain, tmp_path) -> None:
    out, file = tmp_path / "out", tmp_path / "left.wav"
    words = ("render", stems, chain(GROUPS + PAIR), "-o", out, "--no-check", "--residual", file)
    said = run(*words)
    main, *parts = (
        soundfile.read(out / f"{name}.wav")[0] for name in ("main", "instrumental", "rest-alone")
    )
    assert soundfile.info(file).subtype == "FLOAT"
    left = soundfile.read(file)[0]
    assert np.array_equal(left, (main - parts[0] - parts[1]).astype(np.float32))
    peak_dbfs = 20.0 * np.log10(np.abs(left).max())
    assert f"instrumental + rest-alone: between their sum and main is at most {peak_dbfs:.1f}" in (
        said.err
    )
    assert "; after master/compressor at most -" in said.err
    assert str(file) in said.out
    again = run(*words, "--json")
    assert [each["kind"] for each in json.loads(again.out)["errors"]] == ["would_overwrite"]
    alone = run("render", stems, chain(GROUPS), "-o", out, "--residual", tmp_path / "no" / "x.wav")
    assert alone.code == 2
    assert "no versions of this render together are the main master" in alone.err
    assert not (tmp_path / "no").exists()
