"""`dc_offset`: the middle of the signal is not zero.

The median over means of whole seconds under a Hann window: the plain mean of music is moved by its
bass, and so is the median where the seconds are far from each other: it counts where it stands
over its own error. A lopsided waveform has a middle as far off as it is loud; an offset is there in
the quieter seconds as well, and in the rests, where the sound is smaller than the offset would be.
Digital silence is no rest: it may have been cut in. Beside it an offset is what is left towards
silence, where a lopsided waveform comes to nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from bridge.audio import Block, Framer
from bridge.checking.codes import Severity
from bridge.checking.findings import Found
from bridge.checking.port import Passage, StemFacts

_TOLD = 4e-4
"""Most clean stems stay under 2e-5; lopsided hits have up to 4.6e-4."""
_MINOR = 6e-4
_ERRORS, _ERROR = 1.5, 0.93
"""Of a median in its own errors; that is so much of the middle half's width over the root of n."""
_QUIETER, _STAYS = 1 / 3, 0.5
"""The quieter of the seconds that sound, and how much of the offset they have at least."""
_REST, _FEWEST_RESTS = 0.5, 3
"""Spread of a window's samples, of the offset, up to which it is a rest; and how many count."""
_RESTS_A_SECOND = 10
_AGREED = 20.0
"""Errors. Digital silence may have been cut into a recording: beside it the seconds must agree."""
_THIRDS, _NOTHING = (1 / 3, 2 / 3), 1e-12
_FEWEST_S, _SHORT_TOLD = 4, 2e-3
"""The mean of a second of noise is not zero either."""


class OffsetMeter:
    """The offset of a signal of some channels; how it is cut into blocks does not matter."""

    def __init__(self, channels: int, sample_rate_hz: int) -> None:
        self._second = sample_rate_hz
        window = np.hanning(sample_rate_hz + 1)[:-1]
        self._window = window / window.sum()
        self._framer = Framer(channels, sample_rate_hz)
        self._means: list[Block] = [np.zeros((channels, 0))]
        self._powers: list[Block] = [np.zeros((channels, 0))]
        self._short_means: list[Block] = [np.zeros((channels, 0))]
        self._short_spreads: list[Block] = [np.zeros((channels, 0))]

    def add(self, block: Block) -> None:
        """Take (channels, frames): the means of the seconds that are complete."""
        ready = self._framer.add(block)
        for first in range(0, ready.shape[1], self._second):
            second = ready[:, first : first + self._second]
            self._means.append(second @ self._window[:, None])
            self._powers.append(np.square(second).mean(axis=1, keepdims=True))
            size = self._second // _RESTS_A_SECOND
            short = second[:, : size * _RESTS_A_SECOND].reshape(len(second), -1, size)
            self._short_means.append(short.mean(axis=2))
            self._short_spreads.append(short.std(axis=2))

    def result(self) -> float | None:
        """The larger one of all channels, full scale being 1; None where it is none for sure."""
        means = np.concatenate(self._means, axis=1)
        if not means.shape[1]:
            return None
        offsets = np.median(means, axis=1)
        side = int(np.abs(offsets).argmax())
        error = _error(means[side])
        least = _TOLD if means.shape[1] >= _FEWEST_S else _SHORT_TOLD
        if abs(offsets[side]) < max(least, _ERRORS * error):
            return None
        offset = float(offsets[side])
        return offset if self._is_constant(side, offset) else None

    def _is_constant(self, side: int, offset: float) -> bool:
        """Whether the quieter seconds and the rests have it; digital silence is neither."""
        means, powers, short, spreads = (
            np.concatenate(each, axis=1)[side]
            for each in (self._means, self._powers, self._short_means, self._short_spreads)
        )
        is_cut = (short == 0.0) & (spreads == 0.0)
        whole = ~is_cut.reshape(len(means), -1).any(axis=1)
        has_whole = np.count_nonzero(whole) >= _FEWEST_S
        if not _stays(*((means[whole], powers[whole]) if has_whole else (means, powers)), offset):
            return False
        rests = short[(spreads <= _REST * abs(offset)) & ~is_cut]
        if len(rests) >= _FEWEST_RESTS:
            return bool(np.median(rests) / offset >= _STAYS)
        is_agreed = has_whole and abs(offset) >= _AGREED * _error(means[whole])
        towards = _towards_silence(short[~is_cut], spreads[~is_cut]) / offset
        return bool(np.count_nonzero(is_cut) < _FEWEST_RESTS or (is_agreed and towards >= _STAYS))


def _error(means: Block) -> float:
    """How far off the median of some seconds may be."""
    low, high = np.quantile(means, (0.25, 0.75))
    return float(_ERROR * (high - low) / np.sqrt(len(means)))


def _towards_silence(means: Block, spreads: Block) -> float:
    """The offset where windows have no spread, by their louder and their quieter third."""
    low, high = np.quantile(spreads, _THIRDS)
    quiet, loud = spreads <= low, spreads >= high
    (quiet_mean, loud_mean), (quiet_spread, loud_spread) = (
        [float(np.median(values[some])) for some in (quiet, loud)] for values in (means, spreads)
    )
    rise = (loud_mean - quiet_mean) / max(loud_spread - quiet_spread, _NOTHING)
    return quiet_mean - rise * quiet_spread


class DcOffset:
    """The offset of each channel, told with the larger of the two."""

    codes: ClassVar[tuple[str, ...]] = ("dc_offset",)
    quick: ClassVar[bool] = False

    def __init__(self, facts: StemFacts) -> None:
        self._frames = facts.frames
        self._meter = OffsetMeter(facts.channels, facts.sample_rate_hz)

    def hear(self, passage: Passage) -> None:
        """Take the core."""
        self._meter.add(passage.core)

    def findings(self) -> Iterator[Found]:
        """One over the whole stem."""
        offset = self._meter.result()
        if offset is not None:
            severity: Severity = "minor" if abs(offset) >= _MINOR else "info"
            yield Found("dc_offset", severity, 0, self._frames, offset, offset_words(offset))


def offset_words(offset: float) -> str:
    """It, as the check tells it."""
    return f"its middle lies at {100 * offset:+.2f} % of full scale"


def _stays(means: Block, powers: Block, offset: float) -> bool:
    """Whether the quieter seconds have it as well; (seconds,) each."""
    sounding = powers > 0.0
    quiet = sounding & (powers <= np.quantile(powers[sounding], _QUIETER))
    return bool(np.median(means[quiet]) / offset >= _STAYS)
