"""The course of a stem in the rough mix: from which frame on it lies there, and how fast it runs.

Where it lies is measured between the samples, in short stretches at several places. Places that
say something else than most, for another stem sounds there, have no say.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from bridge.audio import Block
from bridge.checking.correlation import aligned
from bridge.checking.excerpts import excerpt, loud_places, loudness_by_row
from bridge.checking.hearing import Heard
from bridge.checking.mix.products import Placed, of_width
from bridge.checking.stem_audio import StemAudio

_FRAMES = 1 << 14
"""Short enough for a drift of 100 ppm to stay under two samples within."""
_PLACES = 12
_NEAR_FRAMES, _NEARER_FRAMES = 64, 16
_MOST_PPM = 200.0
_SAME_FRAMES = 0.75
"""How far a place may lie off the course of most."""
_MOST_AGREE, _FEWEST = 0.6, 4
_LEAST_PPM, _LEAST_FRAMES = 1.5, 0.5
"""A drift that is less, or moves less from the first place to the last, is none."""
_SAME_PPM = 2.0
"""How far stems may lie apart that the mix shares a clock with."""
_WHOLE_FRAMES = 0.04
"""How near to a whole frame one lies there: as exactly as it is measured beside other stems."""

Rest = Callable[[int, int], Block]
"""(first frame, frames) -> (channels, frames) of the mix, or of what others leave of it."""
_Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Course:
    """`late` frames later at the song's start, and how much slower it runs in the mix."""

    late: float
    slower_ppm: float

    def of(self, place: Placed) -> Placed:
        """A stem on this course, which was measured from `place`."""
        ppm = place.audio.slower_ppm - self.slower_ppm
        late = place.late + self.late
        if not self.slower_ppm and abs(late - round(late)) < _WHOLE_FRAMES:
            late = float(round(late))
        return replace(place, audio=replace(place.audio, slower_ppm=ppm), late=late)


def course_in(
    rest: Rest, stem: Heard, place: Placed, rate_hz: int, *, whitened: bool = False
) -> Course | None:
    """The course of a stem from where it is placed; None where the places do not agree.

    `whitened` where other stems are in the rest as well.
    """
    starts_s = loud_places(loudness_by_row(stem), _FRAMES / rate_hz, _PLACES)
    at = np.array([round(each * rate_hz) for each in starts_s], np.float64)
    if not len(at):
        return None
    far = _NEAR_FRAMES + round(1e-6 * _MOST_PPM * float(at.max()))
    middles = at + _FRAMES / 2
    first = _agreed(middles, _lates(rest, place, at, far, rate_hz, whitened=whitened))
    if first is None:
        return None
    nearer = first.of(place)
    found = _lates(rest, nearer, at, _NEARER_FRAMES, rate_hz, whitened=whitened)
    second = _mended(first, middles, found)
    late = nearer.late + second.late - place.late
    return Course(late, first.slower_ppm + second.slower_ppm)


def _lates(
    rest: Rest, place: Placed, at: _Array, far: int, rate_hz: int, *, whitened: bool
) -> _Array:
    """How many frames later than placed a stem lies at each of its frames `at`."""
    found = []
    for frame in at:
        start = round(frame + place.late)
        there = rest(start - far, _FRAMES + 2 * far)
        own = of_width(place.excerpt(start, _FRAMES, rate_hz), len(there))
        found.append(-aligned(own, there, far, whitened=whitened).offset_frames)
    return np.array(found)


def _agreed(at: _Array, lates: _Array) -> Course | None:
    """The course on which most places lie, the steadiest of equals."""
    steady = Course(float(np.median(lates)), 0.0)
    stays = _on(steady, at, lates)
    best = _best_line(at, lates) if len(at) >= _FEWEST else steady
    moves = _on(best, at, lates)
    if moves.sum() > max(1, stays.sum()):
        slope, late = np.polyfit(at[moves], lates[moves], 1)
        moved_frames = abs(slope) * float(np.ptp(at[moves]))
        if abs(slope) * 1e6 >= _LEAST_PPM and moved_frames >= _LEAST_FRAMES:
            enough = max(_FEWEST, _MOST_AGREE * len(at))
            return Course(float(late), 1e6 * float(slope)) if moves.sum() >= enough else None
    if stays.sum() < _MOST_AGREE * len(at):
        return None
    return Course(float(np.median(lates[stays])), 0.0)


def _mended(first: Course, at: _Array, lates: _Array) -> Course:
    """What is to be added to a course by what places say that were measured on it."""
    near = np.abs(lates - np.median(lates)) <= _SAME_FRAMES
    if not first.slower_ppm:
        return Course(float(np.median(lates)), 0.0)
    slope, late = np.polyfit(at[near], lates[near], 1)
    return Course(float(late), 1e6 * float(slope))


def _best_line(at: _Array, lates: _Array) -> Course:
    """Of the lines through two places that one on which the most lie."""
    first, second = np.triu_indices(len(at), 1)
    slopes = (lates[second] - lates[first]) / (at[second] - at[first])
    lines = [
        Course(float(lates[one] - slope * at[one]), 1e6 * float(slope))
        for one, slope in zip(first, slopes, strict=True)
        if abs(slope) * 1e6 <= _MOST_PPM
    ]
    return max(lines, key=lambda line: _nearness(line, at, lates), default=Course(0.0, 0.0))


def _nearness(line: Course, at: _Array, lates: _Array) -> tuple[int, float]:
    off = np.abs(_off(line, at, lates))
    near = off <= _SAME_FRAMES
    return int(near.sum()), -float(off[near].sum())


def _on(line: Course, at: _Array, lates: _Array) -> npt.NDArray[np.bool_]:
    return np.asarray(np.abs(_off(line, at, lates)) <= _SAME_FRAMES)


def _off(line: Course, at: _Array, lates: _Array) -> _Array:
    return lates - line.late - 1e-6 * line.slower_ppm * at


def mix_slower_ppm(stems: Sequence[Heard], mix: StemAudio, late: int, rate_hz: int) -> float:
    """How much slower the mix runs than most of its stems, 0.0 where they do not agree."""

    def all_of_it(start: int, frames: int) -> Block:
        return excerpt(mix, start, frames, rate_hz)[:2]

    courses = [
        course_in(all_of_it, stem, Placed(stem.audio, late), rate_hz, whitened=True)
        for stem in stems
    ]
    found = [each.slower_ppm for each in courses if each is not None]
    if not found:
        return 0.0
    middle = float(np.median(found))
    alike = [each for each in found if abs(each - middle) < _SAME_PPM]
    is_shared = len(alike) >= min(2, len(stems)) and 2 * len(alike) > len(found)
    return float(np.mean(alike)) if is_shared and abs(middle) >= _LEAST_PPM else 0.0
