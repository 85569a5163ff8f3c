"""Sums among stems that a sketch cannot know: late or early, cut, in mono, with sides swapped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from bridge.audio import BLOCK_FRAMES, Inspection, opened
from bridge.planning import Stem
from stemwright.decibels import power_db
from stemwright.problems import InputError

_PLACES = 3
_MOST_BLOCKS = 2
_ALL_BLOCKS = 256
"""Blocks of all stems together in one place: many stems get shorter excerpts."""
_MARGIN_S = 0.3
"""How late or early a sum may be."""
_HEARD_POWER = 1e-3
_LIKE = 0.5
"""Normalised correlation with the others' plain sum from which on a fit is worth its time."""
_SHARP = 8.0
"""The same for a peak of the whitened correlation, against its RMS; chance reaches 5."""
_LEFT_OVER = 0.1
_PART = 0.01
_FEWEST_FRAMES = 4096
_SILENT = 0.003
_ALIKE = 0.995

_Floats = npt.NDArray[np.float64]
_Samples = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Fit:
    """Stem `at` is `parts`, each by its gain (all positive), so many frames late, seen so.

    `apart_db` is how far the parts' powers are from adding up to that of the sum.
    `sides` is "", "swapped" or "mono". `whole`: what is no part is one stem, or hardly heard.
    """

    at: int
    parts: list[int]
    gains: list[float]
    apart_db: float
    late_frames: int
    sides: str
    whole: bool


def fits(stems: Sequence[tuple[Stem, Sequence[Inspection]]]) -> list[Fit]:
    """Find the stems, all of one sample rate, that are a sum of others in the excerpts taken.

    Excerpts lie where most stems are heard, some seconds in all; a fit leaves at most -20 dB.
    """
    blocks = max(1, min(_MOST_BLOCKS, _ALL_BLOCKS // len(stems)))
    powers = _powers(stems)
    margin = int(stems[0][0].sample_rate_hz * _MARGIN_S)
    places = [
        _Place(stems, first * BLOCK_FRAMES, blocks * BLOCK_FRAMES, margin)
        for first in _firsts(powers, blocks)
    ]
    found = (_fit(places, at) for at in range(len(stems)))
    return [each for each in found if each is not None]


def _powers(stems: Sequence[tuple[Stem, Sequence[Inspection]]]) -> _Floats:
    """(stems, blocks) of song time."""
    starts = [round(stem.offset_at(stem.sample_rate_hz) / BLOCK_FRAMES) for stem, _ in stems]
    ends = [
        start + max(len(each.levels) for each in found)
        for start, (_, found) in zip(starts, stems, strict=True)
    ]
    powers = np.zeros((len(stems), max(ends)))
    for row, start, (_, found) in zip(powers, starts, stems, strict=True):
        for each in found:
            row[start : start + len(each.levels)] += np.square(each.levels)
    return powers


def _firsts(powers: _Floats, blocks: int) -> list[int]:
    """The first blocks of the places where most is heard, then of those that hold the rest."""
    sums = np.cumsum(np.pad(powers, ((0, 0), (1, blocks))), axis=1)
    energies = sums[:, blocks:] - sums[:, :-blocks]
    shares = energies / np.maximum(energies.max(axis=1, keepdims=True), 1e-30)
    heard = shares > _HEARD_POWER
    loud = np.sqrt(np.maximum(shares, 0.0)).sum(axis=0) / (len(powers) + 1)
    missing = heard.any(axis=1)
    firsts: list[int] = []
    while missing.any() and len(firsts) < _PLACES:
        firsts.append(int((heard[missing].sum(axis=0) + loud).argmax()))
        missing &= ~heard[:, firsts[-1]]
    return firsts


class _Place:
    """What every stem holds around one place of the song: (stems, 2, margin + frames + margin)."""

    def __init__(
        self,
        stems: Sequence[tuple[Stem, Sequence[Inspection]]],
        start: int,
        frames: int,
        margin: int,
    ) -> None:
        self.frames, self.margin = frames, margin
        self.sounds = np.zeros((len(stems), 2, frames + 2 * margin), np.float32)
        for sound, (stem, _) in zip(self.sounds, stems, strict=True):
            _read(stem, start - stem.offset_at(stem.sample_rate_hz) - margin, sound)
        self.mono = self.sounds.mean(axis=1)
        self.size = 1 << (self.mono.shape[1] - 1).bit_length()
        self.together = self.mono.sum(axis=0)

    def crossed(self, at: int) -> npt.NDArray[np.complex64]:
        """The cross spectrum of a stem's excerpt with the others' sum, margins and all."""
        one = np.zeros_like(self.together)
        middle = slice(self.margin, self.margin + self.frames)
        one[middle] = self.mono[at, middle]
        spectrum = np.conj(np.fft.rfft(one, self.size)) * np.fft.rfft(
            self.together - self.mono[at], self.size
        )
        return np.asarray(spectrum, np.complex64)

    def span(self, at: int) -> slice:
        """From where to where a stem is heard, between the margins; nothing where too briefly."""
        level = np.abs(self.mono[at, self.margin : self.margin + self.frames])
        heard = np.flatnonzero(level > _SILENT * float(level.max()))
        if not len(heard) or heard[-1] - heard[0] < _FEWEST_FRAMES:
            return slice(0, 0)
        return slice(self.margin + int(heard[0]), self.margin + int(heard[-1]) + 1)

    def products(self, at: int, late: int) -> _Floats:
        """The products of a stem with itself, with the others together, and of these."""
        here = self.span(at)
        there = slice(here.start - late, here.stop - late) if here.stop else here
        one, other = self.mono[at, here], self.together[there] - self.mono[at, there]
        return np.array([(one * one).sum(), (one * other).sum(), (other * other).sum()], float)

    def cut(self, at: int, late: int) -> tuple[_Samples, _Samples]:
        """The stem (2, n) and all stems (stems, 2, n) as they are when it is `late` frames late."""
        here = self.span(at)
        there = slice(here.start - late, here.stop - late) if here.stop else here
        return self.sounds[at][:, here], self.sounds[:, :, there]


def _read(stem: Stem, first: int, sound: _Samples) -> None:
    """Fill (2, frames) from frame `first` of the stem on; what cannot be read stays silent."""
    rows = [sound] if len(stem.files) == 1 else [sound[:1], sound[1:]]
    begin = max(0, first)
    for row, file in zip(rows, stem.files, strict=False):
        count = min(file.frames, first + sound.shape[1]) - begin
        if count <= 0:
            continue
        with suppress(InputError), opened(file.path) as (source, _):
            source.seek(begin)
            samples = source.read(count, dtype="float32", always_2d=True).T
            at = begin - first
            row[:, at : at + samples.shape[1]] = samples


def _fit(places: Sequence[_Place], at: int) -> Fit | None:
    loudest = max(float(np.square(place.mono[at]).sum()) for place in places)
    heard = [
        place for place in places if float(np.square(place.mono[at]).sum()) > _HEARD_POWER * loudest
    ]
    if not heard:
        return None
    for late in _lags(heard, at):
        found = _viewed([place.cut(at, late) for place in heard], at)
        if found is not None:
            return replace(found, at=at, late_frames=late)
    return None


def _viewed(cuts: Sequence[tuple[_Samples, _Samples]], at: int) -> Fit | None:
    one = np.concatenate([cut[0] for cut in cuts], axis=-1).astype(np.float64)
    others = np.concatenate([cut[1] for cut in cuts], axis=-1).astype(np.float64)
    others[at] = 0.0
    for sides, target, columns in _views(one, others):
        found = _parts(target, columns)
        if found is not None:
            return replace(found, sides=sides)
    return None


def _lags(places: Sequence[_Place], at: int) -> list[int]:
    """How many frames late the stem may be, by a whitened and by the plain correlation."""
    spectrum = np.sum([place.crossed(at) for place in places], axis=0)
    sizes = np.abs(spectrum)
    white = spectrum / np.maximum(sizes, 1e-6 * float(sizes.max()) + 1e-30)
    margin, size = places[0].margin, places[0].size
    lags: list[int] = []
    for each in (white, spectrum):
        near = np.abs(np.roll(np.fft.irfft(each, size), margin)[: 2 * margin + 1])
        late = margin - int(near.argmax())
        sharp = each is white and near.max() > _SHARP * np.sqrt(np.square(near).mean())
        if late not in lags and (sharp or _like(places, at, late) > _LIKE):
            lags.append(late)
    return lags


def _like(places: Sequence[_Place], at: int, late: int) -> float:
    own, both, others = np.sum([place.products(at, late) for place in places], axis=0)
    return float(abs(both) / np.sqrt(own * others)) if own * others > 0.0 else 0.0


def _views(one: _Floats, others: _Floats) -> Iterator[tuple[str, _Floats, _Floats]]:
    """The stem (n,) and the others (stems, n) as they are, with sides swapped, and in mono."""
    flat = others.reshape(len(others), -1)
    yield "", one.reshape(-1), flat
    yield "swapped", one[::-1].reshape(-1), flat
    middle = one.mean(axis=0)
    if np.square(one[0] - one[1]).sum() < 0.04 * np.square(middle).sum():
        yield "mono", middle, others.mean(axis=1)
        yield "mono", middle, others[:, 0]
        yield "mono", middle, others[:, 1]


def _parts(target: _Floats, columns: _Floats) -> Fit | None:
    """The columns that add up to the target; none where they do not, or where one alone is it."""
    sizes = np.sqrt(np.square(columns).sum(axis=1))
    size = float(np.sqrt(np.square(target).sum()))
    if size == 0.0:
        return None
    heard = np.flatnonzero(sizes > 1e-6 * size)
    scaled = columns[heard] / sizes[heard][:, None]
    aims = scaled @ (target / size)
    apart = np.abs(aims) < _ALIKE
    heard, scaled, aims = heard[apart], scaled[apart], aims[apart]
    if len(heard) < 2:
        return None
    shares = np.linalg.lstsq(scaled @ scaled.T, aims, rcond=1e-9)[0]
    left = float(np.sqrt(max(0.0, 1.0 - float((aims * shares).sum()))))
    shares = shares if shares.sum() > 0.0 else -shares
    # Two must count for more than what is left over: a copy of one, with an effect, is no sum.
    second = float(np.sort(shares)[-2])
    if left > _LEFT_OVER or shares.min() < -_PART - left / 4 or second < 2 * max(_PART, left):
        return None
    taken = shares > _PART + left / 4
    powers = np.square(sizes[heard])
    rest = float(powers[~taken].sum()) <= 0.1 * float(powers[taken].sum())
    gains = shares[taken] * size / sizes[heard][taken]
    apart_db = abs(power_db(float(np.square(shares[taken]).sum())))
    whole = int(np.count_nonzero(~taken)) < 2 or rest
    return Fit(-1, heard[taken].tolist(), gains.tolist(), apart_db, 0, "", whole)
