"""Songs against their rough mix: gains, places and polarities, what is missing, what is another."""

from __future__ import annotations

from functools import partial

import numpy as np

from benchmarks.defects.faults.between import (
    DamagedSong,
    SongLevel,
    loudest,
)
from benchmarks.defects.faults.levels import limited
from benchmarks.defects.faults.places import level_db, local_rms
from benchmarks.defects.faults.sums import through
from benchmarks.defects.material.tools import Rng
from benchmarks.defects.songs import RETURN, Song, summed
from benchmarks.defects.sound import Sound
from benchmarks.defects.truth import Truth
from bridge.audio import Block

_LIMITED = "Lead Vocal"
_GONE_S = 2.0
_INTO_IT_DB = 8.0
_LEFT = 0.01


def _mastered(mix: Block, rate_hz: int, bus: bool) -> Sound:
    mix = through(mix, rate_hz) if bus else mix
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


def story(song: Song, rng: Rng) -> DamagedSong:
    """Five mistakes in one export: a limiter, drums -3 dB, a late start, no return, a copy.

    The limiter was left on one stem; the reverb's return was not sent.
    """
    names = [name for name in song.stems if name != RETURN]
    hit = (name for name in names if "drum" in name.lower() or "kick" in name.lower())
    drums = next(hit, names[0])  # or what stands first, in a song without any
    walled = _LIMITED if _LIMITED in names else _moving(song, {drums})
    others = [name for name in names if name not in (drums, walled)]
    order = [others[each] for each in rng.permutation(len(others))]
    late = next(name for name in order if _sounds_after(song.stems[name], _GONE_S))
    twice = next(name for name in order if name != late)
    stems = dict(song.stems)
    loud = stems[walled]
    wall = 20 * np.log10(loud.peak) - _INTO_IT_DB
    stems[walled] = loud.holding(limited(loud.samples, song.rate_hz, wall, 100.0))
    stems[drums] = stems[drums].holding(stems[drums].samples * 10 ** (-3.0 / 20))
    whole = stems[late]
    stems[late] = whole.holding(whole.samples[:, round(_GONE_S * song.rate_hz) :])
    stems[f"{twice} copy"] = stems[twice]
    del stems[RETURN]
    mix = _mastered(song.mix, song.rate_hz, bus=False)
    seconds = mix.seconds
    truths = (
        Truth("limited", 0.0, seconds, wall, (walled,)),
        Truth("level", 0.0, seconds, -3.0, (drums,)),
        Truth("offset", 0.0, seconds, -1000 * _GONE_S, (late,),
              also=("start", "length", "upcut_start", "bar_shift")),
        Truth("missing", 0.0, seconds, level_db(song.stems[RETURN].samples)),
        Truth("duplicate", 0.0, seconds, 1.0, (twice, f"{twice} copy")),
    )  # fmt: skip
    return DamagedSong(stems, truths, mix)


def _sounds_after(sound: Sound, gone_s: float) -> bool:
    """Whether enough of a stem is left to be late when its start is cut off."""
    power = np.square(sound.samples).sum(axis=0)
    return bool(power[round(gone_s * sound.rate_hz) :].sum() > _LEFT * power.sum())


def _moving(song: Song, but: set[str]) -> str:
    """The stem, of those that are in the wall for long, whose level moves most within itself."""
    spread_db = {}
    for name, sound in song.stems.items():
        loud = 20 * np.log10(local_rms(sound, 0.02) + 1e-6)
        near = loud > float(loud.max()) - _INTO_IT_DB
        if name not in but and name != RETURN and near.mean() > 0.05:
            spread_db[name] = float(loud[near].std())
    return max(spread_db, key=lambda name: spread_db[name])


LEVELS: tuple[SongLevel, ...] = (
    SongLevel("missing", "a stem", partial(_missing, bus=False)),
    SongLevel("missing", "a stem, bus on the mix", partial(_missing, bus=True)),
    SongLevel("extra", "a stem", partial(_extra, bus=False)),
    SongLevel("extra", "a stem, bus on the mix", partial(_extra, bus=True)),
    SongLevel("other_version", "parts in another order", _other_version),
)


def plain(song: Song, _rng: Rng) -> DamagedSong:
    """Nothing is wrong: the stems, and their sum."""
    return DamagedSong(song.stems, (), _plain(song))
