"""The laws every built-in keeps: blocks, lengths, silence, keys."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from bridge.audio.blocks import Block
from bridge.native import numpy_path, running
from bridge.processing import Led, ReducesGain, run_keyed
from bridge.processing.registry import (
    KEYED,
    LED,
    SUPPORTED,
    build,
    build_keyed,
    build_led,
    run,
)
from chains import (
    Bell,
    CompressedBand,
    Compressor,
    Deesser,
    DynamicBand,
    DynamicEq,
    Eq,
    Gain,
    Gate,
    InsertSettings,
    Limiter,
    Multiband,
    Pass,
    Reverb,
    Saturation,
    Width,
)
from stemwright.problems import InputError

RATE = 48000
FLAT = Bell(shape="bell", hz=400.0, gain_db=0.0)
BAND = CompressedBand(threshold_db=-30.0, ratio=3.0, attack_ms=1.0, release_ms=20.0)

EVERY: tuple[InsertSettings, ...] = (
    Gain(gain_db=3.0),
    Eq(bands=(Bell(shape="bell", hz=1000.0, gain_db=6.0),)),
    Limiter(),
    Compressor(threshold_db=-30.0, sidechain_hz=100.0),
    Multiband(crossovers_hz=(200.0, 3000.0), bands=(BAND, BAND, BAND)),
    DynamicEq(
        bands=(
            DynamicBand(hz=2500.0, threshold_db=-50.0, max_cut_db=6.0),
            DynamicBand(shape="low_shelf", hz=120.0, threshold_db=-50.0, max_boost_db=4.0),
            DynamicBand(shape="high_shelf", hz=9000.0, threshold_db=-50.0, max_cut_db=9.0),
        )
    ),
    Deesser(threshold_db=-50.0),
    Saturation(drive_db=12.0, oversampling=2),
    Reverb(predelay_ms=7.0),
    Width(width=1.4, mono_below_hz=120.0),
    Gate(threshold_db=-20.0, hold_ms=20.0, release_ms=30.0),
)
keyed_only = [one for one in EVERY if one.use in KEYED]
led_only = [one for one in EVERY if one.use in LED]


def named(one: InsertSettings) -> str:
    return one.use


def music(frames: int, seed: int = 1) -> Block:
    """Noise in bursts of 500 frames, a third of them digital silence, some zeros negative."""
    rng = np.random.default_rng(seed)
    loudness = rng.choice([0.0, -0.0, 0.02, 0.5, 0.9], (2, -(-frames // 500)))
    return rng.standard_normal((2, frames)) * np.repeat(loudness, 500, axis=1)[:, :frames] * 0.5


def cut(block: Block, sizes: list[int]) -> Iterator[Block]:
    at = 0
    for size in [*sizes, block.shape[1]]:
        yield block[:, at : at + size]
        at += size


def whole(blocks: Iterator[Block]) -> Block:
    return np.concatenate([np.zeros((2, 0)), *blocks], axis=1)


def through(one: InsertSettings, block: Block, rate: int = RATE) -> Block:
    return whole(run([build(one, rate)], [block]))


def under(one: InsertSettings, block: Block, key: Block) -> Block:
    return whole(run_keyed(build_keyed(one, RATE), [block], [key]))


def led(one: InsertSettings, block: Block, key: Block, sizes: list[int] | None = None) -> Block:
    """What leaves a built-in that has the gains the key would get; a linear one hears none."""
    if one.use not in LED:
        return through(one, block)
    return whole(run([Led(build_led(one, RATE), [key])], cut(block, sizes or [])))


def test_these_are_all_built_ins() -> None:
    assert {one.use for one in EVERY} == SUPPORTED


@pytest.mark.parametrize("one", EVERY, ids=named)
@settings(max_examples=12)
@given(sizes=st.lists(st.integers(0, 20000), max_size=5), frames=st.sampled_from([1, 7167, 40000]))
def test_blocks_change_no_bit(one: InsertSettings, sizes: list[int], frames: int) -> None:
    block = music(frames)
    parts = whole(run([build(one, RATE)], cut(block, sizes)))
    assert parts.tobytes() == through(one, block).tobytes()


BANDS = (
    Pass(shape="high_pass", hz=40.0, slope_db_per_octave=6),
    Bell(shape="bell", hz=400.0, gain_db=-2.0),
    Bell(shape="bell", hz=2500.0, gain_db=1.0, q=0.8),
    Bell(shape="bell", hz=9000.0, gain_db=3.0),
)


@settings(max_examples=30)
@given(
    counts=st.tuples(st.integers(0, 4), st.integers(1, 4)),
    between=st.sampled_from([Compressor(threshold_db=-30.0), Limiter(), Width(width=1.2)]),
    sizes=st.one_of(st.just([8192] * 3), st.lists(st.integers(0, 20000), max_size=5)),
)
def test_filters_run_beside_each_other_give_the_bits_of_one_after_the_other(
    counts: tuple[int, int], between: InsertSettings, sizes: list[int]
) -> None:
    one, two = (Eq(bands=BANDS[:count] or (FLAT,)) for count in counts)
    row = (between, one, between, two, between)
    block = alone = music(30000)
    for each in row:
        alone = through(each, alone)
    assert whole(run([build(each, RATE) for each in row], cut(block, sizes))).tobytes() == (
        alone.tobytes()
    )
    with numpy_path():
        last = whole(run([build(each, RATE) for each in row], cut(block, sizes)))
    assert last.tobytes() == alone.tobytes()


@pytest.mark.parametrize("one", EVERY, ids=named)
@settings(max_examples=8)
@given(sizes=st.lists(st.integers(0, 20000), max_size=5), seed=st.integers(0, 99))
def test_kernels_and_numpy_give_the_same_bits(
    one: InsertSettings, sizes: list[int], seed: int
) -> None:
    block = music(40000, seed)
    assert running().path == "compiled"
    compiled = whole(run([build(one, RATE)], cut(block, sizes)))
    with numpy_path():
        assert compiled.tobytes() == through(one, block).tobytes()


@pytest.mark.parametrize("one", EVERY, ids=named)
@pytest.mark.parametrize("rate", [44100, 192000])
def test_as_many_frames_leave_as_enter_all_finite(one: InsertSettings, rate: int) -> None:
    for frames in (0, 1, 30000):
        out = through(one, music(frames) * 4.0, rate)
        assert out.shape == (2, frames)
        assert np.isfinite(out).all()


@pytest.mark.parametrize("one", EVERY, ids=named)
def test_silence_stays_silence(one: InsertSettings) -> None:
    assert not through(one, np.zeros((2, 40000))).any()


@pytest.mark.parametrize("one", EVERY, ids=named)
def test_no_frame_is_moved(one: InsertSettings) -> None:
    """A click leaves where it came in, to the frame by which a crossover turns its phase.

    A room answers later. Nothing answers before, an oversampler's filter under -180 dB aside.
    """
    block = np.zeros((2, 20000))
    block[:, 9000] = 0.9
    out = np.abs(through(one, block))
    assert out[:, :8000].max() < 1e-9
    assert one.use == "reverb" or int(out[0].argmax()) - 9000 in (0, 1)


@pytest.mark.parametrize("one", keyed_only, ids=named)
def test_its_own_signal_as_key_gives_the_bits_of_none(one: InsertSettings) -> None:
    block = music(40000)
    assert under(one, block, block.copy()).tobytes() == through(one, block).tobytes()


@pytest.mark.parametrize("one", led_only, ids=named)
@settings(max_examples=6)
@given(sizes=st.lists(st.integers(0, 20000), max_size=4), seed=st.integers(0, 99))
def test_led_by_its_own_signal_it_gives_the_bits_of_none_in_any_blocks(
    one: InsertSettings, sizes: list[int], seed: int
) -> None:
    block = music(40000, seed)
    made = led(one, block, block.copy(), sizes).tobytes()
    assert made == through(one, block).tobytes()
    with numpy_path():
        assert led(one, block, block.copy(), sizes).tobytes() == made


@pytest.mark.parametrize("one", EVERY, ids=named)
@settings(max_examples=4)
@given(seed=st.integers(0, 99))
def test_under_one_lead_parts_add_up_to_the_whole(one: InsertSettings, seed: int) -> None:
    """To the rounding of float64; the reverb's room is float32."""
    parts = [music(40000, seed), 0.7 * music(40000, seed + 100), -0.4 * music(40000, seed + 200)]
    lead = parts[0] + parts[1] + parts[2]
    apart = [led(one, part, lead) for part in parts]
    missing = np.abs(through(one, lead) - (apart[0] + apart[1] + apart[2])).max()
    assert missing < (1e-6 if one.use == "reverb" else 1e-12)


@pytest.mark.parametrize("one", keyed_only, ids=named)
def test_a_silent_key_changes_nothing_but_keeps_a_gate_closed(one: InsertSettings) -> None:
    block = music(40000)
    out = under(one, block, np.zeros_like(block))
    if isinstance(one, Gate):
        assert np.allclose(out, block * 1e-3, rtol=1e-12, atol=0)
    elif isinstance(one, Multiband):
        idle = one.model_copy(update={"bands": (CompressedBand(),) * 3})
        assert np.array_equal(out, through(idle, block))
    else:
        assert np.array_equal(out, block)


@pytest.mark.parametrize("one", keyed_only, ids=named)
@settings(max_examples=8)
@given(
    sizes=st.lists(st.integers(0, 9000), max_size=4),
    key_sizes=st.lists(st.integers(0, 9000), max_size=4),
)
def test_a_key_is_heard_alike_in_any_blocks(
    one: InsertSettings, sizes: list[int], key_sizes: list[int]
) -> None:
    block, key = music(25000), music(17000, seed=2)
    parts = whole(run_keyed(build_keyed(one, RATE), cut(block, sizes), cut(key, key_sizes)))
    padded = np.pad(key, ((0, 0), (0, 8000)))
    assert parts.tobytes() == under(one, block, padded).tobytes()
    longer = np.concatenate([padded, music(500)], axis=1)
    assert parts.tobytes() == under(one, block, longer).tobytes()


@pytest.mark.parametrize("one", keyed_only, ids=named)
def test_a_loud_key_works_on_a_quiet_signal(one: InsertSettings) -> None:
    quiet, loud = music(30000) * 1e-6, music(30000, seed=5)
    changed = np.abs(under(one, quiet, loud) - through(one, quiet)).max() / np.abs(quiet).max()
    assert changed > 0.1


@pytest.mark.parametrize("one", keyed_only, ids=named)
def test_gain_reduction_is_told(one: InsertSettings) -> None:
    processor = build_keyed(one, RATE)
    assert isinstance(processor, ReducesGain)
    assert processor.lowest_gain_db == 0.0
    processor.process(music(30000))
    assert -60.0 <= processor.lowest_gain_db < -0.5


def test_what_has_no_detector_takes_no_key() -> None:
    with pytest.raises(ValueError, match="gain"):
        build_keyed(Gain(), RATE)
    with pytest.raises(ValueError, match="gain"):
        build_led(Gain(), RATE)


@pytest.mark.parametrize(
    ("one", "paths"),
    [
        (
            Multiband(crossovers_hz=(200.0, 12000.0, 20000.0), bands=(BAND,) * 4),
            ["crossovers_hz[1]", "crossovers_hz[2]"],
        ),
        (Deesser(hz=12000.0), ["hz"]),
        (
            DynamicEq(bands=(DynamicBand(hz=15000.0, threshold_db=-9.0, max_cut_db=1.0),)),
            ["bands[0].hz"],
        ),
    ],
    ids=lambda value: getattr(value, "use", ""),
)
def test_corners_a_rate_cannot_carry_are_all_refused(one: InsertSettings, paths: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        build(one, 22050)
    assert [problem.where["path"] for problem in caught.value.problems] == paths
    assert {problem.kind for problem in caught.value.problems} == {"band_above_nyquist"}
