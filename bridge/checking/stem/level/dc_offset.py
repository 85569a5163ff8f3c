"""`dc_offset`: the middle of the signal is not zero.

The median over means of whole seconds under a Hann window: the plain mean of music is moved by its
bass, and so is the median where the seconds are far from each other: it counts where it stands
over its own error.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from bridge.audio import Block
from bridge.checking.codes import Severity
from bridge.checking.findings import Found
from bridge.checking.port import Passage, StemFacts

_TOLD = 4e-4
"""Most clean stems stay under 2e-5; lopsided hits have up to 4.6e-4."""
_MINOR = 6e-4
_ERRORS, _ERROR = 1.5, 0.93
"""Of a median in its own errors; that is so much of the middle half's width over the root of n."""
_FEWEST_S, _SHORT_TOLD = 4, 2e-3
"""The mean of a second of noise is not zero either."""


class DcOffset:
    """The offset of each channel, told with the larger of the two."""

    codes: ClassVar[tuple[str, ...]] = ("dc_offset",)
    quick: ClassVar[bool] = False

    def __init__(self, facts: StemFacts) -> None:
        self._frames = facts.frames
        self._second = facts.sample_rate_hz
        window = np.hanning(self._second + 1)[:-1]
        self._window = window / window.sum()
        self._rest: Block = np.zeros((facts.channels, 0))
        self._means: list[Block] = []

    def hear(self, passage: Passage) -> None:
        """Take the means of the seconds that are complete."""
        joined = np.concatenate([self._rest, passage.core], axis=1)
        whole = joined.shape[1] // self._second
        cut = whole * self._second
        self._means.append(joined[:, :cut].reshape(len(joined), whole, self._second) @ self._window)
        self._rest = joined[:, cut:].copy()

    def findings(self) -> Iterator[Found]:
        """One over the whole stem."""
        means = np.concatenate(self._means, axis=1) if self._means else np.zeros((1, 0))
        if not means.shape[1]:
            return
        offsets = np.median(means, axis=1)
        side = int(np.abs(offsets).argmax())
        offset = float(offsets[side])
        low, high = np.quantile(means[side], (0.25, 0.75))
        error = _ERROR * (high - low) / np.sqrt(means.shape[1])
        least = _TOLD if means.shape[1] >= _FEWEST_S else _SHORT_TOLD
        if abs(offset) >= max(least, _ERRORS * error):
            severity: Severity = "minor" if abs(offset) >= _MINOR else "info"
            words = f"its middle lies at {100 * offset:+.2f} % of full scale"
            yield Found("dc_offset", severity, 0, self._frames, offset, words)
