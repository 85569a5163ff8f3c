"""A room."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from chains.inserts.base import Settings, hz_in_words


class Reverb(Settings):
    """A room, wet only: the insert's `mix` blends the dry sound in."""

    brief: ClassVar[str] = "A room, wet only."

    use: Literal["reverb"] = "reverb"
    size: Annotated[float, Field(ge=0, le=1)] = 0.5
    damping: Annotated[float, Field(ge=0, le=1)] = 0.5
    width: Annotated[float, Field(ge=0, le=1)] = 1.0
    predelay_ms: Annotated[float, Field(ge=0, le=500)] = 20.0
    low_cut_hz: Annotated[
        float,
        Field(
            ge=0,
            le=2000,
            description="corner of the 12 dB/octave high-pass in front; 0 leaves it out",
        ),
    ] = 200.0

    def in_words(self) -> str:
        """The line of a chain in the studio's words."""
        room = f"size {100 * self.size:g} %, damping {100 * self.damping:g} %"
        low_cut = f", low cut {hz_in_words(self.low_cut_hz)}" if self.low_cut_hz else ""
        return f"reverb {room}, pre-delay {self.predelay_ms:g} ms{low_cut}"
