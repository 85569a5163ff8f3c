"""Corner frequencies that a sample rate cannot carry are refused, all at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from stemwright.problems import InputError, Problem

_HIGHEST_SHARE_OF_NYQUIST = 0.98


@dataclass(frozen=True)
class Corner:
    """A frequency as the user knows it: "eq band 2", at `path` inside the insert's settings."""

    name: str
    path: str
    hz: float


def refuse_above_nyquist(corners: Iterable[Corner], sample_rate_hz: int) -> None:
    """Raise InputError `band_above_nyquist` with every corner above 0.98 of half the rate."""
    highest_hz = _HIGHEST_SHARE_OF_NYQUIST * sample_rate_hz / 2
    problems = [
        Problem(
            "band_above_nyquist",
            f"{corner.name} at {corner.hz:g} Hz does not fit a rate of {sample_rate_hz} Hz",
            {"path": corner.path},
            expected=f"at most {highest_hz:g} Hz",
            hint="lower it, or render at a higher rate",
        )
        for corner in corners
        if corner.hz > highest_hz
    ]
    if problems:
        raise InputError(problems)
