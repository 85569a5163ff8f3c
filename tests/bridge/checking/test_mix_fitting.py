"""The fit of stems to a mix, on products of random spectra: a tone that all share, doubts."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from bridge.checking.mix.fitting import fitted
from bridge.checking.mix.otherwise.by_parts import apart_by_parts_db
from bridge.checking.mix.products import Products

WINDOWS, BANDS, STEMS, LINES = 120, 10, 4, 12
GAINS = np.array([1.0, 0.5, 2.0, 0.7])
_Array = npt.NDArray[np.float64]


def _spectra() -> _Array:
    """(windows, bands, stems, lines), each stem louder in bands of its own."""
    dice = np.random.default_rng(7)
    sizes = 10.0 ** (dice.uniform(-2.0, 0.0, (WINDOWS, 1, STEMS, 1)))
    own = np.exp(-0.5 * (np.arange(BANDS)[:, None] / 2.5 - np.arange(STEMS)) ** 2) + 0.05
    return np.asarray(dice.standard_normal((WINDOWS, BANDS, STEMS, LINES)) * sizes * own[..., None])


def _products(spectra: _Array, mix: _Array) -> Products:
    rows = np.concatenate([spectra, mix[:, :, None]], axis=2)
    cells = (rows @ rows.transpose(0, 1, 3, 2)).astype(np.float32)
    return Products(cells, tuple(np.geomspace(60.0, 24000.0, BANDS + 1)), 0.05, 48000)


def _off_db(gains: _Array) -> _Array:
    off = 20.0 * np.log10(np.abs(gains) / GAINS)
    return np.asarray(off - np.median(off))


def test_a_tone_that_all_stems_share_is_no_gain_of_theirs() -> None:
    spectra = _spectra()
    tone = np.linspace(1.0, 2.0, BANDS)
    mix = (spectra * GAINS[:, None]).sum(axis=2) * tone[:, None]
    given = _products(spectra, np.asarray(mix))
    found = fitted(given, moving=False, toned=True)
    assert _off_db(found.gains) == pytest.approx(np.zeros(STEMS), abs=0.1)
    ratio = found.toned / tone
    assert ratio == pytest.approx(np.full(BANDS, np.median(ratio)), rel=0.01)
    assert np.abs(_off_db(fitted(given, moving=False).gains)).max() > 1.5


def test_a_stem_that_is_held_down_where_it_is_loud_is_doubted_and_no_other() -> None:
    spectra = _spectra()
    held = spectra * GAINS[:, None]
    loud = np.square(held[:, :, 3]).sum(axis=(1, 2))
    held[loud > np.quantile(loud, 0.8), :, 3] *= 0.5
    found = fitted(_products(spectra, np.asarray(held.sum(axis=2))), moving=False)
    assert found.doubts_db[3] > 1.0
    assert found.doubts_db[:3] == pytest.approx(np.zeros(3), abs=0.75)


def test_a_gain_that_bands_tell_otherwise_is_seen_and_what_all_share_is_none() -> None:
    """What is in no stem sounds in the lowest bands, louder with one of them."""
    spectra = _spectra()
    mix = (spectra * GAINS[:, None]).sum(axis=2)
    down = np.where(np.arange(WINDOWS) % 3 == 0, 0.4, 1.0)[:, None, None]
    tone = np.linspace(1.0, 1.5, BANDS)[:, None]
    shared = _products(spectra, np.asarray(mix * tone * down))
    found = fitted(shared, moving=True, toned=True)
    assert apart_by_parts_db(shared, found) == pytest.approx(np.zeros(STEMS), abs=0.1)
    mix[:, :3] += 0.6 * spectra[:, :3, 1]
    strange = _products(spectra, np.asarray(mix))
    apart_db = apart_by_parts_db(strange, fitted(strange, moving=True))
    assert apart_db[1] > 0.5
    assert apart_db[3] < 0.5
