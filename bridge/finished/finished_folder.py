"""A finished folder opened: its record, its chain and its lock, and what they say together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from bridge.finished.lock import LOCK, Lock, MixerRow, PluginRow, read_lock
from bridge.finished.place import check_whole
from bridge.finished.record import Record, Row, read_record
from bridge.finished.shapes import in_words
from bridge.gathering import Signal, cut, kept_signal
from bridge.storing import Store
from chains import Chain, ChainError, Insert, load
from stemwright.problems import InputError, Problem
from stemwright.values import dataclass


@dataclass(frozen=True)
class RenderFolder:
    """A finished folder as far as it can be read; `chain` is None where chain.toml cannot be.

    `lock` is None where chain.lock cannot be read, and `lock_fault` says why.
    """

    path: Path
    record: Record
    chain: Chain | None
    lock: Lock | None
    lock_fault: str | None = None

    @property
    def steps(self) -> tuple[Row, ...]:
        """What was rendered, in signal order."""
        return self.record.steps

    @property
    def groups(self) -> list[str]:
        """Group ids in summing order."""
        return [each.id for each in self.record.groups]

    def step(self, step_id: str) -> Row | None:
        """The step of that id."""
        return next((row for row in self.steps if row.id == step_id), None)

    def of(self, owner: str, version: str = "main") -> list[Row]:
        """The steps of a group, a return or the master bus, in signal order."""
        return [row for row in self.steps if row.owner == owner and row.version == version]

    def before(self, step: Row) -> Row | None:
        """The step whose output `step` got; None for the first of a group or a return."""
        run = self.of(step.owner, step.version)
        at = run.index(step)
        return run[at - 1] if at else None

    def inserts(self, owner: str) -> Sequence[Insert]:
        """The active inserts of a group, a return or the master bus."""
        if self.chain is None:
            return ()
        return [insert for insert in self.chain.rack(owner) if not insert.bypass]

    def sources(self, group: str) -> dict[str, tuple[str, ...]]:
        """The stems of a group: where each starts, and the hashes of its samples."""
        return {
            source.stem: (str(source.offset_s), *(file.pcm for file in source.files))
            for source in (self.lock.sources if self.lock else ())
            if source.group == group
        }

    def plugin(self, step_id: str) -> PluginRow | None:
        """What the lock says of a hosted step's plugin."""
        name = step_id.partition("@")[0]
        rows = self.lock.plugins if self.lock else ()
        return next((row for row in rows if row.step == name), None)

    @property
    def mixer(self) -> Mapping[str, MixerRow] | None:
        """What the lock says of each group, return and the master; None without a lock."""
        return {row.id: row for row in self.lock.mixer} if self.lock else None

    def spec(self, name: str) -> str | None:
        """What the lock says an insert, a target or a version does, apart from its input."""
        return self.lock.specs.get(name) if self.lock else None


@dataclass(frozen=True)
class FinishedFolder(RenderFolder):
    """A finished folder of which everything can be read."""

    chain: Chain
    lock: Lock

    @property
    def rate_hz(self) -> int:
        """The sample rate of every step, and of the masters."""
        return self.lock.engine.sample_rate_hz

    @property
    def frames(self) -> int:
        """Length of the masters."""
        return self.record.frames

    def output(self, step: Row, store: Store) -> Signal | None:
        """What came out of a step, as long as the masters and beginning with them.

        None where the store no longer holds it.
        """
        kept, frames = kept_signal(store, step.key, step.pcm), self.frames
        if kept is None:
            return None
        start = round(self.record.preroll_s * self.rate_hz)
        return Signal(step.pcm, frames, lambda: cut(kept.blocks(), frames, start))


def open_render(folder: Path) -> RenderFolder | None:
    """Read a finished folder as far as it can be read; None where it is none of ours.

    Raises as `check_whole` and `read_record`.
    """
    check_whole(folder)
    record = read_record(folder) if folder.is_dir() else None
    if record is None:
        return None
    try:
        lock, fault = read_lock(folder), None
    except InputError as error:
        lock, fault = None, in_words(error)
    try:
        chain = load(folder / "chain.toml")
    except (ChainError, OSError):
        chain = None
    return RenderFolder(folder, record, chain, lock, fault)


def open_finished(folder: Path) -> FinishedFolder:
    """Read a finished folder.

    Raises InputError `not_a_render` for one without render.json, chain.toml and chain.lock of ours,
    and as `read_record` and `open_chain_and_lock` do.
    """
    check_whole(folder)
    record = read_record(folder)
    if record is None or not (folder / LOCK).exists():
        raise InputError(
            Problem(
                "not_a_render",
                "this is not a folder that render wrote",
                {"file": str(folder)},
                expected="render.json, chain.toml and chain.lock in it",
                hint="name the folder that was given to render with -o",
            )
        )
    return FinishedFolder(folder, record, *open_chain_and_lock(folder))


def open_chain_and_lock(folder: Path) -> tuple[Chain, Lock]:
    """Read what a finished folder was made of. Raises as `check_whole`, `read_lock` and `load`."""
    check_whole(folder)
    lock = read_lock(folder)
    return load(folder / "chain.toml"), lock
