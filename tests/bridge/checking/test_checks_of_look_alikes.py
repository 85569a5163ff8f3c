"""Sounds whose spectrum or peaks look as a codec, a wall or the mains leave them, and are none."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
import soxr
from scipy import fft

from bridge.checking.findings import Found
from bridge.checking.stem.damage.hum import Hum
from bridge.checking.stem.damage.limited import Limited
from bridge.checking.stem.origin.lossy_source import LossySource

Hear = Callable[..., list[Found]]
Mono = npt.NDArray[np.float64]

RATE_HZ = 48000
NOTE_FRAMES = RATE_HZ // 4


def _pitches_hz(lowest_hz: float, notes: int) -> Mono:
    return np.asarray(lowest_hz * 2 ** (np.random.default_rng(5).integers(0, 24, notes) / 12))


def _edged(frames: int, rise_s: float, fall_s: float) -> Mono:
    seconds = np.arange(frames) / RATE_HZ
    edges = np.minimum(seconds / rise_s, (frames / RATE_HZ - seconds) / fall_s)
    return np.asarray(edges.clip(0, 1))


def _struck(top_hz: float, ringing_s: float) -> Mono:
    """Notes of as many partials as lie under `top_hz`, as a synthesizer adds them up."""
    seconds, edges = np.arange(NOTE_FRAMES) / RATE_HZ, _edged(NOTE_FRAMES, 0.002, 0.02)
    notes = []
    for hz in _pitches_hz(140.0, 12):
        at_hz = hz * np.arange(1, int(top_hz / hz) + 1)
        turns = np.outer(at_hz, seconds) + np.sqrt(at_hz)[:, None]
        sizes = np.exp(-seconds / ringing_s) / np.arange(1, len(at_hz) + 1)[:, None]
        notes.append(edges * (sizes * np.sin(2 * np.pi * turns)).sum(axis=0))
    return np.asarray(0.1 * np.concatenate(notes))


@pytest.mark.parametrize(("top_hz", "ringing_s"), [(20100.0, 0.1), (17000.0, 10.0)])
def test_partials_that_end_at_a_frequency_are_of_no_codec(
    hear: Hear, top_hz: float, ringing_s: float
) -> None:
    assert hear(LossySource, _struck(top_hz, ringing_s)) == []


def _hit(semitones_down: float) -> Mono:
    """A sample of noise, played by the key so far below its own through a sampler's converter."""
    drawn = np.random.default_rng(3).standard_normal(NOTE_FRAMES)
    slower = 2 ** (semitones_down / 12)
    played = soxr.resample(drawn, RATE_HZ, RATE_HZ * slower, "HQ")[:NOTE_FRAMES]
    return np.asarray(0.1 * played * np.exp(-np.arange(NOTE_FRAMES) / 6000))


def _cut(sound: Mono, top_hz: float) -> Mono:
    lines = fft.rfft(sound)
    lines[round(top_hz * len(sound) / RATE_HZ) :] = 0.0
    return np.asarray(fft.irfft(lines, len(sound)))


def test_keys_of_stretched_samples_are_of_no_codec_though_noise_that_is_cut_is(hear: Hear) -> None:
    """A sample that sounds four semitones lower ends at 19 kHz, the next key's elsewhere."""
    down = np.random.default_rng(4).integers(4, 8, 16)
    assert hear(LossySource, np.concatenate([_hit(each) for each in down])) == []
    (found,) = hear(LossySource, _cut(np.tile(_hit(0.0), 16), 18000.0))
    assert found.value == pytest.approx(18000, abs=250)


def _basses(shape: Callable[[Mono, Mono], Mono]) -> Mono:
    """Notes of a waveform: of its turns, and of the seconds since it began."""
    seconds, edges = np.arange(NOTE_FRAMES) / RATE_HZ, _edged(NOTE_FRAMES, 0.003, 0.02)
    notes = [0.3 * edges * shape(hz * seconds, seconds) for hz in _pitches_hz(40.0, 16)]
    return np.concatenate(notes)


def test_a_bass_that_is_folded_or_driven_peaks_at_one_level_by_itself(hear: Hear) -> None:
    folded = _basses(
        lambda turns, s: np.sin(1.5 * np.sin(2 * np.pi * turns) * (1 + 3.5 * np.exp(-s / 0.12)))
    )
    driven = _basses(lambda turns, s: np.tanh(8 * np.sin(2 * np.pi * turns) * np.exp(-s / 0.2)))
    fifth = _basses(
        lambda turns, s: np.tanh(6 * (turns % 1 + (1.5 * turns) % 1 - 1) * np.exp(-s / 0.3))
    )
    for bass in (folded, driven, fifth):
        assert hear(Limited, bass) == []


def test_vowels_that_glide_between_levels_of_their_own_are_not_limited(hear: Hear) -> None:
    """Each is as high as the others at its top, and stays there for no longer than a moment."""
    dice, said = np.random.default_rng(8), []
    for hz in _pitches_hz(95.0, 24):
        frames = int(dice.uniform(0.15, 0.35) * RATE_HZ)
        seconds = np.arange(frames) / RATE_HZ
        throat = sum(np.cos(2 * np.pi * k * hz * seconds) / k for k in range(1, 12))
        top = np.exp(-np.square((seconds / seconds[-1] - dice.uniform(0.1, 0.6)) / 1.2))
        said.append(0.3 * top * _edged(frames, 0.01, 0.03) * throat / np.abs(throat).max())
    assert hear(Limited, np.concatenate(said)) == []


@pytest.mark.parametrize("mains_hz", [50.0, 60.0])
def test_a_bass_of_one_note_at_the_mains_that_rests_is_no_hum(hear: Hear, mains_hz: float) -> None:
    seconds = np.arange(RATE_HZ) / RATE_HZ
    turns = 2 * np.pi * mains_hz * seconds
    note = 0.2 * (np.sin(turns) + 0.3 * np.sin(2 * turns) + 0.2 * np.sin(3 * turns))
    played = np.pad(note * _edged(RATE_HZ, 0.004, 0.03), (0, 14000))
    assert hear(Hum, np.tile(played, 6)) == []


def test_a_loop_of_any_tempo_is_no_hum_though_its_period_fits_the_mains(hear: Hear) -> None:
    """Steps of 0.283 s: every 17th multiple of their rate is a harmonic of 60.05 Hz."""
    step = round(17 / 60.05 * RATE_HZ)
    seconds, dice, steps = np.arange(step - 2500) / RATE_HZ, np.random.default_rng(7), []
    for each in range(60):
        turns = (73.4, 116.5, 98.0, 110.0)[each // 8 % 4] * seconds
        fold = np.sin(2 * np.pi * turns) * (1.0 + 3.5 * np.exp(-seconds / 0.12))
        note = 0.3 * np.sin(1.5 * fold) * _edged(len(seconds), 0.003, 0.02)
        steps.append(np.pad(note * (dice.random() < 0.7), (0, 2500)))
    assert hear(Hum, np.concatenate(steps)) == []
