"""What a signal reads, and how it is told in JSON."""

from __future__ import annotations

import math
from dataclasses import asdict, replace
from typing import Any

from stemwright.values import dataclass


@dataclass(frozen=True)
class Measures:
    """Every reading of one signal; -inf or NaN where the signal has none (null in JSON).

    Loudness is BS.1770 / EBU R 128. `momentary_max_lufs` and `short_term_max_lufs` are the loudest
    complete 0.4 s and 3 s windows, taken every 10 ms; `loudness_range_lu` needs 3 s as well (EBU
    Tech 3342). `true_peak_dbtp` is the larger of libebur128's and a 16x reading. `plr_db` is true
    peak minus integrated loudness; `psr_min_db` the smallest 4x true peak minus loudness of any 3 s
    window (every 100 ms) within 20 LU of the loudest. `dc` is the mean of each channel;
    `correlation` that of left and right, of stereo only; `crest_db` sample peak over the RMS of all
    channels. A mono file is read as one channel, 3 LU under the same signal on two. `doubts` are
    (code, sentence going on from the file's name): speakers assumed, a header not believed.
    """

    sample_rate_hz: int
    channels: int
    frames: int
    integrated_lufs: float
    loudness_range_lu: float
    momentary_max_lufs: float
    short_term_max_lufs: float
    true_peak_dbtp: float
    sample_peak_dbfs: float
    plr_db: float
    psr_min_db: float
    dc: tuple[float, ...]
    correlation: float
    crest_db: float
    path: str | None = None
    doubts: tuple[tuple[str, str], ...] = ()

    def named(self, path: str) -> Measures:
        """Return the same readings for the file they belong to."""
        return replace(self, path=path)

    def as_json(self) -> dict[str, Any]:
        """The object of the `files` list that `measure --json` prints."""
        values = asdict(self)
        path = values.pop("path")
        values.pop("doubts")
        return {"path": path, **json_value(values)}


def json_value(value: Any) -> Any:
    """Return a value as JSON takes it: numbers that are none become null, tuples lists."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, tuple | list):
        return [json_value(each) for each in value]
    if isinstance(value, dict):
        return {key: json_value(each) for key, each in value.items()}
    return value
