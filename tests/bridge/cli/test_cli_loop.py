"""The loop: hear some seconds at once, and again on every save."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from bridge.cli.ranges import excerpt
from stemwright.problems import InputError

GROUPS = """
[[group]]
id = "all"
stems = ["*"]
  [[group.insert]]
  use = "gain"
  gain_db = {gain}
"""
TARGET = "[target]\nintegrated_lufs = -20.0\n"


def _read(path: Path) -> np.ndarray:
    samples, _ = soundfile.read(path)
    return samples


@pytest.mark.usefixtures("no_report")
def test_a_range_is_that_part_of_the_master(run, stems, chain, tmp_path) -> None:
    text, out = chain(GROUPS.format(gain=-3)), tmp_path / "out"
    run("render", stems, text, "-o", out, "--subtype", "float64")
    said = run("render", stems, text, "-o", out, "--subtype", "float64", "--range", "0.25:0.5")
    assert said.code == 0, said.err
    part = _read(out / "range" / "main.wav")
    assert np.array_equal(part, _read(out / "main.wav")[12000:24000])


@pytest.mark.usefixtures("no_report")
def test_a_range_keeps_the_drive_of_the_full_master(run, stems, chain, tmp_path) -> None:
    text, out = chain(GROUPS.format(gain=-3) + TARGET), tmp_path / "out"
    full = json.loads(run("render", stems, text, "-o", out, "--json").out)
    part = json.loads(run("render", stems, text, "-o", out, "--json", "--range", "0.1:0.9").out)
    assert part["drive_db"] == full["drive_db"]
    assert part["range"] == {"start_s": 0.1, "end_s": 0.9}
    assert (out / "main.wav").exists()


@pytest.mark.parametrize(
    ("words", "start_s", "end_s"),
    [("30:50", 30, 50), ("0:30", 0, 30), ("1:02-1:22.5", 62, 82.5), ("90-1:40", 90, 100),
     ("1:02-", 62, None), ("62:", 62, None), (":30", 0, 30), ("-0:30", 0, 30),
     ("1:00:02-1:00:05", 3602, 3605)],
)  # fmt: skip
def test_ranges_in_seconds_in_minutes_and_open(words, start_s, end_s) -> None:
    found = excerpt(words, 0.0)
    assert (found.start_s, found.end_s) == (start_s, end_s)


@pytest.mark.parametrize("words", ["-3:5", "-3:", "1:2-1:3", "-3-", "1:60-2:00", "5"])
def test_a_range_that_is_not_clear_is_refused_with_what_to_write(words: str) -> None:
    with pytest.raises(InputError) as caught:
        excerpt(words, 0.0)
    (problem,) = caught.value.problems
    assert ("-0:30" in str(problem.hint)) == words.startswith("-")


@pytest.mark.usefixtures("no_report")
def test_a_range_may_begin_in_the_tail_and_not_after_it(run, stems, chain, tmp_path) -> None:
    rings = GROUPS.format(gain=-3) + '[[master.insert]]\nuse = "reverb"\nmix = 0.3\n'
    out = tmp_path / "out"
    words = ("render", stems, chain(rings), "-o", out, "--subtype", "float64", "--json")
    run(*words)
    master = _read(out / "main.wav")
    frames = max(soundfile.info(path).frames for path in stems.glob("*.wav"))
    start_s = frames / 48000 + 0.5
    assert run(*words, "--range", f"{start_s}:{start_s + 30}").code == 0
    assert np.array_equal(_read(out / "range" / "main.wav"), master[frames + 24000 :])
    assert np.any(master[frames + 24000 :])
    for late_s in (len(master) / 48000 + 0.1, 90.0):
        said = run(*words, "--range", f"{late_s}-")
        assert (said.code, json.loads(said.out)["errors"][0]["kind"]) == (2, "range_empty")


@pytest.mark.usefixtures("no_report")
def test_an_open_range_and_one_past_the_end_go_to_the_masters_end(run, stems, chain, tmp_path):
    text, out = chain(GROUPS.format(gain=-3)), tmp_path / "out"
    words = ("render", stems, text, "-o", out, "--subtype", "float64", "--json")
    assert run(*words, "--range", "0:00.25-").code == 0  # no master is there yet
    run(*words)
    master = _read(out / "main.wav")
    seconds = len(master) / 48000
    for part in ("0:00.25-", f"0.25:{seconds + 9}"):
        record = json.loads(run(*words, "--range", part).out)
        assert np.array_equal(_read(out / "range" / "main.wav"), master[12000:])
        assert record["range"] == {"start_s": 0.25, "end_s": seconds}
        told = {each["code"] for each in record["diagnostics"]}
        assert ("range_past_end" in told) == (not part.endswith("-"))


def test_a_ranges_report_is_of_that_part_of_everything(run, stems, chain, tmp_path) -> None:
    parts = [_read(path) for path in stems.glob("*.wav")]
    longest = max(len(part) for part in parts)
    mix = np.random.default_rng(2).uniform(-0.1, 0.1, (longest, 2))
    mix[: longest // 2] = 0.0  # loud in the part that is rendered, silent before
    soundfile.write(stems / "rough mix.wav", mix, 48000, "PCM_24")
    text, out = chain(GROUPS.format(gain=-3)), tmp_path / "out"
    half = longest / 48000 / 2
    said = run("render", stems, text, "-o", out, "--json", "--range", f"{half}:{half + 0.25}")
    heard = json.loads(said.out)["heard"]
    assert {row["kind"] for row in heard} == {"mix", "stems", "group", "version"}
    assert {row["frames"] for row in heard} == {12000}
    assert "a range:" in (out / "range" / "report.html").read_text(encoding="utf-8")


def test_a_ranges_report_has_the_same_stretch_of_a_late_mix(run, chain, tmp_path) -> None:
    stems, song = tmp_path / "late", np.random.default_rng(3).uniform(-0.2, 0.2, (96000, 2))
    song[48000:72000] *= 0.25  # what is rendered is quieter than what is before and after it
    stems.mkdir()
    soundfile.write(stems / "kick.wav", song, 48000, "PCM_24")
    for name, gain in (("bass", 0.0), ("rough mix", 0.5)):
        late = np.concatenate([np.zeros((24000, 2)), gain * song])
        soundfile.write(stems / f"{name}.wav", late, 48000, "PCM_24")
    words = ("render", stems, chain(GROUPS.format(gain=0)), "-o", tmp_path / "out", "--json")
    said = run(*words, "--range", "1:1.5")
    row = next(row for row in json.loads(said.out)["heard"] if row["kind"] == "mix")
    assert (row["offset_s"], row["frames"]) == (0.5, 24000)
    page = (tmp_path / "out" / "range" / "report.html").read_text(encoding="utf-8")
    # Half as loud: it is raised by as much as the master's same half second asks for.
    assert "rough mix, +6.0\N{NO-BREAK SPACE}dB, 0.500 s late, aligned" in page


def test_the_first_insert_of_a_group_is_bypassed_in_a_range(run, stems, chain, tmp_path) -> None:
    text, out = chain(GROUPS.format(gain=-3)), tmp_path / "out"
    assert run("render", stems, text, "-o", out, "--range", "0.4:0.9").code == 0
    said = run("report", "--bypass", "all/gain", out / "range")
    assert said.code == 0, said.err
    bypassed = out / "range" / "bypass-all-gain"
    assert np.abs(_read(bypassed / "with.wav")).max() > 0.01
    # A gain that is matched leaves nothing, if both are the same stretch of the song.
    assert np.abs(_read(bypassed / "difference.wav")).max() < 1e-5


VERSIONS = """
[[version]]
id = "instrumental"
mute = ["stem:*vox*"]
[[version]]
id = "quiet"
mute = ["all"]
"""


@pytest.mark.parametrize("rendered_before", [True, False])
def test_only_one_version_of_a_range_is_written_and_keeps_mains_drive(
    run, stems, chain, tmp_path, rendered_before: bool
) -> None:
    text, out = chain(GROUPS.format(gain=-3) + TARGET + VERSIONS), tmp_path / "out"
    words = ("render", stems, text, "-o", out, "--json")
    if rendered_before:
        run(*words)
    every = json.loads(run(*words, "--range", "0.1:0.9").out)
    whole = {path: _read(out / "range" / f"{path}.wav") for path in ("main", "instrumental")}
    for name, other in (("instrumental", "main"), ("main", "instrumental")):
        record = json.loads(run(*words, "--range", "0.1:0.9", "--only", name).out)
        assert [row["version"] for row in record["outputs"]] == record["only"] == [name]
        assert record["drive_db"] == every["drive_db"]
        assert np.array_equal(_read(out / "range" / f"{name}.wav"), whole[name])
        assert not (out / "range" / f"{other}.wav").exists()
        lock = json.loads((out / "range" / "chain.lock").read_bytes())
        assert (lock["only"], lock["trim_db"]) == ([name], every["outputs"][0]["trim_db"])
        assert f"only {name}" in (out / "range" / "report.html").read_text(encoding="utf-8")
        assert run("report", out / "range").code == 0
    assert (out / "main.wav").exists() is rendered_before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--range", "0:0.5", "--only", "instrumentl"), "did you mean: instrumental"),
        (("--only", "main"), "--only goes with --range"),
    ],
)
def test_only_is_of_a_range_and_names_a_version(run, stems, chain, tmp_path, words, said) -> None:
    text = chain(GROUPS.format(gain=-3) + VERSIONS)
    told = run("render", stems, text, "-o", tmp_path / "out", *words)
    assert told.code == 2
    assert said in told.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "words",
    ["5:9", "0.5:0.5", "x:y", "1", "nan:5", "0:inf", "0:30:1:00", "1:62-2:00", ":", "-", "5:-1"],
)
def test_a_range_that_holds_nothing_is_told(run, stems, chain, tmp_path, words: str) -> None:
    said = run(
        "render", stems, chain(GROUPS.format(gain=0)), "-o", tmp_path / "o", f"--range={words}"
    )
    assert said.code == 2
    assert "expected" in said.err


def test_watch_renders_again_on_every_save_and_survives_a_fault(stems, chain, tmp_path) -> None:
    text, out = chain(GROUPS.format(gain=0)), tmp_path / "out"
    command = [sys.executable, "-c", "from bridge.cli import main; main()", "render", stems, text]
    command += ["-o", out, "--store", tmp_path / "s", "--watch", "--subtype", "float64"]
    log = (tmp_path / "log").open("w+")
    child = subprocess.Popen([str(word) for word in command], stderr=log, stdout=log)
    try:
        _until(lambda: (tmp_path / "log").read_text().count("watching") == 1, child)
        loud = np.abs(_read(out / "main.wav")).max()
        chain("oops")
        _until(lambda: (tmp_path / "log").read_text().count("watching") == 2, child)
        assert "error" in (tmp_path / "log").read_text()
        chain(GROUPS.format(gain=-6))
        _until(lambda: (tmp_path / "log").read_text().count("watching") == 3, child)
        assert np.abs(_read(out / "main.wav")).max() == pytest.approx(loud * 10 ** (-0.3))
        child.send_signal(signal.SIGINT)
        assert child.wait(timeout=60) == 130
    finally:
        child.kill()
        child.wait()
        log.close()


def _until(done, child: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 60
    while not done():
        assert child.poll() is None
        assert time.monotonic() < end
        time.sleep(0.1)


def test_only_what_the_song_has_nothing_of_is_refused(run, stems, chain, tmp_path) -> None:
    horns = (
        '[[group]]\nid = "horns"\nstems = ["role:brass"]\n[[group]]\nid = "rest"\nstems = ["*"]\n'
    )
    version = '[[version]]\nid = "horns-alone"\nonly = ["horns"]\n'
    words = ("render", stems, chain(horns + version), "-o", tmp_path / "out", "--no-check")
    said = run(*words, "--range", "0:0.2", "--only", "horns-alone")
    assert said.code == 2
    assert "--only horns-alone: nothing of it is in this song" in said.err
