"""What the player holds: signals brought to one loudness, and two of them to compare."""

from __future__ import annotations

from dataclasses import dataclass

from bridge.listening.excerpts import Excerpt


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
    """

    rate_hz: int
    tracks: tuple[Track, ...]
    pair: tuple[int, int] = (0, 1)
    chosen: int = 0
    null: Track | None = None

    @property
    def below_db(self) -> float:
        """How far all play under the level they were matched to, so that none clips."""
        peaks = [
            each.excerpt.peak_dbfs + each.match_db
            for each in self.tracks
            if each.excerpt.peak_dbfs is not None
        ]
        return max([0.0, *peaks])

    def gain_db(self, track: Track) -> float:
        """What the excerpt of `track` has to be played at."""
        return round(track.match_db + track.excerpt.lowered_db - self.below_db, 4)


def matching_db(excerpt: Excerpt, to: Excerpt) -> float:
    """What makes an excerpt as loud as another; 0 where either cannot be measured."""
    return 0.0 if excerpt.lufs is None or to.lufs is None else to.lufs - excerpt.lufs
