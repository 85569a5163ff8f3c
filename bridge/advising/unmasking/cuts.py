"""What frees a group: a narrow cut in another one, and what it does."""

from __future__ import annotations

from typing import Any, Literal

from chains import Bell, DynamicBand, DynamicEq, Eq
from stemwright.values import dataclass

PREFIX = "unmask-"
"""What the ids of cuts begin with, in a chain too: what was cut once is not cut again."""


@dataclass(frozen=True)
class Cut:
    """A bell in `group` that frees the group `frees`; the band moves with a `threshold_db`.

    `depth_db` is positive. The threshold is that of the freed group before its fader, in dBFS.
    """

    group: str
    frees: str
    hz: float
    q: float
    depth_db: float
    threshold_db: float | None = None

    @property
    def insert(self) -> str:
        """The id of its insert."""
        return f"{PREFIX}{self.hz:.0f}"

    @property
    def id(self) -> str:
        """What `--only` knows it by."""
        return f"{self.group}/{self.insert}"

    @property
    def kind(self) -> Literal["eq", "dynamic_eq"]:
        """The built-in that makes it."""
        return "eq" if self.threshold_db is None else "dynamic_eq"

    @property
    def settings(self) -> Eq | DynamicEq:
        """That of its insert."""
        if self.threshold_db is None:
            bell = Bell(shape="bell", hz=self.hz, gain_db=-self.depth_db, q=self.q)
            return Eq(bands=(bell,))
        band = DynamicBand(
            hz=self.hz,
            q=self.q,
            threshold_db=self.threshold_db,
            ratio=RATIO,
            max_cut_db=self.depth_db,
        )
        return DynamicEq(bands=(band,), key=self.frees)

    def table(self) -> dict[str, Any]:
        """What a chain says of it."""
        if self.threshold_db is None:
            band = {"shape": "bell", "hz": self.hz, "q": self.q, "gain_db": -self.depth_db}
            return {"id": self.insert, "use": "eq", "bands": [band]}
        moving = {
            "shape": "bell",
            "hz": self.hz,
            "q": self.q,
            "threshold_db": self.threshold_db,
            "ratio": RATIO,
            "max_cut_db": self.depth_db,
        }
        return {"id": self.insert, "use": "dynamic_eq", "key": self.frees, "bands": [moving]}


RATIO = 4.0


@dataclass(frozen=True)
class FreeingCut:
    """A cut, and what all cuts together do where it cuts.

    `hidden_phon` is how far masking turns the freed group down in this band, `gain_phon` how much
    of that it gets back. `times_s` are the longest stretches in which it is less than half as loud
    there as alone, `hidden_share` of the time in which it sounds.
    """

    cut: Cut
    hidden_phon: float
    gain_phon: float
    hidden_share: float
    times_s: tuple[tuple[float, float], ...]

    def as_json(self) -> dict[str, Any]:
        """The object of the `cuts` list that `unmask --json` prints."""
        return {
            "id": self.cut.id,
            "group": self.cut.group,
            "insert": self.cut.insert,
            "use": self.cut.kind,
            "hz": self.cut.hz,
            "q": self.cut.q,
            "depth_db": self.cut.depth_db,
            "threshold_db": self.cut.threshold_db,
            "frees": self.cut.frees,
            "hidden_phon": self.hidden_phon,
            "gain_phon": self.gain_phon,
            "hidden_share": self.hidden_share,
            "times_s": [list(each) for each in self.times_s],
        }


@dataclass(frozen=True)
class BandHeard:
    """Sone of a group about a frequency, before any cut: beside the others, and alone."""

    hz: float
    sone: float
    alone_sone: float


@dataclass(frozen=True)
class GroupEffect:
    """A group: how much of it is hidden, and what all cuts change of it.

    `hidden_phon` is by how much the others turn it down, over all bands; `level_lu` the change of
    its own integrated loudness, `audible_phon` that of its partial loudness level. None: silent.
    `bands` are half an ERB apart.
    """

    id: str
    is_lead: bool
    hidden_phon: float | None
    level_lu: float | None
    audible_phon: float | None
    bands: tuple[BandHeard, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The object of the `groups` list."""
        return {
            "id": self.id,
            "lead": self.is_lead,
            "hidden_phon": self.hidden_phon,
            "level_lu": self.level_lu,
            "audible_phon": self.audible_phon,
            "bands": [vars(each) for each in self.bands],
        }


@dataclass(frozen=True)
class HiddenBand:
    """Where `group` stays hidden once all cuts are in; most of what is lost there goes to `by`."""

    group: str
    by: str
    hz: float
    hidden_phon: float

    @property
    def told(self) -> str:
        """What the engineer reads of it."""
        by = f"{self.hidden_phon:.1f} phon"
        return f"about {self.hz:g} Hz {self.by} still hides {self.group} by {by}"


@dataclass(frozen=True)
class Unmasking:
    """Cuts, what they free first, and all groups in the chain's order.

    `still_hidden` are bands that cuts do not free.
    """

    cuts: tuple[FreeingCut, ...]
    groups: tuple[GroupEffect, ...]
    remarks: tuple[str, ...] = ()
    still_hidden: tuple[HiddenBand, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """What `unmask --json` prints of it."""
        return {
            "cuts": [each.as_json() for each in self.cuts],
            "groups": [each.as_json() for each in self.groups],
            "still_hidden": [vars(each) for each in self.still_hidden],
            "remarks": list(self.remarks),
        }
