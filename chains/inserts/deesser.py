"""A de-esser."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from chains.inserts.base import (
    AttackMs,
    Key,
    ReleaseMs,
    Settings,
    ThresholdDb,
    gain_in_words,
    hz_in_words,
)


class Deesser(Settings):
    """A cut of everything above `hz` while that band's level is over `threshold_db`."""

    brief: ClassVar[str] = "A de-esser."

    use: Literal["deesser"] = "deesser"
    hz: Annotated[float, Field(ge=1000, le=20000)] = 6500.0
    threshold_db: ThresholdDb = -30.0
    max_cut_db: Annotated[float, Field(ge=0, le=24)] = 6.0
    attack_ms: AttackMs = 1.0
    release_ms: ReleaseMs = 60.0
    key: Key | None = None

    def in_words(self) -> str:
        """The line of a chain in the studio's words."""
        cut = f"up to {gain_in_words(-self.max_cut_db)}"
        return f"de-esser above {hz_in_words(self.hz)} over {self.threshold_db:g} dB, {cut}"
