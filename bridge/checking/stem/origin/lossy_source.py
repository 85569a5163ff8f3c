"""`lossy_source`: the treble ends where MP3, AAC, Opus and Vorbis end it, or their frames show."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from bridge.checking.band_edge import BandEdge
from bridge.checking.findings import Found
from bridge.checking.stem.origin.lasting_edge import lasting_edge_hz
from bridge.checking.stem.origin.upsampled import made_at_hz
from bridge.checking.stem.origin.whole_treble import WholeTreble

_LOWEST_HZ = 12500.0
_HIGHEST_HZ, _UNDER_HALF_HZ = 20830.0, 1220.0
"""Above it, half of 44.1 kHz and the filters of converters are near; nearer than that to half the
file's own rate are those of its own."""
_LEAST_FALL_DB = 22.0
_LEAST_STEEPER_DB = 11.0
_LEAST_SHARE = 0.3


class LossySource(WholeTreble):
    """The edge of the whole stem's treble, and the frames in a few moments of it."""

    codes: ClassVar[tuple[str, ...]] = ("lossy_source",)
    quick: ClassVar[bool] = False

    def findings(self) -> Iterator[Found]:
        """One over the whole stem."""
        hz = self._edge_hz()
        if hz is not None:
            told = f"it ends at {hz / 1000:.1f} kHz, as out of a lossy codec"
        else:
            codec = self.codec()
            if codec is None:
                return
            hz, told = self._facts.sample_rate_hz / 2, f"it is made of the frames of {codec}"
        yield Found("lossy_source", "major", 0, self._facts.frames, hz, told)

    def _edge_hz(self) -> float | None:
        edges_hz = self._edges_hz()
        for hz in edges_hz:
            if self.noise_ends_at(hz):
                return hz
        if edges_hz and self.codec(at_an_edge=True) is not None:
            return edges_hz[0]
        return None

    def _edges_hz(self) -> list[float]:
        """Where the treble ends at once, or the last of many partials lies."""
        rate_hz = self._facts.sample_rate_hz
        if self.mirrored_at_hz() is not None:
            return []
        edge, found = self.edge(), []
        if edge is not None:
            if made_at_hz(edge, rate_hz) is not None:
                return []
            if _is_codecs(edge, rate_hz):
                found.append(edge.hz)
        lasting_hz = lasting_edge_hz(self._powers, rate_hz, _LOWEST_HZ, _highest_hz(rate_hz))
        return found if lasting_hz is None else [*found, lasting_hz]


def _highest_hz(sample_rate_hz: int) -> float:
    return min(_HIGHEST_HZ, sample_rate_hz / 2 - _UNDER_HALF_HZ)


def _is_codecs(edge: BandEdge, sample_rate_hz: int) -> bool:
    return (
        _LOWEST_HZ <= edge.hz <= _highest_hz(sample_rate_hz)
        and edge.share >= _LEAST_SHARE
        and edge.fall_db >= _LEAST_FALL_DB
        and edge.steeper_db >= _LEAST_STEEPER_DB
    )
