"""docs/adding.md is done as it stands: every block applied to a copy, what was added used."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
import soundfile

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "adding.md").read_text("utf-8")
PACKAGES = ("stemwright", "bridge", "chains", "sessions", "docs")
RATE = 48000


class Said(NamedTuple):
    """What a command came to."""

    code: int
    out: str
    err: str


Run = Callable[..., list[Said]]


class Step(NamedTuple):
    """A block of the page: a whole file, or a change of one."""

    path: str
    kind: str
    text: str


def _steps() -> Iterator[Step]:
    """A file's name on a line of its own stands over its blocks."""
    for under in re.finditer(r"^`([\w./]+)`\n((?:```\w+\n.*?^```\n)+)", PAGE, re.DOTALL | re.M):
        for kind, text in re.findall(r"^```(\w+)\n(.*?)^```\n", under[2], re.DOTALL | re.M):
            yield Step(under[1], kind, text)


def _changed(text: str, change: str) -> str:
    """`text` with the lines that have a plus; those around them stand there once."""
    lines = change.splitlines(keepends=True)
    assert {line[0] for line in lines if line != "\n"} == {" ", "+"}
    before = "".join(line[1:] for line in lines if line[0] == " ")
    assert ("\n" + text).count("\n" + before) == 1, before
    after = "".join(line[1:] or line for line in lines)
    return ("\n" + text).replace("\n" + before, "\n" + after)[1:]


def _installed(copy: Path) -> None:
    """What an installation of the copy writes: its name, its version, its entry points."""
    project = tomllib.loads((copy / "pyproject.toml").read_text("utf-8"))["project"]
    info = copy / f"{project['name']}-{project['version']}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    )
    groups = project["entry-points"].items()
    (info / "entry_points.txt").write_text(
        "".join(
            f"[{group}]\n" + "".join(f"{name} = {value}\n" for name, value in points.items())
            for group, points in groups
        )
    )


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages with everything added as the page says."""
    copy = tmp_path_factory.mktemp("adding")
    for name in PACKAGES:
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", copy)
    for step in _steps():
        path = copy / step.path
        if step.kind == "diff":
            path.write_text(_changed(path.read_text("utf-8"), step.text), "utf-8")
        else:
            assert not path.exists()
            path.parent.mkdir(exist_ok=True)
            path.write_text(step.text, "utf-8")
    _installed(copy)
    return copy


RUN_ALL = """
import contextlib, io, json, sys
from bridge.cli.app import app
from bridge.cli.telling import run_told

said = []
for words in json.load(sys.stdin):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run_told(app, words)
    said.append((code, out.getvalue(), err.getvalue()))
json.dump(said, sys.stdout)
"""


@pytest.fixture
def python(copy: Path, tmp_path: Path) -> Callable[..., str]:
    """Run a program on the copy; what it prints."""

    def python(program: str, given: str = "") -> str:
        store = {"STEMWRIGHT_STORE": str(tmp_path / "store")}
        done = subprocess.run(
            [sys.executable, "-P", "-c", program],
            input=given,
            env={**os.environ, **store, "PYTHONPATH": str(copy)},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return python


@pytest.fixture
def run(python: Callable[..., str]) -> Run:
    """Run commands as they are in the copy, in one process."""

    def run(*commands: Sequence[object]) -> list[Said]:
        given = json.dumps([[str(word) for word in words] for words in commands])
        return [Said(*told) for told in json.loads(python(RUN_ALL, given))]

    return run


@pytest.fixture
def stems(tmp_path: Path) -> Path:
    folder = tmp_path / "stems"
    folder.mkdir()
    for seed, name in enumerate(("kick", "bass")):
        noise = 0.1 * np.random.default_rng(seed).standard_normal((RATE, 2))
        soundfile.write(folder / f"{name}.wav", noise, RATE, "DOUBLE")
    return folder


def test_every_block_of_the_page_is_taken() -> None:
    others = len(re.findall("^```sh", PAGE, re.MULTILINE))
    assert len(list(_steps())) + others == PAGE.count("\n```") / 2


def test_the_new_format_is_read(run: Run, tmp_path: Path) -> None:
    song, damaged = tmp_path / "song.txt", tmp_path / "damaged.txt"
    song.write_text("CUELIST 1\nKick\nLead Vox\n")
    damaged.write_bytes(b"CUELIST 1\n\xff\n")
    read, listed, refused = run(["read", song, "--json"], ["formats"], ["read", damaged])
    told = json.loads(read.out)
    assert told["format"] == "cuelist"
    assert [track["name"] for track in told["tracks"]] == ["Kick", "Lead Vox"]
    assert "a cue list" in listed.out
    assert refused.code == 2
    assert "is not UTF-8" in refused.err


CHAIN = """schema = 1
[[group]]
id = "all"
stems = ["*"]
  [[group.insert]]
  use = "balance"
  left_db = -6
  right_db = 3.5
"""


def test_the_new_processor_renders_its_formula(run: Run, stems: Path, tmp_path: Path) -> None:
    chain = tmp_path / "chain.toml"
    chain.write_text(CHAIN)
    out = ["-o", tmp_path / "out", "--subtype", "float64"]
    planned, rendered = run(["plan", stems, chain], ["render", stems, chain, *out])
    assert "balance" in planned.out
    assert rendered.code == 0, rendered.err
    summed = sum(soundfile.read(path)[0] for path in sorted(stems.iterdir()))
    expected = summed * 10 ** (np.array([-6.0, 3.5]) / 20)
    master, _ = soundfile.read(tmp_path / "out" / "main.wav")
    assert np.abs(expected).max() > 0.1
    assert np.abs(master - expected).max() < 1e-7


def test_the_new_processor_is_told_everywhere(
    run: Run, python: Callable[..., str], stems: Path, tmp_path: Path
) -> None:
    chain, wrong = tmp_path / "chain.toml", tmp_path / "wrong.toml"
    chain.write_text(CHAIN)
    wrong.write_text(CHAIN.replace("left_db", "left"))
    words = f"import chains; print(chains.describe_chain(chains.load({str(chain)!r})))"
    assert "balance -6 dB left, +3.5 dB right" in python(words)
    listed, schema, refused = run(
        ["processors", "balance", "--markdown"], ["schema"], ["plan", stems, wrong]
    )
    assert "| left_db | a number from -120 to 60 dB | 0 dB |" in listed.out
    assert "BalanceInsert" in schema.out
    assert refused.code == 2
    assert f"{wrong}:7" in refused.err
    assert "left_db" in refused.err


def test_the_new_check_tells_file_and_line(run: Run, stems: Path, tmp_path: Path) -> None:
    chain = tmp_path / "chain.toml"
    chain.write_text(CHAIN + '[master]\ninsert = [\n{ use = "limiter" },\n{ use = "gain" }]\n')
    refused, as_json = run(["plan", stems, chain], ["plan", stems, chain, "--json"])
    assert refused.code == 2
    assert f"{chain}:11" in refused.err
    assert "can go over its ceiling" in refused.err
    assert [each["kind"] for each in json.loads(as_json.out)["errors"]] == ["limiter_not_last"]


def test_the_new_command_prints(run: Run, stems: Path) -> None:
    plain, as_json, asked = run(
        ["tracks", stems], ["tracks", stems, "--json"], ["tracks", "--help"]
    )
    assert plain.out.splitlines() == ["bass", "kick"]
    assert json.loads(as_json.out) == ["bass", "kick"]
    assert "stemwright tracks song.rpp" in asked.out
