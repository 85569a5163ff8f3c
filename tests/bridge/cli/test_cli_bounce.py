"""`stemwright bounce` on sessions of Ardour: files, names, refusals, what it leaves alone."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from bridge.cli.app import app
from sessions import read


@pytest.fixture
def run(command_line: Callable[..., Any]) -> Callable[..., Any]:
    return command_line(app)


def test_a_session_becomes_a_bundle(
    run: Callable[..., Any], shared_data: Callable[[str], Path], tmp_path: Path
) -> None:
    source = shared_data("ardour") / "B" / "B.ardour"
    said = run("bounce", source, "-o", tmp_path / "stems", "--json")
    told = json.loads(said.out)
    assert told["clip_seconds"]["refused"] == 0.0
    assert [each["file"] for each in told["stems"]] == [
        "Kick.wav",
        "Hats.wav",
        "Synth.wav",
        "Fx.wav",
        "Aux_.wav",
        "Group.wav",
    ]
    bundle = read([tmp_path / "stems"])
    roles = {track.clips[0].media.path.name: track.role for track in bundle.tracks}
    assert roles == {each["file"]: each["role"] for each in told["stems"]}
    total = np.sum(
        [soundfile.read(path)[0] for path in sorted((tmp_path / "stems").glob("*.wav"))], axis=0
    )
    truth, _ = soundfile.read(source.parent / "export" / "B_ardour73_master_float32.wav")
    assert np.abs(total * 10 ** (-3.0 / 20) - truth).max() < 10 ** (-120 / 20)


def test_what_is_missing_stops_it_and_nothing_is_written(
    run: Callable[..., Any], shared_data: Callable[[str], Path], tmp_path: Path
) -> None:
    folder = tmp_path / "song"
    shutil.copytree(shared_data("ardour") / "A", folder)
    (folder / "interchange/A/audiofiles/kick.wav").unlink()
    out = tmp_path / "stems"
    said = run("bounce", folder / "A.ardour", "-o", out, "--json")
    assert said.code == 2
    assert [each["kind"] for each in json.loads(said.out)["errors"]] == ["missing_media"] * 3
    assert not out.exists()
    planned = json.loads(run("bounce", folder / "A.ardour", "--plan", "--json").out)
    assert planned["clip_seconds"] == pytest.approx(
        {"rendered": 17.688, "told": 0.0, "refused": 7.278}, abs=0.001
    )
    assert run("bounce", folder / "A.ardour", "-o", out, "--skip-missing").code == 0
    assert sorted(path.name for path in out.glob("*.wav")) == ["Synth.wav", "Vox.wav"]


def test_other_folders_are_left_alone(
    run: Callable[..., Any], shared_data: Callable[[str], Path], tmp_path: Path
) -> None:
    source = shared_data("ardour") / "A" / "A.ardour"
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("keep")
    said = run("bounce", source, "-o", tmp_path / "mine")
    assert said.code == 2
    assert "no folder of an earlier bounce" in said.err
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["notes.txt"]
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


@pytest.mark.usefixtures("zam")
def test_plugins_that_are_not_here_are_all_named(
    run: Callable[..., Any], shared_data: Callable[[str], Path], tmp_path: Path
) -> None:
    folder = tmp_path / "song"
    shutil.copytree(shared_data("ardour") / "D", folder)
    session = folder / "D.ardour"
    text = session.read_text(encoding="utf-8")
    on_the_master, of_tracks = 2, re.findall(r'type="vst3" unique-id="(\w{32})"', text)
    for each in of_tracks[on_the_master:]:
        text = text.replace(each, "0" * 8 + each[8:])
    session.write_text(text, encoding="utf-8")
    said = run("bounce", session, "-o", tmp_path / "stems", "--json")
    errors = json.loads(said.out)["errors"]
    assert (said.code, [each["kind"] for each in errors]) == (3, ["plugin_not_found"] * 2)
    assert not (tmp_path / "stems").exists()
    planned = json.loads(run("bounce", session, "--plan", "--json").out)
    assert [each["kind"] for each in planned["plugins"]] == ["plugin_not_found"] * 2
    told = json.loads(
        run("bounce", session, "-o", tmp_path / "stems", "--skip-missing", "--json").out
    )
    left = [each for each in told["diagnostics"] if each["code"] == "plugin_left_out"]
    assert len(left) == 2
    dry = json.loads(run("bounce", session, "-o", tmp_path / "dry", "--dry", "--json").out)
    assert {each["code"] for each in dry["diagnostics"]} == {"plugins_left_out"}


def test_a_session_is_taken_where_stems_are(
    run: Callable[..., Any], shared_data: Callable[[str], Path], tmp_path: Path
) -> None:
    """plan, render, verify, lock, check and a job print it once beside it and go on with that."""
    song, chain = tmp_path / "song", tmp_path / "chain.toml"
    shutil.copytree(shared_data("ardour") / "B", song)
    session = song / "B.ardour"
    text = session.read_text(encoding="utf-8")
    chain.write_text('schema = 1\n[[group]]\nid = "all"\nstems = ["*"]\n', encoding="utf-8")
    plan = json.loads(run("plan", session, chain, "--json").out)
    assert plan["groups"][0]["stems"] == ["Aux_", "Fx", "Group", "Hats", "Kick", "Synth"]
    record = song / "B-stems" / "bounce.json"
    first = record.stat().st_mtime_ns
    assert run("render", session, chain, "-o", tmp_path / "master").code == 0
    assert run("verify", tmp_path / "master", "--quick").code == 0
    assert run("lock", session, chain, "-o", tmp_path / "locked").code == 0
    assert record.stat().st_mtime_ns == first
    assert run("job", "new", session, "--chain", chain, "-o", tmp_path / "job").code == 0
    assert (tmp_path / "job" / "B-stems" / "Kick.wav").is_file()
    assert run("render", tmp_path / "job").code == 0
    session.write_text(text.replace("0.63095736503601074", "0.5"), encoding="utf-8")
    assert run("plan", session, chain).code == 0
    assert record.stat().st_mtime_ns != first


def test_what_a_bounce_told_is_told_again_by_what_goes_on_with_it(
    run: Callable[..., Any], tmp_path: Path
) -> None:
    soundfile.write(tmp_path / "a.wav", np.random.default_rng(1).uniform(-0.1, 0.1, 48_000), 48_000)
    project = tmp_path / "song.rpp"
    project.write_text(
        '<REAPER_PROJECT 0.1 "6.0" 1\n  SAMPLERATE 48000 0 0\n  <TRACK\n    NAME lead\n'
        "    VOLPAN 1 -0.5 0.7 -1 1\n    <ITEM\n      POSITION 0\n      LENGTH 1\n"
        '      <SOURCE WAVE\n        FILE "a.wav"\n      >\n    >\n  >\n>\n',
        encoding="utf-8",
    )
    chain = tmp_path / "chain.toml"
    chain.write_text('schema = 1\n[[group]]\nid = "all"\nstems = ["*"]\n', encoding="utf-8")
    said = run("render", project, chain, "-o", tmp_path / "master", "--json")
    told = json.loads(said.out)["diagnostics"]
    assert [each["where"] for each in told if each["code"] == "pan_law"] == ["lead"]


def test_every_region_in_a_folder_of_its_own(run: Callable[..., Any], tmp_path: Path) -> None:
    sound = np.random.default_rng(1).uniform(-0.1, 0.1, 48_000)
    soundfile.write(tmp_path / "a.wav", sound, 48_000, "DOUBLE")
    project = tmp_path / "song.rpp"
    project.write_text(
        '<REAPER_PROJECT 0.1 "6.0" 1\n  SAMPLERATE 48000 0 0\n'
        '  MARKER 1 0.25 "verse" 1 0 1 R\n  MARKER 1 0.5 "" 1\n'
        '  MARKER 2 0.5 "verse" 1 0 1 R\n  MARKER 2 0.75 "" 1\n'
        "  <TRACK\n    NAME lead\n    <ITEM\n      POSITION 0\n      LENGTH 1\n"
        '      <SOURCE WAVE\n        FILE "a.wav"\n      >\n    >\n  >\n>\n',
        encoding="utf-8",
    )
    out = tmp_path / "out"
    assert run("bounce", project, "-o", out, "--regions", "--subtype", "float64").code == 0
    assert sorted(path.name for path in out.iterdir()) == ["verse", "verse 2"]
    for name, start in (("verse", 12_000), ("verse 2", 24_000)):
        found, _ = soundfile.read(out / name / "lead.wav")
        assert np.array_equal(found[:, 0], sound[start : start + 12_000])
    assert run("bounce", project, "--plan", "-o", out).code == 0
    both = run("bounce", project, "-o", out, "--regions", "--range", "0:0.5")
    assert (both.code, "exclude each other" in both.err) == (2, True)


def test_media_in_two_places_are_a_question(run: Callable[..., Any], tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    for name in ("one", "two"):
        (tmp_path / "media" / name).mkdir(parents=True)
        soundfile.write(tmp_path / "media" / name / "a.wav", rng.uniform(-0.1, 0.1, 4_800), 48_000)
    project = tmp_path / "song.rpp"
    project.write_text(
        '<REAPER_PROJECT 0.1 "6.0" 1\n  SAMPLERATE 48000 0 0\n  <TRACK\n    NAME lead\n    <ITEM\n'
        "      POSITION 0\n      LENGTH 0.1\n      <SOURCE WAVE\n"
        '        FILE "gone/a.wav"\n      >\n    >\n  >\n>\n',
        encoding="utf-8",
    )
    said = run("bounce", project, "-o", tmp_path / "out", "--media", tmp_path / "media", "--json")
    (error,) = json.loads(said.out)["errors"]
    for name in ("one", "two"):
        assert str(tmp_path / "media" / name / "a.wav") in error["message"]
    right = tmp_path / "media" / "two"
    assert run("bounce", project, "-o", tmp_path / "out", "--media", right).code == 0
    shutil.copy(right / "a.wav", tmp_path / "media" / "one" / "a.wav")
    copies = tmp_path / "copies"
    assert run("bounce", project, "-o", copies, "--media", tmp_path / "media").code == 0


def test_an_effect_that_is_not_hosted_stops_it(run: Callable[..., Any], tmp_path: Path) -> None:
    """One of the DAW's own is as much a part of the sound as a plugin that is not here."""
    soundfile.write(tmp_path / "a.wav", np.random.default_rng(1).uniform(-0.1, 0.1, 4_800), 48_000)
    project = tmp_path / "song.rpp"
    project.write_text(
        '<REAPER_PROJECT 0.1 "6.0" 1\n  SAMPLERATE 48000 0 0\n  <TRACK\n    NAME lead\n'
        '    <FXCHAIN\n      BYPASS 0 0 0\n      <JS utility/volume ""\n        -6 -\n      >\n'
        "    >\n    <ITEM\n      POSITION 0\n      LENGTH 0.1\n      <SOURCE WAVE\n"
        '        FILE "a.wav"\n      >\n    >\n  >\n>\n',
        encoding="utf-8",
    )
    said = run("bounce", project, "-o", tmp_path / "out", "--json")
    (error,) = json.loads(said.out)["errors"]
    assert (said.code, error["kind"], error["message"][:5]) == (2, "not_lifted", "lead:")
    assert not (tmp_path / "out").exists()
    plan = json.loads(run("bounce", project, "--plan", "--json").out)
    assert [each["kind"] for each in plan["plugins"]] == ["not_lifted"]
    for way in ("--dry", "--skip-missing"):
        assert run("bounce", project, "-o", tmp_path / "out", way).code == 0
