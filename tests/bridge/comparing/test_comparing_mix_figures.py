"""What a song is like beside another: dynamics, width, low end, what mono loses."""

from __future__ import annotations

import math

import numpy as np
import pytest

from bridge.audio import Block
from bridge.comparing import MixFigures, MixFiguresMeter, mix_figures_of

RATE_HZ = 48000
AT_S = np.arange(2 * RATE_HZ) / RATE_HZ
LOW, HIGH = (np.sin(2 * np.pi * hz * AT_S) for hz in (60.0, 8000.0))
NOISE = np.random.default_rng(3).normal(0.0, 0.1, (2, 2 * RATE_HZ))


def in_pieces(sound: Block, frames: int) -> MixFigures:
    meter = MixFiguresMeter(RATE_HZ)
    for start in range(0, sound.shape[1], frames):
        meter.add(sound[:, start : start + frames])
    return meter.result()


def test_each_band_tells_its_share_crest_width_and_correlation() -> None:
    wide = np.array([0.5 * LOW + 0.2 * HIGH, 0.5 * LOW - 0.1 * HIGH])
    lows, _, _, highs = mix_figures_of([wide], RATE_HZ).bands
    assert lows.crest_db == pytest.approx(20 * math.log10(math.sqrt(2)), abs=0.2)
    assert lows.correlation == pytest.approx(1.0, abs=1e-3)
    assert highs.correlation == pytest.approx(-1.0, abs=1e-3)
    assert highs.width_db == pytest.approx(20 * math.log10(0.3 / 0.1), abs=0.01)
    share = 2 * 0.5**2 / (2 * 0.5**2 + 0.2**2 + 0.1**2)
    assert lows.share_db == pytest.approx(10 * math.log10(share), abs=0.02)


@pytest.mark.parametrize(
    ("right", "lost_db"), [(NOISE[0], 0.0), (NOISE[1], -3.01), (-0.5 * NOISE[0], -10.0)]
)
def test_what_mono_loses(right: np.ndarray, lost_db: float) -> None:
    found = mix_figures_of([np.array([NOISE[0], right])], RATE_HZ).fold_down_db
    assert found == pytest.approx(lost_db, abs=0.05)


def test_silence_mono_storage_and_the_cut_of_blocks() -> None:
    silent = mix_figures_of([np.zeros((2, RATE_HZ))], RATE_HZ)
    assert silent.fold_down_db is None
    assert {each.share_db for each in silent.bands} == {None}
    assert MixFigures.from_stored(silent.as_stored()) == silent
    mono = mix_figures_of([np.array([NOISE[0], NOISE[0]])], RATE_HZ)
    assert {each.width_db for each in mono.bands} == {None}
    assert in_pieces(NOISE, 777) == in_pieces(NOISE, 50000)
