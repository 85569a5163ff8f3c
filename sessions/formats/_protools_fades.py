"""Fades in a Pro Tools session text, which lists them as events of their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sessions.model import Clip

_ENTERS = frozenset({"(fade in)", "(cross fade)"})
_LEAVES = frozenset({"(fade out)", "(cross fade)"})
_SAME_S = 1e-5


def faded(events: Sequence[Clip]) -> Iterator[Clip]:
    """The clips among a track's events, with the fades laid on those they belong to.

    A fade that stands beside a clip is a part of it and makes it longer; one that stands over its
    beginning or end does not.
    """
    fades = [event for event in events if event.name in _ENTERS | _LEAVES]
    for event in events:
        if event.name in _ENTERS | _LEAVES:
            continue
        clip = event
        for fade in fades:
            clip = _entered(clip, fade) if fade.name in _ENTERS else clip
            clip = _left(clip, fade) if fade.name in _LEAVES else clip
        yield clip


def _entered(clip: Clip, fade: Clip) -> Clip:
    if _same(clip.position_s, fade.position_s) and fade.length_s <= clip.length_s:
        return replace(clip, fade_in_s=fade.length_s)
    if not _same(clip.position_s, _end_s(fade)):
        return clip
    return replace(
        clip,
        position_s=fade.position_s,
        position_frames=fade.position_frames,
        written=fade.written,
        length_s=clip.length_s + fade.length_s,
        fade_in_s=fade.length_s,
    )


def _left(clip: Clip, fade: Clip) -> Clip:
    if _same(_end_s(clip), _end_s(fade)) and fade.length_s <= clip.length_s:
        return replace(clip, fade_out_s=fade.length_s)
    if not _same(_end_s(clip), fade.position_s):
        return clip
    return replace(clip, length_s=clip.length_s + fade.length_s, fade_out_s=fade.length_s)


def _end_s(clip: Clip) -> float:
    return clip.position_s + clip.length_s


def _same(one_s: float, other_s: float) -> bool:
    return abs(one_s - other_s) < _SAME_S
