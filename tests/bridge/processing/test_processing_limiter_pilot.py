"""What a prediction leaves out, heard in the limiter: by pieces, by the whole, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from pyebur128 import MeasurementMode, R128State, get_loudness_global

from bridge.audio.blocks import Block
from bridge.processing.limiting import (
    Analyser,
    FinishLimiter,
    Prediction,
    foreseen_bias_lu,
    solve_drive,
)
from bridge.processing.limiting.pilot import piece_starts, pieces_of
from chains import Limiter

RATE_HZ = 48000
DECISIVE_LU = 0.03


class Heard:
    """A signal that counts how often it is streamed."""

    def __init__(self, signal: Block) -> None:
        self.signal = signal
        self.times = 0

    def __call__(self) -> Iterator[Block]:
        self.times += 1
        for start in range(0, self.signal.shape[1], 40000):
            yield self.signal[:, start : start + 40000]


def kicks(seconds: float, peak: float = 0.8) -> Block:
    """A bass drum twice a second with some hiss: its bass is what a moving gain makes less of."""
    at_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ % 0.46
    drum = peak * np.sin(2.0 * np.pi * 55.0 * at_s) * np.exp(-12.0 * at_s)
    return drum + 0.05 * np.random.default_rng(2).standard_normal((2, len(drum)))


def predicted(signal: Block, rate_hz: int = RATE_HZ) -> Prediction:
    analyser = Analyser(rate_hz)
    analyser.add(signal)
    return Prediction(analyser.result(), -1.0, Limiter())


@pytest.mark.parametrize("rate_hz", [44100, 48000])
def test_the_error_is_what_libebur128_reads_beyond_the_prediction(rate_hz: int) -> None:
    signal = kicks(5.0)
    prediction, drive_db = predicted(signal, rate_hz), 6.0
    analyser = Analyser(rate_hz)
    analyser.add(signal)
    limiter = FinishLimiter(analyser.result(), drive_db, -1.0, Limiter())
    limited = np.concatenate([limiter.process(signal).copy(), limiter.finish()], axis=1)
    state = R128State(2, rate_hz, MeasurementMode.MODE_I)
    state.add_frames(np.ascontiguousarray(limited.T).ravel(), limited.shape[1])
    expected_lu = float(get_loudness_global(state)) - prediction.at(drive_db)
    assert expected_lu < -DECISIVE_LU
    assert prediction.error_lu(drive_db, Heard(signal)()) == pytest.approx(expected_lu, abs=5e-4)


@pytest.mark.parametrize("seconds", [25.0, 60.0])
def test_pieces_tell_the_bias_of_the_whole(seconds: float) -> None:
    swell = np.linspace(0.3, 1.0, round(seconds * RATE_HZ))
    heard = Heard(kicks(seconds) * swell)
    prediction = predicted(heard.signal)
    drive_db = solve_drive(prediction, -10.0).drive_db
    whole_lu = prediction.error_lu(drive_db, heard())
    heard.times = 0
    assert foreseen_bias_lu(prediction, heard, drive_db, DECISIVE_LU) == pytest.approx(
        whole_lu, abs=0.012
    )
    assert abs(whole_lu) > 3.0 * DECISIVE_LU
    assert heard.times == 1


def test_where_little_is_limited_nothing_is_heard() -> None:
    heard = Heard(kicks(12.0, 0.2))
    assert foreseen_bias_lu(predicted(heard.signal), heard, 3.0, DECISIVE_LU) == 0.0
    assert heard.times == 0


@pytest.mark.parametrize("why", ["short", "open", "unlike"])
def test_the_whole_is_heard_where_pieces_do_not_tell(why: str) -> None:
    signal = kicks(9.9 if why == "short" else 12.0)
    if why == "unlike":  # all that is limited lies in a tenth of a second
        signal *= np.where(np.abs(np.arange(signal.shape[1]) - 52800) < 5000, 1.0, 0.1)
    heard = Heard(signal)
    prediction, drive_db = predicted(signal), 8.0
    whole_lu = prediction.error_lu(drive_db, heard())
    decisive_lu = abs(whole_lu) if why == "open" else DECISIVE_LU
    heard.times = 0
    assert foreseen_bias_lu(prediction, heard, drive_db, decisive_lu) == whole_lu
    assert heard.times == (1 if why == "short" else 2)


@settings(max_examples=30)
@given(st.integers(20, 10**7), st.integers(1, 40), st.integers(1, 24000))
def test_pieces_lie_one_in_each_part(frames: int, pieces: int, piece_frames: int) -> None:
    piece_frames = min(piece_frames, frames // pieces)
    if not piece_frames:
        return
    starts = piece_starts(frames, pieces, piece_frames)
    assert len(starts) == pieces
    for number, start in enumerate(starts):
        assert number * frames // pieces <= start
        assert start + piece_frames <= (number + 1) * frames // pieces


@settings(max_examples=30)
@given(st.lists(st.integers(0, 5000), max_size=8))
def test_the_cut_of_the_stream_changes_no_piece(cuts: list[int]) -> None:
    signal = np.random.default_rng(3).standard_normal((2, 5000))
    starts = piece_starts(5000, 7, 300)
    blocks = np.split(signal, sorted(cuts), axis=1)
    expected = np.stack([signal[:, start : start + 300] for start in starts], axis=1)
    assert np.array_equal(pieces_of(blocks, starts, 300), expected)


def test_the_cut_of_the_stream_changes_no_bias() -> None:
    signal = kicks(21.0)
    prediction: Prediction = predicted(signal)

    def whole() -> Iterator[Block]:
        yield signal

    found: list[Callable[[], Iterator[Block]]] = [Heard(signal), whole]
    first, second = (foreseen_bias_lu(prediction, heard, 7.0, 0.05) for heard in found)
    assert first == second
