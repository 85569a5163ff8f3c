"""`lossy_source`: the treble ends where MP3, AAC, Opus and Vorbis let it end.

Where there is no treble, and where a codec was given bits for all of it, nothing is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from bridge.checking.findings import Found
from bridge.checking.stem.origin.upsampled import made_at_hz
from bridge.checking.stem.origin.whole_treble import WholeTreble

_LOWEST_HZ = 12500.0
_HIGHEST_HZ = 20830.0
"""Above it, half of 44.1 kHz and the filters of converters are near."""
_LEAST_FALL_DB = 22.0
_LEAST_STEEPER_DB = 11.0
_LEAST_SHARE = 0.3


class LossySource(WholeTreble):
    """The edge of the whole stem's treble."""

    codes: ClassVar[tuple[str, ...]] = ("lossy_source",)
    quick: ClassVar[bool] = False

    def findings(self) -> Iterator[Found]:
        """One over the whole stem."""
        rate_hz = self._facts.sample_rate_hz
        edge = self.edge()
        if edge is None or made_at_hz(edge, rate_hz) is not None:
            return
        if not _LOWEST_HZ <= edge.hz <= _HIGHEST_HZ or edge.share < _LEAST_SHARE:
            return
        if edge.fall_db >= _LEAST_FALL_DB and edge.steeper_db >= _LEAST_STEEPER_DB:
            words = f"it ends at {edge.hz / 1000:.1f} kHz, as out of a lossy codec"
            yield Found("lossy_source", "major", 0, self._facts.frames, edge.hz, words)
