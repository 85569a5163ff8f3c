"""The drive a part of a song is rendered with: that of the whole master, when it is its own."""

from __future__ import annotations

from pathlib import Path

from bridge.finished import Lock, in_words, read_lock
from bridge.rendering.studio import Held
from stemwright.problems import Diagnostic, InputError

_WHERE = "finish/main"


def held_drive(folder: Path, planned: Lock) -> tuple[Held | None, Diagnostic | None]:
    """What to hold of the master in `folder`, if it has the stems and the target `planned` has.

    Without one it is None, to be solved on the part alone, and the diagnostic says why.
    """
    if "target" not in planned.specs:
        return None, None
    try:
        lock = read_lock(folder)
        why = _unlike(lock, planned)
        if why is None and lock.drive_db is not None:
            return Held(lock.drive_db, lock.trim_db or 0.0), None
    except InputError as error:
        gone = error.problems[0].kind == "no_lock"
        why = "the output folder holds no master" if gone else in_words(error)
    message = f"the drive is solved on this part alone, not held: {why}; render the whole song once"
    return None, Diagnostic("warning", "drive_not_held", _WHERE, message)


def _unlike(lock: Lock, planned: Lock) -> str | None:
    if lock.drive_db is None or lock.range is not None:
        return "the output folder holds no master"
    if _stems(lock) != _stems(planned):
        return "the master in the output folder is made of other stems"
    if lock.specs.get("target") != planned.specs["target"]:
        return "the master in the output folder has another target"
    return None


def _stems(lock: Lock) -> set[tuple[str, ...]]:
    return {(row.stem, *(file.pcm for file in row.files)) for row in lock.sources}
