"""Small stems, a rough mix of them, and what the stem check tells of both."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile

from bridge.audio import Block, WavWriter
from bridge.checking import CheckReport, Finding, MixFit, in_rough, opened_song
from bridge.checking.between.tempo import tempo_bpm
from bridge.road import ToCheck, checked_stems
from bridge.storing import Store
from sessions import read

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


def _written(folder: Path, mix: Block, stems: dict[str, Block], rate_hz: int) -> tuple[Path, Path]:
    """The folder of the stems, and the mix; a stem of the same sound is the same file."""
    place, rough = folder / "stems", folder / "rough.wav"
    place.mkdir()
    for name, samples in stems.items():
        with WavWriter(place / f"{name}.wav", RATE_HZ, len(samples), "float32", name) as writer:
            writer.write(samples)
    soundfile.write(rough, mix.T, rate_hz, subtype="FLOAT")
    return place, rough


def whole_check(folder: Path, place: Path, rough: Path) -> CheckReport:
    """The whole check; what was heard of a stem is kept beside the test's folder for the next."""
    return checked_stems(ToCheck((place,), mix=rough, store=folder.parent / "heard"))


def checked(
    folder: Path, mix: Block, stems: dict[str, Block] = STEMS, rate_hz: int = RATE_HZ
) -> CheckReport:
    return whole_check(folder, *_written(folder, mix, stems, rate_hz))


def fit_of(
    folder: Path, mix: Block, stems: dict[str, Block] = STEMS, rate_hz: int = RATE_HZ
) -> MixFit:
    """What the check says of the mix: the stems are not heard for what is wrong with each."""
    place, rough = _written(folder, mix, stems, rate_hz)
    session = read([place])
    with opened_song(session, rough) as song:
        assert song.mix is not None
        opened, store = list(song.stems.values()), Store(folder / "store")
        return in_rough(opened, song.mix, store, tempo_bpm(session)).fit


def summed(**gains: float) -> Block:
    return np.asarray(sum(gains.get(name, 1.0) * sound for name, sound in STEMS.items()))


def only(fit: MixFit) -> Finding:
    (one,) = fit.findings
    return one
