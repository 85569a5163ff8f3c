"""Waveforms: the extremes of a signal column by column, as SVG that the page colours."""

from __future__ import annotations

import math

import numpy as np

from bridge.audio import Block
from bridge.pages.html import tag, text
from stemwright.decibels import linear
from stemwright.values import dataclass

COLUMNS = 800
_HEIGHT = 64.0
_STEP_DB = 10


@dataclass(frozen=True)
class Outline:
    """The lowest and highest sample of any channel, linear, column by column."""

    lows: tuple[float, ...]
    highs: tuple[float, ...]

    @property
    def peak(self) -> float:
        """The largest magnitude."""
        columns = zip(self.lows, self.highs, strict=True)
        return max((max(-low, high) for low, high in columns), default=0.0)


def extremes(block: Block, bucket: int) -> Block:
    """Return (2, columns): the lowest and the highest of every `bucket` frames, of any channel."""
    starts = np.arange(0, block.shape[1], bucket)
    return np.stack(
        [
            np.minimum.reduceat(block.min(axis=0), starts),
            np.maximum.reduceat(block.max(axis=0), starts),
        ]
    )


def outlined(columns: Block) -> Outline:
    """Name the rows of `extremes`."""
    return Outline(tuple(columns[0].tolist()), tuple(columns[1].tolist()))


def outline(block: Block) -> Outline:
    """Return the outline of (channels, frames) that are in memory already, in `COLUMNS`."""
    if not block.shape[1]:
        return Outline((), ())
    return outlined(extremes(block, math.ceil(block.shape[1] / COLUMNS)))


def lane(name: str, colour: str, drawn: Outline, gain: float, badge: str = "") -> str:
    """A waveform under its name; `gain` is a linear magnification, `colour` a class of the page."""
    return tag("small", badge + text(name), class_=colour) + _waveform(drawn, colour, name, gain)


def residual_lane(name: str, colour: str, drawn: Outline, loudest: float) -> str:
    """The same for what remains of signals up to `loudest`, magnified by whole tens of decibels."""
    raise_db, room = 0, loudest / drawn.peak if drawn.peak else 1.0
    while drawn.peak and linear(raise_db + _STEP_DB) <= room and raise_db < 200:
        raise_db += _STEP_DB
    larger = f", drawn {raise_db} dB larger" if raise_db else ""
    nothing = "" if drawn.peak else ", nothing here"
    gain = linear(raise_db) / loudest
    return lane(f"{name}{larger}{nothing}", colour, drawn, gain)


def _waveform(drawn: Outline, colour: str, name: str, gain: float) -> str:
    """A filled outline, stretched to whatever room it gets."""
    middle = _HEIGHT / 2
    step = 1000.0 / max(1, len(drawn.highs))
    above = [f"{n * step:.2f} {_y(high * gain):.1f}" for n, high in enumerate(drawn.highs)]
    under = [f"{n * step:.2f} {_y(low * gain):.1f}" for n, low in enumerate(drawn.lows)]
    path = f'<path d="M{"L".join([*above, *reversed(under)])}Z"/>' if above else ""
    line = f'<line x1="0" x2="1000" y1="{middle:g}" y2="{middle:g}"/>'
    return (
        f'<svg class="wave {colour}" viewBox="0 0 1000 {_HEIGHT:g}" role="img" '
        f'preserveAspectRatio="none" aria-label="{text(name)}">{line}{path}</svg>'
    )


def _y(value: float) -> float:
    return _HEIGHT / 2 * (1.0 - min(1.0, max(-1.0, value)))
