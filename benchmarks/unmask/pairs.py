"""Songs of a voice, what hides one band of it, and a third part: seeded, and all of it known."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import soundfile
from scipy.signal import butter, sosfilt

from benchmarks.songs import DATA
from bridge.audio import Block
from bridge.demo import stem
from bridge.processing import build, run
from chains import Bell, Eq
from stemwright.decibels import linear
from stemwright.values import dataclass

RATE_HZ = 48000
SECONDS = 15
_BOOST_DB, _MASKER_DB = 24.0, -28.0
_BANDS_HZ = (315.0, 400.0, 500.0, 630.0, 800.0, 1000.0, 1250.0, 1600.0, 2000.0, 2500.0, 3150.0)
_NARROW_HZ = ((2000.0, (200.0, 400.0)), (500.0, (2000.0, 4000.0)))
"""Where a masker of one band is, and between what the voice has most."""
_NARROW_DB, _NARROW_UNDER_DB = -26.0, (8.0, 14.0)
_THIRD, _FORMANTS = 2.0 ** (1 / 6), 3
_REAL = {
    "caesium": ("vox_main", "synth", "kick"),
    "potassium": ("bgvox", "synth", "pad_bass"),
}
"""Of shared songs: what is to be heard, what hides it, and what sounds beside both."""
_OTHER_BANDS_HZ = (
    280.0, 355.0, 450.0, 560.0, 710.0, 900.0, 1120.0, 1400.0, 1800.0, 2240.0, 2800.0, 3550.0,
    4500.0,
)  # fmt: skip
"""Between those; of other parts, which no threshold was set by."""
_OTHER_REAL = (
    ("caesium", "bgvox", "fx", "hats"),
    ("crunkdemo-lmms", "2_Synth", "1_Bass", "4_Clap 04"),
    ("potassium", "keys", "drums", "pad_bass"),
)


@dataclass(frozen=True)
class Pair:
    """A job in which `masker` is loud about `hz`, where `voice` has much."""

    name: str
    hz: float
    job: Path
    masker: str = "masker"
    voice: str = "voice"


@dataclass(frozen=True)
class _Parts:
    name: str
    voice: Block
    masker: Block
    other: Block


def pairs(place: Path) -> Iterator[Pair]:
    """Every pair of parts, its masker loud in each of the bands that make up most of the voice.

    And voices of noise that have most where nothing hides them, under a masker of one band only.
    """
    for parts in _parts():
        yield from _paired(parts, _BANDS_HZ, place)
    for hz, elsewhere_hz in _NARROW_HZ:
        for under_db in _NARROW_UNDER_DB:
            sounds = {
                "voice": _at(_noise(*elsewhere_hz, 3), -28.0)
                + _at(_noise(0.8 * hz, 1.25 * hz, 4), _NARROW_DB - under_db),
                "masker": _at(_noise(0.85 * hz, 1.18 * hz, 2), _NARROW_DB),
            }
            name = f"noise, {under_db:g} dB under one band"
            yield _written(name, hz, sounds, place / f"narrow-{hz:.0f}-{under_db:.0f}")


def other_pairs(place: Path) -> Iterator[Pair]:
    """Other parts of the shared songs and of the demo, in bands between those of `pairs`."""
    named = [
        (f"{song}, {names[0]} and {names[1]}", DATA / "stems" / song, names)
        for song, *names in _OTHER_REAL
    ]
    for name, folder, names in named:
        paths = [folder / f"{each}.flac" for each in names]
        if all(path.exists() for path in paths):
            start = _fullest(paths)
            yield from _paired(
                _Parts(name, *(_taken(path, start) for path in paths)), _OTHER_BANDS_HZ, place
            )
    bass, pad = (stem(name, SECONDS, RATE_HZ) for name in ("bass", "pad"))
    yield from _paired(_Parts("demo, pad and noise", pad, _pink(), bass), _OTHER_BANDS_HZ, place)


def _paired(parts: _Parts, bands_hz: Sequence[float], place: Path) -> Iterator[Pair]:
    for hz in _formants_hz(parts.voice, bands_hz):
        folder = place / f"{parts.name.replace(' ', '-')}-{hz:.0f}"
        sounds = {
            "voice": _at(parts.voice, -20.0),
            "masker": _loud_about(parts.masker, hz),
            "other": _at(parts.other, -22.0),
        }
        yield _written(parts.name, hz, sounds, folder)


def _formants_hz(voice: Block, bands_hz: Sequence[float]) -> list[float]:
    """The thirds of an octave with most of a voice's power, more than an octave apart."""
    spectrum = np.square(np.abs(np.fft.rfft(voice, axis=1))).sum(axis=0)
    lines_hz = np.arange(len(spectrum)) * RATE_HZ / voice.shape[1]
    found: list[float] = []
    powers = {
        hz: spectrum[(lines_hz > hz / _THIRD) & (lines_hz < hz * _THIRD)].sum() for hz in bands_hz
    }
    for hz in sorted(powers, key=lambda each: -powers[each]):
        if all(max(hz / each, each / hz) > 2.0 for each in found):
            found.append(hz)
    return sorted(found[:_FORMANTS])


def _parts() -> Iterator[_Parts]:
    voice, pad, bass = (stem(name, SECONDS, RATE_HZ) for name in ("lead", "pad", "bass"))
    yield _Parts("demo", voice, pad, bass)
    yield _Parts("demo and noise", voice, _pink(), bass)
    for name, wanted in _REAL.items():
        paths = [DATA / "stems" / name / f"{each}.flac" for each in wanted]
        if all(path.exists() for path in paths):
            start = _fullest(paths)
            yield _Parts(name, *(_taken(path, start) for path in paths))


def _pink() -> Block:
    dice = np.random.default_rng(15)
    spectrum = np.fft.rfft(dice.standard_normal((2, SECONDS * RATE_HZ)), axis=1)
    spectrum[:, 1:] /= np.sqrt(np.arange(1, spectrum.shape[1]))
    spectrum[:, 0] = 0.0
    return np.asarray(np.fft.irfft(spectrum, SECONDS * RATE_HZ, axis=1))


def _fullest(paths: Sequence[Path]) -> int:
    """Where the seconds begin, in steps of five, in which the softest of all is loudest."""
    frames, step = SECONDS * RATE_HZ, 5 * RATE_HZ
    levels = []
    for path in paths:
        power = np.square(soundfile.read(path, always_2d=True)[0]).sum(axis=1)
        starts = range(0, max(1, len(power) - frames), step)
        sums = np.array([power[at : at + frames].sum() for at in starts])
        levels.append(sums / max(sums.max(), 1e-9))
    shortest = min(map(len, levels))
    return step * int(np.min([each[:shortest] for each in levels], axis=0).argmax())


def _taken(path: Path, start: int) -> Block:
    frames = SECONDS * RATE_HZ
    samples, _ = soundfile.read(path, frames, start, always_2d=True)
    wide = np.repeat(samples.T, 2, axis=0)[:2] if samples.shape[1] == 1 else samples.T
    return np.pad(wide, ((0, 0), (0, frames - wide.shape[1])))


def _noise(low_hz: float, high_hz: float, seed: int) -> Block:
    """The same in both channels, of all frequencies between two."""
    dice = np.random.default_rng(seed)
    sections = butter(6, [low_hz, high_hz], "bandpass", fs=RATE_HZ, output="sos")
    return np.tile(sosfilt(sections, dice.standard_normal(SECONDS * RATE_HZ)), (2, 1))


def _loud_about(masker: Block, hz: float) -> Block:
    loud = Eq(bands=(Bell(shape="bell", hz=hz, gain_db=_BOOST_DB, q=3.0),))
    stream = run([build(loud, RATE_HZ)], iter([_at(masker, _MASKER_DB)]))
    return np.concatenate(list(stream), axis=1)


def _written(name: str, hz: float, sounds: Mapping[str, Block], place: Path) -> Pair:
    (place / "stems").mkdir(parents=True)
    rows = ['schema = 1\nname = "pair"\n']
    for part, samples in sounds.items():
        soundfile.write(place / "stems" / f"{part}.wav", samples.T, RATE_HZ, "FLOAT")
        rows.append(f"[[group]]\nid = {json.dumps(part)}\nstems = [{json.dumps(part)}]\n")
    (place / "chain.toml").write_text("".join(rows), encoding="utf-8")
    job = 'schema = 1\nchain = "chain.toml"\nstems = "stems"\n'
    (place / "job.toml").write_text(job, encoding="utf-8")
    return Pair(name, hz, place)


def _at(samples: Block, level_db: float) -> Block:
    return np.asarray(samples * (linear(level_db) / np.sqrt(np.square(samples).mean())))
