"""What an insert's output must be, given its input: by slices, so that memory stays flat."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from bridge.hosting.answers import Refused, problem, warning

Slice = npt.NDArray[np.float32]
"""(2, frames) float32."""

SOUNDING = 1e-3
"""Peak from which a channel counts as sounding: -60 dBFS."""

SILENT = 1e-6
"""Peak below which a channel counts as silent: -120 dBFS."""

_SIDES = ("left", "right")


def first_not_finite(audio: npt.NDArray[np.float32]) -> int | None:
    """The first frame of (channels, frames) `audio` that holds a NaN or Inf."""
    finite = np.isfinite(audio)
    return None if finite.all() else int(np.argmin(finite.all(axis=0)))


def not_finite(frame: int) -> Refused:
    """The refusal of an output that is not finite from `frame` on, in the insert's own time."""
    return Refused(
        problem(
            "not_finite",
            f"the plugin's output is NaN or infinite from frame {frame} on",
            hint="Look for a setting that makes it unstable, such as feedback over 100 %.",
        )
    )


def latency_differs(reported: int, expected: int) -> dict[str, str]:
    """The warning of a latency that is not the one a plugin was prepared with."""
    said = f"reports {reported} frames of latency; when it was prepared it was {expected}"
    return warning("latency_differs", said)


@dataclass
class Comparison:
    """An insert's input and output, slice by slice: peaks a channel, and whether they differ."""

    peak_in: npt.NDArray[np.float64] = field(default_factory=lambda: np.zeros(2))
    peak_out: npt.NDArray[np.float64] = field(default_factory=lambda: np.zeros(2))
    differs: bool = False

    def add(self, came: Slice, left: Slice) -> None:
        """Take the next (2, n) frames that came in, and those that left in their place."""
        if came.shape[1]:
            self.peak_in = np.maximum(self.peak_in, np.abs(came).max(axis=1))
            self.peak_out = np.maximum(self.peak_out, np.abs(left).max(axis=1))
            self.differs = self.differs or not np.array_equal(came, left)

    def refuse(self) -> None:
        """Raise when what went in sounding came out silent, on both sides or on one."""
        dead = (self.peak_in >= SOUNDING) & (self.peak_out < SILENT)
        if not dead.any():
            return
        hint = "Check the plugin's routing, its gate, and whether it is licensed here."
        if (self.peak_out < SILENT).all():
            said = "the plugin's output is silent though its input sounds"
            raise Refused(problem("silent_output", said, hint=hint))
        side = _SIDES[int(np.argmax(dead))]
        said = f"the {side} channel comes out silent though it went in"
        raise Refused(problem("dead_channel", said, hint=hint))

    def warnings(self) -> list[dict[str, str]]:
        """What is suspicious but may be meant."""
        told = []
        if self.peak_in.max() > 1.0:
            over_db = 20 * np.log10(self.peak_in.max())
            told.append(warning("hot_input", f"is fed {over_db:.1f} dB above 0 dBFS"))
        if not self.differs and self.peak_in.max() > 0:
            told.append(warning("no_effect", "gives back its input unchanged"))
        return told
