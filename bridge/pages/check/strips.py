"""Strips of a short stretch of song: waveforms over spectrograms, and a waveform close up."""

from __future__ import annotations

import math

import numpy as np

from bridge.audio import Block
from bridge.pages import clock, extremes, figure, lane, outlined, ruler, tag, text
from bridge.pages.check.png import shaded
from bridge.pages.check.scenes import Lane, Scene
from bridge.pages.check.spectrogram import edges_hz, spectrogram
from stemwright.decibels import amplitude_db

_COLUMNS = 320
_POINTS = 500
_CLOSE_HEIGHT = 120.0
_RULED_HZ = (100, 1000, 10000)


def strips(scene: Scene, severity: str) -> str:
    """Waveforms on one scale, each over its spectrogram, with what is told marked in them."""
    peak = max((float(np.abs(each.samples).max(initial=0.0)) for each in scene.lanes), default=0.0)
    gain = 1.0 / peak if peak > 0.0 else 1.0
    drawn = "".join(_lane(each, scene.rate_hz, gain) for each in scene.lanes)
    place = scene.place
    begin = 100.0 * (place.from_s - place.start_s) / place.seconds
    width = 100.0 * (place.to_s - place.from_s) / place.seconds
    over = ""
    if width < 99.0:
        style = f"left:{begin:.3f}%;width:{width:.3f}%"
        over = tag("i", "", class_=f"told {severity}", style=style)
    over += tag("i", "", class_="head")
    return tag("div", drawn + ruler(place.start_s, place.seconds) + over, class_="strips seek")


def _lane(each: Lane, rate_hz: int, gain: float) -> str:
    peak = float(np.abs(each.samples).max(initial=0.0))
    said = f"{each.name}, peak {figure(amplitude_db(peak), 1, 'dBFS')}" if peak else each.name
    bucket = max(1, math.ceil(each.samples.shape[1] / _COLUMNS))
    wave = lane(said, each.colour, outlined(extremes(each.samples, bucket)), gain)
    return wave + _spectrogram(each, rate_hz)


def _spectrogram(each: Lane, rate_hz: int) -> str:
    edges = edges_hz(rate_hz)
    pitches = "".join(
        tag("span", f"{hz // 1000}k" if hz >= 1000 else str(hz), style=f"bottom:{at:.1f}%")
        for hz in _RULED_HZ
        if 3.0
        < (at := 100.0 * math.log(hz / edges[0]) / math.log(float(edges[-1]) / edges[0]))
        < 94.0
    )
    source = shaded(spectrogram(each.samples, rate_hz))
    name = f"spectrogram of {each.name}, pitch upwards"
    picture = f'<img src="{source}" alt="{text(name)}">'
    return tag("div", picture + pitches, class_="spectrogram")


def close_up(
    samples: Block,
    rate_hz: int,
    start_s: float,
    told: tuple[float, float],
    severity: str,
    *,
    name: str = "",
    peak: float | None = None,
) -> str:
    """The samples themselves, (channels, frames) from `start_s` on; `told` in seconds of the song.

    `peak` is what is drawn as high as there is room, by default theirs. "" where nothing sounds.
    """
    frames = samples.shape[1]
    own = float(np.abs(samples[:2]).max(initial=0.0))
    peak = own if peak is None else peak
    if frames < 2 or not peak:
        return ""
    seconds = frames / rate_hz
    curves = "".join(
        f'<polyline class="s{1 + n}" points="{_points(side / peak)}"/>'
        for n, side in enumerate(samples[:2])
    )
    left = 1000.0 * max(0.0, told[0] - start_s) / seconds
    width = max(4.0, 1000.0 * min(seconds, told[1] - start_s) / seconds - left)
    band = ""
    if width < 950.0:
        band = (
            f'<rect class="{severity}" x="{left:.1f}" y="0" width="{width:.1f}" '
            f'height="{_CLOSE_HEIGHT:g}"/>'
        )
    middle = f'<line x1="0" x2="1000" y1="{_CLOSE_HEIGHT / 2:g}" y2="{_CLOSE_HEIGHT / 2:g}"/>'
    said = ", ".join(
        each
        for each in (
            name,
            f"{1000.0 * seconds:.1f} ms from {clock(start_s, 3)}",
            f"up to {figure(amplitude_db(own), 1, 'dBFS')}",
        )
        if each
    )
    sides = ""
    if len(samples) > 1:
        sides = tag("span", "left", class_="s1") + tag("span", "right", class_="s2")
    picture = (
        f'<svg viewBox="0 0 1000 {_CLOSE_HEIGHT:g}" preserveAspectRatio="none" role="img" '
        f'aria-label="{text(said)}">{band}{middle}{curves}</svg>'
    )
    return tag("div", tag("small", text(said) + sides) + picture, class_="close-up")


def _points(side: Block) -> str:
    frames = len(side)
    at = np.arange(frames)
    if frames > _POINTS:  # the extremes of each column, as they come
        starts = np.arange(0, frames, math.ceil(2 * frames / _POINTS))
        side = np.stack([np.minimum.reduceat(side, starts), np.maximum.reduceat(side, starts)], 1)
        side, at = side.reshape(-1), np.repeat(starts, 2)
    x = 1000.0 * at / max(1, frames - 1)
    y = _CLOSE_HEIGHT / 2 * (1.0 - 0.94 * np.clip(side, -1.0, 1.0))
    return " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x.tolist(), y.tolist(), strict=True))
