"""Docs cannot lie: what README shows is run, and what it lists is there."""

from __future__ import annotations

import re
import shlex
import shutil
import tomllib
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

from bridge.cli.app import COMMANDS, app
from bridge.cli.telling import run_told
from chains import loads

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def _blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", README, re.DOTALL)


def test_the_readmes_example_prints_what_it_says(demo, tmp_path, monkeypatch, capsys) -> None:
    shutil.copytree(demo, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STEMWRIGHT_STORE", str(tmp_path / "store"))
    (console,) = _blocks("console")
    first, said, *shown = re.split(r"^\$ stemwright (.*)\n", console, flags=re.MULTILINE)[1:]
    assert (first, said) == ("demo demo", (demo / "said.txt").read_text(encoding="utf-8"))
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
    assert said == {*COMMANDS}


PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])
SOURCES = [ROOT / "Makefile", *(ROOT / "benchmarks").glob("*.py")]
_OURS = "bridge|chains|sessions|benchmarks"
_PATH = re.compile(
    rf"(?<![\w/.~-])(?:{_OURS}|stemwright|tests|docs|scripts|requirements)/[\w./*-]*"
)
_DOTTED = re.compile(rf"(?<![\w/.-])(?:{_OURS})(?:\.[A-Za-z_]\w*)+")


def _text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def _added(page: Path) -> set[str]:
    """The files that a page adds: a name with the whole file under it (tests/test_adding.py)."""
    return set(re.findall(r"^`([\w./]+)`\n```python\n", _text(page), re.MULTILINE))


def _is_there(dotted: str) -> bool:
    """Whether it is a module, or what a module holds."""
    words = dotted.split(".")
    for count in range(len(words), 0, -1):
        try:
            found: object = import_module(".".join(words[:count]))
        except ModuleNotFoundError:
            continue
        for word in words[count:]:
            found = getattr(found, word, None)
        return found is not None
    return False


@pytest.mark.parametrize("page", [*PAGES, *SOURCES], ids=lambda page: page.name)
def test_files_and_modules_named_are_there(page: Path) -> None:
    added = _added(page)
    modules = {name.removesuffix(".py").replace("/", ".") for name in added}
    paths = {word.rstrip(".") for word in _PATH.findall(_text(page))} - added
    gone = sorted(word for word in paths if not list(ROOT.glob(word.rstrip("/"))))
    dotted = set(_DOTTED.findall(_text(page))) - modules
    assert gone + sorted(word for word in dotted if not _is_there(word)) == []


def test_a_file_or_module_that_is_not_there_would_be_seen() -> None:
    said = "see `bridge/nowhere.py`, docs/*.odt and `bridge.comparing.no_such_thing`, chains.model"
    assert [bool(list(ROOT.glob(word))) for word in _PATH.findall(said)] == [False, False]
    assert [_is_there(word) for word in _DOTTED.findall(said)] == [False, True]


def test_only_the_page_about_adding_names_files_that_it_adds() -> None:
    assert [page.name for page in PAGES if _added(page)] == ["adding.md"]
    assert [name for page in PAGES for name in _added(page) if (ROOT / name).exists()] == []


def test_pages_that_pages_lead_to_are_there() -> None:
    links = {(page, link) for page in PAGES for link in re.findall(r"\]\(([^)#]+)\)", _text(page))}
    assert len(links) > 10
    assert [link for page, link in links if not (page.parent / link).exists()] == []


def test_commands_named_are_there() -> None:
    said = "\n".join(map(_text, PAGES))
    makefile = _text(ROOT / "Makefile")
    targets = set(re.findall(r"`make ([a-z]+)`", said))
    assert [name for name in sorted(targets) if f"\n{name}:" not in makefile] == []
    assert targets >= {"test", "lint", "lock", "benchmark"}
    modules = set(re.findall(r"python -m ([a-z_.]+)", said + makefile)) - {"pip", "venv", "pytest"}
    assert [name for name in sorted(modules) if find_spec(name) is None] == []
    commands = set(re.findall(r"(?:`|^|\$ )stemwright ([a-z]+)\b", said, re.MULTILINE))
    known = {*COMMANDS}
    known |= {Path(name).stem for page in PAGES for name in _added(page) if "/commands/" in name}
    assert sorted(commands - known) == []
    assert len(commands) > 10


def test_contributors_read_of_every_room_in_the_order_of_the_layers() -> None:
    contracts = tomllib.loads(_text(ROOT / "pyproject.toml"))["tool"]["importlinter"]["contracts"]
    (layers,) = (each["layers"] for each in contracts if each["type"] == "layers")
    table = _text(ROOT / "CONTRIBUTING.md").split("| room of `bridge`")[1].split("\n\n")[0]
    rows = [re.findall(r"`(\w+)(?:/|\.py)`", row.split("|")[1]) for row in table.splitlines()[2:]]
    rooms = [row.split(" | ") for row in layers]
    assert [sorted(row) for row in rows] == [sorted(row) for row in rooms]
