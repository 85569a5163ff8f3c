"""A gate or downward expander."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from chains.inserts.base import AttackMs, Key, Ratio, ReleaseMs, Settings, gain_in_words


class Gate(Settings):
    """A stereo-linked gate or, at a low `ratio`, a downward expander."""

    brief: ClassVar[str] = "A gate or expander."

    use: Literal["gate"] = "gate"
    threshold_db: Annotated[float, Field(ge=-120, le=0)] = -50.0
    ratio: Ratio = 10.0
    max_cut_db: Annotated[float, Field(ge=0, le=120)] = 60.0
    hysteresis_db: Annotated[float, Field(ge=0, le=24)] = 3.0
    attack_ms: AttackMs = 1.0
    hold_ms: Annotated[float, Field(ge=0, le=5000)] = 50.0
    release_ms: ReleaseMs = 150.0
    key: Key | None = None

    def in_words(self) -> str:
        """The line of a chain in the studio's words."""
        times = f"{self.attack_ms:g}/{self.hold_ms:g}/{self.release_ms:g} ms"
        cut = f"up to {gain_in_words(-self.max_cut_db)}"
        return f"gate {self.threshold_db:g} dB {self.ratio:g}:1, {cut}, {times}"
