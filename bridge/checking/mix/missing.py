"""What sounds in the mix and in no stem: what is left that no processing makes of a stem."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from bridge.checking.findings import Finding, finding_id
from bridge.checking.mix.fitting import Fit
from bridge.checking.mix.products import Products
from stemwright.decibels import power_db

_MADE_OF_STEMS = 4.0
"""Power, of a stem's, up to which what is left may be that stem, late or upside down."""
_LIKE_A_STEM = 0.5
"""Coherence with a stem from which on what is left is that stem, at another gain."""
_TINY = 1e-30
_HEARD, _HEARD_BESIDE_A_BUS = 10**-3.5, 10**-2.5
"""Power, of the mix's in a window, from which on what is left is heard."""
_FAINT = 1e-7
"""Power, of the mix's loudest windows, below which there is nothing."""
_APART_S = 3.0
_LEAST_SHARE = 10**-3.5
"""Of the mix's power in a region."""
_LEAST_S = 0.3
"""Of windows that have something, in a region of them."""
_MIDDLE = (0.1, 0.9)
"""Of the power, between which the pitches of a region lie."""


def missing(given: Products, fit: Fit, *, moving: bool) -> Iterator[Finding]:
    """Each stretch of time in which something is missing: its level, and where in pitch."""
    alien = _alien(given, fit, moving=moving)
    rows = np.flatnonzero(alien.any(axis=1))
    apart, least = round(_APART_S / given.window_s), _LEAST_S / given.window_s
    for some in np.split(rows, np.flatnonzero(np.diff(rows) > apart) + 1):
        if len(some) < least:
            continue
        region = slice(int(some[0]), int(some[-1]) + 1)
        power = (fit.left * alien)[region]
        if float(power.sum()) > _LEAST_SHARE * float(fit.there[region].sum()):
            yield _told(given, power, region)


def _alien(given: Products, fit: Fit, *, moving: bool) -> npt.NDArray[np.bool_]:
    """(windows, bands): whether what is left there comes from no stem."""
    gains = np.nan_to_num(fit.gains).astype(np.float32)
    own = np.einsum("wbss->wbs", given.cells[:, :, :-1, :-1])
    loudest = (own * np.square(gains)).max(axis=2) * np.square(fit.shared)
    made = given.cells[:, :, :-1, :-1] @ gains * fit.shared.astype(np.float32)[..., None]
    shared = given.cells[:, :, :-1, -1] - made
    likeness = np.square(shared) / np.maximum(own * fit.left[:, :, None], _TINY)
    strange = (fit.left > _MADE_OF_STEMS * loudest) & (likeness.max(axis=2) < _LIKE_A_STEM)
    by_window = fit.there.sum(axis=1)
    share = _HEARD_BESIDE_A_BUS if moving else _HEARD
    heard = np.maximum(share * by_window, _FAINT * float(np.percentile(by_window, 95)))
    beyond = np.where(strange, fit.left, 0.0)
    return np.asarray((beyond > 0.0) & (beyond.sum(axis=1) > heard)[:, None])


def _told(given: Products, power: npt.NDArray[np.float64], region: slice) -> Finding:
    by_band = power.sum(axis=0)
    added = np.cumsum(by_band) / by_band.sum()
    low, high = (int(np.searchsorted(added, each)) for each in _MIDDLE)
    low_hz, high_hz = given.edges_hz[low], given.edges_hz[min(high, len(by_band) - 1) + 1]
    level_db = round(power_db(float(power.sum(axis=1).mean())), 1)
    start_s, end_s = region.start * given.window_s, region.stop * given.window_s
    span = round(1000 * start_s), round(1000 * end_s)
    return Finding(
        id=finding_id("missing", ("rough mix",), *span),
        code="missing",
        severity="major",
        stems=(),
        start_s=start_s,
        end_s=end_s,
        value=level_db,
        words=f"the rough mix has something from {low_hz:.0f} to {high_hz:.0f} Hz"
        " that is in no stem",
        facts={"low_hz": round(low_hz, 1), "high_hz": round(high_hz, 1)},
    )
