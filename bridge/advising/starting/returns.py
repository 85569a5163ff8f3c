"""Returns for stems that come dry: a plate for voices, a room for what is played."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bridge.advising.starting.grouping import StarterGroup
from bridge.advising.starting.listening import Listened
from bridge.advising.starting.strips import Setting, StarterInsert, Strip
from stemwright.values import dataclass

_DRY_S = 0.12
"""A sound that falls by 20 dB faster stands in no room worth hearing."""


@dataclass(frozen=True)
class _Space:
    """A return: who sends to it, how much, and its room."""

    id: str
    roles: frozenset[str]
    send_db: float
    settings: tuple[Setting, ...]
    why: str


_SPACES = (
    _Space(
        "plate",
        frozenset({"vocals", "backing"}),
        -14.0,
        (
            Setting("size", 0.55),
            Setting("damping", 0.4),
            Setting("width", 1.0),
            Setting("predelay_ms", 30.0, "the word first, then its space"),
            Setting("low_cut_hz", 250.0, "no space for the lows"),
        ),
        "a plate for voices that come dry",
    ),
    _Space(
        "room",
        frozenset({"guitar", "keys", "synth", "strings", "brass", "music"}),
        -18.0,
        (
            Setting("size", 0.35),
            Setting("damping", 0.5),
            Setting("width", 1.0),
            Setting("predelay_ms", 12.0),
            Setting("low_cut_hz", 250.0, "no space for the lows"),
        ),
        "one small room for what was played dry",
    ),
)


def with_returns(
    strips: Sequence[Strip], groups: Sequence[StarterGroup], heard: Mapping[str, Listened]
) -> tuple[Strip, ...]:
    """Return the groups' strips with their sends, then the returns that are sent to."""
    sends: dict[str, tuple[_Space, float]] = {}
    for group in groups:
        falls_s = heard[group.id].falls_s
        space = next((each for each in _SPACES if group.role in each.roles), None)
        if space is not None and falls_s is not None and falls_s < _DRY_S:
            sends[group.id] = space, falls_s
    sent = [_sending(strip, sends) for strip in strips]
    used = {space.id for space, _ in sends.values()}
    return (*sent, *(_return(space) for space in _SPACES if space.id in used))


def _sending(strip: Strip, sends: Mapping[str, tuple[_Space, float]]) -> Strip:
    if strip.id not in sends:
        return strip
    space, falls_s = sends[strip.id]
    why = f"dry: falls by 20 dB in {1000 * falls_s:.0f} ms"
    return replace(strip, sends=((space.id, space.send_db),), sends_why=why)


def _return(space: _Space) -> Strip:
    made = StarterInsert(
        "space", "reverb", "wet alone: the dry sound is the group's", space.settings
    )
    return Strip("return", space.id, inserts=(made,), why=(space.why,))
