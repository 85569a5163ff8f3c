"""Help, version, schema, and what the wheel and the packages hold."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import jsonschema
import pytest
import typer
from typer.core import TyperGroup

from bridge.cli.app import COMMANDS, app
from bridge.cli.telling import run_told

ROOT = Path(__file__).resolve().parents[3]
WITH_AN_EXAMPLE = (
    "demo",
    "read",
    "check",
    "plan",
    "lock",
    "render",
    "measure",
    "diff",
    "verify",
    "report",
    "sheet",
    "tag",
    "deliver",
    "schema",
    "processors",
)


@pytest.mark.parametrize("group", ["plugins", "cache", "job"])
def test_a_group_of_commands_that_is_named_alone_says_what_it_has(run, group: str) -> None:
    said = run(group)
    assert (said.code, said.out) == (2, "")
    assert said.err.strip() == run(group, "--help").out.strip()


@pytest.mark.parametrize("command", WITH_AN_EXAMPLE)
def test_every_command_has_help_with_an_example(run, command: str) -> None:
    said = run(command, "--help")
    assert said.code == 0
    assert f"Example: stemwright {command}" in said.out


def test_the_list_of_commands_says_what_their_own_help_begins_with() -> None:
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    assert [*group.commands] == [*COMMANDS]
    for name, (_, about) in COMMANDS.items():
        command = group.get_command(typer.Context(group), name)
        assert command.name == name
        assert " ".join(command.help.partition("\n\n")[0].split()) == about


def test_a_command_loads_no_other() -> None:
    code = (
        "import sys\nfrom bridge.cli.app import app\nfrom bridge.cli.telling import run_told\n"
        "run_told(app, sys.argv[1:])\n"
        "print(*(each for each in sys.modules if each.startswith('bridge.cli.commands.')))"
    )

    def loaded(*words: str) -> set[str]:
        done = subprocess.run(
            [sys.executable, "-c", code, *words], capture_output=True, text=True, check=True
        )
        return {each.rpartition(".")[2] for each in done.stdout.splitlines()[-1].split()}

    assert loaded("--help") == set()
    assert loaded("schema") == {"processors"}
    assert loaded("measure", "--help") == {"measure"}


def test_a_command_that_is_not_there_gets_the_nearest(run) -> None:
    said = run("rendre")
    assert said.code == 2
    assert "No such command 'rendre'. Did you mean 'render', 'restore', 'send'?" in said.err


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\nfrom bridge.cli.app import app\nfrom bridge.cli.telling import run_told\n"
        "run_told(app, ['--help'])\n"
        "heavy = {'numpy', 'scipy', 'soundfile', 'pydantic', 'dawdreamer', 'pedalboard'}\n"
        "sys.exit(sorted(heavy & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_version_is_the_projects(run) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert run("--version").out == f"stemwright {project['version']}\n"


def test_the_schema_accepts_the_library(run) -> None:
    schema = json.loads(run("schema").out)
    library = sorted((ROOT / "chains" / "library").glob("*.toml"))
    assert library
    for path in library:
        jsonschema.validate(tomllib.loads(path.read_text()), schema)


def test_the_wheel_holds_exactly_the_four_packages(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names if ".dist-info" not in name}
    assert tops == {"bridge", "chains", "sessions", "stemwright"}
    assert "chains/library/demo.toml" in names
    assert "chains/schema.json" in names


def test_the_road_is_one_import_and_loads_late() -> None:
    import bridge

    assert sorted(bridge.__all__) == ["diff", "measure", "plan", "render", "verify"]
    assert all(callable(getattr(bridge, name)) for name in bridge.__all__)
    with pytest.raises(AttributeError):
        bridge.bounce  # noqa: B018 - asking is the test


def test_a_bug_is_reported_without_a_traceback_on_screen(monkeypatch, capsys) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("boom")

    monkeypatch.setattr("bridge.metering.measure", broken)
    code = run_told(app, ["measure", "x.wav", "--json"])
    (error,) = json.loads(capsys.readouterr().out)["errors"]
    assert code == 70
    report = Path(error["where"]["file"])
    assert "ZeroDivisionError: boom" in report.read_text()
    report.unlink()
