"""How far the balance of one song is from another's, in mid and side."""

from __future__ import annotations

import math

import numpy as np
import pytest

from bridge.comparing import Tone, tone_distance, tone_of
from bridge.metering import THIRDS

RATE_HZ = 48000
CENTRES_HZ = THIRDS.centres_hz(RATE_HZ)
NOISE = np.random.default_rng(3).normal(0.0, 0.1, (2, 4 * RATE_HZ))
FLAT = tuple(-30.0 for _ in CENTRES_HZ)


def changed(hz: float, by_db: float) -> tuple[float, ...]:
    return tuple(
        level + (by_db if abs(centre / hz - 1) < 0.05 else 0.0)
        for centre, level in zip(CENTRES_HZ, FLAT, strict=True)
    )


def test_a_gain_is_no_distance_and_a_wider_side_is() -> None:
    song = tone_of([NOISE], RATE_HZ)
    louder = tone_distance(tone_of([2.0 * NOISE], RATE_HZ), song)
    assert (louder.mid_db, louder.side_db) == pytest.approx((0.0, 0.0), abs=1e-9)
    assert louder.level_db == pytest.approx(-20 * math.log10(2))
    mid, side = NOISE.mean(axis=0), NOISE[0] - NOISE.mean(axis=0)
    wider = tone_distance(tone_of([np.array([mid + 2 * side, mid - 2 * side])], RATE_HZ), song)
    half_db = 10 * math.log10(2)
    assert (wider.mid_db, wider.side_db) == pytest.approx((half_db, half_db), abs=1e-6)


def test_one_band_of_twenty_six_counts_by_its_square() -> None:
    found = tone_distance(Tone(changed(1000.0, 5.2), FLAT), Tone(FLAT, FLAT))
    shared_db = 5.2 / (2 * len(found.bands))
    assert len(found.bands) == 26
    assert found.mid_db == pytest.approx(
        math.sqrt(((5.2 - shared_db) ** 2 + 25 * shared_db**2) / 26)
    )
    assert found.side_db == pytest.approx(shared_db)
    assert max(found.bands, key=lambda band: band.mid_db or 0.0).hz == 1000.0


def test_bands_beyond_a_codecs_edge_and_the_side_of_mono_are_left_out() -> None:
    edge = [hz for hz in CENTRES_HZ if hz < 10500]
    coded = tuple(-30.0 if hz < 10500 else -150.0 for hz in CENTRES_HZ)
    silent = tuple(-math.inf for _ in CENTRES_HZ)
    found = tone_distance(Tone(coded, silent), Tone(FLAT, FLAT))
    told = {band.hz: (band.mid_db, band.side_db) for band in found.bands}
    assert edge[-1] == pytest.approx(10000)
    assert told[8000.0] == (0.0, None)
    assert told[10000.0] == (None, None)  # the edge cuts into it
    assert found.side_db is None
