"""A channel strip: mute, trim, fader, panner and sends, and what they are along a stretch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bridge.audio import Block
from bridge.bouncing.curves import Array
from bridge.bouncing.dialect import Dialect
from bridge.bouncing.lines import Lines, Standing, Values
from sessions import Send, Tempo, Track
from stemwright.decibels import linear
from stemwright.values import dataclass

Gain = Array | float
"""(n,), or one for all frames."""


@dataclass(frozen=True)
class SentNow:
    """A send along a stretch: `places` is (2, channels, n or 1).

    One `behind_panner` takes the two channels that the track's panner makes.
    """

    target: str
    pre_fader: bool
    before_mute: bool
    behind_panner: bool
    level: Gain
    places: Array

    def of(self, block: Block) -> Block:
        """(2, n) for the target's input."""
        return placed(times(block, self.level), self.places)


@dataclass(frozen=True)
class StripNow:
    """A strip along a stretch: gains before its inserts, behind them, of its fader and panner."""

    before: Gain
    sounding: Gain
    level: Gain
    places: Array
    sends: tuple[SentNow, ...]


class Strip:
    """What a track does to its input: trim, inserts, mute, fader, panner.

    `channels` is how many come out of its inserts, `late_frames` how late what follows makes it.
    """

    def __init__(
        self,
        track: Track,
        channels: int,
        late_frames: int,
        rate_hz: int,
        dialect: Dialect,
        tempo: Sequence[Tempo],
        origin_frame: int,
    ) -> None:
        lines = Lines(track.automation, rate_hz, dialect, late_frames, tempo, origin_frame)
        polarity = -1.0 if track.inverted else 1.0
        self._trim = lines.gain("trim_db", linear(track.trim_db) * polarity, polarity)
        self._level = lines.gain("gain_db", linear(track.gain_db))
        self._sounding = lines.sounding()
        self._panner = _Panner(channels, track.pan_law, track.pan, track.width, lines, dialect)
        self._sends = tuple(
            _Sent(send, track, channels, lines, dialect)
            for send in track.sends
            if send.enabled and send.target != track.id and send.to_channels is None
        )

    def along(self, first: int, stop: int) -> StripNow:
        """Its gains for the song's frames, one stretch behind the other."""
        return StripNow(
            self._trim(first, stop),
            self._sounding(first, stop),
            self._level(first, stop),
            self._panner.along(first, stop),
            tuple(send.along(first, stop) for send in self._sends),
        )


class _Panner:
    def __init__(
        self,
        channels: int,
        law: str | None,
        pan: float,
        width: float | None,
        lines: Lines,
        dialect: Dialect,
    ) -> None:
        width = 1.0 if width is None else width
        moved = lines.moves("pan") or lines.moves("width")
        if moved and dialect.lines_take_panners:
            pan = width = 0.0
        self._law, self._channels = law, channels
        self._gains = (dialect.moved_pan if moved else None) or dialect.pan
        self._pan: Values = lines.place("pan", pan)
        self._width: Values = lines.place("width", width)

        self._still: Array | None = None

    def along(self, first: int, stop: int) -> Array:
        if self._still is not None:
            return self._still
        pans, widths = np.broadcast_arrays(
            np.atleast_1d(self._pan(first, stop)), np.atleast_1d(self._width(first, stop))
        )
        gains = self._gains(self._law, self._channels, pans, widths)
        if isinstance(self._pan, Standing) and isinstance(self._width, Standing):
            self._still = gains
        return gains


class _Sent:
    def __init__(
        self, send: Send, track: Track, channels: int, lines: Lines, dialect: Dialect
    ) -> None:
        self._target, self._pre_fader = send.target, send.pre_fader
        self._before_mute = send.before_mute
        gain = (0.0 if send.muted else 1.0) * (-1.0 if send.inverted else 1.0)
        self._level = lines.gain(f"send:{send.target}", linear(send.gain_db) * gain, gain)
        self._opening = (Lines((), 1, dialect) if send.before_mute else lines).opening()
        own, linked = lines.of_send(send.target), dialect.sends_are_panned == "with_track"
        self._sounding = own.sounding()
        self._behind_panner = (
            dialect.sends_are_panned == "behind_track" and not send.pre_fader and channels <= 2
        )
        follows = linked and not send.own_pan and send.pan == track.pan
        self._panner = _Panner(
            2 if self._behind_panner else channels,
            send.pan_law or track.pan_law,
            send.pan,
            track.width if linked else 1.0,
            lines if follows else own,
            dialect,
        )

    def along(self, first: int, stop: int) -> SentNow:
        opening = self._opening(first, stop) * self._sounding(first, stop)
        return SentNow(
            self._target,
            self._pre_fader,
            self._before_mute,
            self._behind_panner,
            self._level(first, stop) * opening,
            self._panner.along(first, stop),
        )


def times(block: Block, gain: Gain) -> Block:
    """A signal with a gain."""
    return block if isinstance(gain, float) and gain == 1.0 else block * gain


def placed(block: Block, places: Array, *, spent: bool = False) -> Block:
    """(2, n) from (1 or 2, n), each channel by its gains to both sides.

    A `spent` block is nobody's any more, and its memory may be that of what comes out.
    """
    if block.shape[0] == 2 and places.shape[2] == 1 and not (places[0, 1, 0] or places[1, 0, 0]):
        return np.multiply(block, places[[0, 1], [0, 1]], out=block if spent else None)
    given: Block = places[:, 0] * block[0]
    for channel in range(1, block.shape[0]):
        given += places[:, channel] * block[channel]
    return given
