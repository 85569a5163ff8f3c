"""Gains, pans and mutes over time, from a value that stands or a session's automation line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from scipy.signal import lfilter

from bridge.bouncing.curves import Array, Curve, curve
from bridge.bouncing.dialect import Dialect, Places, TickPlaces
from bridge.processing import gains_of
from sessions import Automation, Tempo, TempoMap
from stemwright.decibels import linear
from stemwright.values import dataclass

_MUTED = 0.5
_OF_VCA = "vca_gain_db:"
_TICKS = 1_920
"""A quarter note's, in Ardour."""

Values = Callable[[int, int], Array | float]
"""From one frame of the song to another: a value for each, (n,), or one for all.

Called with one stretch behind the other, from the song's start on.
"""


@dataclass(frozen=True)
class Standing:
    """A value that does not move."""

    value: float

    def __call__(self, _first: int, _stop: int) -> float:
        """The same all along."""
        return self.value


class Glide:
    """What a DAW does so that a moving gain does not click: one pole, behind by a frame.

    y[n + 1] = y[n] + pole * (wanted[n] - y[n]), and y[0] = wanted[0].
    """

    def __init__(self, pole: float) -> None:
        self._pole = pole
        self._state: Array | None = None

    def __call__(self, wanted: Array) -> Array:
        """The gains of one stretch behind the other."""
        if not self._pole:
            return wanted
        if self._state is None:
            self._state = np.array([wanted[0]])
        glided, self._state = lfilter(
            [0.0, self._pole], [1.0, self._pole - 1.0], wanted, zi=self._state
        )
        return np.asarray(glided)


class Lines:
    """The automation lines of a track at the session's rate.

    `late_frames` is the delay of the plugins behind it, `tempo` the session's, `origin_frame` where
    the song begins, from which on a DAW counts its blocks.
    """

    def __init__(
        self,
        lines: tuple[Automation, ...],
        rate_hz: int,
        dialect: Dialect,
        late_frames: int = 0,
        tempo: Sequence[Tempo] = (),
        origin_frame: int = 0,
    ) -> None:
        self._late_frames, self._tempo, self._origin_frame = late_frames, tempo, origin_frame
        self._lines = {line.target: line for line in lines}
        self._rate_hz, self._dialect = rate_hz, dialect

    def gain(self, target: str, standing: float, scale: float = 1.0) -> Values:
        """A fader's, trim's or send's gain: its line's times `scale`, without one `standing`.

        A fader is moved by the lines of its VCAs too.
        """
        dialect = self._dialect
        glide = Glide(dialect.glide_hz / self._rate_hz)
        places, by_tick = dialect.fader_places, dialect.fader_tick_places
        if target.startswith("send:"):
            places, by_tick = dialect.send_places, dialect.pan_tick_places
        found = [self._lines[target]] if target in self._lines else []
        base = scale if found else standing
        if target == "gain_db":
            found += [line for each, line in self._lines.items() if each.startswith(_OF_VCA)]
        if not found:
            return Standing(standing)
        if target not in self._lines and target == "gain_db":
            places = dialect.vca_places
        moving = [self._factor(line, places, by_tick) for line in found]

        def along(first: int, stop: int) -> Array:
            gains = moving[0](first, stop) * base
            for each in moving[1:]:
                gains = gains * each(first, stop)
            return glide(np.asarray(gains))

        return along

    def _factor(self, line: Automation, places: Places, by_tick: TickPlaces | None) -> Values:
        """A gain's line, as it is read."""
        as_gain, plus = gains_of if line.unit == "db" else np.asarray, linear(line.plus_db)
        return self._read(line, places, by_tick, lambda at: as_gain(at) * plus)

    def of_send(self, target: str) -> Lines:
        """Those of a send's own panner and mute."""
        lines = (
            replace(self._lines[each], target=control)
            for control in ("pan", "mute")
            if (each := f"send:{target}:{control}") in self._lines
        )
        told = (self._rate_hz, self._dialect, self._late_frames, self._tempo, self._origin_frame)
        return Lines(tuple(lines), *told)

    def moves(self, target: str) -> bool:
        """Whether there is a line of it."""
        return target in self._lines

    def place(self, target: str, standing: float) -> Values:
        """A pan or a width."""
        line, dialect = self._lines.get(target), self._dialect
        if line is None:
            return Standing(standing)
        return self._read(line, dialect.pan_places, dialect.pan_tick_places, np.asarray)

    def _read(
        self,
        line: Automation,
        places: Places,
        tick_places: TickPlaces | None,
        then: Callable[[Array], Array],
    ) -> Values:
        if line.in_beats and tick_places is not None:
            return self._by_ticks(line, tick_places, then)
        found = curve(line.points, self._rate_hz, self._dialect.joins)
        return self._moving(found, places, then)

    def setting(self, line: Automation, frames: Array) -> Array:
        """What a line of a plugin's setting says at single frames, in rising order."""
        if line.in_beats and self._dialect.pan_tick_places is not None:
            tick, by_tick = self._in_ticks(line)
            return by_tick.at(np.array([tick(frame / self._rate_hz) for frame in frames], float))
        return curve(line.points, self._rate_hz, self._dialect.joins).at(frames)

    def _in_ticks(self, line: Automation) -> tuple[Callable[[float], int], Curve]:
        """The tick that is next to a second, and a line in beats by ticks."""
        points = ((each.position_s, each.bpm, each.curve) for each in self._tempo)
        tempo = TempoMap.at_seconds(points, ramp_in="beats")

        def tick(second: float) -> int:
            return round(tempo.beats(second) * _TICKS)

        placed = [point._replace(position_s=tick(point.position_s)) for point in line.points]
        return tick, curve(placed, 1, self._dialect.joins)

    def _by_ticks(
        self, line: Automation, places: TickPlaces, then: Callable[[Array], Array]
    ) -> Values:
        late = self._late_frames
        tick, by_tick = self._in_ticks(line)

        def along(first: int, stop: int) -> Array:
            at = places(
                self._from_origin(first, stop),
                late,
                lambda frame: tick((frame + self._origin_frame) / self._rate_hz),
                by_tick.frames,
            )
            return then(by_tick.at(at))

        return along

    def sounding(self) -> Values:
        """1 where a mute's line lets a track sound, 0 where not."""
        found = self._curve("mute")
        if found is None:
            return Standing(1.0)
        glide = Glide(self._dialect.glide_hz / self._rate_hz)
        return self._moving(
            found, self._dialect.mute_places, lambda at: glide(np.where(at > _MUTED, 0.0, 1.0))
        )

    def opening(self) -> Values:
        """0 while a mute's line has kept a track silent from the song's start, and to 1 from there.

        A send's own gain glides from 0 when it is first heard (internal_send.cc: run ends before
        its amp while it is silent): one that was muted comes in by two glides.
        """
        found = self._curve("mute")
        if found is None or not self._dialect.glide_hz or found.values[0] <= _MUTED:
            return Standing(1.0)
        glide, opened = Glide(self._dialect.glide_hz / self._rate_hz), False

        def then(at: Array) -> Array:
            nonlocal opened
            open_now = np.logical_or.accumulate(at <= _MUTED) | opened
            opened = bool(open_now[-1])
            return glide(open_now.astype(np.float64))

        return self._moving(found, self._dialect.mute_places, then)

    def _moving(self, line: Curve, places: Places, then: Callable[[Array], Array]) -> Values:
        late = self._late_frames

        def along(first: int, stop: int) -> Array:
            at = places(self._from_origin(first, stop), late) + self._origin_frame
            return then(line.at(at))

        return along

    def _from_origin(self, first: int, stop: int) -> Array:
        return np.arange(first - self._origin_frame, stop - self._origin_frame, dtype=np.float64)

    def _curve(self, target: str) -> Curve | None:
        line = self._lines.get(target)
        return None if line is None else curve(line.points, self._rate_hz, self._dialect.joins)
