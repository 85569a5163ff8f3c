"""How wide a sample is, and how long a block: what is asked of them without any sample."""

from typing import Literal

BLOCK_FRAMES = 16384
"""Frames a block usually has, few enough for a processor's cache; no result depends on it."""

Subtype = Literal["pcm16", "pcm24", "float32", "float64"]

BITS: dict[Subtype, int] = {"pcm16": 16, "pcm24": 24, "float32": 32, "float64": 64}
