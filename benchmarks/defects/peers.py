"""The same defects heard by libsonare's detectors, as its documentation says to use them.

Run in the peers' environment (`make benchmark`), outside the project's dependencies.
"""

from __future__ import annotations

from collections.abc import Collection
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.apart import in_peers_environment
from benchmarks.usage import Clock, Told as Used

_HUM_PROMINENCE = 2.0  # as the documentation of its detector has it
_DC_OFFSET = 0.001
_JOINED_S = 0.001


def heard(path: str, codes: list[str]) -> Used:
    """A file's findings of these codes as lists of (code, start_s, end_s), as JSON takes them."""
    import soundfile

    sonare: Any = import_module("libsonare")
    samples, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
    clock = Clock()
    found: list[tuple[str, float, float]] = []
    for channel in samples.T.copy():
        for code in codes:
            found += _DETECTORS[code](sonare, channel, rate_hz)
    return clock.told(found=sorted(set(found)))


def _whole(code: str, channel: Any, rate_hz: int, is_there: bool) -> list[tuple[str, float, float]]:
    return [(code, 0.0, len(channel) / rate_hz)] if is_there else []


def _clipped(sonare: Any, channel: Any, rate_hz: int) -> list[tuple[str, float, float]]:
    runs = sonare.mastering_repair_detect_clipping(channel, rate_hz).flat_run_count
    return _whole("clipped", channel, rate_hz, runs > 0)


def _dc_offset(sonare: Any, channel: Any, rate_hz: int) -> list[tuple[str, float, float]]:
    offset = abs(sonare.metering_dc_offset(channel, rate_hz))
    return _whole("dc_offset", channel, rate_hz, offset >= _DC_OFFSET)


def _hum(sonare: Any, channel: Any, rate_hz: int) -> list[tuple[str, float, float]]:
    hums = any(
        sonare.mastering_repair_detect_hum(
            channel, rate_hz, fundamental_hz=hz
        ).fundamental_prominence
        > _HUM_PROMINENCE
        for hz in (50.0, 60.0)
    )
    return _whole("hum", channel, rate_hz, hums)


def _clicks(sonare: Any, channel: Any, rate_hz: int) -> list[tuple[str, float, float]]:
    """Where its declicker changed samples; its detector tells no places."""
    import numpy as np

    mended = np.asarray(sonare.mastering_repair_declick(channel, rate_hz))
    changed = np.flatnonzero(mended != channel)
    if not len(changed):
        return []
    cuts = np.flatnonzero(np.diff(changed) > _JOINED_S * rate_hz) + 1
    return [
        ("clicks", float(run[0] / rate_hz), float((run[-1] + 1) / rate_hz))
        for run in np.split(changed, cuts)
    ]


_DETECTORS = {"clicks": _clicks, "clipped": _clipped, "dc_offset": _dc_offset, "hum": _hum}
CODES = frozenset(_DETECTORS)


def of_stem(path: Path, _name: str, codes: Collection[str] | None) -> list[Any]:
    """What libsonare tells of a file; LeftOutError where it is not installed."""
    from benchmarks.defects.ours import Told

    wanted = sorted(CODES if codes is None else CODES.intersection(codes))
    answer = in_peers_environment(heard, path, wanted).told["found"]
    return [Told(code, "major", start_s, end_s, 0.0) for code, start_s, end_s in answer]
