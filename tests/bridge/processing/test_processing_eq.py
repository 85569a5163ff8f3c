"""The equaliser's laws: levels where the settings say, slopes, plateaus, any blocks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st
from scipy.signal import freqz_sos

from bridge.audio.blocks import Block
from bridge.processing.filter_designs import sections_of
from bridge.processing.processors.eq import EqProcessor
from chains import Bell, Eq, Pass, Shelf
from stemwright.problems import InputError

RATES = (44100, 48000, 96000)

bells = st.builds(
    Bell,
    shape=st.just("bell"),
    hz=st.floats(20, 18000),
    gain_db=st.floats(-36, 36),
    q=st.floats(0.05, 50),
)
shelves = st.builds(
    Shelf,
    shape=st.sampled_from(["low_shelf", "high_shelf"]),
    hz=st.floats(20, 18000),
    gain_db=st.floats(-36, 36),
    q=st.floats(0.05, 5),
)
passes = st.builds(
    Pass,
    shape=st.sampled_from(["high_pass", "low_pass"]),
    hz=st.floats(20, 18000),
    slope_db_per_octave=st.sampled_from([6, 12, 18, 24, 36, 48]),
)


def level_db(band: Bell | Shelf | Pass, hz: float, rate: int) -> float:
    """The designed level at one frequency, from the coefficients."""
    _, response = freqz_sos(sections_of(band, rate), worN=[hz], fs=rate)
    return float(20 * np.log10(np.abs(response[0])))


def measured_db(band: Bell | Shelf | Pass, hz: float, rate: int) -> float:
    """The level of a sine that went through the processor, once it has settled."""
    t = np.arange(rate) / rate
    sine = np.sin(2 * np.pi * hz * t)
    out = EqProcessor(Eq(bands=(band,)), rate).process(np.vstack([sine, 0.5 * sine]))
    carrier = np.exp(-2j * np.pi * hz * t[rate // 2 :]) * np.hanning(rate - rate // 2)
    levels = [np.abs(row[rate // 2 :] @ carrier) / (carrier.size / 4) for row in out]
    assert abs(levels[0] / levels[1] - 2) < 1e-9
    return float(20 * np.log10(levels[0]))


@pytest.mark.parametrize("rate", RATES)
@given(band=bells)
def test_a_bell_has_its_gain_at_its_frequency(rate: int, band: Bell) -> None:
    if band.gain_db:
        assert abs(level_db(band, band.hz, rate) - band.gain_db) < 1e-6


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize(("hz", "gain_db", "q"), [(80, 6, 0.7), (1000, -12, 2), (9000, 3.5, 1)])
def test_a_sine_measures_the_bell(rate: int, hz: float, gain_db: float, q: float) -> None:
    band = Bell(shape="bell", hz=float(hz), gain_db=float(gain_db), q=float(q))
    assert abs(measured_db(band, hz, rate) - gain_db) < 0.01
    assert abs(measured_db(band, hz * 1.7, rate) - level_db(band, hz * 1.7, rate)) < 0.01


@pytest.mark.parametrize("rate", RATES)
@given(band=shelves)
def test_a_shelf_has_half_its_gain_at_its_frequency_and_plateaus(rate: int, band: Shelf) -> None:
    if not band.gain_db:
        return
    low, high = (band.gain_db, 0.0) if band.shape == "low_shelf" else (0.0, band.gain_db)
    assert abs(level_db(band, band.hz, rate) - band.gain_db / 2) < 1e-6
    assert abs(level_db(band, 0.0, rate) - low) < 1e-6
    assert abs(level_db(band, rate / 2, rate) - high) < 1e-6


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("shape", ["low_shelf", "high_shelf"])
def test_a_sine_measures_the_shelf(rate: int, shape: str) -> None:
    band = Shelf(shape=shape, hz=1000.0, gain_db=-9.0)  # type: ignore[arg-type] # a literal from the parameters
    shelved, kept = (20, 20000) if shape == "low_shelf" else (20000, 20)
    assert abs(measured_db(band, shelved, rate) + 9) < 0.01
    assert abs(measured_db(band, kept, rate)) < 0.01
    assert abs(measured_db(band, 1000, rate) + 4.5) < 0.01


@pytest.mark.parametrize("rate", RATES)
@given(band=passes)
def test_a_pass_is_3_db_down_at_its_corner(rate: int, band: Pass) -> None:
    assert abs(level_db(band, band.hz, rate) + 3.0103) < 1e-4


@pytest.mark.parametrize("slope", [6, 12, 18, 24, 36, 48])
def test_far_away_a_pass_falls_by_its_slope(slope: int) -> None:
    high = Pass(shape="high_pass", hz=4000.0, slope_db_per_octave=slope)  # type: ignore[arg-type] # a literal from the parameters
    low = Pass(shape="low_pass", hz=10.0, slope_db_per_octave=slope)  # type: ignore[arg-type] # a literal from the parameters
    # Far from the corner and far from Nyquist, where the bilinear map bends; an octave is a factor
    # of two a 6 dB step, 6.0206 dB.
    octave = slope / 6 * 20 * np.log10(2)
    assert abs(level_db(high, 200, 96000) - level_db(high, 100, 96000) - octave) < 0.02
    assert abs(level_db(low, 400, 96000) - level_db(low, 800, 96000) - octave) < 0.02


@pytest.mark.parametrize("slope", [6, 18, 48])
def test_a_sine_measures_the_pass(slope: int) -> None:
    band = Pass(shape="high_pass", hz=200.0, slope_db_per_octave=slope)  # type: ignore[arg-type] # a literal from the parameters
    assert abs(measured_db(band, 200, 48000) + 3.0103) < 0.01
    assert abs(measured_db(band, 100, 48000) - level_db(band, 100, 48000)) < 0.01
    assert abs(measured_db(band, 8000, 48000)) < 0.01


def test_bands_at_0_db_are_the_identity() -> None:
    bands = (
        Bell(shape="bell", hz=1000.0, gain_db=0.0),
        Shelf(shape="low_shelf", hz=100.0, gain_db=0.0),
    )
    block = np.random.default_rng(1).standard_normal((2, 1000))
    assert np.array_equal(EqProcessor(Eq(bands=bands), 48000).process(block), block)


FULL = Eq(
    bands=(
        Pass(shape="high_pass", hz=30.0, slope_db_per_octave=18),
        Bell(shape="bell", hz=300.0, gain_db=-4.0, q=8.0),
        Shelf(shape="high_shelf", hz=8000.0, gain_db=3.0),
    )
)


@given(sizes=st.lists(st.integers(0, 20000), max_size=6))
def test_blocks_do_not_matter(sizes: list[int]) -> None:
    # Sound, then silence long enough for states to be dropped, then sound again.
    whole = np.random.default_rng(2).standard_normal((2, 40000))
    whole[:, 3000:36000] = 0.0
    assert np.array_equal(in_blocks(EqProcessor(FULL, 48000), whole, sizes), once(whole))


def in_blocks(processor: EqProcessor, whole: Block, sizes: list[int]) -> Block:
    at, parts = 0, []
    for size in [*sizes, whole.shape[1]]:
        parts.append(processor.process(whole[:, at : at + size]))
        at += size
    return np.concatenate([*parts, processor.finish()], axis=1)


def once(whole: Block) -> Block:
    return EqProcessor(FULL, 48000).process(whole)


def test_the_response_is_linear_in_the_order_written() -> None:
    block = np.random.default_rng(3).standard_normal((2, 5000))
    one_by_one = block
    for band in FULL.bands:
        one_by_one = EqProcessor(Eq(bands=(band,)), 48000).process(one_by_one)
    assert np.array_equal(once(block), one_by_one)


def test_a_tail_of_silence_ends_in_zeros_not_in_denormals() -> None:
    block = np.zeros((2, 400000))
    block[:, :1000] = 1.0
    out = once(block)
    assert np.count_nonzero(out[:, -50000:]) == 0
    assert np.abs(out[:, 2000:3000]).max() > 1e-6


def test_bands_above_nyquist_are_refused_all_at_once() -> None:
    bands = (
        Bell(shape="bell", hz=22000.0, gain_db=1.0),
        Bell(shape="bell", hz=1000.0, gain_db=1.0),
        Pass(shape="low_pass", hz=23600.0),
    )
    EqProcessor(Eq(bands=bands), 96000)
    with pytest.raises(InputError, match=r"22000 Hz .* 44100 Hz") as caught:
        EqProcessor(Eq(bands=bands), 44100)
    assert [p.where["path"] for p in caught.value.problems] == ["bands[0].hz", "bands[2].hz"]
    assert {p.kind for p in caught.value.problems} == {"band_above_nyquist"}
