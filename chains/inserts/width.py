"""Stereo width."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from chains.inserts.base import Settings, hz_in_words


class Width(Settings):
    """The side signal's gain (0 is mono, 1 unchanged), and mono below a frequency."""

    brief: ClassVar[str] = "Stereo width."

    use: Literal["width"] = "width"
    width: Annotated[float, Field(ge=0, le=4)] = 1.0
    mono_below_hz: Annotated[
        float,
        Field(
            ge=0,
            le=1000,
            description="corner below which the side signal is removed; 0 leaves it alone",
        ),
    ] = 0.0

    def in_words(self) -> str:
        """The line of a chain in the studio's words."""
        mono = f", mono below {hz_in_words(self.mono_below_hz)}" if self.mono_below_hz else ""
        return f"width {100 * self.width:g} %{mono}"
