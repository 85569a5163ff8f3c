"""The limiter's laws: ceiling by named meters, identity below it, linking, release, chunks."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soundfile
import soxr
from hypothesis import example, given, settings, strategies as st
from pyebur128 import MeasurementMode, R128State, get_true_peak
from scipy.signal import firwin, resample_poly

from benchmarks.limiters.judging import harmonics_db, intermodulation_db
from benchmarks.limiters.sounds import bass, two_tones
from bridge.audio.blocks import Block
from bridge.audio.true_peak import TruePeak
from bridge.processing.limiting import MARGIN_DB, Analyser, FinishLimiter
from bridge.processing.limiting.gain_curve import GainCurve, Shape
from bridge.processing.processors.limiter import LimiterProcessor
from chains import Limiter

RATE_HZ = 48000


def db(value: float) -> float:
    return 20.0 * math.log10(value)


def limited(
    signal: Block, insert: Limiter, rate_hz: int = RATE_HZ, cuts: tuple[int, ...] = ()
) -> Block:
    processor = LimiterProcessor(insert, rate_hz)
    parts = [processor.process(block) for block in np.split(signal, sorted(cuts), axis=1)]
    return np.concatenate([*parts, processor.finish()], axis=1)


def sixteen_times_dbtp(signal: Block) -> float:
    reading = TruePeak(len(signal))
    reading.add(signal)
    reading.rest()
    return db(reading.largest)


def polyphase_dbtp(signal: Block) -> float:
    """Another 16x FIR than ours: scipy's default window."""
    return db(float(np.abs(resample_poly(signal, 16, 1, axis=1)).max()))


def libebur128_dbtp(signal: Block, rate_hz: int = RATE_HZ) -> float:
    state = R128State(len(signal), rate_hz, MeasurementMode.MODE_TRUE_PEAK)
    state.add_frames(np.ascontiguousarray(signal.T).ravel(), signal.shape[1])
    return db(max(get_true_peak(state, channel) for channel in range(len(signal))))


def music(path: Path, drive_db: float, seconds: float = 20.0) -> Block:
    samples, rate_hz = soundfile.read(path, frames=round(seconds * RATE_HZ))
    assert rate_hz == RATE_HZ
    return np.ascontiguousarray(samples.T) * 10 ** (drive_db / 20)


def bursts(frames: int = 20000, seed: int = 5) -> Block:
    random = np.random.Generator(np.random.PCG64(seed))
    level = np.repeat(random.uniform(0.05, 1.5, frames // 500), 500)
    low = np.cumsum(random.standard_normal((2, frames)), axis=1)
    return level * (0.3 * random.standard_normal((2, frames)) + 0.2 * np.sin(low / 9))


QUICK = Limiter(lookahead_ms=0.5, release_ms=5.0)


@pytest.mark.parametrize(
    ("song", "drive_db", "insert"),
    [
        ("caesium", 6.0, QUICK),
        ("caesium", 12.0, Limiter()),
        ("potassium", 6.0, Limiter()),
        ("potassium", 12.0, QUICK),
    ],
)
def test_driven_music_stays_under_the_ceiling_on_every_meter(
    shared_data: Callable[[str], Path], song: str, drive_db: float, insert: Limiter
) -> None:
    """Every pair of song, drive and limiter is there."""
    driven = music(shared_data(f"stems/{song}/mixdown-sum.flac"), drive_db, seconds=6.0)
    output = limited(driven, insert)
    assert -1.0 - 0.06 <= sixteen_times_dbtp(output) <= -1.0 - MARGIN_DB + 0.01
    assert polyphase_dbtp(output) <= -1.0
    assert libebur128_dbtp(output) <= -1.0
    assert output.shape == driven.shape


def test_a_hosted_resampler_agrees_on_driven_music(shared_data: Callable[[str], Path]) -> None:
    driven = music(shared_data("stems/caesium/mixdown-sum.flac"), 6.0, seconds=5.0)
    driven[:, :480] *= np.linspace(0.0, 1.0, 480)
    finer = soxr.resample(limited(driven, Limiter()).T, RATE_HZ, 16 * RATE_HZ, "VHQ")
    assert db(float(np.abs(finer).max())) <= -1.0


@pytest.mark.parametrize("rate_hz", [44100, 48000, 96000])
@pytest.mark.parametrize(("divisor", "degrees"), [(4, 45.0), (6, 60.0), (8, 67.5)])
def test_tones_whose_peaks_hide_between_samples(rate_hz: int, divisor: int, degrees: float) -> None:
    at = np.arange(rate_hz // 2)
    fade = np.minimum(1.0, np.minimum(at, at[::-1]) / (rate_hz // 40))
    tone = fade * 1.3 * np.sin(2 * np.pi * at / divisor + np.radians(degrees))
    output = limited(np.stack([tone, 0.3 * tone]), Limiter(), rate_hz)
    assert -1.0 - 0.07 <= sixteen_times_dbtp(output) <= -1.0 - MARGIN_DB + 0.01
    assert libebur128_dbtp(output, rate_hz) <= -1.0


@pytest.mark.parametrize("rate_hz", [44100, 48000, 96000])
@pytest.mark.parametrize("highest_hz", [20000, math.inf])
def test_noise_is_held_on_a_filter_longer_than_ours(rate_hz: int, highest_hz: float) -> None:
    noise = 0.2 * np.random.Generator(np.random.PCG64(1)).standard_normal((2, rate_hz))
    spectrum = np.fft.rfft(noise)
    spectrum[:, np.fft.rfftfreq(rate_hz, 1 / rate_hz) > highest_hz] = 0.0
    analyser = Analyser(rate_hz)
    driven = 10 ** (8 / 20) * np.fft.irfft(spectrum, rate_hz)
    analyser.add(driven)
    limiter = FinishLimiter(analyser.result(), 0.0, -1.0, Limiter())
    output = np.concatenate([limiter.process(driven), limiter.finish()], axis=1)
    # 16x, 193 taps a phase, Kaiser's window: flat to 0.49 of the sample rate.
    taps = firwin(16 * 193, 1 / 16, window=("kaiser", 10.0))
    longer = db(float(np.abs(resample_poly(output, 16, 1, axis=1, window=taps)).max()))
    assert longer <= (-1.0 if highest_hz < math.inf else -0.9)


def test_full_band_noise_is_held_on_our_meter_and_nearly_on_others() -> None:
    noise = np.random.Generator(np.random.PCG64(11)).standard_normal((2, 5 * RATE_HZ)) * 0.5
    output = limited(noise, Limiter())
    assert sixteen_times_dbtp(output) <= -1.0 - MARGIN_DB + 0.02
    assert polyphase_dbtp(output) <= -1.0 + 0.3
    assert libebur128_dbtp(output) <= -1.0 + 0.5


@pytest.mark.parametrize("place", [0, 1, 500, 9998, 9999])
def test_an_impulse_stays_on_its_frame_at_the_ceiling(place: int) -> None:
    signal = np.zeros((2, 10000))
    signal[0, place], signal[1, place] = 2.0, -1.0
    output = limited(signal, Limiter())
    assert np.flatnonzero(output[0]).tolist() == [place]
    assert db(output[0, place]) == pytest.approx(-1.0 - MARGIN_DB, abs=1e-9)
    assert output[1, place] == pytest.approx(-output[0, place] / 2, rel=1e-15)


def test_below_the_ceiling_nothing_changes() -> None:
    signal = bursts()
    signal *= 10 ** ((-1.0 - MARGIN_DB - 1e-6) / 20) / 10 ** (sixteen_times_dbtp(signal) / 20)
    assert np.array_equal(limited(signal, Limiter()), signal)


def test_after_a_peak_the_gain_returns_to_exactly_one() -> None:
    signal = np.full((2, 60000), 0.1)
    signal[:, 1000] = 2.0
    output = limited(signal, Limiter(release_ms=5.0))
    assert not np.array_equal(output[:, 2000:3000], signal[:, 2000:3000])
    assert np.array_equal(output[:, 20000:], signal[:, 20000:])


def test_both_channels_share_one_gain() -> None:
    signal = bursts()
    signal[1] = signal[0] * 0.25
    output = limited(signal * 3.0, Limiter())
    assert np.array_equal(output[1], output[0] * 0.25)


def test_one_gain_whichever_channel_is_loud() -> None:
    signal = bursts()
    assert np.array_equal(limited(signal[::-1], Limiter()), limited(signal, Limiter())[::-1])


def test_polarity_and_scale_laws() -> None:
    signal = bursts()
    at_minus_1 = limited(signal, Limiter(ceiling_dbtp=-1.0))
    assert np.array_equal(limited(-signal, Limiter()), -at_minus_1)
    quieter = 10 ** (-6.0 / 20)
    at_minus_7 = limited(signal * quieter, Limiter(ceiling_dbtp=-7.0))
    assert at_minus_7 == pytest.approx(at_minus_1 * quieter, abs=1e-12)


@settings(max_examples=20)
@given(st.lists(st.integers(0, 20000), max_size=10), st.sampled_from([0.5, 2.0, 7.3]))
@example(list(range(1, 200)), 2.0)
@example([2047, 2048, 2049], 2.0)
def test_the_cut_of_the_stream_changes_no_bit(cuts: list[int], lookahead_ms: float) -> None:
    insert = Limiter(lookahead_ms=lookahead_ms)
    signal = bursts() * 2.0
    assert np.array_equal(limited(signal, insert, cuts=tuple(cuts)), limited(signal, insert))


@pytest.mark.parametrize("frames", [0, 1, 11, 12, 13, 24, 25, 2047, 2048, 2049, 5000])
def test_as_many_frames_leave_as_entered(frames: int) -> None:
    signal = bursts()[:, :frames] * 3.0
    assert limited(signal, Limiter()).shape == (2, frames)


def gain_for(peaks: npt.NDArray[np.float64], shape: Shape) -> npt.NDArray[np.float64]:
    curve = GainCurve(shape, 0.5)
    known = curve.add(peaks)
    return np.concatenate([known, curve.rest(len(peaks) - len(known))])


@pytest.mark.parametrize("release_ms", [30.0, 100.0, 2000.0])
def test_after_a_peak_alone_it_falls_by_e_in_three_tenths_of_the_release(release_ms: float) -> None:
    peaks = np.zeros(200000)
    peaks[1000] = 1.0
    reduction = 1.0 - gain_for(peaks, Shape.of(2.0, release_ms, RATE_HZ))
    from_here = 1000 + round(4.0 * RATE_HZ / 1000)
    later = from_here + round(0.3 * release_ms * RATE_HZ / 1000)
    assert reduction[1000] == pytest.approx(0.5, abs=0.02)
    assert reduction[from_here] / reduction[later] == pytest.approx(math.e, rel=1e-3)


def test_out_of_a_dense_passage_it_falls_by_e_in_the_release() -> None:
    peaks = np.r_[np.ones(3 * RATE_HZ), np.zeros(RATE_HZ)]
    reduction = 1.0 - gain_for(peaks, Shape.of(2.0, 100.0, RATE_HZ))[3 * RATE_HZ :]
    bridged = round(0.018 * RATE_HZ)
    assert reduction[:bridged] == pytest.approx(0.5, rel=1e-3)
    later = 2 * bridged + np.array([0, round(0.1 * RATE_HZ)])
    first, second = reduction[later]
    assert first / second == pytest.approx(math.e, rel=0.01)


@pytest.mark.parametrize("drive_db", [3.0, 6.0, 12.0])
def test_a_sustained_bass_moves_no_gain_within_its_wave(drive_db: float) -> None:
    """SMPTE's intermodulation, RP 120, and the harmonics of 40 Hz; libsonare's are at -39, -36."""
    driven = 10 ** ((drive_db - 1.0) / 20)
    mixed = limited(two_tones().samples * driven, Limiter())
    assert intermodulation_db(mixed, RATE_HZ) < -80.0
    low = limited(bass(40).samples * driven, Limiter())
    assert harmonics_db(low, RATE_HZ, 40) < -80.0
    assert db(float(np.abs(low).max())) == pytest.approx(-1.0 - MARGIN_DB, abs=0.01)


@pytest.mark.parametrize("lookahead_ms", [0.5, 2.0, 20.0])
def test_attack_is_smooth_and_begins_within_the_lookahead(lookahead_ms: float) -> None:
    peaks = np.zeros(20000)
    peaks[5000] = 1.0
    shape = Shape.of(lookahead_ms, 100.0, RATE_HZ)
    gain = gain_for(peaks, shape)
    lookahead = round(lookahead_ms * RATE_HZ / 1000)
    assert np.all(gain[: 5000 - lookahead] == 1.0)
    assert gain[5000 - lookahead + 4] < 1.0
    assert gain[4998:5003].max() <= 0.5 + 1e-12 + 0.5 * 4 / (100.0 * RATE_HZ / 1000)
    assert np.abs(np.diff(gain)).max() <= 0.5 / shape.window_frames + 1e-12


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 5999), st.floats(0.01, 50.0)), max_size=40))
def test_the_gain_never_exceeds_what_a_peak_needs(places: list[tuple[int, float]]) -> None:
    peaks = np.zeros(6000)
    for place, height in places:
        peaks[place] = height
    gain = gain_for(peaks, Shape.of(1.0, 50.0, RATE_HZ))
    assert len(gain) == 6000
    assert np.all(gain * peaks <= 0.5 * (1 + 1e-12))
    assert np.all((gain > 0.0) & (gain <= 1.0))


def test_finish_replays_its_own_gain_to_the_bit() -> None:
    signal = bursts()
    analyser = Analyser(RATE_HZ)
    analyser.add(signal)
    finish = FinishLimiter(analyser.result(), 5.3, -1.0, Limiter())
    parts, gains = [], []
    for block in np.split(signal, [100, 7000, 7001], axis=1):
        parts.append(finish.process(block))
        gains.append(finish.gain)
    parts.append(finish.finish())
    gains.append(finish.gain)
    output, gain = np.concatenate(parts, axis=1), np.concatenate(gains)
    assert np.array_equal(signal * finish.drive * gain, output)
    assert finish.lowest_gain == gain.min() < 0.5
    assert sixteen_times_dbtp(output) <= -1.0 - MARGIN_DB + 0.02


def test_finish_refuses_frames_it_has_not_analysed() -> None:
    analyser = Analyser(RATE_HZ)
    analyser.add(np.zeros((2, 10)))
    finish = FinishLimiter(analyser.result(), 0.0, -1.0, Limiter())
    with pytest.raises(ValueError, match="11 frames, but 10"):
        finish.process(np.zeros((2, 11)))


@pytest.mark.parametrize(("rate_hz", "lookahead_ms"), [(176400, 15.0), (384000, 12.0)])
def test_a_long_look_ahead_at_a_high_rate_holds_from_the_first_frame(
    rate_hz: int, lookahead_ms: float
) -> None:
    """Its window is longer than what is worked at once: no gain may be left out or come early."""
    signal = np.random.default_rng(1).uniform(-0.5, 0.5, (2, 60000))
    insert = Limiter(ceiling_dbtp=-20.0, lookahead_ms=lookahead_ms)
    whole = limited(signal, insert, rate_hz)
    assert db(float(np.abs(whole).max())) < -20.0
    for size in (480, 10007, 16384):
        parts = limited(signal, insert, rate_hz, tuple(range(size, 60000, size)))
        assert parts.tobytes() == whole.tobytes()
