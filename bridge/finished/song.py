"""Which song and chain an output folder belongs to, and the drive that a part of it is held to."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bridge.finished import LOCK, RECORD, Lock, Record, checked_record, in_words, read_lock
from bridge.finished.lock_writer import relative
from bridge.finished.owned import Owned
from bridge.planning import Plan
from bridge.rendering import HeldDrive, Rendering
from stemwright.problems import Diagnostic, InputError, Problem


def song_row(folder: Path, chain: Path | None) -> dict[str, str] | None:
    """What render.json says for the next render: where the chain lies, seen from the folder.

    None for a chain that lies in no file.
    """
    return None if chain is None else {"chain": relative(chain.resolve(), folder)}


def refuse_other_song(folder: Path, owned: Owned, planned: Lock, chain: Path | None) -> None:
    """Raise InputError `output_of_another` where `planned`, a lock, is of other stems or chain.

    A part of a song may be replaced by any. Raises as `read_lock` and `read_record` too.
    """
    if owned.record is None or owned.record.get("range") is not None or LOCK not in owned.whole:
        return
    record, lock = checked_record(owned.record, folder / RECORD), read_lock(folder)
    problems = []
    if not _same_stems(lock, planned):
        problems.append(_other(folder, "of other stems"))
    if not _same_chain(folder, record, lock, planned, chain):
        was = record.song.chain if record.song else ""
        place = f", {os.path.normpath(folder.resolve() / was)}" if was else ""
        problems.append(_other(folder, f"with another chain{place}"))
    if problems:
        raise InputError(problems)


def _other(folder: Path, said: str) -> Problem:
    return Problem(
        "output_of_another",
        f"this folder holds a master {said}, which would be lost",
        {"file": str(folder)},
        hint="name another folder with -o, or replace it with --replace",
    )


def _same_stems(lock: Lock, planned: Lock) -> bool:
    before, now = list(_files(lock)), list(_files(planned))
    places, sounds = {place for place, _ in before}, {pcm for _, pcm in before}
    shared = sum(place in places or pcm in sounds for place, pcm in now)
    return shared > 0 and 2 * shared >= min(len(before), len(now))


def _files(lock: Lock) -> Iterator[tuple[tuple[str, str | None], str]]:
    for source in lock.sources:
        for file in source.files:
            yield file.place, file.pcm


def _same_chain(
    folder: Path,
    record: Record,
    lock: Lock,
    planned: Lock,
    chain: Path | None,
) -> bool:
    if chain is not None and chain.resolve() == (folder / "chain.toml").resolve():
        return True
    if record.song is not None and record.song.model_dump() == song_row(folder, chain):
        return True
    return (lock.specs, lock.mixer) == (planned.specs, planned.mixer)


def held_row(rendering: Rendering, plan: Plan) -> dict[str, Any] | None:
    """What render.json says of a drive that a job holds; None where it was solved.

    `off_target_lu` is None where no loudness is asked for, of a part, or where none was measured.
    """
    if not rendering.drive_held or plan.finish is None:
        return None
    wanted = plan.finish.integrated_lufs
    found = [
        each.measures["integrated_lufs"] for each in rendering.outputs if each.version == "main"
    ]
    known = wanted is not None and plan.window is None and found and found[0] is not None
    return {
        "drive_db": rendering.drive_db,
        "trim_db": rendering.trim_db,
        "off_target_lu": round(found[0] - wanted, 3) if known else None,
    }


_WHERE = "finish/main"


def held_drive(folder: Path, planned: Lock) -> tuple[HeldDrive | None, Diagnostic | None]:
    """What to hold of the master in `folder`, if it has the stems and the target `planned` has.

    Without one it is None, to be solved on the part alone, and the diagnostic says why.
    """
    if "target" not in planned.specs:
        return None, None
    try:
        lock = read_lock(folder)
        why = _unlike(lock, planned)
        if why is None and lock.drive_db is not None:
            return HeldDrive(lock.drive_db, lock.trim_db or 0.0), None
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
