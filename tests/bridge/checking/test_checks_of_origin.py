"""Where a stem came from: lower rates and lossy codecs are told, steep filters are not."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soundfile
import soxr
from scipy import fft
from scipy.signal import butter, sosfilt

from bridge.checking.band_edge import band_edge, treble_of
from bridge.checking.findings import Found
from bridge.checking.stem.origin.lapped import LONGEST_REACH, TRANSFORMS
from bridge.checking.stem.origin.lossy_source import LossySource
from bridge.checking.stem.origin.upsampled import Upsampled

Hear = Callable[..., list[Found]]
Signal = npt.NDArray[np.float64]

RATE_HZ = 48000
FRAMES = 5 * RATE_HZ


def _hits(rate_hz: int = RATE_HZ) -> Signal:
    """(2, frames) of noise that is struck twice a second, weaker towards the treble."""
    frames = FRAMES * rate_hz // RATE_HZ
    white = np.random.default_rng(3).standard_normal((2, frames))
    struck = white * np.exp(-12.0 * ((np.arange(frames) / rate_hz) % 0.5))
    shaped = struck + sosfilt(butter(1, 2000, fs=rate_hz, output="sos"), struck, axis=1)
    return np.asarray(0.05 * shaped)


def _resampled(signal: Signal, through_hz: int, rate_hz: int, quality: str = "VHQ") -> Signal:
    low = soxr.resample(signal.T, rate_hz, through_hz, quality)
    return np.asarray(soxr.resample(low, through_hz, rate_hz, quality).T)


def _encoded(signal: Signal, rate_hz: int, form: str, subtype: str, level: float) -> Signal:
    held = io.BytesIO()
    with soundfile.SoundFile(
        held, "w", rate_hz, 2, subtype, format=form, compression_level=level
    ) as out:
        for at in range(0, signal.shape[1], 8192):
            out.write(signal[:, at : at + 8192].T)
    held.seek(0)
    return np.asarray(soundfile.read(held, always_2d=True)[0].T)


def _in_steps(signal: Signal, bits: int) -> Signal:
    step = 2.0 ** (1 - bits)
    dice = np.random.default_rng(4)
    dither = dice.random(signal.shape) - dice.random(signal.shape)
    return np.asarray(step * np.rint(signal / step + dither))


@pytest.mark.parametrize("check", [LossySource, Upsampled])
@pytest.mark.parametrize("rate_hz", [44100, 48000, 96000])
def test_treble_up_to_the_top_is_not_told(hear: Hear, check: type, rate_hz: int) -> None:
    assert hear(check, _hits(rate_hz), rate_hz) == []


@pytest.mark.parametrize("check", [LossySource, Upsampled])
def test_the_edge_at_half_its_own_rate_is_not_told(hear: Hear, check: type) -> None:
    converted = soxr.resample(_hits(96000).T, 96000, 32000, "VHQ").T
    assert hear(check, _in_steps(converted, 24), 32000) == []


@pytest.mark.parametrize("check", [LossySource, Upsampled])
@pytest.mark.parametrize(
    ("order", "corner_hz"),
    [(2, 6000), (4, 10000), (8, 14000), (2, 16000), (4, 14000), (8, 16000)],
)
def test_steep_filters_of_a_synth_are_not_told(
    hear: Hear, check: type, order: int, corner_hz: int
) -> None:
    sections = butter(order, corner_hz, fs=RATE_HZ, output="sos")
    assert hear(check, sosfilt(sections, _hits(), axis=1)) == []


@pytest.mark.parametrize("check", [LossySource, Upsampled])
def test_of_a_stem_without_treble_nothing_is_told(hear: Hear, check: type) -> None:
    deep = np.sin(2 * np.pi * 55 * np.arange(FRAMES) / RATE_HZ)
    assert hear(check, 0.5 * deep) == []
    assert hear(check, _in_steps(0.5 * deep[None], 16)) == []
    assert hear(check, np.zeros((2, FRAMES))) == []
    assert hear(check, _hits()[:, :9000]) == []
    assert hear(check, _hits(), 8000) == []


@pytest.mark.parametrize(
    ("from_hz", "rate_hz"),
    [(22050, 44100), (22050, 48000), (24000, 48000), (32000, 44100), (32000, 48000),
     (44100, 48000), (44100, 96000), (48000, 96000)],
)  # fmt: skip
@pytest.mark.parametrize(("quality", "bits"), [("HQ", 24), ("VHQ", 16)])
def test_a_lower_rate_is_told_as_that(
    hear: Hear, from_hz: int, rate_hz: int, quality: str, bits: int
) -> None:
    made = _in_steps(_resampled(_hits(rate_hz), from_hz, rate_hz, quality), bits)
    assert [each.value for each in hear(Upsampled, made, rate_hz)] == [from_hz]
    assert [each.value for each in hear(Upsampled, made[::-1] * 0.1, rate_hz)] == [from_hz]
    assert hear(LossySource, made, rate_hz) == []


@pytest.mark.parametrize(
    ("form", "subtype", "level", "rate_hz"),
    [("MP3", "MPEG_LAYER_III", 0.6, 44100), ("MP3", "MPEG_LAYER_III", 0.6, 48000),
     ("MP3", "MPEG_LAYER_III", 0.2, 44100), ("MP3", "MPEG_LAYER_III", 0.2, 48000),
     ("OGG", "VORBIS", 0.6, 44100), ("OGG", "VORBIS", 0.6, 48000), ("OGG", "OPUS", 0.7, 48000)],
)  # fmt: skip
def test_a_codec_is_told(hear: Hear, form: str, subtype: str, level: float, rate_hz: int) -> None:
    if form not in soundfile.available_formats():
        pytest.skip("this libsndfile has no MP3")
    made = _encoded(_hits(rate_hz), rate_hz, form, subtype, level)
    (found,) = hear(LossySource, made, rate_hz)
    assert 12500 < found.value < 20830
    assert (found.start, found.stop, found.severity) == (0, made.shape[1], "major")
    assert hear(Upsampled, made, rate_hz) == []


@pytest.mark.parametrize("level", [0.1, 0.6])
def test_an_edge_that_few_windows_show_is_told(hear: Hear, level: float) -> None:
    if "MP3" not in soundfile.available_formats():
        pytest.skip("this libsndfile has no MP3")
    since_s = (np.arange(FRAMES) / RATE_HZ) % 0.6
    struck = np.random.default_rng(5).standard_normal((2, FRAMES)) * np.exp(-30.0 * since_s)
    dull = sosfilt(butter(2, 2000, fs=RATE_HZ, output="sos"), struck, axis=1)
    dull += 0.1 * np.sin(2 * np.pi * 110 * np.arange(FRAMES) / RATE_HZ)
    assert hear(LossySource, dull) == []
    made = _encoded(0.3 * dull, RATE_HZ, "MP3", "MPEG_LAYER_III", level)
    (found,) = hear(LossySource, made)
    assert 12500 < found.value < 20830


def _through_frames(signal: Signal, step: float) -> Signal:
    """(frames,) whose AAC coefficients are rounded to a step: frames of 2048 overlap by half."""
    size = 1024
    rising = np.sqrt(
        np.cumsum(np.kaiser(size + 1, 4 * np.pi))[:size] / np.kaiser(size + 1, 4 * np.pi).sum()
    )
    window = np.concatenate([rising, rising[::-1]])
    out = np.zeros(len(signal))
    half = size // 2
    for at in range(0, len(signal) - 2 * size, size):
        a, b, c, d = (window * signal[at : at + 2 * size]).reshape(4, half)
        folded = np.concatenate([-c[::-1] - d, a - b[::-1]])
        rounded = step * np.rint(fft.dct(folded, 4, norm="ortho") / step)
        left, right = fft.idct(rounded, 4, norm="ortho").reshape(2, half)
        unfolded = np.concatenate([right, -right[::-1], -left[::-1], -left])
        out[at : at + 2 * size] += window * unfolded
    return out


def test_frames_of_aac_are_told_wherever_they_begin(hear: Hear) -> None:
    signal = _hits()[0]
    made = _through_frames(signal, 0.03)
    assert np.sqrt(np.square(made - signal)[4096:-4096].mean()) < 0.011
    for cut in (0, 333):
        (found,) = hear(LossySource, _in_steps(made[None, cut:], 24))
        assert "frames of AAC" in found.words
        assert found.value == RATE_HZ / 2


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")
def test_aac_that_was_given_bits_for_all_treble_is_told(hear: Hear, tmp_path: Path) -> None:
    plain, lossy, back = (tmp_path / name for name in ("a.wav", "b.m4a", "c.wav"))
    soundfile.write(plain, _hits()[0], RATE_HZ, subtype="FLOAT")
    run = ["ffmpeg", "-nostdin", "-v", "error", "-i"]
    subprocess.run([*run, plain, "-c:a", "aac", "-b:a", "128k", lossy], check=True)
    subprocess.run([*run, lossy, back], check=True)
    (found,) = hear(LossySource, soundfile.read(back)[0], subtype="PCM_16")
    assert "frames of AAC" in found.words


def test_an_edge_is_where_the_band_was_cut() -> None:
    spectrum = np.fft.rfft(_hits())
    hz = np.fft.rfftfreq(FRAMES, 1 / RATE_HZ)
    cut = np.fft.irfft(np.where(hz < 17300, spectrum, 0), FRAMES)
    edge = band_edge([treble_of(cut, RATE_HZ).powers], RATE_HZ)
    assert edge is not None
    assert edge.hz == pytest.approx(17300, abs=150)
    assert edge.share == 1.0
    assert edge.fall_db > 60
    assert edge.steeper_db > 60


def test_an_edge_where_codecs_end_as_well_is_told_as_either(hear: Hear) -> None:
    (found,) = hear(Upsampled, _resampled(_hits(), 32000, RATE_HZ))
    assert "or comes out of a lossy codec" in found.words
    (other,) = hear(Upsampled, _resampled(_hits(), 22050, RATE_HZ))
    assert "codec" not in other.words


def _shallow(signal: Signal, through_hz: int, rate_hz: int, taps: int) -> Signal:
    """Through a lower rate and back by a Kaiser window's sinc, as ffmpeg's is of 32 taps; by a
    straight line between two samples for 2."""
    low = soxr.resample(signal.T, rate_hz, through_hz, "VHQ").T
    at = np.arange(signal.shape[1]) * through_hz / rate_hz
    if taps == 2:
        return np.stack([np.interp(at, np.arange(low.shape[1]), side) for side in low])
    half, near = taps // 2, np.floor(at).astype(int)
    padded, out = np.pad(low, ((0, 0), (half, half + 1))), np.zeros_like(signal)
    for tap in range(1 - half, half + 1):
        away = near + tap - at
        window = np.i0(9.0 * np.sqrt(np.maximum(0.0, 1 - (away / half) ** 2))) / np.i0(9.0)
        out += padded[:, np.minimum(near + tap + half, padded.shape[1] - 1)] * (
            0.97 * np.sinc(0.97 * away) * window
        )
    return out


@pytest.mark.parametrize(("through_hz", "taps"), [(22050, 32), (32000, 32), (32000, 2)])
def test_a_lower_rate_through_a_shallow_filter_is_that_and_no_codec(
    hear: Hear, through_hz: int, taps: int
) -> None:
    """Its images reach over half the rate: that edge is where MP3 ends."""
    low = _shallow(_hits(), through_hz, RATE_HZ, taps)
    (found,) = hear(Upsampled, low, RATE_HZ)
    assert (found.value, found.severity) == (through_hz, "minor")
    assert not hear(LossySource, low, RATE_HZ)


@pytest.mark.parametrize("from_hz", [22050, 32000])
@pytest.mark.parametrize("rate_hz", [44100, 48000])
def test_a_lower_rate_through_a_soft_filter_is_that_and_no_codec(
    hear: Hear, from_hz: int, rate_hz: int
) -> None:
    """Its edge begins a tenth sooner, at 14.5 kHz of 16."""
    low = _resampled(_hits(rate_hz), from_hz, rate_hz, "LQ")
    (found,) = hear(Upsampled, low, rate_hz)
    assert (found.value, found.severity) == (from_hz, "minor")
    assert not hear(LossySource, low, rate_hz)


@pytest.mark.parametrize("apart", [12_345, 6_000, 256])
def test_single_hits_mirror_nothing(hear: Hear, apart: int) -> None:
    """The spectrum of a click has one phase around every middle, on a grid from hit to hit, too."""
    clicks = np.zeros((2, FRAMES))
    clicks[:, 5_000::apart] = 0.5
    noise = 1e-4 * np.random.default_rng(6).standard_normal(clicks.shape)
    assert not hear(Upsampled, clicks + noise)


def _notes(partials: int) -> Signal:
    """(1, frames) of notes of so many partials, a third of a second each, from 180 to 680 Hz."""
    frames, at = FRAMES // 15, np.arange(FRAMES // 15) / RATE_HZ
    rise = np.minimum(1.0, np.minimum(at, at[::-1]) / 0.02)
    pitches = 180.0 * 2.0 ** (np.random.default_rng(7).integers(0, 24, 15) / 12)
    notes = [
        sum(np.sin(2 * np.pi * k * hz * at + k * k) / k for k in range(1, partials + 1))
        for hz in pitches
    ]
    assert all(len(each) == frames for each in notes)
    return np.concatenate([0.1 * rise * each for each in notes])[None]


@pytest.mark.parametrize("check", [LossySource, Upsampled])
@pytest.mark.parametrize("partials", [6, 10])
def test_notes_that_end_by_themselves_are_not_told(hear: Hear, check: type, partials: int) -> None:
    assert hear(check, _in_steps(_notes(partials), 24)) == []


@pytest.mark.parametrize(
    ("form", "subtype", "level", "codec"),
    [("MP3", "MPEG_LAYER_III", 0.6, "MP3"), ("MP3", "MPEG_LAYER_III", 0.0, "MP3"),
     ("OGG", "VORBIS", 0.6, "Vorbis")],
)  # fmt: skip
@pytest.mark.parametrize("cut", [0, 777])
def test_frames_show_the_codec_of_a_stem_without_treble(
    hear: Hear, form: str, subtype: str, level: float, codec: str, cut: int
) -> None:
    if form not in soundfile.available_formats():
        pytest.skip("this libsndfile has no MP3")
    both = np.repeat(_notes(14), 2, axis=0)
    made = _encoded(both, RATE_HZ, form, subtype, level)[:, cut:]
    (found,) = hear(LossySource, _in_steps(0.7 * made, 24))
    assert (found.words, found.value) == (f"it is made of the frames of {codec}", RATE_HZ / 2)


@pytest.mark.parametrize("cut", [0, 777])
def test_frames_show_opus(hear: Hear, cut: int) -> None:
    dull = sosfilt(butter(8, 6000, fs=RATE_HZ, output="sos"), _hits(), axis=1)
    made = _encoded(dull, RATE_HZ, "OGG", "OPUS", 0.7)[:, cut:]
    (found,) = hear(LossySource, _in_steps(made, 24))
    assert found.words == "it is made of the frames of Opus"
    assert hear(LossySource, _in_steps(dull, 24)) == []


def test_blocks_of_a_plugin_are_no_frames(hear: Hear) -> None:
    """What is automated in steps of 256 samples has an edge where each block begins."""
    gains = np.repeat(np.random.default_rng(8).uniform(0.9, 1.0, FRAMES // 256 + 1), 256)
    assert hear(LossySource, _notes(14) * gains[:FRAMES]) == []


def test_lines_of_white_noise_are_as_loud_as_its_samples() -> None:
    noise = np.random.default_rng(9).standard_normal(LONGEST_REACH)
    for transform in TRANSFORMS:
        lines = transform.lines(noise, np.arange(0, transform.frame, 7))
        raised = np.sqrt(1 + 0.85**2) if transform.codec == "Opus" else 1.0
        assert np.sqrt(np.square(lines).mean()) == pytest.approx(raised, rel=0.06)
        alone = transform.lines(noise, np.array([transform.frame - 1]))
        whole = transform.lines(noise, np.arange(transform.frame))
        assert np.array_equal(alone[0], whole[-1])
