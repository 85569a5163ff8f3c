"""Integrated loudness and loudness range by our own energies, against libebur128."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings, strategies as st
from pyebur128 import (
    ChannelType,
    MeasurementMode,
    R128State,
    get_loudness_global,
    get_loudness_range,
)

from bridge.audio import layout
from bridge.audio.blocks import Block
from bridge.metering import Meter, measure

EBU = ["1-16bit", "2-16bit", "12-24bit", "13-1-24bit", "13-4-24bit", "15-24bit", "21-24bit"]
CHANNEL = {0.0: ChannelType.UNUSED, 1.0: ChannelType.LEFT, 1.41: ChannelType.LEFT_SURROUND}


def library_readings(signal: Block, rate_hz: int) -> tuple[float, float]:
    state = R128State(len(signal), rate_hz, MeasurementMode.MODE_I | MeasurementMode.MODE_LRA)
    for channel, weight in enumerate(layout(len(signal)).weights or ()):
        state.set_channel(channel, CHANNEL[weight])
    state.add_frames(np.ascontiguousarray(signal.T).ravel(), signal.shape[1])
    return get_loudness_global(state), get_loudness_range(state)


def our_readings(signal: Block, rate_hz: int) -> tuple[float, float]:
    meter = Meter(rate_hz, len(signal))
    meter.add(signal)
    found = meter.result()
    return found.integrated_lufs, found.loudness_range_lu


@given(
    st.integers(0, 9999),
    st.integers(1, 6),
    st.sampled_from([8000, 11025, 16000, 22050, 44100, 48000]),
    st.lists(st.floats(-90.0, 0.0), min_size=4, max_size=9),
)
@settings(max_examples=25, deadline=None)
def test_agrees_with_libebur128_on_any_course_of_levels(
    seed: int, channels: int, rate_hz: int, levels_db: list[float]
) -> None:
    random = np.random.default_rng(seed)
    parts = [
        random.standard_normal((channels, rate_hz * int(random.integers(1, 3))))
        * 10 ** (level_db / 20)
        for level_db in levels_db
    ]
    signal = np.concatenate(parts, axis=1)
    tolerance_lu = (
        0.001 if rate_hz % 10 == 0 else 0.05
    )  # there a tenth is no whole number of frames
    assert our_readings(signal, rate_hz) == pytest.approx(
        library_readings(signal, rate_hz), abs=tolerance_lu
    )


@pytest.mark.parametrize("name", EBU)
def test_agrees_with_libebur128_on_the_signals_of_the_ebu(
    shared_data: Callable[[str], Path], name: str
) -> None:
    path = shared_data(f"ebu/seq-3341-{name}.flac")
    samples, rate_hz = soundfile.read(path, always_2d=True)
    integrated_lufs, range_lu = library_readings(samples.T, rate_hz)
    found = measure(path)
    assert found.integrated_lufs == pytest.approx(integrated_lufs, abs=0.001)
    if np.isfinite(found.loudness_range_lu):
        assert found.loudness_range_lu == pytest.approx(range_lu, abs=0.001)


def test_a_level_on_the_absolute_gate_and_one_far_under_the_relative_one() -> None:
    at = np.arange(48000 * 5) / 48000
    loud, quiet = (10 ** (level / 20) * np.sin(2 * np.pi * 997 * at) for level in (-20.0, -60.0))
    signal = np.concatenate([loud, quiet])[None]
    alone, _ = our_readings(loud[None], 48000)
    assert our_readings(signal, 48000)[0] == pytest.approx(alone, abs=0.2)
    assert our_readings(signal, 48000) == pytest.approx(library_readings(signal, 48000), abs=0.001)
