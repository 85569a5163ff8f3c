"""Where a finding is best seen and heard: a short stretch of the song around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from bridge.checking import Finding
from bridge.pages.check.overviews import Overview

_AROUND_S = 0.9
"""Before and behind what is told."""
_SHORT_S = 2.0
"""What is shown whole; of what is longer, so much."""
_PAIR_S = 3.0
_QUIET = frozenset({"hum", "noise_floor"})
"""Best heard where little else sounds."""
_AT_THE_END = "cut_tail"
_NOTHING_TO_HEAR = frozenset(
    {"undecodable", "silent", "padded_bits", "wrong_depth", "rate", "length"}
)


@dataclass(frozen=True)
class Place:
    """Seconds of the song: what is shown and played, and within it from when to when it is told."""

    start_s: float
    end_s: float
    from_s: float
    to_s: float

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self.end_s - self.start_s

    def told_from(self, from_s: float, to_s: float) -> Place:
        """The same place of something that is told from when to when."""
        return replace(self, from_s=max(self.start_s, from_s), to_s=min(self.end_s, to_s))


def place_of(finding: Finding, stems: Sequence[Overview], *, paired: bool) -> Place | None:
    """Where to look at a finding of these stems; None where there is nothing to hear.

    `paired`: it is about how two things lie beside each other, which takes a little longer.
    """
    sounding = [each for each in stems if each.seconds > 0.0]
    if not sounding or finding.code in _NOTHING_TO_HEAR:
        return None
    begin = min(each.start_s for each in sounding)
    end = max(each.start_s + each.seconds for each in sounding)
    from_s, to_s = max(begin, finding.start_s), min(end, finding.end_s)
    if to_s < from_s:
        from_s, to_s = begin, end
    shown_s = _PAIR_S if paired else _SHORT_S
    if to_s - from_s <= shown_s:
        middle, reach = 0.5 * (from_s + to_s), 0.5 * (to_s - from_s) + _AROUND_S
        reach = max(reach, 0.5 * shown_s)
    else:
        middle = _middle(finding, sounding, (from_s, to_s), shown_s)
        reach = 0.5 * shown_s
    start_s = max(begin, min(middle - reach, end - 2.0 * reach))
    stop_s = min(end, start_s + 2.0 * reach)
    return Place(start_s, stop_s, max(from_s, start_s), min(to_s, stop_s))


def _middle(
    finding: Finding, stems: Sequence[Overview], within: tuple[float, float], shown_s: float
) -> float:
    """The middle of the stretch where most is to be seen: the loudest, or the quietest."""
    if finding.code == _AT_THE_END:
        return within[1]
    step_s = 0.1
    times = np.arange(within[0], within[1], step_s)
    peaks = np.min([_relative(each, times) for each in stems], axis=0)
    if not peaks.any():
        peaks = np.max([_relative(each, times) for each in stems], axis=0)
    width = max(1, round(0.5 * shown_s / step_s))
    if finding.code in _QUIET:
        held = _around(peaks, width, np.maximum)
        held[held <= 0.0] = np.inf  # where the file holds nothing at all nothing hums
        return float(times[int(held.argmin())])
    return float(times[int(_around(peaks, width, np.add).argmax())])


def _relative(stem: Overview, times: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """A stem's peaks at these times, of its largest; zero where it has none."""
    peaks = stem.peaks
    at = np.floor((times - stem.start_s) / stem.column_s).astype(np.int64)
    there = (at >= 0) & (at < len(peaks))
    found = np.zeros(len(times))
    found[there] = peaks[at[there]]
    return found / max(float(peaks.max(initial=0.0)), 1e-9)


def _around(values: npt.NDArray[np.float64], width: int, of: np.ufunc) -> npt.NDArray[np.float64]:
    """What `of` makes of the values up to `width` around each."""
    padded = np.pad(values, width, mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * width + 1)
    return np.asarray(of.reduce(windows, axis=1))
