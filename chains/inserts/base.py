"""What the settings of all inserts share: their base, their ranges, and numbers in words."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field

Decibels = Annotated[float, Field(ge=-120, le=60, allow_inf_nan=False)]
Hertz = Annotated[float, Field(ge=10, le=40000, allow_inf_nan=False)]
ThresholdDb = Annotated[float, Field(ge=-80, le=0)]
Ratio = Annotated[float, Field(ge=1, le=100)]
AttackMs = Annotated[float, Field(ge=0.05, le=500)]
ReleaseMs = Annotated[float, Field(ge=1, le=5000)]
Key = Annotated[str, Field(description="the id of another group")]


class Settings(BaseModel):
    """Base of all settings: frozen, and strict about unknown words."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, allow_inf_nan=False, defer_build=True
    )

    brief: ClassVar[str] = ""
    """What an insert is, in a few words, for the JSON Schema; without any, its docstring."""


def gain_in_words(db: float) -> str:
    """Say a gain: "+1.5 dB"."""
    return f"{db:+g} dB" if db else "0 dB"


def hz_in_words(hz: float) -> str:
    """Say a frequency: "7 kHz", "120 Hz"."""
    return f"{hz / 1000:g} kHz" if hz >= 1000 else f"{hz:g} Hz"
