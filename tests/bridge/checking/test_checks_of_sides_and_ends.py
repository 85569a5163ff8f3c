"""Sides, ends and origins: what was done to a stem is told, and what is usual is not."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
from scipy.signal import butter, sosfilt

from bridge.checking.bands import EDGES_HZ, band_powers
from bridge.checking.findings import Found
from bridge.checking.stem.edges.cut_tail import CutTail
from bridge.checking.stem.edges.upcut_start import UpcutStart
from bridge.checking.stem.origin.padded_bits import PaddedBits
from bridge.checking.stem.origin.role_conflict import RoleConflict
from bridge.checking.stem.origin.wrong_depth import WrongDepth
from bridge.checking.stem.stereo.channel_polarity import ChannelPolarity
from bridge.checking.stem.stereo.dead_channel import DeadChannel
from bridge.checking.stem.stereo.mono_in_stereo import MonoInStereo
from bridge.checking.stem.stereo.wide_low_end import WideLowEnd

Hear = Callable[..., list[Found]]
Signal = npt.NDArray[np.float64]

RATE_HZ = 48000
FRAMES = 4 * RATE_HZ
STEREO = (ChannelPolarity, DeadChannel, MonoInStereo, WideLowEnd)


def _noise(seed: int, low_hz: float = 40.0, high_hz: float = 8000.0) -> Signal:
    white = np.random.default_rng(seed).standard_normal(FRAMES)
    shaped = sosfilt(butter(2, (low_hz, high_hz), "bandpass", fs=RATE_HZ, output="sos"), white)
    return np.asarray(0.1 * shaped / shaped.std())


def _stereo(width: float) -> Signal:
    """A common middle, and as much of its own on each side as `width`."""
    middle = _noise(1)
    return np.stack([middle + width * _noise(2), middle + width * _noise(3)])


def _codes(found: list[Found]) -> list[str]:
    return [each.code for each in found]


@pytest.mark.parametrize("check", STEREO, ids=lambda each: each.codes[0])
@pytest.mark.parametrize("width", [0.2, 1.0, 3.0])
def test_usual_stereo_is_not_told(hear: Hear, check: type, width: float) -> None:
    signal = _stereo(width)
    assert hear(check, signal) == []
    assert hear(check, signal[::-1]) == []


@pytest.mark.parametrize("check", STEREO, ids=lambda each: each.codes[0])
def test_mono_and_silence_have_no_sides(hear: Hear, check: type) -> None:
    assert hear(check, _noise(1)) == []
    assert hear(check, np.zeros((2, FRAMES))) == []


@pytest.mark.parametrize("width", [0.0, 0.2, 0.6])
def test_a_side_upside_down_is_told(hear: Hear, width: float) -> None:
    left, right = _stereo(width)
    (found,) = hear(ChannelPolarity, np.stack([left, -right]))
    assert found.value == pytest.approx(-1 / (1 + width**2), abs=0.05)
    assert hear(ChannelPolarity, np.stack([-left, -right])) == []


@pytest.mark.parametrize("side", [0, 1])
@pytest.mark.parametrize("left_over", [0.0, 3e-5])
def test_a_dead_side_is_told_with_its_name(hear: Hear, side: int, left_over: float) -> None:
    signal = _stereo(0.3)
    signal[side] *= left_over
    (found,) = hear(DeadChannel, signal)
    assert ("left", "right")[side] in found.words


@pytest.mark.parametrize("peak_db", [-12.0, -3.0])
def test_a_side_of_a_converters_noise_is_dead_and_a_quiet_sound_is_not(
    hear: Hear, peak_db: float
) -> None:
    left, right = _stereo(0.3)
    left *= 10 ** (peak_db / 20) / np.abs(left).max()
    noise = 10 ** (-90 / 20) * np.random.default_rng(6).standard_normal(FRAMES)
    (found,) = hear(DeadChannel, np.stack([left, noise]))
    assert "right" in found.words
    right /= np.abs(right).max()
    assert hear(DeadChannel, np.stack([left, 10 ** (-64 / 20) * right])) == []
    both_quiet = np.stack([10 ** (-30 / 20) * left, 10 ** (-74 / 20) * right])
    assert hear(DeadChannel, both_quiet) == []


@pytest.mark.parametrize("noise_db", [-80.0, -70.0])
def test_a_side_of_nothing_but_noise_is_dead_and_what_leaks_over_is_not(
    hear: Hear, noise_db: float
) -> None:
    swells = 0.2 + np.square(np.sin(np.arange(FRAMES) / 9000.0))
    left = _noise(1) * swells
    noise = 10 ** (noise_db / 20) * np.random.default_rng(6).standard_normal(FRAMES)
    (found,) = hear(DeadChannel, np.stack([left, noise]))
    assert found.words == "nothing sounds on its right side but noise"
    leaks = 10 ** ((noise_db + 20) / 20) * np.roll(left, 300)
    assert hear(DeadChannel, np.stack([left, leaks])) == []
    assert hear(DeadChannel, np.stack([left, leaks + 0.1 * noise])) == []
    assert hear(DeadChannel, np.stack([_noise(1), noise * 10])) == []


def test_two_sides_that_are_the_same_are_told_also_with_dither(hear: Hear) -> None:
    middle = _noise(1)
    (exact,) = hear(MonoInStereo, np.stack([middle, middle]))
    assert exact.value == -np.inf
    dice = np.random.default_rng(9)
    dither = 2.0**-15 * (dice.random((2, FRAMES)) - dice.random((2, FRAMES)))
    assert "dither" in hear(MonoInStereo, middle + dither)[0].words
    assert hear(MonoInStereo, np.stack([middle, 1.01 * middle])) == []


@pytest.mark.parametrize("turned", [0.0, 1.0])
def test_a_low_end_out_of_phase_is_told_with_what_mono_loses(hear: Hear, turned: float) -> None:
    low, high = _noise(4, 30, 90), _noise(5, 300, 8000)
    opposed = np.stack([low + high, -low * turned + high])
    found = hear(WideLowEnd, opposed)
    assert bool(found) == bool(turned)
    if found:
        assert found[0].value > 10.0


@pytest.mark.parametrize("rest", [1.0, 0.1])
def test_a_side_whose_low_end_alone_is_out_of_phase_is_not_turned_over(
    hear: Hear, rest: float
) -> None:
    low, high = _noise(4, 30, 90), rest * _noise(5, 600, 8000)
    assert hear(ChannelPolarity, np.stack([low + high, high - low])) == []
    (found,) = hear(ChannelPolarity, np.stack([low + high, -low - high]))
    assert found.value == pytest.approx(-1.0)


def test_a_file_that_begins_or_ends_within_a_sound_is_told(hear: Hear) -> None:
    whole = np.concatenate([np.zeros(5000), _noise(1), np.zeros(5000)])
    for check in (UpcutStart, CutTail):
        assert hear(check, whole) == []
    cut = whole[9000:-9000]
    (start,) = hear(UpcutStart, cut)
    assert (start.start, start.severity) == (0, "major")
    (end,) = hear(CutTail, cut)
    assert end.stop == len(cut)
    level_db = 20 * np.log10(np.sqrt(np.square(cut[-960:]).mean()))
    assert end.value == pytest.approx(level_db, abs=0.1)


@pytest.mark.parametrize("offset", [0.01, -0.03])
def test_a_constant_offset_is_no_sound_at_the_ends(hear: Hear, offset: float) -> None:
    inside = np.concatenate([np.zeros(5000), _noise(1), np.zeros(5000)])
    for check in (UpcutStart, CutTail):
        assert hear(check, inside + offset) == []
        (found,) = hear(check, _noise(1)[9000:-9000] + offset)
        (without,) = hear(check, _noise(1)[9000:-9000])
        assert found.value == pytest.approx(without.value, abs=0.2)


@pytest.mark.parametrize("under", ["50 Hz", "60 Hz", "noise"])
def test_hum_and_noise_under_all_of_a_stem_are_not_cut_by_its_ends(hear: Hear, under: str) -> None:
    time = np.arange(3 * FRAMES) / RATE_HZ
    played = np.where(time % 1.0 < 0.7, np.tile(_noise(1), 3), 0.0) * np.minimum(1, time / 0.1)
    floor = {
        "50 Hz": 3e-3 * (np.sin(2 * np.pi * 50 * time + 1) + 0.5 * np.sin(2 * np.pi * 100 * time)),
        "60 Hz": 3e-3 * (np.sin(2 * np.pi * 60 * time + 1) + 0.6 * np.sin(2 * np.pi * 180 * time)),
        "noise": 0.02 * np.tile(_noise(2), 3),
    }[under]
    first, last = round(0.75 * RATE_HZ), -round(0.15 * RATE_HZ)
    whole = np.stack([played + floor, 0.5 * (played + floor)])
    quiet = whole[:, first:last]
    for check in (UpcutStart, CutTail):
        assert hear(check, quiet) == []
    tail = quiet.copy()
    tail[:, -2000:] += np.sqrt(np.square(floor).mean()) * np.sqrt(2) * np.sin(np.arange(2000) / 9)
    assert len(hear(CutTail, tail)) == 1
    assert len(hear(UpcutStart, whole[:, RATE_HZ // 2 + 3 :])) == 1
    assert len(hear(CutTail, whole[:, : RATE_HZ * 3 // 2])) == 1


def test_a_tail_that_is_cut_where_it_is_as_quiet_as_ever_is_told(hear: Hear) -> None:
    time = np.arange(3 * FRAMES) / RATE_HZ
    decays = np.tile(_noise(1), 3) * np.exp(-6.0 * (time % 0.5))
    assert len(hear(CutTail, decays[: len(decays) // 24000 * 24000])) == 1


def test_hits_at_the_first_sample_and_fades_at_the_last_are_whole(hear: Hear) -> None:
    time = np.arange(FRAMES) / RATE_HZ
    hit = np.sin(2 * np.pi * 60 * time) * np.exp(-6 * time)
    pluck = np.sin(2 * np.pi * 440 * time) * np.minimum(1, time / 0.02)
    faded = _noise(1) * np.linspace(1, 0, FRAMES)
    assert hear(UpcutStart, 0.9 * hit) == []
    assert hear(UpcutStart, 0.9 * pluck) == []
    assert hear(CutTail, faded) == []


def test_a_hit_of_noise_at_the_first_sample_is_a_word_alone(hear: Hear) -> None:
    time = np.arange(FRAMES) / RATE_HZ
    (found,) = hear(UpcutStart, _noise(1) * np.exp(-time / 0.006))
    assert (found.severity, found.start) == ("info", 0)
    (slow,) = hear(UpcutStart, _noise(1) * np.exp(-time / 0.5))
    assert slow.severity == "major"


@pytest.mark.parametrize(
    ("subtype", "bits", "told"),
    [
        ("PCM_24", 16, [16.0]),
        ("FLOAT", 24, [24.0]),
        ("FLOAT", 16, [16.0]),
        ("PCM_24", 24, []),
        ("PCM_16", 16, []),
    ],
)
def test_bits_that_never_move_are_told(
    hear: Hear, subtype: str, bits: int, told: list[float]
) -> None:
    step = 2.0 ** (1 - bits)
    signal = np.round(_noise(1) / step) * step
    assert [each.value for each in hear(PaddedBits, signal, subtype=subtype)] == told
    assert hear(PaddedBits, signal * 0.7, subtype="FLOAT") == []


@pytest.mark.parametrize(
    ("subtype", "severity"), [("PCM_U8", ["minor"]), ("PCM_16", ["info"]), ("PCM_24", [])]
)
def test_a_format_of_few_bits_is_told(hear: Hear, subtype: str, severity: list[str]) -> None:
    assert [each.severity for each in hear(WrongDepth, _noise(1), subtype=subtype)] == severity


@pytest.mark.parametrize(
    ("role", "told"), [("drums/hats", []), ("drums/kick", ["role_conflict"]), ("other", [])]
)
def test_a_name_that_the_sound_does_not_bear_out_is_told(
    hear: Hear, role: str, told: list[str]
) -> None:
    hats = _noise(1, 5000, 12000)
    assert _codes(hear(RoleConflict, hats, role=role)) == told


def test_band_powers_are_where_the_tone_is() -> None:
    time = np.arange(FRAMES) / RATE_HZ
    tone = np.sin(2 * np.pi * 70 * time)
    powers = band_powers(np.stack([tone, -0.5 * tone]), RATE_HZ)
    band = int(np.searchsorted(EDGES_HZ, 70)) - 1
    assert powers.total.argmax() == band
    assert powers.total[band] / powers.total.sum() > 0.99
    assert powers.common[band] == pytest.approx(-2 * powers.right[band], rel=1e-6)
