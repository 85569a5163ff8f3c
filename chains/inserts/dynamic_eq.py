"""An equaliser whose bands move."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from chains.inserts.base import (
    AttackMs,
    Hertz,
    Key,
    Ratio,
    ReleaseMs,
    Settings,
    ThresholdDb,
    gain_in_words,
    hz_in_words,
)


class DynamicBand(Settings):
    """A band whose gain follows the level of its own frequencies above a threshold.

    Gain moves by (1 - 1/ratio) of the overshoot, down to `max_cut_db` or up to `max_boost_db`:
    exactly one of the two is given.
    """

    shape: Literal["bell", "low_shelf", "high_shelf"] = "bell"
    hz: Hertz
    q: Annotated[float, Field(ge=0.05, le=50)] = 1.0
    threshold_db: ThresholdDb
    ratio: Ratio = 3.0
    max_cut_db: Annotated[float, Field(ge=0, le=36)] | None = None
    max_boost_db: Annotated[float, Field(ge=0, le=36)] | None = None
    attack_ms: AttackMs = 10.0
    release_ms: ReleaseMs = 120.0

    @model_validator(mode="after")
    def _moves_one_way(self) -> Self:
        if (self.max_cut_db is None) == (self.max_boost_db is None):
            raise PydanticCustomError("one_direction", "either max_cut_db or max_boost_db")
        return self


class DynamicEq(Settings):
    """An equaliser whose bands move with the signal, or with the group named by `key`."""

    brief: ClassVar[str] = "An equaliser whose bands move."

    use: Literal["dynamic_eq"] = "dynamic_eq"
    bands: Annotated[tuple[DynamicBand, ...], Field(min_length=1, max_length=16)]
    key: Key | None = None

    def in_words(self) -> str:
        """The line of a chain in the studio's words."""
        return "dynamic eq: " + ", ".join(_band(band) for band in self.bands)


def _band(band: DynamicBand) -> str:
    cut, boost = band.max_cut_db, band.max_boost_db
    moved = gain_in_words(-cut) if cut is not None else gain_in_words(boost or 0.0)
    name = f"{band.shape.replace('_', '-')} {hz_in_words(band.hz)} q {band.q:g}"
    return f"{name} up to {moved} over {band.threshold_db:g} dB"
