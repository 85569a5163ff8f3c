"""Places in a Pro Tools session text: timecode, samples, minutes, feet and bars, as exact seconds.

Drop-frame timecode: SMPTE ST 12-1. Feet and frames are those of 35 mm film (16 frames a foot), at
a rate of their own that a text does not state: 23.976, 24 or 25, with subframes of a hundredth
("What's New in Pro Tools 9.0", Selecting Feet+Frame Rate, Use Subframes).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from sessions.model.session import Written

# Up to 18 digits a number: enough for any song, and no more than an integer of 64 bits.
_N = r"\d{1,18}"
_TIMECODE = re.compile(rf"(-?)({_N}):({_N}):({_N})[:;]({_N})(?:[.;]({_N}))?")
_MINUTES = re.compile(rf"(-?)(?:({_N}):)?({_N}):({_N}(?:\.{_N})?)")
_FEET = re.compile(rf"(-?)({_N})\+({_N}(?:\.{_N})?)")
_BARS = re.compile(rf"(-?{_N})\|\s*({_N})(?:\|\s*({_N}))?")
_SAMPLES = re.compile(rf"-?{_N}")
_FORMAT = re.compile(r"(\d+(?:\.\d+)?)\s*(drop)?", re.IGNORECASE)
_TICKS_A_BEAT = 960
_FRAMES_A_FOOT = 16
_MOST_DIGITS = 18
_FILM_RATES = (Fraction(24), Fraction(24_000, 1001), Fraction(25))
# What a place in feet and frames is rounded to: hundredths of a frame.
_ROUNDED_FRAMES = Fraction(2, 100)


@dataclass(frozen=True)
class Clock:
    """How a session counts time: its sample rate, its frame rate, and the timecode at its start.

    `assumed_bpm` and four beats a bar stand in where bars are written: the text holds no tempo.
    `frames_a_second` and `film_rate` are None where the text does not state them; 30 and 24 (25 in
    a session at 25, as film is shown on television there) stand in, and `assumed` says so.
    """

    sample_rate_hz: int
    frames_a_second: Fraction | None = None
    drop: bool = False
    start_s: Fraction | None = None
    assumed_bpm: int = 120
    film_rate: Fraction | None = None

    @property
    def assumed_film_rate(self) -> Fraction:
        """The film rate that stands in where none is known."""
        return Fraction(25) if self.frames_a_second == 25 else Fraction(24)

    def assumed(self, text: str) -> str | None:
        """What had to be assumed to place `text`: frame_rate, film_rate, tempo, or None."""
        text = text.strip()
        if self.frames_a_second is None and _TIMECODE.fullmatch(text):
            return "frame_rate"
        if self.film_rate is None and _FEET.fullmatch(text):
            return "film_rate"
        return "tempo" if _BARS.fullmatch(text) else None

    def place_s(self, text: str) -> tuple[Fraction, Written] | None:
        """A place as seconds from the session's start, and as written; None if it is none."""
        text = text.strip()
        timecode = self.timecode_s(text)
        if timecode is not None:
            return timecode - (self.start_s or 0), Written("timecode", text)
        if _SAMPLES.fullmatch(text):
            return Fraction(int(text), self.sample_rate_hz), Written("samples", float(int(text)))
        if found := _MINUTES.fullmatch(text):
            seconds = 3600 * int(found[2] or 0) + 60 * int(found[3]) + Fraction(found[4])
            return _signed(found[1], seconds), Written("seconds", text)
        if found := _FEET.fullmatch(text):
            frames = _FRAMES_A_FOOT * int(found[2]) + Fraction(found[3])
            return _signed(found[1], frames / (self.film_rate or self.assumed_film_rate)), Written(
                "timecode", text
            )
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
        rate = self.frames_a_second or Fraction(30)
        nominal = -(-rate.numerator // rate.denominator)
        all_minutes = 60 * hours + minutes
        count = Fraction(nominal * (60 * all_minutes + seconds) + frames)
        if self.drop:
            count -= nominal // 15 * (all_minutes - all_minutes // 10)
        if found[6]:
            count += Fraction(int(found[6]), 10 ** len(found[6]))
        return _signed(found[1], count / rate)


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


def film_rate(stated: Iterable[tuple[str, str]], sample_rate_hz: int) -> Fraction | None:
    """The film rate under which each place in feet and frames is where its samples say.

    None when no place states both, or none of Pro Tools' three rates fits all of them.
    """
    pairs = [
        (_FRAMES_A_FOOT * int(feet[2]) + Fraction(feet[3]), Fraction(int(samples), sample_rate_hz))
        for place, samples in stated
        if (feet := _FEET.fullmatch(place.strip())) and _SAMPLES.fullmatch(samples.strip())
    ]
    fitting = [
        rate
        for rate in _FILM_RATES
        if pairs and all(abs(frames - at_s * rate) <= _ROUNDED_FRAMES for frames, at_s in pairs)
    ]
    return fitting[0] if len(fitting) == 1 else None
