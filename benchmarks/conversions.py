"""What a delivered file's depth and rate cost: dither's error, its harmonics, the band, aliases."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from benchmarks.figures import Figures
from bridge.audio import Block, WavWriter, read_blocks
from bridge.delivering.files import Coding, make_file
from stemwright.decibels import amplitude_db

_LSB = 2.0**-15
_FRAMES = 1 << 17
_QUIET_DBFS = -90.0
_TONE_HZ, _CD_HZ, _HIGH_HZ = 1000.0, 44_100, 96_000
_HARMONICS = range(2, 12)
_BAND_HZ = (20, 100, 1000, 5000, 10_000, 15_000, 18_000, 19_000, 20_000)
_ABOVE_HZ = (24_200, 26_000, 30_000, 36_000, 42_000, 47_000)
_AMPLITUDE = 0.25


def conversions(figures: Figures) -> None:
    """Print what files of a delivery lose to their depth and rate."""
    figures.title("Depth and rate of delivered files (make_file)")
    with tempfile.TemporaryDirectory(prefix="stemwright-conversions-") as name:
        _dither(figures, Path(name))
        _rates(figures, Path(name))


def _dither(figures: Figures, folder: Path) -> None:
    hertz = round(_TONE_HZ * _FRAMES / _CD_HZ) * _CD_HZ / _FRAMES
    tone = 10 ** (_QUIET_DBFS / 20) * _sine(hertz, _CD_HZ, _FRAMES)
    found = _made(folder, np.stack([tone, tone]), _CD_HZ, Coding("wav", _CD_HZ, 16))[0]
    error = found - tone
    figures.figure("16 bit: mean error", abs(float(error.mean())) / _LSB, "LSB", "< 0.01 LSB")
    figures.figure("16 bit: error's RMS", float(error.std()) / _LSB, "LSB", "0.50 LSB of TPDF")
    spectrum = np.abs(np.fft.rfft(found * np.hanning(_FRAMES)))
    places = [round(hertz * each * _FRAMES / _CD_HZ) for each in _HARMONICS]
    highest = max(float(spectrum[at]) for at in places)
    noise = float(np.sqrt(np.square(spectrum[_FRAMES // 8 :]).mean()))
    over_db = amplitude_db(highest / noise)
    figures.figure(
        f"harmonics of {_QUIET_DBFS:g} dBFS over the noise of a bin",
        over_db,
        "dB",
        "< 12 dB: noise",
    )


def _rates(figures: Figures, folder: Path) -> None:
    middle = slice(8000, 36_000)
    off_db, alias_dbfs = 0.0, -300.0
    for hertz in (*_BAND_HZ, *_ABOVE_HZ):
        tone = _AMPLITUDE * _sine(hertz, _HIGH_HZ, _HIGH_HZ)
        made = _made(folder, np.stack([tone, tone]), _HIGH_HZ, Coding("wav", _CD_HZ, 24))[0]
        if hertz in _BAND_HZ:
            wanted = _AMPLITUDE * _sine(hertz, _CD_HZ, len(made))
            gain = float((made[middle] * wanted[middle]).sum() / np.square(wanted[middle]).sum())
            off_db = max(off_db, abs(amplitude_db(gain)))
            rest = float(np.abs(made[middle] - gain * wanted[middle]).max())
        else:
            rest = float(np.abs(made[middle]).max())
        alias_dbfs = max(alias_dbfs, amplitude_db(rest))
    band = f"{_BAND_HZ[0]} Hz to {_BAND_HZ[-1] // 1000} kHz"
    figures.figure(f"96 to 44.1 kHz: gain off, {band}", off_db * 1000, "mdB", "< 10 mdB")
    figures.figure("images and aliases, 24 bit", alias_dbfs, "dBFS", "< -120 dBFS")


def _sine(hertz: float, rate_hz: int, frames: int) -> Block:
    return np.asarray(np.sin(2 * np.pi * hertz / rate_hz * np.arange(frames)))


def _made(folder: Path, samples: Block, rate_hz: int, coding: Coding) -> Block:
    master, made = folder / "master.wav", folder / "made.wav"
    with WavWriter(master, rate_hz, 2, "float64", "finish/main", overwrite=True) as writer:
        writer.write(samples)
    made.unlink(missing_ok=True)
    return np.concatenate(list(read_blocks(make_file(master, made, coding).path)), axis=1)
