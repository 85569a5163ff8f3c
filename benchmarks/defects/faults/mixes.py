"""Songs against their rough mix: gains, places and polarities, what is missing, what is another."""

from __future__ import annotations

from functools import partial

import numpy as np

from benchmarks.defects.faults.between import (
    DamagedSong,
    SongLevel,
    loudest,
    moved,
    printed,
    through_bus,
)
from benchmarks.defects.faults.places import level_db
from benchmarks.defects.material.tools import Rng
from benchmarks.defects.songs import RETURN, Song, summed
from benchmarks.defects.sound import Sound
from benchmarks.defects.truth import Truth
from bridge.audio import Block

_OFFSETS = (0, 0, 0, 64, -480, 4800)


def _remixed(song: Song, rng: Rng, bus: bool) -> DamagedSong:
    """A rough mix with gains, places and polarities of its own, and a bus on it or not."""
    gains = {name: round(float(rng.uniform(-9.0, 6.0)), 2) for name in song.stems}
    offsets = {name: int(rng.choice(_OFFSETS)) for name in song.stems}
    polarities = {name: int(rng.choice([1, 1, 1, -1])) for name in song.stems}
    parts = {
        name: moved(Sound(sound.samples * polarities[name] * 10 ** (gains[name] / 20),
                          song.rate_hz, "FLOAT"), offsets[name])
        for name, sound in song.stems.items()
    }  # fmt: skip
    mix = _mastered(summed(parts), song.rate_hz, bus)
    return DamagedSong(song.stems, (), mix, gains, offsets, polarities)


def _mastered(mix: Block, rate_hz: int, bus: bool) -> Sound:
    if bus:
        mix = through_bus(mix * 0.7 / np.abs(mix).max(), rate_hz, "compressor")
        mix = through_bus(mix * 10 ** (3.0 / 20), rate_hz, "limiter")
    return Sound(mix, rate_hz, "FLOAT").holding(mix)


def _plain(song: Song) -> Sound:
    return _mastered(song.mix, song.rate_hz, bus=False)


def _missing(song: Song, rng: Rng, bus: bool) -> DamagedSong:
    """The mix has a stem that was not sent."""
    (name,) = loudest(song, rng)
    sent = {other: sound for other, sound in song.stems.items() if other != name}
    value = level_db(song.stems[name].samples)
    truth = _heard(song.stems[name], "missing", (), value)
    return DamagedSong(sent, (truth,), _mastered(song.mix, song.rate_hz, bus))


def _extra(song: Song, rng: Rng, bus: bool) -> DamagedSong:
    """A stem was sent that the mix has not."""
    (name,) = loudest(song, rng)
    mix = summed({other: sound for other, sound in song.stems.items() if other != name})
    truth = _heard(song.stems[name], "extra", (name,), level_db(song.stems[name].samples))
    return DamagedSong(song.stems, (truth,), _mastered(mix, song.rate_hz, bus))


def _heard(sound: Sound, code: str, stems: tuple[str, ...], value: float) -> Truth:
    loud = np.flatnonzero(np.abs(sound.samples).max(axis=0) > 0.01)
    start, stop = (loud[0], loud[-1] + 1) if len(loud) else (0, sound.frames)
    return Truth(code, start / sound.rate_hz, stop / sound.rate_hz, value, stems)


def _other_version(song: Song, _rng: Rng) -> DamagedSong:
    """The mix has every stem cut into four parts that come in another order."""
    quarter = min(sound.frames for sound in song.stems.values()) // 4
    order = (2, 0, 3, 1)
    parts = [song.mix[:, at * quarter : (at + 1) * quarter] for at in order]
    mix = _mastered(np.concatenate(parts, axis=1), song.rate_hz, bus=False)
    truth = Truth("other_version", 0.0, mix.seconds, 0.0)
    return DamagedSong(song.stems, (truth,), mix)


def story(song: Song, _rng: Rng) -> DamagedSong:
    """Five mistakes in one export: a limiter, drums -3 dB, a late start, no return, a copy.

    The limiter is left on the song's bus; the reverb's return was not sent.
    """
    names = [name for name in song.stems if name != RETURN]
    drums = next(name for name in names if "Drum" in name or "Kick" in name)
    late, twice = [name for name in names if name not in (drums, "Lead Vocal")][1:3]
    stems = printed(song, "limiter", 6.0)
    gone = round(2.0 * song.rate_hz)
    mix = Sound(song.mix, song.rate_hz, "FLOAT").holding(song.mix)
    stems[drums] = stems[drums].holding(stems[drums].samples * 10 ** (-3.0 / 20))
    whole = stems[late]
    stems[late] = whole.holding(whole.samples[:, gone:])
    stems[f"{twice} copy"] = stems[twice]
    del stems[RETURN]
    seconds = mix.seconds
    truths = (
        Truth("printed_bus", 0.0, seconds, 6.0, tuple(stems), also=("limited",)),
        Truth("gain", 0.0, seconds, -3.0, (drums,)),
        Truth("offset", 0.0, seconds, -2000.0, (late,), also=("start", "length", "upcut_start")),
        Truth("missing", 0.0, seconds, level_db(song.stems[RETURN].samples)),
        Truth("duplicate", 0.0, seconds, 1.0, (twice, f"{twice} copy")),
    )
    return DamagedSong(stems, truths, mix)


_SURE = (1.0, 1.0)

SUMS: tuple[SongLevel, ...] = (
    SongLevel("sum", "gains, places, polarities", partial(_remixed, bus=False)),
    SongLevel("sum", "and a bus on the mix", partial(_remixed, bus=True)),
)
LEVELS: tuple[SongLevel, ...] = (
    SongLevel("missing", "a stem", partial(_missing, bus=False)),
    SongLevel("missing", "a stem, bus on the mix", partial(_missing, bus=True)),
    SongLevel("extra", "a stem", partial(_extra, bus=False)),
    SongLevel("extra", "a stem, bus on the mix", partial(_extra, bus=True)),
    SongLevel("other_version", "parts in another order", _other_version),
)


def plain(song: Song, _rng: Rng) -> DamagedSong:
    """Nothing is wrong: the stems, and their sum."""
    return DamagedSong(song.stems, (), _plain(song), dict.fromkeys(song.stems, 0.0),
                       dict.fromkeys(song.stems, 0), dict.fromkeys(song.stems, 1))  # fmt: skip
