"""The house stays one to live in: short modules, small folders, rooms entered by their faces."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from pathlib import Path

import pytest

from benchmarks.house import Module, crossings, faces_of, modules_of

ROOT = Path(__file__).resolve().parent.parent
_MOST_LINES = 400
_MOST_FILES = 17  # about 15; a file for each processor makes a few more


@pytest.fixture(scope="module")
def modules() -> Sequence[Module]:
    """All of them, parsed."""
    return modules_of(ROOT)


def test_every_package_is_counted(modules: Sequence[Module]) -> None:
    assert {each.name.split(".")[0] for each in modules} == {
        "stemwright",
        "bridge",
        "chains",
        "sessions",
    }


def test_modules_are_short_and_say_what_they_hold(modules: Sequence[Module]) -> None:
    assert {each.name: each.lines for each in modules if each.lines > _MOST_LINES} == {}
    assert [each.name for each in modules if not ast.get_docstring(each.tree)] == []


def test_folders_are_small(modules: Sequence[Module]) -> None:
    files: dict[str, int] = {}
    for each in modules:
        files[each.folder] = files.get(each.folder, 0) + 1
    assert {name: count for name, count in files.items() if count > _MOST_FILES} == {}


def test_rooms_are_entered_through_their_faces(modules: Sequence[Module]) -> None:
    faces = faces_of(modules)
    assert [(one, name) for one, _, name in crossings(modules) if name not in faces] == []


def test_a_deep_import_would_be_seen(tmp_path: Path) -> None:
    for name, text in {
        "audio/decode": "",
        "cli/app": "from bridge.audio.decode import read",
    }.items():
        path = tmp_path / "bridge" / f"{name}.py"
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
    assert list(crossings(modules_of(tmp_path))) == [
        ("bridge.cli.app", "bridge.cli", "bridge.audio.decode")
    ]
