"""Laws of the meter: cut of the stream, other meters, silence, short and bad input."""

from __future__ import annotations

import json
import math
import struct
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyloudnorm
import pytest
import soundfile
from hypothesis import example, given, settings, strategies as st
from pyebur128 import (
    MeasurementMode,
    R128State,
    get_loudness_global,
    get_loudness_momentary,
    get_loudness_range,
    get_loudness_shortterm,
    get_true_peak,
)

from bridge.audio.blocks import Block
from bridge.metering import Measures, Meter, measure
from stemwright.problems import InputError

KEYS = [
    "path",
    "sample_rate_hz",
    "channels",
    "frames",
    "integrated_lufs",
    "loudness_range_lu",
    "momentary_max_lufs",
    "short_term_max_lufs",
    "true_peak_dbtp",
    "sample_peak_dbfs",
    "plr_db",
    "psr_min_db",
    "dc",
    "correlation",
    "crest_db",
]
MODE = MeasurementMode.MODE_I | MeasurementMode.MODE_LRA | MeasurementMode.MODE_TRUE_PEAK


def read(signal: Block, rate_hz: int = 48000, cuts: list[int] | None = None) -> Measures:
    meter = Meter(rate_hz, len(signal))
    for block in np.split(signal, sorted(cuts or []), axis=1):
        meter.add(block)
    return meter.result()


def swelling_noise(seconds: float, rate_hz: int, channels: int = 2) -> Block:
    frames = round(seconds * rate_hz)
    noise = np.random.Generator(np.random.PCG64(7)).standard_normal((channels, frames))
    return noise * (0.02 + 0.1 * np.sin(np.arange(frames) / rate_hz * 1.3) ** 2)


SIGNAL = swelling_noise(4.3, 8000)
WHOLE = read(SIGNAL, 8000)


@settings(max_examples=25)
@given(st.lists(st.integers(0, SIGNAL.shape[1]), max_size=8))
@example(list(range(1, 300)))
@example([8000, 16000, 16001])
def test_the_cut_of_the_stream_changes_no_bit(cuts: list[int]) -> None:
    assert read(SIGNAL, 8000, cuts) == WHOLE


@pytest.mark.parametrize("rate_hz", [32000, 44100, 48000, 88200, 96000])
@pytest.mark.parametrize("channels", [1, 2])
def test_agrees_with_libebur128_stepped_by_10_ms(rate_hz: int, channels: int) -> None:
    signal = swelling_noise(6.0, rate_hz, channels)
    state, hop = R128State(channels, rate_hz, MODE), rate_hz // 100
    momentary, short_term = [], []
    for start in range(0, signal.shape[1] - hop + 1, hop):
        block = np.ascontiguousarray(signal[:, start : start + hop].T).ravel()
        state.add_frames(block, hop)
        momentary.append(get_loudness_momentary(state))
        short_term.append(get_loudness_shortterm(state))
    reading = read(signal, rate_hz)
    assert reading.integrated_lufs == pytest.approx(get_loudness_global(state), abs=1e-3)
    assert reading.loudness_range_lu == pytest.approx(get_loudness_range(state), abs=1e-3)
    assert reading.momentary_max_lufs == pytest.approx(max(momentary[39:]), abs=5e-3)
    assert reading.short_term_max_lufs == pytest.approx(max(short_term[299:]), abs=5e-3)
    library_dbtp = 20 * math.log10(max(get_true_peak(state, n) for n in range(channels)))
    assert library_dbtp <= reading.true_peak_dbtp <= library_dbtp + 1.5


@pytest.mark.parametrize("song", ["caesium", "potassium"])
def test_agrees_with_pyloudnorm_on_music(shared_data: Callable[[str], Path], song: str) -> None:
    path = shared_data(f"stems/{song}/mixdown-sum.flac")
    samples, rate_hz = soundfile.read(path)
    other = pyloudnorm.Meter(rate_hz, filter_class="DeMan").integrated_loudness(samples)
    assert measure(path).integrated_lufs == pytest.approx(other, abs=0.01)


def test_gain_moves_every_level_by_as_much() -> None:
    louder = read(SIGNAL * 2.0, 8000)
    six = 20 * math.log10(2.0)
    for key in ("integrated_lufs", "momentary_max_lufs", "true_peak_dbtp", "sample_peak_dbfs"):
        assert getattr(louder, key) - getattr(WHOLE, key) == pytest.approx(six, abs=1e-9)
    for key in ("plr_db", "psr_min_db", "crest_db", "correlation", "loudness_range_lu"):
        assert getattr(louder, key) == pytest.approx(getattr(WHOLE, key), abs=1e-9)


def test_dc_correlation_and_crest_of_known_signals() -> None:
    sine = np.sin(2 * np.pi * 100 / 48000 * np.arange(48000))
    reading = read(np.stack([sine * 0.5 + 0.25, -0.5 * sine - 0.125]))
    assert reading.dc == pytest.approx((0.25, -0.125), abs=1e-12)
    assert read(np.stack([sine, -sine])).correlation == pytest.approx(-1.0, abs=1e-12)
    cosine = np.cos(2 * np.pi * 100 / 48000 * np.arange(48000))
    assert read(np.stack([sine, cosine])).correlation == pytest.approx(0.0, abs=1e-12)
    assert read(sine[None]).crest_db == pytest.approx(20 * math.log10(math.sqrt(2)), abs=1e-6)
    assert math.isnan(read(sine[None]).correlation)


@pytest.mark.parametrize(("level_db", "smallest_db"), [(-10.0, 3.01), (-40.0, 6.02)])
def test_psr_is_the_smallest_of_the_windows_that_are_loud(
    level_db: float, smallest_db: float
) -> None:
    # Two sines peak 6.02 dB over their RMS, one 3.01 dB; 40 dB down it is too quiet to count.
    at = np.arange(5 * 48000) / 48000
    two = 0.3 * (np.sin(2 * np.pi * 950 * at) + np.sin(2 * np.pi * 1050 * at))
    one = 0.6 * 10 ** (level_db / 20) * np.sin(2 * np.pi * 1000 * at)
    reading = read(np.concatenate([two, one])[None])
    assert reading.psr_min_db == pytest.approx(smallest_db, abs=0.1)


def test_mono_is_one_channel_and_two_alike_are_3_lu_louder() -> None:
    mono = SIGNAL[:1]
    both = read(np.repeat(mono, 2, axis=0), 8000)
    assert both.integrated_lufs - read(mono, 8000).integrated_lufs == pytest.approx(3.01, abs=0.01)


def test_silence_has_no_level_and_json_says_null() -> None:
    reading = read(np.zeros((2, 48000 * 4)))
    values = reading.named("quiet.wav").as_json()
    assert list(values) == KEYS
    assert values["dc"] == [0.0, 0.0]
    sounding = set(KEYS) - {"path", "sample_rate_hz", "channels", "frames", "dc"}
    assert {key for key in KEYS if values[key] is None} == sounding
    assert json.loads(json.dumps(values, allow_nan=False)) == values


def test_too_short_for_a_window_has_no_loudness_but_has_peaks() -> None:
    reading = read(np.full((2, 19199), 0.5))
    assert reading.integrated_lufs == reading.momentary_max_lufs == -math.inf
    assert reading.sample_peak_dbfs == pytest.approx(20 * math.log10(0.5))
    assert math.isfinite(read(np.full((2, 19200), 0.5)).momentary_max_lufs)
    assert math.isnan(read(SIGNAL[:, : 8000 * 3 - 1], 8000).loudness_range_lu)
    assert math.isfinite(read(SIGNAL[:, : 8000 * 3], 8000).psr_min_db)


def test_nothing_at_all_is_measured_as_nothing() -> None:
    reading = Meter(48000, 2).result()
    assert reading.frames == 0
    assert reading.true_peak_dbtp == -math.inf


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_bad_sample_is_refused_with_its_place(bad: float) -> None:
    meter = Meter(48000, 2)
    meter.add(np.zeros((2, 1000)))
    block = np.zeros((2, 100))
    block[1, 42] = bad
    with pytest.raises(InputError, match="sample 1042") as caught:
        meter.add(block)
    (problem,) = caught.value.problems
    assert (problem.kind, problem.where) == ("not_finite", {"frame": 1042})


def test_a_sample_no_level_can_be_told_of_is_refused() -> None:
    block = np.zeros((2, 100))
    block[1, 42] = -1e160
    with pytest.raises(InputError, match=r"sample 42 .* beyond any level") as caught:
        Meter(48000, 2).add(block)
    assert caught.value.problems[0].kind == "not_finite"


@pytest.mark.parametrize("level_db", [120.0, 291.0, 760.0])
def test_a_damaged_float_file_is_measured_however_loud(level_db: float) -> None:
    noise = np.random.default_rng(4).uniform(-0.5, 0.5, (2, 5 * 48000))
    readings = []
    for gain in (1.0, 10.0 ** (level_db / 20.0)):
        meter = Meter(48000, 2)
        meter.add(noise * gain)
        readings.append(meter.result())
    usual, loud = readings
    assert loud.psr_min_db == pytest.approx(usual.psr_min_db, abs=1e-4)
    assert loud.integrated_lufs == pytest.approx(usual.integrated_lufs + level_db, abs=1e-3)
    assert loud.true_peak_dbtp == pytest.approx(usual.true_peak_dbtp + level_db, abs=1e-3)


def test_a_bad_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "broken.wav"
    samples = np.zeros((70000, 2), np.float32)
    samples[69000, 0] = np.nan
    soundfile.write(path, samples, 48000, "FLOAT")
    with pytest.raises(InputError) as caught:
        measure(path)
    (problem,) = caught.value.problems
    assert (problem.kind, problem.where) == ("not_finite", {"file": str(path), "frame": 69000})
    assert problem.message.startswith(str(path))


@pytest.mark.parametrize(
    ("rate_hz", "channels", "kind"), [(48000, 65, "channel_count"), (4000, 2, "sample_rate")]
)
def test_layouts_that_cannot_be_measured(
    tmp_path: Path, rate_hz: int, channels: int, kind: str
) -> None:
    path = tmp_path / "odd.wav"
    soundfile.write(path, np.zeros((4000, channels)), rate_hz)
    with pytest.raises(InputError) as caught:
        measure(path)
    (problem,) = caught.value.problems
    assert (problem.kind, problem.where) == (kind, {"file": str(path)})


def test_a_read_meter_takes_no_more() -> None:
    meter = Meter(48000, 2)
    meter.result()
    with pytest.raises(ValueError, match="has been read"):
        meter.add(np.zeros((2, 1)))


def test_memory_does_not_grow_with_length() -> None:
    meter, second = Meter(8000, 2), SIGNAL[:, :8000]
    held = []
    tracemalloc.start()
    for number in range(1, 121):
        meter.add(second)
        if number in (20, 120):
            held.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    assert held[1] - held[0] < 100_000  # the samples in between are 12.8 MB


@pytest.mark.parametrize("after", [0.0, 1e-7])
def test_silence_after_a_loud_low_end_is_read(after: float) -> None:
    at = np.arange(3 * 48000) / 48000
    low = 0.5 * np.sin(2 * np.pi * 45 * at + np.pi / 2)
    reading = read(np.stack([np.concatenate([low, np.full(4 * 48000, after)])] * 2))
    assert reading.psr_min_db == pytest.approx(read(np.stack([low, low])).psr_min_db, abs=1.0)


PLAIN = "00001000800000aa00389b71"


def with_mask(path: Path, channels: int, mask: int, guid: str = PLAIN) -> Path:
    """Sines of 1 kHz on every channel, in a WAVE_FORMAT_EXTENSIBLE."""
    one = 0.1 * np.sin(2 * np.pi * 1000 * np.arange(48000) / 48000)
    data = np.repeat(one[:, None], channels, axis=1).astype("<f4").tobytes()
    size = channels * 4
    fmt = struct.pack("<HHIIHHHHI", 0xFFFE, channels, 48000, 48000 * size, size, 32, 22, 32, mask)
    fmt += b"\3\0\0\0" + bytes.fromhex(guid)
    body = b"WAVEfmt " + struct.pack("<I", len(fmt)) + fmt
    body += b"data" + struct.pack("<I", len(data)) + data
    path.write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)
    return path


@pytest.mark.parametrize(
    ("channels", "mask", "weights"),
    [  # ITU-R BS.1770-5, Table 3; the LFE left out
        (1, 0x4, 1.0),
        (2, 0x3, 2.0),
        (3, 0xB, 2.0),  # 2.1
        (3, 0x7, 3.0),
        (4, 0x33, 2 + 2 * 1.41),  # quad
        (4, 0x107, 3 + 1.41),  # L R C S, the surround at the sides (BS.775)
        (6, 0x3F, 3 + 2 * 1.41),  # 5.1, back
        (6, 0x60F, 3 + 2 * 1.41),  # 5.1, side
        (7, 0x70F, 4 + 2 * 1.41),  # 6.1: the back centre behind
        (8, 0x63F, 5 + 2 * 1.41),  # 7.1: only the sides lie between 60 and 120 degrees
        (12, 0x2D63F, 9 + 2 * 1.41),  # 7.1.4
    ],
)
def test_the_mask_of_speakers_decides_the_weights(
    tmp_path: Path, channels: int, mask: int, weights: float
) -> None:
    found = measure(with_mask(tmp_path / "a.wav", channels, mask))
    one = measure(with_mask(tmp_path / "one.wav", 1, 0x4)).integrated_lufs
    for reading in (found.integrated_lufs, found.momentary_max_lufs):
        assert reading == pytest.approx(one + 10 * math.log10(weights), abs=0.02)
    assert found.doubts == ()


@pytest.mark.parametrize(
    ("channels", "mask", "guid", "code"),
    [
        (4, 0, PLAIN, "speakers_assumed"),
        (8, 0, PLAIN, "speakers_unknown"),
        (4, 0x3, PLAIN, "speakers_unknown"),
        (2, 0x80000000, PLAIN, "speakers_unknown"),
        (4, 0x33, "000021070d311000ca000000", "speakers_unknown"),  # B-format: no speakers
    ],
)
def test_a_layout_that_is_not_known_is_told(
    tmp_path: Path, channels: int, mask: int, guid: str, code: str
) -> None:
    found = measure(with_mask(tmp_path / "a.wav", channels, mask, guid))
    assert [said for said, _ in found.doubts] == [code]
    assert math.isnan(found.integrated_lufs) == (code == "speakers_unknown")
    assert found.sample_peak_dbfs == pytest.approx(-20.0, abs=0.01)


KINDS = {
    "low": lambda at: 0.9 * np.cos(2 * np.pi * 30 * at),
    "silence": np.zeros_like,
    "dc": lambda at: np.full_like(at, 0.7),
    "denormal": lambda at: np.full_like(at, 5e-324),
    "noise": lambda at: 0.3 * np.random.default_rng(1).standard_normal(len(at)),
    "click": lambda at: (at == at[0]).astype(float),
}


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(sorted(KINDS)), st.integers(1, 30000)), max_size=4))
def test_any_order_of_sounds_and_silences_has_readings(parts: list[tuple[str, int]]) -> None:
    signal = [KINDS[kind](np.arange(frames) / 8000) for kind, frames in parts]
    reading = read(np.stack([np.concatenate([np.zeros(1), *signal])] * 2), 8000)
    assert math.isnan(reading.psr_min_db) or reading.psr_min_db > -7.1
    json.dumps(reading.as_json(), allow_nan=False)
