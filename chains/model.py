"""The sound as values: what a chain file says, checked, frozen, with its place in the file.

Places and paths (`where`, `path`, `source`, `notes`) are presentation and take no part in equality.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import field, replace
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, Literal, get_args

from chains.faults import Note
from chains.lines import NOWHERE, Source, Where
from stemwright.values import dataclass

if TYPE_CHECKING:
    from chains.inserts.settings import InsertSettings

Side = Literal["stereo", "mid", "side", "left", "right"]
Host = Literal["dawdreamer", "pedalboard"]
SampleRateHz = Literal[44100, 48000, 88200, 96000, 176400, 192000]
SAMPLE_RATES_HZ: tuple[int, ...] = get_args(SampleRateHz)
"""What an engine may run at."""

Safety = Literal["none", "trim"]
Dynamics = Literal["own", "main"]

LONGEST_ID = 64
"""Characters of an id."""

MOST_VERSIONS = 256
"""Versions of a chain, each of its mastered stems counted."""

MASTER = "master"
"""The owner of the inserts that stand on no group or return; no other id may be this."""


@dataclass(frozen=True)
class Engine:
    """How plugins are hosted, and how long the master is; None leaves the choice to planning.

    `tail_s` is what the master has after the longest stem.
    """

    host: Host | None = None
    buffer_size: int | None = None
    sample_rate_hz: int | None = None
    tail_s: float | None = None
    where: Where = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True)
class Insert:
    """One processor in a row.

    `mix` is (1-mix)*input + mix*output; `on` says which signal it works on.
    """

    id: str
    settings: InsertSettings
    on: Side = "stereo"
    mix: float = 1.0
    bypass: bool = False
    where: Where = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True)
class Group:
    """Stems that are processed as one: sum, `trim_db`, inserts, `gain_db`, then sends and master.

    `stems` are selectors (chains.select); `sends` are (return id, dB), post-fader.
    """

    id: str
    stems: tuple[str, ...]
    trim_db: float = 0.0
    gain_db: float = 0.0
    sends: tuple[tuple[str, float], ...] = ()
    required: bool = False
    inserts: tuple[Insert, ...] = ()
    where: Where = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True)
class Return:
    """An effect bus that groups send to."""

    id: str
    gain_db: float = 0.0
    inserts: tuple[Insert, ...] = ()
    where: Where = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True)
class Target:
    """Where the finished file shall lie; `drive_at` is a master insert's id."""

    integrated_lufs: float | None = None
    true_peak_dbtp: float = -1.0
    drive_at: str | None = None
    safety: Safety = "none"
    where: Where = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True)
class Version:
    """Another master from the same run: without what `mute` names, or with what `only` names.

    Both hold ids of groups, and stems as `stem:` with a glob or `role:` with a role. `gain_db` are
    (group id, dB) over its fader. Without the `limiter` nothing keeps the target's ceiling.
    """

    id: str
    mute: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    dynamics: Dynamics = "own"
    gain_db: tuple[tuple[str, float], ...] = ()
    limiter: bool = True
    where: Where = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True)
class Chain:
    """A whole chain file. Groups stand in summing order; an absent [target] is None."""

    name: str = ""
    engine: Engine = Engine()
    groups: tuple[Group, ...] = ()
    returns: tuple[Return, ...] = ()
    master: tuple[Insert, ...] = ()
    target: Target | None = None
    versions: tuple[Version, ...] = ()
    path: Path | None = field(default=None, compare=False)
    source: Source = field(default_factory=Source, compare=False, repr=False)
    notes: tuple[Note, ...] = field(default=(), compare=False, repr=False)

    def racks(self) -> Iterator[tuple[str, tuple[Insert, ...]]]:
        """Every row of inserts under its owner's id: groups in summing order, returns, "master"."""
        owners: tuple[Group | Return, ...] = (*self.groups, *self.returns)
        for owner in owners:
            yield owner.id, owner.inserts
        yield MASTER, self.master

    def inserts(self) -> Iterator[tuple[str, Insert]]:
        """Every insert under its owner's id, bypassed ones too, in the order of `racks`."""
        for owner, rack in self.racks():
            for insert in rack:
                yield owner, insert

    def rack(self, owner: str) -> tuple[Insert, ...]:
        """The inserts of a group, a return or "master"; none where nothing has that id."""
        return next((rack for known, rack in self.racks() if known == owner), ())

    def with_inserts(self, change: Callable[[str, Insert], Insert]) -> Chain:
        """The chain with `change(owner id, insert)` in the place of every insert."""

        def changed(owner: str, rack: tuple[Insert, ...]) -> tuple[Insert, ...]:
            return tuple(change(owner, insert) for insert in rack)

        return replace(
            self,
            groups=tuple(replace(g, inserts=changed(g.id, g.inserts)) for g in self.groups),
            returns=tuple(replace(r, inserts=changed(r.id, r.inserts)) for r in self.returns),
            master=changed(MASTER, self.master),
        )

    def locate(self, *at: str | int) -> Where:
        """Point at a place by the file's own keys.

        `chain.locate("group", 1, "stems", 0)`; deeper than a part that is at hand:
        `chain.locate(*insert.where.at, "params", "Threshold")`. What the file does not hold gets
        the line of the nearest table around it.
        """
        return self.source.where(*at)

    def resolve(self, written: str) -> Path:
        """Make a path of a `state` or `plugin` as written: relative ones start at the chain."""
        return resolve(written, self.path.parent if self.path else Path())


def stem_version_id(version: str, group: str) -> str:
    """What the version of one group is called where `version` stands for all mastered stems."""
    return f"{version}-{group}"


def resolve(written: str, folder: Path) -> Path:
    """Read a path of a chain file in `folder`; `/` and `\\` both part folders on every system."""
    return folder / written.replace("\\", "/")


def is_absolute(written: str) -> bool:
    """Tell whether a path as written starts at the root of some system, this one or another."""
    return PurePosixPath(written).is_absolute() or bool(PureWindowsPath(written).anchor)


def insert_ids(named: Iterable[tuple[str | None, str]]) -> tuple[str, ...]:
    """Complete (id, use) pairs to ids: `<use>`, `<use>-2`, ... for those that have none.

    Ids given by hand are never taken by a default.
    """
    rows = tuple(named)
    taken = {given for given, _ in rows if given is not None}
    counts: dict[str, int] = {}
    ids = []
    for given, use in rows:
        name, count = given or use, counts.get(use, 1)
        while given is None and name in taken:
            count += 1
            name = f"{use}-{count}"
        if given is None:
            counts[use] = count
        taken.add(name)
        ids.append(name)
    return tuple(ids)
