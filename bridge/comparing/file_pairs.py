"""Which files of two places belong together: by name, and by version where both are renders."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from unicodedata import normalize

from bridge.finished import read_record
from bridge.hosting import own_file
from stemwright.problems import InputError, Problem

AUDIO_SUFFIXES = frozenset(
    {".wav", ".wave", ".aif", ".aiff", ".flac", ".w64", ".rf64", ".caf", ".mp3", ".ogg", ".opus"}
)


@dataclass(frozen=True)
class Paired:
    """Two files under one name; None where one place has no such file."""

    name: str
    a: Path | None
    b: Path | None


def paired(a: Path, b: Path) -> list[Paired]:
    """Pair two files, or the files of two folders by name.

    Raises InputError: missing_file, unlike_places (a file and a folder), no_audio, same_name.
    """
    for path in (a, b):
        if not path.exists():
            raise _refused("missing_file", path, "no such file or folder", "check the name")
    if a.is_dir() != b.is_dir():
        folder = a if a.is_dir() else b
        hint = "name two files, or two folders"
        raise _refused("unlike_places", folder, "is a folder, the other is a file", hint)
    if not a.is_dir():
        return [Paired(a.name, a, b)]
    one, other = audio_by_name(a), audio_by_name(b)
    other = _renamed(one, other)
    names = [*one, *(name for name in other if name not in one)]
    return [Paired(name, one.get(name), other.get(name)) for name in names]


def _renamed(one: dict[str, Path], other: dict[str, Path]) -> dict[str, Path]:
    """B's files under A's names where both read the same: disks store accents in two ways."""
    free = {normalize("NFC", name): name for name in one if name not in other}
    named = {
        name: name if name in one else free.pop(normalize("NFC", name), name) for name in other
    }
    return {named[name]: path for name, path in other.items()}


def audio_by_name(folder: Path) -> dict[str, Path]:
    """Return a folder's audio by name without suffix: a render's versions, else all, by name.

    Raises InputError: no_audio, same_name, bad_record (a file outside the folder, or damaged).
    """
    record = read_record(folder)
    if record is not None:
        files = {each.version: own_file(folder, each.path) for each in record.outputs}
    else:
        files = _audio(folder)
    if not files:
        raise _refused("no_audio", folder, "holds no audio", "name a folder with WAV or FLAC files")
    return files


def _audio(folder: Path) -> dict[str, Path]:
    files: dict[str, Path] = {}
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        hidden = any(part.startswith(".") for part in inside.parts)
        if path.suffix.lower() not in AUDIO_SUFFIXES or hidden or not path.is_file():
            continue
        name = inside.with_suffix("").as_posix()
        if name in files:
            said = f"and {files[name].name} have the same name, so neither can be paired"
            raise _refused("same_name", path, said, "keep one of them")
        files[name] = path
    return files


def _refused(kind: str, path: Path, said: str, hint: str) -> InputError:
    return InputError(Problem(kind, f"{path}: {said}", {"file": str(path)}, hint=hint))
