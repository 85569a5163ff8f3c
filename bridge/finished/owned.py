"""What in an output folder is this tool's own: told by content, never by name alone.

Records are taken as tables of anything here: one that is damaged, or of another schema, still says
which files are ours to replace, where the strict reading of `record` would refuse it.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import field
from pathlib import Path
from typing import Any

from bridge.finished import LOCK, RECORD
from bridge.storing import BadDataError, file_digest, read_json
from stemwright.problems import InputError, Problem, StemwrightError
from stemwright.values import dataclass

IN_USE = ".stemwright-in-use"
"""The lease of who writes into a folder."""

UNFINISHED = ".stemwright-unfinished"
"""The folder in which new content waits for its turn; it stays when the process is killed."""

STATES = "states"
RANGE = "range"
"""The folder inside for parts of the song."""

_KINDS = (".wav", ".json", ".html", ".toml", ".lock")
_LONGEST_BYTES = 64 * 2**20
_AWAY = "name another folder with -o, or move that away"


@dataclass(frozen=True)
class Owned:
    """A folder's record, where it has one, and how each file it lists is today.

    `whole` are as they were written, by name with their digest, `changed` are not any more.
    """

    record: Mapping[str, Any] | None = None
    whole: Mapping[str, str] = field(default_factory=dict)
    changed: tuple[str, ...] = ()

    def as_written(self, name: str) -> str | None:
        """The digest of a file that has every byte that render wrote; None for any other."""
        written = (_digests(self.record) or {}).get(name)
        return written if written == self.whole.get(name) else None


def survey(folder: Path, digest_of: Callable[[Path], str] = file_digest) -> Owned:
    """Look through an output folder. No link is followed and nothing is changed.

    Raises as `record_in`.
    """
    record = record_in(folder)
    if record is not None:
        return _recorded(folder, record, digest_of)
    lock = folder / LOCK
    return Owned(whole={LOCK: digest_of(lock)} if os.path.lexists(lock) else {})


def record_in(folder: Path) -> Mapping[str, Any] | None:
    """Return the record of an output folder, None where it has none; what it lists is not read.

    Raises InputError `output_not_ours` for a folder that holds somebody else's files in the place
    of ours.
    """
    if not os.path.lexists(folder):
        return None
    if not folder.is_dir():
        raise not_ours(folder, "the output is a file", "name a folder with -o")
    _refuse_link(folder / STATES, stat.S_ISDIR, "a folder")
    names = {path.name for path in folder.iterdir()} - {IN_USE, UNFINISHED}
    if RECORD in names:
        return _own_record(folder)
    if RANGE in names and _is_range(folder / RANGE):
        names.remove(RANGE)
    if names - {LOCK}:
        said = "the output is not empty and holds no render.json of ours, so it is not replaced"
        raise not_ours(folder, said, "name another folder with -o, or empty this one")
    if LOCK in names and not _is_lock(folder / LOCK):
        raise not_ours(folder / LOCK, "this is no lock that `stemwright lock` wrote", _AWAY)
    return None


def refuse_foreign(
    folder: Path, owned: Owned, names: Collection[str], changed: Iterable[str]
) -> None:
    """Raise InputError, all at once, for files under `names` that are not ours to replace.

    `changed` are the files that were changed since they were written, and would have to go.
    """
    problems = [_edited(folder / name) for name in changed]
    for name in names:
        if name in owned.whole or name in owned.changed:
            continue
        if os.path.lexists(folder / name):
            said = f"{name} lies where a file of this render goes, and is not of an earlier one"
            problems += not_ours(folder / name, said, _AWAY).problems
    if problems:
        raise InputError(problems)


def plain_name(name: object) -> bool:
    """Whether `name` can be a file that render writes: in the folder itself or in `states/`."""
    if not isinstance(name, str) or "\\" in name or "\0" in name:
        return False
    parts = name.split("/")
    if any(part in {"", ".", ".."} or part.startswith(".") for part in parts):
        return False
    if len(parts) == 2:
        return parts[0] == STATES
    return len(parts) == 1 and name.endswith(_KINDS)


def read_plain(path: Path) -> Any:
    """The JSON in a plain file of bounded size; None for anything else."""
    try:
        return read_json(path, _LONGEST_BYTES, follow=False)
    except (OSError, BadDataError):
        return None


def not_ours(path: Path, said: str, hint: str) -> InputError:
    """The error for something that this tool did not write and would have to replace."""
    return InputError(Problem("output_not_ours", said, {"file": str(path)}, hint=hint))


def _own_record(folder: Path) -> Mapping[str, Any]:
    """The record in a folder, nothing that it lists being a link. Raises InputError."""
    _refuse_link(folder / RECORD, stat.S_ISREG, "a file")
    record: Any = read_plain(folder / RECORD)
    digests = _digests(record)
    if digests is None:
        said = "this render.json is not one that render wrote, so its folder is not replaced"
        raise not_ours(folder / RECORD, said, "name another folder with -o, or empty this one")
    for name in digests:
        _refuse_link(folder / name, stat.S_ISREG, "a file")
    return dict(record)


def _recorded(folder: Path, record: Mapping[str, Any], digest_of: Callable[[Path], str]) -> Owned:
    samples = dict(_samples(record))
    whole: dict[str, str] = {RECORD: digest_of(folder / RECORD)}
    changed = []
    for name, digest in (_digests(record) or {}).items():
        path = folder / name
        if not os.path.lexists(path):
            continue
        found = digest_of(path)
        if found == digest or _retagged(path, samples.get(name)):
            whole[name] = found
        else:
            changed.append(name)
    return Owned(record, whole, tuple(changed))


def _digests(record: Any) -> dict[str, str] | None:
    """The files of a record by digest; None where it is no record of ours."""
    if not isinstance(record, dict) or not isinstance(record.get("stemwright"), str):
        return None
    digests = record.get("digests")
    if not isinstance(digests, dict) or not all(map(plain_name, digests)):
        return None
    return {name: str(digest) for name, digest in digests.items() if name != RECORD}


def _samples(record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    outputs = record.get("outputs")
    for row in outputs if isinstance(outputs, list) else []:
        if isinstance(row, dict):
            yield str(row.get("path")), str(row.get("pcm_sha256"))


def _retagged(path: Path, samples: str | None) -> bool:
    """Whether a master still has its samples: other programs may write tags around them."""
    if samples is None:
        return False
    from bridge.audio import pcm_sha256

    try:
        return pcm_sha256(path) == samples
    except StemwrightError:
        return False


def _is_range(folder: Path) -> bool:
    if folder.is_symlink() or not folder.is_dir():
        return False
    return _digests(read_plain(folder / RECORD)) is not None


def _is_lock(path: Path) -> bool:
    told = read_plain(path)
    return isinstance(told, dict) and {"stemwright", "sources", "engine"} <= told.keys()


def _refuse_link(path: Path, wanted: Any, kind: str) -> None:
    """Raise where `path` is there and is a link, or not what it has to be."""
    if os.path.lexists(path) and not wanted(path.lstat().st_mode):
        said = f"{path.name} is {'a link' if path.is_symlink() else f'not {kind}'}"
        raise not_ours(path, f"{said}: nothing is written through or over it", _AWAY)


def _edited(path: Path) -> Problem:
    return Problem(
        "output_changed",
        f"{path.name} was changed since it was rendered, and would be replaced",
        {"file": str(path)},
        hint="move it away, name another folder with -o, or replace it with --replace",
    )
