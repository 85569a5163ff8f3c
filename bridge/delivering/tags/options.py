"""How tags are written, beside what they say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bridge.delivering.tags.wave.bext import Loudness

Id3Version = Literal["2.4", "2.3"]


@dataclass(frozen=True)
class TagOptions:
    """`loudness` is what a WAV's bext says of its own samples; None leaves what it said.

    `time_reference_frames` is the time of its first sample since midnight, None as it was. With
    `before_audio` all of a WAV's tags lie before its samples. `clears_cover` takes a cover out.
    """

    loudness: Loudness | None = None
    id3_version: Id3Version = "2.4"
    before_audio: bool = False
    time_reference_frames: int | None = None
    clears_cover: bool = False
