"""Count the house: files, folders, lengths, and imports that walk past a room's face.

`python -m benchmarks.house [ROOT]` prints a table; ROOT is another checkout to count beside ours.
"""

from __future__ import annotations

import argparse
import ast
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("stemwright", "bridge", "chains", "sessions")


@dataclass(frozen=True)
class Module:
    """One file: its dotted name, and what it holds."""

    name: str
    path: Path
    tree: ast.Module
    lines: int

    @property
    def is_face(self) -> bool:
        return self.path.name == "__init__.py"

    @property
    def folder(self) -> str:
        return self.name if self.is_face else self.name.rpartition(".")[0]


def main() -> None:
    """Print the figures of one checkout."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("root", type=Path, nargs="?", default=ROOT)
    modules = modules_of(parser.parse_args().root)
    for name, value in figures(modules).items():
        print(f"{name:52} {value}")


def modules_of(root: Path) -> list[Module]:
    """Return every module of our packages under `root`."""
    found = []
    for path in sorted(path for package in PACKAGES for path in (root / package).rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        name = ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
        found.append(Module(name, path, ast.parse(text), text.count("\n")))
    return found


def figures(modules: list[Module]) -> dict[str, str]:
    """Return what is counted, by its name."""
    lengths = sorted(each.lines for each in modules if not each.is_face)
    functions = sorted(
        (node.end_lineno or node.lineno) - node.lineno + 1
        for each in modules
        for node in ast.walk(each.tree)
        if isinstance(node, ast.FunctionDef)
    )
    folders: dict[str, int] = {}
    for each in modules:
        folders[each.folder] = folders.get(each.folder, 0) + 1
    largest = max(folders, key=lambda name: folders[name])
    crossing = list(crossings(modules))
    past = [each for each in crossing if each[2] not in faces_of(modules)]
    return {
        "files": f"{len(modules)}, {len(lengths)} of them modules",
        "lines": str(sum(each.lines for each in modules)),
        "largest folder": f"{largest} ({folders[largest]})",
        "modules that a single sibling imports": str(len(only_children(modules))),
        "lines a module, median and 90th percentile": _spread(lengths),
        "longest module": str(lengths[-1]),
        "lines a function, median and 90th percentile": _spread(functions),
        "imports between rooms": str(len(crossing)),
        "of them past a face": str(len(past)),
    }


def _spread(lengths: list[int]) -> str:
    tenths = statistics.quantiles(lengths, n=10)
    return f"{statistics.median(lengths):.0f} and {tenths[-1]:.0f}"


def rooms_of(modules: list[Module]) -> frozenset[str]:
    """Return what has a face: the bridge's rooms, its pages, and the two packages below."""
    inside = [each for each in modules if each.name.startswith("bridge.")]
    rooms = {".".join(each.name.split(".")[:2]) for each in inside}
    pages = {
        each.name for each in inside if each.is_face and each.folder.startswith("bridge.pages.")
    }
    return frozenset({"sessions", "chains", *rooms, *pages})


def faces_of(modules: list[Module]) -> frozenset[str]:
    """Return what may be imported from outside a room: itself, and a folder in it with a face."""
    faces = {each.name for each in modules if each.path.with_suffix(".pyi").exists()}
    return rooms_of(modules) | faces


def imports_of(module: Module) -> Iterator[str]:
    """Yield the dotted names that a module imports from, wherever in it that is."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (each.name for each in node.names)


def crossings(modules: list[Module]) -> Iterator[tuple[str, str, str]]:
    """Yield (importer, its room, what it imports from) where that lies in another room."""
    rooms = rooms_of(modules)
    for module in modules:
        own = room_of(module.name, rooms)
        for name in imports_of(module):
            room = room_of(name, rooms)
            if room is not None and room != own and name.split(".")[0] != "stemwright":
                yield module.name, str(own), name


def room_of(name: str, rooms: frozenset[str]) -> str | None:
    """Return the innermost room that a module lies in; None outside of all."""
    parts = name.split(".")
    names = [".".join(parts[:end]) for end in range(len(parts), 0, -1)]
    return next((each for each in names if each in rooms), None)


def only_children(modules: list[Module]) -> list[str]:
    """Return the modules that one module alone imports, and that lies in the same folder."""
    folder_of = {each.name: each.folder for each in modules}
    importers: dict[str, set[str]] = {}
    for module in modules:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                for each in (f"{node.module}.{alias.name}" for alias in node.names):
                    name = each if each in folder_of else node.module
                    importers.setdefault(name, set()).add(module.name)
    lone = [each for each in modules if not each.is_face and len(importers.get(each.name, ())) == 1]
    return [
        each.name for each in lone if folder_of[next(iter(importers[each.name]))] == each.folder
    ]


if __name__ == "__main__":
    main()
