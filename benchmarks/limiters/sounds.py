"""What the limiters are given: two tones, a bass, four songs; each with its true peak at 1.0."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soundfile

from benchmarks.songs import DATA
from bridge.audio import Block, TruePeak
from bridge.demo import write_song
from stemwright.values import dataclass

RATE_HZ = 48000
TONE_S = 3
"""Of these the last second is judged: whole waves of every tone, and the limiter has settled."""

LOW_HZ, HIGH_HZ = 60, 7000
_LOW_TO_HIGH = 4.0  # SMPTE RP 120
_SONGS = (("caesium", "*.flac"), ("potassium", "*.flac"), ("crunkdemo-lmms", "[0-9]*.flac"))
_NO_STEMS = ("mixdown-sum", "reference-master")


@dataclass(frozen=True, eq=False)
class Sound:
    """(2, frames) float64."""

    name: str
    samples: Block
    rate_hz: int


def two_tones() -> Sound:
    """60 Hz and 7 kHz, four to one: SMPTE's signal for intermodulation."""
    tones = _LOW_TO_HIGH * _sine(LOW_HZ) + _sine(HIGH_HZ)
    return _at_full_scale("two tones", np.stack([tones, tones]), RATE_HZ)


def bass(hz: int) -> Sound:
    """One sine."""
    return _at_full_scale(f"{hz} Hz", np.stack([_sine(hz), _sine(hz)]), RATE_HZ)


def _sine(hz: int) -> Block:
    tone: Block = np.sin(2 * np.pi * hz / RATE_HZ * np.arange(TONE_S * RATE_HZ))
    return tone


def songs() -> Iterator[Sound]:
    """The sums of the stems of the demo song and of the three songs of the test material there."""
    with tempfile.TemporaryDirectory(prefix="stemwright-limiters-") as name:
        write_song(Path(name) / "demo")
        yield _summed("demo", sorted((Path(name) / "demo").glob("*.wav")))
    for song, pattern in _SONGS:
        found = sorted((DATA / "stems" / song).glob(pattern))
        stems = [each for each in found if each.stem not in _NO_STEMS]
        if stems:
            yield _summed(song, stems)


def _summed(name: str, stems: list[Path]) -> Sound:
    read = [soundfile.read(each, always_2d=True) for each in stems]
    total = np.zeros((2, max(len(samples) for samples, _ in read)))
    for samples, _ in read:
        total[:, : len(samples)] += samples.T
    return _at_full_scale(name, total, read[0][1])


def _at_full_scale(name: str, samples: Block, rate_hz: int) -> Sound:
    return Sound(name, samples / true_peak(samples), rate_hz)


def true_peak(samples: Block) -> float:
    """The largest true peak of (channels, frames) by our meter, linear."""
    meter = TruePeak(len(samples))
    meter.add(samples)
    meter.rest()
    return meter.largest
