"""Where VST3s lie, and which file in a bundle is the code for this machine."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

VARIABLE = "STEMWRIGHT_PLUGIN_PATH"
SUFFIX = ".vst3"


def search_folders(extra: Sequence[Path] = ()) -> tuple[Path, ...]:
    """`extra`, then STEMWRIGHT_PLUGIN_PATH, then the system's VST3 folders; each once."""
    named = [Path(part) for part in os.environ.get(VARIABLE, "").split(os.pathsep) if part]
    return tuple(dict.fromkeys([*extra, *named, *_system_folders()]))


def _system_folders() -> list[Path]:
    if sys.platform == "win32":  # pragma: no cover - untested
        local = os.environ.get("LOCALAPPDATA", r"~\AppData\Local")
        common = os.environ.get("COMMONPROGRAMFILES", r"C:\Program Files\Common Files")
        return [Path(local).expanduser() / "Programs/Common/VST3", Path(common) / "VST3"]
    if sys.platform == "darwin":  # pragma: no cover - untested
        library = "Library/Audio/Plug-Ins/VST3"
        return [Path.home() / library, Path("/") / library]
    return [Path.home() / ".vst3", Path("/usr/lib/vst3"), Path("/usr/local/lib/vst3")]


def bundles(folders: Sequence[Path]) -> tuple[Path, ...]:
    """Every VST3 bundle or file under `folders`, vendors' subfolders included; each once.

    Folders in the order given, and by name within each; what cannot be listed is passed over.
    """
    found: dict[Path, Path] = {}
    for folder in folders:
        for bundle in _under(folder, set()):
            found.setdefault(bundle.resolve(), bundle)
    return tuple(found.values())


def _under(folder: Path, seen: set[Path]) -> Iterator[Path]:
    here = folder.resolve()
    if here in seen:
        return
    seen.add(here)
    try:
        entries = sorted(folder.iterdir(), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        if entry.suffix.casefold() == SUFFIX:
            yield entry
        elif entry.is_dir():
            yield from _under(entry, seen)


def binary(bundle: Path) -> Path | None:
    """The file of `bundle` this machine loads; None when it has none for it."""
    if bundle.is_file():
        return bundle
    for folder, suffix in _layouts():
        inside = bundle / "Contents" / folder
        named = inside / f"{bundle.stem}{suffix}"
        if named.is_file():
            return named
        others = sorted(inside.glob(f"*{suffix}")) if inside.is_dir() else []
        files = [other for other in others if other.is_file()]
        if files:
            return files[0]
    return None


def _layouts() -> list[tuple[str, str]]:
    machine = platform.machine().lower()
    if sys.platform == "win32":  # pragma: no cover - untested
        names = {"amd64": ["x86_64-win"], "arm64": ["arm64-win", "arm64ec-win", "arm64x-win"]}
        return [(name, SUFFIX) for name in names.get(machine, ["x86-win"])]
    if sys.platform == "darwin":  # pragma: no cover - untested
        return [("MacOS", "")]
    return [(f"{'x86_64' if machine == 'amd64' else machine}-linux", ".so")]
