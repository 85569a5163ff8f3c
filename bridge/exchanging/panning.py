"""A track's pan knob as gains on one side or both, where the DAW's law is known."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from bridge.exchanging.lifting import slug
from chains import Gain, Insert
from sessions import Track
from stemwright.decibels import amplitude_db
from stemwright.problems import Diagnostic, Severity

_CLOSED_DB = -120.0
_DIGITS = 4
_SAME = 1e-4
_STEEPNESS = -0.831783138
"""Ardour's 1in2out panner: gain = p * (s * p + 1 - s), measured on its bounces."""
_MONO = "1in2out"
_BALANCES = ("balance", "stereo balance, centre 0.0 dB", "balance, centre 0.0 dB")
"""Laws that turn one side down in proportion and leave the other: Ardour's Stereo Balance, and
REAPER's balances whose centre is at 0 dB."""
_MOVING = ("2in2out", "stereo pan", "dual pan")
"""Panners that move each side across the stage: no gain on a side says that."""


def balanced(
    track: Track, session_format: str, taken: Collection[str]
) -> tuple[tuple[Insert, ...], tuple[Diagnostic, ...]]:
    """Return the gains, with ids not in `taken`, that stand for a track's pan, and what is told.

    The centre is at unity, as it is for a track that is not panned.
    """
    law = track.pan_law or ""
    width = 1.0 if track.width is None else track.width
    is_panned, is_narrowed = abs(track.pan) > _SAME, abs(width - 1.0) > _SAME
    if is_narrowed or (is_panned and law.startswith(_MOVING)):
        message = (
            f"{track.name} is panned to {track.pan:+.2f} at a width of {width:.2f}, "
            "which a chain does not hold"
        )
        return (), (Diagnostic("warning", "pan_not_lifted", track.name, message),)
    if not is_panned:
        return (), ()
    known = law in _BALANCES or law == _MONO
    gains = _mono(track.pan) if law == _MONO else _balance(track.pan)
    knobs = _knobs(gains, taken)
    said = " and ".join(f"{gain_db:.2f} dB on the {side}" for side, gain_db in gains)
    message = f"{track.name} is panned to {track.pan:+.2f}: {said}"
    if not known:
        message += "; the DAW's own pan law may differ, so compare by ear"
    if track.sends and session_format == "ardour":
        message += "; its sends, which leave before the panner there, are panned with it"
        known = False
    severity: Severity = "note" if known else "warning"
    return knobs, (Diagnostic(severity, "pan_as_gain", track.name, message),)


def _knobs(
    gains: tuple[tuple[Literal["left", "right"], float], ...], taken: Collection[str]
) -> tuple[Insert, ...]:
    names = ["pan"] if len(gains) == 1 else [f"pan-{side}" for side, _ in gains]
    return tuple(
        Insert(slug(name, taken), Gain(gain_db=gain_db), on=side)
        for name, (side, gain_db) in zip(names, gains, strict=True)
    )


def _balance(pan: float) -> tuple[tuple[Literal["left", "right"], float], ...]:
    return (("left" if pan > 0.0 else "right", _db(1.0 - abs(pan))),)


def _mono(pan: float) -> tuple[tuple[Literal["left", "right"], float], ...]:
    right = (pan + 1.0) / 2.0
    centre = _law(0.5)
    return ("left", _db(_law(1.0 - right) / centre)), ("right", _db(_law(right) / centre))


def _law(share: float) -> float:
    return share * (_STEEPNESS * share + 1.0 - _STEEPNESS)


def _db(gain: float) -> float:
    return max(_CLOSED_DB, round(amplitude_db(gain), _DIGITS)) if gain > 0.0 else _CLOSED_DB
