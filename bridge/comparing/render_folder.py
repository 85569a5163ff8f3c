"""A finished render as it is compared: its steps' hashes, its chain, its lock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bridge.finished import (
    Lock,
    MixerRow,
    PluginRow,
    Record,
    Row,
    check_whole,
    in_words,
    read_lock,
    read_record,
)
from chains import MASTER, Chain, ChainError, Insert, load
from stemwright.problems import InputError


@dataclass(frozen=True)
class Step:
    """One row of render.json: what went through it, by hash."""

    id: str
    inserts: tuple[str, ...]
    key: str
    pcm: str
    rms_dbfs: float | None

    @property
    def owner(self) -> str:
        """The group, return or bus it belongs to; the sum and the finish are the master's."""
        group, slash, _ = self.id.partition("/")
        return group if slash and group != "finish" else MASTER

    @property
    def version(self) -> str:
        """The version it was rendered for; "main" also for what all versions share."""
        if self.id.startswith("finish/"):
            return self.id.removeprefix("finish/")
        return self.id.partition("@")[2] or "main"


@dataclass(frozen=True)
class RenderFolder:
    """What a finished folder says; `chain` is None where chain.toml cannot be read.

    `lock` is None where chain.lock cannot be read, and `lock_fault` says why.
    """

    record: Record
    steps: tuple[Step, ...]
    chain: Chain | None
    lock: Lock | None
    lock_fault: str | None = None

    @property
    def groups(self) -> list[str]:
        """Group ids in summing order."""
        return [each.id for each in self.record.groups]

    def of(self, owner: str, version: str = "main") -> list[Step]:
        """The steps of a group, a return or the master bus, in signal order."""
        return [step for step in self.steps if step.owner == owner and step.version == version]

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

    def plugin(self, step: str) -> PluginRow | None:
        """What the lock says of a hosted step's plugin."""
        name = step.partition("@")[0]
        rows = self.lock.plugins if self.lock else ()
        return next((row for row in rows if row.step == name), None)

    @property
    def mixer(self) -> Mapping[str, MixerRow] | None:
        """What the lock says of each group, return and the master; None where it holds none."""
        if self.lock is None or not self.lock.holds_mixer:
            return None
        return {row.id: row for row in self.lock.mixer}

    def spec(self, name: str) -> str | None:
        """What the lock says an insert, a target or a version does, apart from its input."""
        return self.lock.specs.get(name) if self.lock else None


def open_render(folder: Path) -> RenderFolder | None:
    """Read a finished folder; None where it is none of ours.

    Raises as `check_whole` and `read_record`.
    """
    check_whole(folder)
    record = read_record(folder) if folder.is_dir() else None
    if record is None:
        return None
    steps = tuple(_step(row) for row in record.steps)
    lock, fault = _lock(folder)
    return RenderFolder(record, steps, _chain(folder), lock, fault)


def _step(row: Row) -> Step:
    level = row.level_out
    return Step(row.id, row.inserts, row.key, row.pcm, level.rms_dbfs if level else None)


def _lock(folder: Path) -> tuple[Lock | None, str | None]:
    try:
        return read_lock(folder), None
    except InputError as error:
        return None, in_words(error)


def _chain(folder: Path) -> Chain | None:
    try:
        return load(folder / "chain.toml")
    except (ChainError, OSError):
        return None
