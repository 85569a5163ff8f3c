"""A look-ahead true-peak limiter."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from chains.inserts.base import Settings


class Limiter(Settings):
    """A stereo-linked look-ahead true-peak limiter.

    `ceiling_dbtp` absent: the target's true peak, or -1.0 without a target.
    """

    brief: ClassVar[str] = "A true-peak limiter."

    use: Literal["limiter"] = "limiter"
    ceiling_dbtp: Annotated[float, Field(ge=-60, le=0)] | None = None
    lookahead_ms: Annotated[float, Field(ge=0.5, le=20)] = 2.0
    release_ms: Annotated[
        float,
        Field(
            ge=5,
            le=2000,
            description=(
                "time constant out of dense passages; three tenths of it after a peak alone;"
                " what goes on for as long is held until it ends"
            ),
        ),
    ] = 100.0

    def in_words(self) -> str:
        """The line of a chain in the studio's words."""
        ceiling = self.ceiling_dbtp
        at = "the target's ceiling" if ceiling is None else f"{ceiling:g} dBTP"
        ahead, release = self.lookahead_ms, self.release_ms
        return f"limiter at {at}, {ahead:g} ms ahead, release {release:g} ms"
