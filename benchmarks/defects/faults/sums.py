"""Rough mixes of which all is known: how each has the stems that were sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
import soxr

from benchmarks.defects.faults.between import loudest, moved, through_bus
from benchmarks.defects.faults.levels import hum, noise
from benchmarks.defects.faults.origins import encoded
from benchmarks.defects.material.tools import Rng
from benchmarks.defects.songs import Song, summed
from benchmarks.defects.sound import Sound
from bridge.audio import Block

_OFFSETS = (0, 0, 0, 64, -480, 4800)
_TENTHS_DB = (0.1, -0.1, 0.3, -0.5)
_MUCH_DB = (3.0, -4.5, 6.0, -9.0, 12.0, -12.0)
_OTHER_HZ = 44100
_EXACT_DB, _THROUGH_A_BUS_DB = 0.05, 0.5


@dataclass(frozen=True)
class KnownSum:
    """Stems as they were sent, a rough mix, and how it has them: `gains_db` all but `extra`.

    Stems that are not named in `offsets` and `polarities` lie in their place, the right way up.
    """

    stems: Mapping[str, Sound]
    mix: Sound
    gains_db: Mapping[str, float]
    offsets: Mapping[str, int] = field(default_factory=dict)
    polarities: Mapping[str, int] = field(default_factory=dict)
    extra: frozenset[str] = frozenset()
    misses: bool = False


@dataclass(frozen=True)
class SumLevel:
    """One way to mix; `within_db` is how near every gain is to be found, None where none is sure.

    What a bus or a codec makes of a mix `is_of_any_level`: gains count against each other.
    """

    name: str
    make: Callable[[Song, Rng], KnownSum]
    within_db: float | None = _EXACT_DB
    is_of_any_level: bool = False


@dataclass(frozen=True)
class _Way:
    """How each stem goes into a mix."""

    gains_db: Mapping[str, float]
    offsets: Mapping[str, int] = field(default_factory=dict)
    polarities: Mapping[str, int] = field(default_factory=dict)

    def mixed(self, stems: Mapping[str, Sound]) -> Block:
        """(2, frames): their sum."""
        parts = {}
        for name, gain_db in self.gains_db.items():
            gain = self.polarities.get(name, 1) * 10 ** (gain_db / 20)
            sound = stems[name]
            gained = Sound(sound.samples * gain, sound.rate_hz, "FLOAT")
            parts[name] = moved(gained, self.offsets.get(name, 0))
        return summed(parts)

    def known(self, stems: Mapping[str, Sound], mix: Block, rate_hz: int) -> KnownSum:
        """The sum, from a mix that may have gone elsewhere meanwhile."""
        sound = Sound(mix, rate_hz, "FLOAT")
        return KnownSum(stems, sound.holding(mix), self.gains_db, self.offsets, self.polarities)


def _as_they_are(song: Song, names: Mapping[str, object] | None = None) -> _Way:
    return _Way(dict.fromkeys(song.stems if names is None else names, 0.0))


def _plain(song: Song, _rng: Rng, gain_db: float = 0.0) -> KnownSum:
    way = _Way(dict.fromkeys(song.stems, gain_db))
    return way.known(song.stems, way.mixed(song.stems), song.rate_hz)


def _gained(song: Song, rng: Rng, of_db: tuple[float, ...], share: float) -> KnownSum:
    """Some stems at other gains, the rest as they are."""
    names = list(song.stems)
    some = {names[each] for each in rng.permutation(len(names))[: round(share * len(names))]}
    way = _Way({name: float(rng.choice(of_db)) if name in some else 0.0 for name in names})
    return way.known(song.stems, way.mixed(song.stems), song.rate_hz)


def _displaced(song: Song, rng: Rng) -> KnownSum:
    offsets = {name: int(rng.choice(_OFFSETS)) for name in song.stems}
    way = _Way(dict.fromkeys(song.stems, 0.0), offsets)
    return way.known(song.stems, way.mixed(song.stems), song.rate_hz)


def _opposed(song: Song, rng: Rng) -> KnownSum:
    polarities = {name: int(rng.choice((1, 1, -1))) for name in song.stems}
    way = _Way(dict.fromkeys(song.stems, 0.0), polarities=polarities)
    return way.known(song.stems, way.mixed(song.stems), song.rate_hz)


def _remixed(song: Song, rng: Rng, bus: bool = False) -> KnownSum:
    """Gains, places and polarities of its own for each stem, and a bus on the mix or not."""
    way = _Way(
        {name: round(float(rng.uniform(-9.0, 6.0)), 2) for name in song.stems},
        {name: int(rng.choice(_OFFSETS)) for name in song.stems},
        {name: int(rng.choice((1, 1, 1, -1))) for name in song.stems},
    )
    mix = way.mixed(song.stems)
    return way.known(song.stems, through(mix, song.rate_hz) if bus else mix, song.rate_hz)


def through(mix: Block, rate_hz: int) -> Block:
    """A mix through a compressor and a limiter."""
    mix = through_bus(mix * 0.7 / np.abs(mix).max(), rate_hz, "compressor")
    return through_bus(mix * 10 ** (3.0 / 20), rate_hz, "limiter")


def _on_a_bus(song: Song, _rng: Rng) -> KnownSum:
    way = _as_they_are(song)
    mix = through(way.mixed(song.stems), song.rate_hz)
    return way.known(song.stems, mix, song.rate_hz)


def _lossy(song: Song, _rng: Rng) -> KnownSum:
    way = _as_they_are(song)
    mix = way.mixed(song.stems)
    mix = mix * min(1.0, 0.98 / np.abs(mix).max())
    lossy = encoded(mix, song.rate_hz, "mp3", 192)
    assert lossy is not None  # noqa: S101 - pedalboard brings its own encoder
    return way.known(song.stems, lossy, song.rate_hz)


def _resampled(song: Song, _rng: Rng) -> KnownSum:
    way, to_hz = _as_they_are(song), _OTHER_HZ if song.rate_hz != _OTHER_HZ else 48000
    mix = soxr.resample(way.mixed(song.stems).T, song.rate_hz, to_hz, "VHQ").T
    return way.known(song.stems, mix, to_hz)


def _of_another_length(song: Song, _rng: Rng) -> KnownSum:
    """A second and a half of silence before it, and three seconds less behind.

    Of what sounds only in these three seconds nothing can be known.
    """
    late = round(1.5 * song.rate_hz)
    way = _Way(dict.fromkeys(song.stems, 0.0), dict.fromkeys(song.stems, late))
    mix = way.mixed(song.stems)[:, : -2 * late]
    heard = [
        name for name, each in song.stems.items() if each.samples[:, : mix.shape[1] - late].any()
    ]
    known = way.known(song.stems, mix, song.rate_hz)
    return replace(known, gains_db=dict.fromkeys(heard, 0.0))


def _without_one(song: Song, rng: Rng) -> KnownSum:
    """The mix has a stem that was not sent."""
    (gone,) = loudest(song, rng)
    sent = {name: sound for name, sound in song.stems.items() if name != gone}
    mix = _as_they_are(song).mixed(song.stems)
    way = _as_they_are(song, sent)
    known = way.known(sent, mix, song.rate_hz)
    return KnownSum(known.stems, known.mix, known.gains_db, misses=True)


def _with_one_more(song: Song, rng: Rng) -> KnownSum:
    """A stem was sent that the mix has not."""
    (more,) = loudest(song, rng)
    way = _as_they_are(song, {name: 0 for name in song.stems if name != more})
    mix = Sound(way.mixed(song.stems), song.rate_hz, "FLOAT")
    return KnownSum(song.stems, mix.holding(mix.samples), way.gains_db, extra=frozenset({more}))


def _spoilt(song: Song, rng: Rng, kind: str, level_dbfs: float) -> KnownSum:
    """A stem was sent with something that the mix has not."""
    names = list(song.stems)
    spoilt = names[int(rng.integers(len(names)))]
    way = _as_they_are(song)
    mix = way.mixed(song.stems)
    sound = song.stems[spoilt]
    if kind == "hum":
        added = hum(sound, rng, 50.0, level_dbfs)
    else:
        added = noise(sound, rng, level_dbfs, pink=kind == "pink noise")
    sent = {**song.stems, spoilt: sound.holding(sound.samples + added)}
    return way.known(sent, mix, song.rate_hz)


LEVELS: tuple[SumLevel, ...] = (
    SumLevel("their plain sum", _plain),
    SumLevel("all 9 dB quieter", partial(_plain, gain_db=-9.0)),
    SumLevel("half of them 0.1 to 0.5 dB off", partial(_gained, of_db=_TENTHS_DB, share=0.5)),
    SumLevel("a third 3 to 12 dB off", partial(_gained, of_db=_MUCH_DB, share=0.34)),
    SumLevel("all 3 to 12 dB off", partial(_gained, of_db=_MUCH_DB, share=1.0)),
    SumLevel("early or late, to 100 ms", _displaced),
    SumLevel("some upside down", _opposed),
    SumLevel("gains, places, polarities", _remixed),
    SumLevel("the same, compressor and limiter", partial(_remixed, bus=True),
             _THROUGH_A_BUS_DB, is_of_any_level=True),
    SumLevel("compressor and limiter", _on_a_bus, _THROUGH_A_BUS_DB, is_of_any_level=True),
    SumLevel("mp3 of 192 kbit/s", _lossy, None, is_of_any_level=True),
    SumLevel("another sample rate", _resampled),
    SumLevel("1.5 s later, 1.5 s shorter", _of_another_length),
    SumLevel("a stem was not sent", _without_one),
    SumLevel("a stem it has not", _with_one_more),
    SumLevel("hum on a stem, -50 dBFS", partial(_spoilt, kind="hum", level_dbfs=-50.0), None),
    SumLevel("hum on a stem, -35 dBFS", partial(_spoilt, kind="hum", level_dbfs=-35.0), None),
    SumLevel("white noise on a stem, -50 dBFS",
             partial(_spoilt, kind="white noise", level_dbfs=-50.0), None),
    SumLevel("pink noise on a stem, -40 dBFS",
             partial(_spoilt, kind="pink noise", level_dbfs=-40.0), None),
)  # fmt: skip
