"""Clips in layers as clips that are simply added: what opaque ones hide is cut away.

As Ardour plays them (libs/ardour/audio_playlist.cc): an opaque clip that is not muted hides those
of lower layers between its fades; under its fades they fade the other way.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sessions.formats.shared.remarks import Losses
from sessions.model.session import Clip, Session, Track

_EDGE_S = 1e-7
_INVERSES = frozenset({"linear", "equal_power", "s_curve"})

_Span = tuple[float, float]
_Fade = tuple[float, str]


@dataclass(frozen=True)
class Audible:
    """Clips to be added together; whether any were cut, and whether every fade found a place."""

    clips: tuple[Clip, ...]
    cut: bool
    exact: bool


def flattened(session: Session, losses: Losses) -> Session:
    """The session with every track's layers made `audible`; what that changes is told."""
    return replace(
        session,
        tracks=tuple(_flattened(track, session.sample_rate_hz, losses) for track in session.tracks),
    )


def _flattened(track: Track, rate_hz: int, losses: Losses) -> Track:
    heard = audible(track.clips, rate_hz)
    if heard.cut:
        why = "opaque clips lay over others: what they hid is cut away"
        losses.add("layers_cut", "note", why, track.name)
    if not heard.exact:
        why = "fades of clips in layers cross, or have no inverse: under them other levels are"
        why += " heard than in the session"
        losses.add("layer_fades_changed", "warning", why, track.name)
    return replace(track, clips=heard.clips)


def audible(clips: Sequence[Clip], rate_hz: int) -> Audible:
    """The clips of a track so that their sum is what is heard; none of them is opaque any more.

    A clip is cut where opaque ones of higher layers lie, in several where they lie in its middle,
    and left out where nothing of it is heard. `rate_hz` counts frames where no media does.
    """
    found: list[Clip] = []
    cut, exact = False, True
    for clip in clips:
        over = [] if clip.muted or clip.kind != "audio" else list(_covers(clip, clips))
        pieces = [_Piece(clip, span, over) for span in _spans(clip, over)]
        cut = cut or len(pieces) != 1 or pieces[0].cut
        exact = exact and all(piece.exact for piece in pieces)
        found += [piece.clip(rate_hz) for piece in pieces]
    if cut:
        found.sort(key=lambda clip: clip.position_s)
    return Audible(tuple(found), cut, exact)


@dataclass(frozen=True)
class _Cover:
    """An opaque clip: where it begins and ends, and its body between the fades."""

    start: float
    body: float
    body_end: float
    end: float
    shape_in: str
    shape_out: str

    @property
    def zones(self) -> tuple[_Span, _Span]:
        """Where its fades lie."""
        return (self.start, self.body), (self.body_end, self.end)


def _covers(clip: Clip, clips: Sequence[Clip]) -> Iterator[_Cover]:
    start, end = _ends(clip)
    for each in clips:
        hides = each.opaque and not each.muted and each.kind == "audio" and each.layer > clip.layer
        first, last = _ends(each)
        if hides and _shared((start, end), (first, last)):
            body = min(first + each.fade_in_s, last)
            body_end = max(last - each.fade_out_s, first)
            yield _Cover(first, body, body_end, last, each.fade_in_shape, each.fade_out_shape)


def _ends(clip: Clip) -> _Span:
    return clip.position_s, clip.position_s + clip.length_s


def _shared(one: _Span, other: _Span) -> bool:
    return min(one[1], other[1]) - max(one[0], other[0]) > _EDGE_S


def _spans(clip: Clip, covers: Sequence[_Cover]) -> list[_Span]:
    """What is left of a clip without the bodies that lie on it."""
    if not covers:
        return [_ends(clip)]
    left = [_ends(clip)]
    for cover in covers:
        if cover.body_end - cover.body > _EDGE_S:
            left = [
                part
                for start, end in left
                for part in ((start, min(end, cover.body)), (max(start, cover.body_end), end))
                if part[1] - part[0] > _EDGE_S
            ]
    return left


class _Piece:
    """A stretch of a clip that is heard, and the fades at its ends."""

    def __init__(self, clip: Clip, span: _Span, covers: Sequence[_Cover]) -> None:
        self._clip, self._covers = clip, covers
        self._start, self._end = span
        first, last = _ends(clip)
        self._cut_in = self._start - first > _EDGE_S or _any_long(self._fades_in())
        self._cut_out = last - self._end > _EDGE_S or _any_long(self._fades_out())
        self._in = self._fades_in() if self._cut_in else [(clip.fade_in_s, clip.fade_in_shape)]
        self._out = self._fades_out() if self._cut_out else [(clip.fade_out_s, clip.fade_out_shape)]

    @property
    def cut(self) -> bool:
        """Whether it is not the whole clip."""
        return self._cut_in or self._cut_out

    def _fades_in(self) -> list[_Fade]:
        return [
            (cover.end - cover.body_end, cover.shape_out)
            for cover in self._covers
            if abs(cover.body_end - self._start) <= _EDGE_S
        ]

    def _fades_out(self) -> list[_Fade]:
        return [
            (cover.body - cover.start, cover.shape_in)
            for cover in self._covers
            if abs(cover.body - self._end) <= _EDGE_S
        ]

    @property
    def exact(self) -> bool:
        """Whether two fades, one at each end, say all that happens to its level."""
        if not self._covers:
            return True
        whole = not self.cut or max(self._in)[0] + max(self._out)[0] <= self._length + _EDGE_S
        plain = len(set(self._in)) == 1 and len(set(self._out)) == 1
        return whole and plain and self._shapes_known and self._own_kept and not self._under_others

    @property
    def _length(self) -> float:
        return self._end - self._start

    @property
    def _shapes_known(self) -> bool:
        cut = (self._in if self._cut_in else []) + (self._out if self._cut_out else [])
        return all(length <= _EDGE_S or shape in _INVERSES for length, shape in cut)

    @property
    def _own_kept(self) -> bool:
        """Whether the clip's own fades lie in it whole, or not at all."""
        first, last = _ends(self._clip)
        span = self._start, self._end
        own_in, own_out = (
            (first, first + self._clip.fade_in_s),
            (last - self._clip.fade_out_s, last),
        )
        return not (self._cut_in and _shared(own_in, span)) and not (
            self._cut_out and _shared(own_out, span)
        )

    @property
    def _under_others(self) -> bool:
        """Whether a fade above lies on it that does not belong to one of its cuts."""
        span = self._start, self._end
        return any(
            _shared(zone, span)
            and not (self._cut_out and abs(zone[1] - self._end) <= _EDGE_S and leads_in)
            and not (self._cut_in and abs(zone[0] - self._start) <= _EDGE_S and not leads_in)
            for cover in self._covers
            for zone, leads_in in zip(cover.zones, (True, False), strict=True)
        )

    def clip(self, rate_hz: int) -> Clip:
        """The stretch as a clip of its own, its sound where it was."""
        if not self.cut:
            return replace(self._clip, opaque=False)
        late = self._start - self._clip.position_s
        rate = self._clip.media.sample_rate_hz if self._clip.media is not None else rate_hz
        (in_s, shape_in), (out_s, shape_out) = max(self._in), max(self._out)
        return replace(
            self._clip,
            position_s=self._start,
            position_frames=self._clip.position_frames + round(late * rate),
            length_s=self._length,
            source_offset_s=_offset_s(self._clip, late),
            fade_in_s=min(in_s, self._length),
            fade_in_shape=shape_in,
            fade_out_s=min(out_s, self._length),
            fade_out_shape=shape_out,
            written=None if self._cut_in else self._clip.written,
            opaque=False,
            automation=tuple(
                line
                for line in self._clip.automation
                if not (line.target == "fade_in" and self._cut_in)
                and not (line.target == "fade_out" and self._cut_out)
            ),
        )


def _any_long(fades: Sequence[_Fade]) -> bool:
    return any(length > _EDGE_S for length, _ in fades)


def _offset_s(clip: Clip, late: float) -> float:
    offset_s = clip.source_offset_s + late * clip.play_rate
    loops = clip.looped and clip.part_length_s is None and clip.media is not None
    loops = loops and clip.media is not None and clip.media.length_s > 0
    return offset_s % clip.media.length_s if loops and clip.media is not None else offset_s
