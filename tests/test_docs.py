"""Docs cannot lie: what README shows is run, and what it lists is there."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import pytest

from bridge.cli.app import app
from bridge.cli.telling import run_told
from chains import loads

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def _blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", README, re.DOTALL)


def test_the_readmes_example_prints_what_it_says(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STEMWRIGHT_STORE", str(tmp_path / "store"))
    (console,) = _blocks("console")
    shown = re.split(r"^\$ stemwright (.*)\n", console, flags=re.MULTILINE)[1:]
    for command, output in zip(shown[::2], shown[1::2], strict=True):
        assert run_told(app, shlex.split(command)) == 0
        assert capsys.readouterr().out == output


def test_the_readmes_chain_is_a_chain() -> None:
    (text,) = _blocks("toml")
    assert loads(text).groups[0].inserts[1].mix == 0.6


@pytest.mark.parametrize("target", ["demo", "test", "setup"])
def test_the_readmes_make_targets_exist(target: str) -> None:
    assert f"make {target}" in README
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)


def test_the_changelog_knows_the_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert f"## {project['version']}" in (ROOT / "CHANGELOG.md").read_text()


def test_lock_files_name_no_address() -> None:
    for path in (ROOT / "requirements").glob("*.txt"):
        text = path.read_text()
        assert "--hash=sha256:" in text
        assert "http" not in text
        assert "index" not in text.replace("importlib", "")


def test_the_security_page_says_of_every_command_what_it_reads_and_writes() -> None:
    page = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    table = page.split("## What each command reads and writes")[1].split("\n## ")[0]
    rows = re.findall(r"^\| ([a-z, ]+) \|", table, re.MULTILINE)
    said = {name for row in rows for name in row.split(", ")} - {"command"}
    named = {each.name or each.callback.__name__ for each in app.registered_commands}
    assert said == named | {each.name for each in app.registered_groups}
