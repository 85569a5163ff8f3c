"""An equaliser of still bands."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from chains.inserts.base import Hertz, Settings, gain_in_words, hz_in_words


class Bell(Settings):
    """A peaking band (RBJ Audio EQ Cookbook, peakingEQ)."""

    shape: Literal["bell"]
    hz: Hertz
    gain_db: Annotated[float, Field(ge=-36, le=36)]
    q: Annotated[float, Field(ge=0.05, le=50)] = 1.0


class Shelf(Settings):
    """A shelving band (RBJ Audio EQ Cookbook, lowShelf and highShelf), slope by `q`."""

    shape: Literal["low_shelf", "high_shelf"]
    hz: Hertz
    gain_db: Annotated[float, Field(ge=-36, le=36)]
    q: Annotated[float, Field(ge=0.05, le=5)] = 0.7071


class Pass(Settings):
    """A Butterworth high- or low-pass, -3 dB at `hz`."""

    shape: Literal["high_pass", "low_pass"]
    hz: Hertz
    slope_db_per_octave: Literal[6, 12, 18, 24, 36, 48] = 12


Band = Annotated[Bell | Shelf | Pass, Field(discriminator="shape")]


class Eq(Settings):
    """An equaliser: bands in the order they are written."""

    brief: ClassVar[str] = "An equaliser."

    use: Literal["eq"] = "eq"
    bands: Annotated[tuple[Band, ...], Field(min_length=1, max_length=32)]

    def in_words(self) -> str:
        """The line of a chain in the studio's words."""
        return "eq: " + ", ".join(_band(band) for band in self.bands)


def _band(band: Band) -> str:
    name = f"{band.shape.replace('_', '-')} {hz_in_words(band.hz)}"
    if isinstance(band, Pass):
        return f"{name} {band.slope_db_per_octave} dB/oct"
    return f"{name} {gain_in_words(band.gain_db)} q {band.q:g}"
