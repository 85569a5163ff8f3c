"""Small stems, a rough mix of them, and what the stem check tells of both."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile

from bridge.audio import Block
from bridge.checking import CheckReport, Finding, MixFit
from bridge.road import ToCheck, checked_stems

RATE_HZ = 48000
SECONDS = 5


def hits(seed: int, hz: float) -> Block:
    """(2, frames): decaying noisy notes at times of their own."""
    dice = np.random.default_rng(seed)
    sound = np.zeros((2, SECONDS * RATE_HZ))
    time_s = np.arange(RATE_HZ // 4) / RATE_HZ
    for at in dice.integers(4800, sound.shape[1] - 2 * len(time_s), 3 * SECONDS):
        shape = np.exp(-time_s / 0.06) * (1 - np.exp(-time_s / 0.001))
        noise = dice.standard_normal((2, len(time_s))) * [[1.0], [0.6]]
        note = np.sin(2 * np.pi * hz * (1 + dice.random()) * time_s)
        sound[:, at : at + len(time_s)] += 0.1 * shape * (note + 0.3 * noise)
    return sound


STEMS = {"bass": hits(1, 90.0), "keys": hits(2, 400.0), "lead": hits(3, 1500.0)}


def later(samples: Block, frames: int) -> Block:
    return np.asarray(np.roll(samples, frames, axis=1))


def checked(
    folder: Path, mix: Block, stems: dict[str, Block] = STEMS, rate_hz: int = RATE_HZ
) -> CheckReport:
    place = folder / "stems"
    place.mkdir()
    for name, samples in stems.items():
        soundfile.write(place / f"{name}.wav", samples.T, RATE_HZ, subtype="FLOAT")
    soundfile.write(folder / "rough.wav", mix.T, rate_hz, subtype="FLOAT")
    return checked_stems(ToCheck((place,), mix=folder / "rough.wav"))


def fit_of(
    folder: Path, mix: Block, stems: dict[str, Block] = STEMS, rate_hz: int = RATE_HZ
) -> MixFit:
    report = checked(folder, mix, stems, rate_hz)
    assert report.mix is not None
    return report.mix


def summed(**gains: float) -> Block:
    return np.asarray(sum(gains.get(name, 1.0) * sound for name, sound in STEMS.items()))


def only(fit: MixFit) -> Finding:
    (one,) = fit.findings
    return one
