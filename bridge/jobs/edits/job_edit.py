"""An edit of a finished version as the job says it."""

from __future__ import annotations

from dataclasses import dataclass, field

from bridge.jobs.times import SongTime
from chains import NOWHERE, Where

CROSSFADE_S = 0.02
"""How long two sections of an edit meet where it does not say."""


@dataclass(frozen=True)
class JobEdit:
    """A deliverable version that is cut out of another one, `of`.

    `spans` are its parts in the order they are heard, each from a time, or from the start, to a
    time, or as far as `length_s` or the song goes. `length_s` is that of the whole file, silences
    included. None of `head_s` and `tail_s`: what the recipient's profile says.
    """

    id: str
    of: str
    spans: tuple[tuple[SongTime | None, SongTime | None], ...]
    length_s: float | None = None
    crossfade_s: float = CROSSFADE_S
    fade_in_s: float = 0.0
    fade_out_s: float = 0.0
    head_s: float | None = None
    tail_s: float | None = None
    where: Where = field(default=NOWHERE, compare=False, repr=False)
