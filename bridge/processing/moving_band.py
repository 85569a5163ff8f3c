"""A band that moves: from the dry signal to a fixed filter and back, by a detector."""

from __future__ import annotations

from dataclasses import dataclass

from bridge.audio import Block
from bridge.processing.envelopes import Ballistics
from bridge.processing.filter_designs import Sections
from bridge.processing.filters import SosFilter
from bridge.processing.gain_computer import Reducer, StaticCurve
from bridge.processing.gain_series import gain_of, gains_of
from bridge.processing.reduction import Reductions


@dataclass(frozen=True)
class Movement:
    """How far a band goes and how: `limit_db` is negative for a cut, positive for a boost.

    `slope` is the share of the overshoot over `threshold_db` by which the band's gain moves.
    """

    limit_db: float
    threshold_db: float
    slope: float
    attack_ms: float
    release_ms: float


class MovingBand:
    """(1 - t)*dry + t*filtered, t from 0 to 1, the filter being the band at its limit.

    No coefficient ever changes, so nothing clicks. At rest t is 0 and samples pass bit for bit, at
    the limit the band is the equaliser's; between them the gain where the filter has its limit
    (a bell's centre, a shelf's plateau) is exactly the one wanted.
    """

    def __init__(
        self, filtered: Sections, heard: Sections, movement: Movement, sample_rate_hz: int
    ) -> None:
        self._limit_db = movement.limit_db
        self._travel = 1.0 - gain_of(movement.limit_db)
        self._sign = 1.0 if movement.limit_db > 0 else -1.0
        self._filter = SosFilter(filtered, channels=2)
        self._detector = SosFilter(heard, channels=2)
        self._reducer = Reducer(
            StaticCurve(movement.threshold_db, movement.slope, knee_db=0.0),
            Ballistics(movement.attack_ms, movement.release_ms, sample_rate_hz),
            most_db=abs(movement.limit_db),
        )
        self._moved = Reductions(sample_rate_hz)

    @property
    def lowest_gain_db(self) -> float:
        """The deepest cut so far, 0.0 for a band that boosts."""
        return min(0.0, -self._sign * self._moved.lowest_gain_db)

    @property
    def gain_curve_db(self) -> tuple[float, ...]:
        """The deepest reduction in every 100 ms so far, 0.0 or less."""
        return tuple(min(0.0, -self._sign * each) for each in self._moved.curve_db)

    def process(self, block: Block, key: Block) -> Block:
        """Return the block with the band moved as (2, frames) `key` asks."""
        if self._travel == 0.0 or self._reducer.is_flat:
            return block
        change = block - self._filter.process(block)
        moved_db = self._reducer.process(self._detector.process(key))
        self._moved.note(moved_db)
        if moved_db.any():
            change *= (1.0 - gains_of(self._sign * moved_db)) / self._travel
        else:
            change *= 0.0 / self._travel
        return block - change
