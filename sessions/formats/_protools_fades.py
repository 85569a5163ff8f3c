"""Fades in a Pro Tools session text, which lists them as events of their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
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
    enters = _Fades(event for event in events if event.name in _ENTERS)
    leaves = _Fades(event for event in events if event.name in _LEAVES)
    for event in events:
        if event.name not in _ENTERS | _LEAVES:
            yield _left(_entered(event, enters), leaves)


class _Fades:
    """Fades by where they start and end: of several at one place the first."""

    def __init__(self, fades: Iterable[Clip]) -> None:
        self._starts: dict[int, Clip] = {}
        self._ends: dict[int, Clip] = {}
        for fade in fades:
            self._starts.setdefault(_key(fade.position_s), fade)
            self._ends.setdefault(_key(_end_s(fade)), fade)

    def starting(self, at_s: float) -> Clip | None:
        """The fade that starts there."""
        return next((f for f in _near(self._starts, at_s) if _same(f.position_s, at_s)), None)

    def ending(self, at_s: float) -> Clip | None:
        """The fade that ends there."""
        return next((f for f in _near(self._ends, at_s) if _same(_end_s(f), at_s)), None)


def _near(fades: Mapping[int, Clip], at_s: float) -> Iterator[Clip]:
    key = _key(at_s)
    return (fades[each] for each in (key - 1, key, key + 1) if each in fades)


def _key(at_s: float) -> int:
    return round(at_s / _SAME_S)


def _entered(clip: Clip, fades: _Fades) -> Clip:
    beside, over = fades.ending(clip.position_s), fades.starting(clip.position_s)
    if beside is not None and beside.length_s > 0:
        return replace(
            clip,
            position_s=beside.position_s,
            position_frames=beside.position_frames,
            written=beside.written,
            length_s=clip.length_s + beside.length_s,
            fade_in_s=beside.length_s,
        )
    if over is None or over.length_s > clip.length_s:
        return clip
    return replace(clip, fade_in_s=over.length_s)


def _left(clip: Clip, fades: _Fades) -> Clip:
    beside, over = fades.starting(_end_s(clip)), fades.ending(_end_s(clip))
    if beside is not None and beside.length_s > 0:
        length_s = clip.length_s + beside.length_s
        return replace(clip, length_s=length_s, fade_out_s=beside.length_s)
    if over is None or over.length_s > clip.length_s:
        return clip
    return replace(clip, fade_out_s=over.length_s)


def _end_s(clip: Clip) -> float:
    return clip.position_s + clip.length_s


def _same(one_s: float, other_s: float) -> bool:
    return abs(one_s - other_s) < _SAME_S
