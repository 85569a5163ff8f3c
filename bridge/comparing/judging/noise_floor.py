"""What a chain that does not repeat itself varies by: learnt from two renders of the same."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from bridge.comparing.diff_values import FileDiff, Missed
from bridge.comparing.judging.limits import Limits
from bridge.comparing.residual import Residual
from bridge.metering import THIRDS, nominal_hz

MARGIN_DB = 3.0
"""How far two pairs of renders of the same may lie apart in level."""

BAND_MARGIN_DB = 6.0
_DEVIATIONS = 5.0
_UNHEARD_DBFS = -100.0
_TWICE = 2.0


@dataclass(frozen=True)
class Floor:
    """The residual of two renders of the same, and how their readings differ.

    `bands` is what a third-octave, by its middle in Hz, may hold of a residual, in dBFS.
    """

    rms_dbfs: float
    peak_dbfs: float
    loudness_lu: float
    true_peak_db: float
    bands: Mapping[float, float]

    @staticmethod
    def learnt(same: FileDiff) -> Floor | None:
        """Return the floor that two renders of the same show; None when they are equal."""
        if same.raw is None or same.verdict == "incomparable":
            return None
        return Floor(
            same.raw.rms_dbfs,
            same.raw.peak_dbfs,
            abs(same.loudness_delta_lu or 0.0),
            abs(same.true_peak_delta_db or 0.0),
            _allowed(same.raw, same.sample_rate_hz or 0),
        )

    def widened(self, limits: Limits) -> Limits:
        """Return limits that the chain itself keeps."""
        return limits.measured(
            rms_dbfs=max(limits.rms_dbfs, self.rms_dbfs + MARGIN_DB),
            peak_dbfs=max(limits.peak_dbfs, self.peak_dbfs + MARGIN_DB),
            loudness_lu=max(limits.loudness_lu, _TWICE * self.loudness_lu),
            true_peak_db=max(limits.true_peak_db, _TWICE * self.true_peak_db),
        )

    def checked(self, found: FileDiff, plain: Limits) -> FileDiff:
        """Return `found`, changed if a band rises out of the floor: loud variation hides nothing.

        What keeps the `plain` limits, not widened, needs no such look.
        """
        if found.verdict != "tolerant" or found.raw is None or _keeps(found.raw, plain):
            return found
        missed = tuple(
            Missed(f"floor at {band.hz:g} Hz", band.residual_dbfs, allowed, "dBFS")
            for band in found.raw.bands
            if band.residual_dbfs
            > (allowed := max(_UNHEARD_DBFS, self.bands.get(band.hz, _UNHEARD_DBFS)))
        )
        if not missed:
            return found
        return replace(found, verdict="changed", within=False, missed=missed)

    def as_json(self) -> dict[str, float]:
        """The levels; bands are left out."""
        return {
            "rms_dbfs": self.rms_dbfs,
            "peak_dbfs": self.peak_dbfs,
            "loudness_lu": self.loudness_lu,
            "true_peak_db": self.true_peak_db,
        }


def _allowed(left: Residual, rate_hz: int) -> dict[float, float]:
    """The floor by band with a margin, larger where few lines and seconds make a band unsure."""
    unsure = zip(THIRDS.centres_hz(rate_hz), left.whiteness.deviations, strict=True)
    # Two estimates are compared: the ratio's deviation is the root of two times that of one.
    spread_db = {nominal_hz(hz): 10.0 * math.log10(math.e) * math.sqrt(2.0) * d for hz, d in unsure}
    return {
        band.hz: band.residual_dbfs + max(BAND_MARGIN_DB, _DEVIATIONS * spread_db[band.hz])
        for band in left.bands
    }


def _keeps(left: Residual, limits: Limits) -> bool:
    return left.rms_dbfs <= limits.rms_dbfs and left.peak_dbfs <= limits.peak_dbfs
