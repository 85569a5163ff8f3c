"""Ardour's sound, version 7.3: fades, panners, fader lines.

From its sources, by name: libs/ardour/audioregion.cc (fade lists, inverse fades, read_at),
libs/evoral/Curve.cc (how lists are read), libs/panners/1in2out, 2in2out, stereobalance,
libs/ardour/amp.cc (the fader's glide), libs/ardour/panner_shell.cc (what has one output),
libs/pbd/pbd/control_math.h (gains and positions). Held to bounces of Ardour 7.3 itself.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from bridge.bouncing.curves import Array, constrained_spline, held, straight
from bridge.bouncing.dialect import Dialect, Side, mono_in_place, sides_apart
from bridge.processing import gains_of
from stemwright.decibels import amplitude_db, linear
from stemwright.exact import sin_cos

_FAINTEST = 1e-7
"""VERY_SMALL_SIGNAL: where fades end."""
_STEPS = 32
_HIGHEST_GAIN = 1.9952623149688795
"""+6 dB, the fader's upper end, on which positions of gains depend."""
_GLIDE_HZ = 156.825
_ENGINE_FRAMES = 256
"""The buffer of the engine without a sound card, with which bounces are made."""
_BLOCK_FRAMES = 1024

_Points = tuple[tuple[float, float], ...]


def _linear(frames: int) -> _Points:
    return (0.0, 1.0), (frames, _FAINTEST)


def _decibel_fade(frames: int, drop_db: float) -> _Points:
    """FadeFast, and each of the two that FadeSlow is mixed of (generate_db_fade)."""
    between = (
        (frames * step // _STEPS, linear(drop_db / _STEPS * step)) for step in range(1, _STEPS - 1)
    )
    return (0.0, 1.0), *between, (frames, _FAINTEST)


def _fast(frames: int) -> _Points:
    return _decibel_fade(frames, -60.0)


def _slow(frames: int) -> _Points:
    """A gentle and a steep ramp, mixed in decibels by position (merge_curves)."""
    between = []
    for step in range(1, _STEPS - 1):
        weight = step / _STEPS
        mixed_db = -1.0 / _STEPS * step * (1 - weight) - 80.0 / _STEPS * step * weight
        between.append((frames * step // _STEPS, linear(mixed_db)))
    return (0.0, 1.0), *between, (frames, _FAINTEST)


def _constant_power(frames: int) -> _Points:
    between = (
        (frames * step // (_STEPS + 1), sin_cos(step, 4 * (_STEPS + 1))[1])
        for step in range(1, _STEPS)
    )
    return (0.0, 1.0), *between, (frames, _FAINTEST)


def _constant_power_in(frames: int) -> _Points:
    between = (
        (frames * step // (_STEPS + 1), sin_cos(step, 4 * (_STEPS + 1))[0])
        for step in range(1, _STEPS)
    )
    return (0.0, _FAINTEST), *between, (frames, 1.0)


def _symmetric(frames: int) -> _Points:
    tail = ((int(frames * (0.7 + (1.0 - 0.7) * step / 9)), 0.3 * 0.5**step) for step in range(2, 9))
    return (0.0, 1.0), (frames // 2, 0.6), *tail, (frames, _FAINTEST)


_FADES_OUT: dict[str, Callable[[int], _Points]] = {
    "linear": _linear,
    "equal_power": _constant_power,
    "fast": _fast,
    "slow": _slow,
    "s_curve": _symmetric,
}


def _reversed(points: _Points, frames: int) -> _Points:
    return tuple((frames - at, value) for at, value in reversed(points))


def _points(shape: str, side: Side, frames: int) -> _Points:
    if side == "in" and shape == "equal_power":
        return _constant_power_in(frames)
    points = _FADES_OUT[shape](frames)
    return points if side == "out" else _reversed(points, frames)


def _points_under(shape: str, side: Side, frames: int) -> _Points:
    """The inverse list: the fade reversed, or of the decibel fades what power is left."""
    points = _points(shape, side, frames)
    if shape in ("fast", "slow"):
        return tuple((at, float(np.sqrt(1.0 - value * value))) for at, value in points)
    return _reversed(points, frames)


@lru_cache(maxsize=256)
def _curve(shape: str, side: Side, frames: int, *, under: bool) -> Callable[[Array], Array]:
    points = (_points_under if under else _points)(shape, side, frames)
    if len(points) > 2:
        return constrained_spline(*zip(*points, strict=True))
    (start, before), (end, after) = points
    return lambda at: before + (after - before) * ((at - start) / (end - start))


def _fade(shape: str, side: Side, frames: int, at: Array) -> Array:
    return _curve(shape, side, frames, under=False)(at)


def _under_fade(shape: str, side: Side, frames: int, at: Array) -> Array:
    return _curve(shape, side, frames, under=True)(at)


_MONO_BEND = -0.831783138
"""2 - 4 * 10 ** (-3 dB / 20): the centre of the mono panner is 3 dB down."""


def _law(place: Array) -> Array:
    return place * (_MONO_BEND * place + 1.0 - _MONO_BEND)


def _pan(law: str | None, channels: int, pans: Array, widths: Array) -> Array:
    """What stands: two channels are as far apart as the sides leave room for."""
    place = (pans + 1.0) / 2.0
    room = 2.0 * np.minimum(place, 1.0 - place)
    return _placed(law, channels, place, np.clip(widths, -room, room))


def _moved_pan(law: str | None, channels: int, pans: Array, widths: Array) -> Array:
    """What a line moves: each channel by itself stops at the sides (distribute_one_automated)."""
    return _placed(law, channels, (pans + 1.0) / 2.0, widths)


def _placed(law: str | None, channels: int, place: Array, widths: Array) -> Array:
    if law == "bypassed":
        ones = np.ones(len(place))
        return sides_apart(ones, ones) if channels == 2 else mono_in_place(ones, ones)
    if law == "summed":
        return _summed(channels, len(place))
    if channels == 1:
        return mono_in_place(_law(1.0 - place), _law(place))
    if law == "2in2out":
        return _equal_power_stereo(place, widths)
    return sides_apart(np.minimum(1.0, 2.0 - 2.0 * place), np.minimum(1.0, 2.0 * place))


def _summed(channels: int, frames: int) -> Array:
    """Into a single port: every channel as it is, on the left (panner_shell.cc: run)."""
    gains = np.zeros((2, channels, frames))
    gains[0] = 1.0
    return gains


def _equal_power_stereo(place: Array, widths: Array) -> Array:
    """Two mono panners, as far apart as the width says."""
    half = widths / 2.0
    gains = np.empty((2, 2, len(place)))
    for channel, unclipped in enumerate((place - half, place + half)):
        each = np.clip(unclipped, 0.0, 1.0)
        gains[0, channel], gains[1, channel] = _law(1.0 - each), _law(each)
    return gains


def _exponential(before: float, after: float, between: Array) -> Array:
    """Straight on the fader's travel (interpolate_gain)."""
    if before == after:
        return np.full(len(between), before)
    start, end = _position(before), _position(after)
    travel = start + (end - start) * between
    eighth = np.sqrt(np.sqrt(np.sqrt(travel)))
    levels_db = (eighth * 198.0 - 192.0) / 6.0 * _DB_PER_OCTAVE
    return gains_of(levels_db) * (_HIGHEST_GAIN / 2.0)


def _logarithmic(before: float, after: float, between: Array) -> Array:
    """Straight in decibels (interpolate_logarithmic)."""
    start_db, end_db = amplitude_db(before), amplitude_db(after)
    return gains_of(start_db + (end_db - start_db) * between)


_DB_PER_OCTAVE = 6.020599913279624


def _position(gain: float) -> float:
    scaled = gain * 2.0 / _HIGHEST_GAIN
    if scaled <= 0.0:
        return 0.0
    travel = (6.0 * amplitude_db(scaled) / _DB_PER_OCTAVE + 192.0) / 198.0
    return max(0.0, travel) ** 8


def _stretched(places: Array, start: Array | int, count: Array | int) -> Array:
    """A read of n frames is spread from its first to behind its last (Curve.cc: _get_vector)."""
    return start + (places - start) * (count / (count - 1))


def _in_block(frames: Array, late_frames: int) -> Array:
    """Where the engine reads a line: behind the sound by its buffer, block by block.

    The first block is the shorter by what the sound is late.
    """
    ahead = _ENGINE_FRAMES + late_frames
    played = frames - ahead
    start = np.floor(played / _BLOCK_FRAMES) * _BLOCK_FRAMES
    count = np.where(frames >= 0, start + _BLOCK_FRAMES - np.maximum(start, -ahead), _BLOCK_FRAMES)
    return _stretched(played, start + _BLOCK_FRAMES - count, np.maximum(count, 2))


def _pan_in_block(frames: Array, late_frames: int) -> Array:
    return _in_block(frames, late_frames) + (_ENGINE_FRAMES + late_frames)


def _at_ticks(
    frames: Array,
    late_frames: int,
    tick_at: Callable[[int], int],
    points: tuple[float, ...],
    ahead: int = 0,
) -> Array:
    """Lines in beats: every block from the tick next to its start to the one next to its end."""
    zero = -(_ENGINE_FRAMES + late_frames)
    first, last = int(frames[0]) + zero, int(frames[-1]) + zero
    begin = start = _block_before(first, zero)
    blocks = []
    while start <= last:
        stop = (start // _BLOCK_FRAMES + 1) * _BLOCK_FRAMES
        stop = zero if start < zero < stop else stop
        tick, end = tick_at(start + ahead), tick_at(stop + ahead)
        blocks.append(_ticks_read(tick, end, stop - start, points))
        start = stop
    return np.concatenate(blocks)[first - begin :][: len(frames)]


def _ticks_read(tick: int, end: int, count: int, points: tuple[float, ...]) -> Array:
    """What lies before and behind a line's points is filled, the rest spread from end to end and
    read at the tick that is begun, but of a line of two points (Curve.cc: _get_vector, from_ticks).
    """
    low, high = points[0], points[-1]
    if tick > high or end < low:
        return np.full(count, float(tick))
    read = np.full(count, float(high))
    begun = int(count * (low - tick) / (end - tick)) if tick < low else 0
    ended = int(count * (end - high) / (end - tick)) if end > high else 0
    spread = max(0, count - begun - ended)
    read[:begun] = low
    if spread:
        step = (min(high, end) - max(low, tick)) / max(1, spread - 1)
        steps = np.full(spread, step)
        steps[0] = max(low, tick)
        ticks = np.cumsum(steps)
        read[begun : begun + spread] = np.floor(ticks) if len(points) > 2 else ticks
    return read


def _pan_at_ticks(
    frames: Array, late_frames: int, tick_at: Callable[[int], int], points: tuple[float, ...]
) -> Array:
    return _at_ticks(frames, late_frames, tick_at, points, _ENGINE_FRAMES + late_frames)


def _block_before(played: int, zero: int) -> int:
    """Where the block begins that holds a frame; one begins at `zero`, the song's start."""
    start = played // _BLOCK_FRAMES * _BLOCK_FRAMES
    return zero if start < zero <= played else start


def _at_block(frames: Array, late_frames: int) -> Array:
    """Mutes, and VCAs over faders that stand, are read where a block begins."""
    played = frames - (_ENGINE_FRAMES + late_frames)
    return np.floor(played / _BLOCK_FRAMES) * _BLOCK_FRAMES


def _plugin_lead(latency_frames: int) -> int:
    """The song begins behind the engine's buffer and the latency that follows, within a block."""
    return -(_ENGINE_FRAMES + latency_frames) % _BLOCK_FRAMES


def _in_clip(start: int, stop: int, frames: Array) -> Array:
    return _stretched(frames, start, stop - start) if stop - start > 1 else frames


ARDOUR = Dialect(
    name="Ardour 7.3",
    fade=_fade,
    under_fade=_under_fade,
    pan=_pan,
    moved_pan=_moved_pan,
    lines_take_panners=True,
    sends_are_panned="with_track",
    joins={
        "linear": straight,
        "hold": held,
        "exponential": _exponential,
        "logarithmic": _logarithmic,
    },
    fade_shapes=frozenset(_FADES_OUT),
    fader_places=_in_block,
    pan_places=_pan_in_block,
    mute_places=_at_block,
    send_places=_pan_in_block,
    vca_places=_at_block,
    fader_tick_places=_at_ticks,
    pan_tick_places=_pan_at_ticks,
    clip_places=_in_clip,
    glide_hz=_GLIDE_HZ,
    block_frames=_BLOCK_FRAMES,
    plugin_lead=_plugin_lead,
    cut_short_is_silent=True,
    plays_frame_by_frame=True,
)
