"""docs/adding.md is done as it stands: every block applied to a copy, what was added used."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
import soundfile

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "adding.md").read_text("utf-8")
PACKAGES = ("stemwright", "bridge", "chains", "sessions", "docs")
RATE = 48000
_HALF_WRITTEN = shutil.ignore_patterns("*.pyc.*")


class Said(NamedTuple):
    """What a command came to."""

    code: int
    out: str
    err: str


Run = Callable[..., Said]
Python = Callable[[str], Said]


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
    """`text` with the lines that have a plus for those with a minus; the others stand there."""
    lines = change.splitlines(keepends=True)
    assert {line[0] for line in lines} <= {" ", "+", "-"}
    before = "".join(line[1:] for line in lines if line[0] != "+")
    assert ("\n" + text).count("\n" + before) == 1, before
    after = "".join(line[1:] for line in lines if line[0] != "-")
    return ("\n" + text).replace("\n" + before, "\n" + after)[1:]


def _distribution(folder: Path, name: str, version: str) -> Path:
    """Where an installation tells what it installed: the name and the version, for a start."""
    info = folder / f"{name}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    return info


def _installed(copy: Path) -> None:
    """What an installation of the copy writes: its name, its version, its entry points."""
    project = tomllib.loads((copy / "pyproject.toml").read_text("utf-8"))["project"]
    info = _distribution(copy, project["name"], project["version"])
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
        shutil.copytree(ROOT / name, copy / name, ignore=_HALF_WRITTEN)
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
    (copy / "gainhost.py").write_text(GAINHOST)
    _distribution(copy, "gainhost", "1.2")
    return copy


SERVER = """
import contextlib, io, json, sys, traceback

for line in sys.stdin:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        names = {}
        try:
            exec(json.loads(line), names)
        except Exception:
            traceback.print_exc()
            names["code"] = 1
    print(json.dumps([names.get("code", 0), out.getvalue(), err.getvalue()]), flush=True)
"""

COMMAND = """
from bridge.cli.app import app
from bridge.cli.telling import run_told
code = run_told(app, {words!r})
"""


@pytest.fixture(scope="module")
def python(copy: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Python]:
    """A process that runs programs on the copy, one after the other: what each came to."""
    folder = tmp_path_factory.mktemp("running")
    with subprocess.Popen(
        [sys.executable, "-P", "-c", SERVER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "STEMWRIGHT_STORE": str(folder / "store"), "PYTHONPATH": str(copy)},
        cwd=folder,
        text=True,
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        given, taken = server.stdin, server.stdout

        def python(program: str) -> Said:
            given.write(json.dumps(program) + "\n")
            given.flush()
            return Said(*json.loads(taken.readline()))

        yield python


@pytest.fixture
def run(python: Python) -> Run:
    """Run a command as it is in the copy."""

    def run(*words: object) -> Said:
        return python(COMMAND.format(words=[str(word) for word in words]))

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
    told = json.loads(run("read", song, "--json").out)
    assert told["format"] == "cuelist"
    assert [track["name"] for track in told["tracks"]] == ["Kick", "Lead Vox"]
    assert "a cue list" in run("formats").out
    refused = run("read", damaged)
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
    assert "balance" in run("plan", stems, chain).out
    rendered = run("render", stems, chain, *out)
    assert rendered.code == 0, rendered.err
    summed = sum(soundfile.read(path)[0] for path in sorted(stems.iterdir()))
    expected = summed * 10 ** (np.array([-6.0, 3.5]) / 20)
    master, _ = soundfile.read(tmp_path / "out" / "main.wav")
    assert np.abs(expected).max() > 0.1
    assert np.abs(master - expected).max() < 1e-7


def test_the_new_processor_is_told_everywhere(
    run: Run, python: Python, stems: Path, tmp_path: Path
) -> None:
    chain, wrong = tmp_path / "chain.toml", tmp_path / "wrong.toml"
    chain.write_text(CHAIN)
    wrong.write_text(CHAIN.replace("left_db", "left"))
    words = f"import chains; print(chains.describe_chain(chains.load({str(chain)!r})))"
    assert "balance -6 dB left, +3.5 dB right" in python(words).out
    shown = 'import chains; print(chains.load(chains.LIBRARY / "template.toml").groups)'
    assert "Balance(" in python(shown).out
    listed = run("processors", "balance", "--markdown")
    assert "| left_db | a number from -120 to 60 dB | 0 dB |" in listed.out
    assert "BalanceInsert" in run("schema").out
    refused = run("plan", stems, wrong)
    assert refused.code == 2
    assert f"{wrong}:7" in refused.err
    assert "left_db" in refused.err


def test_the_new_check_tells_file_and_line(run: Run, stems: Path, tmp_path: Path) -> None:
    chain = tmp_path / "chain.toml"
    chain.write_text(CHAIN + '[master]\ninsert = [\n{ use = "limiter" },\n{ use = "limiter" }]\n')
    refused, as_json = run("plan", stems, chain), run("plan", stems, chain, "--json")
    assert refused.code == 2
    assert f"{chain}:12" in refused.err
    assert "has a limiter already" in refused.err
    assert [each["kind"] for each in json.loads(as_json.out)["errors"]] == ["limiter_twice"]


def test_the_new_check_of_stems_is_told_in_table_and_mail(run: Run, stems: Path) -> None:
    clean = json.loads(run("check", stems, "--json").out)
    noise = np.random.default_rng(7).standard_normal((RATE, 2)) * np.hanning(RATE)[:, None]
    noise[1000, 0] = 2.0
    soundfile.write(stems / "lead.wav", noise, RATE, "FLOAT")
    told = json.loads(run("check", stems, "--json").out)
    before = [each for stem in clean["stems"] for each in stem["findings"]]
    found = [each for stem in told["stems"] for each in stem["findings"]]
    (new,) = [each for each in found if each["code"] == "over_full_scale"]
    assert "over_full_scale" not in {each["code"] for each in before}
    peak = np.abs(noise).max()
    assert new["start_s"] == np.abs(noise).max(axis=1).argmax() / RATE
    assert abs(new["value"] - 20 * np.log10(peak)) < 1e-5
    assert "over_full_scale" in run("check", "--codes").out
    assert "its peaks are beyond full scale" in run("check", stems, "--message").out
    german = run("check", stems, "--message", "--language", "de").out
    assert "über Vollaussteuerung" in german


def test_the_new_command_prints(run: Run, stems: Path) -> None:
    assert run("tracks", stems).out.splitlines() == ["bass", "kick"]
    assert json.loads(run("tracks", stems, "--json").out) == ["bass", "kick"]
    assert "stemwright tracks song.rpp" in run("tracks", "--help").out


GAINHOST = """
import dataclasses

LATENCY = 64


@dataclasses.dataclass
class Plugin:
    parameters: dict
    latency: int = LATENCY

    def process(self, audio):
        late = audio.copy()
        late[:, : self.latency] = 0
        late[:, self.latency :] = audio[:, : -self.latency] * self.parameters["gain"]
        return late


def load(path):
    return Plugin({"gain": float(open(path).read())})
"""
"""A library as docs/adding.md says of gainhost: a plugin file is the gain it has at first."""

HOSTING = """
import json
from pathlib import Path
from bridge.hosting import HostedInsert, PrepareJob, RunJob, host
from bridge.plugins import Plugin
from stemwright.problems import InputError

folder = Path({folder!r})
engine = host("gainhost")
plugin = Plugin("Half", "", "1", "VST3", "0" * 32, folder / "half.vst3")
told = dict(version=engine.version)
try:
    engine.prepare(PrepareJob(plugin, params=(("drive", "1"),)))
except InputError as error:
    told["refused"] = error.problems[0].kind
for output, params in (("plain.f32", ()), ("set.f32", (("gain", "0.25"),))):
    made = engine.prepare(PrepareJob(plugin, params=params))
    insert = HostedInsert(
        "all/half", plugin, raw_params=made.raw_params, expected_latency_frames=made.latency_frames
    )
    done = engine.run(RunJob(insert, folder / "in.f32", folder / output, {frames}, {rate}))
    told[output] = [done.host, done.host_version, done.latency_frames, done.lag_frames]
    assert done.diagnostics == (), done.diagnostics
print(json.dumps(told))
"""


def test_the_new_host_renders_an_insert(python: Python, tmp_path: Path) -> None:
    frames = 40001
    fed = 0.1 * np.random.default_rng(5).standard_normal((frames, 2)).astype("<f4")
    fed.tofile(tmp_path / "in.f32")
    (tmp_path / "half.vst3").write_text("0.5")
    said = python(HOSTING.format(folder=str(tmp_path), frames=frames, rate=RATE))
    assert said.code == 0, said.err
    ran = ["gainhost", "1.2", 64, 0]
    assert json.loads(said.out) == {
        "version": "1.2",
        "refused": "unknown_parameter",
        "plain.f32": ran,
        "set.f32": ran,
    }
    for name, gain in (("plain.f32", 0.5), ("set.f32", 0.25)):
        came = np.fromfile(tmp_path / name, "<f4").reshape(-1, 2)
        assert np.array_equal(came, fed * np.float32(gain))


def test_a_chain_can_name_the_new_host(run: Run, stems: Path, tmp_path: Path) -> None:
    chain = tmp_path / "chain.toml"
    chain.write_text(CHAIN.replace("[[group]]", '[engine]\nhost = "gainhost"\n[[group]]', 1))
    assert run("plan", stems, chain).code == 0
    chain.write_text(chain.read_text().replace("gainhost", "nohost"))
    refused = run("plan", stems, chain)
    assert refused.code == 2
    assert "gainhost" in refused.err
