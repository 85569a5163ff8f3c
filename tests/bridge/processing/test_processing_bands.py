"""Multiband, dynamic eq and de-esser: levels where the settings say, flat and exact at rest."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy.signal import freqz_sos

from bridge.audio.blocks import Block
from bridge.processing.filter_designs import linkwitz_riley, sections_of
from bridge.processing.processors.compressor import CompressorProcessor
from bridge.processing.processors.deesser import DeesserProcessor
from bridge.processing.processors.dynamic_eq import DynamicEqProcessor
from bridge.processing.processors.multiband import MultibandProcessor
from chains import (
    Bell,
    CompressedBand,
    Compressor,
    Deesser,
    DynamicBand,
    DynamicEq,
    Multiband,
)

RATE = 48000
IDLE = CompressedBand()


def sine(hz: float, level_db: float, seconds: float = 1.0) -> Block:
    wave = np.sin(2 * np.pi * hz * np.arange(round(RATE * seconds)) / RATE)
    return np.vstack([wave, wave]) * 10 ** (level_db / 20)


def level_db(out: Block, hz: float, rate: int = RATE) -> float:
    """Level of the sine at `hz` in the last half second."""
    tail = out[0, -rate // 2 :]
    carrier = np.exp(-2j * np.pi * hz / rate * np.arange(tail.size)) * np.hanning(tail.size)
    return 20 * math.log10(4 * abs(tail @ carrier) / tail.size)


def dynamic(**band: object) -> DynamicEqProcessor:
    return DynamicEqProcessor(DynamicEq(bands=(DynamicBand.model_validate(band),)), RATE)


@pytest.mark.parametrize("rate", [44100, 48000, 96000])
@pytest.mark.parametrize(
    "crossovers_hz", [(200.0,), (120.0, 2000.0), (60.0, 250.0, 1000.0, 4000.0, 12000.0)]
)
def test_an_idle_multiband_is_flat(rate: int, crossovers_hz: tuple[float, ...]) -> None:
    bands = (IDLE,) * (len(crossovers_hz) + 1)
    click = np.zeros((2, 4 * rate))
    click[:, 0] = 1.0
    out = MultibandProcessor(Multiband(crossovers_hz=crossovers_hz, bands=bands), rate)
    response = np.fft.rfft(out.process(click)[0])
    hz = np.fft.rfftfreq(4 * rate, 1 / rate)
    heard = (hz >= 20) & (hz <= 20000)
    assert np.abs(20 * np.log10(np.abs(response[heard]))).max() < 1e-9
    turn = np.unwrap(np.angle(response))[np.searchsorted(hz, 0.49 * rate)]
    assert turn == pytest.approx(-2 * np.pi * len(crossovers_hz), abs=0.2)


@pytest.mark.parametrize("muted", [0, 1, 2])
def test_a_bands_make_up_moves_that_band_alone(muted: int) -> None:
    bands = [IDLE, IDLE, IDLE]
    bands[muted] = CompressedBand(makeup_db=-20.0)
    insert = Multiband(crossovers_hz=(200.0, 4000.0), bands=tuple(bands))
    moved = []
    for hz in (30.0, 900.0, 15000.0):
        out = MultibandProcessor(insert, RATE).process(sine(hz, 0.0))
        moved.append(level_db(out, hz))
    assert moved.pop(muted) == pytest.approx(-20.0, abs=0.5)
    assert moved == pytest.approx([0.0, 0.0], abs=0.05)


def test_crossovers_are_down_by_six_db_at_their_corner() -> None:
    for shape in ("low_pass", "high_pass"):
        _, response = freqz_sos(linkwitz_riley(shape, 700.0, RATE), worN=[700.0], fs=RATE)
        assert abs(response[0]) == pytest.approx(0.5, rel=1e-9)


def test_a_band_is_compressed_as_the_compressor_does() -> None:
    tone = sine(9007.0, -6.0)
    words = {"threshold_db": -20.0, "ratio": 4.0, "attack_ms": 5.0, "makeup_db": 2.0}
    insert = Multiband(crossovers_hz=(300.0,), bands=(IDLE, CompressedBand(**words)))
    processor = MultibandProcessor(insert, RATE)
    expected = level_db(CompressorProcessor(Compressor(**words), RATE).process(tone), 9007.0)
    assert level_db(processor.process(tone), 9007.0) == pytest.approx(expected, abs=0.01)
    assert processor.lowest_gains_db[0] == 0.0
    assert processor.lowest_gains_db[1] == pytest.approx(expected - 2.0 + 6.0, abs=0.2)


@settings(max_examples=25)
@given(
    level=st.floats(-50, 0),
    threshold_db=st.floats(-60, -10),
    ratio=st.floats(1.1, 20),
    limit_db=st.floats(0.5, 36),
    boosts=st.booleans(),
)
def test_a_bells_gain_moves_by_its_share_of_the_overshoot(
    level: float, threshold_db: float, ratio: float, limit_db: float, boosts: bool
) -> None:
    word = "max_boost_db" if boosts else "max_cut_db"
    band = {"hz": 1000.0, "threshold_db": threshold_db, "ratio": ratio, word: limit_db}
    out = dynamic(**band, attack_ms=100.0, release_ms=5000.0).process(sine(1000.0, level, 2.0))
    moved = min(limit_db, (1 - 1 / ratio) * max(0.0, level - threshold_db))
    assert level_db(out, 1000.0) - level == pytest.approx(moved if boosts else -moved, abs=0.05)


def test_at_its_limit_a_band_is_the_equalisers() -> None:
    processor = dynamic(
        hz=1000.0, q=2.0, threshold_db=-60.0, ratio=100.0, max_cut_db=6.0, release_ms=5000.0
    )
    bell = sections_of(Bell(shape="bell", hz=1000.0, gain_db=-6.0, q=2.0), RATE)
    for hz in (300.0, 900.0, 1500.0, 6000.0):
        tones = sine(1000.0, -6.0, 2.0) + sine(hz, -6.0, 2.0)
        _, response = freqz_sos(bell, worN=[hz], fs=RATE)
        expected = 20 * math.log10(abs(response[0])) - 6.0
        assert level_db(processor.process(tones), hz) == pytest.approx(expected, abs=0.02)


@pytest.mark.parametrize(
    ("shape", "near_hz", "far_hz"),
    [
        ("low_shelf", 40.0, 12000.0),
        ("high_shelf", 15000.0, 60.0),
    ],
)
def test_a_shelf_moves_its_own_side(shape: str, near_hz: float, far_hz: float) -> None:
    processor = dynamic(
        shape=shape, hz=800.0, q=0.7071, threshold_db=-40.0, ratio=100.0, max_cut_db=10.0,
        release_ms=5000.0,
    )  # fmt: skip
    out = processor.process(sine(near_hz, -6.0, 2.0) + sine(far_hz, -60.0, 2.0))
    assert level_db(out, near_hz) == pytest.approx(-16.0, abs=0.1)
    assert level_db(out, far_hz) == pytest.approx(-60.0, abs=0.1)


def test_under_its_threshold_a_band_passes_bits_and_hears_only_itself() -> None:
    loud_elsewhere = sine(60.0, -3.0)
    processor = dynamic(hz=8000.0, q=4.0, threshold_db=-40.0, max_cut_db=12.0)
    out = processor.process(loud_elsewhere)
    assert np.array_equal(out, loud_elsewhere)
    deesser = DeesserProcessor(Deesser(hz=6000.0, threshold_db=-40.0), RATE)
    assert np.array_equal(deesser.process(loud_elsewhere), loud_elsewhere)


@pytest.mark.parametrize(("level", "cut"), [(-40.0, 0.0), (-31.0, 0.0), (-26.0, 4.0), (-9.0, 6.0)])
def test_the_deesser_holds_esses_at_the_threshold_down_to_its_limit(
    level: float, cut: float
) -> None:
    insert = Deesser(hz=5000.0, threshold_db=-30.0, max_cut_db=6.0, release_ms=1000.0)
    processor = DeesserProcessor(insert, RATE)
    both = sine(14903.0, level, 2.0) + sine(300.0, -12.0, 2.0)
    out = processor.process(both)
    assert level_db(out, 14903.0) == pytest.approx(level - cut, abs=0.1)
    assert level_db(out, 300.0) == pytest.approx(-12.0, abs=0.02)
    assert processor.lowest_gain_db == pytest.approx(-cut, abs=0.1)


def test_left_and_right_move_together() -> None:
    left_only = sine(1000.0, -6.0) * np.array([[1.0], [0.0]]) + sine(1000.0, -80.0)
    out = dynamic(hz=1000.0, threshold_db=-30.0, max_cut_db=6.0).process(left_only)
    falls = np.array([level_db(out[[side]], 1000.0) for side in (0, 1)])
    assert falls[0] - falls[1] == pytest.approx(74.0, abs=0.01)
    assert falls[1] == pytest.approx(-86.0, abs=0.05)


def test_no_bits_are_lost_where_nothing_is_to_move() -> None:
    block = np.random.default_rng(3).standard_normal((2, 5000))
    for words in ({"max_cut_db": 0.0}, {"max_boost_db": 0.0}, {"ratio": 1.0, "max_cut_db": 9.0}):
        out = dynamic(hz=1000.0, threshold_db=-60.0, **words).process(block)
        assert np.array_equal(out, block)
