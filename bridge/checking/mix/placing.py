"""Where each stem lies in the rough mix: by the correlation of what it has where it is loud."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import fft

from bridge.checking.between.port import span_s
from bridge.checking.correlation import of_one_width
from bridge.checking.excerpts import excerpt, loud_places, loudness_by_row
from bridge.checking.hearing import Heard
from bridge.checking.quick.between import usual_end_s
from bridge.checking.stem_audio import StemAudio

REACH_S = 6.0
"""A stem is looked for this far before and behind its own place."""
SAME_PLACE_S = 0.5
"""How far apart places of the mix as a whole lie that are not looked for one by one."""
_SPAN_S = 4.0
_PLACES = 4
_AS_GOOD = 0.6
"""The share of its best peak from which on a stem is taken to lie where the others do."""
_LOOPED, _AROUND_S = 0.85, 0.05
"""The share of its best peak from which on another beat of a loop is as likely its place."""
_SHARP = 12.0
"""How far a peak stands above the RMS of all that were tried, where the stem is found there."""
_SEEN = 1e-3
"""Size, of the strongest line's, below which a line of a whitened spectrum counts less."""


@dataclass(frozen=True)
class _Peaks:
    """`heights` by offset, the first of which is -`lead`."""

    heights: npt.NDArray[np.float32]
    lead: int

    def best(self) -> int:
        """The offset in frames, positive where the stem is later in the mix."""
        return int(self.heights.argmax()) - self.lead

    def best_around(self, offset: int, around: int) -> int:
        """The same of those up to `around` frames from an offset."""
        first = max(0, offset + self.lead - around)
        some = self.heights[first : offset + self.lead + around + 1]
        return first + int(some.argmax()) - self.lead

    def best_near(self, offset: int, around: int) -> int:
        """The nearest to an offset of those that are the best but for little: of a loop's beats."""
        those = np.flatnonzero(self.heights >= _LOOPED * self.heights.max())
        near = int(those[np.abs(those - self.lead - offset).argmin()])
        return self.best_around(near - self.lead, around)

    def is_sharp(self) -> bool:
        spread = float(np.sqrt(np.square(self.heights, dtype=np.float64).mean()))
        return float(self.heights.max()) > _SHARP * spread > 0.0

    def is_as_good_at(self, offset: int) -> bool:
        at = offset + self.lead
        if not 0 <= at < len(self.heights):
            return False
        near = self.heights[max(0, at - 1) : at + 2]
        return bool(near.max(initial=0.0) >= _AS_GOOD * self.heights.max())


def placed(
    stems: Sequence[Heard], mix: StemAudio, rate_hz: int, near: int | None = None
) -> list[list[int]]:
    """How many frames later each stem lies in the mix than in the song, at `rate_hz`.

    Each is looked for about `near` frames later, where most are taken to lie if it is given.
    The first list has all where most stems lie: what sounds in one stem and again in another, as
    in the return of a delay, is found at the other's place. Those that follow, if any, are right
    where they explain more. What repeats itself stays where most stems lie, as does what cannot be
    found. Where it cannot lie there it fits on any beat: a stem that ends too early is taken to end
    with the others, any other to lie on the nearest beat. Then it lies where it fits best; then all
    that can end with the others do so.
    """
    found = [_peaks(stem, mix, rate_hz, near or 0) for stem in stems]
    common = _common(found, rate_hz, near)
    around = round(_AROUND_S * rate_hz)
    usual_s = usual_end_s([span_s(stem)[1] for stem in stems])
    likely, best, ending = [], [], []
    for stem, peaks in zip(stems, found, strict=True):
        less = round((usual_s - span_s(stem)[1]) * rate_hz)
        ends = common + less if less > around and peaks.is_as_good_at(common + less) else None
        stays = not peaks.is_sharp() or peaks.is_as_good_at(common)
        near = common if stays else peaks.best_near(common, around)
        likely.append(near if stays or ends is None else ends)
        best.append(common if stays else peaks.best())
        ending.append(near if ends is None else ends)
    ways = [[common] * len(found), likely, best, ending]
    return [way for at, way in enumerate(ways) if way not in ways[:at]]


def _common(found: Sequence[_Peaks], rate_hz: int, near: int | None) -> int:
    """Where most stems that are found lie; `near` one place, where it is given."""
    around, middle = round(SAME_PLACE_S * rate_hz), near or 0
    sure = Counter(
        peaks.best() if near is None else peaks.best_around(middle, around)
        for peaks in found
        if peaks.is_sharp()
    )
    return max(sure, key=lambda each: (sure[each], -abs(each - middle)), default=middle)


def _peaks(stem: Heard, mix: StemAudio, rate_hz: int, near: int) -> _Peaks:
    lead, frames = round(REACH_S * rate_hz), round(_SPAN_S * rate_hz)
    size = fft.next_fast_len(frames + 2 * lead, real=True)
    added = np.zeros(size // 2 + 1, np.complex64)
    for place_s in loud_places(loudness_by_row(stem), _SPAN_S, _PLACES):
        start = round(place_s * rate_hz)
        one = excerpt(stem.audio, start, frames, rate_hz)
        other = excerpt(mix, start + near - lead, frames + 2 * lead, rate_hz)
        for mine, theirs in zip(*of_one_width(one, other), strict=True):
            own = fft.rfft(mine.astype(np.float32), size)
            crossed = np.conj(own) * fft.rfft(theirs.astype(np.float32), size)
            sizes = np.abs(crossed)
            added += crossed / (sizes + _SEEN * float(sizes.max()) + 1e-30)
    return _Peaks(np.abs(fft.irfft(added, size)[: 2 * lead + 1]).astype(np.float32), lead - near)
