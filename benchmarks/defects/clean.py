"""The clean stems, each made when it is wanted, and which part of the set it belongs to."""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal, get_args

import numpy as np
import soundfile

from benchmarks.defects.material.kinds import KINDS, Family
from benchmarks.defects.material.tools import Rng, Score, within
from benchmarks.defects.sound import BITS, Sound, Subtype, dithered, on_grid
from bridge.audio import Block
from bridge.demo import PARTS, stem as demo_stem

Part = Literal["training", "kept"]
ROOT = Path(__file__).resolve().parent.parent.parent
_SEED = 12
_VARIANTS = 2
_SECONDS = 20.0
_QUIETEST_PEAK = 0.01
_ONE_SOUND = 3 * 2.0**-15
"""What the dither of two sides to 16 bits may make them differ by."""
_SONGS = ("caesium", "potassium", "crunkdemo-lmms")
_NO_STEMS = ("mixdown", "reference", "premaster")
_FAMILIES: dict[str, Family] = {
    "hats": "hats", "drums": "drums", "kick": "drums", "clap": "drums", "bass": "bass",
    "vox": "voice", "keys": "keys", "synth": "synth", "fx": "fx", "lead": "voice",
    "backing": "voice", "guitar": "guitar", "pad": "pad",
}  # fmt: skip


@dataclass(frozen=True)
class CleanStem:
    """A stem without a fault of ours; `already` are the codes that are true of it all the same."""

    name: str
    file: str
    family: Family
    part: Part
    make: Callable[[], Sound]
    already: frozenset[str] = frozenset()


def seeded(*words: object) -> Rng:
    """Randomness that hangs on these words alone."""
    return np.random.default_rng([_SEED, *(zlib.crc32(str(word).encode()) for word in words)])


def stems(part: Part) -> list[CleanStem]:
    """All clean stems of a part: synthesised, of the demo song, of the shared songs."""
    assert part in get_args(Part)  # noqa: S101
    found = [*_synthesised(), *_of_demo(), *_shared()]
    return [each for each in found if each.part == part]


def data() -> Path:
    """Where shared songs are; it need not exist."""
    return (ROOT / os.environ.get("STEMWRIGHT_TEST_DATA", "../shared")).resolve()


def _synthesised() -> Iterator[CleanStem]:
    for name, kind in KINDS.items():
        for variant in range(_VARIANTS):
            full = f"{name} {variant + 1}"
            yield CleanStem(
                full,
                kind.file,
                kind.family,
                "kept" if kind.kept else "training",
                partial(synthesised, name, variant),
                facts_of(name, variant),
            )


def synthesised(name: str, variant: int) -> Sound:
    """A stem of a kind: some seconds at a rate, depth and level of its own, clean at both ends."""
    rng, kind = seeded(name, variant), KINDS[name]
    rate_hz, subtype, channels = _format(name, variant)
    block = kind.player(Score.drawn(rng), rng, _SECONDS, rate_hz)
    block = _ended(
        block[:channels] if kind.mono else block, rate_hz, 0.05 if kind.exported else 0.0, 1.2
    )
    leads = (0.02, 0.5) if kind.exported or kind.starts_hard else (0.0, 0.02, 0.5)
    lead = round(float(rng.choice(leads)) * rate_hz)
    block = np.pad(block, ((0, 0), (lead, round(0.3 * rate_hz))))
    loudest_db = float(rng.uniform(-12.0, -6.0 if kind.exported else -4.0))
    block *= 10 ** (loudest_db / 20) / np.abs(block).max()
    fine = kind.exported and subtype == "PCM_24"
    held = (
        dithered(block, BITS[subtype], rng)
        if fine or subtype == "PCM_16"
        else on_grid(block, subtype)
    )
    if kind.mono and channels == 2:
        held[1] = held[0]
    return Sound(held, rate_hz, subtype)


def _format(name: str, variant: int) -> tuple[int, Subtype, int]:
    rng, kind = seeded(name, variant, "format"), KINDS[name]
    rates = {48000: 0.55, 44100: 0.35, 96000: 0.1}
    if kind.exported:
        rates = {48000: 0.45, 44100: 0.35, 96000: 0.1, 88200: 0.1}
    rate_hz = int(rng.choice(list(rates), p=list(rates.values())))
    depths: tuple[Subtype, ...] = ("PCM_24", "PCM_24", "PCM_24", "PCM_16", "FLOAT")
    subtype = depths[int(rng.integers(len(depths)))]
    one = kind.mono and (kind.exported or rng.random() < 0.7)
    return rate_hz, subtype, 1 if one else 2


def facts_of(name: str, variant: int) -> frozenset[str]:
    """What is true of a synthesised stem by its making and no mistake of a check."""
    _, subtype, channels = _format(name, variant)
    told = {"wrong_depth"} if subtype == "PCM_16" else set()
    return frozenset(told | ({"mono_in_stereo"} if KINDS[name].mono and channels == 2 else set()))


def _ended(block: Block, rate_hz: int, rise_s: float, fall_s: float) -> Block:
    """Faded in and out, so that nothing is cut where an excerpt begins and ends."""
    out = block.copy()
    rise, fall = round(rise_s * rate_hz), round(fall_s * rate_hz)
    if rise:
        out[:, :rise] *= 0.5 - 0.5 * np.cos(np.pi * np.arange(rise) / rise)
    out[:, -fall:] *= 0.5 + 0.5 * np.cos(np.pi * (1 + np.arange(fall)) / fall)
    return out


def _of_demo() -> Iterator[CleanStem]:
    for name in PARTS:
        full = f"demo {name}"
        yield CleanStem(full, name, _family(name), "training", partial(_demo, name))


def _demo(name: str) -> Sound:
    block = demo_stem(name, 22.0, 48000)
    return Sound(on_grid(within(block, block.shape[1]), "PCM_24"), 48000)


def _family(name: str) -> Family:
    lowered = name.lower()
    return next((family for word, family in _FAMILIES.items() if word in lowered), "fx")


def shared_paths(song: str) -> list[Path]:
    """The stems of a shared song; none where it is not there."""
    paths = sorted((data() / "stems" / song).glob("*.flac"))
    return [path for path in paths if not any(word in path.name for word in _NO_STEMS)]


def _shared() -> Iterator[CleanStem]:
    for song in _SONGS:
        for path in shared_paths(song):
            full = f"{song} {path.stem}"
            yield CleanStem(
                full,
                path.stem,
                _family(path.stem),
                "training",
                partial(shared, path),
                _shared_facts(path),
            )


def shared(path: Path) -> Sound:
    """A shared stem, faded in and out: it was cut from a longer one."""
    samples, rate_hz = soundfile.read(path, always_2d=True)
    subtype: Subtype = "PCM_16" if soundfile.info(path).subtype == "PCM_16" else "PCM_24"
    sounding = _ended(samples.T, rate_hz, 0.03, 0.6)
    return Sound(on_grid(sounding, subtype), rate_hz, subtype)


def _shared_facts(path: Path) -> frozenset[str]:
    """Two songs are decoded AAC, partly of half the rate; the third plays Ogg Vorbis samples.

    One of its stems is of oscillators, and has 13 samples set to zero.
    """
    if path.parent.name != "crunkdemo-lmms":
        depth = {"wrong_depth"} if path.parent.name == "potassium" else set()
        return frozenset({"lossy_source", "upsampled", *depth})
    return frozenset({"clicks", "dropout"} if "Synth" in path.stem else {"lossy_source"})


def sounds(sound: Sound) -> bool:
    """Whether anything is to be heard."""
    return sound.peak > _QUIETEST_PEAK


def true_of(sound: Sound) -> frozenset[str]:
    """The codes that are true of any sound by a look at its samples."""
    told = {"hot_peaks"} if sound.peak > 10 ** (-3.0 / 20) else set()
    if sound.samples.shape[0] == 2 and np.abs(np.diff(sound.samples, axis=0)).max() < _ONE_SOUND:
        told.add("mono_in_stereo")
    return frozenset(told)
