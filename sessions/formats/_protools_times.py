"""Places in a Pro Tools session text: timecode, samples, minutes, feet and bars, as exact seconds.

Drop-frame timecode: SMPTE ST 12-1. Feet and frames: 35 mm film, 16 frames a foot.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from sessions.model import Written

_TIMECODE = re.compile(r"(-?)(\d+):(\d+):(\d+)[:;](\d+)(?:[.;](\d+))?")
_MINUTES = re.compile(r"(-?)(?:(\d+):)?(\d+):(\d+(?:\.\d+)?)")
_FEET = re.compile(r"(-?)(\d+)\+(\d+(?:\.\d+)?)")
_BARS = re.compile(r"(-?\d+)\|\s*(\d+)(?:\|\s*(\d+))?")
_SAMPLES = re.compile(r"-?\d+")
_FORMAT = re.compile(r"(\d+(?:\.\d+)?)\s*(drop)?", re.IGNORECASE)
_TICKS_A_BEAT = 960
_FRAMES_A_FOOT = 16
_MOST_DIGITS = 18


@dataclass(frozen=True)
class Clock:
    """How a session counts time: its sample rate, its frame rate, and the timecode at its start.

    `assumed_bpm` and four beats a bar stand in where bars are written: the text holds no tempo.
    """

    sample_rate_hz: int
    frames_a_second: Fraction = Fraction(30)
    drop: bool = False
    start_s: Fraction = Fraction(0)
    assumed_bpm: int = 120

    def place_s(self, text: str) -> tuple[Fraction, Written] | None:
        """A place as seconds from the session's start, and as written; None if it is none."""
        text = text.strip()
        if len(text) > 4 * _MOST_DIGITS:
            return None
        timecode = self.timecode_s(text)
        if timecode is not None:
            return timecode - self.start_s, Written("timecode", text)
        if _SAMPLES.fullmatch(text):
            return Fraction(int(text), self.sample_rate_hz), Written("samples", float(int(text)))
        if found := _MINUTES.fullmatch(text):
            seconds = 3600 * int(found[2] or 0) + 60 * int(found[3]) + Fraction(found[4])
            return _signed(found[1], seconds), Written("seconds", text)
        if found := _FEET.fullmatch(text):
            frames = _FRAMES_A_FOOT * int(found[2]) + Fraction(found[3])
            return _signed(found[1], frames / self._film_rate()), Written("timecode", text)
        if found := _BARS.fullmatch(text):
            beats = 4 * (int(found[1]) - 1) + int(found[2]) - 1
            exact = beats + Fraction(int(found[3] or 0), _TICKS_A_BEAT)
            return exact * 60 / self.assumed_bpm, Written("bars", text)
        return None

    def timecode_s(self, text: str) -> Fraction | None:
        """A timecode as seconds since 00:00:00:00."""
        found = _TIMECODE.fullmatch(text.strip())
        if not found:
            return None
        hours, minutes, seconds, frames = (int(found[at]) for at in range(2, 6))
        nominal = -(-self.frames_a_second.numerator // self.frames_a_second.denominator)
        all_minutes = 60 * hours + minutes
        count = Fraction(nominal * (60 * all_minutes + seconds) + frames)
        if self.drop:
            count -= nominal // 15 * (all_minutes - all_minutes // 10)
        if found[6]:
            count += Fraction(int(found[6]), 10 ** len(found[6]))
        return _signed(found[1], count / self.frames_a_second)

    def _film_rate(self) -> Fraction:
        return self.frames_a_second if self.frames_a_second <= 25 else Fraction(24)


def _signed(sign: str, seconds: Fraction) -> Fraction:
    return -seconds if sign else seconds


def frame_rate(text: str) -> tuple[Fraction, bool] | None:
    """Frames a second and whether frames are dropped, from such as "29.97 Drop Frame"."""
    found = _FORMAT.match(text.strip())
    if not found or len(found[1]) > _MOST_DIGITS or not Fraction(found[1]):
        return None
    stated = Fraction(found[1])
    rate = stated if stated.denominator == 1 else Fraction(round(stated) * 1000, 1001)
    return (rate, bool(found[2])) if rate > 0 else None
