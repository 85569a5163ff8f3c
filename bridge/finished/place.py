"""The output folder: one writer at a time, replaced as a whole or left as it was."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bridge.finished import LOCK, RECORD
from bridge.finished.owned import (
    IN_USE,
    RANGE,
    STATES,
    UNFINISHED,
    Owned,
    not_ours,
    plain_name,
    read_plain,
    refuse_foreign,
    survey,
)
from bridge.storing import HeldError, Lease, NotALeaseError, file_digest, hold
from stemwright.problems import InputError, MachineError, Problem

_MARKER = "stemwright.json"
_JOURNAL = "journal.json"
_OURS = {"stemwright": "unfinished"}


@dataclass(frozen=True)
class _Journal:
    """What is moved: `new` names into place, `old` names with their digests out of it."""

    new: tuple[str, ...]
    old: dict[str, str]


class Unfinished:
    """The place for the new content of `folder`. Every method may raise OSError."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._place = folder / UNFINISHED

    def begin(self) -> None:
        """Make the place, marked; nothing of an earlier one may be there."""
        self._place.mkdir()
        (self._place / _MARKER).write_text(json.dumps(_OURS), encoding="ascii")

    def staged(self, name: str) -> Path:
        """Where the new file `name` waits."""
        path = self._place / "new" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def commit(self, new: Iterable[str], old: dict[str, str]) -> None:
        """Move `old` files out of the way and `new` ones in, or leave everything as it was.

        `old` has the digests of the files that may go. Another file in the place of a new one
        raises FileExistsError.
        """
        journal = _Journal(tuple(new), old)
        written = self._place / f"{_JOURNAL}.part"
        written.write_text(json.dumps(vars(journal)), encoding="utf-8")
        written.replace(self._place / _JOURNAL)
        try:
            self._forward(journal)
        except BaseException:
            self._back(journal)
            (self._place / _JOURNAL).unlink()
            raise
        self.clear()

    def discard(self) -> None:
        """Remove what waits, unless it is needed to mend the folder."""
        if not os.path.lexists(self._place / _JOURNAL):
            shutil.rmtree(self._place, ignore_errors=True)

    def mend(self) -> None:
        """End or undo what a killed process began. Raises InputError for what is not ours."""
        if not os.path.lexists(self._place):
            return
        if not stat.S_ISDIR(self._place.lstat().st_mode) or not self._marked():
            said = "this is in the way of the place where a render waits, and is not of ours"
            raise not_ours(self._place, said, "name another folder with -o, or move that away")
        journal = self._journal()
        if journal is not None:
            try:
                self._forward(journal)
            except OSError:
                self._back(journal)
        self.clear()

    def clear(self) -> None:
        """Remove the place, the journal first: what it speaks of is done."""
        (self._place / _JOURNAL).unlink(missing_ok=True)
        shutil.rmtree(self._place)

    def _marked(self) -> bool:
        names = {path.name for path in self._place.iterdir()}
        return not names or read_plain(self._place / _MARKER) == _OURS

    def _journal(self) -> _Journal | None:
        told: Any = read_plain(self._place / _JOURNAL)
        try:
            new, old = tuple(told["new"]), {name: str(told["old"][name]) for name in told["old"]}
        except (TypeError, KeyError):
            return None
        return _Journal(new, old) if all(map(plain_name, (*new, *old))) else None

    def _forward(self, journal: _Journal) -> None:
        """Do what is left to do; it may be begun anywhere."""
        for name, digest in journal.old.items():
            target, away = self._folder / name, self._place / "old" / name
            done = name in journal.new and not os.path.lexists(self._new(name))
            if not done and os.path.lexists(target) and file_digest(_plain(target)) == digest:
                away.parent.mkdir(parents=True, exist_ok=True)
                target.rename(away)
        for name in sorted(journal.new, key=lambda each: each == RECORD):
            if os.path.lexists(self._new(name)):
                _move(self._new(name), self._folder / name)
        self._tidy(journal.old)

    def _back(self, journal: _Journal) -> None:
        for name in journal.new:
            if not os.path.lexists(self._new(name)) and os.path.lexists(self._folder / name):
                _move(self._folder / name, self._new(name))
        for name in journal.old:
            away = self._place / "old" / name
            if os.path.lexists(away):
                _move(away, self._folder / name)
        self._tidy(journal.new)

    def _tidy(self, moved: Iterable[str]) -> None:
        """Remove the folder of states when its last one was moved out of it."""
        if any(name.startswith(f"{STATES}/") for name in moved):
            with contextlib.suppress(OSError):
                (self._folder / STATES).rmdir()

    def _new(self, name: str) -> Path:
        return self._place / "new" / name


def _plain(path: Path) -> Path:
    if not stat.S_ISREG(path.lstat().st_mode):
        raise FileExistsError(f"{path.name} is not a file")
    return path


def _move(source: Path, target: Path) -> None:
    if os.path.lexists(target):
        raise FileExistsError(f"{target.name} is in the way")
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.parent.is_symlink():
        raise FileExistsError(f"{target.parent.name} is a link")
    source.rename(target)


def check_output(folder: Path) -> None:
    """Raise InputError when `folder` holds somebody else's files, before any work is done."""
    _refuse_linked_range(folder)
    if not os.path.lexists(folder / UNFINISHED):
        survey(folder)
    _check_writable(folder)


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


def check_whole(folder: Path) -> None:
    """Raise InputError for a folder whose content was left half in place by a killed process."""
    if (folder / UNFINISHED / "journal.json").exists():
        raise InputError(
            Problem(
                "output_unfinished",
                "this folder was being written to and may be of two renders",
                {"file": str(folder)},
                hint="wait for the render that writes to it; was that killed, render it again, "
                "which mends it",
            )
        )


class OutputFolder:
    """Gathers new files and puts them in place together, render.json last.

    A context manager; an exception leaves the folder as it was. From `claim` on nobody else
    writes into it. With `replace`, files of an earlier render that were changed since may go;
    `beside`, nothing goes but what is added anew.
    """

    def __init__(self, folder: Path, *, replace: bool = False, beside: bool = False) -> None:
        self.path = folder
        self._beside = beside
        self.owned = Owned()
        self._replace = replace
        self._made = [part for part in (folder, *folder.parents) if not part.exists()]
        self._lease: Lease | None = None
        self._unfinished = Unfinished(folder)
        self._staged: list[str] = []
        self._begun = False

    def __enter__(self) -> OutputFolder:
        return self

    def claim(self, names: Collection[str] = ()) -> None:
        """Keep the folder for us alone, mend it, and see that it may be written.

        `names` are files that will be added. Raises InputError: output_in_use, output_not_ours,
        output_changed; MachineError.
        """
        if self._lease is None:
            check_output(self.path)
            with told(self.path):
                self.path.mkdir(parents=True, exist_ok=True)
                self._lease = _held(self.path)
                self._unfinished.mend()
            self.owned = survey(self.path)
        self._refuse_foreign(names)

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        if self._begun:
            self._unfinished.discard()
        if self._lease is not None:
            self._lease.release()
        if kind is not None:
            for made in self._made:
                with contextlib.suppress(OSError):
                    made.rmdir()

    def add(self, name: str, write: Callable[[Path], object]) -> Path:
        """Stage the file `name`; `write` is given the temporary path, which is returned."""
        if self._lease is None:
            self.claim()
        with told(self.path):
            if not self._begun:
                self._begun = True
                self._unfinished.begin()
            self._staged.append(name)
            staged = self._unfinished.staged(name)
            write(staged)
        return staged

    def add_text(self, name: str, text: str) -> Path:
        """Stage a UTF-8 text file."""
        data = text.encode("utf-8", "backslashreplace")
        return self.add(name, lambda staged: staged.write_bytes(data))

    def commit(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """Put everything in place of all that an earlier render left here.

        Return what render.json says: `record`, and under `digests` which file has which content.
        """
        digests = {name: file_digest(self._unfinished.staged(name)) for name in self._staged}
        full = {**record, "digests": digests}
        self._add_record(full)
        self._place(dict(self.owned.whole))
        return full

    def _add_record(self, record: Mapping[str, Any]) -> None:
        text = json.dumps(record, ensure_ascii=False, indent=2, allow_nan=False)
        self.add_text(RECORD, text + "\n")

    def amend(self, name: str, write: Callable[[Path], object]) -> None:
        """Put the file `name` in place, new or of an earlier time, and note it in render.json."""
        self.claim()
        record = self.owned.record or {}
        digest = file_digest(self.add(name, write))
        files = dict.fromkeys([*record.get("files", ()), name])
        digests = {**record.get("digests", {}), name: digest}
        self._add_record({**record, "files": [*files], "digests": digests})
        self.place()

    def place(self) -> None:
        """Put everything that was staged in place, beside what is there."""
        whole = self.owned.whole
        self._place({name: whole[name] for name in self._staged if name in whole})

    def _refuse_foreign(self, names: Collection[str]) -> None:
        changed = () if self._replace else self.owned.changed
        if self._beside:
            changed = tuple(name for name in changed if name in names)
        refuse_foreign(self.path, self.owned, names, changed)

    def _place(self, old: dict[str, str]) -> None:
        self._refuse_foreign(self._staged)
        with told(self.path):
            for name in self.owned.changed:
                if name in self._staged and (self.path / name).exists():
                    old[name] = file_digest(self.path / name)
            try:
                self._unfinished.commit(self._staged, old)
            except FileExistsError as error:
                said = f"{error} and was not there before; the folder is as it was"
                raise not_ours(self.path, said, "move that away, and render again") from error
        self._staged.clear()
        self._begun = False


def _held(folder: Path) -> Lease:
    try:
        return hold(folder / IN_USE)
    except HeldError as held:
        raise InputError(
            Problem(
                "output_in_use",
                f"another run writes into this folder: {held}",
                {"file": str(folder)},
                hint="wait until it is done, or name another folder with -o",
            )
        ) from held
    except NotALeaseError as error:
        said = "this is in the way of what says who writes here"
        raise not_ours(folder / IN_USE, said, "move that away") from error


def _check_writable(folder: Path) -> None:
    there = folder
    while not there.exists():
        there = there.parent
    with told(folder), tempfile.TemporaryFile(dir=there):
        pass


def _refuse_linked_range(folder: Path) -> None:
    if folder.name == RANGE and folder.is_symlink():
        hint = "move that away"
        raise not_ours(folder, "the folder for ranges is a link, and none is followed", hint)


class told:  # noqa: N801 - reads as a verb where it is used
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
