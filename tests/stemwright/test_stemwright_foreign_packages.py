"""Installed from its wheel, stemwright is in no project's way, and says what is in its own."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("bridge", "chains", "sessions")
OWN_TESTS = """
import bridge, chains, sessions

def test_own_bridge():
    assert bridge.OWNER == "a bridge of this project"

def test_own_chains_and_sessions():
    assert chains.OWNER == "a chains of this project"
    assert sessions.OWNER == "a sessions of this project"

def test_master(assert_same_render):
    assert_same_render("out.wav", "golden.json")
"""
MASTER_TEST = """
import sys

def test_nothing_is_loaded_before_it_is_used(assert_same_render):
    assert not {"bridge", "chains", "sessions", "numpy", "scipy"} & set(sys.modules)

def test_master(assert_same_render):
    assert_same_render("out.wav", "goldens/out.json")
"""
CONFTEST = """
def pytest_addoption(parser):
    parser.addoption("--update-golden", action="store_true", help="this project's own")
"""

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(installed: Path, project: Path, users_environment: dict[str, str]) -> Run:
    """Run a command of the installed environment in the project's folder."""

    def started(command: str, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(installed / command), *words], cwd=project, env={**users_environment, **more},
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    return started


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of somebody's, empty."""
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


@pytest.fixture
def foreign(project: Path) -> Path:
    """The project has packages of our names, and tests of its own; one uses our fixture."""
    for name in NAMES:
        (project / name).mkdir()
        (project / name / "__init__.py").write_text(f"OWNER = 'a {name} of this project'\n")
    (project / "tests").mkdir()
    (project / "tests" / "test_own.py").write_text(OWN_TESTS)
    return project


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("pytest", "--import-mode=prepend"),
        ("python", "-m pytest --import-mode=append"),
        ("python", "-m pytest --import-mode=importlib"),
        ("python", "-m pytest -n 2"),
    ],
)
def test_a_projects_own_tests_run_and_the_one_that_needs_us_says_what_is_in_the_way(
    foreign: Path, run: Run, command: str, words: str
) -> None:
    if command == "pytest":
        (foreign / "conftest.py").touch()
    done = run(command, *words.split(), "-p", "no:cacheprovider")
    assert done.returncode == 1
    assert "1 failed, 2 passed" in done.stdout
    for name in NAMES:
        assert (
            f"{foreign / name}: Python finds this in place of stemwright's own package '{name}'"
        ) in done.stdout
    assert "what to do: rename it" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    assert "INTERNALERROR" not in done.stdout + done.stderr


@pytest.mark.usefixtures("foreign")
def test_the_plugin_can_be_left_out(run: Run) -> None:
    done = run("python", "-m", "pytest", "-p", "no:stemwright")
    assert "2 passed, 1 error" in done.stdout
    assert "fixture 'assert_same_render' not found" in done.stdout


def test_a_golden_is_written_and_held_to_beside_a_folder_of_our_name(
    project: Path, run: Run
) -> None:
    samples = 0.1 * np.random.default_rng(5).standard_normal((48000, 2))
    soundfile.write(project / "out.wav", samples, 48000, "PCM_24")
    (project / "stemwright").mkdir()  # their chains, say: without __init__.py it is no package
    (project / "stemwright" / "warm.toml").touch()
    (project / "test_song.py").write_text(MASTER_TEST)
    (project / "conftest.py").write_text(CONFTEST)
    written = run("python", "-m", "pytest", "--update-golden")
    assert "2 passed" in written.stdout, written.stdout + written.stderr
    golden = json.loads((project / "goldens" / "out.json").read_text())
    assert golden["kind"] == "golden"

    (project / "conftest.py").unlink()
    shown = " ".join(run("pytest", "--help").stdout.split())
    assert "--update-golden assert_same_render writes its goldens" in shown
    assert "2 passed" in run("pytest").stdout


def test_the_command_line_runs_in_a_folder_with_packages_of_our_names(
    foreign: Path, run: Run
) -> None:
    said = run("stemwright", "--version").stdout
    assert said.startswith("stemwright ")
    assert run("python", "-m", "stemwright", "--version").stdout == said

    at_fault = run("stemwright", "--version", PYTHONPATH=str(foreign))
    assert (at_fault.returncode, at_fault.stdout) == (3, "")
    for name in NAMES:
        assert f"error: {foreign / name}: Python finds this in place of" in at_fault.stderr
    as_json = run("python", "-m", "stemwright", "formats", "--json", PYTHONPATH=str(foreign))
    errors = json.loads(as_json.stdout)["errors"]
    assert as_json.returncode == 3
    assert [each["kind"] for each in errors] == ["foreign_package"] * 3
    assert [each["where"]["file"] for each in errors] == [str(foreign / name) for name in NAMES]


def test_python_is_told_which_package_is_in_the_way(foreign: Path, run: Run) -> None:
    (foreign / "script.py").write_text(
        "import bridge, stemwright as sw\n"
        "try:\n    sw.load('chain.toml')\n"
        "except sw.MachineError as error:\n    print([each.kind for each in error.problems])\n"
    )
    done = run("python", "script.py")
    assert done.stdout == f"{['foreign_package'] * 3}\n", done.stderr
    (foreign / "chains" / "__init__.py").unlink()  # a folder of chain files is no package
    assert run("python", "script.py").stdout == f"{['foreign_package'] * 2}\n"
    (foreign / "bridge" / "__init__.py").rename(foreign / "bridge.py")  # a module is too
    assert run("python", "script.py").stdout == f"{['foreign_package'] * 2}\n"


def test_nothing_but_the_plugin_needs_pytest() -> None:
    users = {
        path.relative_to(ROOT).as_posix()
        for package in ("stemwright", *NAMES)
        for path in (ROOT / package).rglob("*.py")
        if re.search(r"^\s*(import|from) _?pytest\b", path.read_text("utf-8"), re.MULTILINE)
    }
    assert users == {"stemwright/pytest_plugin.py"}
