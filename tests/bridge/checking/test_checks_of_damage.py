"""Damage that was put in is found in its place, and nothing else is, in what is played."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.ndimage import maximum_filter1d
from scipy.signal import butter, sawtooth, sosfilt

from bridge.checking.findings import Found
from bridge.checking.port import CORE_FRAMES, StemCheck
from bridge.checking.stem.damage.clicks import Clicks
from bridge.checking.stem.damage.clipped import Clipped
from bridge.checking.stem.damage.corrupt_samples import CorruptSamples
from bridge.checking.stem.damage.dropout import Dropout
from bridge.checking.stem.damage.hum import Hum
from bridge.checking.stem.damage.limited import Limited
from bridge.checking.stem.damage.noise_floor import NoiseFloor
from damaged_sounds import FRAMES, RATE_HZ, Signal, looped, quantised

Hear = Callable[..., list[Found]]
DAMAGE: tuple[type[StemCheck], ...] = (
    Clicks,
    Clipped,
    CorruptSamples,
    Dropout,
    Hum,
    Limited,
    NoiseFloor,
)


def _innocent() -> dict[str, Signal]:
    dice = np.random.default_rng(3)
    seconds = np.arange(FRAMES) / RATE_HZ
    short = seconds[:9000]
    kick = 0.9 * np.sin(2 * np.pi * 48.3 * short * (1 + 4 * np.exp(-60 * short)))
    kick *= np.exp(-14 * short)
    hat = 0.3 * dice.standard_normal(2400) * np.exp(-np.arange(2400) / 260)
    chop = 0.2 * dice.standard_normal(8000)
    chop[3000:3175] = 0.0
    pitch_hz = np.repeat(110 * 2 ** (dice.integers(0, 24, FRAMES // 7000 + 1) / 12), 7000)
    notes = np.cumsum(2 * np.pi * pitch_hz[:FRAMES] / RATE_HZ)
    saw = 0.5 * sawtooth(2 * np.pi * 110.3 * seconds)
    held = 0.4 * np.sin(2 * np.pi * 220 * seconds) + 0.2 * np.sin(2 * np.pi * 330.7 * seconds)
    return {
        "silence": np.zeros(FRAMES),
        "kicks": looped(kick, 23000),
        "hats": looped(hat, 6000),
        "chopped": looped(chop, 8000),
        "saw": saw,
        "chip": 0.3 * np.sign(np.sin(notes)) * (np.arange(FRAMES) % 7000 < 5600),
        "square": 0.5 * np.sign(np.sin(2 * np.pi * 110.3 * seconds)),
        "chord": held,
        "noise": 0.2 * dice.standard_normal(FRAMES),
        "crushed": np.round(saw * 16) / 16,
        "saturated": np.tanh(2 * held),
    }


@pytest.mark.parametrize("check", DAMAGE, ids=lambda each: each.codes[0])
@pytest.mark.parametrize("name", _innocent())
def test_what_is_played_is_no_damage(hear: Hear, check: type[StemCheck], name: str) -> None:
    signal = _innocent()[name]
    assert [found for found in hear(check, quantised(signal)) if found.severity == "major"] == []


@pytest.mark.parametrize("check", DAMAGE, ids=lambda each: each.codes[0])
def test_music_is_no_damage(hear: Hear, music: Signal, check: type[StemCheck]) -> None:
    assert hear(check, music) == []


@pytest.mark.parametrize("length", [1, 5, 20])
@pytest.mark.parametrize("at", [50001, CORE_FRAMES - 1, CORE_FRAMES, CORE_FRAMES + 1])
def test_a_click_is_found_once_where_it_is(hear: Hear, music: Signal, length: int, at: int) -> None:
    dice = np.random.default_rng(length)
    shape = dice.standard_normal(length) if length > 1 else np.ones(1)
    level = float(np.sqrt(np.square(music[at - 1200 : at + 1200]).mean()))
    signal = music.copy()
    signal[at : at + length] += 10 ** (18 / 20) * level * shape / np.abs(shape).max()
    (found,) = hear(Clicks, signal)
    assert found.start - 24 <= at < found.stop + 24
    assert found.value > 9.0


def test_a_click_is_found_upside_down_on_one_side_and_in_silence(hear: Hear, music: Signal) -> None:
    signal = np.stack([music, music * 0.7])
    signal[1, 70000] -= 0.6
    assert [found.start for found in hear(Clicks, signal)] == [70000]
    silent = np.zeros(FRAMES)
    silent[70000] = 0.01
    assert [found.start for found in hear(Clicks, silent)] == [70000]


def test_a_click_no_higher_than_a_squares_jumps_is_found_among_them(hear: Hear) -> None:
    """Each jump is explained by what is behind it, a click by neither side."""
    seconds = np.arange(FRAMES) / RATE_HZ
    square = 0.2 * np.sign(np.sin(2 * np.pi * 110.3 * seconds))
    assert hear(Clicks, quantised(square)) == []
    square[[70000, 123456]] -= 0.4
    assert [found.start for found in hear(Clicks, quantised(square))] == [70000, 123456]


def test_a_click_on_both_sides_of_two_noises_is_found_where_neither_side_alone_tells_it(
    hear: Hear,
) -> None:
    """A noise's highest moments are not those of another."""
    noises = 0.05 * np.random.default_rng(5).standard_normal((2, FRAMES))
    assert hear(Clicks, noises) == []
    noises[:, 70000] = 0.3
    assert [found.start for found in hear(Clicks, noises)] == [70000]
    assert not any(hear(Clicks, side) for side in noises)


def test_a_note_that_is_cut_into_a_quieter_one_is_no_click(hear: Hear) -> None:
    saw = sawtooth(2 * np.pi * 55.3 * np.arange(FRAMES) / RATE_HZ)
    bass = 0.1 * sosfilt(butter(2, 900, fs=RATE_HZ, output="sos"), saw)
    bass += 1e-4 * np.random.default_rng(1).standard_normal(FRAMES)
    for at in np.cumsum(np.random.default_rng(2).integers(12000, 40000, 30)):
        bass[at : at + 9000] *= -0.3
    assert hear(Clicks, quantised(bass)[:250000]) == []


def test_a_faint_burst_is_told_where_it_stands_out_clearly(hear: Hear) -> None:
    dice = np.random.default_rng(4)
    held = 0.4 * np.sin(2 * np.pi * 220 * np.arange(FRAMES) / RATE_HZ)
    held += 2e-5 * dice.standard_normal(FRAMES)
    held[70000] += 3e-4
    assert hear(Clicks, held) == []
    held[120000] += 1.5e-3
    assert [found.start for found in hear(Clicks, held)] == [120000]


def test_nothing_stands_out_of_a_stem_that_is_shorter_than_what_surrounds_a_click(
    hear: Hear,
) -> None:
    for frames in (1, 2, 100, 2880):
        assert hear(Clicks, 0.2 * (-1.0) ** np.arange(frames)) == []


def test_the_same_impulse_is_told_in_silence_unless_it_keeps_a_tempo(hear: Hear) -> None:
    at_any_time, in_time = np.zeros(FRAMES), np.zeros(FRAMES)
    at_any_time[[30011, 71234, 123457, 201999]] = 0.01
    in_time[20000::24000] = 0.01
    assert len(hear(Clicks, at_any_time)) == 4
    assert hear(Clicks, in_time) == []


def test_where_sound_sets_in_or_ends_is_no_click(hear: Hear, music: Signal) -> None:
    cut = music * ((np.arange(FRAMES) % 61001) < 37003)
    assert hear(Clicks, quantised(cut)) == []


@pytest.mark.parametrize("phase", [1.2, 1.6, 2.0])
def test_a_note_that_sets_in_with_a_jump_is_no_click(hear: Hear, phase: float) -> None:
    seconds = np.arange(FRAMES) / RATE_HZ
    since = np.maximum(seconds - 2.03, 0.0)
    tail = 0.03 * np.sin(2 * np.pi * 55.1 * seconds)
    note = 0.25 * np.sin(2 * np.pi * 73.4 * since + phase) * (seconds >= 2.03)
    noise = 5.5e-3 * np.random.default_rng(4).standard_normal(FRAMES)
    assert hear(Clicks, quantised(tail + note + noise)) == []


def test_notes_that_are_plucked_over_louder_ones_are_no_clicks(hear: Hear, music: Signal) -> None:
    seconds = np.arange(12000) / RATE_HZ
    signal = 0.5 * sosfilt([[1, 0, 0, 1, -1.98, 0.985]], music)
    signal *= 0.4 / np.abs(signal).max()
    for at, hz in ((30011, 331.0), (71234, 555.0), (123457, 440.0), (201999, 871.0)):
        signal[at : at + 12000] += (
            0.2 * np.sin(2 * np.pi * hz * seconds + 1.2) * np.exp(-30 * seconds)
        )
    assert hear(Clicks, quantised(signal)) == []


def test_one_click_that_comes_again_over_a_slow_bass_is_found_each_time(hear: Hear) -> None:
    seconds = np.arange(FRAMES) / RATE_HZ
    bass = 0.4 * np.sin(2 * np.pi * 40.0 * seconds)
    bass += 1e-4 * np.random.default_rng(6).standard_normal(FRAMES)
    places = [30300, 73500, 123900, 204300]
    bass[places] += 0.05
    assert [found.start for found in hear(Clicks, quantised(bass))] == places


def test_a_click_alone_in_silence_is_found_with_its_quiet_ends(hear: Hear) -> None:
    signal = np.zeros(FRAMES)
    dice = np.random.default_rng(5)
    signal[70000:70020] = 0.1 * dice.uniform(-1, 1, 20) * np.hanning(22)[1:-1]
    (found,) = hear(Clicks, quantised(signal))
    assert 69976 <= found.start <= 70010


@pytest.mark.parametrize("bits", [16, 24])
def test_swapped_bytes_of_a_slow_sound_are_found(hear: Hear, bits: int) -> None:
    low = 0.02 * np.sin(2 * np.pi * 61.7 * np.arange(FRAMES) / RATE_HZ)
    whole = np.rint(low * 2 ** (bits - 1)).astype("<i4")
    octets = whole[70000:74000].copy().view("u1").reshape(-1, 4)[:, : bits // 8][:, ::-1]
    wide = np.concatenate([np.zeros((4000, 4 - bits // 8), "u1"), octets], axis=1)
    signal = whole / 2.0 ** (bits - 1)
    signal[70000:74000] = np.ascontiguousarray(wide).view("<i4")[:, 0] / 2.0**31
    (found,) = hear(CorruptSamples, signal)
    assert abs(found.start - 70000) <= 128
    assert abs(found.stop - 74000) <= 128


def test_noise_at_full_scale_is_found_over_a_loud_kick(hear: Hear) -> None:
    kick = _innocent()["kicks"]
    for start in (23800, 46800 + 150):
        signal = kick.copy()
        signal[start : start + 1100] = np.random.default_rng(start).uniform(-1, 1, 1100)
        (found,) = hear(CorruptSamples, quantised(signal, 16))
        assert abs(found.start - start) <= 128


def test_a_gap_is_found_where_it_is_louder_behind_than_before(hear: Hear, music: Signal) -> None:
    signal = music * np.where(np.arange(FRAMES) < 60001, 0.15, 0.9)
    signal[60001:60961] = 0.0
    (found,) = hear(Dropout, quantised(signal))
    assert abs(found.start - 60001) <= 1


@pytest.mark.parametrize("length_ms", [1.0, 5.0, 20.0, 50.0])
@pytest.mark.parametrize("at", [50001, CORE_FRAMES - 7, CORE_FRAMES])
def test_a_dropout_is_found_with_its_length(
    hear: Hear, music: Signal, length_ms: float, at: int
) -> None:
    frames = round(length_ms * RATE_HZ / 1000)
    signal = music.copy()
    while abs(signal[at - 1]) < 0.05:
        at += 1
    signal[at : at + frames] = 0.0
    (found,) = hear(Dropout, np.stack([signal, signal]))
    assert abs(found.start - at) <= 1
    assert found.value == pytest.approx(length_ms, abs=0.1)


@pytest.mark.parametrize("fade_ms", [0.3, 1.0, 1.5])
def test_a_dropout_that_is_faded_within_a_moment_is_found(
    hear: Hear, music: Signal, fade_ms: float
) -> None:
    ramp = np.linspace(1.0, 0.0, round(fade_ms * RATE_HZ / 1000))
    shape = np.concatenate([ramp, np.zeros(800), ramp[::-1]])
    signal = music.copy()
    signal[60000 : 60000 + len(shape)] *= shape
    (found,) = hear(Dropout, quantised(signal))
    assert abs(found.start - 60000 - len(ramp)) < 4
    assert abs(found.stop - found.start - 800) < 8


@pytest.mark.parametrize("frames", [64, 480, 1024, 2048])
@pytest.mark.parametrize("at", [60001, CORE_FRAMES - 9])
def test_a_buffer_that_comes_twice_is_found(
    hear: Hear, music: Signal, frames: int, at: int
) -> None:
    signal = np.stack([music, 0.5 * music])
    signal[:, at : at + frames] = signal[:, at - frames : at]
    (found,) = hear(Dropout, signal)
    assert (found.code, found.severity) == ("dropout", "major")
    assert abs(found.start - at) <= 1
    assert found.stop - found.start == frames
    assert "twice" in found.words


def _played_with_gaps(music: Signal) -> dict[str, Signal]:
    """Music whose gaps and repeats are meant."""
    at = np.arange(FRAMES)
    step = RATE_HZ * 60 // 128 // 4
    gate = np.convolve((at % step < 0.7 * step).astype(float), np.ones(24) / 24, "same")
    stutter = music.copy()
    for start in range(50000, 50000 + 6 * 900, 900):
        stutter[start : start + 900] = music[50000:50900]
    notes = music.copy()
    for end, frames in ((70000, 300), (130000, 220), (190000, 260)):
        notes[end - 480 : end] *= np.linspace(1, 0, 480)  # dies away, and the next one hits
        notes[end : end + frames] = 0.0
    return {
        "gated": music * np.round(gate, 12),
        "chopped hard": music * (at % step < 0.8 * step),
        "stutter": stutter,
        "crushed": np.round(music * 12) / 12,
        "notes": notes,
    }


@pytest.mark.parametrize("name", ["gated", "chopped hard", "stutter", "crushed", "notes"])
def test_gaps_that_are_played_are_no_dropouts(hear: Hear, music: Signal, name: str) -> None:
    assert hear(Dropout, quantised(_played_with_gaps(music)[name])) == []


@pytest.mark.parametrize(("at", "gain"), [(80000, 2.0), (CORE_FRAMES - 20, 1.0)])
def test_a_millisecond_of_noise_at_full_scale_is_found(
    hear: Hear, music: Signal, at: int, gain: float
) -> None:
    signal = gain * music
    signal[at : at + 48] = np.random.default_rng(2).uniform(-1, 1, 48)
    (found,) = hear(CorruptSamples, signal)
    assert abs(found.start - at) < 10
    assert abs(found.stop - at - 48) < 10


def test_samples_that_are_no_sound_are_found(hear: Hear, music: Signal) -> None:
    signal = np.stack([music, music])
    signal[0, 1000:1010] = np.nan
    signal[1, 99000] = 12.0
    burst = np.random.default_rng(2).uniform(-1, 1, 700)
    signal[0, CORE_FRAMES - 300 : CORE_FRAMES + 400] = burst
    found = hear(CorruptSamples, signal)
    assert [each.start for each in found[:2]] == [1000, 99000]
    assert found[0].value == 10
    assert len(found) == 3
    assert abs(found[2].start - (CORE_FRAMES - 300)) < 128
    assert abs(found[2].stop - (CORE_FRAMES + 400)) < 128


@pytest.mark.parametrize("at", [60001, CORE_FRAMES - 9])
@pytest.mark.parametrize("length", [60, 250, 2000])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_run_of_no_numbers_is_told_as_that_alone(
    hear: Hear, music: Signal, at: int, length: int, value: float
) -> None:
    signal = np.stack([music, 0.5 * music[::-1]])
    signal[0, at : at + length] = value
    (found,) = hear(CorruptSamples, signal)
    assert (found.start, found.stop, found.value) == (at, at + length, length)
    assert hear(Dropout, signal) == []


def test_a_dropout_with_a_few_that_are_no_numbers_is_told(hear: Hear, music: Signal) -> None:
    signal = music.copy()
    signal[60001:60251] = 0.0
    signal[60100:60120] = np.nan
    (found,) = hear(Dropout, signal)
    assert (found.start, found.stop) == (60001, 60251)


def test_a_wall_is_found(hear: Hear, music: Signal) -> None:
    hits = looped(np.exp(-np.arange(9000) / 1500), 12000) * np.random.default_rng(7).random(FRAMES)
    signal = music + 0.4 * hits
    wall = 0.3 * float(np.abs(signal).max())
    gain = np.minimum(1.0, wall / (maximum_filter1d(np.abs(signal), 401) + 1e-12))
    (found,) = hear(Limited, quantised(signal * gain))
    assert found.value == pytest.approx(20 * np.log10(wall), abs=0.1)


def test_noise_where_nothing_plays_is_found(hear: Hear, music: Signal) -> None:
    dice = np.random.default_rng(4)
    phrases = (np.arange(FRAMES) // RATE_HZ) % 2 == 0
    signal = music * phrases + 10 ** (-58 / 20) * dice.standard_normal(FRAMES)
    (found,) = hear(NoiseFloor, signal)
    assert found.value == pytest.approx(-58.0, abs=1.0)


@pytest.mark.parametrize("check", [Clicks, Dropout, Clipped], ids=lambda each: each.codes[0])
def test_findings_move_with_the_signal_and_do_not_hang_on_polarity(
    hear: Hear, music: Signal, check: Any
) -> None:
    signal = np.clip(music, -0.2, 0.2)
    signal[40000] += 0.5
    signal[90000:90300] = 0.0
    usual = [(each.start, each.stop) for each in hear(check, signal)]
    assert usual
    assert [(each.start, each.stop) for each in hear(check, -signal)] == usual
    if check is not Clicks:  # whose coefficients change on a grid of their own
        moved = hear(check, np.concatenate([np.zeros(777), signal]))
        assert [(each.start - 777, each.stop - 777) for each in moved] == usual
