"""What an insert's output must be, given its input: by slices, so that memory stays flat."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from bridge.hosting.answers import Refused, warning
from stemwright.decibels import amplitude_db
from stemwright.problems import Diagnostic, Problem

Slice = npt.NDArray[np.float32]
"""(2, frames) float32."""

SOUNDING = 1e-3
"""Peak from which a channel counts as sounding: -60 dBFS."""

SILENT = 1e-6
"""Peak below which a channel counts as silent: -120 dBFS."""

_SIDES = ("left", "right")

LAG_FRAMES = 1 << 16
"""How much is listened to for a delay."""
_SURE = 0.97
"""What a window's power, added up in any order in float32, says of another order's: an addition is
off by 2**-24 at most, so LAG_FRAMES of them by 0.4 %, twice as many by 0.8 %; from both sides."""
_LEAST_POWER, _MOST_POWER = 1e-30, 1e30
"""Between them, squares are rounded like any other number."""
FILTER_FRAMES = 2
"""Frames that filters delay by, and that are called no delay."""
_LAG_LEAST = 1 << 10
_FLOOR = 1e-6
"""A bin this far under the loudest says nothing of a delay."""
_BROAD = 0.02
"""The share of bins that must sound: a few tones fit many delays."""
_SHARP, _PURE = 0.5, 0.9
"""How far the peak must reach of what a pure delay gives, a short delay further."""
_SHORT = 128
"""Frames of group delay that a steep low-pass, cut low, may have."""
_ALONE = 2.0
"""How far it must stand over what is not delayed."""


def first_not_finite(audio: npt.NDArray[np.float32]) -> int | None:
    """The first frame of (channels, frames) `audio` that holds a NaN or Inf."""
    finite = np.isfinite(audio)
    return None if finite.all() else int(np.argmin(finite.all(axis=0)))


def not_finite(frame: int) -> Refused:
    """The refusal of an output that is not finite from `frame` on, in the insert's own time."""
    return Refused(
        Problem(
            "not_finite",
            f"the plugin's output is NaN or infinite from frame {frame} on",
            hint="Look for a setting that makes it unstable, such as feedback over 100 %.",
        )
    )


def lag_frames(fed: npt.NDArray[np.float32], came: npt.NDArray[np.float32]) -> int | None:
    """By how much `came`, (frames,), lies behind `fed`, where that is plain; None where it is not.

    Cross-correlation with the phase transform (Knapp and Carter 1976, The generalized correlation
    method for estimation of time delay), which filters and compression hardly move.
    """
    frames = min(len(fed), len(came), LAG_FRAMES)
    if frames < _LAG_LEAST:
        return None
    size, window = 1 << (2 * frames - 1).bit_length(), np.hanning(frames)
    one, other = (np.fft.rfft(audio[:frames] * window, size) for audio in (fed, came))
    heard = (abs(one) > _FLOOR * abs(one).max()) & (abs(other) > _FLOOR * abs(other).max())
    if heard.mean() < _BROAD:
        return None
    crossed = np.where(heard, np.conj(one) * other, 0)
    phases = np.divide(crossed, abs(crossed), out=np.zeros_like(crossed), where=crossed != 0)
    found = abs(np.fft.irfft(phases, size)) / heard.mean()
    at = int(np.argmax(found))
    lag = at if at < size // 2 else at - size
    if abs(lag) <= FILTER_FRAMES:
        return lag if found[at] >= _SHARP else None
    undelayed = max(found[: FILTER_FRAMES + 1].max(), found[-FILTER_FRAMES:].max())
    least = max(_SHARP if abs(lag) > _SHORT else _PURE, _ALONE * undelayed)
    return lag if found[at] >= least else None


def loudest(window: Callable[[int], Slice], half_powers: Sequence[float]) -> tuple[int, int]:
    """The frame where the loudest LAG_FRAMES begin, at one of their halves, and the louder side.

    `window` gives the (2, n) that begin at a frame. `half_powers` are the sums of squares of every
    half over both sides, added up in any order: they tell which windows need to be asked for.
    """
    halves = np.array(half_powers)
    rough = halves + np.append(halves[1:], 0.0)
    top = rough.max()
    least = _SURE * top if _LEAST_POWER < top < _MOST_POWER else 0.0
    starts = [int(at) * (LAG_FRAMES // 2) for at in np.flatnonzero(~(rough < least))]
    powers = [_power(window(start)) for start in starts]
    found = int(np.argmax(np.sum(powers, axis=1)))
    return starts[found], int(np.argmax(powers[found]))


def _power(audio: Slice) -> Slice:
    """The sum of squares of each row, added up one by one."""
    squares: Slice = np.square(audio, order="C")
    np.add.accumulate(squares, axis=1, out=squares)
    return squares[:, -1].copy()


def lag_differs(lag: int, latency: int, *, chosen: bool) -> Diagnostic:
    """The warning of an output that lies `lag` frames behind its input at a `latency` taken off.

    `chosen` tells that this latency is the chain's own `latency_samples`.
    """
    side = "late" if lag > 0 else "early"
    why = "with the latency_samples given" if chosen else "for what the plugin reports"
    said = (
        f"comes out {abs(lag)} frames too {side}: {latency} frames were taken off {why}, and "
        f"{latency + lag} were measured; latency_samples = {latency + lag} lines it up, unless it "
        "is meant to delay"
    )
    return warning("latency_measured", said)


def late_start(frames: int, rate_hz: int) -> Diagnostic:
    """The warning of an output that is nothing for so many frames of an input that sounds."""
    said = (
        f"gives nothing for the first {frames / rate_hz:.2f} s of what sounds: if it loads "
        "samples by itself, run stemwright plugins probe on it, or set warm_up_s in the chain"
    )
    return warning("late_start", said)


@dataclass
class Start:
    """How long nothing but zeros comes of an input that sounds, and how loud that is, by slices.

    `after_frames` are listened to from where something comes.
    """

    after_frames: int
    nothing_frames: int = 0
    peak_fed: float = 0.0
    peak_after: float = 0.0
    _has_begun: bool = False

    def add(self, came: Slice, left: Slice) -> None:
        """Take the next (2, n) frames that came in, and those that left in their place."""
        if self.after_frames <= 0:
            return
        if not self._has_begun:
            began = _first(left != 0)
            fed, came = came[:, :began], came[:, began:]
            sounding = 0 if self.nothing_frames else _first(abs(fed) >= SOUNDING)
            self.nothing_frames += fed.shape[1] - sounding
            self.peak_fed = max(self.peak_fed, _peak(fed))
            self._has_begun = came.shape[1] > 0
        after = came[:, : self.after_frames]
        self.after_frames -= after.shape[1]
        self.peak_after = max(self.peak_after, _peak(after))

    def is_late(self, least_frames: int) -> bool:
        """Whether nothing came for so long of what was as loud as what came through."""
        came_through = self.peak_after > 0.0
        return (
            came_through
            and self.nothing_frames >= least_frames
            and self.peak_fed >= self.peak_after
        )


def _peak(audio: Slice) -> float:
    return float(abs(audio).max(initial=0.0))


def _first(which: npt.NDArray[np.bool_]) -> int:
    """The first frame of (channels, frames) where any holds; how many there are, where none."""
    found = np.flatnonzero(which.any(axis=0))
    return int(found[0]) if len(found) else which.shape[1]


@dataclass
class Comparison:
    """An insert's input and output, slice by slice: peaks a channel, and whether they differ."""

    peak_in: npt.NDArray[np.float64] = field(default_factory=lambda: np.zeros(2))
    peak_out: npt.NDArray[np.float64] = field(default_factory=lambda: np.zeros(2))
    differs: bool = False

    def add(self, came: Slice, left: Slice) -> None:
        """Take the next (2, n) frames that came in, and those that left in their place."""
        if came.shape[1]:
            self.peak_in = np.maximum(self.peak_in, _peaks(came))
            self.peak_out = np.maximum(self.peak_out, _peaks(left))
            self.differs = self.differs or not np.array_equal(came, left)

    def refuse(self) -> None:
        """Raise when what went in sounding came out silent, on both sides or on one."""
        dead = (self.peak_in >= SOUNDING) & (self.peak_out < SILENT)
        if not dead.any():
            return
        hint = (
            "Check the plugin's routing, its gate, and whether it is licensed here. If it "
            "loads its sounds by itself, run stemwright plugins probe on it: then it is waited for."
        )
        if (self.peak_out < SILENT).all():
            said = "the plugin's output is silent though its input sounds"
            raise Refused(Problem("silent_output", said, hint=hint))
        side = _SIDES[int(np.argmax(dead))]
        said = f"the {side} channel comes out silent though it went in"
        raise Refused(Problem("dead_channel", said, hint=hint))

    def warnings(self) -> tuple[Diagnostic, ...]:
        """What is suspicious but may be meant."""
        told = []
        if self.peak_in.max() > 1.0:
            over_db = amplitude_db(float(self.peak_in.max()))
            told.append(warning("hot_input", f"is fed {over_db:.1f} dB above 0 dBFS"))
        if not self.differs and self.peak_in.max() > 0:
            told.append(warning("no_effect", "gives back its input unchanged"))
        return tuple(told)


def _peaks(audio: Slice) -> npt.NDArray[np.float32]:
    """The largest magnitude of each row, without a copy of all magnitudes."""
    peaks: npt.NDArray[np.float32] = np.maximum(audio.max(axis=1), -audio.min(axis=1))
    return peaks
