"""Songs of one construct each."""

from __future__ import annotations

from benchmarks.bounced.clip_songs import fades, layers, loops, rates, reverse
from benchmarks.bounced.mixer_songs import groups, mutes, pans, sends
from benchmarks.bounced.moving_songs import latency, lines, settings, start, vcas
from benchmarks.bounced.song import Song


def songs() -> tuple[Song, ...]:
    """All of them, in the order of the page."""
    made = (fades, pans, sends, mutes, groups, loops, layers, reverse, rates, latency)
    return tuple(each() for each in (*made, settings, lines, start, vcas))
