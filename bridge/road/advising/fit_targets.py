"""The file that inserts are fitted to: which part of it is listened to, and where that begins."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stemwright.problems import InputError, Problem

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from bridge.advising import Score
    from bridge.planning import Excerpt

    Sound = npt.NDArray[np.float64]

PREROLL_S = 1.0
"""What runs through the inserts before anything counts."""
SECONDS = 6.0
"""How much of the song is listened to where nobody says which part."""
LEAST_S = 1.0
"""Of less nothing is told."""
_CHANNELS = 2
_FARTHEST_S = 0.5
_ALIKE = 0.3


class Target:
    """The file that is to be come near to."""

    def __init__(self, to: Path | None, reference: Path | None, *, any_level: bool) -> None:
        """`to` is the same performance, `reference` other music: one of both."""
        path = to or reference
        assert path is not None  # noqa: S101 - the command line asks for one of both
        self._is_same = to is not None
        self._any_level = any_level
        self._path = path
        self._sound: Any = None
        self.ends_s = 0.0
        """Where the file ends, once it was read."""

    def part(self, rate_hz: int, start_s: float | None, end_s: float | None) -> Excerpt:
        """The part of the song that is listened to; what nobody says is the loudest.

        Raises InputError `target_too_short`.
        """
        import numpy as np

        from bridge.audio import probe, read_blocks, resampled
        from bridge.planning import Excerpt

        header = probe(self._path)
        blocks = (_stereo(block) for block in read_blocks(self._path))
        at_rate = resampled(blocks, _CHANNELS, header.sample_rate_hz, rate_hz)
        self._sound = np.concatenate(list(at_rate), axis=1)
        if start_s is None:
            start_s = loudest_s([self._sound], rate_hz)
        if end_s is None:
            end_s = start_s + SECONDS
        self.ends_s = self._sound.shape[1] / rate_hz
        end_s = min(end_s, self.ends_s if self._is_same else start_s + self.ends_s)
        if end_s - start_s < LEAST_S - 1.0 / rate_hz:
            raise InputError(self._too_short(start_s))
        return Excerpt(start_s, end_s, PREROLL_S)

    def _too_short(self, start_s: float) -> Problem:
        return Problem(
            "target_too_short",
            f"{self._path.name} ends at {self.ends_s:g} s, too soon to begin at {start_s:g} s",
            {"file": str(self._path)},
            expected=f"{LEAST_S:g} s or more to compare with",
            hint="a longer file, or another --range",
        )

    def score(self, part: Excerpt, rate_hz: int, frames: int, unheard: int, now: Sound) -> Score:
        """What is held to the target. Raises InputError `other_performance`."""
        import numpy as np

        from bridge.advising import Likeness, SamePerformance

        if not self._is_same:
            start = round(loudest_s([self._sound], rate_hz) * rate_hz)
            return Likeness(self._sound[:, start : start + frames], unheard, rate_hz)
        start = round(part.start_s * rate_hz) - unheard
        lag = _lag(now, self._sound, start, rate_hz, self._path)
        begin = start + lag
        frames = min(frames, self._sound.shape[1] - begin)
        target = np.zeros((_CHANNELS, frames))
        got = self._sound[:, max(0, begin) : max(0, begin + frames)]
        skipped = max(0, -begin)
        target[:, skipped : skipped + got.shape[1]] = got[:, : frames - skipped]
        return SamePerformance(target, unheard, any_level=self._any_level)


def _stereo(block: Any) -> Any:
    return block if len(block) == _CHANNELS else block[[0, 0]]


def loudest_s(blocks: Iterable[Sound], rate_hz: int) -> float:
    """Where the loudest SECONDS of a stream begin, to a tenth of a second."""
    import numpy as np

    from bridge.audio import reblocked

    hops = reblocked(blocks, rate_hz // 10)
    powers = [float(np.vdot(hop, hop)) for hop in hops]
    energy = np.concatenate([[0.0], np.cumsum(powers)])
    width = min(len(powers), round(SECONDS * 10))
    return float(np.argmax(energy[width:] - energy[: len(energy) - width])) / 10


def _lag(now: Sound, target: Sound, start: int, rate_hz: int, path: Path) -> int:
    """How many frames the target is late, found where what is heard now is most like it."""
    import numpy as np
    from scipy.signal import fftconvolve

    most = round(_FARTHEST_S * rate_hz)
    frames = now.shape[1]
    wide = np.zeros(frames + 2 * most)
    begin = start - most
    got = target.mean(axis=0)[max(0, begin) : max(0, begin + len(wide))]
    skipped = max(0, -begin)
    wide[skipped : skipped + len(got)] = got[: len(wide) - skipped]
    own = now.mean(axis=0)
    found = np.abs(fftconvolve(wide, own[::-1], mode="valid"))
    power = np.concatenate([[0.0], np.cumsum(np.square(wide))])
    under = np.sqrt(
        np.maximum(power[frames:] - power[:-frames], 1e-30) * max(np.vdot(own, own), 1e-30)
    )
    likeness = found / under
    at = int(np.argmax(found))
    if likeness[at] < _ALIKE:
        raise InputError(
            Problem(
                "other_performance",
                f"{path.name} is not what this chain plays there: they correlate by"
                f" {likeness[at]:.2f}",
                {"file": str(path)},
                expected="a file of the same performance, in the song's own time",
                hint="--reference compares with other music",
            )
        )
    return at - most
