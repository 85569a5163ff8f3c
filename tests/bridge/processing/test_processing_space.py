"""Width, reverb and one-sided processing."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from bridge.audio.blocks import Block
from bridge.processing.processors.gain import GainProcessor
from bridge.processing.processors.reverb import ReverbProcessor
from bridge.processing.processors.width import WidthProcessor
from bridge.processing.registry import build, run
from bridge.processing.wrappers import OneSide, Sided, join, split
from chains import (
    Compressor,
    Gain,
    InsertSettings,
    Limiter,
    Reverb,
    Saturation,
    Width,
)

RATE = 48000
SIDES: tuple[OneSide, ...] = ("mid", "side", "left", "right")


def noise(seconds: float = 0.5, seed: int = 1) -> Block:
    return np.random.default_rng(seed).standard_normal((2, round(RATE * seconds))) * 0.2


def sine(hz: float) -> np.ndarray:
    return np.sin(2 * np.pi * hz * np.arange(RATE) / RATE)


@given(width=st.floats(0, 4), mono_below_hz=st.sampled_from([0.0, 20.0, 120.0, 1000.0]))
def test_width_never_touches_the_mono_sum(width: float, mono_below_hz: float) -> None:
    block = noise(0.05)
    out = WidthProcessor(Width(width=width, mono_below_hz=mono_below_hz), RATE).process(block)
    assert np.abs(out.sum(axis=0) - block.sum(axis=0)).max() < 1e-15
    if not mono_below_hz:
        side = out[0] - out[1]
        assert np.abs(side - width * (block[0] - block[1])).max() < 1e-14


def test_width_1_is_the_identity_and_0_is_mono_bit_for_bit() -> None:
    block = noise()
    assert WidthProcessor(Width(), RATE).process(block).tobytes() == block.tobytes()
    out = WidthProcessor(Width(width=0.0), RATE).process(block)
    assert np.array_equal(out[0], out[1])


@pytest.mark.parametrize(("hz", "side_db"), [(30.0, -48.2), (120.0, -6.02), (4000.0, 0.0)])
def test_mono_below_removes_the_side_by_24_db_an_octave(hz: float, side_db: float) -> None:
    block = np.stack([sine(hz), -sine(hz)])
    out = WidthProcessor(Width(mono_below_hz=120.0), RATE).process(block)[0, RATE // 2 :]
    level = 10 * math.log10(2 * float(np.mean(out**2)))
    assert level == pytest.approx(side_db, abs=0.1)


@given(on=st.sampled_from(SIDES), seed=st.integers(0, 1000))
def test_what_is_split_and_joined_is_what_it_was_bit_for_bit(on: OneSide, seed: int) -> None:
    block = noise(0.01, seed)
    block[:, ::7] *= -0.0
    assert join(block, split(block, on), on).tobytes() == block.tobytes()
    out = list(run([Sided(GainProcessor(Gain(), RATE), on)], [block]))
    assert np.concatenate(out, axis=1).tobytes() == block.tobytes()


def test_mid_and_side_at_one_gain_are_left_and_right_at_that_gain() -> None:
    block = noise()
    half = [Sided(GainProcessor(Gain(gain_db=-6.0), RATE), on) for on in ("mid", "side")]
    out = np.concatenate(list(run(half, [block])), axis=1)
    expected = GainProcessor(Gain(gain_db=-6.0), RATE).process(block)
    assert np.abs(out - expected).max() < 1e-15


@pytest.mark.parametrize("on", SIDES)
def test_only_the_side_named_is_processed(on: OneSide) -> None:
    block = noise()
    out = Sided(GainProcessor(Gain(gain_db=-20.0), RATE), on).process(block)
    kept: dict[str, OneSide] = {"mid": "side", "side": "mid", "left": "right", "right": "left"}
    assert np.abs(split(out, kept[on]) - split(block, kept[on])).max() < 4e-16
    assert np.abs(split(out, on) - 0.1 * split(block, on)).max() < 4e-16


@pytest.mark.parametrize("insert", [Limiter(), Saturation(), Compressor(threshold_db=-30.0)])
@settings(max_examples=6)
@given(on=st.sampled_from(SIDES), sizes=st.lists(st.integers(0, 9000), max_size=4))
def test_processors_that_hold_frames_are_one_sided_in_any_blocks(
    insert: InsertSettings, on: OneSide, sizes: list[int]
) -> None:
    block, blocks, at = noise() * 3, [], 0
    for size in [*sizes, block.shape[1]]:
        blocks.append(block[:, at : at + size])
        at += size
    parts = np.concatenate(list(run([Sided(build(insert, RATE), on)], blocks)), axis=1)
    wet = np.concatenate(list(run([build(insert, RATE)], [split(block, on)])), axis=1)
    assert parts.tobytes() == join(block, wet, on).tobytes()


def room(block: Block, rate: int = RATE, **words: float) -> Block:
    quick = {"predelay_ms": 0.0, "low_cut_hz": 0.0, **words}
    return ReverbProcessor(Reverb.model_validate(quick), rate).process(block)


@pytest.mark.parametrize(("size", "rt60_s"), [(0.0, 0.53), (0.5, 1.08), (0.75, 2.01)])
def test_the_room_decays_as_stated(size: float, rt60_s: float) -> None:
    click = np.zeros((2, 4 * RATE))
    click[:, 0] = 1.0
    energy = (room(click, size=size) ** 2).sum(axis=0)
    left_db = 10 * np.log10(np.cumsum(energy[::-1])[::-1] / energy.sum() + 1e-30)
    seconds = (int((left_db > -35).sum()) - int((left_db > -5).sum())) / RATE * 2
    assert seconds == pytest.approx(rt60_s, rel=0.03)


def test_the_room_is_wet_only_and_comes_after_its_pre_delay() -> None:
    click = np.zeros((2, RATE))
    click[:, 100] = 1.0
    plain, late = room(click), room(click, predelay_ms=50.0)
    assert int(np.abs(plain[0]).argmax()) - 100 >= round(0.025 * RATE)
    assert not plain[:, : 100 + 1000].any()
    assert np.abs(late[:, 2400:] - plain[:, :-2400]).max() < 1e-9
    assert np.abs(late[:, :2400]).max() < 1e-9


def test_the_low_cut_keeps_bass_out_and_width_0_is_mono() -> None:
    bass = np.stack([sine(50.0), sine(50.0)])
    ratio = np.std(room(bass, low_cut_hz=400.0)[:, -9600:]) / np.std(room(bass)[:, -9600:])
    # Three octaves under its corner a 12 dB/octave high-pass is 36.1 dB down.
    assert 20 * math.log10(ratio) == pytest.approx(-36.1, abs=0.5)
    mono = room(noise(), width=0.0)
    assert np.array_equal(mono[0], mono[1])
    wide = room(noise(), width=1.0)
    assert abs(np.corrcoef(wide)[0, 1]) < 0.3


def test_a_second_room_starts_empty() -> None:
    assert room(noise()).tobytes() == room(noise()).tobytes()
    assert not room(np.zeros((2, RATE))).any()
