"""The compressor's laws: static curve, times, linking, side-chain, blocks that do not matter."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, strategies as st

from bridge.audio.blocks import Block
from bridge.processing.processors.compressor import CompressorProcessor
from chains import Compressor

RATE = 48000


def compressed(block: Block, settings: Compressor, rate: int = RATE) -> Block:
    processor = CompressorProcessor(settings, rate)
    return np.concatenate([processor.process(block), processor.finish()], axis=1)


def steady(level_db: float, seconds: float = 1.0) -> Block:
    return np.full((2, round(RATE * seconds)), 10 ** (level_db / 20))


def sine(hz: float, level_db: float, seconds: float = 2.0, rate: int = RATE) -> Block:
    wave = np.sin(2 * np.pi * hz * np.arange(round(rate * seconds)) / rate)
    return np.vstack([wave, wave]) * 10 ** (level_db / 20)


def db(value: float) -> float:
    return 20 * math.log10(value)


def curve_db(level_db: float, settings: Compressor) -> float:
    """Output level by Giannoulis et al. 2012, equation 4, written out case by case."""
    over, knee = level_db - settings.threshold_db, settings.knee_db
    if 2 * over <= -knee:
        out = level_db
    elif 2 * over < knee:
        out = level_db + (1 / settings.ratio - 1) * (over + knee / 2) ** 2 / (2 * knee)
    else:
        out = settings.threshold_db + over / settings.ratio
    return out + settings.makeup_db


@given(
    level_db=st.floats(-70, 6),
    threshold_db=st.floats(-60, 0),
    ratio=st.floats(1, 100),
    knee_db=st.floats(0, 36),
    makeup_db=st.floats(-12, 12),
)
def test_steady_levels_lie_on_the_static_curve(
    level_db: float, threshold_db: float, ratio: float, knee_db: float, makeup_db: float
) -> None:
    settings = Compressor(
        threshold_db=threshold_db,
        ratio=ratio,
        knee_db=knee_db,
        makeup_db=makeup_db,
        attack_ms=1.0,
    )
    out = compressed(steady(level_db, 0.1), settings)
    assert abs(db(out[0, -1]) - curve_db(level_db, settings)) < 1e-6


@pytest.mark.parametrize("rate", [44100, 48000, 96000])
@pytest.mark.parametrize("level_db", [-30.0, -20.0, -16.0, -6.0, 0.0])
@pytest.mark.parametrize(("ratio", "knee_db"), [(2.0, 6.0), (4.0, 0.0), (20.0, 12.0)])
def test_a_sine_is_turned_down_by_what_its_peak_asks_for(
    rate: int, level_db: float, ratio: float, knee_db: float
) -> None:
    settings = Compressor(threshold_db=-20.0, ratio=ratio, knee_db=knee_db, release_ms=250.0)
    out = compressed(sine(997, level_db, rate=rate), settings, rate)
    tail = out[0, -rate // 2 :]
    level = db(math.sqrt(2 * float(np.mean(tail**2))))
    assert abs(level - curve_db(level_db, settings)) < 0.05


@pytest.mark.parametrize("attack_ms", [0.5, 5.0, 30.0, 200.0])
def test_the_attack_is_the_time_to_63_percent_of_the_reduction(attack_ms: float) -> None:
    settings = Compressor(
        threshold_db=-20.0, ratio=4.0, knee_db=0.0, attack_ms=attack_ms, release_ms=1000.0
    )
    block = np.concatenate([steady(-60, 0.1), steady(0, 2)], axis=1)
    reduction = -20 * np.log10(compressed(block, settings)[0] / block[0])[4800:]
    frames = int((reduction < 15 * (1 - 1 / math.e)).sum())
    assert abs(frames - attack_ms * RATE / 1000) <= 1.5
    assert abs(reduction[-1] - 15) < 0.01


@pytest.mark.parametrize(("attack_ms", "release_ms"), [(0.1, 50.0), (10.0, 150.0), (60.0, 20.0)])
def test_the_release_is_exponential_in_db_behind_the_attacks_smoothing(
    attack_ms: float, release_ms: float
) -> None:
    settings = Compressor(
        threshold_db=-20.0, ratio=4.0, knee_db=0.0, attack_ms=attack_ms, release_ms=release_ms
    )
    block = np.concatenate([steady(0, 2), steady(-60, 1)], axis=1)
    reduction = -20 * np.log10(compressed(block, settings)[0] / block[0])[2 * RATE :]
    t_ms = np.arange(1, RATE + 1) / RATE * 1000
    fall = release_ms * np.exp(-t_ms / release_ms) - attack_ms * np.exp(-t_ms / attack_ms)
    # Two one-poles in a row; the discrete ones differ from these by under half a sample.
    assert np.abs(reduction - 15 * fall / (release_ms - attack_ms)).max() < 0.08


def test_left_and_right_get_one_gain() -> None:
    rng = np.random.default_rng(1)
    block = rng.standard_normal((2, 50000)) * np.array([[0.5], [0.02]])
    out = compressed(block, Compressor(threshold_db=-30.0, ratio=5.0, attack_ms=2.0))
    gains = out / block
    assert np.abs(gains[0] / gains[1] - 1).max() < 1e-12
    assert gains.min() < 0.5


def test_a_signal_in_one_side_only_stays_there_and_is_compressed_alike() -> None:
    block = sine(500, -3)
    left = block * np.array([[1.0], [0.0]])
    settings = Compressor(threshold_db=-20.0, ratio=4.0)
    out = compressed(left, settings)
    assert not out[1].any()
    assert np.array_equal(out[0], compressed(block, settings)[0])


def test_the_side_chain_high_pass_keeps_bass_from_triggering() -> None:
    settings = Compressor(
        threshold_db=-20.0, ratio=4.0, knee_db=0.0, sidechain_hz=200.0, release_ms=2000.0
    )
    bass, mid = sine(50, -6), sine(5000, -6)
    heard = compressed(bass, settings)
    # 12 dB/octave: two octaves under its corner a Butterworth is 24.1 dB down, so at -30 dBFS.
    assert np.array_equal(heard[:, 4800:], bass[:, 4800:])
    assert abs(db(compressed(mid, settings)[0, -RATE:].max()) - (-16.5)) < 0.05
    # A bass louder by 20 dB is heard 24.1 dB down, at -10.1 dBFS: 9.9 dB over, 7.4 dB less.
    louder = compressed(sine(50, 14), settings)
    assert abs(db(louder[0, -RATE:].max()) - (14 - 0.75 * 9.88)) < 0.05


@given(makeup_db=st.sampled_from([0.0, 4.5]), threshold_db=st.floats(-80, 0))
def test_ratio_1_is_the_identity_bit_for_bit(makeup_db: float, threshold_db: float) -> None:
    block = np.random.default_rng(2).standard_normal((2, 500))
    settings = Compressor(ratio=1.0, makeup_db=makeup_db, threshold_db=threshold_db)
    expected = block if makeup_db == 0 else block * 10 ** (makeup_db / 20)
    assert np.allclose(compressed(block, settings), expected, rtol=1e-13, atol=0)
    assert makeup_db or np.array_equal(compressed(block, settings), block)


def test_below_the_knee_samples_pass_bit_for_bit() -> None:
    block = np.random.default_rng(3).uniform(-1, 1, (2, 50000)) * 10 ** (-24 / 20)
    settings = Compressor(threshold_db=-20.0, ratio=8.0, knee_db=6.0)
    assert np.array_equal(compressed(block, settings), block)


def test_silence_stays_silence() -> None:
    block = np.zeros((2, 100000))
    assert not compressed(block, Compressor(threshold_db=-80.0, makeup_db=30.0)).any()


@given(
    sizes=st.lists(st.integers(0, 20000), max_size=6),
    release_ms=st.sampled_from([1.0, 150.0, 5000.0]),
    sidechain_hz=st.sampled_from([0.0, 120.0]),
)
def test_blocks_do_not_matter(sizes: list[int], release_ms: float, sidechain_hz: float) -> None:
    settings = Compressor(
        threshold_db=-30.0,
        ratio=3.0,
        attack_ms=0.5,
        release_ms=release_ms,
        sidechain_hz=sidechain_hz,
        makeup_db=2.0,
    )
    whole = np.random.default_rng(4).standard_normal((2, 60000)) * 0.2
    whole[:, 10000:50000] = 0.0
    processor, at, parts = CompressorProcessor(settings, RATE), 0, []
    for size in [*sizes, 60000]:
        parts.append(processor.process(whole[:, at : at + size]))
        at += size
    assert np.array_equal(np.concatenate(parts, axis=1), compressed(whole, settings))


@pytest.mark.parametrize("rate", [8000, 192000])
def test_extreme_times_stay_finite_at_extreme_rates(rate: int) -> None:
    for release_ms, attack_ms in ((1.0, 0.05), (5000.0, 500.0)):
        settings = Compressor(threshold_db=-80.0, ratio=100.0, release_ms=release_ms)
        settings = settings.model_copy(update={"attack_ms": attack_ms})
        out = compressed(sine(300, 18, 0.5, rate), settings, rate)
        assert np.isfinite(out).all()
        assert np.abs(out).max() <= 10 ** (18 / 20)
