"""A stem as the quick part knows it: by its header, its ends and its peaks."""

from __future__ import annotations

from math import inf

from bridge.audio import Ends
from stemwright.values import dataclass


@dataclass(frozen=True)
class KnownStem:
    """A stem whose first frame lies at `position` of the song, both at its own rate.

    `pcm` tells its samples from others'.
    """

    id: str
    sample_rate_hz: int
    frames: int
    subtype: str
    ends: Ends
    position: int = 0
    pcm: str = ""


@dataclass(frozen=True)
class Span:
    """Where a stem lies in the song and what of it sounds, in seconds of the song.

    `sounds_from_s` and `sounds_until_s` are those of the first and the last hundredth that is over
    -60 dBFS, inf and -inf where none is. `is_moved` says that it does not begin with the song.
    """

    id: str
    sample_rate_hz: int
    start_s: float
    end_s: float
    sounds_from_s: float = inf
    sounds_until_s: float = -inf
    is_moved: bool = False
