"""`dc_offset`: the middle of the signal is not zero.

The median over means of whole seconds under a Hann window: the plain mean of music is moved by its
bass.
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
"""Clean stems stay under 3.2e-4, most under 2e-5."""
_MINOR = 7e-4
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
        offset = float(offsets[np.abs(offsets).argmax()])
        least = _TOLD if means.shape[1] >= _FEWEST_S else _SHORT_TOLD
        if abs(offset) >= least:
            severity: Severity = "minor" if abs(offset) >= _MINOR else "info"
            words = f"its middle lies at {100 * offset:+.2f} % of full scale"
            yield Found("dc_offset", severity, 0, self._frames, offset, words)
