"""Stems that hold the same audio: how late, how loud, which way up, and whether they drift."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from bridge.checking.correlation import Alignment, aligned, together
from bridge.checking.envelopes import Envelopes
from bridge.checking.excerpts import excerpt, loud_places, loudness_by_row
from bridge.checking.hearing import Heard
from bridge.checking.sketch import STEP_S
from sessions import natural_key
from stemwright.problems import InputError

_LIKELY = 0.8
"""Likeness of envelopes from which on two stems are read beside each other."""
_OFFSETS = 4
_FARTHEST_S = 600.0
_FRAMES = 1 << 14
"""Short enough for a drift of 50 ppm to stay under a sample within."""
_PLACES = 8
_MARGIN_S = 2.5 * STEP_S
_LIKE = 0.9
_THE_SAME, _THE_SAME_RESAMPLED = 0.997, 0.98
"""Clean pairs reach 0.12; what holds another one among quieter things 0.995."""
_STILL_FRAMES = 0.6
"""How far offsets may lie apart where nothing drifts."""
_DRIFT_FRAMES = 0.5
"""How far offsets may lie off a straight line where something does."""
_FEWEST_PLACES = 4
_LEAST_PPM = 1.5


@dataclass(frozen=True)
class Copy:
    """`one` and `other` hold the same audio: one(t) is gain * other(t - offset), by `alignment`.

    The offset is of the song's time, in frames at `rate_hz`. `drift_ppm` is how much slower
    `one` runs, 0.0 where its clock is the other's.
    """

    one: Heard
    other: Heard
    rate_hz: int
    alignment: Alignment
    drift_ppm: float

    @property
    def is_exact(self) -> bool:
        """Whether nothing but a fader, a shift and the file's format is between them."""
        rates = {each.audio.facts.sample_rate_hz for each in (self.one, self.other)}
        least = _THE_SAME if len(rates) == 1 else _THE_SAME_RESAMPLED
        return not self.drift_ppm and self.alignment.likeness >= least


def copies(stems: Sequence[Heard]) -> Iterator[Copy]:
    """Each stem that holds what one before it by name holds, with the first of these."""
    stems = sorted(stems, key=lambda each: natural_key(each.audio.facts.id))
    envelopes = Envelopes(stems)
    known: set[int] = set()
    for first, second in combinations(range(len(stems)), 2):
        if second in known or first in known:
            continue
        likely = [
            offset_s
            for offset_s, likeness in envelopes.offsets_s(second, first, _OFFSETS, _FARTHEST_S)
            if likeness >= _LIKELY
        ]
        found = _copy(stems[second], stems[first], likely)
        if found is not None:
            known.add(second)
            yield found


def _copy(one: Heard, other: Heard, offsets_s: Sequence[float]) -> Copy | None:
    rate_hz = min(one.audio.facts.sample_rate_hz, other.audio.facts.sample_rate_hz)
    places = loud_places(loudness_by_row(one), _FRAMES / rate_hz, _PLACES) if offsets_s else ()
    best: Copy | None = None
    for offset_s in offsets_s:
        try:
            found = [(at, _at(one, other, at, offset_s, rate_hz)) for at in places]
        except InputError:
            return None
        alike = [(at, each) for at, each in found if each.likeness >= _LIKE]
        if len(alike) < max(1, 0.75 * len(found)):
            continue
        copy = _steady(one, other, rate_hz, alike)
        if copy is not None and (
            best is None or copy.alignment.likeness > best.alignment.likeness + 1e-3
        ):
            best = copy
    return best


def _at(one: Heard, other: Heard, place_s: float, offset_s: float, rate_hz: int) -> Alignment:
    start, late = round(place_s * rate_hz), round(offset_s * rate_hz)
    margin = round(_MARGIN_S * rate_hz)
    mine = excerpt(one.audio, start, _FRAMES, rate_hz)
    theirs = excerpt(other.audio, start - late - margin, _FRAMES + 2 * margin, rate_hz)
    found = aligned(mine, theirs, margin)
    return Alignment(found.offset_frames + late, found.gain, found.likeness, found.sharpness)


def _steady(
    one: Heard, other: Heard, rate_hz: int, found: Sequence[tuple[float, Alignment]]
) -> Copy | None:
    """The copy whose offset stands or moves evenly; None where it does neither."""
    offsets = np.array([each.offset_frames for _, each in found])
    whole = together([each for _, each in found], [1.0] * len(found))
    if float(np.ptp(offsets)) <= _STILL_FRAMES:
        return Copy(one, other, rate_hz, whole, 0.0)
    if len(found) < _FEWEST_PLACES:
        return None
    times = np.array([place_s for place_s, _ in found]) * rate_hz
    slope, start = np.polyfit(times, offsets, 1)
    if float(np.abs(offsets - start - slope * times).max()) > _DRIFT_FRAMES:
        return None
    ppm = 1e6 * float(slope)
    begins = Alignment(float(start), whole.gain, whole.likeness, whole.sharpness)
    return Copy(one, other, rate_hz, begins, ppm if abs(ppm) >= _LEAST_PPM else 0.0)
