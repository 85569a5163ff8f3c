"""What a built-in begins as where it is to stand in for a plugin, and what of it is kept."""

from __future__ import annotations

from typing import Any

import numpy as np

from bridge.advising.standing_in.equaliser import equaliser_between
from bridge.advising.standing_in.transfer import FRAMES, Sound
from chains import USES, Bell, Eq, InsertSettings, Shelf
from stemwright.values import dataclass

BUILT_IN_STAND_INS = tuple(use for use in USES if use not in {"plugin", "dynamic_eq", "multiband"})
"""The built-ins that can be tried without saying more of them."""

_BELLS_HZ = (150.0, 400.0, 1000.0, 3000.0)
_LOW_HZ, _HIGH_HZ, _ALL_HZ = 100.0, 8000.0, 20000.0
_UNHEARD_DB = 0.005


@dataclass(frozen=True)
class Gone:
    """What went into a plugin that is gone and what came out of it: (2, frames) at `rate_hz`."""

    source: Sound
    out: Sound
    rate_hz: int


def stand_in_settings(use: str, gone: Gone | None = None, seed: int = 0) -> InsertSettings:
    """A built-in that does nothing yet, or as little as it can.

    An equaliser begins near to what was gone: bells between two shelves, and a low shelf at the
    top of hearing that is a gain over all. Without it, or where it is short or silent, there are
    four bells. Raises KeyError for what is no built-in.
    """
    if use == "eq":
        if gone is not None and _tells(gone):
            return equaliser_between(gone.source, gone.out, gone.rate_hz, seed)
        bells = [Bell(shape="bell", hz=hz, gain_db=0.0) for hz in _BELLS_HZ]
        low = Shelf(shape="low_shelf", hz=_LOW_HZ, gain_db=0.0)
        high = Shelf(shape="high_shelf", hz=_HIGH_HZ, gain_db=0.0)
        level = Shelf(shape="low_shelf", hz=_ALL_HZ, gain_db=0.0)
        return Eq(bands=(low, *bells, high, level))
    if use not in BUILT_IN_STAND_INS:
        raise KeyError(use)
    from chains import Compressor, Deesser, Gain, Gate, Limiter, Reverb, Saturation, Width

    kinds: tuple[type[Any], ...] = (
        Compressor,
        Deesser,
        Gain,
        Gate,
        Limiter,
        Reverb,
        Saturation,
        Width,
    )
    kind = {str(each.model_fields["use"].default): each for each in kinds}[use]
    settings: InsertSettings = kind(ceiling_dbtp=-1.0) if use == "limiter" else kind()
    return settings


def _tells(gone: Gone) -> bool:
    return gone.out.shape[1] >= FRAMES and bool(np.any(gone.source)) and bool(np.any(gone.out))


def without_idle_bands(table: dict[str, Any]) -> dict[str, Any]:
    """An equaliser's table without bands that move nothing; at least one stays."""
    bands = table.get("bands")
    if bands is None:
        return table
    kept = [each for each in bands if abs(each.get("gain_db", 1.0)) >= _UNHEARD_DB]
    return {**table, "bands": kept or bands[:1]}
