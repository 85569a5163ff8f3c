"""What libebur128 reads of a limited signal stays under the ceiling; nothing else is touched."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from pyebur128 import MeasurementMode, R128State, get_true_peak

from bridge.audio import HALF_TAPS, LibraryPeak, library_phases, library_readings
from bridge.audio.blocks import Block
from bridge.audio.interpolation import narrowed
from bridge.processing.limiting import Analyser, FinishLimiter, library_guard
from chains import Limiter
from stemwright.decibels import amplitude_db

CEILING_DBTP = -1.0
REACH_FRAMES = 100


def dense(seconds: float, rate_hz: int = 48000) -> Block:
    """Noise up to half the sample rate: the library's filter reads more of it than there is."""
    return np.random.default_rng(4).standard_normal((2, round(seconds * rate_hz))) * 0.2


def limited(
    signal: Block, drive_db: float, rate_hz: int = 48000, cuts: tuple[int, ...] = ()
) -> tuple[Block, np.ndarray]:
    """The limited signal and the gains in it."""
    analyser = Analyser(rate_hz)
    analyser.add(signal)
    limiter = FinishLimiter(analyser.result(), drive_db, CEILING_DBTP, Limiter())
    parts, gains = [], []
    for block in np.split(signal, sorted(cuts), axis=1):
        parts.append(limiter.process(block))
        gains.append(limiter.gain)
    parts.append(limiter.finish())
    return np.concatenate(parts, axis=1), np.concatenate([*gains, limiter.gain])


def library_dbtp(signal: Block, rate_hz: int) -> float:
    state = R128State(2, rate_hz, MeasurementMode.MODE_TRUE_PEAK)
    state.add_frames(np.ascontiguousarray(signal.T).ravel(), signal.shape[1])
    return max(amplitude_db(get_true_peak(state, channel)) for channel in range(2))


@pytest.fixture
def unguarded(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """No peak is near enough to be read."""
    monkeypatch.setattr(library_guard, "_NEAR", 2.0)
    return monkeypatch


@pytest.mark.parametrize("rate_hz", [44100, 48000])
def test_what_the_library_reads_stays_under_the_ceiling(unguarded, rate_hz: int) -> None:
    signal = dense(3.0, rate_hz)
    plain, plain_gain = limited(signal, 8.0, rate_hz)
    assert library_dbtp(plain, rate_hz) > CEILING_DBTP + 0.02
    unguarded.undo()
    held, gain = limited(signal, 8.0, rate_hz)
    assert library_dbtp(held, rate_hz) <= CEILING_DBTP
    assert gain.shape == plain_gain.shape
    assert (gain <= plain_gain).all()
    assert amplitude_db(float((gain / plain_gain).min())) > -0.3
    other = np.flatnonzero(gain != plain_gain)
    assert 0 < len(other) < 0.05 * len(gain)
    same = gain == plain_gain
    assert np.array_equal(held[:, same], plain[:, same])


def test_the_dip_is_short_and_has_no_edge(unguarded) -> None:
    signal = dense(3.0)
    _, plain_gain = limited(signal, 8.0)
    unguarded.undo()
    _, gain = limited(signal, 8.0)
    ratio = gain / plain_gain
    runs = np.diff(np.flatnonzero(np.diff(np.concatenate([[0], ratio < 1.0, [0]]))))[::2]
    assert runs.min() <= 2 * REACH_FRAMES
    assert np.abs(np.diff(ratio)).max() < 5e-4


@pytest.mark.usefixtures("unguarded")
def test_a_signal_the_library_reads_rightly_keeps_every_bit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    at_s = np.arange(96000) / 48000
    signal = np.stack([np.sin(2.0 * np.pi * hz * at_s) for hz in (110.0, 1000.0)])
    plain, _ = limited(signal, 9.0)
    monkeypatch.undo()
    read: list[int] = []

    def noted(around: np.ndarray, phases: object) -> np.ndarray:
        read.append(around.shape[1])
        return library_readings(around, phases)  # type: ignore[arg-type]

    monkeypatch.setattr(library_guard, "library_readings", noted)
    held, _ = limited(signal, 9.0)
    assert sum(read) > 1000
    assert np.array_equal(held, plain)


@settings(max_examples=15)
@given(st.lists(st.integers(0, 30000), max_size=6))
def test_the_cut_of_the_stream_changes_no_bit(cuts: list[int]) -> None:
    signal = dense(1.0)[:, :30000]
    whole, whole_gain = limited(signal, 12.0)
    cut, gain = limited(signal, 12.0, cuts=tuple(cuts))
    assert np.array_equal(cut, whole)
    assert np.array_equal(gain, whole_gain)


def test_samples_are_read_as_they_are_where_the_library_reads_no_others() -> None:
    assert library_phases(192000) == ()
    signal = dense(0.5, 192000)
    held, _ = limited(signal, 8.0, 192000)
    assert held.shape == signal.shape
    assert np.abs(held).max() <= 10 ** (CEILING_DBTP / 20)


@pytest.mark.parametrize("rate_hz", [48000, 96000])
def test_readings_of_single_frames_are_those_of_the_stream(rate_hz: int) -> None:
    padded = np.pad(dense(0.2, rate_hz), ((0, 0), (HALF_TAPS, HALF_TAPS)))
    frames = np.arange(padded.shape[1] - 2 * HALF_TAPS)
    around = padded[:, frames[:, None] + np.arange(2 * HALF_TAPS + 1)]
    readings = library_readings(around, library_phases(rate_hz))
    peak = LibraryPeak(rate_hz)
    peak.read(lambda: padded, narrowed(padded), 0.0, ended=False)
    assert peak.largest == readings.max()
