"""Saturation: the curve, its aliases, small signals, oddness."""

from __future__ import annotations

import math
from hashlib import sha256

import numpy as np
import pytest

from bridge.audio.blocks import Block
from bridge.processing.processors.saturation import SaturationProcessor
from chains import Saturation

RATE = 48000
LENGTH = 65536


def saturated(block: Block, **words: object) -> Block:
    processor = SaturationProcessor(Saturation.model_validate(words), RATE)
    return np.concatenate([processor.process(block), processor.finish()], axis=1)


def tone(cycles: int, level: float = 1.0) -> Block:
    """Three turns of LENGTH frames that hold `cycles` cycles each."""
    phase = (cycles * np.arange(3 * LENGTH)) % LENGTH / LENGTH
    return np.tile(level * np.sin(2 * np.pi * phase), (2, 1))


def spectrum(out: Block) -> np.ndarray:
    return np.abs(np.fft.rfft(out[0, LENGTH : 2 * LENGTH])) * 2 / LENGTH


@pytest.mark.parametrize(
    ("factor", "drive_db", "at_5k", "at_9700"),
    [
        (2, 6.0, -70, -44),
        (4, 6.0, -155, -88),
        (4, 12.0, -90, -54),
        (8, 6.0, -200, -170),
        (8, 12.0, -170, -100),
        (16, 18.0, -180, -105),
    ],
)
def test_aliases_stay_under_the_stated_level(
    factor: int, drive_db: float, at_5k: float, at_9700: float
) -> None:
    for hz, ceiling_db in ((5000, at_5k), (9700, at_9700)):
        cycles = round(hz * LENGTH / RATE) | 1
        lines = spectrum(saturated(tone(cycles), drive_db=drive_db, oversampling=factor))
        aliases = lines.copy()
        aliases[cycles :: 2 * cycles] = 0.0
        assert 20 * math.log10(aliases.max() / lines[cycles]) < ceiling_db


@pytest.mark.parametrize("factor", [2, 4, 8, 16])
def test_a_slow_wave_leaves_on_the_curve(factor: int) -> None:
    block = tone(101, 0.8)
    driven = block * 10 ** (9 / 20)
    expected = driven / np.sqrt(1 + driven**2) * 10 ** (-3 / 20)
    out = saturated(block, drive_db=9.0, output_db=-3.0, oversampling=factor)
    inside = slice(LENGTH, 2 * LENGTH)
    assert np.abs(out - expected)[:, inside].max() < 1e-7


def test_small_signals_have_unity_gain_up_to_the_nyquist_frequency() -> None:
    block = np.random.default_rng(1).standard_normal((2, 20000)) * 1e-6
    assert np.allclose(saturated(block, drive_db=0.0), block, rtol=0, atol=1e-16)
    driven = saturated(block, drive_db=20.0, output_db=-20.0)
    assert np.allclose(driven, block, rtol=0, atol=1e-14)


def test_it_is_odd_bit_for_bit_and_each_side_its_own() -> None:
    block = np.random.default_rng(2).standard_normal((2, 20000))
    out = saturated(block, drive_db=12.0)
    assert np.array_equal(saturated(-block, drive_db=12.0), -out)
    assert np.array_equal(saturated(block[::-1], drive_db=12.0), out[::-1])


def test_harmonics_are_odd_and_fall_as_the_curve_says() -> None:
    cycles = 501
    lines = spectrum(saturated(tone(cycles), drive_db=12.0, oversampling=8))
    assert lines[2 * cycles] < 1e-10
    phase = 2 * np.pi * np.arange(4096) / 4096
    driven = 10 ** (12 / 20) * np.sin(phase)
    wanted = driven / np.sqrt(1 + driven**2)
    for order in (1, 3, 5, 7):
        harmonic = abs(np.exp(-1j * order * phase) @ wanted) * 2 / 4096
        assert lines[order * cycles] == pytest.approx(harmonic, rel=1e-6)


@pytest.mark.parametrize(
    ("factor", "digest"),
    [
        (2, "879f2c3c7aad992ba04f8f72b8d95b51a35cf0675a333c495294cd4a5b3f5de6"),
        (4, "80015cf40b565599541687d9f2f29308a1863cae15cca820a3f4fd8ce88fcde9"),
        (16, "3f39b918955f84f39c1758ba75b50d0b9a932e7c804210206964790d7378e0cd"),
    ],
)
def test_every_machine_has_these_bits(factor: int, digest: str) -> None:
    ramp = np.arange(2 * 9000) * 2654435761 % 2**32 / 2.0**31 - 1.0
    out = saturated(ramp.reshape(2, -1), drive_db=6.0, oversampling=factor)
    assert sha256(out.astype("<f8").tobytes()).hexdigest() == digest
