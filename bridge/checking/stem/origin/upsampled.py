"""`upsampled`: the treble ends at half a lower sample rate, or is mirrored there.

Good converters leave nothing above it, shallow ones images.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from bridge.checking.band_edge import BandEdge
from bridge.checking.findings import Found
from bridge.checking.stem.origin.whole_treble import WholeTreble, lower_rates_hz

_LOWEST = {16000: 0.93, 22050: 0.91, 24000: 0.93, 32000: 0.945}
_HIGHEST = {32000: 0.985}
"""Where an edge may lie, in halves of a rate: codecs end at 16 kHz as well."""
_LOWEST_OF_SOFT = {16000: 0.86, 22050: 0.85, 24000: 0.86, 32000: 0.875}
_SOFT = 0.0188
"""From how wide an edge on, as a share of the rate, it may be a soft filter's, which begins sooner:
one of SoX in low quality takes 740 to 1060 Hz of 32 kHz, MP3 up to 490."""
_WIDEST = 0.06
_LOW_HZ, _WIDEST_OF_LOW, _WIDE_OF_LOW, _HIGHEST_OF_WIDE = 24000, 0.045, 0.025, 0.93
"""No converter takes longer to fall. Up to 12 kHz instruments end by themselves as well, between
two partials: there it has to be seen that it takes no longer, and if long, that it began sooner."""
_USUAL_LOWEST, _USUAL_HIGHEST = 0.945, 1.003
_CODECS_END_THERE_HZ = 32000
"""MP3 of about 112 kbit/s ends at 15.3 kHz; in 16 bit nothing tells it from a resampler."""
_LEAST_FALL_DB = 22.0
_LEAST_STEEPER_DB = 16.0
_LEAST_SHARE = 0.6


class Upsampled(WholeTreble):
    """The edge of the whole stem's treble."""

    codes: ClassVar[tuple[str, ...]] = ("upsampled",)
    quick: ClassVar[bool] = False

    def findings(self) -> Iterator[Found]:
        """One over the whole stem."""
        rate_hz = self._facts.sample_rate_hz
        edge = self.edge()
        made_hz = None if edge is None else made_at_hz(edge, rate_hz)
        if edge is not None and made_hz is not None:
            words = f"it was made at {made_hz / 1000:g} kHz"
            if made_hz == _CODECS_END_THERE_HZ:
                words += ", or comes out of a lossy codec"
            words += f": nothing is above {edge.hz / 1000:.1f} kHz"
            yield self._told(made_hz, words)
            return
        mirrored_hz = self.mirrored_at_hz()
        if mirrored_hz is not None:
            words = f"it was made at {mirrored_hz / 1000:g} kHz and converted by a shallow filter"
            words += f": what is above {mirrored_hz / 2000:g} kHz mirrors what is below"
            yield self._told(mirrored_hz, words)

    def _told(self, made_hz: int, words: str) -> Found:
        return Found("upsampled", "minor", 0, self._facts.frames, float(made_hz), words)


def made_at_hz(edge: BandEdge, sample_rate_hz: int) -> int | None:
    """The lower sample rate that an edge tells of, None where it tells of none."""
    if edge.fall_db < _LEAST_FALL_DB or edge.steeper_db < _LEAST_STEEPER_DB:
        return None
    if edge.share < _LEAST_SHARE:
        return None
    for made_hz in lower_rates_hz(sample_rate_hz):
        if not _is_converters(edge, made_hz):
            continue
        sharp = _LOWEST.get(made_hz, _USUAL_LOWEST)
        lowest = _LOWEST_OF_SOFT.get(made_hz, sharp) if edge.width_hz >= _SOFT * made_hz else sharp
        highest = _HIGHEST.get(made_hz, _USUAL_HIGHEST) * made_hz / 2
        if lowest * made_hz / 2 <= edge.hz <= highest:
            return made_hz
    return None


def _is_converters(edge: BandEdge, made_hz: int) -> bool:
    """Whether it is as wide as a converter's to this rate may be."""
    width = edge.width_hz / made_hz
    if made_hz > _LOW_HZ:
        return width <= _WIDEST
    if width > _WIDE_OF_LOW:
        return width <= _WIDEST_OF_LOW and edge.hz <= _HIGHEST_OF_WIDE * made_hz / 2
    return width > 0.0
