"""Freezing a revision: every hosted step's audio from the store, packed, beside the job."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bridge.finished import Lock, Step, read_lock
from bridge.jobs.freezing.frozen_songs import (
    AUDIO,
    FOLDER,
    FROZEN_SCHEMA,
    FrozenList,
    FrozenSongs,
    FrozenStep,
    frozen_songs,
    list_digest,
)
from bridge.jobs.freezing.packing import pack, packed_size
from bridge.storing import Entry, Store, file_digest
from stemwright.files import Staged, cannot_write, flush
from stemwright.installation import installed_version
from stemwright.problems import MachineError, Problem

_KEY_DIGITS = 64
_PACKED = ".packed"
_SAMPLED_BLOCKS = 24
"""At most so many are packed to say how large a step will be."""

_OF_THE_STORE = frozenset({"data_bytes", "data_head", "data_blake3", "differs_from"})

RenderAgain = Callable[[], object]
"""Renders the revision into the store."""


@dataclass(frozen=True)
class FrozenSize:
    """What a step takes: `pcm_bytes` as samples, `bytes` packed.

    Before it is frozen `bytes` is about; both are None for what is not in the store any more.
    """

    step: str
    pcm_bytes: int | None
    bytes: int | None
    is_frozen: bool

    def as_json(self) -> dict[str, Any]:
        """A row of `freeze --json`."""
        told = {"step": self.step, "pcm_bytes": self.pcm_bytes, "bytes": self.bytes}
        return {**told, "frozen": self.is_frozen}


def frozen_sizes(finished: Path, job_folder: Path, store: Store) -> tuple[FrozenSize, ...]:
    """What freezing a finished folder would take, a step; nothing is written.

    Raises InputError as `read_lock`.
    """
    known = frozen_songs(job_folder)
    return tuple(_size(known, store, step) for step in _hosted(read_lock(finished)).values())


def freeze_revision(
    finished: Path,
    job_folder: Path,
    store: Store,
    *,
    name: str | None = None,
    again: RenderAgain | None = None,
) -> FrozenList:
    """Keep what every plugin of a finished folder gave in JOB/frozen, whole or not at all.

    The list is called `name`, else as the folder is. `again` renders what the store has lost. What
    no list names any more, and what was left half written, goes. One process at a time.
    Raises InputError as `read_lock`; MachineError `frozen_step_lost` for what is not in the store,
    and where it cannot be written.
    """
    lock = read_lock(finished)
    hosted = _hosted(lock)
    with store.holding():
        if again is not None and any(_entry(store, step) is None for step in hosted.values()):
            again()
        entries = {key: _entry(store, step) for key, step in hosted.items()}
        lost = [hosted[key].id for key, entry in entries.items() if entry is None]
        if lost:
            raise MachineError([_lost(step) for step in lost])
        known = frozen_songs(job_folder)
        try:
            (job_folder / FOLDER / AUDIO).mkdir(parents=True, exist_ok=True)
            flush(job_folder / FOLDER)
            flush(job_folder)
        except OSError as error:
            raise cannot_write(job_folder / FOLDER, error) from error
        rows = [
            _kept(known, hosted[key], entry) or _frozen(known.folder, hosted[key], entry)
            for key, entry in entries.items()
            if entry is not None
        ]
    made = _listed(job_folder / FOLDER, name or finished.resolve().name, lock, rows)
    _sweep(job_folder)
    return made


def _hosted(lock: Lock) -> dict[str, Step]:
    """The hosted steps of a lock by the key they are looked up by."""
    plugins = {row.step for row in lock.plugins}
    return {
        step.key[:_KEY_DIGITS]: step for step in lock.steps if step.id.partition("@")[0] in plugins
    }


def _entry(store: Store, step: Step) -> Entry | None:
    """What the store has of a step, every byte of it; None for other samples."""
    for key in dict.fromkeys([step.key, f"{step.key[:_KEY_DIGITS]}-{step.pcm[:16]}"]):
        entry = store.whole(key)
        if entry is not None and entry.meta.get("pcm") == step.pcm:
            return entry
    return None


def _size(known: FrozenSongs, store: Store, step: Step) -> FrozenSize:
    kept = known.step(step.key[:_KEY_DIGITS])
    if kept is not None and kept.pcm == step.pcm and _is_whole(known, kept):
        return FrozenSize(step.id, kept.pcm_bytes, kept.bytes, is_frozen=True)
    entry = _entry(store, step)
    if entry is None:
        return FrozenSize(step.id, None, None, is_frozen=False)
    about = packed_size(entry.data, entry.meta["dtype"], _SAMPLED_BLOCKS)
    return FrozenSize(step.id, entry.data.stat().st_size, about, is_frozen=False)


def _is_whole(known: FrozenSongs, step: FrozenStep) -> bool:
    try:
        return file_digest(known.audio(step)) == step.blake3
    except OSError:
        return False


def _kept(known: FrozenSongs, step: Step, entry: Entry) -> FrozenStep | None:
    """The row of a step that another revision has frozen already."""
    row = known.step(step.key[:_KEY_DIGITS])
    if row is None or row.pcm != entry.meta["pcm"] or not _is_whole(known, row):
        return None
    return row.model_copy(update={"step": step.id})


def _frozen(folder: Path, step: Step, entry: Entry) -> FrozenStep:
    """Pack what an entry holds; return its row."""
    path = folder / AUDIO / f"{step.key[:_KEY_DIGITS]}{_PACKED}"
    dtype = entry.meta["dtype"]
    try:
        with Staged(path, lasting=True) as staged:
            with staged.open("wb") as file:
                pack(entry.data, dtype, file)
            size, blake3 = staged.stat().st_size, file_digest(staged)
        pcm_bytes = entry.data.stat().st_size
    except OSError as error:
        raise cannot_write(path, error) from error
    told = {
        "step": step.id,
        "key": step.key[:_KEY_DIGITS],
        "pcm": step.pcm,
        "dtype": dtype,
        "frames": entry.meta["frames"],
        "pcm_bytes": pcm_bytes,
        "file": path.name,
        "bytes": size,
        "blake3": blake3,
        "meta": _words(entry.meta),
    }
    return FrozenStep.model_validate(told)


def _words(meta: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in meta.items() if key not in _OF_THE_STORE}


def _listed(folder: Path, name: str, lock: Lock, rows: list[FrozenStep]) -> FrozenList:
    told: dict[str, Any] = {
        "schema": FROZEN_SCHEMA,
        "stemwright": installed_version("stemwright"),
        "revision": name,
        "engine": lock.as_json()["engine"],
        "plugins": lock.as_json()["plugins"],
        "steps": [row.model_dump(mode="json") for row in rows],
    }
    told = json.loads(json.dumps(told))  # as it will be read again
    told["digest"] = list_digest(told)
    path = folder / f"{name}.json"
    try:
        with Staged(path, lasting=True) as staged:
            staged.write_text(json.dumps(told, indent=1, ensure_ascii=False), encoding="utf-8")
    except OSError as error:
        raise cannot_write(path, error) from error
    return FrozenList.model_validate(told)


def _sweep(job_folder: Path) -> None:
    """Remove audio that no list names; as long as a list cannot be read, none."""
    songs = frozen_songs(job_folder)
    named = {step.file for each in songs.lists for step in each.steps}
    for path in [*(songs.folder / AUDIO).iterdir(), *songs.folder.glob(".*.part")]:
        is_left = path.suffix == ".part" or (path.suffix == _PACKED and path.name not in named)
        if is_left and not songs.damaged:
            with suppress(OSError):
                path.unlink()


def _lost(step: str) -> Problem:
    return Problem(
        "frozen_step_lost",
        f"what {step} gave is not in the store any more, and rendered anew it is not the same",
        {"step": step},
        hint="freeze it where the store and the plugins are that it was rendered with",
    )
