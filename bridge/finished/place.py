"""The output folder: one writer at a time, replaced as a whole or left as it was."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

from blake3 import blake3

from bridge.finished import LOCK, RECORD
from bridge.finished.owned import (
    IN_USE,
    RANGE,
    UNFINISHED,
    Owned,
    not_ours,
    record_in,
    refuse_foreign,
    survey,
)
from bridge.finished.unfinished import JOURNAL, Unfinished
from bridge.storing import HeldError, Lease, NotALeaseError, file_digest, hold
from stemwright.files import too_long_hint
from stemwright.problems import InputError, MachineError, Problem

KEPT_BY_JOB = frozenset({"revisions", "drafts", "frozen", "replaced"})
"""Folders in a job's, which its own commands alone write."""
_JOBS = ("job.toml", "revisions/sent.json")
"""Either tells a job's folder: one that has lost its file keeps what it sent."""
_FREE_SPACE = "free some space or change its permissions; finished steps are kept"


def check_output(folder: Path) -> None:
    """Raise InputError when `folder` holds somebody else's files, before any work is done."""
    refuse_kept(folder)
    _refuse_linked_range(folder)
    if not os.path.lexists(folder / UNFINISHED):
        record_in(folder)
    _check_writable(folder)


def refuse_kept(place: Path) -> None:
    """Raise InputError `kept_by_job` for a place in what a song's job keeps as it was sent."""
    whole = place.resolve()
    for folder in (whole, *whole.parents):
        if folder.name in KEPT_BY_JOB and any((folder.parent / each).is_file() for each in _JOBS):
            raise InputError(
                Problem(
                    "kept_by_job",
                    f"{folder.name} keeps what was sent of a song, and nothing else goes there",
                    {"file": str(place)},
                    hint="name another place with -o; stemwright restore makes a revision the "
                    "draft again",
                )
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


def check_whole(folder: Path) -> None:
    """Raise InputError for a folder whose content was left half in place by a killed process."""
    if (folder / UNFINISHED / JOURNAL).exists():
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
    `beside`, nothing goes but what is added anew. A file that would come out as it is stays, and
    is not touched. `digest_of` hashes what is there.
    """

    def __init__(
        self,
        folder: Path,
        *,
        replace: bool = False,
        beside: bool = False,
        digest_of: Callable[[Path], str] = file_digest,
    ) -> None:
        self.path = folder
        self._beside = beside
        self._digest_of = digest_of
        self.owned = Owned()
        self._replace = replace
        self._made = [part for part in (folder, *folder.parents) if not part.exists()]
        self._lease: Lease | None = None
        self._unfinished = Unfinished(folder)
        self._staged: list[str] = []
        self._kept: dict[str, str] = {}
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
            self.owned = survey(self.path, self._digest_of)
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
        return self.add(name, lambda staged: staged.write_bytes(_octets(text)))

    @property
    def staging(self) -> Path:
        """The folder in which files wait."""
        return self._unfinished.staged(RECORD).parent

    def keep(self, name: str) -> None:
        """Leave the file `name` as it is: it has every byte that an earlier render gave it."""
        digest = self.owned.as_written(name)
        assert digest is not None  # noqa: S101 - narrows for the type checker
        self._kept[name] = digest
        self._staged.append(name)

    def commit(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """Put everything in place of all that an earlier render left here.

        Return what render.json says: `record`, and under `digests` which file has which content.
        """
        digests = {name: self._kept.get(name) or self._staged_digest(name) for name in self._staged}
        full = {**record, "digests": digests}
        self._add_record(full)
        new = {**digests, RECORD: self._staged_digest(RECORD)}
        same = {name for name, digest in new.items() if self.owned.whole.get(name) == digest}
        self._staged = [name for name in self._staged if name not in same]
        old = {name: digest for name, digest in self.owned.whole.items() if name not in same}
        if self._staged or old:
            self._place(old)
        return full

    def _staged_digest(self, name: str) -> str:
        return file_digest(self._unfinished.staged(name))

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


def text_digest(text: str) -> str:
    """What a file of `text` has as its digest."""
    return blake3(_octets(text)).hexdigest()


def _octets(text: str) -> bytes:
    return text.encode("utf-8", "backslashreplace")


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
                    hint=too_long_hint(error) or _FREE_SPACE,
                )
            ) from error
