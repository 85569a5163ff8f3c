"""Short-term loudness over time: EBU Tech 3341's 3 s window, every half second."""

from __future__ import annotations

import numpy as np

from bridge.audio import Block, Framer, KWeighting, energy, gated_lufs, lufs

STEPS_PER_S = 10
WINDOW_STEPS = 30
EVERY_STEPS = 5
MOMENTARY_STEPS = 4
SILENT_LUFS = -70.0


class LoudnessCurve:
    """Takes (2, frames) blocks; the cut of the blocks does not matter."""

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._weighting = KWeighting(rate_hz, 2)
        self._framer = Framer(2, rate_hz)
        self._edges = np.arange(STEPS_PER_S + 1) * rate_hz // STEPS_PER_S
        self._energies: list[float] = []

    def add(self, block: Block) -> None:
        """Take the next samples."""
        ready = self._framer.add(block)
        for start in range(0, ready.shape[1], self._rate_hz):
            self._take(ready[:, start : start + self._rate_hz])

    def close(self) -> None:
        """Read the last part of a second, as far as it fills steps of 100 ms."""
        rest = self._framer.rest()
        if rest.shape[1]:
            self._take(rest)

    def short_term_lufs(self) -> list[float | None]:
        """Loudness of the 3 s that end at 3.0, 3.5, 4.0 ... s; None below -70 LUFS."""
        return [_told(lufs(mean)) for mean in self._means(WINDOW_STEPS)[::EVERY_STEPS]]

    def integrated_lufs(self) -> float | None:
        """Integrated loudness (BS.1770); None when there is nothing to measure."""
        found = gated_lufs(self._means(MOMENTARY_STEPS))
        return found if found > SILENT_LUFS else None

    def loudest_end_s(self) -> float | None:
        """When the loudest 3 s end; None for less than 3 s and for silence."""
        means = self._means(WINDOW_STEPS)
        if not means.size or means.max() < energy(SILENT_LUFS):
            return None
        return (int(means.argmax()) + WINDOW_STEPS) / STEPS_PER_S

    def _take(self, second: Block) -> None:
        weighted = np.square(self._weighting.filtered(second)).sum(axis=0)
        for start, end in zip(self._edges, self._edges[1:], strict=False):
            if end <= len(weighted):
                self._energies.append(float(weighted[start:end].mean()))

    def _means(self, steps: int) -> Block:
        sums = np.concatenate([[0.0], np.cumsum(self._energies)])
        means: Block = np.maximum(sums[steps:] - sums[:-steps], 0.0) / steps
        return means


def _told(loudness_lufs: float) -> float | None:
    return round(loudness_lufs, 2) if loudness_lufs > SILENT_LUFS else None
