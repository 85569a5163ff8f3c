"""docs/jobs.md: its file is a job, its commands and its Python run."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
from pathlib import Path

import numpy as np
import pytest
import soundfile

from bridge.cli.app import app
from bridge.cli.telling import run_told
from bridge.jobs import RAMP_S, job_schema, load_job
from chains import loads

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "jobs.md").read_text(encoding="utf-8")
CHAIN = """\
schema = 1
[[group]]
id = "vocals"
stems = ["lead*"]
sends = { plate = -18.0 }
[[group.insert]]
id = "deess"
use = "deesser"
[[group]]
id = "fx"
stems = ["*"]
[[return]]
id = "plate"
[[return.insert]]
use = "gain"
gain_db = 0.0
[master]
[[master.insert]]
id = "glue"
use = "compressor"
[target]
integrated_lufs = -12.0
"""


def block(kind: str) -> str:
    (found,) = re.findall(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL)
    return found


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder with stems and a chain in it."""
    monkeypatch.setenv("STEMWRIGHT_STORE", str(tmp_path / "store"))
    folder = tmp_path / "work"
    (folder / "stems").mkdir(parents=True)
    monkeypatch.chdir(folder)
    rng = np.random.default_rng(3)
    for name in ("Lead Vox", "Noise"):
        samples = 0.1 * rng.standard_normal((48000, 2))
        soundfile.write(folder / "stems" / f"{name}.wav", samples, 48000)
    (folder / "chain.toml").write_text(CHAIN, encoding="utf-8")
    return folder


def test_the_file_of_the_page_is_a_job_and_shows_every_key(place: Path) -> None:
    song = place / "song"
    (song / "stems").mkdir(parents=True)
    (place / "chains").mkdir()
    (place / "chains" / "warm.toml").write_text(CHAIN, encoding="utf-8")
    for name in ("rough", "ref"):
        soundfile.write(song / f"{name}.wav", np.zeros((10, 2)), 8000)
    (song / "job.toml").write_text(block("toml"), encoding="utf-8")
    job = load_job(song)
    assert (job.title, job.held.drive_db, job.rides[0].ramp_s) == ("Riverside Drive", 5.683, RAMP_S)
    assert job.chain.groups[0].sends == (("plate", -16.0),)
    known = {*job_schema()["properties"]} - {"trim_db"}
    assert {name for name in known if not re.search(rf"\b{name}\b", block("toml"))} == set()
    assert "`trim_db`" in PAGE
    assert loads(CHAIN).groups[0].sends == (("plate", -18.0),)


def test_the_commands_of_the_page_run_and_print_what_it_says(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = re.split(r"^\$ stemwright (.*)\n", block("console"), flags=re.MULTILINE)[1:]
    for command, output in zip(shown[::2], shown[1::2], strict=True):
        assert run_told(app, shlex.split(command)) == 0
        assert capsys.readouterr().out.startswith(output)
    assert not (place / "other").exists()


def test_the_python_of_the_page_runs(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_told(app, ["job", "new", "stems", "--chain", "chain.toml", "-o", "song"]) == 0
    with contextlib.redirect_stdout(io.StringIO()) as said:
        exec(compile(block("python"), "docs/jobs.md", "exec"), {})  # noqa: S102 - ours
    assert said.getvalue().splitlines()[:2] == ["work None []", "vocals"]
    assert (place / "song" / "draft" / "main.wav").exists()
    capsys.readouterr()


def test_what_python_is_given_beside_a_job_is_refused(place: Path) -> None:
    import stemwright as sw

    assert run_told(app, ["job", "new", "stems", "--chain", "chain.toml"]) == 0
    job = sw.load_job(place)
    with pytest.raises(sw.InputError, match="chain is 'chain"):
        sw.plan(job, "chain.toml")
    with pytest.raises(sw.InputError, match="no such file"):
        sw.load_job(place / "nowhere" / "job.toml")
