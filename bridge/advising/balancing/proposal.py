"""What is proposed: a move of each group's fader and of single stems, and where they come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any, Literal

from stemwright.values import dataclass

Aim = Literal["rough", "reference"]
LEAST_DB = 0.05
"""What nobody hears is no move."""
_DIGITS = 2


@dataclass(frozen=True)
class GroupMove:
    """A group: its fader, and what that should do.

    `share_lu` is how loud the group is against the whole, after inserts, rides and fader;
    `wanted_lu` is what makes the balance that is aimed at; None where it is
    silent or not known. `left_alone` says why nothing is proposed, "" where something may be. A
    move that is an estimate may be off by more than 0.5 dB.
    """

    id: str
    stems: tuple[str, ...]
    fader_db: float
    change_db: float = 0.0
    share_lu: float | None = None
    wanted_lu: float | None = None
    left_alone: str = ""
    remarks: tuple[str, ...] = ()
    is_estimate: bool = False

    @property
    def new_fader_db(self) -> float:
        """Where its fader goes."""
        return written_db(self.fader_db, self.change_db)

    def as_json(self) -> dict[str, Any]:
        """The object of the `groups` list that `balance --json` prints."""
        return {
            "id": self.id,
            "stems": list(self.stems),
            "fader_db": self.fader_db,
            "change_db": self.change_db,
            "new_fader_db": self.new_fader_db,
            "share_lu": self.share_lu,
            "wanted_lu": self.wanted_lu,
            "left_alone": self.left_alone or None,
            "remarks": list(self.remarks),
            "estimate": self.is_estimate,
        }


@dataclass(frozen=True)
class StemMove:
    """A single stem's gain before its group's sum."""

    id: str
    name: str
    group: str
    gain_db: float
    change_db: float
    is_estimate: bool = False

    @property
    def new_gain_db(self) -> float:
        """Where its gain goes."""
        return written_db(self.gain_db, self.change_db)

    def as_json(self) -> dict[str, Any]:
        """The object of the `stems` list."""
        told = {**vars(self), "estimate": self.is_estimate, "new_gain_db": self.new_gain_db}
        return {key: value for key, value in told.items() if key != "is_estimate"}


@dataclass(frozen=True)
class Balance:
    """All groups in the chain's order, and single stems where they were asked for.

    `target` is the name of the file that is aimed at, `heard` what of the groups was: after their
    inserts, or before them. `facts` are numbers about the target, `remarks` what holds for all.
    Moves that are not sure are for the ear alone.
    """

    aim: Aim
    target: str
    heard: Literal["after_inserts", "before_inserts"]
    groups: tuple[GroupMove, ...]
    stems: tuple[StemMove, ...] = ()
    facts: Mapping[str, float | str | None] = field(default_factory=dict, hash=False)
    remarks: tuple[str, ...] = ()
    is_sure: bool = True

    @property
    def moved_groups(self) -> tuple[GroupMove, ...]:
        """Those whose fader moves."""
        return tuple(each for each in self.groups if each.change_db)

    @property
    def moved_stems(self) -> tuple[StemMove, ...]:
        """Those whose gain moves."""
        return tuple(each for each in self.stems if each.change_db)

    @property
    def moves(self) -> int:
        """How many there are."""
        return len(self.moved_groups) + len(self.moved_stems)

    def as_json(self) -> dict[str, Any]:
        """What `balance --json` prints of it."""
        return {
            "to": self.aim,
            "target": self.target,
            "heard": self.heard,
            **self.facts,
            "groups": [each.as_json() for each in self.groups],
            "stems": [each.as_json() for each in self.stems],
            "remarks": list(self.remarks),
            "sure": self.is_sure,
        }


def change_db(wanted_db: float) -> float:
    """A move as it is proposed: to the hundredth, and none at all where nobody hears it."""
    return round(wanted_db, _DIGITS) + 0.0 if abs(wanted_db) >= LEAST_DB else 0.0


def written_db(before_db: float, moved_db: float) -> float:
    """A gain after a move, as a file has it."""
    return round(before_db + moved_db, _DIGITS) + 0.0 if moved_db else before_db


def told_lu(value_lu: float | None) -> float | None:
    """A share as it is told."""
    return None if value_lu is None else round(value_lu, _DIGITS) + 0.0
