"""Strange processors replayed by what went in and came out, held to what ours would have done."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from bridge.audio import Block
from bridge.processing import (
    BandReplay,
    GainReplay,
    Led,
    Replay,
    build,
    build_led,
    replay,
    run,
)
from chains import Bell, CompressedBand, Compressor, Eq, InsertSettings, Limiter, Multiband, Reverb
from stemwright.decibels import amplitude_db

RATE_HZ = 48000
FRAMES = 90000
COMPRESSOR = Compressor(threshold_db=-20.0, ratio=4.0, attack_ms=5.0, release_ms=80.0)
BAND = CompressedBand(threshold_db=-26.0, ratio=3.0, attack_ms=10.0, release_ms=100.0)
MULTIBAND = Multiband(crossovers_hz=(150.0, 3000.0), bands=(BAND, BAND, BAND))


def music(seed: int, level: float) -> Block:
    """Noise that is coloured, in swells, with a beat of its own for each seed."""
    rng = np.random.default_rng(seed)
    coloured = np.cumsum(rng.standard_normal((2, FRAMES)), axis=1) * 0.05
    coloured += rng.standard_normal((2, FRAMES))
    beat = np.abs(np.sin(np.arange(FRAMES) / RATE_HZ * (3.0 + seed))) ** 3
    return level * (coloured - coloured.mean(axis=1, keepdims=True)) * beat


PART, REST = music(1, 0.03), music(2, 0.08)
WHOLE = PART + REST


def joined(blocks: Iterator[Block]) -> Block:
    return np.concatenate([np.zeros((2, 0)), *blocks], axis=1)


def strange(settings: InsertSettings) -> Block:
    return joined(run([build(settings, RATE_HZ)], [WHOLE]))


def led(settings: InsertSettings) -> Block:
    """What the part gets in truth."""
    return joined(run([Led(build_led(settings, RATE_HZ), [WHOLE])], [PART]))


def by(model: Replay, after: Block, other: Block) -> Block:
    return joined(replay(model, [WHOLE], [after], [other]))


def apart_db(one: Block, other: Block) -> float:
    """The energy between two, in dB of the second's."""
    return float(10 * np.log10(np.mean((one - other) ** 2) / np.mean(other**2)))


def gain(sides_apart: bool = False) -> GainReplay:
    return GainReplay(RATE_HZ, sides_apart=sides_apart)


@pytest.mark.parametrize(
    "settings_", [COMPRESSOR, Limiter(ceiling_dbtp=-12.0)], ids=lambda s: s.use
)
def test_a_gain_is_found_as_it_is(settings_: InsertSettings) -> None:
    after = strange(settings_)
    assert amplitude_db(float(np.abs(by(gain(), after, WHOLE) - after).max())) < -200.0
    assert apart_db(by(gain(), after, PART), led(settings_)) < -100.0


def test_a_gain_of_each_side_is_found_where_one_for_both_is_not() -> None:
    after = np.stack([strange(COMPRESSOR)[0], WHOLE[1] * 0.5])
    missed = [
        amplitude_db(float(np.abs(by(gain(sides_apart=apart), after, WHOLE) - after).max()))
        for apart in (False, True)
    ]
    assert missed[0] > -40.0
    assert missed[1] < -140.0


def test_bands_are_found_closely_enough_to_add_up() -> None:
    """And nearer to the truth than what the multiband makes of the part that it hears alone."""
    after = strange(MULTIBAND)
    assert amplitude_db(float(np.abs(by(gain(), after, WHOLE) - after).max())) > -40.0
    model = BandReplay(RATE_HZ)
    assert amplitude_db(float(np.abs(by(model, after, WHOLE) - after).max())) < -60.0
    truth, alone = led(MULTIBAND), joined(run([build(MULTIBAND, RATE_HZ)], [PART]))
    replayed = apart_db(by(BandReplay(RATE_HZ), after, PART), truth)
    assert replayed < apart_db(alone, truth) - 6.0
    assert replayed < -18.0


@pytest.mark.parametrize(
    "settings_", [Eq(bands=(Bell(shape="bell", hz=900.0, gain_db=6.0),)), Reverb()]
)
def test_what_is_no_gain_is_not_taken_for_one(settings_: InsertSettings) -> None:
    after = strange(settings_)
    assert amplitude_db(float(np.abs(by(gain(), after, WHOLE) - after).max())) > -50.0


@pytest.mark.parametrize("make", [gain, lambda: BandReplay(RATE_HZ)], ids=["gain", "bands"])
@settings(max_examples=5)
@given(cut=st.integers(1, FRAMES - 1))
def test_parts_add_up_in_any_blocks(make, cut: int) -> None:
    after = strange(COMPRESSOR)
    made = [by(make(), after, each) for each in (PART, REST, WHOLE)]
    assert np.abs(made[0] + made[1] - made[2]).max() < 1e-12
    in_two = [[each[:, :cut], each[:, cut:]] for each in (WHOLE, after, PART)]
    assert joined(replay(make(), *in_two)).tobytes() == made[0].tobytes()


def test_silence_and_a_single_frame_leave_as_they_came() -> None:
    for frames in (0, 1, 100):
        silent = np.zeros((2, frames))
        for model in (gain(), BandReplay(96000)):
            assert joined(replay(model, [silent], [silent], [silent])).shape == (2, frames)
