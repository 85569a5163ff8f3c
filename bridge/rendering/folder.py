"""The output folder: audio first under temporary names, render.json last, nothing of the user's."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from bridge.errors import InputError, MachineError, Problem
from bridge.storing import is_alive

RECORD = "render.json"
LOCK = "chain.lock"
UNFINISHED = ".stemwright-unfinished"
"""Lies in a folder of ours while it is filled; stays when the process is killed."""

_PART = re.compile(r"\..+\.(\d+)\.part(\.part)?")
_OURS = {RECORD, "chain.lock", "chain.toml", "report.html"}
_OUR_KINDS = (".wav", ".wav.digests.json")


def check_output(folder: Path) -> None:
    """Raise InputError when `folder` holds somebody else's files, before any work is done."""
    if folder.is_file():
        raise _refused(folder, "is a file", "name a folder with -o")
    names = {path.name for path in folder.iterdir()} if folder.exists() else set()
    if RECORD in names or UNFINISHED in names or names <= {LOCK}:
        _check_writable(folder)
        return
    raise _refused(
        folder,
        "is not empty and holds no render.json of ours, so it is not replaced",
        "name another folder with -o, or empty this one",
    )


def check_unlocked(folder: Path) -> None:
    """Raise InputError when `folder` holds a master, whose own lock another would replace."""
    if (folder / RECORD).exists():
        raise InputError(
            Problem(
                "lock_in_use",
                "this folder holds a master, and its lock says what that was made of",
                {"file": str(folder / LOCK)},
                hint="name another folder with -o; render --locked holds to the lock that is here",
            )
        )


def _check_writable(folder: Path) -> None:
    there = folder
    while not there.exists():
        there = there.parent
    with _told(folder), tempfile.TemporaryFile(dir=there):
        pass


def _refused(folder: Path, why: str, hint: str) -> InputError:
    return InputError(
        Problem("output_not_ours", f"the output {why}", {"file": str(folder)}, hint=hint)
    )


class OutputFolder:
    """Gathers files under temporary names and puts them in place together.

    A context manager; an exception leaves the folder as it was.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made = [part for part in (folder, *folder.parents) if not part.exists()]
        self._staged: dict[str, Path] = {}
        self._suffix = f".{os.getpid()}.part"

    def __enter__(self) -> OutputFolder:
        """Make the folder; remove what a killed render left in it."""
        with _told(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
            (self._folder / UNFINISHED).touch()
            for path in self._folder.iterdir():
                left = _PART.fullmatch(path.name)
                if left and not is_alive(int(left[1])):
                    path.unlink(missing_ok=True)
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        for staged in [*self._staged.values(), self._folder / UNFINISHED]:
            staged.unlink(missing_ok=True)
        if kind is not None:
            for made in self._made:
                _remove_if_empty(made)

    def add(self, name: str, write: Callable[[Path], object]) -> None:
        """Stage the file `name`; `write` is given the temporary path."""
        staged = self._folder / f".{name.replace('/', '-')}{self._suffix}"
        self._staged[name] = staged
        with _told(self._folder):
            write(staged)

    def add_copy(self, name: str, source: Path) -> None:
        """Stage a copy of `source`."""
        self.add(name, lambda staged: shutil.copyfile(source, staged))

    def add_text(self, name: str, text: str) -> None:
        """Stage a UTF-8 text file."""
        data = text.encode("utf-8", "backslashreplace")
        self.add(name, lambda staged: staged.write_bytes(data))

    def commit(self, record: Mapping[str, Any]) -> None:
        """Put everything in place, remove what an earlier render left, write render.json last."""
        stale = _recorded(self._folder) - self._staged.keys()
        text = json.dumps(record, ensure_ascii=False, indent=2, allow_nan=False)
        self.add_text(RECORD, text + "\n")
        self.place()
        with _told(self._folder):
            for name in stale:
                (self._folder / name).unlink(missing_ok=True)
                _remove_if_empty((self._folder / name).parent)

    def place(self) -> None:
        """Put everything that was staged in place, in the order it was staged."""
        with _told(self._folder):
            for name, staged in self._staged.items():
                target = self._folder / name
                target.parent.mkdir(exist_ok=True)
                staged.replace(target)
        self._staged.clear()


def _recorded(folder: Path) -> set[str]:
    """The files an earlier render says it wrote, as far as they are plain names of its kind."""
    try:
        files = json.loads((folder / RECORD).read_bytes()).get("files", [])
    except (OSError, ValueError, AttributeError):
        return set()
    return {name for name in files if isinstance(name, str) and _plain(name)}


def _plain(name: str) -> bool:
    parts = name.split("/")
    inside = len(parts) == 1 or (len(parts) == 2 and parts[0] == "states")
    ours = name in _OURS or name.endswith(_OUR_KINDS) or len(parts) == 2
    return inside and ".." not in parts and ours


def _remove_if_empty(folder: Path) -> None:
    try:
        folder.rmdir()
    except OSError:
        return


class _told:  # noqa: N801 - reads as a verb where it is used
    """Tell a full or forbidden output folder as what it is."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: object) -> None:
        if isinstance(error, OSError):
            raise MachineError(
                Problem(
                    "output_not_writable",
                    f"the output cannot be written: {error.strerror or error}",
                    {"file": str(self._folder)},
                    hint="free some space or change its permissions; finished steps are kept",
                )
            ) from error
