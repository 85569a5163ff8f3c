"""The house stays one to live in: short modules, small folders, rooms entered by their faces."""

from __future__ import annotations

import ast
from pathlib import Path

from benchmarks.house import crossings, faces_of, modules_of

ROOT = Path(__file__).resolve().parent.parent
MODULES = modules_of(ROOT)
_MOST_LINES = 400
_MOST_FILES = 17  # about 15; a file for each processor makes a few more


def test_every_package_is_counted() -> None:
    assert {each.name.split(".")[0] for each in MODULES} == {
        "stemwright",
        "bridge",
        "chains",
        "sessions",
    }


def test_modules_are_short_and_say_what_they_hold() -> None:
    assert {each.name: each.lines for each in MODULES if each.lines > _MOST_LINES} == {}
    assert [each.name for each in MODULES if not ast.get_docstring(each.tree)] == []


def test_folders_are_small() -> None:
    files: dict[str, int] = {}
    for each in MODULES:
        files[each.folder] = files.get(each.folder, 0) + 1
    assert {name: count for name, count in files.items() if count > _MOST_FILES} == {}


def test_rooms_are_entered_through_their_faces() -> None:
    faces = faces_of(MODULES)
    assert [(one, name) for one, _, name in crossings(MODULES) if name not in faces] == []


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
