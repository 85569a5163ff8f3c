"""A multiband compressor."""

from __future__ import annotations

from itertools import pairwise
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
    hz_in_words,
)
from chains.inserts.compressor import compression_in_words


class CompressedBand(Settings):
    """One band of a multiband compressor; its defaults leave the band idle."""

    threshold_db: ThresholdDb = 0.0
    ratio: Ratio = 1.0
    attack_ms: AttackMs = 20.0
    release_ms: ReleaseMs = 150.0
    knee_db: Annotated[float, Field(ge=0, le=36)] = 6.0
    makeup_db: Annotated[float, Field(ge=-36, le=36)] = 0.0


class Multiband(Settings):
    """A multiband compressor: Linkwitz-Riley crossovers, one band more than crossovers."""

    brief: ClassVar[str] = "A multiband compressor."

    use: Literal["multiband"] = "multiband"
    crossovers_hz: Annotated[tuple[Hertz, ...], Field(min_length=1, max_length=5)]
    bands: Annotated[tuple[CompressedBand, ...], Field(min_length=2, max_length=6)]
    key: Key | None = None

    @model_validator(mode="after")
    def _splits_into_its_bands(self) -> Self:
        if any(low >= high for low, high in pairwise(self.crossovers_hz)):
            raise PydanticCustomError("crossovers", "crossovers_hz rising from low to high")
        if len(self.bands) != len(self.crossovers_hz) + 1:
            raise PydanticCustomError("crossovers", "one band more than crossovers_hz has corners")
        return self

    def in_words(self) -> str:
        """The line of a chain in the studio's words."""
        corners = ", ".join(hz_in_words(hz) for hz in self.crossovers_hz)
        bands = "; ".join(_band(band) for band in self.bands)
        return f"multiband at {corners}: {bands}"


def _band(band: CompressedBand) -> str:
    return compression_in_words(
        band.threshold_db, band.ratio, band.attack_ms, band.release_ms, band.makeup_db
    )
