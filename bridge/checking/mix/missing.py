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
_TINY_SIZE, _STEADY = 1e-9, 1e-3
_HEARD, _HEARD_BESIDE_A_BUS = 10**-3.5, 10**-2.5
"""Power, of the mix's in a window, from which on what is left is heard."""
_FAINT = 1e-7
"""Power, of the mix's loudest windows, below which there is nothing."""
_FOLLOWED, _SOUNDS = 10**-3.0, 1e-4
"""Power, of the mix's, down to which it is followed; and of its loudest, where it sounds."""
_FAINTER = 0.1
"""Power, of where it is sure, down to which it is followed."""
_APART_S = 3.0
_LEAST_SHARE = 10**-3.5
"""Of the mix's power in a region."""
_LEAST_S = 0.3
"""Of windows that have something, in a region of them."""
_MIDDLE = (0.1, 0.9)
"""Of the power, between which the pitches of a region lie."""


def missing(given: Products, fit: Fit, *, moving: bool) -> Iterator[Finding]:
    """Each stretch of time in which something is missing: its level, and where in pitch.

    It is sure where it stands over all stems; from there it is followed to where it is heard.
    """
    alien = _alien(given, fit, moving=moving)
    sure = np.flatnonzero(alien.any(axis=1))
    certain = [
        region
        for region, rows in _regions(sure, given.window_s)
        if len(rows) >= _LEAST_S / given.window_s
        and float((fit.left * alien)[region].sum()) > _LEAST_SHARE * float(fit.there[region].sum())
    ]
    if not certain:
        return
    beyond = np.maximum(beyond_stems(given, fit), np.where(alien, fit.left, 0.0))
    by_window = beyond.sum(axis=1)
    least = _FAINTER * float(np.median(by_window[alien.any(axis=1)]))
    heard = by_window > np.maximum(_FOLLOWED * _floor(fit), least)
    if moving:  # what a bus does within a window is left everywhere
        heard[:] = False
    for region in certain:
        heard[region] |= alien[region].any(axis=1)
    for region, _ in _regions(np.flatnonzero(heard), given.window_s):
        if any(region.start < each.stop and each.start < region.stop for each in certain):
            yield _told(given, fit, beyond[region], region)


def _regions(
    rows: npt.NDArray[np.intp], window_s: float
) -> Iterator[tuple[slice, npt.NDArray[np.intp]]]:
    """What lies near each other, from the first window to behind the last, with its windows."""
    if not len(rows):
        return
    for some in np.split(rows, np.flatnonzero(np.diff(rows) > round(_APART_S / window_s)) + 1):
        yield slice(int(some[0]), int(some[-1]) + 1), some


def _floor(fit: Fit) -> npt.NDArray[np.float64]:
    """(windows,) the mix's power, and a little where it is next to silent."""
    by_window = fit.there.sum(axis=1)
    return np.asarray(np.maximum(by_window, _SOUNDS * float(np.percentile(by_window, 95))))


def beyond_stems(given: Products, fit: Fit) -> npt.NDArray[np.float64]:
    """(windows, bands): power of what is left that no stem is by a gain that moves, or by a tone.

    So neither a limiter nor an equaliser on a stem counts for what is missing.
    """
    gains = np.nan_to_num(fit.gains)
    kept = np.flatnonzero(np.isfinite(fit.gains))
    own = given.cells[:, :, :-1, :-1][:, :, kept][..., kept].astype(np.float64)
    shared = given.cells[:, :, kept, -1] - (own @ gains[kept]) * fit.shared[..., None]
    moves = _solved(own.sum(axis=1), shared.sum(axis=1))[:, None]
    tones = _solved(own.sum(axis=0), shared.sum(axis=0))[None]
    rests = (_rest(fit, own, shared, each) for each in (moves, tones))
    return np.minimum(*rests)


def _solved(
    own: npt.NDArray[np.float64], shared: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """(…, stems) gains that explain most, of products (…, stems, stems) and (…, stems)."""
    sizes = np.sqrt(np.einsum("...ss->...s", own)) + _TINY_SIZE
    normal = own / sizes[..., None] / sizes[..., None, :] + _STEADY * np.eye(own.shape[-1])
    return np.asarray(np.linalg.solve(normal, (shared / sizes)[..., None])[..., 0] / sizes)


def _rest(
    fit: Fit,
    own: npt.NDArray[np.float64],
    shared: npt.NDArray[np.float64],
    more: npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]:
    """(windows, bands) of what is left with so much `more` of each stem."""
    own_power = np.einsum(
        "wbs,wbst,wbt->wb",
        *(np.broadcast_to(more, shared.shape), own),
        np.broadcast_to(more, shared.shape),
    )
    return np.asarray(np.maximum(fit.left - 2.0 * (shared * more).sum(axis=2) + own_power, 0.0))


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


def _told(given: Products, fit: Fit, power: npt.NDArray[np.float64], region: slice) -> Finding:
    by_band = power.sum(axis=0)
    added = np.cumsum(by_band) / by_band.sum()
    low, high = (int(np.searchsorted(added, each)) for each in _MIDDLE)
    low_hz, high_hz = given.edges_hz[low], given.edges_hz[min(high, len(by_band) - 1) + 1]
    level_db = round(power_db(float(power.sum(axis=1).mean())), 1)
    beside_db = round(power_db(float(power.sum()) / float(fit.there[region].sum())), 1) + 0.0
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
        f" that is in no stem, {-beside_db:.0f} dB under the mix",
        facts={
            "low_hz": round(low_hz, 1),
            "high_hz": round(high_hz, 1),
            "against_mix_db": beside_db,
        },
    )
