"""A soft clip."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from chains.inserts.base import Settings, gain_in_words


class Saturation(Settings):
    """A soft clip x / sqrt(1 + x^2), oversampled; `drive_db` in front, `output_db` behind."""

    brief: ClassVar[str] = "A soft clip."

    use: Literal["saturation"] = "saturation"
    drive_db: Annotated[float, Field(ge=0, le=48)] = 6.0
    output_db: Annotated[float, Field(ge=-48, le=24)] = 0.0
    oversampling: Literal[2, 4, 8, 16] = 4

    def in_words(self) -> str:
        """The line of a chain in the studio's words."""
        levels = f"{gain_in_words(self.drive_db)} in, {gain_in_words(self.output_db)} out"
        return f"saturation {levels}, {self.oversampling}x oversampled"
