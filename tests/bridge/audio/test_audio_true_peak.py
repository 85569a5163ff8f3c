"""True-peak reading: exact interpolation of band-limited signals, streaming, the 4x bound."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.audio.framing import Framer
from bridge.audio.true_peak import (
    COARSE_BOUND,
    HALF_TAPS,
    FramePeaks,
    TruePeak,
    fine_peaks,
    frame_peaks,
)

NOISE = np.random.Generator(np.random.PCG64(2)).standard_normal((2, 40000))


def cosine(cycles_per_frame: float, phase: float, frames: int = 64) -> np.ndarray:
    at = np.arange(-HALF_TAPS, frames + HALF_TAPS)
    return np.cos(2 * np.pi * (cycles_per_frame * at + phase))[None]


@pytest.mark.parametrize("cycles", [0.001, 0.02, 0.1, 0.25, 0.3, 0.4])
@pytest.mark.parametrize("phase", [0.0, 0.11, 0.37])
def test_readings_between_frames_equal_the_sine_they_sample(cycles: float, phase: float) -> None:
    padded, at = cosine(cycles, phase), np.arange(64)
    quarters = at[:, None] + np.arange(4) / 4
    sixteenths = at[:, None] + np.arange(-2, 16) / 16
    for peaks, places in (
        (frame_peaks(padded), quarters),
        (fine_peaks(padded, at), sixteenths),
    ):
        truth = np.abs(np.cos(2 * np.pi * (cycles * places + phase))).max(axis=1)
        assert np.abs(peaks - truth).max() < 0.004


@pytest.mark.parametrize("cycles", [0.05, 0.1234, 0.25, 0.31, 0.4])
def test_the_coarse_reading_stays_within_its_bound(cycles: float) -> None:
    coarse = frame_peaks(cosine(cycles, 0.2, frames=2000)).max()
    assert COARSE_BOUND - 0.004 <= coarse <= 1.004


def test_samples_themselves_are_never_under_read() -> None:
    padded = NOISE[:, : 500 + 2 * HALF_TAPS]
    inner = np.abs(padded[:, HALF_TAPS:-HALF_TAPS]).max(axis=0)
    assert np.all(frame_peaks(padded) >= inner)
    assert np.all(fine_peaks(padded, np.arange(500)) >= inner * (1 - 1e-12))


@settings(max_examples=25)
@given(st.lists(st.integers(0, 40000), max_size=10))
def test_the_cut_of_the_stream_changes_no_bit(cuts: list[int]) -> None:
    whole, cut = TruePeak(2), TruePeak(2)
    expected = np.concatenate([whole.add(NOISE), whole.rest()])
    found = [cut.add(block) for block in np.split(NOISE, sorted(cuts), axis=1)]
    assert np.array_equal(np.concatenate([*found, cut.rest()]), expected)
    assert cut.largest == whole.largest
    stream = FramePeaks(2)
    lagging = [stream.add(block) for block in np.split(NOISE, sorted(cuts), axis=1)]
    assert np.array_equal(np.concatenate([*lagging, stream.rest()]), expected)


@pytest.mark.parametrize("frames", [0, 1, 11, 12, 13, 24, 25, 100])
def test_every_frame_has_one_peak(frames: int) -> None:
    stream = FramePeaks(2)
    known = stream.add(NOISE[:, :frames])
    assert len(known) == max(0, frames - HALF_TAPS)
    assert len(known) + len(stream.rest()) == frames


def test_a_lone_sample_reads_as_itself() -> None:
    signal = np.zeros((1, 100))
    signal[0, 50] = -0.75
    reading = TruePeak(1)
    peaks = np.concatenate([reading.add(signal), reading.rest()])
    assert peaks.argmax() == 50
    assert reading.largest == pytest.approx(0.75, abs=1e-12)


@settings(max_examples=50)
@given(st.lists(st.integers(0, 30), max_size=20), st.integers(1, 9))
def test_a_framer_keeps_order_and_gives_whole_grids(sizes: list[int], grid_frames: int) -> None:
    framer, start, given_out = Framer(1, grid_frames), 0, []
    for size in sizes:
        ready = framer.add(np.arange(start, start + size, dtype=np.float64)[None])
        assert ready.shape[1] % grid_frames == 0
        given_out.append(ready)
        start += size
    rest = framer.rest()
    assert rest.shape[1] == start % grid_frames
    assert np.concatenate([*given_out, rest], axis=1)[0].tolist() == list(range(start))


def test_a_framer_is_not_moved_by_a_reused_buffer() -> None:
    framer, buffer = Framer(1, 4), np.ones((1, 3))
    framer.add(buffer)
    buffer[:] = 2.0
    assert framer.add(buffer)[0].tolist() == [1.0, 1.0, 1.0, 2.0]
    buffer[:] = 3.0
    assert framer.rest()[0].tolist() == [2.0, 2.0]
