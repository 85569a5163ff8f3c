"""Where plugins lie, of which format they are, and which file of one this machine loads."""

from __future__ import annotations

import mmap
import os
import platform
import re
import struct
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

VARIABLE = "STEMWRIGHT_PLUGIN_PATH"
SUFFIX = ".vst3"
_VST2_ENTRY = re.compile(rb"\0(?:VSTPluginMain|main)\0")
"""What a VST2 exports, in its table of names; `main` is the older word."""
_BUNDLED = {SUFFIX: "VST3", ".component": "AU", ".vst": "VST2"}
_LIBRARIES = {"linux": ".so", "win32": ".dll"}


def search_folders(extra: Sequence[Path] = ()) -> tuple[Path, ...]:
    """`extra`, then STEMWRIGHT_PLUGIN_PATH, then the system's plugin folders; each once."""
    named = [Path(part) for part in os.environ.get(VARIABLE, "").split(os.pathsep) if part]
    return tuple(dict.fromkeys([*extra, *named, *_system_folders()]))


def _system_folders() -> list[Path]:
    if sys.platform == "win32":  # pragma: no cover - untested
        return _windows_folders()
    if sys.platform == "darwin":  # pragma: no cover - untested
        tops = [Path.home(), Path("/")]
        names = ("VST3", "Components", "VST")
        return [top / "Library/Audio/Plug-Ins" / name for name in names for top in tops]
    tops = [Path("/usr/lib"), Path("/usr/local/lib")]
    return [
        folder
        for name in ("vst3", "vst")
        for folder in (Path.home() / f".{name}", *(top / name for top in tops))
    ]


def _windows_folders() -> list[Path]:  # pragma: no cover - untested
    local = Path(os.environ.get("LOCALAPPDATA", r"~\AppData\Local")).expanduser()
    common = Path(os.environ.get("COMMONPROGRAMFILES", r"C:\Program Files\Common Files"))
    programs = Path(os.environ.get("PROGRAMFILES", r"C:\Program Files"))
    return [
        local / "Programs/Common/VST3",
        common / "VST3",
        programs / "VSTPlugins",
        programs / "Steinberg/VSTPlugins",
        common / "VST2",
    ]


def format_of(path: Path) -> str | None:
    """The plugin format of a file or bundle, by its name; None when it is none of ours.

    A shared library may be a VST2; whether it is one, its bytes say.
    """
    suffix = path.suffix.casefold()
    if suffix == _LIBRARIES.get(sys.platform):
        return "VST2"
    return _BUNDLED.get(suffix)


def _exports_vst2(path: Path) -> bool:
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return _VST2_ENTRY.search(data) is not None
    except (OSError, ValueError):  # gone, a folder, or empty
        return False


def bundles(folders: Sequence[Path]) -> tuple[Path, ...]:
    """Every plugin bundle or file under `folders`, vendors' subfolders included; each once.

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
        kind = format_of(entry)
        if kind is not None and (entry.suffix.casefold() in _BUNDLED or _exports_vst2(entry)):
            yield entry
        elif entry.is_dir():
            yield from _under(entry, seen)


def plugin_binary(bundle: Path) -> Path | None:
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


_ELF = {3: "x86", 40: "arm", 62: "x86_64", 183: "aarch64", 243: "riscv"}
_MACH = {7: "x86", 0x01000007: "x86_64", 12: "arm", 0x0100000C: "arm64"}
_PE = {0x14C: "x86", 0x8664: "x86_64", 0xAA64: "arm64"}
_FAT, _MACH_64, _MACH_32 = b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe"
_HEAD_BYTES = 4096
_MOST_PARTS = 8


def architecture(binary: Path) -> str:
    """The processors' names, joined by `+`; "unknown" for anything else. Raises OSError."""
    with binary.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    try:
        return _named(head)
    except struct.error:
        return "unknown"


def _named(head: bytes) -> str:
    if head[:4] == b"\x7fELF":
        order = "<" if head[5] == 1 else ">"
        return _ELF.get(struct.unpack_from(f"{order}H", head, 18)[0], "unknown")
    if head[:4] in (_MACH_32, _MACH_64):
        return _MACH.get(struct.unpack_from("<I", head, 4)[0], "unknown")
    if head[:4] == _FAT:
        parts = min(struct.unpack_from(">I", head, 4)[0], _MOST_PARTS)
        kinds = [struct.unpack_from(">I", head, 8 + 20 * part)[0] for part in range(parts)]
        return "+".join(_MACH.get(kind, "unknown") for kind in kinds)
    if head[:2] == b"MZ":
        at = struct.unpack_from("<I", head, 60)[0]
        if head[at : at + 4] == b"PE\0\0":
            return _PE.get(struct.unpack_from("<H", head, at + 4)[0], "unknown")
    return "unknown"
