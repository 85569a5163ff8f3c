"""True-peak reading: exact interpolation of band-limited signals, streaming, the 4x bound."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from pyebur128 import MeasurementMode, R128State, get_true_peak

from bridge.audio.blocks import Block, Framer
from bridge.audio.interpolation import (
    BAND_BOUND,
    COARSE_BOUND,
    FINE_HALF_TAPS,
    HALF_TAPS,
    NARROW_SLACK,
    Narrow,
    fine_peaks,
    frame_peaks,
    frame_peaks_at,
    narrow_frame_peaks,
)
from bridge.audio.true_peak import FramePeaks, LibraryPeak, TruePeak

NOISE = np.random.Generator(np.random.PCG64(2)).standard_normal((2, 40000))


def cosine(
    cycles_per_frame: float, phase: float, frames: int = 64, half: int = HALF_TAPS
) -> np.ndarray:
    at = np.arange(-half, frames + half)
    return np.cos(2 * np.pi * (cycles_per_frame * at + phase))[None]


@pytest.mark.parametrize("cycles", [0.001, 0.02, 0.1, 0.25, 0.3, 0.4])
@pytest.mark.parametrize("phase", [0.0, 0.11, 0.37])
def test_readings_between_frames_equal_the_sine_they_sample(cycles: float, phase: float) -> None:
    at = np.arange(64)
    quarters = at[:, None] + np.arange(4) / 4
    sixteenths = at[:, None] + np.arange(-2, 16) / 16
    for peaks, places in (
        (frame_peaks(cosine(cycles, phase)), quarters),
        (fine_peaks(cosine(cycles, phase, half=FINE_HALF_TAPS), at), sixteenths),
    ):
        truth = np.abs(np.cos(2 * np.pi * (cycles * places + phase))).max(axis=1)
        assert np.abs(peaks - truth).max() < 0.004


@pytest.mark.parametrize("cycles", [0.4167, 20000 / 44100, 0.48])
def test_fine_readings_cover_the_band_to_20_khz_at_every_rate(cycles: float) -> None:
    padded, at = cosine(cycles, 0.2, half=FINE_HALF_TAPS), np.arange(64)
    places = at[:, None] + np.arange(-2, 16) / 16
    truth = np.abs(np.cos(2 * np.pi * (cycles * places + 0.2))).max(axis=1)
    assert np.abs(fine_peaks(padded, at) - truth).max() < 0.004


@pytest.mark.parametrize("cycles", [0.05, 0.1234, 0.25, 0.31, 0.4])
def test_the_coarse_reading_stays_within_its_bound(cycles: float) -> None:
    coarse = frame_peaks(cosine(cycles, 0.2, frames=2000)).max()
    assert COARSE_BOUND - 0.004 <= coarse <= 1.004


def test_samples_themselves_are_never_under_read() -> None:
    padded = NOISE[:, : 500 + 2 * HALF_TAPS]
    inner = np.abs(padded[:, HALF_TAPS:-HALF_TAPS]).max(axis=0)
    assert np.all(frame_peaks(padded) >= inner)
    padded = NOISE[:, : 500 + 2 * FINE_HALF_TAPS]
    inner = np.abs(padded[:, FINE_HALF_TAPS:-FINE_HALF_TAPS]).max(axis=0)
    assert np.all(fine_peaks(padded, np.arange(500)) >= inner * (1 - 1e-12))


@settings(max_examples=25)
@given(st.lists(st.integers(0, 40000), max_size=10))
def test_the_cut_of_the_stream_changes_no_bit(cuts: list[int]) -> None:
    whole, cut = TruePeak(2), TruePeak(2)
    expected = np.concatenate([whole.add(NOISE), whole.rest()])
    found = [cut.add(block) for block in np.split(NOISE, sorted(cuts), axis=1)]
    assert np.array_equal(np.concatenate([*found, cut.rest()]), expected)
    assert cut.largest == whole.largest
    stream = FramePeaks(2, narrow_frame_peaks)
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


def _nasty(name: str, frames: int = 40000) -> np.ndarray:
    at, noise = np.arange(frames), NOISE[:, :frames]
    return {
        "noise": 0.3 * noise,
        "clipped": np.clip(0.4 * noise, -0.5, 0.5),
        "bursts": noise * np.exp(2.0 * np.repeat(NOISE[:1, : frames // 100], 100, axis=1)),
        "square": np.sign(np.sin(at / 15.3))[None],
        "sine, fs/4": np.cos(np.pi / 2 * at + 0.3)[None],
        "sine, 0.45": 0.9 * np.cos(2 * np.pi * 0.45 * at + 0.1)[None],
        "sine, nyquist": np.cos(np.pi * at)[None],
        "start": np.pad([[1.0, -1.0, 1.0, 1.0, -1.0, 1.0]], ((0, 0), (0, frames - 6))),
        "end": np.pad([[1.0, -1.0, 1.0, 1.0, -1.0, 1.0]], ((0, 0), (frames - 6, 0))),
        "denormal": 1e-40 * noise,
        "silence": np.zeros((2, frames)),
        "six channels": np.concatenate([noise * gain for gain in (0.1, 0.3, 0.2)]),
    }[name]


NASTY = (
    *("noise", "clipped", "bursts", "square", "sine, fs/4", "sine, 0.45", "sine, nyquist"),
    *("start", "end", "denormal", "silence", "six channels"),
)


def _by_library(signal: np.ndarray, rate_hz: int) -> float:
    state = R128State(len(signal), rate_hz, MeasurementMode.MODE_TRUE_PEAK)
    state.add_frames(np.ascontiguousarray(signal.T).ravel(), signal.shape[1])
    return max(get_true_peak(state, channel) for channel in range(len(signal)))


def _by_reading_all(signal: np.ndarray) -> float:
    """What TruePeak reads, every frame of it in 64 bits and at 16x."""
    coarse = frame_peaks(np.pad(signal, ((0, 0), (HALF_TAPS, HALF_TAPS))))
    near = np.flatnonzero(coarse > coarse.max() * BAND_BOUND)
    wide = np.pad(signal, ((0, 0), (FINE_HALF_TAPS, FINE_HALF_TAPS)))
    return max(float(coarse.max()), float(fine_peaks(wide, near).max(initial=0.0)))


class _Library(LibraryPeak):
    """Knows of no other peak, so every largest one is its own."""

    def read(
        self, padded: Callable[[], Block], scaled: Narrow, known: float, *, ended: bool
    ) -> None:
        super().read(padded, scaled, 0.0 * known, ended=ended)


@pytest.mark.parametrize("rate_hz", [8000, 44100, 48000, 96000, 176400, 192000])
@pytest.mark.parametrize("name", NASTY)
def test_libebur128_is_read_to_the_bit(name: str, rate_hz: int) -> None:
    signal = _nasty(name)
    library = _Library(rate_hz)
    reading = TruePeak(len(signal), library)
    for block in np.split(signal, [1, 30, 5000, 33000], axis=1):
        reading.add(block)
    reading.rest()
    assert max(library.largest, float(np.abs(signal).max())) == _by_library(signal, rate_hz)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 60), st.integers(0, 2**32), st.sampled_from([48000, 96000]))
def test_libebur128_is_read_to_the_bit_at_both_ends(frames: int, seed: int, rate_hz: int) -> None:
    signal = np.sign(np.random.Generator(np.random.PCG64(seed)).standard_normal((2, frames)))
    reading = TruePeak(2, _Library(rate_hz))
    reading.add(signal)
    reading.rest()
    library = reading._library
    assert library is not None
    assert max(library.largest, 1.0) == _by_library(signal, rate_hz)


@pytest.mark.parametrize("name", NASTY)
def test_what_is_left_out_changes_no_bit_of_the_peak(name: str) -> None:
    signal = _nasty(name)
    reading = TruePeak(len(signal))
    reading.add(signal)
    reading.rest()
    expected = _by_reading_all(signal)
    # A steady tone has more frames as loud as its loudest than are read.
    share = 1e-5 if name.startswith(("sine", "square")) else 0.0
    assert expected * (1.0 - share) <= reading.largest <= expected


def test_narrow_peaks_are_near_and_single_ones_exact() -> None:
    padded = NOISE * np.exp(4.0 * np.sin(np.arange(40000) / 900.0))
    peaks, narrow = frame_peaks(padded), narrow_frame_peaks(padded)
    loudest = np.lib.stride_tricks.sliding_window_view(np.abs(padded).max(axis=0), 25).max(axis=1)
    assert np.abs(narrow - peaks).max() > 0.0
    assert np.all(np.abs(narrow - peaks) <= NARROW_SLACK * loudest)
    at = np.array([5, 0, 20000, 39975])
    assert np.array_equal(frame_peaks_at(padded, at), peaks[at])


def test_beyond_32_bits_peaks_are_read_in_64() -> None:
    reading = TruePeak(2, LibraryPeak(48000))
    peaks = np.concatenate([reading.add(1e200 * NOISE), reading.rest()])
    assert np.isfinite(peaks).all()
    assert reading.largest == pytest.approx(1e200 * _by_reading_all(NOISE), rel=1e-9)
