"""A static gain."""

from __future__ import annotations

from typing import Literal

from chains.inserts.base import Decibels, Settings, gain_in_words


class Gain(Settings):
    """A static gain."""

    use: Literal["gain"] = "gain"
    gain_db: Decibels = 0.0

    def in_words(self) -> str:
        """The line of a chain in the studio's words."""
        return f"gain {gain_in_words(self.gain_db)}"
