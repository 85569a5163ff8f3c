"""What is named on the command line and is no session: devices, pipes, missing folders."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from bridge.cli.telling import say_diagnostics

Run = Callable[..., Any]
WORDS = {
    "read": ["read", "{}"],
    "export": ["export", "{}", "-o", "{out}/song.rpp"],
    "capture": ["capture", "{}", "--master", "-o", "{out}/chain.toml"],
}


@pytest.mark.parametrize("command", WORDS)
@pytest.mark.parametrize("kind", ["device", "pipe"])
def test_what_never_ends_is_refused_at_once(
    run: Run, tmp_path: Path, command: str, kind: str
) -> None:
    path = Path("/dev/zero")
    if kind == "pipe":
        path = tmp_path / "song.rpp"
        os.mkfifo(path)
    if not path.exists():
        pytest.skip("no /dev/zero on this system")
    words = [word.format(path, out=tmp_path) for word in WORDS[command]]
    done = run(*words, "--json")
    (problem,) = json.loads(done.out)["errors"]
    assert (done.code, problem["kind"]) == (2, "not_a_file")
    assert problem["where"] == {"file": str(path)}


@pytest.mark.parametrize("command", ["read", "export"])
def test_a_media_folder_that_is_not_there_is_refused(
    run: Run, stems: Path, tmp_path: Path, command: str
) -> None:
    words = [word.format(stems, out=tmp_path) for word in WORDS[command]]
    kick = stems / "kick.wav"
    done = run(*words, "--media", tmp_path / "stem", "--media", kick, "--json")
    missing, file = json.loads(done.out)["errors"]
    assert done.code == 2
    assert {missing["kind"], file["kind"]} == {"no_media_folder"}
    assert missing["message"] == f"{tmp_path / 'stem'} does not exist"
    assert missing["nearest"] == str(stems)
    assert file["message"] == f"{kick} is no folder"
    assert not (tmp_path / "song.rpp").exists()


def test_help_says_that_read_takes_projects(run: Run) -> None:
    said = " ".join(run("read", "--help").out.split())
    assert "A DAW's project or exchange file" in said


def test_a_track_without_plugins_is_told(run: Run, stems: Path, tmp_path: Path) -> None:
    assert (
        run("export", stems, "-o", tmp_path / "song.rpp", "--store", tmp_path / "store").code == 0
    )
    words = ["capture", tmp_path / "song.rpp", "-o", tmp_path / "chain.toml"]
    done = run(*words, "--track", "lead vox", "--store", tmp_path / "store")
    assert done.code == 0
    assert done.err.splitlines() == [
        "warning: lead vox has no plugin that could be lifted: the chain has no insert"
    ]
    assert run("capture", tmp_path / "song.rpp", "-o", tmp_path / "b.toml", "--all").err != ""


def test_a_missing_argument_is_called_by_its_name(run: Run, stems: Path) -> None:
    for command in ("render", "plan", "lock"):
        assert "Missing argument 'CHAIN'" in run(command, stems).err
        assert "Missing argument 'SESSION'" in run(command, "chain.toml").err
        assert "Missing arguments 'SESSION' and 'CHAIN'" in run(command).err
        assert run(command, "--store", "x", "stems/").code == 2


@pytest.mark.parametrize("command", ["render", "plan", "lock"])
def test_a_path_that_stands_alone_and_is_not_there_is_told_as_that(
    run: Run, tmp_path: Path, command: str
) -> None:
    said = run(command, tmp_path / "nonexist", "--json")
    (problem,) = json.loads(said.out)["errors"]
    assert (said.code, problem["kind"]) == (2, "not_found")
    assert problem["message"] == f"{tmp_path / 'nonexist'} does not exist"


@pytest.mark.parametrize("command", ["plan", "render"])
def test_chain_stems_and_plugins_are_faulted_in_one_run(
    run: Run, stems: Path, chain: Callable[[str], Path], command: str
) -> None:
    def kinds(text: str) -> list[str]:
        done = run(command, stems, chain(text), "--json")
        assert done.code == 2
        return [each["kind"] for each in json.loads(done.out)["errors"]]

    missing = (
        '[[group]]\nid = "all"\nstems = ["*"]\nrequired = true\n'
        '[[group.insert]]\nuse = "plugin"\nplugin = "Not Here EQ"\n'
    )
    loud = np.zeros((4800, 2))
    loud[7] = np.nan
    soundfile.write(stems / "broken.wav", loud, 48000, "FLOAT")
    assert kinds(missing) == ["not_finite", "plugin_not_found"]
    assert kinds(missing + "oops = 1\n") == ["unknown_key", "not_finite", "plugin_not_found"]
    (stems / "broken.wav").write_bytes(b"no audio")
    assert kinds(missing) == ["unreadable_audio", "plugin_not_found"]
    assert kinds(missing + "oops = 1\n") == ["unknown_key", "unreadable_audio", "plugin_not_found"]


def test_no_clause_is_said_twice(run: Run, stems: Path, chain: Callable[[str], Path]) -> None:
    text = '[[group]]\nid = "all"\nstems = ["*"]\ninsert = [{ use = "gian", gain_db = 99 }]\n'
    lines = run("plan", stems, chain(text)).err.splitlines()
    assert [line.split(":")[0].strip() for line in lines] == ["error", "error", "did you mean"]


def test_equal_diagnostics_are_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    def said(where: str, message: str = "clips") -> dict[str, str]:
        return {"severity": "warning", "code": "x", "where": where, "message": message}

    say_diagnostics([said("a"), said("b"), said("a"), said("finish/tv", "tv: silent")])
    assert capsys.readouterr().err == "warning: a, b: clips\nwarning: tv: silent\n"
