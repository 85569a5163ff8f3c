"""Mains hum, taken out: sines that keep step with the mains, a level and a phase each.

The whole stem is heard at 3 kHz by seconds, half a second apart. What the mains drift by is one
turn for all harmonics: coarsely the way of most power through a grid of offsets, then in the mean
of the lines' own phases, each second weighing as little as what is played beside the lines is
loud. A line is taken out where its level stands over its own uncertainty, and by as much less.
What that leaves, such as a line under the notes of a bass, is looked for where it is bare.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import soxr
from scipy import fft, ndimage

from bridge.audio import Block
from bridge.checking.repairing.methods.bare_lines import bare_lines
from bridge.checking.stem_audio import StemAudio
from stemwright.decibels import power_db

_RATE_HZ = 3000
_HOP_FRAMES = 1500
_HOPS_AT_ONCE = 64
_MAINS_HZ = (50, 60)
_HARMONICS = 16
_BESIDE_HZ = (-5, -4, 4, 5)
_OFF = np.linspace(-0.004, 0.004, 161)
_SPAN = 12
"""Hops over which the mains keep one frequency."""
_STEP = 3
_JUMPS = 2.0
_SMOOTH_HOPS = 3.0
_ROUNDS = 6
_FEWEST_HOPS = 8
_SLOPE_HOPS = 2
"""How many the frequency of the mains before the first second's middle is taken from."""
_SURE = 6.0
"""Power of a line over that of its uncertainty."""
_OVERLAP = 1.5
"""Seconds half a second apart share their samples."""
_BARE_ROUNDS = 3
_LEAST_SURE_DB = 8.0
LEAST_GAIN_DB = 1.0
"""What is left of the lines is not worth the change where it is hardly less."""
_FEWEST_LINES = 2

_Values = npt.NDArray[np.float64]
_Lines = npt.NDArray[np.complex128]


@dataclass(frozen=True)
class _Heard:
    """Lines (side and harmonic, hops) of one mains, as they turn against it, and how sure.

    `beside` (offsets, side and harmonic, hops) are those a few hertz off.
    """

    mains_hz: int
    harmonics: _Values
    lines: _Lines
    beside: _Lines
    weights: _Values

    @property
    def times_s(self) -> _Values:
        """The middle of each second heard."""
        return (np.arange(self.lines.shape[1]) * _HOP_FRAMES + _RATE_HZ / 2) / _RATE_HZ


@dataclass(frozen=True)
class MainsHum:
    """The hum of a stem: `levels` (sides, harmonics) complex amplitudes, 0 for what is left in.

    `turns` is the phase of the mains against `mains_hz` at `times_s`. `sure_db` is how far those
    that the seconds tell stand over their uncertainty, `gain_db` how much less power the lines
    have without it, measured in seconds that count as much as they are quiet beside the lines.
    """

    mains_hz: int
    levels: _Lines
    times_s: _Values
    turns: _Values
    sure_db: float
    sample_rate_hz: int
    gain_db: float = 0.0

    @property
    def is_sure(self) -> bool:
        """Whether its lines are told from what is played."""
        return self.lines >= _FEWEST_LINES and self.sure_db >= _LEAST_SURE_DB

    @property
    def lines(self) -> int:
        """How many harmonics are taken out."""
        return int(np.count_nonzero(self.levels.any(axis=0)))

    def phase(self, seconds: _Values) -> _Values:
        """(count,) the mains' phase at these seconds of the stem, in radians."""
        turned = np.interp(seconds, self.times_s, self.turns)
        for end, inner in ((0, _SLOPE_HOPS), (-1, -1 - _SLOPE_HOPS)):  # goes on as it went
            at_s, at = self.times_s[end], self.turns[end]
            slope = (self.turns[inner] - at) / (self.times_s[inner] - at_s)
            beyond = seconds < at_s if end == 0 else seconds > at_s
            turned = np.where(beyond, at + slope * (seconds - at_s), turned)
        return np.asarray(2.0 * np.pi * self.mains_hz * seconds + turned)

    def at(self, first: int, frames: int) -> Block:
        """(channels, frames) the hum from frame `first` of the file on."""
        seconds = np.arange(first, first + frames) / self.sample_rate_hz
        phase = self.phase(seconds)
        found = np.zeros((len(self.levels), frames))
        for harmonic in np.flatnonzero(self.levels.any(axis=0)).tolist():
            turned = (harmonic + 1) * phase
            cosine, sine = np.cos(turned), np.sin(turned)
            for side, level in zip(found, self.levels[:, harmonic], strict=True):
                side += level.real * cosine - level.imag * sine
        return found


def mains_hum(audio: StemAudio) -> MainsHum | None:
    """The hum of a stem, of the mains that fit best; None for one too short to tell.

    Raises InputError as `StemAudio.passages` does.
    """
    small = _small(audio)
    spectra = _spectra(small)
    if spectra.shape[1] < _FEWEST_HOPS:
        return None
    found = [_fitted(_heard(spectra, hz), audio) for hz in _MAINS_HZ]
    best = max(found, key=lambda each: (each.lines, each.sure_db))
    if not best.is_sure:
        return best
    best = _with_bare_lines(best, small)
    return replace(best, gain_db=_gain_db(best, small))


def _gain_db(found: MainsHum, small: Block) -> float:
    """By how much the power of its lines is less without it."""
    left = small - replace(found, sample_rate_hz=_RATE_HZ).at(0, small.shape[1])
    before = _heard(_spectra(small), found.mains_hz)
    after = _turning(_spectra(left), found.mains_hz * np.arange(1, _HARMONICS + 1))
    taken = (found.levels != 0.0).ravel()
    powers = [
        float((before.weights * np.square(np.abs(lines)))[taken].sum())
        for lines in (before.lines, after)
    ]
    return power_db(powers[0] / max(powers[1], 1e-30))


def _with_bare_lines(found: MainsHum, small: Block) -> MainsHum:
    """With what the seconds left of it, where its lines are bare."""
    frames = small.shape[1]
    phase = found.phase(np.arange(frames) / _RATE_HZ)
    for _ in range(_BARE_ROUNDS):
        left = small - replace(found, sample_rate_hz=_RATE_HZ).at(0, frames)
        levels, errors = bare_lines(left, phase, _HARMONICS, _RATE_HZ)
        power = np.square(np.abs(levels))
        sure = power > _SURE * errors
        if not sure.any():
            break
        kept = np.clip(1.0 - errors / np.maximum(power, 1e-30), 0.0, 1.0)
        added = np.where(sure, levels * kept, 0.0)
        found = replace(found, levels=found.levels + added)
    return found


def _small(audio: StemAudio) -> Block:
    """(channels, frames) of the stem at 3 kHz."""
    facts = audio.facts
    stream = soxr.ResampleStream(facts.sample_rate_hz, _RATE_HZ, facts.channels, dtype="float32")
    pieces = [
        stream.resample_chunk(np.ascontiguousarray(passage.core.T, np.float32))
        for passage in audio.passages()
    ]
    pieces.append(stream.resample_chunk(np.zeros((0, facts.channels), np.float32), last=True))
    joined = np.concatenate([each.reshape(-1, facts.channels) for each in pieces])
    return np.ascontiguousarray(joined.T, np.float64)


def _spectra(small: Block) -> _Lines:
    """(channels, hops, hertz) of each second under a Hann window: a sine of level 1 has 1."""
    hops = max(0, (small.shape[1] - _RATE_HZ) // _HOP_FRAMES + 1)
    if not hops:
        return np.zeros((len(small), 0, 1), np.complex128)
    window = np.hanning(_RATE_HZ + 1)[:-1]
    window *= 2.0 / window.sum()
    windows = np.lib.stride_tricks.sliding_window_view(small, _RATE_HZ, axis=1)[:, ::_HOP_FRAMES]
    top = (_HARMONICS + 1) * max(_MAINS_HZ)
    return np.concatenate(
        [
            fft.rfft(windows[:, at : at + _HOPS_AT_ONCE] * window, axis=2)[..., :top]
            for at in range(0, hops, _HOPS_AT_ONCE)
        ],
        axis=1,
    )


def _heard(spectra: _Lines, mains_hz: int) -> _Heard:
    hertz = mains_hz * np.arange(1, _HARMONICS + 1)
    beside = np.stack([_turning(spectra, hertz + off) for off in _BESIDE_HZ])
    noise = np.square(np.abs(beside)).mean(axis=0)
    usual = np.median(noise, axis=1, keepdims=True)
    return _Heard(
        mains_hz,
        np.tile(np.arange(1.0, _HARMONICS + 1), len(spectra)),
        _turning(spectra, hertz),
        beside,
        1.0 / (noise + 0.09 * usual + 1e-12),
    )


def _turning(spectra: _Lines, hertz: npt.NDArray[np.int64]) -> _Lines:
    """(side and line, hops) of lines at whole hertz, as they turn against carriers from the start.

    A hop later, half a second, a carrier has turned by half its hertz.
    """
    hops = np.arange(spectra.shape[1])[:, None]
    lines = spectra[:, :, hertz] * np.where(hops * hertz % 2, -1.0, 1.0)
    return np.ascontiguousarray(lines.transpose(0, 2, 1)).reshape(-1, spectra.shape[1])


def _fitted(heard: _Heard, audio: StemAudio) -> MainsHum:
    turns = _coarse(heard)
    for _ in range(_ROUNDS):
        turns = turns + _correction(heard, turns)
    back = np.exp(-1j * heard.harmonics[:, None] * turns)
    levels, errors = _levels(heard.lines * back, heard.weights)
    for lines in heard.beside:  # what is played in a steady tempo keeps its phase as well
        errors = np.maximum(errors, np.square(np.abs(_levels(lines * back, heard.weights)[0])))
    power = np.square(np.abs(levels))
    sure = power > _SURE * errors
    sure_db = power_db(float(power[sure].sum()) / max(float(errors[sure].sum()), 1e-30))
    kept = np.where(sure, levels * np.clip(1.0 - errors / np.maximum(power, 1e-30), 0.0, 1.0), 0.0)
    return MainsHum(
        heard.mains_hz,
        kept.reshape(audio.facts.channels, _HARMONICS),
        heard.times_s,
        turns,
        sure_db if sure.any() else 0.0,
        audio.facts.sample_rate_hz,
    )


def _coarse(heard: _Heard) -> _Values:
    """(hops,) the phase of the mains, by the way of most power through the grid of offsets."""
    times, hops = heard.times_s, heard.lines.shape[1]
    middles: list[float] = []
    powers: list[_Values] = []
    for start in range(0, max(1, hops - _SPAN + 1), _STEP):
        some = slice(start, min(hops, start + _SPAN))
        power = np.zeros(len(_OFF))
        turned = 2.0 * np.pi * heard.mains_hz * _OFF[:, None] * times[some]
        for harmonic, line, weight in zip(
            heard.harmonics, heard.lines[:, some], heard.weights[:, some], strict=True
        ):
            added = (np.exp(-1j * harmonic * turned) * (weight * line)).sum(axis=1)
            power += np.square(np.abs(added)) / weight.sum()
        middles.append(float(times[some].mean()))
        powers.append(power)
    off = np.interp(times, middles, _OFF[_way(powers)])
    steps = 0.5 * (off[1:] + off[:-1]) * np.diff(times)
    return 2.0 * np.pi * heard.mains_hz * np.concatenate([[0.0], np.cumsum(steps)])


def _way(powers: list[_Values]) -> npt.NDArray[np.int64]:
    """Through the rows, from one to the next without a leap, where most power lies."""
    places = np.arange(len(_OFF))
    leaps = _JUMPS * np.square(places[:, None] - places)
    best, came = powers[0], []
    for power in powers[1:]:
        sums = best - leaps
        from_ = sums.argmax(axis=1)
        came.append(from_)
        best = sums[places, from_] + power
    way = [int(best.argmax())]
    for from_ in reversed(came):
        way.append(int(from_[way[-1]]))
    return np.array(way[::-1])


def _correction(heard: _Heard, turns: _Values) -> _Values:
    """(hops,) by how much the lines' own phases are ahead of it, smoothly."""
    straight = heard.lines * np.exp(-1j * heard.harmonics[:, None] * turns)
    levels = (heard.weights * straight).sum(axis=1) / heard.weights.sum(axis=1)
    ahead = (straight * levels.conj()[:, None]).imag
    each = heard.weights * heard.harmonics[:, None]
    above = (each * ahead).sum(axis=0)
    below = (each * heard.harmonics[:, None] * np.square(np.abs(levels))[:, None]).sum(axis=0)
    smooth = [
        ndimage.gaussian_filter1d(row, _SMOOTH_HOPS, mode="constant") for row in (above, below)
    ]
    return np.clip(smooth[0] / np.maximum(smooth[1], 1e-12), -0.5, 0.5)


def _levels(straight: _Lines, weights: _Values) -> tuple[_Lines, _Values]:
    """(lines,) the level of each, and the power of its uncertainty; outliers count less."""
    counted = weights
    levels = (counted * straight).sum(axis=1) / counted.sum(axis=1)
    for _ in range(5):
        away = np.abs(straight - levels[:, None])
        usual = np.median(away, axis=1, keepdims=True) / 1.18 + 1e-9
        counted = weights / np.maximum(1.0, away / (2.0 * usual))
        levels = (counted * straight).sum(axis=1) / counted.sum(axis=1)
    away = np.square(np.abs(straight - levels[:, None]))
    errors = _OVERLAP * (np.square(counted) * away).sum(axis=1) / np.square(counted.sum(axis=1))
    return levels, errors
