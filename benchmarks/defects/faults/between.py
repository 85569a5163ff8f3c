"""Defects between a song's stems, and what is printed in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import soxr

from benchmarks.defects.faults.levels import limited
from benchmarks.defects.faults.places import level_db
from benchmarks.defects.material.tools import Rng
from benchmarks.defects.songs import RETURN, Song, summed
from benchmarks.defects.sound import Sound, dithered
from benchmarks.defects.truth import Truth
from bridge.audio import Block
from bridge.processing import build, run
from chains import Compressor


@dataclass(frozen=True)
class DamagedSong:
    """A song's stems as they were sent, `mix` where the rough mix comes along."""

    stems: Mapping[str, Sound]
    truths: tuple[Truth, ...]
    mix: Sound | None = None


SongDamage = Callable[[Song, Rng], DamagedSong | None]


@dataclass(frozen=True)
class SongLevel:
    """One kind of defect between stems at one strength; goals as those of a Level."""

    code: str
    name: str
    damage: SongDamage
    goal: tuple[float, float] | None = None


def loudest(song: Song, rng: Rng, count: int = 1) -> list[str]:
    """Stems that matter, drawn from the louder ones; never the return."""
    names = [name for name in song.stems if name != RETURN]
    names.sort(key=lambda name: -level_db(song.stems[name].samples))
    half = names[: max(count, (len(names) + 1) // 2 + 1)]
    return [half[each] for each in rng.permutation(len(half))[:count]]


def moved(sound: Sound, frames: int) -> Sound:
    """Late by `frames`, early where negative, of the same length."""
    samples = sound.samples
    late = np.pad(samples, ((0, 0), (max(frames, 0), max(-frames, 0))))
    kept = late[:, : sound.frames] if frames >= 0 else late[:, -frames:]
    return sound.holding(kept)


def _whole(
    song: Song, code: str, stems: tuple[str, ...], value: float, also: tuple[str, ...] = ()
) -> tuple[Truth, ...]:
    longest = max(sound.seconds for sound in song.stems.values())
    return (Truth(code, 0.0, longest, value, stems, also=also),)


def _duplicate(
    song: Song, rng: Rng, gain_db: float = 0.0, polarity: int = 1, offset: int = 0, bits: int = 0
) -> DamagedSong:
    """A stem that was sent twice under two names."""
    (name,) = loudest(song, rng)
    sound = song.stems[name]
    again = moved(sound, offset)
    samples = again.samples * polarity * 10 ** (gain_db / 20)
    copy = again.holding(dithered(samples, bits, rng) if bits else samples)
    other = f"{name} 2"
    truth = _whole(song, "duplicate", (name, other), 1.0)
    return DamagedSong({**song.stems, other: copy}, truth)


def _contains(song: Song, rng: Rng, gain_db: float) -> DamagedSong:
    """A stem that holds another one too: exported with a send or a solo forgotten."""
    holder, held = loudest(song, rng, 2)
    both = summed({"a": song.stems[holder], "b": _gained(song.stems[held], gain_db)})
    stems = {**song.stems, holder: Sound(both, song.rate_hz).holding(both)}
    return DamagedSong(stems, _whole(song, "contains", (holder, held), gain_db))


def _gained(sound: Sound, gain_db: float) -> Sound:
    return sound.holding(sound.samples * 10 ** (gain_db / 20))


def _started_late(song: Song, rng: Rng, code: str = "length") -> DamagedSong:
    """A stem exported from its first sound on, not from the song's start: everything is early."""
    names = loudest(song, rng, len(song.stems))
    gone = round(float(rng.uniform(1.5, 4.0)) * song.rate_hz)
    sound = song.stems[names[0]]
    stems = {**song.stems, names[0]: Sound(sound.samples[:, gone:], song.rate_hz)}
    also = ("start", "offset", "upcut_start") if code == "length" else ()
    return DamagedSong(stems, _whole(song, code, (names[0],), -gone / song.rate_hz, also))


def _shortened(song: Song, rng: Rng, seconds: float) -> DamagedSong:
    (name,) = loudest(song, rng)
    sound = song.stems[name]
    cut = Sound(sound.samples[:, : -round(seconds * song.rate_hz)], song.rate_hz)
    return DamagedSong({**song.stems, name: cut}, _whole(song, "length", (name,), -seconds))


def _other_rate(song: Song, rng: Rng, converted: bool) -> DamagedSong:
    """One stem of another rate: converted as it should be, or only called so in its header."""
    (name,) = loudest(song, rng)
    sound, other_hz = song.stems[name], 44100 if song.rate_hz == 48000 else 48000
    samples = soxr.resample(sound.samples.T, song.rate_hz, other_hz, "VHQ").T
    kept = Sound(samples if converted else sound.samples, other_hz)
    truth = _whole(song, "rate", (name,), float(other_hz), ("length", "drift"))
    return DamagedSong({**song.stems, name: kept.holding(kept.samples)}, truth)


def drifted(sound: Sound, ppm: float) -> Sound:
    """Played on a slow clock: later and later; a sinc of 32 taps."""
    at = np.arange(sound.frames) * (1.0 - ppm * 1e-6)
    base = np.floor(at).astype(int)
    padded, out = np.pad(sound.samples, ((0, 0), (16, 17))), np.zeros_like(sound.samples)
    last = padded.shape[1] - 1
    for tap in range(-15, 17):
        away = tap - (at - base)
        window = np.cos(np.pi / 2 * np.clip(away / 17.0, -1, 1)) ** 2
        out += padded[:, np.clip(base + tap + 16, 0, last)] * np.sinc(away) * window
    return sound.holding(out)


def _drift(song: Song, rng: Rng, ppm: float) -> DamagedSong:
    """A second microphone of a stem on a clock of its own."""
    (name,) = loudest(song, rng)
    sound, other = song.stems[name], f"{name} Room"
    far = drifted(sound, ppm)
    tail = np.exp(-np.arange(2000) / 300.0) * rng.standard_normal(2000) * 0.02
    heard = np.stack([np.convolve(row, tail)[: sound.frames] for row in far.samples])
    stems = {**song.stems, other: sound.holding(0.6 * far.samples + 0.3 * heard)}
    return DamagedSong(stems, _whole(song, "drift", (name, other), ppm))


def _mixed(song: Song, rng: Rng, code: str, frames: int, name: str | None = None) -> DamagedSong:
    """A stem late or early, the rough mix still having it in its place."""
    name = name or loudest(song, rng)[0]
    stems = {**song.stems, name: moved(song.stems[name], frames)}
    value = frames / song.rate_hz * 1000 if code == "offset" else frames / song.rate_hz
    mix = Sound(song.mix, song.rate_hz, "FLOAT").holding(song.mix)
    truth = _whole(song, code, (name,), value, ("offset", "bar_shift"))
    return DamagedSong(stems, truth, mix)


def _bar_shift(song: Song, rng: Rng, beats: float) -> DamagedSong | None:
    if song.bpm is None:
        return None
    return _mixed(song, rng, "bar_shift", round(beats * 60.0 / song.bpm * song.rate_hz))


def through_bus(driven: Block, rate_hz: int, kind: str) -> Block:
    """A mix through a limiter at -1 dBTP, or a compressor."""
    if kind == "limiter":
        return limited(driven, rate_hz, -1.0, 100.0)
    settings = Compressor(threshold_db=-18.0, ratio=4.0, attack_ms=10.0, release_ms=120.0)
    return np.concatenate(list(run([build(settings, rate_hz)], [driven])), axis=1)


def printed(song: Song, kind: str, drive_db: float) -> dict[str, Sound]:
    """Every stem as it comes out of the song's bus when it is soloed behind the same gain."""
    drive = 10 ** ((drive_db - 1.0) / 20) / np.abs(song.mix).max()
    driven = song.mix * drive
    out = through_bus(driven, song.rate_hz, kind)
    power = np.square(driven).sum(axis=0)
    gain = np.where(power > 1e-8, (driven * out).sum(axis=0) / np.maximum(power, 1e-12), 1.0)
    return {
        name: sound.holding(sound.samples * drive * gain[: sound.frames])
        for name, sound in song.stems.items()
    }


def _printed_bus(song: Song, _rng: Rng, kind: str, drive_db: float) -> DamagedSong:
    stems = printed(song, kind, drive_db)
    return DamagedSong(stems, _whole(song, "printed_bus", tuple(stems), drive_db))


def _double_return(song: Song, _rng: Rng) -> DamagedSong | None:
    """The vocal with its reverb printed, and the reverb's return once more."""
    if RETURN not in song.stems:
        return None
    both = summed({"dry": song.stems["Lead Vocal"], "wet": song.stems[RETURN]})
    stems = {**song.stems, "Lead Vocal": song.stems[RETURN].holding(both)}
    return DamagedSong(
        stems, _whole(song, "double_return", ("Lead Vocal", RETURN), 0.0, ("contains",))
    )


_SURE = (1.0, 1.0)
_PRINTED = (0.9, 0.9)

LEVELS: tuple[SongLevel, ...] = (
    SongLevel("duplicate", "the same", _duplicate, _SURE),
    SongLevel("duplicate", "-6 dB", partial(_duplicate, gain_db=-6.0), _SURE),
    SongLevel("duplicate", "inverted", partial(_duplicate, polarity=-1), _SURE),
    SongLevel("duplicate", "17 ms late", partial(_duplicate, offset=816), _SURE),
    SongLevel("duplicate", "16 bit, -3 dB", partial(_duplicate, bits=16, gain_db=-3.0), _SURE),
    SongLevel("contains", "0 dB", partial(_contains, gain_db=0.0)),
    SongLevel("contains", "-6 dB", partial(_contains, gain_db=-6.0)),
    SongLevel("length", "start cut off", _started_late),
    SongLevel("offset", "start cut off, no mix", partial(_started_late, code="offset")),
    SongLevel("length", "2 s shorter", partial(_shortened, seconds=2.0)),
    SongLevel("rate", "44.1 for 48 kHz", partial(_other_rate, converted=True)),
    SongLevel("rate", "header alone", partial(_other_rate, converted=False)),
    SongLevel("drift", "5 ppm", partial(_drift, ppm=5.0)),
    SongLevel("drift", "20 ppm", partial(_drift, ppm=20.0)),
    SongLevel("drift", "-50 ppm", partial(_drift, ppm=-50.0)),
    SongLevel("printed_bus", "limiter, 4 dB", partial(_printed_bus, kind="limiter", drive_db=4.0),
              _PRINTED),
    SongLevel("printed_bus", "limiter, 8 dB", partial(_printed_bus, kind="limiter", drive_db=8.0),
              _PRINTED),
    SongLevel("printed_bus", "compressor", partial(_printed_bus, kind="compressor", drive_db=0.0),
              _PRINTED),
    SongLevel("double_return", "the reverb twice", _double_return),
)  # fmt: skip
WITH_A_MIX: tuple[SongLevel, ...] = (
    SongLevel("offset", "12 ms late",
              partial(_mixed, code="offset", frames=576), _SURE),
    SongLevel("offset", "0.5 s early",
              partial(_mixed, code="offset", frames=-24000), _SURE),
    SongLevel("bar_shift", "a beat", partial(_bar_shift, beats=1.0), _SURE),
    SongLevel("bar_shift", "a bar early", partial(_bar_shift, beats=-4.0), _SURE),
)  # fmt: skip
