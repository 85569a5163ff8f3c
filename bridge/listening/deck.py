"""What the player holds: signals brought to one loudness, and two of them to compare."""

from __future__ import annotations

from dataclasses import dataclass

from bridge.listening.excerpts import Excerpt
from bridge.listening.outlines import Outline


@dataclass(frozen=True)
class Track:
    """One signal to switch to; `match_db` brings its excerpt to the loudness of all.

    `note` is the small print of its button, `colour` a class of the page, `start_s` where the
    excerpt was taken. Tracks of one `place` run side by side and can be subtracted.
    """

    name: str
    note: str
    colour: str
    excerpt: Excerpt
    match_db: float = 0.0
    start_s: float = 0.0
    place: str = ""


@dataclass(frozen=True)
class Deck:
    """Up to nine tracks have a key. `pair` is what is compared first: A and B, by number.

    `null` is B minus A where it is known better than the tracks tell it; then there are two tracks.
    `name` tells it from the other decks of a page, `said` is the sentence under it.
    `rest` is the outline of B minus A where that is seen but not heard.
    """

    rate_hz: int
    tracks: tuple[Track, ...]
    pair: tuple[int, int] = (0, 1)
    chosen: int = 0
    null: Track | None = None
    name: str = ""
    said: str = ""
    rest: Outline | None = None

    @property
    def below_db(self) -> float:
        """How far all play under the level they were matched to, so that none clips."""
        peaks = [
            each.excerpt.peak_dbfs + each.match_db
            for each in self.tracks
            if each.excerpt.peak_dbfs is not None
        ]
        return max([0.0, *peaks])

    @property
    def held(self) -> tuple[Track, ...]:
        """Everything that is in the page, the null last."""
        return self.tracks if self.null is None else (*self.tracks, self.null)

    @property
    def seconds(self) -> float:
        """How long the longest is."""
        return max(each.excerpt.seconds for each in self.held)

    @property
    def lossless(self) -> bool:
        """Whether B minus A of what is played is B minus A, and no coder's noise."""
        return all(each.excerpt.codec == "flac" for each in self.tracks)

    @property
    def page_bytes(self) -> int:
        """What its sound takes of a page."""
        return sum(len(each.excerpt.coded_base64) for each in self.held)

    def gain_db(self, track: Track) -> float:
        """What the excerpt of `track` has to be played at."""
        return round(track.match_db + track.excerpt.lowered_db - self.below_db, 4)


def matching_db(excerpt: Excerpt, to: Excerpt) -> float:
    """What makes an excerpt as loud as another; 0 where either cannot be measured."""
    return 0.0 if excerpt.lufs is None or to.lufs is None else to.lufs - excerpt.lufs
